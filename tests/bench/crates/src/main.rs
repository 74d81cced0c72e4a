//! The function in ordinary Rust, not optimized for size or start-up: the same checks in the same order, and defaults
//! for everything else.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use lambda_http::{Body, Error, Request, Response, run, service_fn};
use serde::Deserialize;
use serde_json::{Value, json};

struct State {
    client: reqwest::Client,
    client_id: String,
    client_secret: String,
    token_url: String,
    redirect_uris: Vec<String>,
}

#[derive(Deserialize)]
struct TokenRequest {
    provider: String,
    code: String,
    redirect_uri: String,
}

#[derive(Deserialize)]
struct Envelope {
    #[serde(alias = "status")]
    status_code: u16,
    data: String,
}

#[derive(Deserialize)]
struct Claims {
    exp: u64,
}

#[tokio::main]
async fn main() -> Result<(), Error> {
    let client = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(Duration::from_secs(5))
        .build()?;
    let state = State {
        client,
        client_id: std::env::var("OAUTH_CLIENT_ID")?,
        client_secret: std::env::var("OAUTH_CLIENT_SECRET")?,
        token_url: std::env::var("OAUTH_TOKEN_URL")?,
        redirect_uris: std::env::var("OAUTH_REDIRECT_URIS")?.split(',').map(str::to_owned).collect(),
    };
    run(service_fn(async |request: Request| {
        let (status, body) = handle(&state, &request).await;
        println!("{}", json!({ "status": status, "outcome": body.get("error").unwrap_or(&json!("ok")) }));
        Response::builder()
            .status(status)
            .header("content-type", "application/json")
            .header("cache-control", "no-store")
            .body(Body::from(body.to_string()))
            .map_err(Error::from)
    }))
    .await
}

async fn handle(state: &State, request: &Request) -> (u16, Value) {
    let refuse = |status, error: &str| (status, json!({ "error": error }));
    if request.uri().path() != "/api/token" {
        return refuse(404, "not_found");
    }
    if request.method() != "POST" {
        return refuse(405, "method_not_allowed");
    }
    let header = |name| request.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let origin = header("origin");
    let is_of = |uri: &str| uri.strip_prefix(origin).is_some_and(|rest| rest.starts_with('/'));
    if origin.is_empty() || !state.redirect_uris.iter().any(|uri| is_of(uri)) {
        return refuse(403, "origin_not_allowed");
    }
    if !header("content-type").starts_with("application/json") {
        return refuse(415, "unsupported_media_type");
    }
    if request.body().len() > 8192 {
        return refuse(413, "body_too_large");
    }
    let asked: TokenRequest = match serde_json::from_slice(request.body()) {
        Ok(asked) => asked,
        Err(_) => return refuse(400, "invalid_request"),
    };
    if asked.provider != "aniapi" || asked.code.is_empty() {
        return refuse(400, "invalid_request");
    }
    if !state.redirect_uris.contains(&asked.redirect_uri) || !is_of(&asked.redirect_uri) {
        return refuse(400, "redirect_uri_not_allowed");
    }
    let query = [
        ("client_id", &state.client_id),
        ("client_secret", &state.client_secret),
        ("code", &asked.code),
        ("redirect_uri", &asked.redirect_uri),
    ];
    let answer = match state.client.post(&state.token_url).query(&query).header("content-length", "0").send().await {
        Ok(answer) if answer.status() == 200 => answer,
        Ok(_) => return refuse(502, "provider_bad_response"),
        Err(error) if error.is_timeout() => return refuse(504, "provider_timeout"),
        Err(_) => return refuse(502, "provider_unreachable"),
    };
    match answer.json::<Envelope>().await {
        Ok(Envelope { status_code: 200, data }) if !data.is_empty() => {
            let expires_in = expires_in(&data);
            (200, json!({ "access_token": data, "token_type": "Bearer", "expires_in": expires_in }))
        }
        Ok(_) => refuse(400, "invalid_code"),
        Err(_) => refuse(502, "provider_bad_response"),
    }
}

fn expires_in(token: &str) -> Option<u64> {
    let claims = BASE64_URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?).ok()?;
    let claims: Claims = serde_json::from_slice(&claims).ok()?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).ok()?;
    claims.exp.checked_sub(now.as_secs())
}
