//! Attacks, one file each, in a real browser against the site with its headers.

pub mod attacker;
pub mod code_injection;
pub mod cross_site_post;
pub mod doubled_parameters;
pub mod foreign_requests;
pub mod framing;
pub mod leaked_code;
pub mod leaked_secrets;
pub mod login_csrf;
pub mod look_alike_origin;
pub mod mix_up;
pub mod open_redirect;
pub mod repeated_callback;
pub mod replayed_state;
pub mod script_injection;
pub mod session_theft;
pub mod stale_state;
pub mod swapped_state;
mod thief;
pub mod token_whereabouts;
