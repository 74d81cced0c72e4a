//! The front page: signed out, a button to log in; signed in, who one is and until when.

use shared::redirect;

use super::page::Page;
use crate::auth::{Auth, ProfileState};
use crate::browser;

pub(super) fn signed_out(page: &mut Page, auth: Auth) {
    let texts = page.texts;
    let is_leaving = auth.is_leaving();
    let failure = auth.last_failure().or_else(|| auth.config_failure());
    let providers = auth.providers();
    page.heading(texts.sign_in);
    page.quiet(texts.promise);
    if let Some(failure) = &failure {
        page.failure(auth, failure, Box::new(move || auth.log_in_from_here(None)));
    }
    let is_loading = providers.is_none() && failure.is_none();
    for (id, name) in providers.unwrap_or_default() {
        let (before, after) = texts.log_in_with;
        let log_in = move || auth.log_in_from_here(Some(id.clone()));
        page.button(&[before, &name, after].concat(), is_leaving, Box::new(log_in));
    }
    if is_leaving {
        page.wait(auth, texts.leaving);
    } else if is_loading && page.wait(auth, texts.one_moment) {
        page.second(texts.try_again, Box::new(move || auth.load_again()));
    }
}

pub(super) fn signed_in(page: &mut Page, auth: Auth) {
    let texts = page.texts;
    let load_again = move || auth.load_again();
    match auth.profile() {
        ProfileState::Loaded(profile) => {
            let avatar = profile.avatar.filter(|address| redirect::is_web(address));
            page.person(&profile.name, avatar, profile.role);
        }
        ProfileState::Nameless => page.heading(texts.signed_in),
        ProfileState::Loading => {
            page.heading(texts.signed_in);
            if page.wait(auth, texts.loading_profile) {
                page.second(texts.load_profile, Box::new(load_again));
            }
        }
        state @ (ProfileState::EmailNotVerified | ProfileState::Failed) => {
            page.heading(texts.signed_in);
            page.alert(if state == ProfileState::Failed { texts.no_profile } else { texts.email_not_verified });
            page.button(texts.load_profile, false, Box::new(load_again));
        }
    }
    if let Some(end) = auth.session().and_then(|session| session.expires_at()) {
        page.quiet(&[texts.until, &browser::date_and_time(end)].concat());
    }
    page.second(texts.log_out, Box::new(move || auth.log_out()));
}
