//! Attacks, one file each, in a real browser against the site behind its headers.

pub mod attacker;
pub mod cross_site_post;
pub mod framing;
pub mod hostile_profile;
pub mod leaked_secrets;
pub mod login_csrf;
pub mod open_redirect;
