//! Auth0 (<https://auth0.com/docs/api/authentication>). The base URL is `https://` followed by a tenant's domain.
//!
//! The default of the app's "Token Endpoint Authentication Method" is Post. The profile requires the scope `openid`
//! (<https://auth0.com/docs/api/authentication/user-profile/get-user-info>). Auth0 does not advertise `iss`. In
//! older tenants, revoking a refresh token deletes the person's entire grant, so none is revoked
//! (<https://auth0.com/docs/secure/tokens/refresh-tokens/revoke-refresh-tokens>). The scope `offline_access` requests
//! one (<https://auth0.com/docs/secure/tokens/refresh-tokens/get-refresh-tokens>). An invalid code is HTTP 403
//! (<https://community.auth0.com/t/authorisation-code-flow-error-403/73029>), a wrong secret is `access_denied` with
//! 401 (<https://github.com/auth0/nextjs-auth0/issues/66>).

use crate::pkce::Method;
use crate::provider::{AskToRenew, BaseUrl, ClientAuth, Preset, Scope};

/// Auth0. Its profile is OpenID Connect's.
pub(super) static PRESET: Preset = Preset {
    id: "auth0",
    name: Some("Auth0"),
    base_url: BaseUrl::Required("https://TENANT.eu.auth0.com"),
    authorize_url: Some("{base}/authorize"),
    token_url: Some("{base}/oauth/token"),
    profile_url: Some("{base}/userinfo"),
    logout_url: Some("{base}/v2/logout"),
    choose_account: Some("prompt=login"),
    client_auth: &[ClientAuth::Post, ClientAuth::Basic],
    pkce: &[Some(Method::S256), Some(Method::Plain), None],
    scope: Scope::Default("openid profile"),
    ask_to_renew: AskToRenew { parameters: &[], scope: Some("offline_access") },
    ..Preset::OAUTH2
};
