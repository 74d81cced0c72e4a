//! Hashes of contents, in the forms that are used as names.

#[cfg(feature = "program")]
use base64::{Engine as _, engine::general_purpose::STANDARD};
use ring::digest::{SHA256, digest};

/// The SHA-256 of some bytes, in hexadecimal.
pub fn sha256(bytes: &[u8]) -> String {
    hex(digest(&SHA256, bytes).as_ref())
}

/// The value of an `integrity` attribute for some bytes (Subresource Integrity, 3.5).
#[cfg(feature = "program")]
pub(crate) fn integrity(bytes: &[u8]) -> String {
    format!("sha384-{}", STANDARD.encode(digest(&ring::digest::SHA384, bytes)))
}

/// The source expression of an inline script or style in a policy (CSP Level 3, 2.3.1).
#[cfg(feature = "program")]
pub(crate) fn source(bytes: &[u8]) -> String {
    format!("'sha256-{}'", STANDARD.encode(digest(&SHA256, bytes)))
}

/// Bytes in hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
