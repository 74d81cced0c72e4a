//! The two peers that the app talks to: the function, on its own origin, and the provider's profile.
//!
//! An answer need not be theirs: an edge, a platform or a proxy may answer in their place, with HTML or nothing.

use gloo_net::http::Headers;
use shared::config::{AppConfig, ProviderConfig};
use shared::error::ErrorResponse;
use shared::provider::{Profile, ProfileConfig, ProfileError};
use shared::secret::AccessToken;
use shared::token::{TokenRequest, TokenResponse};

use super::fetch::{self, Answer, NoAnswer, Peer, Question};
use crate::failure::Cause;
use crate::json::Js;

/// `GET /api/config`.
pub(super) fn config(api_path: &str) -> Question {
    to_function([api_path, "/config"].concat(), None)
}

/// What it answers.
pub(super) fn read_config(answer: Result<Answer, NoAnswer>) -> Result<AppConfig, Cause> {
    judge(answer, AppConfig::from_json)
}

/// `POST /api/token`.
pub(super) fn token(api_path: &str, request: &TokenRequest) -> Question {
    to_function([api_path, "/token"].concat(), request.to_json::<Js>().stringify())
}

fn to_function(url: String, json: Option<String>) -> Question {
    Question { url, headers: Headers::new(), to: Peer::Function, json }
}

/// What it answers.
pub(super) fn read_token(answer: Result<Answer, NoAnswer>) -> Result<TokenResponse, Cause> {
    judge(answer, TokenResponse::from_json)
}

/// The profile at the provider's address for that.
pub(super) fn profile(provider: &ProviderConfig, token: &AccessToken) -> Question {
    let url = provider.profile_url.clone().unwrap_or_default();
    let headers = Headers::new();
    fetch::authorize(&headers, token, &provider.profile);
    let ProfileConfig { referrer, query, .. } = &provider.profile;
    Question { url, headers, to: Peer::Provider { referrer: *referrer }, json: query.clone() }
}

/// What it answers.
pub(super) fn read_profile(
    provider: &ProviderConfig,
    answer: Result<Answer, NoAnswer>,
) -> Result<Profile, ProfileError> {
    let Answer { status, json, .. } = answer.map_err(|_| ProfileError::Unreadable)?;
    provider.profile.read(status, json)
}

/// Reads an answer of the function's address: what was asked for, the function's own refusal, or neither.
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
    fn a_token_is_read_whatever_a_newer_function_adds() {
        let body = r#"{"access_token":"t","token_type":"Bearer","expires_in":5,"newer":[]}"#;
        let token = answered(200, None, body).expect("it is good");
        assert_eq!((token.access_token.expose(), token.expires_in), ("t", Some(5)));
    }

    #[wasm_bindgen_test]
    fn the_functions_own_refusal_is_taken_at_its_word() {
        let body = r#"{"error":"provider_busy","message":"x","retry":"later","request_id":"id"}"#;
        let cause = answered(503, Some(7), body).expect_err("it is a refusal");
        let expected = Cause::Function {
            code: ErrorCode::ProviderBusy,
            retry: Retry::Later,
            wait: Some(7),
            request_id: "id".into(),
        };
        assert_eq!(cause, expected);
    }

    #[wasm_bindgen_test]
    fn a_refusal_that_only_a_newer_function_knows_is_a_refusal_all_the_same() {
        let body = r#"{"error":"newer","message":"x","retry":"newer","request_id":"id","more":1}"#;
        let cause = answered(400, None, body).expect_err("it is a refusal");
        let expected =
            Cause::Function { code: ErrorCode::Unknown, retry: Retry::No, wait: None, request_id: "id".into() };
        assert_eq!(cause, expected);
    }

    #[wasm_bindgen_test]
    fn an_answer_that_is_not_the_functions_is_told_by_its_status() {
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
            let cause = answered(status, None, body).expect_err("it is no token");
            assert_eq!(cause, Cause::NotOurs { status, wait: None }, "{body}");
        }
    }
}
