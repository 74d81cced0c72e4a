//! The browser's globals, each by the name of what we want of it. Storage may be forbidden, full or emptied by the
//! person at any time, so every touch of it can fail.

use leptos::prelude::window;
use shared::return_path;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Location, Storage};

/// Milliseconds since the Unix epoch, by the browser's clock.
pub(crate) fn now() -> u64 {
    // It is a whole number, and positive but for a clock that stands before 1970.
    js_sys::Date::now() as u64
}

/// The languages that the person reads (BCP 47), the best first. A browser may call them what is no language: WebKitGTK
/// has "C" if the system has no locale.
pub(crate) fn languages() -> Vec<String> {
    window().navigator().languages().iter().filter_map(|language| language.as_string()).collect()
}

/// Whether there is no network.
pub(crate) fn is_offline() -> bool {
    !window().navigator().on_line()
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

/// Puts another address of this app in the place of the present one, in the address bar and in the history.
pub(crate) fn replace_address(place: &str) {
    // It fails for another origin, which no caller gives it, and where it is called far too often.
    let _ = window().history().and_then(|history| history.replace_state_with_url(&JsValue::NULL, "", Some(place)));
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
