//! The two peers that the app talks to: the function, on its own origin, and the provider's profile.
//!
//! An answer need not be theirs: an edge, a platform or a proxy may answer in their place, with HTML or nothing.

use gloo_net::http::{Request, RequestBuilder, Response};
use serde::de::DeserializeOwned;
use shared::config::{AppConfig, ProviderConfig};
use shared::error::ErrorResponse;
use shared::json;
use shared::provider::{self, Profile, ProfileError};
use shared::secret::AccessToken;
use shared::token::{TokenRequest, TokenResponse};
use web_sys::{AbortSignal, RequestCache, RequestCredentials, RequestRedirect};

use crate::browser;
use crate::failure::Failure;

/// How long an answer may take, in milliseconds: longer than the function and the edge allow themselves.
const PATIENCE_MS: u32 = 30_000;

/// `GET /api/config`. Its options are those of the `preload` in `index.html`, or the browser would ask twice.
pub(crate) async fn config() -> Result<AppConfig, Failure> {
    let request = patient(Request::get("/api/config")).build();
    read(request).await
}

/// `POST /api/token`.
pub(crate) async fn exchange(token_request: TokenRequest) -> Result<TokenResponse, Failure> {
    let body = serde_json::to_string(&token_request).map_err(|_| Failure::NoAnswer)?;
    let mut request = patient(Request::post("/api/token"))
        .header("content-type", "application/json")
        .cache(RequestCache::NoStore)
        .credentials(RequestCredentials::Omit)
        .redirect(RequestRedirect::Error);
    // CloudFront signs what it passes to the function, a body by its hash, and leaves it to us to make that.
    if let Some(hash) = browser::sha256_hex(body.as_bytes()).await {
        request = request.header("x-amz-content-sha256", &hash);
    }
    let token: TokenResponse = read(request.body(body)).await?;
    if !token.access_token.is_well_formed() {
        return Err(Failure::NotOurs { status: 200, wait: None });
    }
    Ok(token)
}

/// The provider's profile of the person.
pub(crate) async fn profile(provider: &ProviderConfig, token: &AccessToken) -> Result<Profile, ProfileError> {
    let endpoint = provider::profile_endpoint(&provider.id).ok_or(ProfileError::Unreadable)?;
    let answer = async {
        let response = patient(Request::get(&provider.profile_url))
            .header("authorization", &format!("Bearer {}", token.expose()))
            .cache(RequestCache::NoStore)
            .credentials(RequestCredentials::Omit)
            .redirect(RequestRedirect::Error)
            .send()
            .await?;
        Ok::<_, gloo_net::Error>((response.status(), response.binary().await?))
    };
    let (status, body) = answer.await.map_err(|_| ProfileError::Unreadable)?;
    endpoint.profile(status, &body)
}

fn patient(request: RequestBuilder) -> RequestBuilder {
    request.abort_signal(Some(&AbortSignal::timeout_with_u32(PATIENCE_MS)))
}

async fn read<T: DeserializeOwned>(request: Result<Request, gloo_net::Error>) -> Result<T, Failure> {
    let response = request.map_err(|_| Failure::NoAnswer)?.send().await.map_err(|_| Failure::NoAnswer)?;
    judge(response).await
}

/// Reads an answer of the function's address: what was asked for, the function's own refusal, or neither.
async fn judge<T: DeserializeOwned>(response: Response) -> Result<T, Failure> {
    let (status, wait) = (response.status(), retry_after(&response));
    let body = response.binary().await.map_err(|_| Failure::NoAnswer)?;
    if status == 200 {
        return json::object(&body).map_err(|_| Failure::NotOurs { status, wait });
    }
    match json::object::<ErrorResponse>(&body) {
        Ok(refusal) => {
            Err(Failure::Function { code: refusal.error, retry: refusal.retry, wait, request_id: refusal.request_id })
        }
        Err(_) => Err(Failure::NotOurs { status, wait }),
    }
}

/// `Retry-After` in seconds; one that is a date, or longer than an hour, is not worth telling.
fn retry_after(response: &Response) -> Option<u32> {
    response.headers().get("retry-after")?.parse().ok().filter(|seconds| (1..=3600).contains(seconds))
}

#[cfg(all(test, target_arch = "wasm32"))]
mod tests {
    use shared::error::{ErrorCode, Retry};
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    async fn answered(status: u16, headers: &[(&str, &str)], body: &str) -> Result<TokenResponse, Failure> {
        let builder = headers
            .iter()
            .fold(Response::builder().status(status), |builder, (name, value)| builder.header(name, value));
        judge(builder.body(Some(body)).expect("a response can be made")).await
    }

    #[wasm_bindgen_test]
    async fn a_token_is_read_whatever_a_newer_function_adds() {
        let body = r#"{"access_token":"t","token_type":"Bearer","expires_in":5,"newer":[]}"#;
        let token = answered(200, &[], body).await.expect("it is good");
        assert_eq!((token.access_token.expose(), token.expires_in), ("t", Some(5)));
    }

    #[wasm_bindgen_test]
    async fn the_functions_own_refusal_is_taken_at_its_word() {
        let body = r#"{"error":"provider_busy","message":"x","retry":"later","request_id":"id"}"#;
        let failure = answered(503, &[("retry-after", "7")], body).await.expect_err("it is a refusal");
        let expected = Failure::Function {
            code: ErrorCode::ProviderBusy,
            retry: Retry::Later,
            wait: Some(7),
            request_id: "id".into(),
        };
        assert_eq!(failure, expected);
    }

    #[wasm_bindgen_test]
    async fn a_refusal_that_only_a_newer_function_knows_is_a_refusal_all_the_same() {
        let body = r#"{"error":"newer","message":"x","retry":"newer","request_id":"id","more":1}"#;
        let failure = answered(400, &[], body).await.expect_err("it is a refusal");
        let expected =
            Failure::Function { code: ErrorCode::Unknown, retry: Retry::No, wait: None, request_id: "id".into() };
        assert_eq!(failure, expected);
    }

    #[wasm_bindgen_test]
    async fn an_answer_that_is_not_the_functions_is_told_by_its_status() {
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
            let failure = answered(status, &[], body).await.expect_err("it is no token");
            assert_eq!(failure, Failure::NotOurs { status, wait: None }, "{body}");
        }
    }

    #[wasm_bindgen_test]
    async fn only_a_sensible_wait_is_told() {
        for (header, wait) in
            [("7", Some(7)), ("3600", Some(3600)), ("3601", None), ("0", None), ("-1", None), ("soon", None)]
        {
            let failure = answered(503, &[("retry-after", header)], "").await.expect_err("it is no token");
            assert_eq!(failure, Failure::NotOurs { status: 503, wait }, "{header}");
        }
    }
}
