//! Logins with servers of other projects: oidc-provider, which is certified, and django-oauth-toolkit. Each test starts
//! its own provider, function and site, with the settings that it needs; the variables are the ones that `cargo xtask
//! provider` prints for that provider. One test runs the stack of `cargo xtask dev`; in the others, the function's
//! service runs in this process, behind the same site.

pub mod certified;
pub mod certified_refusals;
pub mod django;
pub mod function;
pub mod hour;
pub mod login;
pub mod server;
