//! `/auth`: says that a login is being finished, or why it cannot.

use super::page::Page;
use crate::auth::Auth;
use crate::failure::Failure;

pub(super) fn show(page: &mut Page, auth: Auth) {
    let Some(refused) = auth.refused() else {
        page.heading("Logging you in");
        page.status("Finishing your login…");
        return;
    };
    page.heading("The login did not work");
    // A fresh login may fail to begin, too. That an earlier one has ended is no news to somebody who logs in again.
    let not_begun = auth.failure().filter(|failure| *failure != Failure::LoginEnded);
    page.failure(&not_begun.unwrap_or(refused), Box::new(move || auth.try_again()));
    if auth.is_leaving() {
        page.status("Going to the login page…");
    }
    page.home();
}
