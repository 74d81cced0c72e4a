//! Microsoft (<https://learn.microsoft.com/en-us/entra/identity-platform/v2-oauth2-auth-code-flow>). A scope is
//! required. The description of an error has a number for the reason
//! (<https://github.com/OfficeDev/microsoft-365-agents-toolkit/issues/8621>,
//! <https://github.com/12Knocksinna/Office365itpros/issues/23>).

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::behaviour::Behaviour;
use crate::parameters::Parameters;
use crate::paths::Paths;
use crate::people::Person;
use crate::refusal::Refusal;
use crate::rfc6749;
use crate::tokens::Renewal;

pub(crate) struct Microsoft;

impl Behaviour for Microsoft {
    fn id(&self) -> &'static str {
        "microsoft"
    }

    fn name(&self) -> &'static str {
        "Microsoft"
    }

    fn base_path(&self) -> Option<&'static str> {
        Some("/common")
    }

    fn paths(&self) -> Paths {
        Paths {
            authorize: "/common/oauth2/v2.0/authorize",
            token: "/common/oauth2/v2.0/token",
            // At the real service it is on another host.
            profile: "/v1.0/me",
            log_out: Some("/common/oauth2/v2.0/logout"),
            api: "/v1.0",
            ..Paths::NONE
        }
    }

    fn client(&self) -> (&'static str, &'static str) {
        ("6731de76-14a6-49ae-97bc-6eba6914391e", "emulator~microsoft~secret")
    }

    fn wants_scope(&self) -> bool {
        true
    }

    fn gives_refresh_token(&self, request: &Parameters) -> bool {
        request.lists("scope", "offline_access")
    }

    /// <https://learn.microsoft.com/en-us/entra/identity-platform/refresh-tokens>: each use issues another refresh
    /// token, and does not revoke earlier ones.
    fn renewal(&self) -> Renewal {
        Renewal::Adds
    }

    fn refusal(&self, refusal: Refusal) -> (StatusCode, Value) {
        let (status, error, number) = match refusal {
            Refusal::ClientNotFound => (StatusCode::BAD_REQUEST, "unauthorized_client", 700_016),
            Refusal::SecretMismatch => (StatusCode::UNAUTHORIZED, "invalid_client", 7_000_215),
            Refusal::CodeNotValid | Refusal::RefreshTokenNotValid => (StatusCode::BAD_REQUEST, "invalid_grant", 70_000),
            refusal => return rfc6749::refusal(refusal),
        };
        let description = format!("AADSTS{number}: From the emulator.\r\nTrace ID: 0\r\nCorrelation ID: 0");
        (status, json!({ "error": error, "error_description": description, "error_codes": [number] }))
    }

    fn profile(&self, person: &Person, _: &str) -> Value {
        json!({ "displayName": person.username, "userPrincipalName": person.email, "id": person.id.to_string() })
    }

    fn unauthorized(&self) -> (StatusCode, Value) {
        (StatusCode::UNAUTHORIZED, json!({ "error": { "code": "InvalidAuthenticationToken" } }))
    }
}
