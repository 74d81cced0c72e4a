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
    let request = patient(Request::post("/api/token"))
        .header("content-type", "application/json")
        .cache(RequestCache::NoStore)
        .credentials(RequestCredentials::Omit)
        .redirect(RequestRedirect::Error)
        .body(body);
    let token: TokenResponse = read(request).await?;
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

/// Sends a request to the function and reads its answer: what was asked for, the function's own refusal, or neither.
async fn read<T: DeserializeOwned>(request: Result<Request, gloo_net::Error>) -> Result<T, Failure> {
    let response = request.map_err(|_| Failure::NoAnswer)?.send().await.map_err(|_| Failure::NoAnswer)?;
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
