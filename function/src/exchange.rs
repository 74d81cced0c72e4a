//! One code becomes one token: a single upstream request under a single deadline.

use std::error::Error as _;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::{HeaderMap, StatusCode, header};
use reqwest::{Client, Response};
use shared::provider::{Grant, Token};

use crate::config::Provider;
use crate::error::Refusal;
use crate::log::Upstream;

/// The longest answer that is read, in bytes.
const MAX_ANSWER: usize = 64 * 1024;

/// Exchanges a code. It sends at most one request, and none where no time is left.
///
/// # Errors
/// Says whose fault it is that there is no token.
pub async fn exchange(
    client: &Client,
    provider: &Provider,
    grant: Grant<'_>,
    budget: Duration,
    upstream: &mut Upstream,
) -> Result<Token, Refusal> {
    if budget.is_zero() {
        return Err(Refusal::ProviderTimeout);
    }
    let attempt = attempt(client, provider, grant, upstream);
    tokio::time::timeout(budget, attempt).await.unwrap_or(Err(Refusal::ProviderTimeout))
}

async fn attempt(
    client: &Client,
    provider: &Provider,
    grant: Grant<'_>,
    known: &mut Upstream,
) -> Result<Token, Refusal> {
    let endpoint = provider.preset.token_endpoint;
    let upstream = endpoint.request(&provider.token_url, &provider.client, &grant);
    let mut request = client
        .post(upstream.url)
        .header(header::ACCEPT, "application/json")
        // An edge may compress whatever is not said to be wanted plain.
        .header(header::ACCEPT_ENCODING, "identity");
    if let Some(authorization) = upstream.authorization {
        request = request.header(header::AUTHORIZATION, authorization);
    }
    request = match upstream.body {
        Some((media_type, body)) => request.header(header::CONTENT_TYPE, media_type).body(body),
        // Without a body and its length some servers answer 411.
        None => request.header(header::CONTENT_LENGTH, 0),
    };
    let response = request.send().await.map_err(|error| not_answered(&error))?;
    let status = response.status();
    known.status = Some(status.as_u16());

    if matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE) {
        // Elsewhere that header is a date.
        let has_own_header = provider.preset.id == "aniapi";
        return Err(Refusal::ProviderBusy(retry_after(response.headers(), has_own_header)));
    }
    if is_compressed(response.headers()) {
        return Err(Refusal::ProviderBadResponse("the answer is compressed, which was not asked for"));
    }
    if is_ambiguous(response.headers()) {
        return Err(Refusal::ProviderBadResponse("the answer's framing is ambiguous"));
    }
    let body = read(response).await?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    let answer = endpoint.answer(status.as_u16(), &body, now);
    answer.map_err(|error| {
        known.error = endpoint.error_code(&body);
        Refusal::from_exchange(error, &provider.variables)
    })
}

/// `identity` says that it is not (RFC 9110, 12.5.3).
fn is_compressed(headers: &HeaderMap) -> bool {
    headers.get_all(header::CONTENT_ENCODING).iter().any(|coding| !coding.as_bytes().eq_ignore_ascii_case(b"identity"))
}

/// Whether the answer says in more than one way where it ends, or is encoded on its way, which was not asked for
/// (RFC 9112, 6.1).
fn is_ambiguous(headers: &HeaderMap) -> bool {
    let mut codings = headers.get_all(header::TRANSFER_ENCODING).iter();
    let Some(coding) = codings.next() else { return false };
    let is_chunked = coding.as_bytes().eq_ignore_ascii_case(b"chunked") && codings.next().is_none();
    !is_chunked || headers.contains_key(header::CONTENT_LENGTH)
}

async fn read(mut response: Response) -> Result<Vec<u8>, Refusal> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| not_answered(&error))? {
        if body.len() + chunk.len() > MAX_ANSWER {
            return Err(Refusal::ProviderBadResponse("the answer is over 64 KiB"));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// What a failed request means. The error itself must not go anywhere: it prints its address, and AniAPI's address
/// carries the secret.
fn not_answered(error: &reqwest::Error) -> Refusal {
    let mut cause = error.source();
    while let Some(error) = cause {
        if error.is::<rustls::Error>() {
            return Refusal::ProviderUnreachable("no TLS connection: the certificate or the handshake is bad");
        }
        if let Some(error) = error.downcast_ref::<hyper::Error>()
            && error.is_parse()
        {
            return Refusal::ProviderBadResponse("the answer is not HTTP");
        }
        if let Some(error) = error.downcast_ref::<std::io::Error>() {
            use std::io::ErrorKind::{InvalidData, InvalidInput};
            // An error of TLS hides inside an I/O error, where `source` does not find it.
            if error.get_ref().is_some_and(|inner| inner.is::<rustls::Error>()) {
                return Refusal::ProviderUnreachable("no TLS connection: the certificate or the handshake is bad");
            }
            if matches!(error.kind(), InvalidData | InvalidInput) {
                return Refusal::ProviderBadResponse("the answer's framing is not HTTP");
            }
        }
        cause = error.source();
    }
    if error.is_connect() {
        Refusal::ProviderUnreachable("no connection")
    } else {
        Refusal::ProviderUnreachable("the connection broke before the answer was whole")
    }
}

/// The seconds to wait, from `Retry-After` (RFC 9110, 10.2.3) or, failing that, from AniAPI's own header; 1 to 120.
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
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse().expect("a name"), value.parse().expect("a value"))).collect()
    }

    #[test]
    fn the_wait_is_theirs_between_one_second_and_two_minutes() {
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
