//! GitHub ("Authorizing OAuth apps",
//! <https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps>).
//!
//! A code is good for ten minutes. The token endpoint answers with a form unless `Accept` asks for JSON, and refuses with
//! HTTP 200 and names of its own ("Troubleshooting OAuth app access token request errors"). A redirect address that is not
//! the registered one is told at the registered one ("Troubleshooting authorization request errors"). Of PKCE it takes
//! only S256, and its callbacks have `iss` (<https://github.com/nextauthjs/next-auth/issues/13409>). Its documentation does not say how it refuses a wrong verifier; here it is the refusal of a wrong code.

use std::time::Duration;

use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use serde_json::{Value, json};

use crate::expiring::random_name;
use crate::fault::Endpoint;
use crate::parameters::Parameters;
use crate::people::Person;
use crate::provider::{Issued, Provider};
use crate::refusal::Refusal;
use crate::rfc6749::pkce::Challenge;
use crate::service::Ways;

pub(crate) struct GitHub;

impl Ways for GitHub {
    fn id(&self) -> &'static str {
        "github"
    }

    fn name(&self) -> &'static str {
        "GitHub"
    }

    fn path(&self, at: Endpoint) -> &'static str {
        match at {
            Endpoint::Authorize => "/login/oauth/authorize",
            Endpoint::Token => "/login/oauth/access_token",
            Endpoint::Profile => "/user",
        }
    }

    fn client(&self) -> (&'static str, &'static str) {
        ("Ov23liEmulatorDemoId", "3b1f0c9a7e5d42868c0fb64a19d7e2535af8c061")
    }

    fn issuer(&self, url: &str) -> Option<String> {
        Some(format!("{url}/login/oauth"))
    }

    fn note(&self, person: &Person) -> &'static str {
        if person.has_avatar { "has told a name" } else { "has told no name" }
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

    /// They are not among the parameters of the documentation.
    fn wants_types(&self) -> bool {
        false
    }

    /// An OAuth app's token says nothing of its end.
    fn token(&self, provider: &Provider, issued: &Issued) -> Value {
        json!({ "access_token": provider.issue_token(issued.person), "scope": "", "token_type": "bearer" })
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
        let pairs =
            members.as_object().into_iter().flatten().map(|(name, value)| (name, value.as_str().unwrap_or_default()));
        let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        (status, [(header::CONTENT_TYPE, "application/x-www-form-urlencoded; charset=utf-8")], form).into_response()
    }

    /// Nobody but GitHub can read one, and it does not end by itself.
    fn issue_token(&self, provider: &Provider, person: &Person, _: Duration) -> String {
        let token = format!("gho_{}", random_name(36));
        provider.opaque_tokens.put(&token, person.id, provider.clock.now());
        token
    }

    fn holder(&self, provider: &Provider, token: &str) -> Option<&'static Person> {
        provider.opaque_tokens.find(token, provider.clock.now()).and_then(Person::by_id)
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

const MISMATCH: &str = "The redirect_uri MUST match the registered callback URL for this application.";
