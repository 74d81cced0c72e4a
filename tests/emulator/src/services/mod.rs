//! The services that answer as RFC 6749 has it, or nearly so: a file for each, with what it has of its own.

pub(super) mod anilist;
pub(super) mod annict;
pub(super) mod auth0;
pub(super) mod bangumi;
pub(super) mod discord;
mod doorkeeper;
pub(super) mod github;
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
