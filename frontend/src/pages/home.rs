//! The front page: signed out, a button to log in; signed in, who one is and until when.

use shared::provider::Profile;
use shared::redirect;

use super::page::Page;
use crate::auth::{Auth, ProfileState};
use crate::browser;

pub(super) fn signed_out(page: &mut Page, auth: Auth) {
    let is_leaving = auth.is_leaving();
    let failure = auth.failure().or_else(|| auth.config_failure());
    let providers = auth.providers();
    page.heading("Sign in with AniAPI");
    page.quiet("You log in on the provider’s own page. This app never sees your password.");
    if let Some(failure) = &failure {
        page.failure(failure, Box::new(move || auth.log_in(None)));
    }
    let is_waiting = providers.is_none() && failure.is_none();
    for (id, name) in providers.unwrap_or_default() {
        let log_in = move || auth.log_in(Some(id.clone()));
        page.button(None, &["Log in with ", &name].concat(), is_leaving, Box::new(log_in));
    }
    if is_leaving {
        page.status("Going to the login page…");
    } else if is_waiting {
        page.status("One moment…");
    }
}

pub(super) fn signed_in(page: &mut Page, auth: Auth) {
    person(page, auth);
    if let Some(end) = auth.session().and_then(|session| session.expires_at()) {
        page.quiet(&["Signed in until ", &browser::date_and_time(end)].concat());
    }
    page.button(Some("second"), "Log out", false, Box::new(move || auth.log_out()));
}

fn person(page: &mut Page, auth: Auth) {
    let why_not = match auth.profile() {
        ProfileState::Loaded(profile) => return card(page, profile),
        ProfileState::Loading => {
            page.heading("You are signed in");
            page.status("Loading your profile…");
            return;
        }
        ProfileState::Nameless => return page.heading("You are signed in"),
        ProfileState::EmailNotVerified => {
            "Your e-mail address is not verified yet, so AniAPI does not show your profile. Follow the link in AniAPI’s \
             e-mail, then load the profile again."
        }
        ProfileState::Failed => {
            "Your profile could not be loaded. You are signed in all the same; try again in a moment."
        }
    };
    page.heading("You are signed in");
    let mut said = Page::default();
    said.text(why_not);
    page.alert(said);
    page.button(None, "Load the profile again", false, Box::new(move || auth.load_again()));
}

fn card(page: &mut Page, profile: Profile) {
    let mut card = Page::default();
    if let Some(address) = profile.avatar.filter(|address| redirect::is_web(address)) {
        card.avatar(address);
    }
    let mut words = Page::default();
    words.heading(&profile.name);
    if let Some(role) = profile.role {
        words.quiet(role);
    }
    card.group(None, words);
    page.group(Some("person"), card);
}
