//! An app of your own with a login, as small as it gets: signed out, a button; signed in, what AniAPI tells of the person.

use frontend::auth::{LoginCallback, provide_auth, use_auth};
use leptos::prelude::*;

fn main() {
    mount_to_body(App);
}

#[component]
fn App() -> impl IntoView {
    // First of all: it takes the code of a login that comes back out of the address.
    let auth = provide_auth();
    view! {
        <main id="app">
            <Show when=move || auth.is_at_callback() fallback=Home>
                <LoginCallback />
            </Show>
        </main>
    }
}

#[component]
fn Home() -> impl IntoView {
    let auth = use_auth();
    let log_in = move || {
        view! {
            <button on:click=move |_| auth.log_in() disabled=move || auth.is_leaving()>{"Log in"}</button>
        }
    };
    view! {
        <h1>{"An app of your own"}</h1>
        {move || auth.failure().map(|notice| view! { <p role="alert">{notice.sentence}</p> })}
        <Show when=move || auth.is_signed_in() fallback=log_in>
            <Me />
        </Show>
    }
}

/// It asks an address that answers nobody but whoever has logged in.
#[component]
fn Me() -> impl IntoView {
    let auth = use_auth();
    let me = LocalResource::new(move || auth.fetch("/v1/auth/me"));
    let told = move || match me.get() {
        None => "One moment …".to_owned(),
        Some(Ok(reply)) => match email(&reply.text) {
            Some(email) => format!("AniAPI knows you as {email}."),
            None => format!("AniAPI does not say who you are (status {}).", reply.status),
        },
        Some(Err(notice)) => notice.sentence,
    };
    view! {
        <p role="status">{told}</p>
        <button on:click=move |_| auth.log_out()>{"Log out"}</button>
    }
}

fn email(answer: &str) -> Option<String> {
    let answer: serde_json::Value = serde_json::from_str(answer).ok()?;
    Some(answer["data"]["email"].as_str()?.to_owned())
}
