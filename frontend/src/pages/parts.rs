//! The parts that pages are built from. Each part is type-erased (`AnyView`) and closures are boxed, so that the app
//! contains Leptos's code once for each kind of part and not once for each use.

use std::sync::Arc;

use leptos::prelude::*;
use leptos_login::{Auth, Flag, Patience, Text, dynamic, effect, flag, live, off, text};

use crate::browser;

/// What a button does when pressed.
type Action = Box<dyn Fn()>;

/// A text that does not change.
pub(super) fn fixed(fixed: &'static str) -> Text {
    text(move || fixed.to_owned())
}

/// The heading. It can receive the focus, which it does after a change of page.
pub(super) fn heading(text: Text) -> AnyView {
    view! { <h1 tabindex="-1" use:live=text></h1> }.into_any()
}

/// A paragraph.
pub(super) fn line(class: &'static str, text: Text) -> AnyView {
    paragraph(class, None, text)
}

/// A paragraph with a role (WAI-ARIA).
pub(super) fn paragraph(class: &'static str, role: Option<&'static str>, text: Text) -> AnyView {
    view! { <p class=class role=role use:live=text></p> }.into_any()
}

/// A group of parts.
pub(super) fn group(class: &'static str, role: Option<&'static str>, parts: Vec<AnyView>) -> AnyView {
    view! { <div class=class role=role>{parts}</div> }.into_any()
}

/// A button. While it is off, it stays in place and keeps the focus.
pub(super) fn button(class: &'static str, label: Text, is_off: Flag, press: Action) -> AnyView {
    let on_click = {
        let is_off = Arc::clone(&is_off);
        move |_| {
            if !is_off() {
                press();
            }
        }
    };
    view! { <button type="button" class=class use:off=is_off on:click=on_click use:live=label></button> }.into_any()
}

/// A link to the home page.
pub(super) fn home(auth: Auth) -> AnyView {
    view! { <a href="/">{auth.texts.front_page}</a> }.into_any()
}

/// Shows a view while a condition holds.
pub(super) fn when(is: Flag, view: Box<dyn Fn() -> AnyView + Send>) -> AnyView {
    dynamic(Box::new(move || if is() { view() } else { ().into_any() }))
}

/// A button to retry something. It is shown while `wanted` holds, and stays until the request that it started is done:
/// if it disappeared under a finger or while focused, another button would take its place.
pub(super) fn again(auth: Auth, label: &'static str, wanted: Flag, press: fn(Auth)) -> AnyView {
    let (is_shown, show) = signal(false);
    effect(Box::new(move || {
        let was_shown = is_shown.get_untracked();
        let is_shown = wanted() || (was_shown && auth.is_busy().get());
        if was_shown != is_shown {
            show.set(is_shown);
            if was_shown {
                browser::rescue_focus();
            }
        }
    }));
    let view = move || {
        let is_off = flag(move || auth.is_busy().get() && auth.patience().get() < Patience::Over);
        button("", fixed(label), is_off, Box::new(move || press(auth)))
    };
    when(flag(move || is_shown.get()), Box::new(view))
}
