//! The home page until it is known whether the person is signed in. At first it looks like the shell that was painted
//! before the app.

use leptos::prelude::*;
use leptos_login::{Auth, Waiting, flag};

use super::failure::problem;
use super::parts::{self, again, fixed, line};
use super::{takes_too_long, texts};
use crate::browser;

pub(super) fn unknown(auth: Auth) -> AnyView {
    let can_retry = move || auth.failure().get().is_some_and(|failure| failure.can_retry);
    let is_wanted = move || can_retry() || takes_too_long(auth, Waiting::Session);
    let try_again = again(auth, auth.texts.try_again, flag(is_wanted), |auth| auth.retry());
    let mut said = vec![parts::heading(fixed(heading(auth)))];
    if !browser::expects_session() {
        said.push(line("quiet", fixed(texts(auth).promise)));
    }
    said.push(problem(auth));
    view! {
        <div class="said">{said}</div>
        <div class="done">{vec![try_again]}</div>
    }
    .into_any()
}

pub(super) fn heading(auth: Auth) -> &'static str {
    if browser::expects_session() { texts(auth).signed_in } else { texts(auth).sign_in }
}
