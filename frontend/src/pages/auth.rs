//! `/auth`: says that a login is being finished, or why it cannot.

use leptos::prelude::*;

use super::page::Page;
use crate::auth::{Auth, use_auth};
use crate::browser;
use crate::failure::Failure;
use crate::texts::Texts;

/// What another app shows at `/auth`, where the provider sends people back to: that the login is being finished, or why it
/// was not and what to press, in a language that the person reads. Then the person is back where the login began.
///
/// It stands in the app's own page, below its `<main>`, and brings a heading of its own. It has the classes of this app's
/// `style.css`, which one may take along. A router is told of the way back by a `popstate` event.
///
/// # Panics
/// Outside the part of the app that [`provide_auth`](crate::auth::provide_auth) was called for.
#[component]
pub fn LoginCallback() -> impl IntoView {
    let auth = use_auth();
    let texts = Texts::of(&browser::language());
    Effect::new(move |was_over: Option<bool>| {
        let is_over = !auth.is_at_callback();
        // Once, as the event changes what was just read.
        if is_over && was_over == Some(false) {
            browser::announce_address();
        }
        is_over
    });
    move || {
        let mut page = Page::new(texts);
        show(&mut page, auth);
        page.part()
    }
}

pub(super) fn show(page: &mut Page, auth: Auth) {
    let texts = page.texts;
    let Some(refused) = auth.refused() else {
        page.heading(texts.logging_in);
        if page.wait(auth, texts.finishing) {
            page.home();
        }
        return;
    };
    page.heading(texts.not_logged_in);
    // A fresh login may fail to begin, too. That an earlier one has ended is no news to somebody who logs in again.
    let not_begun = auth.last_failure().filter(|failure| *failure != Failure::LoginEnded);
    page.failure(auth, &not_begun.unwrap_or(refused), Box::new(move || auth.try_again()));
    if auth.is_leaving() {
        page.wait(auth, texts.leaving);
    }
    page.home();
}
