//! An app of your own with a login and `leptos_router`: a public page, and one for people who are signed in.

use leptos::prelude::*;
use leptos_login::{LoginButton, LoginCallback, ProfileState, SignedIn, provide_auth, use_auth};
use leptos_router::components::{A, Route, Router, Routes};
use leptos_router::hooks::{use_location, use_query_map};
use leptos_router::path;

fn main() {
    // In a development build, log panics to the console.
    console_error_panic_hook::set_once();
    mount_to_body(App);
}

#[component]
fn App() -> impl IntoView {
    // Must come before the router: it removes the code of a callback from the address.
    provide_auth();
    view! {
        <Router>
            <nav>
                <A href="/">"Home"</A>
                <A href="/library?page=2">"Library"</A>
            </nav>
            <main id="app">
                <Routes fallback=|| view! { <h1>"Page not found"</h1> }>
                    <Route path=path!("/") view=Home />
                    <Route path=path!("/library") view=Library />
                    <Route path=path!("/auth/:provider?") view=|| view! { <LoginCallback /> } />
                </Routes>
            </main>
        </Router>
    }
}

#[component]
fn Home() -> impl IntoView {
    view! {
        <h1>"An app of your own"</h1>
        <p>"Everybody can see this page."</p>
    }
}

#[component]
fn Library() -> impl IntoView {
    let auth = use_auth();
    let (path, query) = (use_location().pathname, use_query_map());
    let page = move || format!("The router is at {}, page {}.", path.get(), query.read().get("page").unwrap_or_default());
    let failure = move || auth.failure().get().map(|failure| view! { <p role="alert">{failure.sentence}</p> });
    view! {
        <h1>"Your library"</h1>
        <p>{page}</p>
        {failure}
        <SignedIn fallback=|| view! { <LoginButton /> }>
            <Name />
            <button on:click=move |_| auth.log_out()>"Log out"</button>
        </SignedIn>
    }
}

#[component]
fn Name() -> impl IntoView {
    let profile = use_auth().profile();
    let text = move || match profile.get() {
        ProfileState::Loaded(profile) => format!("It belongs to {}.", profile.name),
        ProfileState::Loading => "One moment …".to_owned(),
        _ => "It belongs to you.".to_owned(),
    };
    view! { <p role="status">{text}</p> }
}
