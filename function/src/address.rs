//! Which addresses the configuration may name.

use std::net::IpAddr;

use url::{Host, Url};

/// Reads an address that a secret or a code may travel to: `https`, or `http` on a loopback host, where it does not
/// leave the machine (RFC 9700, 2.6; RFC 8252, 8.3).
///
/// It has to be written as a browser would print it, because it is compared and sent character for character.
pub(crate) fn parse(value: &str) -> Result<Url, &'static str> {
    let url = Url::parse(value).map_err(|_| "is not an absolute address")?;
    match url.scheme() {
        "https" => {}
        "http" if is_loopback(&url) => {}
        _ => return Err("must be https, or http on a loopback host (localhost, 127.0.0.1, [::1])"),
    }
    if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
        return Err("must have no user name, password or fragment");
    }
    Ok(url)
}

/// Reads a redirect address: an address as above whose path is `/auth` or `/auth/`, without a query.
pub(crate) fn parse_redirect(value: &str) -> Result<(), &'static str> {
    let url = parse(value)?;
    if !matches!(url.path(), "/auth" | "/auth/") || url.query().is_some() {
        return Err("each must have the path /auth or /auth/ and no query");
    }
    if url.as_str() != value {
        return Err("each must be written as browsers print it: lower-case host, no default port");
    }
    Ok(())
}

/// Reads an issuer: an address as above without a query (RFC 8414, 2).
pub(crate) fn parse_issuer(value: &str) -> Result<(), &'static str> {
    if parse(value)?.query().is_some() {
        return Err("must have no query");
    }
    Ok(())
}

/// The host of an address, to be shown to people.
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
    fn https_anywhere_and_http_at_home() {
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
    fn an_issuer_is_an_address_without_query_and_fragment() {
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
    fn the_host_of_an_address_is_without_its_port() {
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
    fn a_redirect_address_is_the_callback_of_this_app() {
        for (address, good) in [
            ("https://app.example/auth", true),
            ("https://app.example/auth/", true),
            ("http://localhost:3000/auth", true),
            ("http://[::1]:3000/auth", true),
            ("https://app.example/", false),
            ("https://app.example/auth/x", false),
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
