use alloc::format;

use proptest::prelude::*;

use super::*;

const NOW: u64 = 1_700_000_000_000;

fn pending() -> PendingLogin {
    PendingLogin {
        provider: "aniapi".into(),
        redirect_uri: "https://app.example/auth".into(),
        return_to: ReturnPath::new("/anime?page=2"),
        started_at: NOW - 1000,
        code_verifier: Some(CodeVerifier::new("v".repeat(43))),
        issuer: None,
    }
}

/// Validates a query as the app does in the tab that began the login with the state `s`.
fn judge(query: &str) -> Result<Validated, CallbackError> {
    judge_against(pending(), query)
}

fn judge_against(pending: PendingLogin, query: &str) -> Result<Validated, CallbackError> {
    let callback = Callback::parse("/auth", query);
    let known = callback.states().any(|state| state == "s").then_some(pending);
    callback.validate(known, NOW)
}

#[test]
fn valid_callback_returns_the_code_and_the_pending_login() {
    for query in [
        "?code=abc&state=s",
        "state=s&code=abc",
        "?code=%61bc&state=s&scope=x&scope=y",
        "?code=abc&state=s&error=",
        "?code=abc&state=s&iss=https%3A%2F%2Fany.example",
    ] {
        let validated = judge(query).expect(query);
        assert_eq!(validated.code.expose(), "abc");
        assert_eq!(validated.provider(), "aniapi");
        assert_eq!(validated.redirect_uri, "https://app.example/auth");
        assert_eq!(validated.return_to().as_str(), "/anime?page=2");
        assert_eq!(validated.code_verifier.as_ref().map(CodeVerifier::expose), Some(&*"v".repeat(43)));
    }
}

#[test]
fn invalid_callback_is_rejected() {
    use CallbackError::*;
    for (query, error) in [
        ("?code=a&state=s&state=s", Doubled),
        ("?code=a&state=s&state=t", Doubled),
        ("?code=a&code=a&state=s", Doubled),
        ("?code=a&c%6fde=a&state=s", Doubled),
        ("?error=a&error=a&state=s", Doubled),
        ("?code=a&state=s&iss=i&iss=i", Doubled),
        ("?code=a&state=", StateMissing),
        ("?code=a", StateMissing),
        ("?error=access_denied", StateMissing),
        ("", StateMissing),
        ("?", StateMissing),
        ("?code=a&STATE=s", StateMissing),
        ("??state=s&code=a", StateMissing),
        ("?code=a&state=t", StateUnknown),
        ("?code=a&state=S", StateUnknown),
        ("?code=a&state=s%20", StateUnknown),
        ("?error=access_denied&state=t", StateUnknown),
        ("?state=s", CodeMissing),
        ("?state=s&code=", CodeMissing),
        ("??code=a&state=s", CodeMissing),
        ("?state=s&code=&error=", CodeMissing),
        ("?state=s&code=a&error=access_denied", CodeAndError),
        ("?state=s&code=a%00b", CodeMalformed),
        ("?state=s&code=%C3%A9", CodeMalformed),
        ("?state=s&error=access_denied", AccessDenied),
        ("?state=s&error=server_error", ProviderUnavailable),
        ("?state=s&error=temporarily_unavailable", ProviderUnavailable),
        ("?state=s&error=invalid_scope", ProviderRefused),
        ("?state=s&error=%3Cscript%3E", ProviderRefused),
    ] {
        assert_eq!(judge(query).err(), Some(error), "{query}");
    }
}

