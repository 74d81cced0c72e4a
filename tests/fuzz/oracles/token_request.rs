//! The body of `POST /api/token`: three fields, each once, each bounded, and nothing else.

use shared::secret::AuthorizationCode;
use shared::token::{MAX_FIELD, TokenRequest};

use super::json;

/// Reads any body as a token request.
pub fn check(data: &[u8]) {
    let read = TokenRequest::parse(data).ok();
    let fields = |request: &TokenRequest| {
        [request.provider.clone(), request.code.expose().to_owned(), request.redirect_uri.clone()]
    };
    assert_eq!(read.as_ref().map(fields), reading(data));
    if let Some(request) = read {
        let written = serde_json::to_vec(&request).expect("it is JSON");
        let again = TokenRequest::parse(&written).expect("what is written can be read");
        assert_eq!(fields(&again), fields(&request));
        let other = TokenRequest { code: AuthorizationCode::new("another"), ..request.clone() };
        assert_eq!(format!("{request:?}"), format!("{other:?}"), "the code is printed");
    }
}

fn reading(data: &[u8]) -> Option<[String; 3]> {
    let body = json::read(data)?;
    let members = body.members()?;
    let field = |name| json::single(&members, name)??.text().filter(|value| (1..=MAX_FIELD).contains(&value.len()));
    let fields = [field("provider")?, field("code")?, field("redirect_uri")?];
    (members.len() == 3 && fields[1].chars().all(|c| (' '..='~').contains(&c))).then_some(fields)
}
