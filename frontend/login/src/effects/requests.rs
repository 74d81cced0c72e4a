//! The app's requests to its two peers, and reading their responses: the function, on the app's origin, and the
//! provider's profile URL.
//!
//! A response need not come from them: an edge, a platform or a proxy may respond in their place, with HTML or nothing.

use gloo_net::http::{Headers, Method};
use shared::config::{AppConfig, ProviderConfig};
use shared::error::ErrorResponse;
use shared::json::Json as _;
use shared::provider::{Profile, ProfileConfig, ProfileError};
use shared::secret::AccessToken;
use shared::session::{SessionResponse, SessionState};
use shared::token::{TokenRequest, TokenResponse};

use super::fetch::{self, Answer, NoAnswer, Peer, Question};
use crate::failure::Cause;
use crate::json::Js;
use crate::machine::{EndSession, Renewal};

/// `GET /api/config`.
pub(super) fn config(api_path: &str) -> Question {
    to_function(Method::GET, [api_path, "/config"].concat(), None)
}

/// Reads the response of `GET /api/config`.
pub(super) fn read_config(answer: Result<Answer, NoAnswer>) -> Result<AppConfig, Cause> {
    judge(answer, AppConfig::from_json)
}

/// `POST /api/token`.
pub(super) fn token(api_path: &str, request: &TokenRequest) -> Question {
    to_function(Method::POST, [api_path, "/token"].concat(), request.to_json::<Js>().stringify())
}

/// The result of an exchange: a token, or the session in a cookie.
pub(super) enum Exchanged {
    Token(TokenResponse),
    Session(SessionState),
}

/// Reads the response of `POST /api/token`.
pub(super) fn read_token(answer: Result<Answer, NoAnswer>) -> Result<Exchanged, Cause> {
    judge(answer, |json| match json.member("mode") {
        Some(_) => SessionState::from_json(json).map(Exchanged::Session),
        None => TokenResponse::from_json(json).map(Exchanged::Token),
    })
}

/// `GET /api/session`.
pub(super) fn session(api_path: &str) -> Question {
    Question { asked_as: Some("leptosLoginSession"), ..to_function(Method::GET, session_url(api_path), None) }
}

/// Reads the response of `GET` or `POST /api/session`.
pub(super) fn read_session(answer: Result<Answer, NoAnswer>) -> Result<Option<SessionState>, Cause> {
    judge(answer, SessionResponse::from_json).map(|response| response.session)
}

/// `POST /api/session`.
pub(super) fn renewal(api_path: &str, renewal: &Renewal) -> Question {
    let profile = renewal.profile.then(|| Js::flag(true));
    let body = Js::object([("renewals", renewal.renewals.map(Js::number)), ("profile", profile)]);
    let question = to_function(Method::POST, session_url(api_path), body.stringify());
    question.headers.set("x-session", &renewal.id);
    question
}

/// `DELETE /api/session`.
pub(super) fn end(api_path: &str, end: &EndSession) -> Question {
    let body = end.token.as_ref().and_then(|(provider, token)| {
        let token = ("access_token", Some(Js::text(token.expose())));
        Js::object([("provider", Some(Js::text(provider))), token]).stringify()
    });
    let question = to_function(Method::DELETE, session_url(api_path), body);
    question.headers.set("x-session", &end.id);
    question
}

fn session_url(api_path: &str) -> String {
    [api_path, "/session"].concat()
}

fn to_function(method: Method, url: String, json: Option<String>) -> Question {
    let writes_cookie = method != Method::GET;
    Question { method, url, headers: Headers::new(), to: Peer::Function, json, writes_cookie, asked_as: None }
}

