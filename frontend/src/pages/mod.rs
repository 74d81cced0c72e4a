//! What is shown. A handful of pages is one `match`; there is no router.

#![allow(unreachable_pub, reason = "Leptos's macro makes every component's properties `pub`")]

mod auth;
mod home;
mod not_found;
mod page;

use std::cell::RefCell;

use leptos::prelude::*;

pub use self::auth::LoginCallback;
use self::page::Page;
use crate::auth::Auth;
use crate::browser;
use crate::callback::is_callback;
use crate::texts::Texts;

/// The whole app: one view of what is true now. Whatever changes, Leptos finds out where that shows.
#[component]
pub fn App() -> impl IntoView {
    let texts = Texts::of(&browser::language());
    browser::speak(texts.language, texts.other_colours);
    let auth = crate::auth::start();
    let title = RefCell::new(String::new());
    move || {
        let page = page(auth, texts);
        let before = title.replace(page.title.clone());
        if before != page.title {
            browser::show_title(&page.title, !before.is_empty());
        }
        page.view()
    }
}

fn page(auth: Auth, texts: &'static Texts) -> Page {
    let mut page = Page::new(texts);
    match auth.path().as_str() {
        "/" if auth.is_signed_in() => home::signed_in(&mut page, auth),
        "/" => home::signed_out(&mut page, auth),
        path if is_callback(path) => auth::show(&mut page, auth),
        _ => not_found::show(&mut page),
    }
    page
}
