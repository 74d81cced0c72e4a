//! Listeners for the browser's events: another tab changed the storage, the page is shown again, the network was lost
//! or is back. They are removed when the component that provided the login is unmounted.

use leptos::prelude::*;
use wasm_bindgen::JsCast as _;
use wasm_bindgen::closure::Closure;
use web_sys::{Event as DomEvent, PageTransitionEvent, StorageEvent};

use super::channel;
use super::storage::Store;
use crate::auth::Auth;
use crate::browser;
use crate::machine::Event;

pub(crate) fn listen(auth: Auth, store: Store) {
    let storage = move |event: DomEvent| {
        // An event without a key means that the storage was cleared.
        let key = event.dyn_into::<StorageEvent>().ok().and_then(|event| event.key());
        match key.as_deref().and_then(|key| store.change(key)) {
            Some(change) => channel::changed(auth, change),
            None if key.is_none_or(|key| store.is_shared(&key)) => auth.look(),
            None => {}
        }
    };
    on("storage", Box::new(storage));
    // After a sleep, one of these fires first.
    for name in ["visibilitychange", "focus"] {
        let shown = move |_| {
            // `visibilitychange` also fires when the page is hidden; that is ignored.
            if !document().hidden() {
                auth.look();
                auth.dispatch(Event::Shown);
            }
        };
        on(name, Box::new(shown));
    }
    channel::open(auth, store);
    on("pagehide", Box::new(move |_| channel::close(auth)));
    let pageshow = move |event: DomEvent| {
        channel::open(auth, store);
        if event.dyn_into::<PageTransitionEvent>().is_ok_and(|event| event.persisted()) {
            auth.dispatch(Event::Returned);
            auth.look();
        }
    };
    on("pageshow", Box::new(pageshow));
    // While the page was prerendered, another person may have been signed in.
    if browser::is_prerendering() {
        let shown = Closure::once_into_js(move || auth.dispatch(Event::Returned));
        // Cannot fail, because the listener is a function.
        let _ = document().add_event_listener_with_callback("prerenderingchange", shown.unchecked_ref());
    }
    on("popstate", Box::new(move |_| auth.show(browser::path())));
    for name in ["offline", "online"] {
        on(name, Box::new(move |_| auth.dispatch(Event::Network { is_offline: browser::is_offline() })));
    }
}

fn on(name: &str, listener: Box<dyn Fn(DomEvent)>) {
    let handle = window_event_listener_untyped(name, listener);
    on_cleanup(move || handle.remove());
}