/// The request to the provider's profile URL.
pub(super) fn profile(provider: &ProviderConfig, token: &AccessToken) -> Question {
    let url = provider.profile_url.clone().unwrap_or_default();
    let headers = Headers::new();
    fetch::authorize(&headers, token, &provider.profile);
    let ProfileConfig { referrer, query, .. } = &provider.profile;
    let method = if query.is_some() { Method::POST } else { Method::GET };
    let to = Peer::Provider { referrer: *referrer };
    Question { method, url, headers, to, json: query.clone(), writes_cookie: false, asked_as: None }
}

/// Reads the response of the profile URL.
pub(super) fn read_profile(
    provider: &ProviderConfig,
    answer: Result<Answer, NoAnswer>,
) -> Result<Profile, ProfileError> {
    let Answer { status, json, .. } = answer.map_err(|_| ProfileError::Unreadable)?;
    provider.profile.read(status, json)
}

/// Reads a response from the function's address: the requested data, the function's error, or something that is not the
/// function's.
fn judge<T>(answer: Result<Answer, NoAnswer>, read: fn(&Js) -> Option<T>) -> Result<T, Cause> {
    let Answer { status, wait, json } = answer.map_err(|_| Cause::NoAnswer)?;
    let not_ours = Cause::NotOurs { status, wait };
    let json = json.as_ref();
    if status == 200 {
        return json.and_then(read).ok_or(not_ours);
    }
    Err(match json.and_then(ErrorResponse::from_json) {
        Some(refusal) => {
            Cause::Function { code: refusal.error, retry: refusal.retry, wait, request_id: refusal.request_id }
        }
        None => not_ours,
    })
}

#[cfg(all(test, target_arch = "wasm32"))]
mod tests {
    use shared::error::{ErrorCode, Retry};
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    fn answered(status: u16, wait: Option<u32>, body: &str) -> Result<TokenResponse, Cause> {
        judge(Ok(Answer { status, wait, json: Js::parse(body) }), TokenResponse::from_json)
    }

    #[wasm_bindgen_test]
    fn token_response_with_unknown_members_is_read() {
        let body = r#"{"access_token":"t","token_type":"Bearer","expires_in":5,"newer":[]}"#;
        let token = answered(200, None, body).expect("it is valid");
        assert_eq!((token.access_token.expose(), token.expires_in), ("t", Some(5)));
    }

    #[wasm_bindgen_test]
    fn error_of_the_function_is_read_with_its_code_and_retry() {
        let body = r#"{"error":"provider_busy","message":"x","retry":"later","request_id":"id"}"#;
        let cause = answered(503, Some(7), body).expect_err("it is an error");
        let expected = Cause::Function {
            code: ErrorCode::ProviderBusy,
            retry: Retry::Later,
            wait: Some(7),
            request_id: "id".into(),
        };
        assert_eq!(cause, expected);
    }

    #[wasm_bindgen_test]
    fn unknown_error_code_is_read_as_an_error_of_the_function() {
        let body = r#"{"error":"newer","message":"x","retry":"newer","request_id":"id","more":1}"#;
        let cause = answered(400, None, body).expect_err("it is an error");
        let expected =
            Cause::Function { code: ErrorCode::Unknown, retry: Retry::No, wait: None, request_id: "id".into() };
        assert_eq!(cause, expected);
    }

    #[wasm_bindgen_test]
    fn response_that_is_not_the_functions_is_reported_by_its_status() {
        for (status, body) in [
            (200, "<!doctype html>"),
            (200, ""),
            (200, r#"{"access_token":"t","token_type":"Bea"#),
            (200, r#"{"access_token":"t","token_type":"mac"}"#),
            (200, r#"["t","Bearer",5]"#),
            (403, "<h1>403 ERROR</h1>"),
            (429, r#"{"message":"Too Many Requests"}"#),
            (502, r#"{"message":"Internal Server Error"}"#),
            (503, ""),
            (504, "<h1>504</h1>"),
        ] {
            let cause = answered(status, None, body).expect_err("it is not a token");
            assert_eq!(cause, Cause::NotOurs { status, wait: None }, "{body}");
        }
    }
}
