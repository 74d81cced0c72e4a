//! Auth0 (<https://auth0.com/docs/api/authentication>). The base URL is `https://` and a tenant's domain.
//!
//! The app's "Token Endpoint Authentication Method" is Post unless it was changed. The profile needs the scope `openid`
//! (<https://auth0.com/docs/api/authentication/user-profile/get-user-info>). It does not announce `iss`. Revoking a refresh
//! token deletes the person's whole grant, so none is revoked. A wrong code is HTTP 403
//! (<https://community.auth0.com/t/authorisation-code-flow-error-403/73029>), a wrong secret `access_denied` with 401
//! (<https://github.com/auth0/nextjs-auth0/issues/66>).

use crate::pkce::Method;
use crate::provider::{BaseUrl, ClientAuth, Preset, Scope};

/// Auth0. Its profile is OpenID Connect's.
pub(super) static PRESET: Preset = Preset {
    id: "auth0",
    name: Some("Auth0"),
    base_url: BaseUrl::Required("https://TENANT.eu.auth0.com"),
    authorize_url: Some("{base}/authorize"),
    token_url: Some("{base}/oauth/token"),
    profile_url: Some("{base}/userinfo"),
    logout_url: Some("{base}/v2/logout"),
    client_auth: &[ClientAuth::Post, ClientAuth::Basic],
    pkce: &[Some(Method::S256), Some(Method::Plain), None],
    scope: Scope::Default("openid profile"),
    ..Preset::OAUTH2
};
