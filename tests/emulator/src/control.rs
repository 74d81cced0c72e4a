//! Faults over HTTP, for the emulator as a program.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::fault::{Endpoint, Fault};
use super::provider::Provider;
use super::refusal::Refusal;

/// `PUT` sets a fault. Pages of other origins cannot do that: `PUT` and `DELETE` need a preflight, which is never
/// allowed here.
pub(super) const FAULT: &str = "/_emulator/fault";

/// `DELETE` resets the emulator; `PUT` changes the settings of tokens that are issued from then on.
pub(super) const EMULATOR: &str = "/_emulator";

/// Whether a path is the emulator's own and not part of the service.
pub(super) fn is_ours(path: &str) -> bool {
    path.strip_prefix(EMULATOR).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// `PUT /_emulator/fault` with JSON such as `{"at":"token","fault":"delay","ms":3000}`.
pub(super) async fn set_fault(State(provider): State<Arc<Provider>>, body: Bytes) -> Response {
    let order = serde_json::from_slice(&body).context("the body is not a valid fault").and_then(read);
    match order {
        Ok((at, fault)) => {
            provider.faults.set(at, fault);
            StatusCode::NO_CONTENT.into_response()
        }
        Err(reason) => (StatusCode::BAD_REQUEST, format!("{reason:#}\n")).into_response(),
    }
}

/// `PUT /_emulator` with JSON such as `{"access_token_s":60,"refresh":true,"rotate":true}`. Members that are left out
/// do not change.
pub(super) async fn set_tokens(State(provider): State<Arc<Provider>>, body: Bytes) -> Response {
    match serde_json::from_slice(&body).context("the body has no valid token settings") {
        Ok(tokens) => {
            provider.set_tokens(tokens);
            StatusCode::NO_CONTENT.into_response()
        }
        Err(reason) => (StatusCode::BAD_REQUEST, format!("{reason:#}\n")).into_response(),
    }
}

/// `DELETE /_emulator`.
pub(super) async fn reset(State(provider): State<Arc<Provider>>) -> StatusCode {
    provider.reset();
    StatusCode::NO_CONTENT
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Order {
    at: Endpoint,
    fault: Kind,
    ms: Option<u64>,
    status: Option<u16>,
    #[serde(default)]
    headers: Vec<(String, String)>,
    #[serde(default)]
    body: String,
    retry_after: Option<u32>,
    refusal: Option<Refusal>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Delay,
    NeverAnswer,
    Reset,
    LoseAnswer,
    Status,
    Raw,
    Busy,
    Refuse,
}

fn read(order: Order) -> Result<(Endpoint, Fault)> {
    let status = || order.status.context("the fault needs a \"status\"");
    let fault = match order.fault {
        Kind::Delay => Fault::Delay(Duration::from_millis(order.ms.context("a delay needs \"ms\" (milliseconds)")?)),
        Kind::NeverAnswer => Fault::NeverAnswer,
        Kind::Reset => Fault::Reset,
        Kind::LoseAnswer => Fault::LoseAnswer,
        Kind::Status => Fault::Status(status()?),
        Kind::Raw => Fault::Raw { status: status()?, headers: order.headers, body: order.body.into_bytes() },
        Kind::Busy => Fault::Busy { retry_after: order.retry_after },
        Kind::Refuse => Fault::Refuse(
            order.refusal.context("the fault \"refuse\" needs a \"refusal\", such as \"code_not_valid\"")?,
        ),
    };
    fault.check()?;
    Ok((order.at, fault))
}
