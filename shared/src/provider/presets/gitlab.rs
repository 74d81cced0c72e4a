//! GitLab, at gitlab.com or self-managed (<https://docs.gitlab.com/api/oauth2/>,
//! <https://docs.gitlab.com/integration/oauth_provider/>).
//!
//! The scopes must be selected in the app's registration. Browsers may request the profile (since 15.1, same page),
//! which is that of OpenID Connect (<https://docs.gitlab.com/integration/openid_connect_provider/>). The metadata does
//! not advertise `iss` (<https://gitlab.com/.well-known/oauth-authorization-server>).

use crate::pkce::Method;
use crate::provider::{BaseUrl, ClientAuth, Preset, Scope};

/// GitLab.
pub(super) static PRESET: Preset = Preset {
    id: "gitlab",
    name: Some("GitLab"),
    base_url: BaseUrl::Default("https://gitlab.com"),
    authorize_url: Some("{base}/oauth/authorize"),
    token_url: Some("{base}/oauth/token"),
    profile_url: Some("{base}/oauth/userinfo"),
    api_url: Some("{base}/api/v4"),
    revoke_url: Some("{base}/oauth/revoke"),
    client_auth: &[ClientAuth::Post, ClientAuth::Basic],
    pkce: &[Some(Method::S256), Some(Method::Plain), None],
    scope: Scope::Default("openid profile"),
    picture_origins: &["https://gitlab.com", "https://secure.gravatar.com"],
    ..Preset::OAUTH2
};
