//! A minimal app of your own with a login: a button while signed out, and data from AniAPI while signed in.

use leptos::prelude::*;
use leptos_login::{LoginButton, LoginCallback, Method, SignedIn, provide_auth, use_auth};
use serde_json::Value;

fn main() {
    // In a development build, log panics to the console.
    console_error_panic_hook::set_once();
    mount_to_body(App);
}

#[component]
fn App() -> impl IntoView {
    // Must come first: it removes the code of a callback from the address.
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
    view! {
        <header>
            <h1>"An app of your own"</h1>
            <p>"It knows " <em>"who you are"</em> "."</p>
        </header>
        {move || auth.failure().get().map(|failure| view! { <p role="alert">{failure.sentence}</p> })}
        <SignedIn fallback=|| view! { <LoginButton /> }>
            <Me />
            <button on:click=move |_| auth.log_out()>"Log out"</button>
        </SignedIn>
    }
}

/// Calls an endpoint that requires a session.
#[component]
fn Me() -> impl IntoView {
    let auth = use_auth();
    let email = LocalResource::new(move || async move {
        let response = auth.request(Method::GET, "/v1/auth/me").send().await.map_err(|failure| failure.sentence.to_owned())?;
        let body: Value = response.json().await.map_err(|error| error.to_string())?;
        let email = body["data"]["email"].as_str().map(ToOwned::to_owned);
        email.ok_or_else(|| format!("AniAPI does not say who you are (status {}).", response.status()))
    });
    let text = move || match email.get() {
        None => "One moment …".to_owned(),
        Some(Ok(email)) => format!("AniAPI knows you as {email}."),
        Some(Err(reason)) => reason,
    };
    view! { <p role="status">{text}</p> }
}
