//! What can be seen of a login from outside.

use std::rc::Rc;

use shared::config::ProviderConfig;

use super::state::{Patience, ProfileState, State, Waiting};
use crate::failure::Failure;
use crate::session::Session;
use crate::texts::Texts;

/// A provider to choose, as people see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Provider {
    /// Its id in the function's configuration.
    pub id: String,
    /// Its name.
    pub name: String,
}

macro_rules! view {
    ($($(#[$doc:meta])* $field:ident: $type:ty,)*) => {
        /// What can be seen of a login from outside.
        #[derive(Clone, Debug)]
        pub struct View {
            $($(#[$doc])* pub $field: $type,)*
        }

        /// The number of each field.
        #[allow(non_camel_case_types, reason = "they are named as the fields are")]
        pub(crate) enum Field {
            $($field,)*
        }

        impl View {
            /// How many fields there are.
            pub(crate) const FIELDS: usize = [$(stringify!($field)),*].len();

            /// Which fields differ, in their order.
            pub(crate) fn differences(&self, other: &Self) -> [bool; Self::FIELDS] {
                [$(self.$field != other.$field),*]
            }
        }
    };
}

view! {
    /// Whether the person is signed in.
    is_signed_in: bool,
    /// Their session.
    session: Option<Session>,
    /// Who they are.
    profile: ProfileState,
    /// Why the person is not signed in but should be.
    failure: Option<Failure>,
    /// The whole seconds until the server wants to be asked again.
    retry_in: u64,
    /// The providers to choose from.
    providers: Vec<Provider>,
    /// Whether something is under way.
    is_busy: bool,
    /// What is under way.
    waiting: Option<Waiting>,
    /// How long it takes already.
    patience: Patience,
    /// Whether the browser has no network.
    is_offline: bool,
    /// The whole minutes until the session ends.
    ends_in: Option<u64>,
    /// Whether the person has logged out within the time of a double click.
    just_logged_out: bool,
    /// The path of the page.
    path: String,
}

impl View {
    /// The view of that state, at that path.
    pub fn new(state: &State, texts: &Texts, path: String) -> Self {
        let waiting = state.waiting();
        let shown = |provider: &Rc<ProviderConfig>| Provider { id: provider.id.clone(), name: provider.name.clone() };
        let providers = state.providers().into_iter().map(shown).collect();
        Self {
            is_signed_in: state.session().is_some(),
            session: state.session().cloned(),
            profile: state.profile().clone(),
            failure: state.cause().map(|cause| Failure::new(cause, state.can_retry(), texts)),
            retry_in: state.retry_in(),
            providers,
            is_busy: waiting.is_some(),
            waiting,
            patience: state.patience(),
            is_offline: state.is_offline(),
            ends_in: state.ends_in(),
            just_logged_out: state.just_logged_out(),
            path,
        }
    }
}
