//! What app and function say to each other about one login: `POST /api/token`.

use alloc::string::String;

use serde::{Deserialize, Deserializer, Serialize};

use crate::callback::Validated;
use crate::json::{self, Json};
use crate::pkce::CodeVerifier;
use crate::secret::{AccessToken, AuthorizationCode};

/// The longest value of any other field of a token request than its code, in bytes.
pub const MAX_FIELD: usize = 2048;

/// The longest code, in bytes: some servers' carry what they would otherwise have to keep.
pub const MAX_CODE: usize = 8000;

/// The longest body of a token request, in bytes.
pub const MAX_BODY: usize = 16 * 1024;

/// The longest life of a token that is believed, in seconds: ten years of 365 days.
pub const MAX_EXPIRES_IN: u64 = 10 * 365 * 24 * 60 * 60;

/// The body of `POST /api/token`: a code to be exchanged.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TokenRequest {
    /// The provider's id in `/api/config`.
    pub provider: String,
    /// The code that came with the callback.
    pub code: AuthorizationCode,
    /// The redirect address that the code was asked for with (RFC 6749, 4.1.3).
    pub redirect_uri: String,
    /// What proves that the login was begun by whoever asks (RFC 7636, 4.5): there exactly where the provider's entry
    /// in `/api/config` has `pkce`.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub code_verifier: Option<CodeVerifier>,
}

/// A verifier, where the field is there at all: `null` is none.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<CodeVerifier>, D::Error> {
    CodeVerifier::deserialize(deserializer).map(Some)
}

impl TokenRequest {
    /// The request that a validated callback allows: the only way the app makes one.
    pub fn new(validated: Validated) -> Self {
        Self {
            provider: validated.provider,
            code: validated.code,
            redirect_uri: validated.redirect_uri,
            code_verifier: validated.code_verifier,
        }
    }

    /// The request as the app sends it.
    pub fn to_json<J: Json>(&self) -> J {
        J::object([
            ("provider", Some(J::text(&self.provider))),
            ("code", Some(J::text(self.code.expose()))),
            ("redirect_uri", Some(J::text(&self.redirect_uri))),
            ("code_verifier", self.code_verifier.as_ref().map(|verifier| J::text(verifier.expose()))),
        ])
    }

    /// Reads a request that anybody may have sent.
    ///
    /// # Errors
    /// Where it is not one JSON object with exactly these fields, each once, none empty or over [`MAX_FIELD`] bytes,
    /// the code of printable ASCII, and the verifier, if there is one, such as RFC 7636 has them.
    pub fn parse(body: &[u8]) -> Result<Self, InvalidTokenRequest> {
        let request: Self = json::object(body).map_err(|_| InvalidTokenRequest)?;
        let fits = |value: &str| (1..=MAX_FIELD).contains(&value.len());
        let is_verifier_good = request.code_verifier.as_ref().is_none_or(CodeVerifier::is_well_formed);
        if !fits(&request.provider)
            || !fits(&request.redirect_uri)
            || !request.code.is_well_formed()
            || !is_verifier_good
        {
            return Err(InvalidTokenRequest);
        }
        Ok(request)
    }
}

/// The body is no token request. It does not say where, as that would quote the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidTokenRequest;

/// The answer to a token request that succeeded (RFC 6749, 5.1).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TokenResponse {
    /// The token.
    pub access_token: AccessToken,
    /// Always `Bearer` (RFC 6750).
    pub token_type: TokenType,
    /// How long it is valid from now on, in seconds; left out where the provider does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_in: Option<u64>,
}

impl TokenResponse {
    /// Reads the answer, as the app does: a token that it cannot send is none.
    pub fn from_json<J: Json>(json: &J) -> Option<Self> {
        let access_token = AccessToken::new(json.text_of("access_token")?);
        let is_good = access_token.is_well_formed() && json.text_of("token_type")? == "Bearer";
        let expires_in = match json.member("expires_in") {
            Some(seconds) => Some(seconds.as_number()?),
            None => None,
        };
        is_good.then_some(Self { access_token, token_type: TokenType::Bearer, expires_in })
    }
}

