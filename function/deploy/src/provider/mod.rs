//! `cargo xtask provider ISSUER`: converts a server's metadata (RFC 8414; OpenID Connect Discovery 1.0) to the
//! variables that configure it as a provider. The function itself discovers nothing: the operator reviews the
//! variables, and they stay fixed.

mod metadata;
mod variables;

use anyhow::{Context as _, Result, bail};
use shared::redirect;

use self::metadata::{Metadata, Place};
use crate::web::ask;

/// Runs `cargo xtask provider`.
///
/// # Errors
/// If this is not an issuer's address, or there is no metadata, or it cannot be used.
#[expect(clippy::print_stdout, reason = "a program whose output is a file")]
pub fn run(issuer: &str) -> Result<()> {
    print!("{}", variables(issuer)?);
    Ok(())
}

/// The variables for the server with this issuer, as a `.env` file.
///
/// # Errors
/// As [`run`].
pub fn variables(issuer: &str) -> Result<String> {
    ensure_issuer(issuer)?;
    let mut tried = Vec::new();
    for place in Place::all(issuer) {
        let answer = ask("GET", &place.address, &[("accept", "application/json")], None)?;
        if answer.status == 200 {
            let read = || variables::of(&Metadata::read(&answer.body)?, issuer, &place);
            return read().with_context(|| format!("{} cannot be used", place.address));
        }
        let leads =
            answer.header("location").map(|place| format!(" and redirects to {place:?}, which is not followed"));
        tried.push(format!("{} responds with {}{}", place.address, answer.status, leads.unwrap_or_default()));
    }
    bail!(
        "{issuer} publishes no metadata: {}. Set its variables from its documentation; the README lists them",
        tried.join("; ")
    )
}

/// An issuer is an address without query and fragment (RFC 8414, 2), and not the address of its metadata.
fn ensure_issuer(issuer: &str) -> Result<()> {
    if !redirect::is_web(issuer) || !metadata::is_plain(issuer) {
        bail!(
            "{issuer:?} is not an address such as https://login.example.com (or http://localhost:8080, on this machine)"
        );
    }
    if issuer.contains('?') {
        bail!("{issuer} has a query, which an issuer cannot have");
    }
    if let Some((before, _)) = issuer.split_once("/.well-known/") {
        bail!("{issuer} is the address of metadata; pass only the issuer, which may be {before}");
    }
    Ok(())
}
