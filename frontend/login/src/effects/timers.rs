//! Timers that are cancelled when they are dropped.

use std::time::Duration;

use js_sys::Promise;
use leptos::prelude::{TimeoutHandle, set_timeout_with_handle};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

/// A timer that has not fired yet.
pub(crate) struct Timer(TimeoutHandle);

impl Drop for Timer {
    fn drop(&mut self) {
        self.0.clear();
    }
}

/// Calls a closure once, after `ms` milliseconds.
pub(crate) fn after(ms: u64, call: Box<dyn FnOnce()>) -> Option<Timer> {
    set_timeout_with_handle(call, Duration::from_millis(ms)).ok().map(Timer)
}

/// Waits for `ms` milliseconds.
pub(crate) async fn pause(ms: u64) {
    let mut timer = None;
    let over = Promise::new(&mut |resolve, _| {
        timer = after(
            ms,
            Box::new(move || {
                // The function that resolves a promise returns nothing.
                let _ = resolve.call0(&JsValue::UNDEFINED);
            }),
        );
    });
    // The promise is never rejected.
    let _ = JsFuture::from(over).await;
}
