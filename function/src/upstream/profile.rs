//! Reads the profile of the person who is signed in: one request to the provider's profile address, with the token.

use std::time::Duration;

use http::header;
use reqwest::Client;
use serde_json::Value;
use shared::provider::{Profile, ProfileError};
use shared::secret::AccessToken;

use super::{SMALL, plain, send, whole, within};
use crate::config::ProfileEndpoint;
use crate::error::Refusal;

/// What is logged if there is no profile. It does not fail the login.
const FAILED: &str = "the provider's profile could not be read";

/// Requests the profile. `origin` is the app's, for APIs that require a `Referer`.
///
/// # Errors
/// If there is no profile: the reason, and a text for the log.
pub async fn fetch(
    client: &Client,
    endpoint: &ProfileEndpoint,
    token: &AccessToken,
    origin: &str,
    budget: Duration,
) -> Result<Profile, (ProfileError, &'static str)> {
    let failed = |refusal: Refusal| {
        let detail = match refusal {
            Refusal::ProviderTimeout => "the provider's profile address took too long to respond",
            Refusal::ProviderUnreachable(_) => "the provider's profile address could not be reached",
            _ => FAILED,
        };
        (ProfileError::Unreadable, detail)
    };
    let (status, answer) = within(budget, attempt(client, endpoint, token, origin)).await.map_err(failed)?;
    endpoint.config.read(status, answer).map_err(|error| {
        let detail = match error {
            ProfileError::TokenRefused => "the provider's profile address rejected the token",
            ProfileError::EmailNotVerified => "the person has not verified their e-mail address yet",
            ProfileError::Unreadable => FAILED,
        };
        (error, detail)
    })
}

async fn attempt(
    client: &Client,
    endpoint: &ProfileEndpoint,
    token: &AccessToken,
    origin: &str,
) -> Result<(u16, Option<Value>), Refusal> {
    let config = &endpoint.config;
    let request = match &config.query {
        Some(query) => client.post(&endpoint.url).header(header::CONTENT_TYPE, "application/json").body(query.clone()),
        None => client.get(&endpoint.url),
    };
    let mut request = plain(request.header(header::ACCEPT, "application/json").bearer_auth(token.expose()));
    for (name, value) in config.headers.iter().filter_map(|header| header.split_once(':')) {
        request = request.header(name, value);
    }
    if config.referrer {
        request = request.header(header::REFERER, referer(origin));
    }
    let answer = whole(send(request).await?, SMALL).await?;
    Ok((answer.status.as_u16(), serde_json::from_slice(&answer.body).ok()))
}

/// The `Referer` that browsers send for the app's origin.
pub(crate) fn referer(origin: &str) -> String {
    [origin, "/"].concat()
}
