use alloc::string::ToString;

use proptest::prelude::*;

use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::*;
use crate::pkce::CodeVerifier;
use crate::provider::{ClientFault, ExchangeError, Token};
use crate::secret::{AuthorizationCode, RefreshToken};
use crate::token::MAX_EXPIRES_IN;

const NOW: u64 = 1_700_000_000;

fn client(id: &str, secret: &str, auth: ClientAuth) -> ClientCredentials {
    ClientCredentials { id: id.into(), secret: ClientSecret::new(secret), auth: Some(auth) }
}

fn asked(client: &ClientCredentials, code_verifier: Option<&CodeVerifier>) -> (Option<String>, String) {
    let code = AuthorizationCode::new("c0 de&x");
    let grant = Grant { code: &code, redirect_uri: "https://app.example/auth", code_verifier };
    let request = token_request("https://p.example/token?tenant=7", client, &grant);
    assert_eq!(request.url, "https://p.example/token?tenant=7", "the URL is unchanged");
    let (media_type, body) = request.body.expect("it has a body");
    assert_eq!(media_type, "application/x-www-form-urlencoded");
    (request.authorization, body)
}

fn answer(status: u16, body: &str) -> Result<Token, ExchangeError> {
    Rfc6749::STANDARD.token_response(status, body.as_bytes(), NOW)
}

#[test]
fn secret_is_in_the_body_or_in_the_header_but_never_in_both() {
    const FORM: &str = "grant_type=authorization_code&code=c0+de%26x&redirect_uri=https%3A%2F%2Fapp.example%2Fauth";
    let (authorization, body) = asked(&client("an id", "s&cret", ClientAuth::Post), None);
    assert_eq!((authorization, body), (None, format!("{FORM}&client_id=an+id&client_secret=s%26cret")));
    let (authorization, body) = asked(&client("an id", "s&cret", ClientAuth::Basic), None);
    assert_eq!(body, FORM);
    assert_eq!(authorization.as_deref(), Some("Basic YW4raWQ6cyUyNmNyZXQ="));

    let verifier = CodeVerifier::new("v".repeat(43));
    let (_, body) = asked(&client("i", "s", ClientAuth::Basic), Some(&verifier));
    assert_eq!(body, format!("{FORM}&code_verifier={}", verifier.expose()));
}

#[test]
fn token_request_can_be_json() {
    let code = AuthorizationCode::new("c\"0 de&x");
    let grant = Grant { code: &code, redirect_uri: "https://app.example/auth", code_verifier: None };
    let own = Rfc6749 { takes_json: true, ..Rfc6749::STANDARD };
    let request = own.token_request("https://p.example/token", &client("an id", "s&cret", ClientAuth::Post), &grant);
    let (media_type, body) = request.body.expect("it has a body");
    assert_eq!(media_type, "application/json");
    let sent: serde_json::Value = serde_json::from_str(&body).expect("it is JSON");
    let expected = serde_json::json!({
        "grant_type": "authorization_code",
        "code": "c\"0 de&x",
        "redirect_uri": "https://app.example/auth",
        "client_id": "an id",
        "client_secret": "s&cret",
    });
    assert_eq!(sent, expected);
}

#[test]
fn renewal_has_refresh_token_client_and_extra_parameters() {
    let refresh_token = RefreshToken::new("r&1");
    let renewal = Renewal { refresh_token: &refresh_token, redirect_uri: "https://app.example/auth" };
    let body = |server: Rfc6749, auth| {
        let request = server.refresh_request("https://p.example/token", &client("i", "s", auth), &renewal);
        assert_eq!((request.method, &*request.url), (UpstreamMethod::Post, "https://p.example/token"));
        (request.authorization.is_some(), request.body.expect("it has a body"))
    };
    const FORM: &str = "grant_type=refresh_token&refresh_token=r%261";
    let form = |more: &str| ("application/x-www-form-urlencoded", format!("{FORM}{more}"));
    assert_eq!(body(Rfc6749::STANDARD, ClientAuth::Basic), (true, form("")));
    assert_eq!(body(Rfc6749::STANDARD, ClientAuth::Post), (false, form("&client_id=i&client_secret=s")));
    let own = Rfc6749 { renewal_has_redirect_uri: true, takes_json: true, ..Rfc6749::STANDARD };
    let (_, (media_type, body)) = body(own, ClientAuth::Post);
    let sent: serde_json::Value = serde_json::from_str(&body).expect("it is JSON");
    assert_eq!((media_type, &sent["redirect_uri"]), ("application/json", &"https://app.example/auth".into()));
    assert_eq!((&sent["refresh_token"], &sent["client_secret"]), (&"r&1".into(), &"s".into()));
}

