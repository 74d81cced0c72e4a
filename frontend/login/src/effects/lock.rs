//! One writer at a time across all tabs of this app (Web Locks). Requests that write the cookie must not run
//! concurrently, or a provider treats the second use of a refresh token as theft (RFC 9700, 4.14.2).

use js_sys::{Array, Function, Object, Promise, Reflect};
use leptos::prelude::window;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::AbortController;

use super::timers::after;

/// The lock. It is released when it is dropped or the page is left.
pub(super) struct Lock(Function);

impl Drop for Lock {
    fn drop(&mut self) {
        // The function that resolves a promise returns nothing.
        let _ = self.0.call0(&JsValue::UNDEFINED);
    }
}

/// Waits for the lock with that name, for at most `ms` milliseconds. `None` if it is not free by then, or if the
/// browser has no Web Locks.
pub(super) async fn acquire(name: &str, ms: u64) -> Option<Lock> {
    let locks = Reflect::get(&window().navigator(), &"locks".into()).ok()?;
    let request: Function = Reflect::get(&locks, &"request".into()).ok()?.dyn_into().ok()?;
    let abort = AbortController::new().ok()?;
    let options = Object::new();
    Reflect::set(&options, &"signal".into(), &abort.signal()).ok()?;
    let mut asked = None;
    let granted = Promise::new(&mut |grant, _| {
        // The browser holds the lock until the promise that this returns is resolved.
        let hold = move |_: JsValue| {
            Promise::new(&mut |release, _| {
                let _ = grant.call1(&JsValue::UNDEFINED, &release);
            })
        };
        asked = request.call3(&locks, &name.into(), &options, &Closure::once_into_js(hold)).ok();
    });
    let _too_long = after(ms, Box::new(move || abort.abort()));
    let either = Promise::race(&Array::of2(&granted, &asked?));
    JsFuture::from(either).await.ok()?.dyn_into().ok().map(Lock)
}
