//! Logins at servers of other projects: oidc-provider, which is certified, and django-oauth-toolkit. A provider, a function
//! and a site are started for each test, in a moment, so that each has the settings that it is about; the variables are those
//! that `cargo xtask provider` prints for that provider. Once it is the stack of `cargo xtask dev`; otherwise the function's
//! own service runs in this process, behind the same site.

pub mod certified;
pub mod certified_refusals;
pub mod django;
pub mod function;
pub mod login;
pub mod server;
