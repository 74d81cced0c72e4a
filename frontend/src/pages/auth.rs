//! `/auth`: says that a login is being finished, or why it cannot.

use super::page::Page;
use crate::auth::Auth;
use crate::failure::Failure;

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
    let not_begun = auth.failure().filter(|failure| *failure != Failure::LoginEnded);
    page.failure(auth, &not_begun.unwrap_or(refused), Box::new(move || auth.try_again()));
    if auth.is_leaving() {
        page.wait(auth, texts.leaving);
    }
    page.home();
}
