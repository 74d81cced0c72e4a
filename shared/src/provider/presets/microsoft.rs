//! Microsoft, the v2.0 endpoints of Entra ID
//! (<https://learn.microsoft.com/en-us/entra/identity-platform/v2-oauth2-auth-code-flow>).
//!
//! The base URL decides who may log in: `common` is everyone, `organizations` work and school accounts, `consumers`
//! personal accounts, and a tenant ID the accounts of that tenant. Register the redirect URI for the platform "Web"
//! (<https://learn.microsoft.com/en-us/entra/identity-platform/reply-url>). Callbacks carry no `iss`. The name comes
//! from Graph (<https://learn.microsoft.com/en-us/graph/api/user-get>), as in Microsoft's own libraries for single-page
//! apps. The picture can only be downloaded with the token, so none is shown. There is no revocation endpoint. A
//! refresh token requires the scope `offline_access`
//! (<https://learn.microsoft.com/en-us/entra/identity-platform/scopes-oidc>).

use crate::pkce::Method;
use crate::provider::{AskToRenew, BaseUrl, ClientAuth, Issuer, Preset, ProfileConfig, Scope};

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
    choose_account: Some("prompt=select_account"),
    issuer: Issuer::Configurable,
    client_auth: &[ClientAuth::Post, ClientAuth::Basic],
    pkce: &[Some(Method::S256), Some(Method::Plain), None],
    scope: Scope::Default("User.Read"),
    ask_to_renew: AskToRenew { parameters: &[], scope: Some("offline_access") },
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