#[test]
fn rejected_refresh_token_is_reported_as_invalid_code() {
    for error in ["invalid_grant", "bad_refresh_token", "invalid_refresh_token"] {
        let body = format!(r#"{{"error":"{error}"}}"#);
        let read = Rfc6749::STANDARD.refresh_response(400, body.as_bytes(), NOW);
        assert_eq!(read.err(), Some(ExchangeError::InvalidCode), "{error}");
        assert_eq!(answer(400, &body).err() == Some(ExchangeError::InvalidCode), error == "invalid_grant", "{error}");
        assert_eq!(error_code(body.as_bytes()), Some(error));
    }
    let twitch = crate::provider::preset("twitch").expect("it is there").provider;
    let body = br#"{"error":"Bad Request","status":400,"message":"Invalid refresh token"}"#;
    assert_eq!(twitch.refresh_response(400, body, NOW).err(), Some(ExchangeError::InvalidCode));
}

#[test]
fn refresh_token_is_a_non_empty_string() {
    for (member, expected) in [
        (r#","refresh_token":"r""#, Some("r")),
        (r#","refresh_token":"""#, None),
        (r#","refresh_token":null"#, None),
        (r#","refresh_token":7"#, None),
        (r#","refresh_token":["r"]"#, None),
        ("", None),
    ] {
        let body = format!(r#"{{"access_token":"t"{member}}}"#);
        let token = answer(200, &body).expect("it is valid").refresh_token;
        assert_eq!(token.as_ref().map(RefreshToken::expose), expected, "{member}");
    }
}

#[test]
fn both_parts_of_the_basic_header_are_form_encoded() {
    for (id, secret, pair) in [
        ("plain", "plain", "plain:plain"),
        ("a:b", "c:d", "a%3Ab:c%3Ad"),
        ("100%", "%3A", "100%25:%253A"),
        ("a b", "c+d", "a+b:c%2Bd"),
        ("ünï", "🍣", "%C3%BCn%C3%AF:%F0%9F%8D%A3"),
        ("a&b=c", "\"/\\~", "a%26b%3Dc:%22%2F%5C%7E"),
        ("-._*", "", "-._*:"),
    ] {
        let (authorization, _) = asked(&client(id, secret, ClientAuth::Basic), None);
        assert_eq!(authorization, Some(format!("Basic {}", STANDARD.encode(pair))), "{id} {secret}");
    }
}

#[test]
fn every_form_of_a_token_response_is_read() {
    for (body, expires_in) in [
        (r#"{"access_token":"t","token_type":"Bearer"}"#, None),
        (r#"{"access_token":"t","token_type":"bearer","scope":""}"#, None),
        (r#"{"access_token":"t"}"#, None),
        (r#"{"token_type":"BEARER","expires_in":1,"access_token":"t"}"#, Some(1)),
        (r#"{"access_token":"t","token_type":"bEaReR","expires_in":315360000}"#, Some(MAX_EXPIRES_IN)),
        (
            r#"{"access_token":"t","token_type":"Bearer","expires_in":3600,"refresh_token":"r","id_token":"i","x":[{}]}"#,
            Some(3600),
        ),
        (r#"{"access_token":"t","token_type":"Bearer","scope":["a"],"id_token":null,"refresh_token":7}"#, None),
        (r#"{"acc\u0065ss_token":"t","token_type":"Bearer"}"#, None),
        ("\u{feff}{\"access_token\":\"t\"}", None),
        (r#"{"access_token":"t","ok":true}"#, None),
        (r#"{"access_token":"t","ok":null}"#, None),
        (r#"{"access_token":"t","ok":"false"}"#, None),
        // An empty error.
        (r#"{"access_token":"t","error":null}"#, None),
        (r#"{"access_token":"t","error":""}"#, None),
        (r#"{"access_token":"t","error":0}"#, None),
        (r#"{"access_token":"t","error":false}"#, None),
        // Every form of the expiry.
        (r#"{"access_token":"t","expires_in":"3600"}"#, Some(3600)),
        (r#"{"access_token":"t","expires_in":3599.9}"#, Some(3599)),
        (r#"{"access_token":"t","expires_in":6e1}"#, Some(60)),
        (r#"{"access_token":"t","expires_in":"59.5"}"#, Some(59)),
        (r#"{"access_token":"t","expires_in":null}"#, None),
        (r#"{"access_token":"t","expires_in":0}"#, None),
        (r#"{"access_token":"t","expires_in":0.5}"#, None),
        (r#"{"access_token":"t","expires_in":-1}"#, None),
        (r#"{"access_token":"t","expires_in":"-1"}"#, None),
        (r#"{"access_token":"t","expires_in":"soon"}"#, None),
        (r#"{"access_token":"t","expires_in":""}"#, None),
        (r#"{"access_token":"t","expires_in":true}"#, None),
        (r#"{"access_token":"t","expires_in":[60]}"#, None),
        (r#"{"access_token":"t","expires_in":{"s":60}}"#, None),
        (r#"{"access_token":"t","expires_in":315360001}"#, None),
        (r#"{"access_token":"t","expires_in":1e300}"#, None),
        (r#"{"access_token":"t","expires_in":"99999999999999999999"}"#, None),
        (r#"{"access_token":"t","expires_in":18446744073709551616}"#, None),
    ] {
        for status in [200, 201, 299] {
            let token = answer(status, body).expect(body);
            assert_eq!((token.access_token.expose(), token.expires_in), ("t", expires_in), "{status} {body}");
        }
    }
}

#[test]
fn each_error_is_assigned_to_the_party_at_fault_at_any_status() {
    for error in ["invalid_grant", "bad_verification_code", "invalid_code"] {
        for status in [200, 201, 400, 401, 403, 404, 422, 500, 502] {
            let body = format!(r#"{{"error":"{error}"}}"#);
            assert_eq!(answer(status, &body).err(), Some(ExchangeError::InvalidCode), "{status} {body}");
        }
    }
    for (error, fault) in [
        ("invalid_client", ClientFault::CREDENTIALS),
        ("invalid_client: the client is unknown", ClientFault::CREDENTIALS),
        ("incorrect_client_credentials", ClientFault::CREDENTIALS),
        ("invalid_client_id", ClientFault::ID),
        ("bad_client_secret", ClientFault::SECRET),
        ("unauthorized_client", ClientFault::GRANT.or(ClientFault::ID)),
        ("redirect_uri_mismatch", ClientFault::REDIRECT_URI),
        ("invalid_request", ClientFault::REDIRECT_URI.or(ClientFault::AUTH).or(ClientFault::PKCE)),
        ("invalid_scope", ClientFault::SCOPE),
        ("unsupported_grant_type", ClientFault::TOKEN_URL),
    ] {
        for status in [200, 400, 401, 403, 404] {
            let fault = if status == 401 { fault.or(ClientFault::SECRET) } else { fault };
            for more in [
                "",
                r#","error_description":"x","error_uri":"https://p.example/x""#,
                r#","access_token":null"#,
                r#","ok":false"#,
            ] {
                let body = format!(r#"{{"error":"{error}"{more}}}"#);
                assert_eq!(answer(status, &body).err(), Some(ExchangeError::ClientRefused(fault)), "{status} {body}");
            }
        }
        for status in [302, 500, 502] {
            let body = format!(r#"{{"error":"{error}"}}"#);
            assert!(matches!(answer(status, &body), Err(ExchangeError::BadResponse(_))), "{status} {body}");
        }
    }
}

#[test]
fn error_may_be_an_object_or_a_number() {
    let refused = |fault| Some(ExchangeError::ClientRefused(fault));
    for (status, body, expected) in [
        (400, r#"{"error":{"code":"invalid_grant","message":"x"}}"#, Some(ExchangeError::InvalidCode)),
        (400, r#"{"error":{"type":"invalid_client"}}"#, refused(ClientFault::CREDENTIALS)),
        (401, r#"{"error":{"code":401,"type":"x"}}"#, refused(ClientFault::CREDENTIALS)),
        (401, r#"{"error":40101}"#, refused(ClientFault::CREDENTIALS)),
        (403, r#"{"message":"forbidden"}"#, refused(ClientFault::CREDENTIALS)),
        (401, "", refused(ClientFault::CREDENTIALS)),
        (403, "<html>", refused(ClientFault::CREDENTIALS)),
    ] {
        assert_eq!(answer(status, body).err(), expected, "{status} {body}");
    }
    for (status, body) in [
        (200, r#"{"error":40101}"#),
        (200, r#"{"error":true}"#),
        (200, r#"{"error":{}}"#),
        (200, r#"{"error":["invalid_grant"]}"#),
        (200, r#"{"ok":false}"#),
        (400, r#"{"error":"access_denied"}"#),
        (400, r#"{"message":"Bad Request"}"#),
        (404, "<html>"),
        (401, r#"{"error":"invalid_client","error":"invalid_client"}"#),
    ] {
        assert!(matches!(answer(status, body), Err(ExchangeError::BadResponse(_))), "{status} {body}");
    }
}

#[test]
fn invalid_request_can_mean_an_invalid_code() {
    let own = Rfc6749 { invalid_request_means_code: true, ..Rfc6749::STANDARD };
    let body = br#"{"error":"invalid_request","hint":"Check the `code` parameter"}"#;
    assert_eq!(own.token_response(400, body, NOW).err(), Some(ExchangeError::InvalidCode));
}

#[test]
fn message_can_replace_the_error_code() {
    let own = Rfc6749 { messages: &[("Wrong code", Meaning::Code)], ..Rfc6749::STANDARD };
    for (body, expected) in [
        (r#"{"status":400,"message":"Wrong code"}"#, Ok(())),
        (r#"{"error":"Bad Request","message":"Wrong code"}"#, Ok(())),
        (r#"{"status":400,"message":"Wrong"}"#, Err(())),
        (r#"{"message":["Wrong code"]}"#, Err(())),
    ] {
        let is_code = own.token_response(400, body.as_bytes(), NOW).err() == Some(ExchangeError::InvalidCode);
        assert_eq!(is_code.then_some(()).ok_or(()), expected, "{body}");
        assert!(matches!(answer(400, body), Err(ExchangeError::BadResponse(_))), "{body}");
    }
    let beside_a_token = br#"{"access_token":"t","message":"Wrong code"}"#;
    assert!(own.token_response(200, beside_a_token, NOW).is_ok());
}

#[test]
fn expiry_comes_from_the_response_or_else_from_the_token() {
    let own = Rfc6749 { token_has_expiry: true, ..Rfc6749::STANDARD };
    let jwt = |claims: &str| format!("h.{}.s", URL_SAFE_NO_PAD.encode(claims));
    let in_a_minute = jwt(&format!(r#"{{"exp":{}}}"#, NOW + 60));
    for (token, more, expected) in [
        (&in_a_minute, r#","expires_in":31536000"#, Some(Some(31_536_000))),
        (&in_a_minute, "", Some(Some(60))),
        (&jwt("{}"), "", Some(None)),
        (&"opaque".into(), "", Some(None)),
        (&jwt(&format!(r#"{{"exp":{NOW}}}"#)), "", None),
        (&jwt(r#"{"exp":"soon"}"#), "", None),
        (&jwt(r#"{"exp":1e12}"#), "", None),
        (&in_a_minute, r#","expires_in":0"#, Some(Some(60))),
    ] {
        let body = format!(r#"{{"access_token":"{token}","token_type":"Bearer"{more}}}"#);
        let answer = own.token_response(200, body.as_bytes(), NOW);
        assert_eq!(answer.ok().map(|token| token.expires_in), expected, "{body}");
    }
}

#[test]
fn any_other_response_is_a_bad_response() {
    for body in [
        "",
        "null",
        "<html>",
        "[]",
        "{}",
        r#"["t","Bearer",60]"#,
        "access_token=t&token_type=bearer",
        r#"{"access_token":"t","token_type":null}"#,
        r#"{"access_token":"t","token_type":""}"#,
        r#"{"access_token":"t","token_type":"mac"}"#,
        r#"{"access_token":"t","token_type":"Bearer "}"#,
        r#"{"access_token":"t","token_type":["Bearer"]}"#,
        r#"{"token_type":"Bearer"}"#,
        r#"{"access_token":null,"token_type":"Bearer"}"#,
        r#"{"access_token":"","token_type":"Bearer"}"#,
        r#"{"access_token":"a b","token_type":"Bearer"}"#,
        r#"{"access_token":"a\r\nb","token_type":"Bearer"}"#,
        r#"{"access_token":"é","token_type":"Bearer"}"#,
        r#"{"access_token":7,"token_type":"Bearer"}"#,
        r#"{"access_token":{"t":1},"token_type":"Bearer"}"#,
        r#"{"access_token":"t","token_type":"Bearer","error":"invalid_grant"}"#,
        r#"{"access_token":"t","token_type":"Bearer","ok":false}"#,
        r#"{"access_token":"","error":"invalid_grant"}"#,
        r#"{"access_token":"t","access_token":"t","token_type":"Bearer"}"#,
        r#"{"access_token":"t","token_type":"Bearer","t\u006fken_type":"Bearer"}"#,
        r#"{"access_token":"t","token_type":"Bearer","expires_in":60,"expires_in":60}"#,
        r#"{"access_token":"t","token_type":"Bearer","refresh_token":"r","refresh_token":"r"}"#,
        r#"{"access_token":"t","token_type":"Bearer","id_token":"i","id_token":"i"}"#,
        r#"{"access_token":"t","token_type":"Bearer","scope":"s","scope":"s"}"#,
        r#"{"access_token":"t","error":"","error":""}"#,
        r#"{"error":"invalid_grant","error":"invalid_grant"}"#,
        r#"{"error":""}"#,
        r#"{"error":"Invalid_grant"}"#,
        r#"{"access_token":"t","token_type":"Bearer"}{}"#,
        r#"{"access_token":"t","token_type":"Bearer""#,
    ] {
        let answer = answer(200, body);
        assert!(matches!(answer, Err(ExchangeError::BadResponse(_))), "{body}");
    }
}

#[test]
fn token_requires_a_2xx_status() {
    for status in [101, 199, 300, 302, 400, 401, 403, 500] {
        let answer = answer(status, r#"{"access_token":"t","token_type":"Bearer"}"#);
        assert!(matches!(answer, Err(ExchangeError::BadResponse(_))), "{status}");
    }
    let Err(ExchangeError::BadResponse(detail)) = answer(302, "") else { panic!("a redirect is a bad response") };
    assert!(detail.contains("redirects") && detail.contains("OAUTH_TOKEN_URL"), "{detail}");
}

#[test]
fn only_known_error_codes_are_logged() {
    for (body, code) in [
        (r#"{"error":"invalid_grant","error_description":"x"}"#, Some("invalid_grant")),
        (r#"{"error":"invalid_client: the client is unknown"}"#, Some("invalid_client")),
        (r#"{"error":{"code":"invalid_scope"}}"#, Some("invalid_scope")),
        (r#"{"error":"server_error"}"#, Some("server_error")),
        (r#"{"error":"of their own"}"#, Some("other")),
        (r#"{"error":7}"#, Some("other")),
        (r#"{"error":""}"#, None),
        (r#"{"access_token":"t"}"#, None),
        ("<html>", None),
    ] {
        assert_eq!(error_code(body.as_bytes()), code, "{body}");
    }
}

#[test]
fn credential_with_control_characters_is_rejected() {
    for (value, good) in [
        ("Iv1.8a61f9b3a7aba766", true),
        ("a b:c%", true),
        ("ünï", true),
        ("s\n", false),
        ("\0", false),
        ("\u{85}", false),
    ] {
        assert_eq!(credential_fault(value).is_none(), good, "{value:?}");
    }
}

proptest! {
    #[test]
    fn no_response_causes_a_panic(body in "\\PC{0,120}", status in 0u16..1000, now in any::<u64>()) {
        let _ = Rfc6749::STANDARD.token_response(status, body.as_bytes(), now);
    }

    #[test]
    fn accepted_token_can_be_sent_and_has_a_valid_expiry(data in "\\PC{0,20}", expires_in in any::<u64>(), now in 0u64..1 << 40) {
        let body = serde_json::json!({ "access_token": data, "token_type": "bearer", "expires_in": expires_in }).to_string();
        let answer = Rfc6749::STANDARD.token_response(200, body.as_bytes(), now);
        if let Ok(token) = &answer {
            prop_assert!(token.access_token.expose().bytes().all(|b| b.is_ascii_graphic()));
            let end = Some(expires_in).filter(|seconds| (1..=MAX_EXPIRES_IN).contains(seconds));
            prop_assert_eq!(token.expires_in, end);
        }
    }
}

#[test]
fn unusable_refresh_token_is_discarded() {
    let body = br#"{"access_token":"t","refresh_token":"r"}"#;
    for (id, is_kept) in [("anilist", false), ("oauth2", true)] {
        let endpoint = crate::provider::preset(id).expect("it is there").provider;
        let token = endpoint.token_response(200, body, NOW).expect("it is valid");
        assert_eq!(token.refresh_token.is_some(), is_kept, "{id}");
    }
}
