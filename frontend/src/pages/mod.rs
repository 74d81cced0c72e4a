//! What is shown. A handful of pages is one `match`; there is no router.

#![allow(unreachable_pub, reason = "Leptos's macro makes every component's properties `pub`")]

mod auth;
mod home;
mod not_found;
mod page;

use leptos::prelude::*;

use self::page::Page;
use crate::auth::Auth;
use crate::callback::is_callback;

/// The whole app: one view of what is true now. Whatever changes, Leptos finds out where that shows.
#[component]
pub fn App() -> impl IntoView {
    let auth = crate::auth::start();
    move || show(auth)
}

fn show(auth: Auth) -> AnyView {
    let mut page = Page::default();
    match auth.path().as_str() {
        "/" if auth.is_signed_in() => home::signed_in(&mut page, auth),
        "/" => home::signed_out(&mut page, auth),
        path if is_callback(path) => auth::show(&mut page, auth),
        _ => not_found::show(&mut page),
    }
    page.view()
}
