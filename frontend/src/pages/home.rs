//! The front page: signed out, a button to log in; signed in, who one is and until when.

use leptos::prelude::*;
use shared::provider::Profile;
use shared::redirect;

use super::alert::Alert;
use crate::auth::{ProfileState, use_auth};
use crate::browser;

#[component]
pub(super) fn Home() -> impl IntoView {
    let auth = use_auth();
    let is_signed_in = Memo::new(move |_| auth.session().with(Option::is_some));
    view! {
        <main class="card">
            {move || if is_signed_in.get() { view! { <SignedIn /> }.into_any() } else { view! { <SignedOut /> }.into_any() }}
        </main>
    }
}

#[component]
fn SignedOut() -> impl IntoView {
    let auth = use_auth();
    let failure = move || auth.failure().get().or_else(|| auth.config_failure().get());
    let button = move |(id, name): (String, String)| {
        view! {
            <button type="button" prop:disabled=auth.is_leaving() on:click=move |_| auth.log_in(Some(id.clone()))>
                "Log in with " {name}
            </button>
        }
    };
    let status = move || match (auth.is_leaving().get(), auth.providers().get()) {
        (true, _) => Some("Going to the login page…"),
        (false, None) if failure().is_none() => Some("One moment…"),
        _ => None,
    };
    view! {
        <h1>{"Sign in with AniAPI"}</h1>
        <p class="quiet">{"You log in on the provider’s own page. This app never sees your password."}</p>
        {move || failure().map(|failure| view! { <Alert failure on_retry=move |()| auth.log_in(None) /> })}
        {move || auth.providers().get().map(|providers| providers.into_iter().map(button).collect_view())}
        {move || status().map(|status| view! { <p role="status">{status}</p> })}
    }
}

#[component]
fn SignedIn() -> impl IntoView {
    let auth = use_auth();
    let until = move || auth.session().with(|session| session.as_ref().and_then(|session| session.expires_at()));
    view! {
        {move || person(auth.profile().get())}
        {move || until().map(|until| view! { <dl><dt>{"Signed in until"}</dt><dd>{browser::date_and_time(until)}</dd></dl> })}
        <button type="button" class="second" on:click=move |_| auth.log_out()>{"Log out"}</button>
    }
}

fn person(profile: ProfileState) -> AnyView {
    let auth = use_auth();
    match profile {
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
