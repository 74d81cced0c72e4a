//! The errors of the PHP League's OAuth 2.0 server
//! (<https://github.com/thephpleague/oauth2-server/blob/7.4.0/src/Exception/OAuthServerException.php>), which AniList
//! and MyAnimeList use. Its codes are encrypted, so a code that it did not issue makes the request malformed.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::refusal::Refusal;
use crate::rfc6749;

pub(super) fn refusal(refusal: Refusal) -> (StatusCode, Value) {
    let (status, error, message, hint) = match refusal {
        Refusal::MissingField => {
            (StatusCode::BAD_REQUEST, "invalid_request", REQUEST, Some("Check the `code` parameter"))
        }
        Refusal::CodeNotValid => {
            (StatusCode::BAD_REQUEST, "invalid_request", REQUEST, Some("Cannot decrypt the authorization code"))
        }
        // It does not distinguish a wrong secret, an unknown client and a wrong redirect URI.
        Refusal::ClientNotFound | Refusal::SecretMismatch | Refusal::RedirectMismatch => {
            (StatusCode::UNAUTHORIZED, "invalid_client", "Client authentication failed", None)
        }
        Refusal::RefreshTokenNotValid => {
            let message = "The refresh token is invalid.";
            (StatusCode::UNAUTHORIZED, "invalid_request", message, Some("Token has been revoked"))
        }
        Refusal::GrantTypeUnsupported => {
            let message = "The authorization grant type is not supported by the authorization server.";
            (StatusCode::BAD_REQUEST, "unsupported_grant_type", message, Some("Check the `grant_type` parameter"))
        }
        Refusal::SomethingBad => return rfc6749::refusal(refusal),
    };
    let mut answer = json!({ "error": error, "message": message });
    if let Some(hint) = hint {
        answer["hint"] = hint.into();
    }
    (status, answer)
}

const REQUEST: &str = "The request is missing a required parameter, includes an invalid parameter value, includes a parameter \
                       more than once, or is otherwise malformed.";
