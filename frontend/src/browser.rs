//! Browser functions that the pages need, each named after its purpose.

use std::time::Duration;

use js_sys::{Date, Function, Object, Reflect};
use leptos::prelude::{document, set_timeout, window};
use shared::redirect;
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::{HtmlDocument, HtmlElement};

/// Sets the language of the page, and the label of the theme button, the only button outside the app.
pub(crate) fn speak(language: &str, other_colours: &str) {
    let label = |css: &str, name: &str, value: &str| {
        if let Some(element) = document().query_selector(css).ok().flatten() {
            // Fails only for an invalid attribute name.
            let _ = element.set_attribute(name, value);
        }
    };
    label("html", "lang", language);
    label("#theme", "aria-label", other_colours);
}

/// Moves the focus to the heading after the page is drawn.
pub(crate) fn focus_heading() {
    set_timeout(
        || {
            if let Some(heading) = document().query_selector("h1").ok().flatten() {
                // Every heading on a page is an HTML element.
                let _ = heading.unchecked_into::<HtmlElement>().focus();
            }
        },
        Duration::ZERO,
    );
}

/// Moves the focus to the heading if the focused element was removed.
pub(crate) fn rescue_focus() {
    set_timeout(
        || {
            if document().active_element().is_none_or(|element| element.tag_name() == "BODY") {
                focus_heading();
            }
        },
        Duration::ZERO,
    );
}

/// Whether the shell was painted for a person who is signed in.
pub(crate) fn expects_session() -> bool {
    document().query_selector("html[data-page=in]").ok().flatten().is_some()
}

/// Whether the page comes from this machine, in which case its viewer is a developer who sets up the app.
pub(crate) fn is_development() -> bool {
    let origin = window().location().origin().unwrap_or_default();
    // Without TLS, only loopback addresses are accepted by `is_web`.
    origin.starts_with("http:") && redirect::is_web(&origin)
}

/// Selects the element's text and copies it to the clipboard. Returns whether that worked.
///
/// This uses the old API. The new one, `navigator.clipboard`, needs a permission, and the site's policy grants none.
pub(crate) fn copy(css: &str) -> bool {
    let element = document().query_selector(css).ok().flatten();
    let (Some(element), Some(selection)) = (element, window().get_selection().ok().flatten()) else { return false };
    let is_selected = selection.select_all_children(&element).is_ok();
    is_selected && document().unchecked_into::<HtmlDocument>().exec_command("copy").unwrap_or(false)
}

/// Formats a time, in milliseconds since the Unix epoch, for that locale and in the person's time zone.
pub(crate) fn date_and_time(ms: u64, locale: &str) -> String {
    let date = Date::new(&(ms as f64).into());
    let options = Object::new();
    for (name, style) in [("dateStyle", "medium"), ("timeStyle", "short")] {
        // Setting a property of a plain object cannot fail.
        let _ = Reflect::set(&options, &name.into(), &style.into());
    }
    // Called by name, so that a locale unknown to the browser is an error and not a panic.
    let format = Reflect::get(&date, &"toLocaleString".into()).map(Function::from);
    let text = format.and_then(|format| {
        let own = format.call2(&date, &locale.into(), &options);
        own.or_else(|_| format.call2(&date, &JsValue::UNDEFINED, &options))
    });
    text.ok().and_then(|text| text.as_string()).unwrap_or_default()
}
