//! The home page while the person is signed out: a button for each provider.

use leptos::prelude::*;
use leptos_login::{Auth, LoginButton, Waiting, dynamic, flag, text};
use shared::redirect;

use super::failure::problem;
use super::parts::{again, fixed, heading, line};
use super::{takes_too_long, texts};

pub(super) fn signed_out(auth: Auth) -> AnyView {
    let texts = texts(auth);
    let can_retry = move || auth.failure().get().is_some_and(|failure| failure.can_retry);
    let is_wanted = move || can_retry() || takes_too_long(auth, Waiting::Config);
    // The list is loaded once, as a whole, so its buttons need no keys.
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
            {vec![
                heading(fixed(texts.sign_in)),
                line("quiet", fixed(texts.promise)),
                problem(auth),
            ]}
        </div>
        // The note is below the buttons: above, it would move them away from the pointer.
        <div class="done">{vec![try_again, dynamic(Box::new(buttons)), dynamic(Box::new(move || still_known(auth)))]}</div>
    }
    .into_any()
}

/// A note that the provider may still remember the person who has just logged out here: on a shared machine they should
/// log out there, too. It appears together with the buttons: any earlier, the second click of a double click on **Log
/// out** would press the link.
fn still_known(auth: Auth) -> AnyView {
    let Some(provider) = auth.logged_out_of().get().filter(|_| !auth.just_logged_out().get()) else {
        return ().into_any();
    };
    let ((before, after), (log_out, of)) = (auth.texts.still_known, auth.texts.log_out_of);
    let note = [before, &provider.name, after].concat();
    let link = provider.logout_url.filter(|url| redirect::is_web(url)).map(|url| {
        view! { <a href=url target="_blank" rel="noopener noreferrer">{[log_out, &provider.name, of].concat()}</a> }
    });
    vec![line("quiet", text(move || note.clone())), link.into_any()].into_any()
}
