//! Token revocation (RFC 7009) when a person logs out. If it fails, they are still signed out.

use std::time::Duration;

use reqwest::Client;
use shared::provider::Revocable;

use super::{SMALL, request, send, whole, within};
use crate::config::Provider;
use crate::error::Refusal;
use crate::log::Upstream;

/// How long a log-out waits for the revocation.
const WITHIN: Duration = Duration::from_millis(1500);

/// Revokes the tokens with one request, if the provider supports that.
pub async fn revoke(
    client: &Client,
    provider: &Provider,
    tokens: Revocable<'_>,
    budget: Duration,
    known: &mut Upstream,
) {
    let (revoke_url, api_url) = (provider.revoke_url.as_deref(), provider.app.api_url.as_deref());
    let revocation = provider.preset.revocation;
    let Some(upstream) = revocation.request(revoke_url, api_url, &provider.client, tokens) else { return };
    let attempt = async {
        let response = send(request(client, upstream)).await?;
        known.status = Some(response.status().as_u16());
        // Read to its end, so that the connection can be reused.
        whole(response, SMALL).await
    };
    known.detail = match within(WITHIN.min(budget), attempt).await {
        Ok(answer) if answer.status.is_success() => None,
        Ok(_) => Some("the provider did not revoke the token"),
        Err(Refusal::ProviderTimeout) => Some("the provider took too long to revoke the token"),
        Err(_) => Some("the request to revoke the token failed"),
    };
}
