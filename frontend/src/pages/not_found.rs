//! Every address that is none of ours.

use leptos::prelude::*;

pub(super) fn page() -> impl IntoView {
    view! {
        <h1>{"Page not found"}</h1>
        <p class="quiet">{"This address was not found: there is no such page in this app."}</p>
        <a href="/">{"To the front page"}</a>
    }
}
