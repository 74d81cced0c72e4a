//! `cargo xtask provider ISSUER`: what a server says of itself (RFC 8414; OpenID Connect Discovery 1.0), as the variables
//! that make it the provider. The function itself discovers nothing: a person reads this first, and then it stays so.

mod metadata;
mod variables;

use anyhow::{Context as _, Result, bail};
use shared::redirect;

use self::metadata::{Metadata, Place};
use crate::web::ask;

/// Runs `cargo xtask provider`.
///
/// # Errors
/// Where that is no issuer's address, nobody there says anything of use, or it says something that cannot be used.
#[expect(clippy::print_stdout, reason = "a program whose output is a file")]
pub fn run(issuer: &str) -> Result<()> {
    print!("{}", variables(issuer)?);
    Ok(())
}

/// The variables for the server with that issuer, as a `.env` file has them.
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
        let leads = answer.header("location").map(|place| format!(" and leads to {place:?}, where nobody follows"));
        tried.push(format!("{} answers {}{}", place.address, answer.status, leads.unwrap_or_default()));
    }
    bail!(
        "{issuer} says nothing of itself: {}. Its variables have to be set by its documentation; the README lists them",
        tried.join("; ")
    )
}

/// An issuer is an address without query and fragment (RFC 8414, 2), and its metadata is at a place of its own.
fn ensure_issuer(issuer: &str) -> Result<()> {
    if !redirect::is_web(issuer) || !metadata::is_plain(issuer) {
        bail!("{issuer:?} is no address such as https://login.example.com (or http://localhost:8080, on this machine)");
    }
    if issuer.contains('?') {
        bail!("{issuer} has a query, and no issuer has one");
    }
    if let Some((before, _)) = issuer.split_once("/.well-known/") {
        bail!("{issuer} is where metadata lies; give the issuer alone, which may be {before}");
    }
    Ok(())
}
