//! What differs from service to service, one file each. What one does not say for itself is as RFC 6749 has it.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use serde_json::{Value, json};

use super::aniapi::AniApi;
use super::fault::Endpoint;
use super::parameters::Parameters;
use super::people::Person;
use super::provider::{Issued, Provider};
use super::refusal::Refusal;
use super::{jwt, rfc6749, services};
use rfc6749::pkce::Challenge;

/// A service that can be stood in for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "their names say it")]
pub enum Service {
    AniApi,
    AniList,
    Annict,
    Auth0,
    Bangumi,
    Discord,
    GitHub,
    GitLab,
    Google,
    Keycloak,
    Microsoft,
    MyAnimeList,
    Shikimori,
    Simkl,
    Spotify,
    Trakt,
    Twitch,
    /// Any that follows RFC 6749, with PKCE and OpenID's UserInfo.
    OAuth2,
}

impl Service {
    /// All there are, in the order of the presets.
    pub const ALL: [Self; 18] = [
        Self::AniApi,
        Self::AniList,
        Self::Annict,
        Self::Auth0,
        Self::Bangumi,
        Self::Discord,
        Self::GitHub,
        Self::GitLab,
        Self::Google,
        Self::Keycloak,
        Self::Microsoft,
        Self::MyAnimeList,
        Self::Shikimori,
        Self::Simkl,
        Self::Spotify,
        Self::Trakt,
        Self::Twitch,
        Self::OAuth2,
    ];

    /// The one that the preset of that name is for.
    pub fn of_preset(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|service| service.id() == id)
    }

    /// The name of its preset, as in `OAUTH_PROVIDER`.
    pub fn id(self) -> &'static str {
        self.ways().id()
    }

    /// What people call it.
    pub fn name(self) -> &'static str {
        self.ways().name()
    }

    /// The registered client's id and secret; both public.
    pub fn client(self) -> (&'static str, &'static str) {
        self.ways().client()
    }

    /// Whether a page may ask it who has logged in.
    pub fn lets_pages_ask(self) -> bool {
        self.ways().lets_pages_ask()
    }

    pub(super) fn ways(self) -> &'static dyn Ways {
        match self {
            Self::AniApi => &AniApi,
            Self::AniList => &services::anilist::AniList,
            Self::Annict => &services::annict::Annict,
            Self::Auth0 => &services::auth0::Auth0,
            Self::Bangumi => &services::bangumi::Bangumi,
            Self::Discord => &services::discord::Discord,
            Self::GitHub => &services::github::GitHub,
            Self::GitLab => &services::gitlab::GitLab,
            Self::Google => &services::google::Google,
            Self::Keycloak => &services::keycloak::Keycloak,
            Self::Microsoft => &services::microsoft::Microsoft,
            Self::MyAnimeList => &services::myanimelist::MyAnimeList,
            Self::Shikimori => &services::shikimori::Shikimori,
            Self::Simkl => &services::simkl::Simkl,
            Self::Spotify => &services::spotify::Spotify,
            Self::Trakt => &services::trakt::Trakt,
            Self::Twitch => &services::twitch::Twitch,
            Self::OAuth2 => &services::oauth2::OAuth2,
        }
    }
}

/// How a service speaks.
pub(super) trait Ways: Sync {
    fn id(&self) -> &'static str;
    fn name(&self) -> &'static str;
    fn path(&self, at: Endpoint) -> &'static str;

