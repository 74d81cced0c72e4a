//! Reading the response of a token endpoint (RFC 6749, 5). Real servers deviate from the RFC. A login must not fail
//! because of a harmless deviation, and the operator must learn what is wrong. What could be misread is rejected:
//! duplicate members, a token together with an error, text that is not JSON, a token that cannot be sent.

use alloc::borrow::ToOwned;
use alloc::string::String;
use core::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::Rfc6749;
use crate::json;
use crate::jwt::Expiry;
use crate::provider::{ClientFault, ExchangeError, Token};
use crate::secret::{AccessToken, RefreshToken};
use crate::token::MAX_EXPIRES_IN;

/// The grant of a token request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum GrantType {
    /// An authorization code (RFC 6749, 4.1.3).
    Code,
    /// A refresh token (RFC 6749, 6).
    RefreshToken,
}

/// The meaning of an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::provider) enum Meaning {
    /// The code is not valid, or no longer valid.
    Code,
    /// The provider rejects this part of the client's registration or request.
    Client(ClientFault),
}

/// The error codes for an invalid authorization code: RFC 6749, 5.2; GitHub ("Troubleshooting OAuth app access token
/// request errors"); Slack (`oauth.v2.access`).
const CODE: [&str; 3] = ["invalid_grant", "bad_verification_code", "invalid_code"];

/// Additional error codes for an invalid refresh token: GitHub ("Refreshing user access tokens"); Slack
/// (`oauth.v2.access`).
const REFRESH_TOKEN: [&str; 2] = ["bad_refresh_token", "invalid_refresh_token"];

/// The error codes for a rejected registration or request, and the possible causes: RFC 6749, 5.2, GitHub and Slack as
/// above.
const CLIENT: [(&str, ClientFault); 9] = [
    ("invalid_client", ClientFault::CREDENTIALS),
    ("incorrect_client_credentials", ClientFault::CREDENTIALS),
    ("invalid_client_id", ClientFault::ID),
    ("bad_client_secret", ClientFault::SECRET),
    // Entra ID also reports an unknown client ID with this code (AADSTS700016).
    ("unauthorized_client", ClientFault::GRANT.or(ClientFault::ID)),
    ("redirect_uri_mismatch", ClientFault::REDIRECT_URI),
    ("invalid_request", ClientFault::REDIRECT_URI.or(ClientFault::AUTH).or(ClientFault::PKCE)),
    ("invalid_scope", ClientFault::SCOPE),
    ("unsupported_grant_type", ClientFault::TOKEN_URL),
];

/// Error codes without a meaning for an exchange that are still useful in the log: RFC 6749, 4.1.2.1; RFC 6750, 3.1;
/// RFC 7009, 2.2.1.
const OTHERS: [&str; 5] =
    ["access_denied", "server_error", "temporarily_unavailable", "invalid_token", "unsupported_token_type"];

/// The error code of a response, for the log: one of the known codes, or `other`. Text from the server is never logged.
pub(in crate::provider) fn error_code(body: &[u8]) -> Option<&'static str> {
    let answer: Answer = json::object(without_mark(body)).ok()?;
    if answer.error.is_empty {
        return None;
    }
    let code = answer.error.code.unwrap_or_default();
    let is_it = |known: &&str| code == *known || code.strip_prefix(known).is_some_and(|rest| rest.starts_with(": "));
    let known = CODE.into_iter().chain(REFRESH_TOKEN).chain(CLIENT.map(|(known, _)| known)).chain(OTHERS);
    Some(known.into_iter().find(is_it).unwrap_or("other"))
}

/// Removes a byte order mark. It is not JSON, but a parser may ignore it (RFC 8259, 8.1).
fn without_mark(body: &[u8]) -> &[u8] {
    body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body)
}

