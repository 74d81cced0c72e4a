//! The requests and responses of `GET`, `POST` and `DELETE /api/session`. The submodules are about the session that the
//! function stores in a cookie: its contents and its end, its encoding, and the cookie itself.

use alloc::string::String;

use serde::{Deserialize, Serialize};

use crate::json::{Json, Reader};
use crate::provider::Profile;
use crate::secret::AccessToken;

mod cookie;
mod encoding;
mod request;
mod stored;

pub use cookie::{FORMAT, Found, MAX_VALUE, MixedOrigins, SessionCookie};
pub use request::{EndRequest, InvalidSessionRequest, SessionRequest};
pub use stored::{Lifetime, StoredSession};

/// The architecture of RFC 10017: where tokens are kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SessionMode {
    /// In the page, until its last tab is closed.
    #[default]
    Tab,
    /// In an encrypted cookie; the page gets the access token (RFC 10017, 6.2).
    Cookie,
    /// In an encrypted cookie; the page gets no token, and calls the API through the function (RFC 10017, 6.1).
    Proxy,
}

impl SessionMode {
    /// The name, as in `OAUTH_SESSION`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Tab => "tab",
            Self::Cookie => "cookie",
            Self::Proxy => "proxy",
        }
    }

    /// The mode with that name.
    pub fn named(name: &str) -> Option<Self> {
        [Self::Tab, Self::Cookie, Self::Proxy].into_iter().find(|mode| mode.as_str() == name)
    }
}

/// The response of `GET` and `POST /api/session`.
#[derive(Clone, Debug, Serialize)]
pub struct SessionResponse {
    /// The session in the cookie, or `null`.
    pub session: Option<SessionState>,
}

/// A session as the page sees it; also the response of `POST /api/token` if the session is in a cookie.
#[derive(Clone, Debug, Serialize)]
pub struct SessionState {
    /// The unique id: 16 random bytes in base64url.
    pub id: String,
    /// Where its tokens are kept: never [`SessionMode::Tab`].
    pub mode: SessionMode,
    /// The provider's id in `/api/config`.
    pub provider: String,
    /// The number of its renewals.
    pub renewals: u64,
    /// Whether it can be renewed.
    pub renewable: bool,
    /// How long the access token is valid from now on, in seconds. Omitted if it has expired, or if this is unknown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_in: Option<u64>,
    /// How long the session lasts from now on, in seconds.
    pub ends_in: u64,
    /// The person's profile, if the provider has returned one.
    pub profile: Option<Profile>,
    /// Why there is no profile, or no current one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profile_error: Option<ProfileFault>,
    /// The access token, if the mode is `cookie` and the token has not expired.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access_token: Option<AccessToken>,
}

/// Why the function has no profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum ProfileFault {
    /// The person has not yet verified their e-mail address with the provider.
    Unverified,
    /// The profile URL rejects the token.
    Refused,
    /// Anything else. A retry may succeed.
    Unavailable,
}

impl ProfileFault {
    fn named(name: &str) -> Self {
        match name {
            "unverified" => Self::Unverified,
            "refused" => Self::Refused,
            _ => Self::Unavailable,
        }
    }
}

impl SessionResponse {
    /// Reads the response in the app.
    pub fn from_json<J: Json>(json: &J) -> Option<Self> {
        let session = json.member("session")?;
        if session.is_null() {
            return Some(Self { session: None });
        }
        Some(Self { session: Some(SessionState::from_json(&session)?) })
    }
}

impl SessionState {
    /// Reads a session in the app. A session whose token cannot be sent is rejected.
    pub fn from_json<J: Json>(json: &J) -> Option<Self> {
        let mut read = Reader::of(json);
        let session = Self {
            id: read.text("id"),
            mode: SessionMode::named(&read.text("mode"))?,
            provider: read.text("provider"),
            renewals: read.number("renewals"),
            renewable: read.flag("renewable"),
            expires_in: json.number_of("expires_in"),
            ends_in: read.number("ends_in"),
            profile: json.member("profile").and_then(|profile| Profile::from_json(&profile)),
            profile_error: json.text_of("profile_error").map(|name| ProfileFault::named(&name)),
            access_token: json.text_of("access_token").map(AccessToken::new),
        };
        let is_good = session.access_token.as_ref().is_none_or(AccessToken::is_well_formed);
        read.whole(session).filter(|_| is_good)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn whole() -> Value {
        json!({
            "session": {
                "id": "AAAAAAAAAAAAAAAAAAAAAA",
                "mode": "cookie",
                "provider": "aniapi",
                "renewals": 7,
                "renewable": true,
                "expires_in": 60,
                "ends_in": 3600,
                "profile": { "name": "demo", "picture": "https://p.example/x.png", "role": "Moderator" },
                "profile_error": "unavailable",
                "access_token": "t0ken",
            }
        })
    }

    #[test]
    fn written_session_is_read_back() {
        let mut least = whole();
        for member in ["expires_in", "profile_error", "access_token"] {
            least["session"].as_object_mut().expect("an object").remove(member);
        }
        least["session"]["profile"] = Value::Null;
        let mut no_picture = whole();
        no_picture["session"]["profile"] = json!({ "name": "demo" });
        for written in [whole(), least, no_picture, json!({ "session": null })] {
            let read = SessionResponse::from_json(&written).expect("it is valid");
            assert_eq!(serde_json::to_value(&read).expect("it is JSON"), written);
        }
    }

    #[test]
    fn invalid_session_response_is_rejected() {
        for member in ["id", "mode", "provider", "renewals", "renewable", "ends_in"] {
            let mut written = whole();
            written["session"][member] = json!([]);
            assert!(SessionResponse::from_json(&written).is_none(), "{member}");
        }
        let mut unsendable = whole();
        unsendable["session"]["access_token"] = json!("a b");
        for written in [unsendable, json!({}), json!([]), json!("x"), json!({ "session": 7 })] {
            assert!(SessionResponse::from_json(&written).is_none(), "{written}");
        }
    }
}
