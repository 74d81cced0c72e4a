//! The answer to an exchange, as RFC 6749 has it and as real servers deviate from it: a token or a refusal, never both, and
//! every member that is read of it there once.

use shared::jwt::Expiry;
use shared::provider::{self, ClientFault, ExchangeError};
use shared::token::MAX_EXPIRES_IN;

use super::expiry;
use super::json::{self, Json};

const NOW: u64 = 1_700_000_000;
const STATUSES: [u16; 9] = [200, 199, 201, 302, 400, 401, 403, 404, 500];

/// Everything that RFC 6749, 5 names, Slack's `ok`, and Twitch's `message`.
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

/// What came of it: the token and its end, or who is at fault. What the log would say is left out.
type Outcome = Result<(String, Option<u64>), Option<ExchangeError>>;

/// Reads any body as an answer of a provider that only answers, and of one whose tokens say when they end, under each
/// HTTP status.
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
        let wanted = |dialect| answer.as_ref().map_or_else(|| unread.clone(), |answer| answer.outcome(status, dialect));
        assert_eq!(read("oauth2", status, data), wanted(false), "HTTP {status}");
        assert_eq!(read("anilist", status, data), wanted(true).and_then(with_its_own_end), "HTTP {status}");
    }
}

fn read(id: &str, status: u16, data: &[u8]) -> Outcome {
    let preset = provider::preset(id).expect("it is there");
    match preset.token_endpoint.answer(status, data, NOW) {
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
    is_refused: bool,
    code: Option<String>,
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
        // It is read as any value is, and only `false` says something.
        let is_false = match member("ok") {
            Some(Json::Bool(ok)) => !ok,
            Some(Json::Number(number)) => finite(number).map(|_| false)?,
            Some(value @ Json::Text(_)) => value.text().map(|_| false)?,
            Some(object @ Json::Object(_)) => code_within(object).map(|_| false)?,
            _ => false,
        };
        Some(Self { token, token_type, expires_in, is_refused: has_error || is_false, code })
    }

    fn outcome(&self, status: u16, invalid_request_means_code: bool) -> Outcome {
        let refused = |fault: ClientFault| {
            let fault = if status == 401 { fault.or(ClientFault::SECRET) } else { fault };
            Err(Some(ExchangeError::ClientRefused(fault)))
        };
        let is_code = |code: &str| {
            ["invalid_grant", "bad_verification_code", "invalid_code"].contains(&code)
                || (invalid_request_means_code && code == "invalid_request")
        };
        let (success, refusal) = ((200..300).contains(&status), (400..500).contains(&status));
        match (&self.token, self.code.as_deref()) {
            _ if (300..400).contains(&status) => Err(None),
            (Some(token), _) if success && !self.is_refused => self.believed(token),
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

    fn believed(&self, token: &str) -> Outcome {
        let lower = |name: &String| name.chars().map(|c| c.to_ascii_lowercase()).collect::<String>();
        let is_bearer = self.token_type.as_ref().is_none_or(|name| lower(name) == "bearer");
        let is_good = !token.is_empty() && token.chars().all(|c| ('!'..='~').contains(&c));
        if is_bearer && is_good { Ok((token.to_owned(), self.expires_in)) } else { Err(None) }
    }
}

/// The whole seconds of a number or of a text of one; `None` where serde_json could not read it at all.
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

/// A number that fits into what serde_json has for it.
fn finite(number: &str) -> Option<f64> {
    number.parse().ok().filter(|number: &f64| number.is_finite())
}

/// The text of the last `code` of an object, or else of its last `type`.
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
