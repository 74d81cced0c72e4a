//! `/auth`: shows that a login is being finished, or why it failed.

use leptos::prelude::*;
use leptos_login::{Auth, Waiting, flag, text};

use super::failure::problem;
use super::parts::{again, home, when};
use super::{parts, takes_too_long};

pub(super) fn callback(auth: Auth) -> AnyView {
    let failure = move || auth.failure().get();
    let can_retry = move || failure().is_some_and(|failure| failure.can_retry);
    let needs_way_out = move || failure().is_some() || takes_too_long(auth, Waiting::Finishing);
    let try_again = again(auth, auth.texts.try_again, flag(can_retry), |auth| auth.retry());
    let way_out = when(flag(needs_way_out), Box::new(move || home(auth)));
    view! {
        <div class="said">
            {vec![parts::heading(text(move || heading(auth).to_owned())), problem(auth)]}
        </div>
        <div class="done">{vec![try_again, way_out]}</div>
    }
    .into_any()
}

pub(super) fn heading(auth: Auth) -> &'static str {
    let is_finishing = auth.waiting().get() == Some(Waiting::Finishing);
    if is_finishing { auth.texts.logging_in } else { auth.texts.not_logged_in }
}
