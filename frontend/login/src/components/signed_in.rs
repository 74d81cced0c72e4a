//! Content for people who are signed in.

use leptos::prelude::*;

use crate::auth::use_auth;

/// Shows its children while the person is signed in, and `fallback` otherwise. Until the function has reported which,
/// it shows neither. If the function cannot report it, `fallback` is shown.
///
/// ```no_run
/// # use leptos::prelude::*;
/// # use leptos_login::{LoginButton, SignedIn};
/// # #[component] fn Library() -> impl IntoView {}
/// # fn example() -> impl IntoView {
/// view! {
///     <SignedIn fallback=|| view! { <LoginButton /> }>
///         <Library />
///     </SignedIn>
/// }
/// # }
/// ```
#[component]
pub fn SignedIn(
    /// What to show if the person is signed out.
    #[prop(optional, into)]
    fallback: ViewFn,
    /// What to show if the person is signed in.
    children: ChildrenFn,
) -> impl IntoView {
    let auth = use_auth();
    let is_decided = Memo::new(move |_| auth.is_known().get() || auth.failure().get().is_some());
    let otherwise = move || if is_decided.get() { fallback.run() } else { ().into_any() };
    view! {
        <Show when=move || auth.is_signed_in().get() fallback=otherwise>
            {children()}
        </Show>
    }
}
