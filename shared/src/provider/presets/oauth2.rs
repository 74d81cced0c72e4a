//! Any server that follows RFC 6749. Its URLs, and everything else specific to it, are configured with variables.
//!
//! The function does no discovery at startup, so a fault in discovery cannot affect it.

use crate::provider::Preset;

/// Any server that follows RFC 6749.
pub(super) static PRESET: Preset = Preset::OAUTH2;
