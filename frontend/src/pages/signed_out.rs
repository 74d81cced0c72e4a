//! The front page while the person is not signed in: a button for each provider.

use leptos::prelude::*;
use leptos_login::{Auth, LoginButton, Waiting, dynamic, flag};

use super::failure::problem;
use super::parts::{again, fixed, heading, line};
use super::{takes_too_long, texts};

pub(super) fn signed_out(auth: Auth) -> AnyView {
    let texts = texts(auth);
    let can_retry = move || auth.failure().get().is_some_and(|failure| failure.can_retry);
    let is_wanted = move || can_retry() || takes_too_long(auth, Waiting::Config);
    // The list comes once, as a whole, so its buttons need no keys.
    let buttons = move || {
        let providers = auth.providers().get().into_iter();
        providers
            .map(|provider| view! { <LoginButton provider=provider.id /> }.into_any())
            .collect::<Vec<_>>()
            .into_any()
    };
    let try_again = again(auth, auth.texts.try_again, flag(is_wanted), |auth| auth.retry());
    view! {
        <div class="said">
            {vec![heading(fixed(texts.sign_in)), line("quiet", fixed(texts.promise)), problem(auth)]}
        </div>
        <div class="done">{vec![try_again, dynamic(Box::new(buttons))]}</div>
    }
    .into_any()
}
