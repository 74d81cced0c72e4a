use alloc::string::ToString;

use proptest::prelude::*;

use super::*;
use crate::pkce::CodeVerifier;
use crate::secret::AuthorizationCode;
use crate::token::MAX_EXPIRES_IN;

const NOW: u64 = 1_700_000_000;

fn client(id: &str, secret: &str, auth: ClientAuth) -> ClientCredentials {
    ClientCredentials { id: id.into(), secret: ClientSecret::new(secret), auth: Some(auth) }
}

fn asked(client: &ClientCredentials, code_verifier: Option<&CodeVerifier>) -> (Option<String>, String) {
    let code = AuthorizationCode::new("c0 de&x");
    let grant = Grant { code: &code, redirect_uri: "https://app.example/auth", code_verifier };
    let request = request("https://p.example/token?tenant=7", client, &grant);
    assert_eq!(request.url, "https://p.example/token?tenant=7", "the address is as it was configured");
    let (media_type, body) = request.body.expect("it has a body");
    assert_eq!(media_type, "application/x-www-form-urlencoded");
    (request.authorization, body)
}

fn token(body: &str) -> Result<Token, ExchangeError> {
    answer(200, body.as_bytes(), NOW)
}

#[test]
fn the_secret_is_in_the_body_or_in_the_header_and_never_in_both() {
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
fn both_parts_of_the_header_are_form_encoded_first() {
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
fn a_token_may_be_told_in_many_ways() {
    for (body, expires_in) in [
        (r#"{"access_token":"t","token_type":"Bearer"}"#, None),
        (r#"{"access_token":"t","token_type":"bearer","scope":""}"#, None),
        (r#"{"token_type":"BEARER","expires_in":1,"access_token":"t"}"#, Some(1)),
        (r#"{"access_token":"t","token_type":"bEaReR","expires_in":315360000}"#, Some(MAX_EXPIRES_IN)),
        (
            r#"{"access_token":"t","token_type":"Bearer","expires_in":3600,"refresh_token":"r","id_token":"i","x":[{}]}"#,
            Some(3600),
        ),
        (r#"{"access_token":"t","token_type":"Bearer","error":null,"scope":["a"],"id_token":null}"#, None),
        (r#"{"acc\u0065ss_token":"t","token_type":"Bearer"}"#, None),
    ] {
        let token = token(body).expect(body);
        assert_eq!((token.access_token.expose(), token.expires_in), ("t", expires_in), "{body}");
    }
}

#[test]
fn each_refusal_names_who_is_at_fault_whichever_status_it_comes_with() {
    use ClientFault::*;
    for (error, fault) in [
        ("invalid_grant", ExchangeError::InvalidCode),
        ("bad_verification_code", ExchangeError::InvalidCode),
        ("invalid_client", ExchangeError::ClientRefused(Credentials)),
        ("incorrect_client_credentials", ExchangeError::ClientRefused(Credentials)),
        ("unauthorized_client", ExchangeError::ClientRefused(Grant)),
        ("redirect_uri_mismatch", ExchangeError::ClientRefused(RedirectUri)),
    ] {
        for status in [200, 400, 401] {
            for more in ["", r#","error_description":"x","error_uri":"https://p.example/x""#, r#","access_token":null"#]
            {
                let body = format!(r#"{{"error":"{error}"{more}}}"#);
                assert_eq!(answer(status, body.as_bytes(), NOW).err(), Some(fault), "{status} {body}");
            }
        }
        let body = format!(r#"{{"error":"{error}"}}"#);
        for status in [201, 302, 403, 404, 500] {
            let answer = answer(status, body.as_bytes(), NOW);
            assert!(matches!(answer, Err(ExchangeError::BadResponse(_))), "{status} {body}");
        }
    }
}

#[test]
fn everything_else_is_a_bad_response() {
    for body in [
        "",
        "null",
        "<html>",
        "[]",
        "{}",
        r#"["t","Bearer",60]"#,
        "access_token=t&token_type=bearer",
        r#"{"access_token":"t"}"#,
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
        r#"{"access_token":"t","token_type":"Bearer","expires_in":0}"#,
        r#"{"access_token":"t","token_type":"Bearer","expires_in":-1}"#,
        r#"{"access_token":"t","token_type":"Bearer","expires_in":60.0}"#,
        r#"{"access_token":"t","token_type":"Bearer","expires_in":6e1}"#,
        r#"{"access_token":"t","token_type":"Bearer","expires_in":"60"}"#,
        r#"{"access_token":"t","token_type":"Bearer","expires_in":null}"#,
        r#"{"access_token":"t","token_type":"Bearer","expires_in":true}"#,
        r#"{"access_token":"t","token_type":"Bearer","expires_in":315360001}"#,
        r#"{"access_token":"t","token_type":"Bearer","expires_in":18446744073709551615}"#,
        r#"{"access_token":"t","token_type":"Bearer","expires_in":18446744073709551616}"#,
        r#"{"access_token":"t","token_type":"Bearer","error":"invalid_grant"}"#,
        r#"{"access_token":"t","token_type":"Bearer","error":""}"#,
        r#"{"access_token":"","error":"invalid_grant"}"#,
        r#"{"access_token":"t","access_token":"t","token_type":"Bearer"}"#,
        r#"{"access_token":"t","token_type":"Bearer","t\u006fken_type":"Bearer"}"#,
        r#"{"access_token":"t","token_type":"Bearer","expires_in":60,"expires_in":60}"#,
        r#"{"access_token":"t","token_type":"Bearer","refresh_token":"r","refresh_token":"r"}"#,
        r#"{"access_token":"t","token_type":"Bearer","id_token":"i","id_token":"i"}"#,
        r#"{"access_token":"t","token_type":"Bearer","scope":"s","scope":"s"}"#,
        r#"{"error":"invalid_grant","error":"invalid_grant"}"#,
        r#"{"error":""}"#,
        r#"{"error":"Invalid_grant"}"#,
        r#"{"error":"invalid_request"}"#,
        r#"{"error":"unsupported_grant_type"}"#,
        r#"{"error":"invalid_scope"}"#,
        r#"{"error":"access_denied"}"#,
        r#"{"error":{"code":"invalid_grant"}}"#,
        r#"{"error":["invalid_grant"]}"#,
        r#"{"access_token":"t","token_type":"Bearer"}{}"#,
        r#"{"access_token":"t","token_type":"Bearer""#,
    ] {
        for status in [200, 400, 401] {
            let answer = answer(status, body.as_bytes(), NOW);
            assert!(matches!(answer, Err(ExchangeError::BadResponse(_))), "{status} {body}");
        }
    }
}

#[test]
fn a_token_comes_with_http_200_and_with_no_other() {
    for status in [101, 201, 204, 302, 400, 401, 403, 500] {
        let answer = answer(status, br#"{"access_token":"t","token_type":"Bearer"}"#, NOW);
        assert!(matches!(answer, Err(ExchangeError::BadResponse(_))), "{status}");
    }
}

#[test]
fn a_credential_has_no_control_characters() {
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
    fn no_answer_makes_it_panic(body in "\\PC{0,120}", status in 0u16..1000, now in any::<u64>()) {
        let _ = answer(status, body.as_bytes(), now);
    }

    #[test]
    fn a_believed_token_can_be_sent_and_ends_in_time(data in "\\PC{0,20}", expires_in in any::<u64>(), now in 0u64..1 << 40) {
        let body = serde_json::json!({ "access_token": data, "token_type": "bearer", "expires_in": expires_in }).to_string();
        let answer = answer(200, body.as_bytes(), now);
        if let Ok(token) = &answer {
            prop_assert!(token.access_token.expose().bytes().all(|b| b.is_ascii_graphic()));
            prop_assert_eq!(token.expires_in, Some(expires_in));
            prop_assert!((1..=MAX_EXPIRES_IN).contains(&expires_in));
        }
    }
}
