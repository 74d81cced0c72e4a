//! The public view of a login.

use std::rc::Rc;

use shared::config::ProviderConfig;

use super::parts::{Patience, ProfileState, Waiting};
use super::state::State;
use crate::failure::Failure;
use crate::session::Session;
use crate::texts::Texts;

/// A provider, as the app shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Provider {
    /// The id in the function's configuration.
    pub id: String,
    /// The name to show.
    pub name: String,
    /// The URL of the provider's own logout page, if there is one.
    pub logout_url: Option<String>,
}

impl Provider {
    fn new(provider: &Rc<ProviderConfig>) -> Self {
        let ProviderConfig { id, name, logout_url, .. } = &**provider;
        Self { id: id.clone(), name: name.clone(), logout_url: logout_url.clone() }
    }
}

macro_rules! view {
    ($($(#[$doc:meta])* $field:ident: $type:ty,)*) => {
        /// The public view of a login.
        #[derive(Clone, Debug)]
        pub struct View {
            $($(#[$doc])* pub $field: $type,)*
        }

        /// The index of each field.
        #[allow(non_camel_case_types, reason = "the variants have the names of the fields")]
        pub(crate) enum Field {
            $($field,)*
        }

        impl View {
            /// The number of fields.
            pub(crate) const FIELDS: usize = [$(stringify!($field)),*].len();

            /// Which fields differ, in order.
            pub(crate) fn differences(&self, other: &Self) -> [bool; Self::FIELDS] {
                [$(self.$field != other.$field),*]
            }
        }
    };
}

view! {
    /// Whether the person is signed in.
    is_signed_in: bool,
    /// Whether it is known if the person is signed in.
    is_known: bool,
    /// The provider that may still remember the person, who has logged out here.
    logged_out_of: Option<Provider>,
    /// The person's session.
    session: Option<Session>,
    /// The person's profile.
    profile: ProfileState,
    /// Why the person is not signed in but should be.
    failure: Option<Failure>,
    /// Whole seconds until a retry can succeed.
    retry_in: u64,
    /// The providers to choose from.
    providers: Vec<Provider>,
    /// Whether something is in progress.
    is_busy: bool,
    /// What is in progress.
    waiting: Option<Waiting>,
    /// How long the person has been waiting.
    patience: Patience,
    /// Whether the browser is offline.
    is_offline: bool,
    /// Whole minutes until the session ends.
    ends_in: Option<u64>,
    /// Whether the person logged out within the time of a double click.
    just_logged_out: bool,
    /// The path of the page.
    path: String,
}

impl View {
    /// The view of a state, at that path.
    pub fn new(state: &State, texts: &Texts, path: String) -> Self {
        let waiting = state.waiting();
        let providers = state.providers().into_iter().map(Provider::new).collect();
        Self {
            is_signed_in: state.session().is_some(),
            is_known: state.is_known(),
            logged_out_of: state.left().map(Provider::new),
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
