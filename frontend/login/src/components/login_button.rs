//! A button to log in.

use leptos::prelude::*;
use web_sys::MouseEvent;

use super::text::{dynamic, flag, live, off, text};
use crate::auth::{Auth, use_auth};
use crate::machine::Waiting;

/// A button that opens the provider's login page. Its text is "Log in with NAME" in the person's language, or its
/// children. Attributes go to the `<button>`: `<LoginButton attr:class="primary" />`.
///
/// While the browser is leaving, it is `aria-disabled` and keeps the focus. The second click of a double click on **Log
/// out** does not press it: for half a second after a logout it is hidden, and later it ignores a click that the browser
/// counts as a second one, which on a slow page can arrive that late.
#[component]
pub fn LoginButton(
    /// The id of the provider. Default: the first provider.
    #[prop(optional, into)]
    provider: Option<String>,
    /// The content of the button, in place of the default text.
    #[prop(optional)]
    children: Option<ChildrenFn>,
) -> impl IntoView {
    let auth = use_auth();
    dynamic(Box::new(move || {
        if auth.just_logged_out().get() { ().into_any() } else { button(auth, provider.clone(), children.clone()) }
    }))
}

fn button(auth: Auth, provider: Option<String>, children: Option<ChildrenFn>) -> AnyView {
    let id = provider.clone();
    let label = move || {
        let (providers, (before, after)) = (auth.providers().get(), auth.texts.log_in_with);
        match providers.iter().find(|one| id.as_ref().is_none_or(|id| *id == one.id)) {
            Some(one) => [before, &one.name, after].concat(),
            None => auth.texts.log_in.to_owned(),
        }
    };
    let content = match children {
        Some(children) => children(),
        None => view! { <span use:live=text(label)></span> }.into_any(),
    };
    let press = move |click: MouseEvent| {
        if click.detail() > 1 {
            return;
        }
        match &provider {
            Some(id) => auth.log_in_with(id.clone(), None),
            None => auth.log_in(),
        }
    };
    let is_off = flag(move || auth.waiting().get() == Some(Waiting::Leaving));
    view! { <button type="button" use:off=is_off on:click=press>{content}</button> }.into_any()
}
