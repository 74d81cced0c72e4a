//! Exchanges a code or a refresh token for an access token: one upstream request, one deadline.

use std::time::{Duration, SystemTime};

use http::{HeaderMap, StatusCode};
use reqwest::Client;
use shared::provider::{ExchangeError, Grant, Renewal, Token, UpstreamRequest};

use super::{SMALL, request, send, whole, within};
use crate::clock;
use crate::config::Provider;
use crate::error::Refusal;
use crate::log::Upstream;

/// Exchanges a code (RFC 6749, 4.1.3). It sends one request, or none if no time is left.
///
/// # Errors
/// If there is no token. The error says whether the caller, our registration or the provider is at fault.
pub async fn exchange(
    client: &Client,
    provider: &Provider,
    grant: Grant<'_>,
    budget: Duration,
    upstream: &mut Upstream,
) -> Result<Token, Refusal> {
    let dialect = provider.preset.provider;
    let request = dialect.token_request(&provider.token_url, &provider.client, &grant);
    let read = |status: u16, body: &[u8], now| dialect.token_response(status, body, now);
    within(budget, attempt(client, provider, request, read, upstream)).await
}

/// Renews a token (RFC 6749, 6). It sends one request, or none if no time is left.
///
/// # Errors
/// [`Refusal::InvalidSession`] if the provider rejects the refresh token; otherwise as [`exchange`].
pub async fn renew(
    client: &Client,
    provider: &Provider,
    renewal: Renewal<'_>,
    budget: Duration,
    upstream: &mut Upstream,
) -> Result<Token, Refusal> {
    let dialect = provider.preset.provider;
    let request = dialect.refresh_request(&provider.token_url, &provider.client, &renewal);
    let read = |status: u16, body: &[u8], now| dialect.refresh_response(status, body, now);
    let renewed = within(budget, attempt(client, provider, request, read, upstream)).await;
    renewed.map_err(|refusal| if refusal == Refusal::InvalidCode { Refusal::InvalidSession } else { refusal })
}

async fn attempt(
    client: &Client,
    provider: &Provider,
    upstream: UpstreamRequest,
    read: impl Fn(u16, &[u8], u64) -> Result<Token, ExchangeError>,
    known: &mut Upstream,
) -> Result<Token, Refusal> {
    let response = send(request(client, upstream)).await?;
    let status = response.status();
    known.status = Some(status.as_u16());
    if matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE) {
        // At other providers this header is a point in time.
        let has_own_header = provider.preset.id == "aniapi";
        return Err(Refusal::ProviderBusy(retry_after(response.headers(), has_own_header)));
    }
    let body = whole(response, SMALL).await?.body;
    read(status.as_u16(), &body, clock::now()).map_err(|error| {
        known.error = provider.preset.provider.error_code(&body);
        Refusal::from_exchange(error, &provider.variables)
    })
}

/// The seconds to wait, from 1 to 120: from `Retry-After` (RFC 9110, 10.2.3), or else from AniAPI's own header.
fn retry_after(headers: &HeaderMap, has_own_header: bool) -> Option<u8> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    text("retry-after")
        .and_then(|value| seconds(value).or_else(|| seconds_until(value)))
        .or_else(|| text("x-ratelimit-reset").filter(|_| has_own_header).and_then(seconds))
}

fn seconds(value: &str) -> Option<u8> {
    let is_number = !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit());
    is_number.then(|| clamp(value.parse().unwrap_or(u64::MAX)))
}

fn seconds_until(date: &str) -> Option<u8> {
    let date = httpdate::parse_http_date(date).ok()?;
    Some(clamp(date.duration_since(SystemTime::now()).unwrap_or_default().as_secs()))
}

fn clamp(seconds: u64) -> u8 {
    seconds.clamp(1, 120) as u8
}

#[cfg(test)]
mod tests {
    use std::time::UNIX_EPOCH;

    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| (name.parse().expect("a valid name"), value.parse().expect("a valid value")))
            .collect()
    }

    #[test]
    fn retry_after_is_clamped_to_1_to_120_seconds() {
        let in_a_minute = httpdate::fmt_http_date(SystemTime::now() + Duration::from_secs(61));
        let long_ago = httpdate::fmt_http_date(UNIX_EPOCH);
        for (pairs, expected) in [
            (vec![("retry-after", "7")], Some(7)),
            (vec![("retry-after", "0")], Some(1)),
            (vec![("retry-after", "121")], Some(120)),
            (vec![("retry-after", "99999999999999999999999")], Some(120)),
            (vec![("retry-after", "7"), ("x-ratelimit-reset", "9")], Some(7)),
            (vec![("retry-after", "soon"), ("x-ratelimit-reset", "9")], Some(9)),
            (vec![("retry-after", "-7"), ("x-ratelimit-reset", "9")], Some(9)),
            (vec![("retry-after", &long_ago)], Some(1)),
            (vec![("x-ratelimit-reset", "59")], Some(59)),
            (vec![("x-ratelimit-reset", "4000")], Some(120)),
            (vec![("x-ratelimit-reset", "1.5")], None),
            (vec![("retry-after", "")], None),
            (vec![], None),
        ] {
            assert_eq!(retry_after(&headers(&pairs), true), expected, "{pairs:?}");
        }
        assert!(matches!(retry_after(&headers(&[("retry-after", &in_a_minute)]), false), Some(58..=61)));
        assert_eq!(retry_after(&headers(&[("x-ratelimit-reset", "59")]), false), None);
    }
}