#[test]
fn callback_must_carry_a_known_issuer_character_for_character() {
    use CallbackError::*;
    for (query, error) in [
        ("?code=a&state=s&iss=https%3A%2F%2Fp.example%2Fone", None),
        ("?iss=https://p.example/one&code=a&state=s", None),
        ("?code=a&state=s", Some(IssuerMismatch)),
        ("?code=a&state=s&iss=", Some(IssuerMismatch)),
        ("?code=a&state=s&iss=https://p.example", Some(IssuerMismatch)),
        ("?code=a&state=s&iss=https://p.example/one/", Some(IssuerMismatch)),
        ("?code=a&state=s&iss=https://p.example/One", Some(IssuerMismatch)),
        ("?code=a&state=s&iss=https://P.example/one", Some(IssuerMismatch)),
        ("?code=a&state=s&iss=https://p.example:443/one", Some(IssuerMismatch)),
        ("?code=a&state=s&iss=%20https://p.example/one", Some(IssuerMismatch)),
        ("?code=a&state=s&ISS=https://p.example/one", Some(IssuerMismatch)),
        // Checked before error and code, and after state.
        ("?error=access_denied&state=s&iss=https://evil.example", Some(IssuerMismatch)),
        ("?error=access_denied&state=s", Some(IssuerMismatch)),
        ("?state=s", Some(IssuerMismatch)),
        ("?state=s&code=a&error=b", Some(IssuerMismatch)),
        ("?error=access_denied&state=s&iss=https://p.example/one", Some(AccessDenied)),
        ("?code=a&state=t&iss=https://evil.example", Some(StateUnknown)),
        ("?code=a&iss=https://evil.example", Some(StateMissing)),
        ("?code=a&state=s&iss=https://p.example/one&iss=https://p.example/one", Some(Doubled)),
    ] {
        let pending = PendingLogin { issuer: Some("https://p.example/one".into()), ..pending() };
        assert_eq!(judge_against(pending, query).err(), error, "{query}");
    }
    let late = PendingLogin { issuer: Some("i".into()), started_at: 0, ..pending() };
    assert_eq!(judge_against(late, "?code=a&state=s").err(), Some(Expired));
}

#[test]
fn too_long_code_is_rejected() {
    assert_eq!(judge(&format!("?state=s&code={}", "a".repeat(8001))).err(), Some(CallbackError::CodeMalformed));
}

#[test]
fn expired_login_is_rejected_whatever_the_response() {
    for query in ["?code=a&state=s", "?error=access_denied&state=s", "?state=s"] {
        let callback = Callback::parse("/auth", query);
        assert_eq!(callback.validate(Some(pending()), NOW + 1_800_000).err(), Some(CallbackError::Expired), "{query}");
    }
}

#[test]
fn every_state_is_returned_even_for_an_invalid_callback() {
    let callback = Callback::parse("/auth", "?state=a&state=&state=b&code=x&code=y");
    assert_eq!(callback.states().collect::<Vec<_>>(), ["a", "b"]);
}

#[test]
fn debug_output_of_a_callback_hides_its_code() {
    let printed = format!("{:?} {:?}", Callback::parse("/auth", "?code=hush&state=s"), judge("?code=hush&state=s"));
    assert!(!printed.contains("hush"), "{printed}");
}

proptest! {
    #[test]
    fn query_without_a_pending_login_is_rejected(query in "[&=?a-c%0-9]{0,40}") {
        prop_assert!(Callback::parse("/auth", &query).validate(None, NOW).is_err());
    }

    #[test]
    fn validated_code_is_the_code_in_the_query(code in "[A-Za-z0-9]{1,60}") {
        let validated = judge(&format!("?code={code}&state=s")).expect("it is valid");
        prop_assert_eq!(validated.code.expose(), code);
    }
}

#[test]
fn response_at_another_redirect_uri_is_rejected() {
    let at = |redirect_uri: &str, path: &str, query: &str| {
        let pending = PendingLogin { redirect_uri: redirect_uri.into(), ..pending() };
        Callback::parse(path, query).validate(Some(pending), NOW).err()
    };
    for (redirect_uri, path, is_it) in [
        ("https://app.example/auth", "/auth", true),
        ("https://app.example/auth", "/auth/", true),
        ("https://app.example/auth/", "/auth", true),
        ("https://app.example/auth/a", "/auth/a", true),
        ("https://app.example/auth/a", "/auth/a/", true),
        ("https://app.example/auth/a", "/auth/b", false),
        ("https://app.example/auth/a", "/auth", false),
        ("https://app.example/auth", "/auth/a", false),
        ("https://app.example/auth/a", "/auth/A", false),
        ("https://app.example/auth/a", "/auth/%61", false),
        ("https://app.example/auth", "/auth//", false),
        ("https://app.example/auth", "", false),
        ("not a URL", "", false),
    ] {
        let expected = (!is_it).then_some(CallbackError::RedirectUriMismatch);
        assert_eq!(at(redirect_uri, path, "code=abc&state=s"), expected, "{redirect_uri} {path}");
    }
    // Checked before everything else in the other provider's response.
    let error = at("https://app.example/auth/a", "/auth/b", "error=access_denied&state=s");
    assert_eq!(error, Some(CallbackError::RedirectUriMismatch));
}
