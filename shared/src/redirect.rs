//! Redirect URIs (RFC 6749, 3.1.2), their origins, and the URLs that a browser may navigate to.

/// The origin of an `http` or `https` URL, as a browser writes it in `Origin` and `location.origin`.
///
/// The URL must already be in the form that a browser prints (the function checks that at startup), so the origin is
/// everything before the path. Any other string has no origin.
pub fn origin(address: &str) -> Option<&str> {
    let after_scheme = address.strip_prefix("https://").or_else(|| address.strip_prefix("http://"))?;
    let scheme_len = address.len() - after_scheme.len();
    let host_len = after_scheme.find(['/', '?', '#']).unwrap_or(after_scheme.len());
    address.get(..scheme_len + host_len).filter(|_| host_len > 0)
}

/// Whether this is a valid provider id: `[a-z][a-z0-9]*`. Ids are used in URLs and in the names of variables.
pub fn is_provider_id(id: &str) -> bool {
    id.starts_with(|first: char| first.is_ascii_lowercase())
        && id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
}

/// Whose callback a path is; `callback` is the path that all providers share. Returns `Some(None)` for the shared path,
/// with or without a trailing `/`, and `Some(Some(id))` for `/auth/<id>`, the path of the provider with that id.
///
/// With its own redirect URI, a provider's responses can be distinguished from those of other providers (RFC 9700,
/// 4.4.2.2).
pub fn callback_of<'a>(path: &'a str, callback: &str) -> Option<Option<&'a str>> {
    match path.strip_prefix(callback)? {
        "" | "/" => Some(None),
        rest => rest.strip_prefix('/').filter(|id| is_provider_id(id)).map(Some),
    }
}

/// The path of a URL without query and fragment.
pub fn path(address: &str) -> Option<&str> {
    address.strip_prefix(origin(address)?)
}

/// Whether a browser may navigate to a URL or load from it: `https`, or `http` on a loopback host. The URL is untrusted
/// and could be a `javascript:` URL.
pub fn is_web(address: &str) -> bool {
    let Some(origin) = origin(address) else { return false };
    let is_port = |rest: &str| {
        rest.is_empty() || rest.strip_prefix(':').is_some_and(|port| port.bytes().all(|b| b.is_ascii_digit()))
    };
    origin.starts_with("https://")
        || ["http://localhost", "http://127.0.0.1", "http://[::1]"]
            .iter()
            .any(|loopback| origin.strip_prefix(loopback).is_some_and(is_port))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origin_is_scheme_host_and_port() {
        for (address, expected) in [
            ("https://app.example/auth", Some("https://app.example")),
            ("https://app.example:8443/auth/", Some("https://app.example:8443")),
            ("http://localhost:3000/auth", Some("http://localhost:3000")),
            ("http://[::1]:3000/auth", Some("http://[::1]:3000")),
            ("https://app.example", Some("https://app.example")),
            ("https://app.example?x", Some("https://app.example")),
            ("https:///auth", None),
            ("ftp://app.example/auth", None),
            ("/auth", None),
            ("", None),
        ] {
            assert_eq!(origin(address), expected, "{address}");
        }
    }

    #[test]
    fn callback_path_is_shared_or_a_providers_own() {
        for (path, expected) in [
            ("/auth", Some(None)),
            ("/auth/", Some(None)),
            ("/auth/github", Some(Some("github"))),
            ("/auth/work2", Some(Some("work2"))),
            ("/auth/github/", None),
            ("/auth/GitHub", None),
            ("/auth/2work", None),
            ("/auth//", None),
            ("/auth/a/b", None),
            ("/auth/a%62", None),
            ("/authors", None),
            ("/", None),
            ("", None),
        ] {
            assert_eq!(callback_of(path, "/auth"), expected, "{path}");
        }
        assert_eq!(path("https://app.example/auth/a"), Some("/auth/a"));
        assert_eq!(path("/auth/a"), None);
    }

    #[test]
    fn only_https_and_loopback_urls_are_accepted() {
        for (address, is_good) in [
            ("https://api.aniapi.com/v1/oauth", true),
            ("https://p.example", true),
            ("http://localhost/", true),
            ("http://localhost:4000/v1/oauth", true),
            ("http://127.0.0.1:4000/", true),
            ("http://[::1]:4000/", true),
            ("http://api.aniapi.com/v1/oauth", false),
            ("http://localhost.evil.example/", false),
            ("http://localhost@evil.example/", false),
            ("http://localhost:4000@evil.example/", false),
            ("http://localhost\\@evil.example/", false),
            ("HTTPS://p.example/", false),
            (" https://p.example/", false),
            ("javascript:alert(1)", false),
            ("javascript://localhost/%0aalert(1)", false),
            ("data:text/html,x", false),
            ("//p.example/", false),
            ("/v1/oauth", false),
            ("https:", false),
            ("", false),
        ] {
            assert_eq!(is_web(address), is_good, "{address}");
        }
    }
}
