//! The services that follow RFC 6749 entirely or mostly. Each file has the deviations of one service.

pub(super) mod anilist;
pub(super) mod annict;
pub(super) mod auth0;
pub(super) mod bangumi;
pub(super) mod discord;
mod doorkeeper;
pub(super) mod github;
mod github_revoke;
pub(super) mod gitlab;
pub(super) mod google;
pub(super) mod keycloak;
mod league;
pub(super) mod microsoft;
pub(super) mod myanimelist;
pub(super) mod oauth2;
pub(super) mod shikimori;
pub(super) mod simkl;
pub(super) mod spotify;
pub(super) mod trakt;
pub(super) mod twitch;
