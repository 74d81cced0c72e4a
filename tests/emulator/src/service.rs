//! The services that can be emulated.

use super::aniapi::AniApi;
use super::behaviour::Behaviour;
use super::services;

/// A service that can be emulated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names of the services")]
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
    /// Any service that follows RFC 6749, with PKCE and OpenID Connect's UserInfo.
    OAuth2,
}

impl Service {
    /// All services, in the order of the presets.
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

    /// The service of the preset with this name.
    pub fn of_preset(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|service| service.id() == id)
    }

    /// The name of its preset, as in `OAUTH_PROVIDER`.
    pub fn id(self) -> &'static str {
        self.behaviour().id()
    }

    /// The service's display name.
    pub fn name(self) -> &'static str {
        self.behaviour().name()
    }

    /// The registered client's id and secret; both public.
    pub fn client(self) -> (&'static str, &'static str) {
        self.behaviour().client()
    }

    /// Whether pages may request the profile (CORS).
    pub fn lets_pages_ask(self) -> bool {
        self.behaviour().lets_pages_ask()
    }

    pub(super) fn behaviour(self) -> &'static dyn Behaviour {
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
