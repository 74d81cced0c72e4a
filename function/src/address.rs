//! The rules for addresses in the configuration.

use std::net::IpAddr;

use shared::redirect;
use url::{Host, Url};

/// Parses an address that a secret or a code may be sent to: `https`, or `http` on a loopback host, where it does not
/// leave the machine (RFC 9700, 2.6; RFC 8252, 8.3).
pub(crate) fn parse(value: &str) -> Result<Url, &'static str> {
    let url = Url::parse(value).map_err(|_| "is not an absolute URL")?;
    match url.scheme() {
        "https" => {}
        "http" if is_loopback(&url) => {}
        _ => return Err("must use https, or http on a loopback host (localhost, 127.0.0.1, [::1])"),
    }
    if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
        return Err("must not contain a user name, password or fragment");
    }
    Ok(url)
}

/// Checks an address like [`parse`]. It is sent and compared exactly as written, so it must be in the form that a
/// browser prints.
pub(crate) fn parse_exact(value: &str) -> Result<(), &'static str> {
    let url = parse(value)?;
    // The `/` after an origin is optional.
    if url.as_str() != value && url.as_str().strip_suffix('/') != Some(value) {
        return Err(
            "must be as browsers print it: lower-case host, no default port, no dot segments or spaces in the path",
        );
    }
    Ok(())
}

/// Checks a redirect URI: an address like [`parse`]'s with the path `/auth`, `/auth/` or `/auth/<id>` and no query.
pub(crate) fn parse_redirect(value: &str) -> Result<(), &'static str> {
    let url = parse(value)?;
    if redirect::callback_of(url.path(), "/auth").is_none() || url.query().is_some() {
        return Err("must contain only URIs with the path /auth, /auth/ or /auth/<id of a provider>, and no query");
    }
    if url.as_str() != value {
        return Err("must contain only URIs as browsers print them: lower-case host, no default port");
    }
    Ok(())
}

/// Checks an issuer: an address like [`parse`]'s without a query (RFC 8414, 2).
pub(crate) fn parse_issuer(value: &str) -> Result<(), &'static str> {
    if parse(value)?.query().is_some() {
        return Err("must not have a query");
    }
    Ok(())
}

/// The host of an address, for display.
pub(crate) fn host(address: &str) -> String {
    let url = Url::parse(address).ok();
    url.as_ref().and_then(Url::host_str).unwrap_or_default().into()
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => IpAddr::V4(address).is_loopback(),
        Some(Host::Ipv6(address)) => IpAddr::V6(address).is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn https_is_accepted_anywhere_and_http_on_loopback_only() {
        for (address, good) in [
            ("https://api.aniapi.com/v1/oauth", true),
            ("https://p.example:8443/token?tenant=7", true),
            ("http://localhost:4000/v1/oauth", true),
            ("http://127.0.0.1:4000/", true),
            ("http://127.8.8.8/", true),
            ("http://[::1]:4000/", true),
            ("http://api.aniapi.com/v1/oauth", false),
            ("http://localhost.evil.example/", false),
            ("http://127.0.0.1.evil.example/", false),
            ("http://0.0.0.0/", false),
            ("http://192.168.0.1/", false),
            ("https://user@p.example/", false),
            ("https://user:word@p.example/", false),
            ("https://p.example/#x", false),
            ("ftp://p.example/", false),
            ("javascript:alert(1)", false),
            ("//p.example/", false),
            ("p.example", false),
            ("https://", false),
            ("", false),
        ] {
            assert_eq!(parse(address).is_ok(), good, "{address}");
        }
    }

    #[test]
    fn addresses_must_be_written_as_browsers_print_them() {
        for (address, good) in [
            ("https://p.example/token", true),
            ("https://p.example/", true),
            ("https://p.example", true),
            ("http://localhost:4000/%7Eme?tenant=7", true),
            ("https://P.example/token", false),
            ("HTTPS://p.example/token", false),
            ("https://p.example:443/token", false),
            ("https://p.example/a/../token", false),
            ("https://p.example/a b", false),
            (" https://p.example/token", false),
            ("https:/p.example/token", false),
            ("https://p.example\\token", false),
            ("http://127.1/token", false),
        ] {
            assert_eq!(parse_exact(address).is_ok(), good, "{address}");
        }
    }

    #[test]
    fn issuers_have_no_query_and_no_fragment() {
        for (address, good) in [
            ("https://p.example", true),
            ("https://p.example/tenant/", true),
            ("http://localhost:9000", true),
            ("http://p.example", false),
            ("https://p.example?", false),
            ("https://p.example/?tenant=7", false),
            ("https://p.example/#", false),
            ("https://user@p.example/", false),
            ("p.example", false),
        ] {
            assert_eq!(parse_issuer(address).is_ok(), good, "{address}");
        }
    }

    #[test]
    fn host_excludes_the_port() {
        for (address, expected) in [
            ("https://login.p.example/oauth", "login.p.example"),
            ("http://localhost:4000/", "localhost"),
            ("http://[::1]:4000/", "[::1]"),
            ("", ""),
        ] {
            assert_eq!(host(address), expected, "{address}");
        }
    }

    #[test]
    fn redirect_uris_point_to_the_callback_page() {
        for (address, good) in [
            ("https://app.example/auth", true),
            ("https://app.example/auth/", true),
            ("http://localhost:3000/auth", true),
            ("http://[::1]:3000/auth", true),
            ("https://app.example/", false),
            ("https://app.example/auth/github", true),
            ("https://app.example/auth/GitHub", false),
            ("https://app.example/auth/github/", false),
            ("https://app.example/auth/a/b", false),
            ("https://app.example/other", false),
            ("https://app.example/auth?x=1", false),
            ("https://app.example/auth?", false),
            ("https://app.example/auth#x", false),
            ("http://app.example/auth", false),
            ("https://App.example/auth", false),
            ("HTTPS://app.example/auth", false),
            ("https://app.example:443/auth", false),
            ("https://app.example/x/../auth", false),
        ] {
            assert_eq!(parse_redirect(address).is_ok(), good, "{address}");
        }
    }
}
