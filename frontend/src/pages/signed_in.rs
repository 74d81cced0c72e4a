//! The home page while the person is signed in: who they are, and when the session ends.

use leptos::prelude::*;
use leptos_login::{Auth, Profile, ProfileState, Waiting, dynamic, flag, text};
use shared::redirect;

use super::parts::{again, button, fixed, group, line, when};
use super::{parts, takes_too_long, texts};
use crate::browser;

/// A session with this many minutes left shows a countdown.
const LAST_MINUTES: u64 = 10;

pub(super) fn signed_in(auth: Auth) -> AnyView {
    let texts = texts(auth);
    let picture = move || {
        let url = of_profile(auth, |profile| profile.picture.clone()).filter(|url| redirect::is_web(url));
        url.map_or_else(|| ().into_any(), picture)
    };
    let role = move || of_profile(auth, |profile| profile.role.clone()).unwrap_or_default();
    let has_fault = move || !fault(auth).is_empty();
    let is_wanted = move || has_fault() || takes_too_long(auth, Waiting::Profile);
    let alert = move || group("", Some("alert"), vec![line("", text(move || fault(auth).to_owned()))]);
    let name = vec![parts::heading(text(move || heading(auth))), line("quiet", text(role))];
    let person = group("person", None, vec![dynamic(Box::new(picture)), group("", None, name)]);
    let load_profile = again(auth, texts.load_profile, flag(is_wanted), |auth| auth.load_profile());
    let log_out = button("second", fixed(texts.log_out), flag(|| false), Box::new(move || auth.log_out()));
    view! {
        <div class="said">
            {vec![person, when(flag(has_fault), Box::new(alert)), line("quiet end", text(move || end(auth)))]}
        </div>
        <div class="done">{vec![load_profile, log_out]}</div>
    }
    .into_any()
}

fn picture(url: String) -> AnyView {
    view! { <img class="avatar" src=url alt="" width="64" height="64" referrerpolicy="no-referrer" /> }.into_any()
}

/// Why there is no profile.
fn fault(auth: Auth) -> &'static str {
    match auth.profile().get() {
        _ if auth.waiting().get() == Some(Waiting::Profile) => "",
        ProfileState::EmailNotVerified => texts(auth).email_not_verified,
        ProfileState::Failed => texts(auth).no_profile,
        _ => "",
    }
}

/// The person's name, once it is loaded.
pub(super) fn heading(auth: Auth) -> String {
    of_profile(auth, |profile| Some(profile.name.clone())).unwrap_or_else(|| texts(auth).signed_in.to_owned())
}

fn of_profile<T>(auth: Auth, read: impl FnOnce(&Profile) -> Option<T>) -> Option<T> {
    match auth.profile().get() {
        ProfileState::Loaded(profile) => read(&profile),
        _ => None,
    }
}

fn end(auth: Auth) -> String {
    let texts = texts(auth);
    let end = auth.session().get().and_then(|session| session.expires_at());
    match (auth.ends_in().get(), end) {
        (Some(0 | 1), _) => texts.ends_soon.to_owned(),
        (Some(minutes @ 2..=LAST_MINUTES), _) => {
            let (before, after) = texts.ends_in;
            [before, &minutes.to_string(), after].concat()
        }
        (_, Some(end)) => [texts.until, &browser::date_and_time(end, &auth.locale())].concat(),
        (_, None) => String::new(),
    }
}
