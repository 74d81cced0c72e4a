//! The browser's globals, each by the name of what we want of it. Storage may be forbidden, full or emptied by the
//! person at any time, so every touch of it can fail.

use std::time::Duration;

use js_sys::Intl::DateTimeFormat;
use js_sys::{Array, Object};
use leptos::prelude::{document, set_timeout, window};
use shared::redirect;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Event, HtmlDocument, HtmlElement, Location, Storage};

/// Milliseconds since the Unix epoch, by the browser's clock.
pub(crate) fn now() -> u64 {
    // It is a whole number, and positive but for a clock that stands before 1970.
    js_sys::Date::now() as u64
}

/// The language that the person reads (BCP 47).
pub(crate) fn language() -> String {
    window().navigator().language().unwrap_or_default()
}

/// Says in which language the page speaks, and what the one button is for that stands beside the app.
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

/// Says that the page is another one now: to everybody in the title, and to whoever was on the page before by the focus,
/// which would otherwise be nowhere.
pub(crate) fn show_title(title: &str, was_here: bool) {
    document().set_title(title);
    if was_here {
        // When the page is drawn.
        set_timeout(focus_heading, Duration::ZERO);
    }
}

fn focus_heading() {
    if let Some(heading) = document().query_selector("h1").ok().flatten() {
        // Every heading of a page is an element of HTML.
        let _ = heading.unchecked_into::<HtmlElement>().focus();
    }
}

/// Whether the page comes from this machine, so that the person who sees it is setting it up.
pub(crate) fn is_development() -> bool {
    let origin = origin();
    // Without TLS, only a loopback address is an address of the web.
    origin.starts_with("http:") && redirect::is_web(&origin)
}

/// Whether there is no network.
pub(crate) fn is_offline() -> bool {
    !window().navigator().on_line()
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

/// A point in time, in milliseconds since the Unix epoch, as people write it where the browser's language is spoken, in
/// their time zone.
pub(crate) fn date_and_time(ms: u64) -> String {
    let options = Object::new();
    for (name, style) in [("dateStyle", "medium"), ("timeStyle", "short")] {
        // A plain object takes every property.
        let _ = js_sys::Reflect::set(&options, &name.into(), &style.into());
    }
    // No language is named, as what the browser calls its own need not be one that `Intl` takes: WebKitGTK has "C".
    let format = DateTimeFormat::new(&Array::new(), &options).format();
    let text = format.call1(&JsValue::UNDEFINED, &(ms as f64).into());
    text.ok().and_then(|text| text.as_string()).unwrap_or_default()
}

pub(crate) fn location() -> Location {
    window().location()
}

/// Scheme, host and port of the address.
pub(crate) fn origin() -> String {
    location().origin().unwrap_or_default()
}

/// The path of the address, always starting with `/`.
pub(crate) fn path() -> String {
    let place = place();
    place.split(['?', '#']).next().unwrap_or_default().to_owned()
}

/// The query of the address, without its question mark.
pub(crate) fn query() -> String {
    let place = place();
    let before_fragment = place.split('#').next().unwrap_or_default();
    before_fragment.split_once('?').map_or("", |(_, query)| query).to_owned()
}

/// Path, query and fragment of the address.
pub(crate) fn place() -> String {
    let address = location().href().unwrap_or_default();
    address.strip_prefix(&origin()).unwrap_or("/").to_owned()
}

/// Puts another address of this app in the place of the present one, in the address bar and in the history.
pub(crate) fn replace_address(place: &str) {
    // It fails for another origin, which no caller gives it, and where it is called far too often.
    let _ = window().history().and_then(|history| history.replace_state_with_url(&JsValue::NULL, "", Some(place)));
}

/// Says that the address has become another one, to whoever looks at it, such as a router: `history` itself does not.
pub(crate) fn announce_address() {
    if let Ok(event) = Event::new("popstate") {
        let _ = window().dispatch_event(&event);
    }
}

/// This tab's storage; it ends with the tab.
pub(crate) fn tab_storage() -> Option<Storage> {
    window().session_storage().ok().flatten()
}

/// The storage that all tabs of this app share, and that tells the others of a change.
pub(crate) fn shared_storage() -> Option<Storage> {
    window().local_storage().ok().flatten()
}

/// The SHA-256 of some bytes, where the browser can make one: it cannot outside TLS and this machine.
pub(crate) async fn sha256(bytes: &[u8]) -> Option<[u8; 32]> {
    let subtle = window().crypto().ok()?.subtle();
    let digest = subtle.digest_with_str_and_js_u8_array("SHA-256", &js_sys::Uint8Array::from(bytes)).ok()?;
    let mut hash = [0; 32];
    // SHA-256 has 32 bytes.
    js_sys::Uint8Array::new(&JsFuture::from(digest).await.ok()?).copy_to(&mut hash);
    Some(hash)
}

/// Bytes in hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let mut text = String::new();
    for byte in bytes {
        for half in [byte >> 4, byte & 15] {
            text.push(char::from(b"0123456789abcdef"[usize::from(half)]));
        }
    }
    text
}

/// 32 bytes from the browser's cryptographic source.
pub(crate) fn random() -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).ok()?;
    Some(bytes)
}

#[cfg(all(test, target_arch = "wasm32"))]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    #[wasm_bindgen_test]
    fn bytes_have_two_digits_each() {
        assert_eq!(hex(&[0, 9, 10, 255]), "00090aff");
    }
}
