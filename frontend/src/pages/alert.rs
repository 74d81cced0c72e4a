//! A failure, as a sentence, with what to do about it.

use leptos::prelude::*;

use crate::failure::Failure;

/// Says what happened, and offers to try again where that helps.
#[component]
pub(super) fn Alert(failure: Failure, #[prop(into)] on_retry: Callback<()>) -> impl IntoView {
    let id = failure.request_id().map(|id| view! { <small>"Request " {id.to_owned()}</small> });
    view! {
        <div role="alert">
            <p>{failure.sentence()}</p>
            {id}
        </div>
        {failure.can_retry().then(|| view! {
            <button type="button" on:click=move |_| on_retry.run(())>{"Try again"}</button>
        })}
    }
}
