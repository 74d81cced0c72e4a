//! GitHub ("Authorizing OAuth apps",
//! <https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps>).
//!
//! A code is valid for ten minutes. The token endpoint responds with a form unless `Accept` asks for JSON, and its
//! errors have HTTP 200 and their own names ("Troubleshooting OAuth app access token request errors"). A redirect URI
//! that is not registered is reported at the registered one ("Troubleshooting authorization request errors"). PKCE is
//! supported with S256 only, and authorization responses have `iss`
//! (<https://github.com/nextauthjs/next-auth/issues/13409>). The documentation does not specify the error for a wrong
//! verifier; here it is the one for a wrong code.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::delete;
use serde_json::{Value, json};

use super::github_revoke;
use crate::behaviour::Behaviour;
use crate::expiring::random_name;
use crate::parameters::Parameters;
use crate::paths::{Paths, Revoke};
use crate::people::Person;
use crate::provider::{Granted, Provider};
use crate::refusal::Refusal;
use crate::rfc6749;
use crate::rfc6749::pkce::Challenge;
use crate::tokens::Renewal;

pub(crate) struct GitHub;

impl Behaviour for GitHub {
    fn id(&self) -> &'static str {
        "github"
    }

    fn name(&self) -> &'static str {
        "GitHub"
    }

    fn paths(&self) -> Paths {
        Paths {
            authorize: "/login/oauth/authorize",
            token: "/login/oauth/access_token",
            profile: "/user",
            revoke: Revoke::Own("/applications/Ov23liEmulatorDemoId/token"),
            api: "",
            ..Paths::NONE
        }
    }

    fn client(&self) -> (&'static str, &'static str) {
        ("Ov23liEmulatorDemoId", "3b1f0c9a7e5d42868c0fb64a19d7e2535af8c061")
    }

    fn issuer(&self, url: &str) -> Option<String> {
        Some(format!("{url}/login/oauth"))
    }

    fn note(&self, person: &Person) -> &'static str {
        if person.has_avatar { "has set a name" } else { "has not set a name" }
    }

    fn challenge(&self, request: &Parameters) -> Result<Option<Challenge>, &'static str> {
        Challenge::s256_or_none(request)
    }

    fn cannot_send_back(&self, provider: &Provider, request: &Parameters, refusal: Refusal) -> Response {
        if refusal != Refusal::RedirectMismatch {
            return StatusCode::NOT_FOUND.into_response();
        }
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("error", "redirect_uri_mismatch").append_pair("error_description", MISMATCH);
        if let Some(state) = request.first("state") {
            query.append_pair("state", state);
        }
        Redirect::to(&format!("{}?{}", provider.redirect_uri, query.finish())).into_response()
    }

    fn denial(&self) -> Vec<(&'static str, &'static str)> {
        vec![
            ("error", "access_denied"),
            ("error_description", "The user has denied your application access."),
            ("error_uri", "/apps/troubleshooting-authorization-request-errors/#access-denied"),
        ]
    }

    /// The documentation does not list these parameters.
    fn wants_types(&self) -> bool {
        false
    }

    /// The tokens of an OAuth app do not expire.
    fn tokens_end(&self) -> bool {
        false
    }

    /// The lifetime at a GitHub App with expiring tokens ("Refreshing user access tokens").
    fn token_lifetime(&self) -> Duration {
        Duration::from_secs(8 * 60 * 60)
    }

    /// An OAuth app gets none.
    fn gives_refresh_token(&self, _: &Parameters) -> bool {
        false
    }

    fn renewal(&self) -> Renewal {
        Renewal::Rotates
    }

    fn renewal_ends_access_tokens(&self) -> bool {
        true
    }

    fn refresh_lifetime(&self) -> Option<Duration> {
        Some(REFRESH_LIFETIME)
    }

    fn refresh_token(&self) -> String {
        format!("ghr_{}", random_name(76))
    }

    fn token(&self, granted: &Granted) -> Value {
        let mut answer = granted.answer();
        answer["token_type"] = "bearer".into();
        answer["scope"] = "".into();
        if granted.refresh_token.is_some() {
            answer["refresh_token_expires_in"] = REFRESH_LIFETIME.as_secs().into();
        }
        answer
    }

    fn refusal(&self, refusal: Refusal) -> (StatusCode, Value) {
        let (error, description) = match refusal {
            Refusal::ClientNotFound | Refusal::SecretMismatch => {
                ("incorrect_client_credentials", "The client_id and/or client_secret passed are incorrect.")
            }
            Refusal::RedirectMismatch => ("redirect_uri_mismatch", MISMATCH),
            Refusal::MissingField | Refusal::CodeNotValid => {
                ("bad_verification_code", "The code passed is incorrect or expired.")
            }
            Refusal::RefreshTokenNotValid => ("bad_refresh_token", "The refresh token passed is incorrect or expired."),
            Refusal::GrantTypeUnsupported => {
                ("unsupported_grant_type", "The grant type parameter must be authorization_code.")
            }
            Refusal::SomethingBad => {
                return (StatusCode::INTERNAL_SERVER_ERROR, json!({ "message": "Server Error" }));
            }
        };
        let uri = format!("/apps/troubleshooting-oauth-app-access-token-request-errors/#{error}");
        (StatusCode::OK, json!({ "error": error, "error_description": description, "error_uri": uri }))
    }

    fn answer(&self, headers: &HeaderMap, (status, members): (StatusCode, Value)) -> Response {
        let accept = headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or_default();
        if accept.contains("application/json") {
            return (status, axum::Json(members)).into_response();
        }
        let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let pairs = members.as_object().into_iter().flatten().map(|(name, value)| (name, text(value)));
        let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        (status, [(header::CONTENT_TYPE, "application/x-www-form-urlencoded; charset=utf-8")], form).into_response()
    }

    /// Tokens are opaque. One that expires belongs to a GitHub App.
    fn issue_token(&self, _: &Provider, _: &Person, until: Option<Duration>) -> String {
        let kind = if until.is_some() { "ghu" } else { "gho" };
        format!("{kind}_{}", random_name(36))
    }

    fn holder(&self, provider: &Provider, token: &str) -> Option<&'static Person> {
        provider.grants.holder(token, provider.clock.now())
    }

    fn routes(&self) -> Router<Arc<Provider>> {
        rfc6749::routes(&self.paths()).route("/applications/{client_id}/token", delete(github_revoke::revoke))
    }

    fn profile(&self, person: &Person, url: &str) -> Value {
        json!({
            "login": person.username,
            "id": person.id,
            "avatar_url": person.avatar(url).unwrap_or_default(),
            "type": "User",
            "name": person.has_avatar.then_some(person.username),
        })
    }

    fn unauthorized(&self) -> (StatusCode, Value) {
        (StatusCode::UNAUTHORIZED, json!({ "message": "Bad credentials", "status": "401" }))
    }
}

/// Six months.
const REFRESH_LIFETIME: Duration = Duration::from_secs(15_897_600);

const MISMATCH: &str = "The redirect_uri MUST match the registered callback URL for this application.";
