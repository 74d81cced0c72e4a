//! The redirect address (RFC 6749, 3.1.2) and the origin it lies on.

/// The origin of an `http` or `https` address as a browser writes it in `Origin` and `location.origin`.
///
/// The address must already be in the form a browser would print (the function checks that when it starts), so the
/// origin is simply all of it up to the path. Anything else has no origin.
pub fn origin(address: &str) -> Option<&str> {
    let after_scheme = address.strip_prefix("https://").or_else(|| address.strip_prefix("http://"))?;
    let scheme_len = address.len() - after_scheme.len();
    let host_len = after_scheme.find(['/', '?', '#']).unwrap_or(after_scheme.len());
    (host_len > 0).then(|| &address[..scheme_len + host_len])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_origin_is_scheme_host_and_port() {
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
}
