//! The browser's globals, each named after its purpose. Storage may be blocked, full, or cleared by the person at any
//! time, so every access can fail.

use leptos::prelude::window;
use shared::return_path;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Location, Storage};

/// Milliseconds since the Unix epoch, by the browser's clock.
pub(crate) fn now() -> u64 {
    // It is a whole number, and negative only if the clock is set before 1970.
    js_sys::Date::now() as u64
}

/// The person's languages (BCP 47), in order of preference. A browser may report values that are not language tags:
/// WebKitGTK reports "C" if the system has no locale.
pub(crate) fn languages() -> Vec<String> {
    window().navigator().languages().iter().filter_map(|language| language.as_string()).collect()
}

/// Whether the browser is offline.
pub(crate) fn is_offline() -> bool {
    !window().navigator().on_line()
}

/// Whether the page is being prerendered.
pub(crate) fn is_prerendering() -> bool {
    // Not every browser has this property.
    js_sys::Reflect::get(&leptos::prelude::document(), &"prerendering".into()).is_ok_and(|is| is.is_truthy())
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
    return_path::path(&place).to_owned()
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

/// Replaces the current address with another one of this app, in the address bar and in the history.
pub(crate) fn replace_address(place: &str) {
    // Fails for another origin, which no caller passes, and if it is called far too often.
    let _ = window().history().and_then(|history| history.replace_state_with_url(&JsValue::NULL, "", Some(place)));
}

/// This tab's `sessionStorage`; it ends with the tab.
pub(crate) fn tab_storage() -> Option<Storage> {
    window().session_storage().ok().flatten()
}

/// The `localStorage` that all tabs of this app share. A change fires an event in the other tabs.
pub(crate) fn shared_storage() -> Option<Storage> {
    window().local_storage().ok().flatten()
}

/// The SHA-256 of the bytes. `None` if the browser does not provide it, as on pages without TLS on other hosts than
/// loopback.
pub(crate) async fn sha256(bytes: &[u8]) -> Option<[u8; 32]> {
    let subtle = window().crypto().ok()?.subtle();
    let digest = subtle.digest_with_str_and_js_u8_array("SHA-256", &js_sys::Uint8Array::from(bytes)).ok()?;
    let mut hash = [0; 32];
    // A SHA-256 hash has 32 bytes.
    js_sys::Uint8Array::new(&JsFuture::from(digest).await.ok()?).copy_to(&mut hash);
    Some(hash)
}

/// The bytes as hexadecimal digits.
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
    fn hex_has_two_digits_per_byte() {
        assert_eq!(hex(&[0, 9, 10, 255]), "00090aff");
    }
}