/// Reads the response with that HTTP status. `now` is in seconds since the Unix epoch.
///
/// # Errors
/// If there is no token. The error names the party at fault.
pub(super) fn read(
    grant_type: GrantType,
    status: u16,
    body: &[u8],
    now: u64,
    server: Rfc6749,
) -> Result<Token, ExchangeError> {
    if (300..400).contains(&status) {
        return Err(ExchangeError::BadResponse("the token endpoint redirects, so OAUTH_TOKEN_URL is not its URL"));
    }
    let body = without_mark(body);
    let answer: Answer = match json::object(body) {
        Ok(answer) => answer,
        // An error with an empty body or in HTML. An object that cannot be parsed is not treated as such an error.
        Err(_) if matches!(status, 401 | 403) && !body.trim_ascii_start().starts_with(b"{") => {
            return Err(refusal(status, None));
        }
        Err(_) => return Err(ExchangeError::BadResponse("not a response of RFC 6749, 5")),
    };
    let is_refused = !answer.error.is_empty || answer.ok.is_false;
    let meaning = answer.meaning(grant_type, server);
    match (status, answer.access_token) {
        (200..300, Some(token)) if !is_refused => {
            let token = believe(token, answer.token_type.as_deref(), answer.expires_in, now)?;
            Ok(Token { refresh_token: answer.refresh_token, ..token })
        }
        (_, Some(_)) if is_refused => Err(ExchangeError::BadResponse("there are both a token and an error")),
        (_, Some(_)) => Err(ExchangeError::BadResponse("there is a token, but the HTTP status is not 2xx")),
        (200..300, None) if !is_refused => Err(ExchangeError::BadResponse("there is neither a token nor an error")),
        (200..300 | 400..500, None) => Err(refusal(status, meaning)),
        (500.., None) if meaning == Some(Meaning::Code) => Err(ExchangeError::InvalidCode),
        (_, None) => Err(ExchangeError::BadResponse("an unexpected HTTP status")),
    }
}

/// Checks a token. Its type is required and case-insensitive (RFC 6749, 5.1), but some servers omit it.
fn believe(
    token: AccessToken,
    token_type: Option<&str>,
    expires_in: Option<u64>,
    now: u64,
) -> Result<Token, ExchangeError> {
    if !token_type.is_none_or(|name| name.eq_ignore_ascii_case("bearer")) {
        return Err(ExchangeError::BadResponse("the token is not of the type Bearer"));
    }
    let expiry = expires_in.map_or(Expiry::Unknown, |seconds| Expiry::At(now.saturating_add(seconds) as f64));
    Token::new(token, expiry, now)
}

/// The error for a meaning, which names the party at fault.
fn refusal(status: u16, meaning: Option<Meaning>) -> ExchangeError {
    match (status, meaning) {
        (_, Some(Meaning::Code)) => ExchangeError::InvalidCode,
        // Whatever the error code, a 401 is about the client's credentials (RFC 9110, 15.5.2).
        (401, Some(Meaning::Client(fault))) => ExchangeError::ClientRefused(fault.or(ClientFault::SECRET)),
        (_, Some(Meaning::Client(fault))) => ExchangeError::ClientRefused(fault),
        (401 | 403, None) => ExchangeError::ClientRefused(ClientFault::CREDENTIALS),
        (_, None) => ExchangeError::BadResponse("an unknown error"),
    }
}

/// A token or an error; the caller checks that it is not both. The unused members are declared so that duplicates are
/// rejected.
#[derive(Deserialize)]
#[expect(dead_code, reason = "read only to reject duplicates")]
struct Answer {
    #[serde(default, deserialize_with = "token")]
    access_token: Option<AccessToken>,
    #[serde(default, deserialize_with = "present")]
    token_type: Option<String>,
    #[serde(default, deserialize_with = "seconds")]
    expires_in: Option<u64>,
    #[serde(default)]
    error: Error,
    #[serde(default)]
    ok: Value,
    error_description: Option<IgnoredAny>,
    error_uri: Option<IgnoredAny>,
    scope: Option<IgnoredAny>,
    #[serde(default, deserialize_with = "refresh_token")]
    refresh_token: Option<RefreshToken>,
    id_token: Option<IgnoredAny>,
    #[serde(default)]
    message: Value,
}

