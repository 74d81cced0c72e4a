//! The answer to an exchange as RFC 6749 has it: a token or a refusal, never both, and every member that is read of it
//! there once and of its type.

use shared::jwt::Expiry;
use shared::provider::{self, ClientFault, ExchangeError};
use shared::token::MAX_EXPIRES_IN;

use super::expiry;
use super::json::{self, Json};

const NOW: u64 = 1_700_000_000;
const STATUSES: [u16; 8] = [200, 199, 201, 302, 400, 401, 403, 500];

/// Everything that RFC 6749, 5 names.
const MEMBERS: [&str; 9] = [
    "access_token",
    "token_type",
    "expires_in",
    "error",
    "error_description",
    "error_uri",
    "scope",
    "refresh_token",
    "id_token",
];

/// What came of it: the token and its end, or who is at fault. What the log would say is left out.
type Outcome = Result<(String, Option<u64>), Option<ExchangeError>>;

/// Reads any body as an answer of a provider that only answers, and of one whose tokens say when they end, under each
/// HTTP status.
pub fn check(data: &[u8]) {
    let body = json::read(data);
    let answer = body.as_ref().and_then(Answer::of);
    for status in STATUSES {
        let wanted = answer.as_ref().map_or(Err(None), |answer| answer.outcome(status));
        assert_eq!(read("oauth2", status, data), wanted, "HTTP {status}");
        assert_eq!(read("anilist", status, data), wanted.and_then(with_its_own_end), "HTTP {status}");
    }
}

fn read(id: &str, status: u16, data: &[u8]) -> Outcome {
    let endpoint = provider::token_endpoint(id).expect("it is there");
    match endpoint.answer(status, data, NOW) {
        Ok(token) => {
            expiry::believed(&token);
            Ok((token.access_token.expose().to_owned(), token.expires_in))
        }
        Err(ExchangeError::BadResponse(_)) => Err(None),
        Err(error) => Err(Some(error)),
    }
}

fn with_its_own_end((token, expires_in): (String, Option<u64>)) -> Outcome {
    let left = match expiry::agreed(&token) {
        _ if expires_in.is_some() => return Ok((token, expires_in)),
        Expiry::Unknown => return Ok((token, None)),
        Expiry::Unreadable => return Err(None),
        Expiry::At(exp) => exp - NOW as f64,
    };
    if (1.0..=MAX_EXPIRES_IN as f64).contains(&left) { Ok((token, Some(left as u64))) } else { Err(None) }
}

/// The members of their types.
struct Answer {
    token: Option<String>,
    token_type: Option<String>,
    expires_in: Option<u64>,
    error: Option<String>,
}

impl Answer {
    fn of(body: &Json<'_>) -> Option<Self> {
        let members = body.members()?;
        for name in MEMBERS {
            json::single(&members, name)?;
        }
        let text = |name| match json::single(&members, name)? {
            None | Some(Json::Null) => Some(None),
            Some(value) => value.text().map(Some),
        };
        let expires_in = match json::single(&members, "expires_in")? {
            Some(value) => Some(value.whole()?),
            None => None,
        };
        Some(Self { token: text("access_token")?, token_type: text("token_type")?, expires_in, error: text("error")? })
    }

    fn outcome(&self, status: u16) -> Outcome {
        match (status, &self.token, self.error.as_deref()) {
            (200, Some(token), None) => {
                let lower = |name: &String| name.chars().map(|c| c.to_ascii_lowercase()).collect::<Vec<_>>();
                let is_bearer = self.token_type.as_ref().map(lower) == Some("bearer".chars().collect());
                let is_good = !token.is_empty() && token.chars().all(|c| ('!'..='~').contains(&c));
                let ends = self.expires_in.is_none_or(|seconds| (1..=MAX_EXPIRES_IN).contains(&seconds));
                if is_bearer && is_good && ends { Ok((token.clone(), self.expires_in)) } else { Err(None) }
            }
            (200 | 400 | 401, None, Some(error)) => Err(match error {
                "invalid_grant" | "bad_verification_code" => Some(ExchangeError::InvalidCode),
                "invalid_client" | "incorrect_client_credentials" => {
                    Some(ExchangeError::ClientRefused(ClientFault::Credentials))
                }
                "unauthorized_client" => Some(ExchangeError::ClientRefused(ClientFault::Grant)),
                "redirect_uri_mismatch" => Some(ExchangeError::ClientRefused(ClientFault::RedirectUri)),
                _ => None,
            }),
            _ => Err(None),
        }
    }
}
