//! Every address that is none of ours.

use leptos::prelude::*;

#[component]
pub(super) fn NotFound() -> impl IntoView {
    view! {
        <main class="card">
            <h1>{"Page not found"}</h1>
            <p class="quiet">{"This address was not found: there is no such page in this app."}</p>
            <a href="/">{"To the front page"}</a>
        </main>
    }
}
