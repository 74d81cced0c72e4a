//! The page at the redirect URI.

use leptos::prelude::*;

use super::text::{flag, live, off, text};
use crate::auth::{Auth, use_auth};
use crate::machine::{Event, Patience, Waiting};

/// The page at the redirect URI: it shows that the login is being finished, or why it failed and what to do. After a
/// successful login, the person is back on the page where the login began.
///
/// `view` replaces the default page. With the feature `router`, it must be inside the `<Router>`, as the view of the
/// route.
#[component]
pub fn LoginCallback(
    /// The page, in place of the default one.
    #[prop(default = default_page)]
    view: fn(Auth) -> AnyView,
) -> impl IntoView {
    let auth = use_auth();
    #[cfg(feature = "router")]
    navigate(auth);
    on_cleanup(move || {
        // The person has seen the failure, if there was one.
        auth.dispatch(Event::Dismissed);
    });
    view(auth)
}

/// Passes the return path to the router.
#[cfg(feature = "router")]
fn navigate(auth: Auth) {
    use leptos_router::NavigateOptions;
    use leptos_router::hooks::use_navigate;

    let navigate = use_navigate();
    Effect::new(move |_| {
        if let Some(place) = auth.destination.get() {
            auth.destination.set(None);
            navigate(&place, NavigateOptions { replace: true, ..NavigateOptions::default() });
        }
    });
}

fn default_page(auth: Auth) -> AnyView {
    let texts = auth.texts;
    let failed = move || auth.failure().get().is_some();
    let heading = move || if failed() { texts.not_logged_in } else { texts.logging_in };
    let status = move || match auth.waiting().get() {
        None => "",
        Some(_) if auth.is_offline().get() => texts.offline,
        Some(_) if auth.patience().get() > Patience::Fresh => texts.slow,
        Some(Waiting::Leaving) => texts.leaving,
        Some(_) => texts.finishing,
    };
    // The button stays until the request that it started is done: if it disappeared, the focus would be lost.
    let can_retry = Memo::new(move |before: Option<&bool>| {
        auth.failure().get().is_some_and(|failure| failure.can_retry) || (before == Some(&true) && auth.is_busy().get())
    });
    let is_off = flag(move || auth.is_busy().get() && auth.patience().get() < Patience::Over);
    let alert = move || {
        let failure = auth.failure().get()?;
        let request = failure.request_id.map(|id| view! { <p>{[texts.request, &id].concat()}</p> });
        Some(view! {
            <div role="alert">
                <p>{failure.sentence}</p>
                {request}
            </div>
        })
    };
    view! {
        <div lang=texts.language>
            <h1 tabindex="-1" use:live=text(move || heading().to_owned())></h1>
            <p role="status" use:live=text(move || status().to_owned())></p>
            {alert}
            <Show when=move || can_retry.get()>
                <button type="button" use:off=is_off.clone() on:click=move |_| auth.retry()>
                    {texts.try_again}
                </button>
            </Show>
            <a href="/">{texts.front_page}</a>
        </div>
    }
    .into_any()
}
