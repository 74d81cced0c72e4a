//! `/auth`: says that a login is being finished, or why it cannot.

use leptos::prelude::*;

use super::alert::alert;
use crate::auth::Auth;
use crate::failure::Failure;

pub(super) fn page(auth: Auth) -> impl IntoView {
    // A fresh login may fail to begin, too. That an earlier one has ended is no news to somebody who logs in again.
    let not_begun = auth.failure().filter(|failure| *failure != Failure::LoginEnded);
    match auth.refused() {
        None => view! {
            <h1>{"Logging you in"}</h1>
            <p role="status">{"Finishing your login…"}</p>
        }
        .into_any(),
        Some(failure) => view! {
            <h1>{"The login did not work"}</h1>
            {alert(&not_begun.unwrap_or(failure), move || auth.try_again())}
            {auth.is_leaving().then(|| view! { <p role="status">{"Going to the login page…"}</p> })}
            <a href="/">{"To the front page"}</a>
        }
        .into_any(),
    }
}
