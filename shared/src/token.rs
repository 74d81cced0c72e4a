//! The request and the response of `POST /api/token`.

use alloc::string::String;
use core::error::Error;
use core::fmt;

use serde::{Deserialize, Deserializer, Serialize};

use crate::callback::Validated;
use crate::json::{self, Json, Reader};
use crate::pkce::CodeVerifier;
use crate::secret::{AccessToken, AuthorizationCode};

/// The maximum length of each member of a token request except the code, in bytes.
pub const MAX_FIELD: usize = 2048;

/// The maximum length of a code, in bytes. Some servers encode their own state in it.
pub const MAX_CODE: usize = 8000;

/// The maximum length of the body of a token request, in bytes.
pub const MAX_BODY: usize = 16 * 1024;

/// The maximum accepted lifetime of a token, in seconds: ten years of 365 days.
pub const MAX_EXPIRES_IN: u64 = 10 * 365 * 24 * 60 * 60;

/// The body of `POST /api/token`: a code to exchange.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TokenRequest {
    /// The provider's id in `/api/config`.
    pub provider: String,
    /// The code from the callback.
    pub code: AuthorizationCode,
    /// The redirect URI in the authorization request (RFC 6749, 4.1.3).
    pub redirect_uri: String,
    /// The PKCE verifier (RFC 7636, 4.5). It is required if the provider's entry in `/api/config` has `pkce`, and
    /// rejected otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub code_verifier: Option<CodeVerifier>,
}

/// Deserializes a verifier, if the member is present. `null` is an error.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<CodeVerifier>, D::Error> {
    CodeVerifier::deserialize(deserializer).map(Some)
}

impl TokenRequest {
    /// Creates the request for a validated callback. This is the only way in which the app creates one.
    pub fn new(validated: Validated) -> Self {
        Self {
            provider: validated.provider,
            code: validated.code,
            redirect_uri: validated.redirect_uri,
            code_verifier: validated.code_verifier,
        }
    }

    /// Serializes the request in the app.
    pub fn to_json<J: Json>(&self) -> J {
        J::object([
            ("provider", Some(J::text(&self.provider))),
            ("code", Some(J::text(self.code.expose()))),
            ("redirect_uri", Some(J::text(&self.redirect_uri))),
            ("code_verifier", self.code_verifier.as_ref().map(|verifier| J::text(verifier.expose()))),
        ])
    }

    /// Parses an untrusted request.
    ///
    /// # Errors
    /// If it is not one JSON object with exactly these members, each once; if `provider` or `redirect_uri` is empty or
    /// over [`MAX_FIELD`] bytes; or if the code or the verifier is malformed.
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

/// The body is not a valid token request. There are no details, because they would quote the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidTokenRequest;

impl fmt::Display for InvalidTokenRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the body is not a valid token request")
    }
}

impl Error for InvalidTokenRequest {}

/// The response to a successful token request (RFC 6749, 5.1).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TokenResponse {
    /// The access token.
    pub access_token: AccessToken,
    /// Always `Bearer` (RFC 6750).
    pub token_type: TokenType,
    /// How long the token is valid from now on, in seconds. Omitted if the provider does not report it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_in: Option<u64>,
    /// How long the session may last from now on, in seconds, if the token's expiry is unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends_in: Option<u64>,
}

impl TokenResponse {
    /// Reads the response in the app. A token that cannot be sent is rejected.
    pub fn from_json<J: Json>(json: &J) -> Option<Self> {
        let access_token = AccessToken::new(json.text_of("access_token")?);
        let is_good = access_token.is_well_formed() && json.text_of("token_type")? == "Bearer";
        let mut read = Reader::of(json);
        let token = Self {
            access_token,
            token_type: TokenType::Bearer,
            expires_in: read.optional("expires_in", J::as_number),
            ends_in: read.optional("ends_in", J::as_number),
        };
        read.whole(token).filter(|_| is_good)
    }
}

/// The token type. Only `Bearer` is supported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
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
    fn valid_request_is_read() {
        let request = TokenRequest::parse(GOOD.as_bytes()).expect("it is valid");
        assert_eq!(request.provider, "aniapi");
        assert_eq!(request.code.expose(), "c0de");
        assert_eq!(request.redirect_uri, "https://app.example/auth");
        assert!(request.code_verifier.is_none());
    }

    #[test]
    fn malformed_verifier_is_rejected() {
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
        let written = serde_json::to_string(&TokenRequest::parse(GOOD.as_bytes()).expect("it is valid"));
        assert_eq!(written.expect("it is JSON"), GOOD, "an absent verifier is omitted");
    }

    #[test]
    fn code_of_the_maximum_length_is_accepted() {
        let body = GOOD.replace("c0de", &"a".repeat(MAX_CODE));
        assert!(TokenRequest::parse(body.as_bytes()).is_ok() && body.len() <= MAX_BODY);
    }

    #[test]
    fn invalid_request_is_rejected() {
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
    fn body_that_is_not_utf_8_is_rejected() {
        let body = [&br#"{"provider":"aniapi","code":""#[..], &[0xff], &br#"","redirect_uri":"x"}"#[..]].concat();
        assert_eq!(TokenRequest::parse(&body).err(), Some(InvalidTokenRequest));
    }

    #[test]
    fn limits_are_the_documented_ones() {
        assert_eq!((MAX_FIELD, MAX_CODE, MAX_BODY, MAX_EXPIRES_IN), (2048, 8000, 16_384, 315_360_000));
    }

    #[test]
    fn unknown_expiry_is_omitted() {
        let answer = TokenResponse {
            access_token: AccessToken::new("t"),
            token_type: TokenType::Bearer,
            expires_in: None,
            ends_in: None,
        };
        assert_eq!(
            serde_json::to_string(&answer).expect("it is JSON"),
            r#"{"access_token":"t","token_type":"Bearer"}"#
        );
    }

    #[test]
    fn app_reads_the_response_that_the_function_writes() {
        for expires_in in [None, Some(60)] {
            let answer = TokenResponse {
                access_token: AccessToken::new("t"),
                token_type: TokenType::Bearer,
                expires_in,
                ends_in: None,
            };
            let read =
                TokenResponse::from_json(&serde_json::to_value(answer).expect("it is JSON")).expect("it is good");
            assert_eq!((read.access_token.expose(), read.expires_in), ("t", expires_in));
        }
    }

    #[test]
    fn invalid_token_response_is_rejected() {
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
        fn function_reads_the_request_that_the_app_writes(
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
            let read = TokenRequest::parse(written.to_string().as_bytes()).expect("it is valid");
            prop_assert_eq!(read.code.expose().to_string(), sent.code.expose());
            prop_assert_eq!(read.redirect_uri, sent.redirect_uri);
            let exposed = |verifier: Option<CodeVerifier>| verifier.map(|verifier| verifier.expose().to_string());
            prop_assert_eq!(exposed(read.code_verifier), exposed(sent.code_verifier));
        }

        #[test]
        fn no_body_causes_a_panic(body in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = TokenRequest::parse(&body);
        }
    }
}
