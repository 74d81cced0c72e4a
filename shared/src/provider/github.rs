//! GitHub, for OAuth apps and GitHub Apps alike ("Authorizing OAuth apps",
//! <https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps>).
//!
//! It takes the client's id and secret in the body, and answers in JSON where `Accept` asks for it, refusals with HTTP 200
//! and with names of its own: `bad_verification_code`, `incorrect_client_credentials`, `redirect_uri_mismatch`
//! ("Troubleshooting OAuth app access token request errors", in the same documentation). Of PKCE it takes S256 alone
//! (<https://github.blog/changelog/2025-07-14-pkce-support-for-oauth-and-github-app-authentication/>). An OAuth app's
//! token says nothing of its end, a GitHub App's has `expires_in`. Who has logged in is asked for without any scope.
//! Browsers may ask (`Access-Control-Allow-Origin: *`; "Using CORS and JSONP to make cross-origin requests").

use super::{ClientAuth, Preset, ProfileEndpoint, TokenEndpoint};
use crate::pkce::Method;

pub(super) const ID: &str = "github";

/// `GET /user`. Not everybody has told their name.
pub(super) const PROFILE: ProfileEndpoint =
    ProfileEndpoint { names: &["name", "login"], avatar: &["avatar_url"], ..ProfileEndpoint::OPENID };

/// The provider GitHub.
pub(super) struct GitHub;

impl TokenEndpoint for GitHub {
    fn id(&self) -> &'static str {
        ID
    }

    fn preset(&self) -> Preset {
        Preset {
            name: Some("GitHub"),
            authorize_url: Some("https://github.com/login/oauth/authorize"),
            token_url: Some("https://github.com/login/oauth/access_token"),
            profile_url: Some("https://api.github.com/user"),
            client_auth: &[ClientAuth::Post],
            // Servers of a company's own learned it later than github.com.
            pkce: &[Some(Method::S256), None],
            takes_scope: true,
            sends_issuer: true,
        }
    }
}
