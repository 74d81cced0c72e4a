//! The body of `POST /api/token`: three members, and an optional verifier, each once, each bounded, and nothing else.

use shared::pkce::CodeVerifier;
use shared::secret::AuthorizationCode;
use shared::token::{MAX_CODE, MAX_FIELD, TokenRequest};

use super::json;

/// Reads any body as a token request.
pub fn check(data: &[u8]) {
    let read = TokenRequest::parse(data).ok();
    let fields = |request: &TokenRequest| {
        let verifier = request.code_verifier.as_ref().map(|verifier| verifier.expose().to_owned());
        let fields = [request.provider.clone(), request.code.expose().to_owned(), request.redirect_uri.clone()];
        (fields, verifier)
    };
    assert_eq!(read.as_ref().map(fields), reading(data));
    if let Some(request) = read {
        let written = serde_json::to_vec(&request).expect("it can be serialized");
        let again = TokenRequest::parse(&written).expect("it can be parsed again");
        assert_eq!(fields(&again), fields(&request));
        let other = TokenRequest {
            code: AuthorizationCode::new("another"),
            code_verifier: request.code_verifier.as_ref().map(|_| CodeVerifier::new("another")),
            ..request.clone()
        };
        assert_eq!(format!("{request:?}"), format!("{other:?}"), "the debug output has the code or the verifier");
    }
}

fn reading(data: &[u8]) -> Option<([String; 3], Option<String>)> {
    let body = json::read(data)?;
    let members = body.members()?;
    let field =
        |name, longest| json::single(&members, name)??.text().filter(|value| (1..=longest).contains(&value.len()));
    let fields = [field("provider", MAX_FIELD)?, field("code", MAX_CODE)?, field("redirect_uri", MAX_FIELD)?];
    let verifier = match json::single(&members, "code_verifier")? {
        Some(verifier) => Some(verifier.text().filter(|verifier| is_verifier(verifier))?),
        None => None,
    };
    let has_no_other = members.len() == 3 + usize::from(verifier.is_some());
    (has_no_other && fields[1].chars().all(|c| (' '..='~').contains(&c))).then_some((fields, verifier))
}

/// The syntax of RFC 7636, 4.1.
fn is_verifier(text: &str) -> bool {
    let is_unreserved = |c: char| matches!(c, 'A'..='Z' | 'a'..='z' | '0'..='9' | '-' | '.' | '_' | '~');
    (43..=128).contains(&text.chars().count()) && text.chars().all(is_unreserved)
}
