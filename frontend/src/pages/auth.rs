//! `/auth`: finishes a login, or says why it cannot.

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::return_path::ReturnPath;

use super::alert::Alert;
use crate::auth::use_auth;
use crate::callback::{self, Refused};
use crate::failure::Failure;

#[component]
pub(super) fn AuthPage() -> impl IntoView {
    let auth = use_auth();
    let refused = RwSignal::new(None::<(Failure, Option<String>, ReturnPath)>);

    match auth.take_received() {
        Some(Ok(validated)) => {
            let (provider, return_to) = (validated.provider().to_owned(), validated.return_to().clone());
            spawn_local(async move {
                match callback::finish(validated).await {
                    Ok(session) => auth.arrive(session, &return_to),
                    Err(failure) => refused.set(Some((failure, Some(provider), return_to))),
                }
            });
        }
        Some(Err(Refused { failure, provider, return_to })) => refused.set(Some((failure, provider, return_to))),
        None => {
            let nothing_here = Failure::Callback(shared::callback::CallbackError::StateMissing);
            refused.set(Some((nothing_here, None, ReturnPath::home())));
        }
    }

    let retry = move |()| {
        if let Some((_, provider, return_to)) = refused.get_untracked() {
            auth.log_in_to(provider, return_to);
        }
    };
    // A fresh login may fail to begin, too. That an earlier one has ended is no news to somebody who logs in again.
    let not_begun = move || auth.failure().get().filter(|failure| *failure != Failure::LoginEnded);
    view! {
        <main class="card">
            {move || match refused.get() {
                None => view! {
                    <h1>{"Logging you in"}</h1>
                    <p role="status">{"Finishing your login…"}</p>
                }
                .into_any(),
                Some((failure, ..)) => view! {
                    <h1>{"The login did not work"}</h1>
                    <Alert failure=not_begun().unwrap_or(failure) on_retry=retry />
                    {auth.is_leaving().get().then(|| view! { <p role="status">{"Going to the login page…"}</p> })}
                    <a href="/">{"To the front page"}</a>
                }
                .into_any(),
            }}
        </main>
    }
}
