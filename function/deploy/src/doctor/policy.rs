//! Compares a page's policy with the template's, except for what depends on the deployment and its app.

use std::collections::BTreeMap;

use crate::web::Answer;

/// Whether `found` allows no more than `expected`. Providers' and pictures' origins depend on the deployment, and the
/// hashes of inline scripts and styles on the app. Trusted Types are required of an app whose page is built like this
/// repository's.
pub(super) fn allows_no_more(expected: &str, found: &str, page: &Answer) -> bool {
    same(expected, found, page.text().contains("app-wasm"))
}

fn same(expected: &str, found: &str, has_trusted_types: bool) -> bool {
    let (expected, mut found) = (directives(expected), directives(found));
    let expected = expected.into_iter().filter(|(name, _)| has_trusted_types || !name.contains("trusted-types"));
    expected.into_iter().all(|(name, sources)| {
        let Some(allowed) = found.remove(name) else { return false };
        let added = allowed.strip_prefix(sources).unwrap_or_default();
        match name {
            "connect-src" | "img-src" => allowed.starts_with("'self'"),
            "script-src" | "style-src" if allowed.starts_with(sources) => {
                added.split_whitespace().all(|source| source.starts_with("'sha256-"))
            }
            _ => allowed == sources,
        }
    }) && found.keys().all(|name| name.contains("trusted-types"))
}

fn directives(policy: &str) -> BTreeMap<&str, &str> {
    policy.split(';').map(str::trim).map(|text| text.split_once(' ').unwrap_or((text, ""))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_sources_and_hashes_may_be_added() {
        let expected =
            "default-src 'none'; script-src 'self'; connect-src 'self' https://a.example; trusted-types default";
        let with = |from: &str, to: &str| expected.replace(from, to);
        for (found, ours, other) in [
            (expected.to_owned(), true, true),
            (with("https://a.example", "https://b.example"), true, true),
            (with("script-src 'self'", "script-src 'self' 'sha256-x'"), true, true),
            (with("; trusted-types default", ""), false, true),
            (with("script-src 'self'", "script-src 'self' 'unsafe-inline'"), false, false),
            (with("script-src 'self'", "script-src 'self' 'sha256-x' https://b.example"), false, false),
            (with("script-src 'self'", "script-src *"), false, false),
            (with("connect-src 'self'", "connect-src *"), false, false),
            (with("default-src 'none'; ", ""), false, false),
            (with("default-src 'none'; ", "default-src 'none'; frame-src *; "), false, false),
            (String::new(), false, false),
        ] {
            assert_eq!((same(expected, &found, true), same(expected, &found, false)), (ours, other), "{found}");
        }
    }
}
