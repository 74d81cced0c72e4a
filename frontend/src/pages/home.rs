//! The front page: signed out, a button to log in; signed in, who one is and until when.

use leptos::prelude::*;
use shared::provider::Profile;
use shared::redirect;

use super::alert::alert;
use crate::auth::{Auth, ProfileState};
use crate::browser;

pub(super) fn signed_out(auth: Auth) -> impl IntoView {
    let is_leaving = auth.is_leaving();
    let failure = auth.failure().or_else(|| auth.config_failure());
    let providers = auth.providers();
    let status = match (is_leaving, &providers) {
        (true, _) => Some("Going to the login page…"),
        (false, None) if failure.is_none() => Some("One moment…"),
        _ => None,
    };
    let button = move |(id, name): (String, String)| {
        view! {
            <button type="button" prop:disabled=is_leaving on:click=move |_| auth.log_in(Some(id.clone()))>
                "Log in with " {name}
            </button>
        }
    };
    view! {
        <h1>{"Sign in with AniAPI"}</h1>
        <p class="quiet">{"You log in on the provider’s own page. This app never sees your password."}</p>
        {failure.map(|failure| alert(&failure, move || auth.log_in(None)))}
        {providers.map(|providers| providers.into_iter().map(button).collect_view())}
        {status.map(|status| view! { <p role="status">{status}</p> })}
    }
}

pub(super) fn signed_in(auth: Auth) -> impl IntoView {
    let until = auth.session().and_then(|session| session.expires_at());
    view! {
        {person(auth)}
        {until.map(|until| view! { <dl><dt>{"Signed in until"}</dt><dd>{browser::date_and_time(until)}</dd></dl> })}
        <button type="button" class="second" on:click=move |_| auth.log_out()>{"Log out"}</button>
    }
}

fn person(auth: Auth) -> AnyView {
    match auth.profile() {
        ProfileState::Loading => view! {
            <h1>{"You are signed in"}</h1>
            <p role="status">{"Loading your profile…"}</p>
        }
        .into_any(),
        ProfileState::Loaded(profile) => card(profile).into_any(),
        ProfileState::EmailNotVerified => view! {
            <h1>{"You are signed in"}</h1>
            <div role="alert">
                <p>
                    {"Your e-mail address is not verified yet, so AniAPI does not show your profile. Follow the link in \
                      AniAPI’s e-mail, then load the profile again."}
                </p>
            </div>
            <button type="button" on:click=move |_| auth.load_again()>{"Load the profile again"}</button>
        }
        .into_any(),
        ProfileState::Failed => view! {
            <h1>{"You are signed in"}</h1>
            <div role="alert">
                <p>{"Your profile could not be loaded. You are signed in all the same; try again in a moment."}</p>
            </div>
            <button type="button" on:click=move |_| auth.load_again()>{"Load the profile again"}</button>
        }
        .into_any(),
    }
}

fn card(profile: Profile) -> impl IntoView {
    let avatar = profile.avatar.filter(|address| redirect::is_web(address));
    view! {
        <div class="person">
            {avatar.map(|src| view! { <img class="avatar" src=src alt="" width="64" height="64" referrerpolicy="no-referrer" /> })}
            <div>
                <h1>{profile.name}</h1>
                {profile.role.map(|role| view! { <p class="quiet">{role}</p> })}
            </div>
        </div>
    }
}
