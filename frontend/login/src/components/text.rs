//! What changes with signals: a text, whether a button can be pressed, what is shown at all.

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

/// Keeps the text of an element up to date, and touches it only when the text is another one.
///
/// It is for texts in live regions, which a screen reader would otherwise read again, and under the browser's translation:
/// that replaces text nodes, and Leptos would go on changing one that is no longer shown.
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

/// Keeps `aria-disabled` up to date: such a button keeps its place and the focus, unlike a `disabled` one.
pub fn off(element: Element, is_off: Flag) {
    effect(Box::new(move || {
        // It fails for a name that no attribute can have.
        let _ = element.set_attribute("aria-disabled", if is_off() { "true" } else { "false" });
    }));
}

/// Something that changes with the signals that it reads. All of it has one type, and so one code.
pub fn dynamic(view: Box<dyn Fn() -> AnyView + Send>) -> AnyView {
    (move || view()).into_any()
}

/// Runs something now, and again whenever a signal changes that it reads. All of them have one type, and so one code.
pub fn effect(mut run: Box<dyn FnMut()>) {
    Effect::new(move |_| run());
}