/// The one kind of token there is here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TokenType {
    /// RFC 6750.
    Bearer,
}

#[cfg(test)]
mod tests {
    use alloc::format;
    use alloc::string::ToString;

    use proptest::prelude::*;

    use super::*;

    const GOOD: &str = r#"{"provider":"aniapi","code":"c0de","redirect_uri":"https://app.example/auth"}"#;

    #[test]
    fn a_good_request_is_read() {
        let request = TokenRequest::parse(GOOD.as_bytes()).expect("it is good");
        assert_eq!(request.provider, "aniapi");
        assert_eq!(request.code.expose(), "c0de");
        assert_eq!(request.redirect_uri, "https://app.example/auth");
        assert!(request.code_verifier.is_none());
    }

    #[test]
    fn a_verifier_is_read_where_it_is_one() {
        let with = |verifier: &str| GOOD.replace('}', &format!(r#","code_verifier":{verifier}}}"#));
        for (verifier, good) in [
            (format!("\"{}\"", "a".repeat(43)), true),
            (format!("\"{}-._~\"", "A".repeat(124)), true),
            (format!("\"{}\"", "a".repeat(42)), false),
            (format!("\"{}\"", "a".repeat(129)), false),
            (format!("\"{}=\"", "a".repeat(43)), false),
            (format!("\"{}\",\"code_verifier\":\"{0}\"", "a".repeat(43)), false),
            ("\"\"".into(), false),
            ("null".into(), false),
            ("7".into(), false),
            ("[]".into(), false),
        ] {
            let body = with(&verifier);
            assert_eq!(TokenRequest::parse(body.as_bytes()).is_ok(), good, "{body}");
        }
        let written = serde_json::to_string(&TokenRequest::parse(GOOD.as_bytes()).expect("it is good"));
        assert_eq!(written.expect("it is JSON"), GOOD, "none is not written");
    }

    #[test]
    fn a_code_may_be_long() {
        let body = GOOD.replace("c0de", &"a".repeat(MAX_CODE));
        assert!(TokenRequest::parse(body.as_bytes()).is_ok() && body.len() <= MAX_BODY);
    }

    #[test]
    fn bad_requests_are_refused() {
        let long = "a".repeat(MAX_FIELD + 1);
        for body in [
            "",
            "null",
            "[]",
            "{}",
            r#"["aniapi","c0de","https://app.example/auth"]"#,
            r#"{"provider":"aniapi","code":"c0de"}"#,
            r#"{"provider":"aniapi","redirect_uri":"x"}"#,
            r#"{"code":"c0de","redirect_uri":"x"}"#,
            r#"{"provider":"aniapi","code":"c0de","redirect_uri":"x","more":1}"#,
            r#"{"provider":"aniapi","code":"c0de","code":"c0de","redirect_uri":"x"}"#,
            r#"{"provider":"aniapi","provider":"aniapi","code":"c0de","redirect_uri":"x"}"#,
            r#"{"provider":"aniapi","code":"c0de","redirect_uri":"x","redirect_uri":"x"}"#,
            r#"{"provider":"","code":"c0de","redirect_uri":"x"}"#,
            r#"{"provider":"aniapi","code":"","redirect_uri":"x"}"#,
            r#"{"provider":"aniapi","code":"c0de","redirect_uri":""}"#,
            r#"{"provider":"aniapi","code":null,"redirect_uri":"x"}"#,
            r#"{"provider":"aniapi","code":7,"redirect_uri":"x"}"#,
            r#"{"provider":"aniapi","code":["c0de"],"redirect_uri":"x"}"#,
            r#"{"provider":"aniapi","code":"a\nb","redirect_uri":"x"}"#,
            r#"{"provider":"aniapi","code":"a\u0000b","redirect_uri":"x"}"#,
            r#"{"provider":"aniapi","code":"é","redirect_uri":"x"}"#,
            &format!("{GOOD}{GOOD}"),
            &format!("{GOOD}x"),
            &format!("\u{feff}{GOOD}"),
            &GOOD.replace("aniapi", &long),
            &GOOD.replace("c0de", &"a".repeat(MAX_CODE + 1)),
            &GOOD.replace("https://app.example/auth", &long),
        ] {
            assert_eq!(TokenRequest::parse(body.as_bytes()).err(), Some(InvalidTokenRequest), "{body}");
        }
    }

    #[test]
    fn a_body_that_is_not_utf_8_is_refused() {
        let body = [&br#"{"provider":"aniapi","code":""#[..], &[0xff], &br#"","redirect_uri":"x"}"#[..]].concat();
        assert_eq!(TokenRequest::parse(&body).err(), Some(InvalidTokenRequest));
    }

    #[test]
    fn the_limits_are_the_documented_ones() {
        assert_eq!((MAX_FIELD, MAX_CODE, MAX_BODY, MAX_EXPIRES_IN), (2048, 8000, 16_384, 315_360_000));
    }

    #[test]
    fn a_token_without_a_known_end_says_nothing_of_it() {
        let answer =
            TokenResponse { access_token: AccessToken::new("t"), token_type: TokenType::Bearer, expires_in: None };
        assert_eq!(
            serde_json::to_string(&answer).expect("it is JSON"),
            r#"{"access_token":"t","token_type":"Bearer"}"#
        );
    }

    #[test]
    fn what_the_function_answers_the_app_reads() {
        for expires_in in [None, Some(60)] {
            let answer =
                TokenResponse { access_token: AccessToken::new("t"), token_type: TokenType::Bearer, expires_in };
            let read =
                TokenResponse::from_json(&serde_json::to_value(answer).expect("it is JSON")).expect("it is good");
            assert_eq!((read.access_token.expose(), read.expires_in), ("t", expires_in));
        }
    }

    #[test]
    fn what_is_no_answer_of_the_functions_is_no_token() {
        use serde_json::json;
        for answer in [
            json!({ "token_type": "Bearer" }),
            json!({ "access_token": "t" }),
            json!({ "access_token": "t", "token_type": "mac" }),
            json!({ "access_token": "", "token_type": "Bearer" }),
            json!({ "access_token": "a b", "token_type": "Bearer" }),
            json!({ "access_token": 7, "token_type": "Bearer" }),
            json!({ "access_token": "t", "token_type": "Bearer", "expires_in": "60" }),
            json!({ "access_token": "t", "token_type": "Bearer", "expires_in": -1 }),
            json!(["t", "Bearer", 60]),
        ] {
            assert!(TokenResponse::from_json(&answer).is_none(), "{answer}");
        }
    }

    proptest! {
        #[test]
        fn what_the_app_writes_the_function_reads(
            code in "[ -~]{1,64}",
            path in "[a-z]{1,9}",
            verifier in proptest::option::of(any::<[u8; 32]>()),
        ) {
            let sent = TokenRequest {
                redirect_uri: format!("https://{path}.example/auth"),
                provider: path,
                code: AuthorizationCode::new(code),
                code_verifier: verifier.map(CodeVerifier::from_bytes),
            };
            let written: serde_json::Value = sent.to_json();
            let read = TokenRequest::parse(written.to_string().as_bytes()).expect("it is good");
            prop_assert_eq!(read.code.expose().to_string(), sent.code.expose());
            prop_assert_eq!(read.redirect_uri, sent.redirect_uri);
            let exposed = |verifier: Option<CodeVerifier>| verifier.map(|verifier| verifier.expose().to_string());
            prop_assert_eq!(exposed(read.code_verifier), exposed(sent.code_verifier));
        }

        #[test]
        fn no_body_makes_it_panic(body in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = TokenRequest::parse(&body);
        }
    }
}
