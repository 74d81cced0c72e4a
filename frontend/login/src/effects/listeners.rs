//! What the browser reports: that another tab has changed the storage, that the page is shown again, that the network has
//! gone or come back. All of it stops with the part of the app that the login was provided for.

use leptos::prelude::*;
use wasm_bindgen::JsCast as _;
use web_sys::{Event as DomEvent, PageTransitionEvent, StorageEvent};

use super::storage::Store;
use crate::auth::Auth;
use crate::browser;
use crate::machine::Event;

pub(crate) fn listen(auth: Auth, store: Store) {
    let storage = move |event: DomEvent| {
        // Without a key, somebody has emptied the storage.
        let key = event.dyn_into::<StorageEvent>().ok().and_then(|event| event.key());
        if key.is_none_or(|key| store.is_shared(&key)) {
            auth.look();
        }
    };
    on("storage", Box::new(storage));
    // A machine that has slept shows it by the first of these.
    for name in ["visibilitychange", "focus"] {
        let shown = move |_| {
            // Not when it is hidden: there would be nobody to see it.
            if !document().hidden() {
                auth.look();
            }
        };
        on(name, Box::new(shown));
    }
    let pageshow = move |event: DomEvent| {
        if event.dyn_into::<PageTransitionEvent>().is_ok_and(|event| event.persisted()) {
            auth.dispatch(Event::Returned);
            auth.look();
        }
    };
    on("pageshow", Box::new(pageshow));
    on("popstate", Box::new(move |_| auth.show(browser::path())));
    for name in ["offline", "online"] {
        on(name, Box::new(move |_| auth.dispatch(Event::Network { is_offline: browser::is_offline() })));
    }
}

fn on(name: &str, listener: Box<dyn Fn(DomEvent)>) {
    let handle = window_event_listener_untyped(name, listener);
    on_cleanup(move || handle.remove());
}
