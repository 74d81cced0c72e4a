//! What is shown. A handful of pages is one `match`; there is no router.
//!
//! Fixed texts stand in braces. Of an element without any, Leptos makes HTML for `innerHTML`, which the site's policy
//! forbids (Trusted Types): the page would stay empty.

#![allow(unreachable_pub, reason = "Leptos's macro makes every component's properties `pub`")]

mod alert;
mod auth;
mod home;
mod not_found;

use leptos::prelude::*;

use crate::auth::Auth;
use crate::callback::is_callback;

/// The whole app: one view of what is true now. Whatever changes, Leptos finds out where that shows.
#[component]
pub fn App() -> impl IntoView {
    let auth = crate::auth::provide();
    move || view! { <main class="card">{page(auth)}</main> }
}

fn page(auth: Auth) -> AnyView {
    match auth.path().as_str() {
        "/" if auth.is_signed_in() => home::signed_in(auth).into_any(),
        "/" => home::signed_out(auth).into_any(),
        path if is_callback(path) => auth::page(auth).into_any(),
        _ => not_found::page().into_any(),
    }
}
