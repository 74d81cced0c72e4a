//! The login's signals. They all read one stored value, which keeps the WebAssembly small.

use std::ops::Deref;
use std::panic::Location;

use leptos::prelude::*;

use crate::auth::Core;
use crate::machine::View;

/// One of the login's signals. It is read like any other Leptos signal, with `get`, `with`, `read` or `track`, and
/// changes only when its value does. Use `into` for a property that takes a `Signal`.
pub struct AuthSignal<T: 'static> {
    pub(crate) core: StoredValue<Core, LocalStorage>,
    /// The index of the field in the view.
    pub(crate) field: usize,
    pub(crate) of: fn(&View) -> &T,
}

impl<T> Clone for AuthSignal<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for AuthSignal<T> {}

/// The current value of a signal.
#[derive(Debug)]
pub struct Current<T>(T);

impl<T> Deref for Current<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> DefinedAt for AuthSignal<T> {
    fn defined_at(&self) -> Option<&'static Location<'static>> {
        self.core.defined_at()
    }
}

impl<T> Track for AuthSignal<T> {
    fn track(&self) {
        if let Some(changed) = self.core.try_with_value(|core| core.changed[self.field]) {
            changed.track();
        }
    }
}

impl<T: Clone> ReadUntracked for AuthSignal<T> {
    type Value = Current<T>;

    fn try_read_untracked(&self) -> Option<Current<T>> {
        self.core.try_with_value(|core| Current((self.of)(&core.view).clone()))
    }
}

impl<T: Clone + Send + Sync> From<AuthSignal<T>> for Signal<T> {
    fn from(signal: AuthSignal<T>) -> Self {
        Signal::derive(move || signal.get())
    }
}
