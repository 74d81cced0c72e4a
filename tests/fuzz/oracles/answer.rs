//! The token response, as in RFC 6749 and with the deviations of real servers: it has either a token or an error, never
//! both, and every member that is read occurs only once.

use shared::jwt::Expiry;
use shared::provider::{self, ClientFault, ExchangeError};
use shared::token::MAX_EXPIRES_IN;

use super::expiry;
use super::json::{self, Json};

const NOW: u64 = 1_700_000_000;
const STATUSES: [u16; 9] = [200, 199, 201, 302, 400, 401, 403, 404, 500];

/// Every member in RFC 6749, 5, Slack's `ok`, and Twitch's `message`.
const MEMBERS: [&str; 11] = [
    "access_token",
    "token_type",
    "expires_in",
    "error",
    "error_description",
    "error_uri",
    "scope",
    "refresh_token",
    "id_token",
    "ok",
    "message",
];

/// The result: the token, its lifetime and its refresh token, or the party at fault. The details for the log are left
/// out.
type Outcome = Result<(String, Option<u64>, Option<String>), Option<ExchangeError>>;

/// Reads any body as a token response, of a provider without and of one with an expiry in its tokens, under each HTTP
/// status.
pub fn check(data: &[u8]) {
    let plain = data.strip_prefix("\u{feff}".as_bytes()).unwrap_or(data);
    let body = json::read(plain);
    let answer = body.as_ref().and_then(Answer::of);
    let is_object = plain.trim_ascii_start().first() == Some(&b'{');
    for status in STATUSES {
        let unread = match status {
            401 | 403 if !is_object => Err(Some(ExchangeError::ClientRefused(ClientFault::CREDENTIALS))),
            _ => Err(None),
        };
        for is_renewal in [false, true] {
            let wanted = |dialect| {
                let outcome = |answer: &Answer| answer.outcome(status, dialect, is_renewal);
                answer.as_ref().map_or_else(|| unread.clone(), outcome)
            };
            let read = |id| read(id, is_renewal, status, data);
            assert_eq!(read("oauth2"), wanted(false), "HTTP {status}");
            assert_eq!(read("anilist"), wanted(true).and_then(with_own_expiry), "HTTP {status}");
        }
    }
}

fn read(id: &str, is_renewal: bool, status: u16, data: &[u8]) -> Outcome {
    let endpoint = provider::preset(id).expect("the preset exists").provider;
    let read = match is_renewal {
        true => endpoint.refresh_response(status, data, NOW),
        false => endpoint.token_response(status, data, NOW),
    };
    match read {
        Ok(token) => {
            expiry::check_accepted(&token);
            let refresh_token = token.refresh_token.map(|token| token.expose().to_owned());
            Ok((token.access_token.expose().to_owned(), token.expires_in, refresh_token))
        }
        Err(ExchangeError::BadResponse(_)) => Err(None),
        Err(error) => Err(Some(error)),
    }
}

/// AniList's tokens contain their expiry, and its refresh tokens cannot be used.
fn with_own_expiry((token, expires_in, _): (String, Option<u64>, Option<String>)) -> Outcome {
    let left = match expiry::agreed(&token) {
        _ if expires_in.is_some() => return Ok((token, expires_in, None)),
        Expiry::Unknown => return Ok((token, None, None)),
        Expiry::Unreadable => return Err(None),
        Expiry::At(exp) => exp - NOW as f64,
    };
    if (1.0..=MAX_EXPIRES_IN as f64).contains(&left) { Ok((token, Some(left as u64), None)) } else { Err(None) }
}

/// The members with their types.
struct Answer {
    token: Option<String>,
    token_type: Option<String>,
    expires_in: Option<u64>,
    is_refused: bool,
    code: Option<String>,
    refresh_token: Option<String>,
}

impl Answer {
    fn of(body: &Json<'_>) -> Option<Self> {
        let members = body.members()?;
        for name in MEMBERS {
            json::single(&members, name)?;
        }
        let member = |name| json::single(&members, name).flatten();
        let token = match member("access_token") {
            None | Some(Json::Null) => None,
            Some(value) => Some(value.text()?),
        };
        let token_type = match member("token_type") {
            None => None,
            Some(value) => Some(value.text()?),
        };
        let expires_in = match member("expires_in") {
            Some(value) => seconds(value)?,
            None => None,
        };
        let (has_error, code) = match member("error") {
            None | Some(Json::Null | Json::Bool(false)) => (false, None),
            Some(Json::Bool(true) | Json::Array) => (true, None),
            Some(Json::Number(number)) => (finite(number)? != 0.0, None),
            Some(value @ Json::Text(_)) => (!value.text()?.is_empty(), Some(value.text()?)),
            Some(object @ Json::Object(_)) => (true, code_within(object)?),
        };
        // They are read like values of any type, and of `ok` only `false` has a meaning.
        let is_false = matches!(member("ok"), Some(Json::Bool(false)));
        readable(member("ok"))?;
        readable(member("refresh_token"))?;
        readable(member("message"))?;
        let refresh_token = match member("refresh_token") {
            Some(value @ Json::Text(_)) => value.text().filter(|text| !text.is_empty()),
            _ => None,
        };
        Some(Self { token, token_type, expires_in, is_refused: has_error || is_false, code, refresh_token })
    }

