//! Texts, attributes and views that follow signals.

use std::sync::Arc;

use leptos::prelude::*;
use web_sys::Element;

/// A text that depends on signals; [`text`] makes one.
pub type Text = Arc<dyn Fn() -> String + Send + Sync>;

/// A condition that depends on signals; [`flag`] makes one.
pub type Flag = Arc<dyn Fn() -> bool + Send + Sync>;

/// A text that depends on signals, for the directive [`live`]: `<p use:live=text(move || name.get())></p>`.
pub fn text(text: impl Fn() -> String + Send + Sync + 'static) -> Text {
    Arc::new(text)
}

/// A condition that depends on signals.
pub fn flag(flag: impl Fn() -> bool + Send + Sync + 'static) -> Flag {
    Arc::new(flag)
}

/// Keeps the text of an element up to date, and changes the element only if the text differs.
///
/// It is meant for live regions, whose text a screen reader would otherwise read again, and for pages that the browser
/// translates: translation replaces text nodes, and Leptos would keep updating a node that is no longer shown.
pub fn live(element: Element, text: Text) {
    let mut before = None;
    effect(Box::new(move || {
        let text = text();
        if before.as_ref() != Some(&text) {
            element.set_text_content(Some(&text));
            before = Some(text);
        }
    }));
}

/// Keeps `aria-disabled` up to date: such a button keeps the focus, unlike a `disabled` one.
pub fn off(element: Element, is_off: Flag) {
    effect(Box::new(move || {
        // Fails only for an invalid attribute name.
        let _ = element.set_attribute("aria-disabled", if is_off() { "true" } else { "false" });
    }));
}

/// A view that changes with the signals that it reads. It is boxed, so that its code is compiled once.
pub fn dynamic(view: Box<dyn Fn() -> AnyView + Send>) -> AnyView {
    (move || view()).into_any()
}

/// Runs a closure now, and again whenever a signal that it reads changes. It is boxed, so that its code is compiled
/// once.
pub fn effect(mut run: Box<dyn FnMut()>) {
    Effect::new(move |_| run());
}
