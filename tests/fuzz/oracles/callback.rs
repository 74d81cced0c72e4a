//! The callback: accepted only by the tab that began the login, and only if it is unambiguous.

use shared::callback::{Callback, CallbackError};
use shared::pkce::CodeVerifier;
use shared::return_path::ReturnPath;
use shared::state::PendingLogin;
use shared::token::{MAX_CODE, TokenRequest};
use url::form_urlencoded::Serializer;

const NOW: u64 = 1_700_000_000_000;
const ISSUER: &str = "https://api.aniapi.com";

/// Validates any query, with and without a pending login, for a provider that sends `iss` and for one that does not.
pub fn check(data: &[u8]) {
    let Ok(query) = std::str::from_utf8(data) else { return };
    check_against(query, None);
    check_against(query, Some(ISSUER));
}

fn check_against(query: &str, issuer: Option<&str>) {
    let begun_at = |started_at| begun_at(started_at, issuer);
    let read = parameters(query);
    let all = |name: &'static str| read.iter().filter(move |(other, _)| other == name).map(|(_, value)| value.as_str());
    let one = |name| all(name).find(|value| !value.is_empty());
    let doubled = ["state", "code", "error", "iss"].iter().any(|name| all(name).count() > 1);

    let named: Vec<_> = all("state").filter(|state| !state.is_empty()).collect();
    assert_eq!(Callback::parse("/auth", query).states().collect::<Vec<_>>(), named);
    assert!(Callback::parse("/auth", query).validate(None, NOW).is_err(), "accepted without a pending login");
    assert!(
        Callback::parse("/auth", query).validate(Some(begun_at(NOW - 1_800_001)), NOW).is_err(),
        "accepted too late"
    );

    let elsewhere = Callback::parse("/auth/other", query).validate(Some(begun_at(NOW - 1)), NOW);
    assert!(elsewhere.is_err(), "accepted at another provider's redirect URI");

    let judge = |query: &str| Callback::parse("/auth", query).validate(Some(begun_at(NOW - 1)), NOW);
    let judged = judge(query);
    // Debug output does not depend on the code.
    let other = with_another_code(&read);
    assert_eq!(format!("{:?}", Callback::parse("/auth", query)), format!("{:?}", Callback::parse("/auth", &other)));
    assert!(judged.is_err() || format!("{judged:?}") == format!("{:?}", judge(&other)), "a code is printed");
    let wanted = match (one("code"), one("error")) {
        _ if doubled => Err(CallbackError::Doubled),
        _ if named.is_empty() => Err(CallbackError::StateMissing),
        _ if issuer.is_some() && one("iss") != issuer => Err(CallbackError::IssuerMismatch),
        (Some(_), Some(_)) => Err(CallbackError::CodeAndError),
        (None, None) => Err(CallbackError::CodeMissing),
        (None, Some("access_denied")) => Err(CallbackError::AccessDenied),
        (None, Some("server_error" | "temporarily_unavailable")) => Err(CallbackError::ProviderUnavailable),
        (None, Some(_)) => Err(CallbackError::ProviderRefused),
        (Some(code), None) if is_printable(code) && code.len() <= MAX_CODE => Ok(code),
        (Some(_), None) => Err(CallbackError::CodeMalformed),
    };
    // The function must be able to read what the app accepts.
    let sent = judged.map(|validated| {
        let body = serde_json::to_vec(&TokenRequest::new(validated)).expect("it can be serialized");
        TokenRequest::parse(&body).expect("the function can read it")
    });
    assert_eq!(sent.as_ref().map(|request| request.code.expose()), wanted.as_ref().copied());
    let verifier = sent.as_ref().ok().map(|request| request.code_verifier.as_ref().map(CodeVerifier::expose));
    assert!(
        verifier.is_none_or(|verifier| verifier == Some(verifier_of(issuer).expose())),
        "a different verifier was sent"
    );
}

fn verifier_of(issuer: Option<&str>) -> CodeVerifier {
    CodeVerifier::from_bytes([u8::from(issuer.is_some()); 32])
}

fn begun_at(started_at: u64, issuer: Option<&str>) -> PendingLogin {
    PendingLogin {
        provider: "aniapi".to_owned(),
        redirect_uri: "https://app.example/auth".to_owned(),
        return_to: ReturnPath::home(),
        started_at,
        code_verifier: Some(verifier_of(issuer)),
        issuer: issuer.map(str::to_owned),
    }
}

fn with_another_code(read: &[(String, String)]) -> String {
    let mut query = Serializer::new(String::new());
    for (name, value) in read {
        query.append_pair(name, if name == "code" { "another" } else { value });
    }
    query.finish()
}

fn is_printable(code: &str) -> bool {
    code.chars().all(|c| (' '..='~').contains(&c))
}

/// The parameters as a browser's `URLSearchParams` reads them (URL standard, 5.1).
fn parameters(query: &str) -> Vec<(String, String)> {
    let query = query.strip_prefix('?').unwrap_or(query);
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    pairs.map(|pair| pair.split_once('=').unwrap_or((pair, ""))).map(|(n, v)| (decoded(n), decoded(v))).collect()
}

fn decoded(text: &str) -> String {
    let mut rest = text.as_bytes();
    let mut plain = Vec::new();
    while let Some((&byte, after)) = rest.split_first() {
        let escaped = after.get(..2).filter(|hex| byte == b'%' && hex.iter().all(u8::is_ascii_hexdigit));
        let escaped = escaped.and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
        plain.push(escaped.unwrap_or(if byte == b'+' { b' ' } else { byte }));
        rest = if escaped.is_some() { &after[2..] } else { after };
    }
    String::from_utf8_lossy(&plain).into_owned()
}
