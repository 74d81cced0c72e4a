//! Any server that follows RFC 6749. Its addresses come from variables, and so does everything else that it has of its own.
//!
//! Nothing is discovered when the function starts, so nothing can be discovered wrong.

use crate::provider::Preset;

/// Any server of RFC 6749.
pub(super) static PRESET: Preset = Preset::OAUTH2;