impl Answer {
    /// The meaning of the error, if it is known.
    fn meaning(&self, grant_type: GrantType, server: Rfc6749) -> Option<Meaning> {
        let message = self.message.text.as_deref();
        if let Some((_, meaning)) = server.messages.iter().find(|(known, _)| Some(*known) == message) {
            return Some(*meaning);
        }
        let code = self.error.code.as_deref()?;
        // Some servers append a reason after a colon.
        let code =
            code.split_once(": ").map_or(code, |(first, _)| if first == "invalid_client" { first } else { code });
        if (grant_type == GrantType::RefreshToken && REFRESH_TOKEN.contains(&code))
            || CODE.contains(&code)
            || (server.invalid_request_means_code && code == "invalid_request")
        {
            return Some(Meaning::Code);
        }
        CLIENT.iter().find(|(known, _)| *known == code).map(|(_, fault)| Meaning::Client(*fault))
    }
}

/// An access token. Together with an error, some servers send `null` or an empty string; only `null` counts as no
/// token.
fn token<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<AccessToken>, D::Error> {
    Option::deserialize(deserializer)
}

/// A refresh token. If the member is absent, `null`, empty or of another type, there is none.
fn refresh_token<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<RefreshToken>, D::Error> {
    let value = Value::deserialize(deserializer)?;
    Ok(value.text.filter(|text| !text.is_empty()).map(RefreshToken::new))
}

/// A string, if the member is present. `null` is an error.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    String::deserialize(deserializer).map(Some)
}

/// Whole seconds, from a positive number or a string of one, up to ten years: PayPal, Azure AD B2C and others send a
/// string. With any other value, the expiry is unknown.
fn seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    Value::deserialize(deserializer).map(|value| value.seconds.filter(|seconds| (1..=MAX_EXPIRES_IN).contains(seconds)))
}

/// The member `error`: a string (RFC 6749, 5.2), or on some servers a number or an object.
struct Error {
    /// Whether there is no error: the member is absent, `null`, `""`, `0` or `false`.
    is_empty: bool,
    code: Option<String>,
}

impl Default for Error {
    fn default() -> Self {
        Self { is_empty: true, code: None }
    }
}

impl<'de> Deserialize<'de> for Error {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Value::deserialize(deserializer).map(|value| Self { is_empty: value.is_empty, code: value.text.or(value.code) })
    }
}

/// What this module needs to know about a JSON value of any type.
#[derive(Default)]
struct Value {
    is_empty: bool,
    is_false: bool,
    text: Option<String>,
    /// The member `code` of an object, or else its member `type`.
    code: Option<String>,
    seconds: Option<u64>,
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Anything)
    }
}

struct Anything;

impl<'de> Visitor<'de> for Anything {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value { is_empty: true, ..Value::default() })
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value { is_empty: !value, is_false: !value, ..Value::default() })
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value { is_empty: value == 0, seconds: Some(value), ..Value::default() })
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value { is_empty: value == 0, ..Value::default() })
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        // A number too large for an integer is over ten years, which the caller rejects. Less than a second is ignored.
        Ok(Value { is_empty: value == 0.0, seconds: (value >= 1.0).then_some(value as u64), ..Value::default() })
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        let is_number = value.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        let number = value.parse::<f64>().ok().filter(|number| is_number && *number >= 1.0);
        let seconds = number.map(|number| number as u64);
        Ok(Value { is_empty: value.is_empty(), text: Some(value.to_owned()), seconds, ..Value::default() })
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Value::default())
    }

    /// Reads the error code from an object's member `code` or `type`.
    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let (mut code, mut kind) = (None, None);
        while let Some(name) = members.next_key::<String>()? {
            match &*name {
                "code" => code = members.next_value::<Value>()?.text,
                "type" => kind = members.next_value::<Value>()?.text,
                _ => drop(members.next_value::<IgnoredAny>()?),
            }
        }
        Ok(Value { code: code.or(kind), ..Value::default() })
    }
}
