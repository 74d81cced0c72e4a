//! A failure, as a sentence, with what to do about it.

use leptos::prelude::*;

use crate::failure::Failure;

/// Says what happened, and offers to try again where that helps.
pub(super) fn alert(failure: &Failure, on_retry: impl Fn() + Send + 'static) -> AnyView {
    let id = failure.request_id().map(|id| view! { <small>"Request " {id.to_owned()}</small> });
    view! {
        <div role="alert">
            <p>{failure.sentence()}</p>
            {id}
        </div>
        {failure.can_retry().then(|| view! {
            <button type="button" on:click=move |_| on_retry()>{"Try again"}</button>
        })}
    }
    .into_any()
}
