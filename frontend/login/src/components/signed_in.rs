//! What only people see who are signed in.

use leptos::prelude::*;

use crate::auth::use_auth;

/// Shows its children while the person is signed in, and `fallback` otherwise.
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
    /// What to show if the person is not signed in.
    #[prop(optional, into)]
    fallback: ViewFn,
    /// What to show if the person is.
    children: ChildrenFn,
) -> impl IntoView {
    let auth = use_auth();
    view! {
        <Show when=move || auth.is_signed_in().get() fallback>
            {children()}
        </Show>
    }
}
