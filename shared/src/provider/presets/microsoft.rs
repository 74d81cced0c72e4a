//! Microsoft, the endpoints 2.0 of Entra ID (<https://learn.microsoft.com/en-us/entra/identity-platform/v2-oauth2-auth-code-flow>).
//!
//! The base URL says who may log in: `common` is everyone, `organizations` work and school, `consumers` private accounts, and a
//! tenant's id only its own people. The redirect URI is registered for the platform "Web"
//! (<https://learn.microsoft.com/en-us/entra/identity-platform/reply-url>). Its callback has no `iss`. The name is asked for at
//! Graph (<https://learn.microsoft.com/en-us/graph/api/user-get>), as Microsoft's own libraries for single-page apps do; its
//! picture is bytes behind the token, so none is shown. There is no revocation endpoint.

use crate::pkce::Method;
use crate::provider::{BaseUrl, ClientAuth, Issuer, Preset, ProfileConfig, Scope};

/// Microsoft.
pub(super) static PRESET: Preset = Preset {
    id: "microsoft",
    name: Some("Microsoft"),
    base_url: BaseUrl::Default("https://login.microsoftonline.com/common"),
    authorize_url: Some("{base}/oauth2/v2.0/authorize"),
    token_url: Some("{base}/oauth2/v2.0/token"),
    profile_url: Some("https://graph.microsoft.com/v1.0/me"),
    api_url: Some("https://graph.microsoft.com/v1.0"),
    logout_url: Some("{base}/oauth2/v2.0/logout"),
    issuer: Issuer::Configurable,
    client_auth: &[ClientAuth::Post, ClientAuth::Basic],
    pkce: &[Some(Method::S256), Some(Method::Plain), None],
    scope: Scope::Default("User.Read"),
    profile,
    ..Preset::OAUTH2
};

fn profile() -> ProfileConfig {
    ProfileConfig {
        name: ["/displayName".into(), "/userPrincipalName".into()].into(),
        picture: None,
        ..ProfileConfig::openid()
    }
}