    /// What its paths begin with, if it is one of many servers of its kind.
    fn base_path(&self) -> Option<&'static str> {
        None
    }

    /// The name that it puts into its callbacks (RFC 9207), if it is at that address.
    fn issuer(&self, _url: &str) -> Option<String> {
        None
    }

    /// Whether a request for authorization needs a scope.
    fn wants_scope(&self) -> bool {
        false
    }

    /// Whether it reads a token request with such headers at all.
    fn reads(&self, _: &HeaderMap) -> bool {
        true
    }

    /// What a request for the profile needs in its query.
    fn profile_query(&self) -> String {
        String::new()
    }

    /// The answer to a request for the profile that lacks what every request needs there.
    fn turns_away(&self, _: &HeaderMap, _: &Uri) -> Option<(StatusCode, Value)> {
        None
    }

    /// Id and secret.
    fn client(&self) -> (&'static str, &'static str);

    /// How long a code is good (RFC 6749, 4.1.2: ten minutes at most).
    fn code_lifetime(&self) -> Duration {
        Duration::from_secs(10 * 60)
    }

    fn token_lifetime(&self) -> Duration {
        Duration::from_secs(60 * 60)
    }

    /// What the login page says of a person.
    fn note(&self, _: &Person) -> &'static str {
        "everything in order"
    }

    /// Whether its page has a button to say no.
    fn can_be_denied(&self) -> bool {
        true
    }

    fn routes(&self) -> Router<Arc<Provider>> {
        rfc6749::routes(self.path(Endpoint::Authorize), self.path(Endpoint::Token), self.path(Endpoint::Profile))
    }

    /// What stands before its endpoints, and before every fault.
    fn guarded(&self, app: Router<Arc<Provider>>, _: &Arc<Provider>) -> Router<Arc<Provider>> {
        app
    }

    /// The challenge in an authorization request (RFC 7636, 4.3), or what is wrong with it.
    fn challenge(&self, request: &Parameters) -> Result<Option<Challenge>, &'static str> {
        Challenge::read(request)
    }

    /// The answer to a request for the login page that names another redirect address, or a client that nobody knows:
    /// the person goes nowhere (RFC 6749, 4.1.2.1).
    fn cannot_send_back(&self, _: &Provider, _: &Parameters, refusal: Refusal) -> Response {
        self.answer(&HeaderMap::new(), self.refusal(refusal))
    }

    /// What the callback says where the person has said no.
    fn denial(&self) -> Vec<(&'static str, &'static str)> {
        vec![("error", "access_denied")]
    }

    /// Whether `response_type` and `grant_type` must be there, of which it knows one each.
    fn wants_types(&self) -> bool {
        true
    }

    /// The answer to a good exchange (RFC 6749, 5.1).
    fn token(&self, provider: &Provider, issued: &Issued) -> Value {
        json!({
            "token_type": "Bearer",
            "expires_in": provider.token_lifetime.as_secs(),
            "access_token": provider.issue_token(issued.person),
            "refresh_token": provider.issue_refresh_token(),
        })
    }

    /// The answer to one that is refused (RFC 6749, 5.2).
    fn refusal(&self, refusal: Refusal) -> (StatusCode, Value) {
        rfc6749::refusal(refusal)
    }

    /// Puts an answer of the token endpoint into words.
    fn answer(&self, _: &HeaderMap, (status, members): (StatusCode, Value)) -> Response {
        (status, [("cache-control", "no-store")], axum::Json(members)).into_response()
    }

    /// A refusal as a fault shows it.
    fn refuse(&self, refusal: Refusal) -> Response {
        self.answer(&HeaderMap::new(), self.refusal(refusal))
    }

    /// A fresh access token.
    fn issue_token(&self, provider: &Provider, person: &Person, until: Duration) -> String {
        jwt::sign(provider.service, person.id, until)
    }

    /// Whose an access token is.
    fn holder(&self, provider: &Provider, token: &str) -> Option<&'static Person> {
        jwt::verify(provider.service, token, provider.clock.now()).and_then(Person::by_id)
    }

    /// Whether its profile address has CORS headers.
    fn lets_pages_ask(&self) -> bool {
        true
    }

    /// Who it is (OpenID Connect Core 1.0, 5.3.2).
    fn profile(&self, person: &Person, url: &str) -> Value {
        json!({ "sub": person.id.to_string(), "name": person.username, "picture": person.avatar(url) })
    }

    /// The answer to a token that is not good (RFC 6750, 3.1).
    fn unauthorized(&self) -> (StatusCode, Value) {
        (StatusCode::UNAUTHORIZED, json!({ "error": "invalid_token" }))
    }

    /// A failure with that status.
    fn failure(&self, status: StatusCode) -> Response {
        let message = status.canonical_reason().unwrap_or("As a fault of the emulator");
        (status, axum::Json(json!({ "message": message }))).into_response()
    }

    /// That there were too many requests.
    fn busy(&self, _: &Provider) -> Response {
        self.failure(StatusCode::TOO_MANY_REQUESTS)
    }
}