    fn outcome(&self, status: u16, invalid_request_means_code: bool, is_renewal: bool) -> Outcome {
        let refused = |fault: ClientFault| {
            let fault = if status == 401 { fault.or(ClientFault::SECRET) } else { fault };
            Err(Some(ExchangeError::ClientRefused(fault)))
        };
        let is_code = |code: &str| {
            ["invalid_grant", "bad_verification_code", "invalid_code"].contains(&code)
                || (invalid_request_means_code && code == "invalid_request")
                || (is_renewal && ["bad_refresh_token", "invalid_refresh_token"].contains(&code))
        };
        let (success, refusal) = ((200..300).contains(&status), (400..500).contains(&status));
        match (&self.token, self.code.as_deref()) {
            _ if (300..400).contains(&status) => Err(None),
            (Some(token), _) if success && !self.is_refused => self.accepted(token),
            (Some(_), _) => Err(None),
            (None, _) if success && !self.is_refused => Err(None),
            (None, Some(code)) if is_code(code) && (success || refusal || status >= 500) => {
                Err(Some(ExchangeError::InvalidCode))
            }
            _ if !success && !refusal => Err(None),
            (None, Some("invalid_client" | "incorrect_client_credentials")) => refused(ClientFault::CREDENTIALS),
            (None, Some(code)) if code.starts_with("invalid_client: ") => refused(ClientFault::CREDENTIALS),
            (None, Some("invalid_client_id")) => refused(ClientFault::ID),
            (None, Some("bad_client_secret")) => refused(ClientFault::SECRET),
            (None, Some("unauthorized_client")) => refused(ClientFault::GRANT.or(ClientFault::ID)),
            (None, Some("redirect_uri_mismatch")) => refused(ClientFault::REDIRECT_URI),
            (None, Some("invalid_request")) => {
                refused(ClientFault::REDIRECT_URI.or(ClientFault::AUTH).or(ClientFault::PKCE))
            }
            (None, Some("invalid_scope")) => refused(ClientFault::SCOPE),
            (None, Some("unsupported_grant_type")) => refused(ClientFault::TOKEN_URL),
            (None, _) if matches!(status, 401 | 403) => refused(ClientFault::CREDENTIALS),
            (None, _) => Err(None),
        }
    }

    fn accepted(&self, token: &str) -> Outcome {
        let lower = |name: &String| name.chars().map(|c| c.to_ascii_lowercase()).collect::<String>();
        let is_bearer = self.token_type.as_ref().is_none_or(|name| lower(name) == "bearer");
        let is_good = !token.is_empty() && token.chars().all(|c| ('!'..='~').contains(&c));
        if is_bearer && is_good {
            Ok((token.to_owned(), self.expires_in, self.refresh_token.clone()))
        } else {
            Err(None)
        }
    }
}

/// The whole seconds of a number, or of a string with one; `None` if serde_json could not read it.
fn seconds(value: &Json<'_>) -> Option<Option<u64>> {
    let number = match value {
        Json::Number(number) => finite(number)?,
        Json::Text(_) => {
            let text = value.text()?;
            let is_plain = text.chars().all(|c| c.is_ascii_digit() || c == '.');
            text.parse().ok().filter(|_| is_plain).unwrap_or(0.0)
        }
        Json::Object(_) => code_within(value).map(|_| 0.0)?,
        Json::Null | Json::Bool(_) | Json::Array => 0.0,
    };
    Some((1.0..MAX_EXPIRES_IN as f64 + 1.0).contains(&number).then_some(number as u64))
}

/// A number that is finite as serde_json represents it.
fn finite(number: &str) -> Option<f64> {
    number.parse().ok().filter(|number: &f64| number.is_finite())
}

/// The string of an object's last `code`, or otherwise of its last `type`.
fn code_within(object: &Json<'_>) -> Option<Option<String>> {
    let (mut code, mut kind) = (None, None);
    for (name, value) in object.members()? {
        let wanted = match &*name {
            "code" => &mut code,
            "type" => &mut kind,
            _ => continue,
        };
        *wanted = match value {
            Json::Text(_) => Some(value.text()?),
            Json::Number(number) => finite(number).map(|_| None)?,
            Json::Object(_) => code_within(value).map(|_| None)?,
            Json::Null | Json::Bool(_) | Json::Array => None,
        };
    }
    Some(code.or(kind))
}

/// Whether serde_json could read a value of any type.
fn readable(value: Option<&Json<'_>>) -> Option<()> {
    match value {
        Some(Json::Number(number)) => finite(number).map(drop),
        Some(text @ Json::Text(_)) => text.text().map(drop),
        Some(object @ Json::Object(_)) => code_within(object).map(drop),
        None | Some(Json::Null | Json::Bool(_) | Json::Array) => Some(()),
    }
}
