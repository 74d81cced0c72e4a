//! The behaviour of a service. The defaults are those of RFC 6749.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use serde_json::{Value, json};

use super::expiring::random_name;
use super::parameters::Parameters;
use super::paths::Paths;
use super::people::Person;
use super::provider::{Granted, Provider};
use super::refusal::Refusal;
use super::tokens::Renewal;
use super::{jwt, rfc6749};
use rfc6749::pkce::Challenge;

/// The behaviour of a service.
pub(super) trait Behaviour: Sync {
    fn id(&self) -> &'static str;
    fn name(&self) -> &'static str;
    fn paths(&self) -> Paths;

    /// The common prefix of its paths, if it is one of many servers of a kind.
    fn base_path(&self) -> Option<&'static str> {
        None
    }

    /// The `iss` of its authorization responses (RFC 9207) for a server at this address, if it sends one.
    fn issuer(&self, _url: &str) -> Option<String> {
        None
    }

    /// Whether an authorization request needs a scope.
    fn wants_scope(&self) -> bool {
        false
    }

    /// Whether it accepts a token request with such headers.
    fn reads(&self, _: &HeaderMap) -> bool {
        true
    }

    /// The query that profile requests need.
    fn profile_query(&self) -> String {
        String::new()
    }

    /// The error response to an API request without something that every such request needs.
    fn turns_away(&self, _: &HeaderMap, _: &Uri) -> Option<(StatusCode, Value)> {
        None
    }

    /// Id and secret.
    fn client(&self) -> (&'static str, &'static str);

    /// The lifetime of a code (RFC 6749, 4.1.2: at most ten minutes).
    fn code_lifetime(&self) -> Duration {
        Duration::from_secs(10 * 60)
    }

    fn token_lifetime(&self) -> Duration {
        Duration::from_secs(60 * 60)
    }

    /// The login page's note about a person.
    fn note(&self, _: &Person) -> &'static str {
        "everything in order"
    }

    /// Whether its page has a button to refuse access.
    fn can_be_denied(&self) -> bool {
        true
    }

    fn routes(&self) -> Router<Arc<Provider>> {
        rfc6749::routes(&self.paths())
    }

    /// Adds middleware around its endpoints and all faults.
    fn guarded(&self, app: Router<Arc<Provider>>, _: &Arc<Provider>) -> Router<Arc<Provider>> {
        app
    }

    /// The challenge in an authorization request (RFC 7636, 4.3), or the error.
    fn challenge(&self, request: &Parameters) -> Result<Option<Challenge>, &'static str> {
        Challenge::read(request)
    }

    /// The response to an authorization request with a wrong redirect URI or an unknown client: the person is not
    /// redirected (RFC 6749, 4.1.2.1).
    fn cannot_send_back(&self, _: &Provider, _: &Parameters, refusal: Refusal) -> Response {
        self.answer(&HeaderMap::new(), self.refusal(refusal))
    }

    /// The error response if the person refuses access.
    fn denial(&self) -> Vec<(&'static str, &'static str)> {
        vec![("error", "access_denied")]
    }

    /// Whether `response_type` and `grant_type` are required; one value of each is supported.
    fn wants_types(&self) -> bool {
        true
    }

    /// Whether access tokens expire; renewable ones always do.
    fn tokens_end(&self) -> bool {
        true
    }

    /// Whether a login with this authorization request gets a refresh token.
    fn gives_refresh_token(&self, _: &Parameters) -> bool {
        true
    }

    /// Whether it accepts refresh tokens.
    fn takes_refresh_tokens(&self) -> bool {
        true
    }

    fn renewal(&self) -> Renewal {
        Renewal::Keeps
    }

    /// Whether a renewal revokes earlier access tokens.
    fn renewal_ends_access_tokens(&self) -> bool {
        false
    }

    /// The lifetime of a refresh token, if it expires.
    fn refresh_lifetime(&self) -> Option<Duration> {
        None
    }

    /// A new refresh token.
    fn refresh_token(&self) -> String {
        random_name(60)
    }

    /// The response to a successful token request (RFC 6749, 5.1).
    fn token(&self, granted: &Granted) -> Value {
        granted.answer()
    }

    /// Whether the client has to authenticate to revoke a token (RFC 7009, 2.1).
    fn revocation_wants_secret(&self) -> bool {
        true
    }

    /// The error response to a revocation (RFC 7009, 2.2.1).
    fn revocation_refusal(&self, refusal: Refusal) -> (StatusCode, Value) {
        self.refusal(refusal)
    }

    /// The response to the revocation of an unknown token, if it differs from that for other tokens (RFC 7009, 2.2).
    fn unknown_token(&self) -> Option<(StatusCode, Value)> {
        None
    }

    /// The error response to a token request (RFC 6749, 5.2).
    fn refusal(&self, refusal: Refusal) -> (StatusCode, Value) {
        rfc6749::refusal(refusal)
    }

    /// Serializes a response of the token endpoint.
    fn answer(&self, _: &HeaderMap, (status, members): (StatusCode, Value)) -> Response {
        (status, [("cache-control", "no-store")], axum::Json(members)).into_response()
    }

    /// An error response that a fault requests.
    fn refuse(&self, refusal: Refusal) -> Response {
        self.answer(&HeaderMap::new(), self.refusal(refusal))
    }

    /// A new access token.
    fn issue_token(&self, provider: &Provider, person: &Person, until: Option<Duration>) -> String {
        jwt::sign(provider.service, person.id, until, Some(&random_name(16)))
    }

    /// The person to whom an access token belongs, even if it is revoked.
    fn holder(&self, provider: &Provider, token: &str) -> Option<&'static Person> {
        jwt::verify(provider.service, token, provider.clock.now()).and_then(Person::by_id)
    }

    /// Whether its profile endpoint has CORS headers.
    fn lets_pages_ask(&self) -> bool {
        true
    }

    /// The person's profile (OpenID Connect Core 1.0, 5.3.2).
    fn profile(&self, person: &Person, url: &str) -> Value {
        json!({ "sub": person.id.to_string(), "name": person.username, "picture": person.avatar(url) })
    }

    /// The response to an invalid token (RFC 6750, 3.1).
    fn unauthorized(&self) -> (StatusCode, Value) {
        (StatusCode::UNAUTHORIZED, json!({ "error": "invalid_token" }))
    }

    /// An error with this status.
    fn failure(&self, status: StatusCode) -> Response {
        let message = status.canonical_reason().unwrap_or("Fault of the emulator");
        (status, axum::Json(json!({ "message": message }))).into_response()
    }

    /// The response to too many requests.
    fn busy(&self, _: &Provider) -> Response {
        self.failure(StatusCode::TOO_MANY_REQUESTS)
    }
}
