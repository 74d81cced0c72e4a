//! What the pages ask of the browser, each by the name of what they want of it.

use std::time::Duration;

use js_sys::{Date, Function, Object, Reflect};
use leptos::prelude::{document, set_timeout, window};
use shared::redirect;
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::{HtmlDocument, HtmlElement};

/// Sets the language of the page, and the label of the one button beside the app.
pub(crate) fn speak(language: &str, other_colours: &str) {
    let label = |css: &str, name: &str, value: &str| {
        if let Some(element) = document().query_selector(css).ok().flatten() {
            // It fails for a name that no attribute can have.
            let _ = element.set_attribute(name, value);
        }
    };
    label("html", "lang", language);
    label("#theme", "aria-label", other_colours);
}

/// Moves the focus to the heading, once the page is drawn.
pub(crate) fn focus_heading() {
    set_timeout(
        || {
            if let Some(heading) = document().query_selector("h1").ok().flatten() {
                // Every heading of a page is an element of HTML.
                let _ = heading.unchecked_into::<HtmlElement>().focus();
            }
        },
        Duration::ZERO,
    );
}

/// Moves the focus to the heading if it was on something that is no longer there.
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

/// Whether the page comes from this machine, so that the person who sees it is setting it up.
pub(crate) fn is_development() -> bool {
    let origin = window().location().origin().unwrap_or_default();
    // Without TLS, only a loopback address is an address of the web.
    origin.starts_with("http:") && redirect::is_web(&origin)
}

/// Selects what that element says and puts it where the person can paste it from; gives whether it is there now.
///
/// This is the old way. The new one, `navigator.clipboard`, is a permission, and the site's policy grants none.
pub(crate) fn copy(css: &str) -> bool {
    let element = document().query_selector(css).ok().flatten();
    let (Some(element), Some(selection)) = (element, window().get_selection().ok().flatten()) else { return false };
    let is_selected = selection.select_all_children(&element).is_ok();
    is_selected && document().unchecked_into::<HtmlDocument>().exec_command("copy").unwrap_or(false)
}

/// A point in time, in milliseconds since the Unix epoch, as people write it in that language, in their time zone.
pub(crate) fn date_and_time(ms: u64, locale: &str) -> String {
    let date = Date::new(&(ms as f64).into());
    let options = Object::new();
    for (name, style) in [("dateStyle", "medium"), ("timeStyle", "short")] {
        // A plain object takes every property.
        let _ = Reflect::set(&options, &name.into(), &style.into());
    }
    // Called by its name, so that a locale that the browser does not understand is an error and not the end of the app.
    let format = Reflect::get(&date, &"toLocaleString".into()).map(Function::from);
    let text = format.and_then(|format| {
        let own = format.call2(&date, &locale.into(), &options);
        own.or_else(|_| format.call2(&date, &JsValue::UNDEFINED, &options))
    });
    text.ok().and_then(|text| text.as_string()).unwrap_or_default()
}
