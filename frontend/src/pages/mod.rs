//! What is shown. Three addresses are one `match`; there is no router.
//!
//! Fixed texts stand in braces. Of an element without any, Leptos makes HTML for `innerHTML`, which the site's policy
//! forbids (Trusted Types): the page would stay empty.

#![allow(unreachable_pub, reason = "Leptos's macro makes every component's properties `pub`")]

mod alert;
mod auth;
mod home;
mod not_found;

use leptos::prelude::*;

use self::auth::AuthPage;
use self::home::Home;
use self::not_found::NotFound;
use crate::callback::is_callback;

/// The whole app.
#[component]
pub fn App() -> impl IntoView {
    let auth = crate::auth::provide();
    let path = auth.path();
    // A change of session re-renders inside a page; only another address brings another page.
    move || match path.get().as_str() {
        "/" => view! { <Home /> }.into_any(),
        path if is_callback(path) => view! { <AuthPage /> }.into_any(),
        _ => view! { <NotFound /> }.into_any(),
    }
}
