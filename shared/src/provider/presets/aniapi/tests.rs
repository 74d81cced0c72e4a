use alloc::format;
use alloc::string::ToString;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use proptest::prelude::*;

use super::*;
use crate::provider::{Profile, ProfileError};
use crate::secret::{AuthorizationCode, ClientSecret};

const NOW: u64 = 1_700_000_000;

fn token(body: &str) -> Result<Token, ExchangeError> {
    AniApi.token_response(200, body.as_bytes(), NOW)
}

fn jwt(exp: u64) -> String {
    format!("h.{}.s", URL_SAFE_NO_PAD.encode(format!(r#"{{"id":1,"exp":{exp}}}"#)))
}

#[test]
fn token_request_has_its_parameters_in_the_query_and_no_body() {
    let client = ClientCredentials { id: "an id".into(), secret: ClientSecret::new("s&cret"), auth: None };
    let code = AuthorizationCode::new("c0de");
    let grant = Grant { code: &code, redirect_uri: "https://app.example/auth", code_verifier: None };
    let request = AniApi.token_request("https://api.aniapi.com/v1/oauth/token", &client, &grant);
    assert_eq!(
        request.url,
        "https://api.aniapi.com/v1/oauth/token?client_id=an+id&client_secret=s%26cret&code=c0de\
         &redirect_uri=https%3A%2F%2Fapp.example%2Fauth"
    );
    assert!(request.body.is_none() && request.authorization.is_none());
}

#[test]
fn both_forms_of_the_envelope_are_read() {
    let jwt = jwt(NOW + 60);
    for envelope in [
        format!(r#"{{"status_code":200,"message":"Code verified","data":"{jwt}","version":"1"}}"#),
        format!(r#"{{"status":200,"message":"Code verified","data":"{jwt}","version":"1"}}"#),
        format!(r#"{{"status":200,"status_code":200,"data":"{jwt}"}}"#),
        format!(r#" {{"data":"{jwt}","more":{{}},"status_code":200,"message":null}} "#),
    ] {
        let token = token(&envelope).expect("it is valid");
        assert_eq!(token.access_token.expose(), jwt);
        assert_eq!(token.expires_in, Some(60));
    }
}

#[test]
fn opaque_token_has_no_known_expiry() {
    let token = token(r#"{"status_code":200,"data":"opaque"}"#).expect("it is valid");
    assert_eq!((token.access_token.expose(), token.expires_in), ("opaque", None));
}

#[test]
fn each_error_is_assigned_to_the_party_at_fault() {
    use ClientFault as Fault;
    for (envelope, error) in [
        (r#"{"status_code":403,"data":"code not valid"}"#, ExchangeError::InvalidCode),
        (r#"{"status":403,"message":"Forbidden","data":"code not valid","version":"1"}"#, ExchangeError::InvalidCode),
        (r#"{"status_code":404,"message":"client_id not found"}"#, ExchangeError::ClientRefused(Fault::ID)),
        (
            r#"{"status_code":404,"message":"Not found","data":"client_id not found"}"#,
            ExchangeError::ClientRefused(Fault::ID),
        ),
        (
            r#"{"status_code":403,"data":"client_secret content mismatch from registered client"}"#,
            ExchangeError::ClientRefused(Fault::SECRET),
        ),
        (
            r#"{"status_code":403,"data":"redirect_uri content mismatch from registered client"}"#,
            ExchangeError::ClientRefused(Fault::REDIRECT_URI),
        ),
    ] {
        assert_eq!(token(envelope).err(), Some(error), "{envelope}");
    }
}

#[test]
fn any_other_envelope_is_a_bad_response() {
    let (expired, eternal) = (jwt(NOW), jwt(NOW + 400_000_000));
    for envelope in [
        "",
        "null",
        "<html>",
        "[]",
        "{}",
        r#"[200,200,"m","token","1"]"#,
        r#"{"status_code":200}"#,
        r#"{"status_code":200,"data":null}"#,
        r#"{"status_code":200,"data":""}"#,
        r#"{"status_code":200,"data":"a b"}"#,
        r#"{"status_code":200,"data":"a\nb"}"#,
        r#"{"status_code":200,"data":"é"}"#,
        r#"{"status_code":200,"data":7}"#,
        r#"{"status_code":200,"data":{"token":"t"}}"#,
        r#"{"status_code":"200","data":"t"}"#,
        r#"{"status_code":200.5,"data":"t"}"#,
        r#"{"status_code":-200,"data":"t"}"#,
        r#"{"status_code":65736,"data":"t"}"#,
        r#"{"data":"t"}"#,
        r#"{"status_code":null,"data":"t"}"#,
        r#"{"status_code":200,"status":403,"data":"t"}"#,
        r#"{"status_code":200,"status_code":200,"data":"t"}"#,
        r#"{"status_code":200,"data":"t","data":"t"}"#,
        r#"{"status":200,"status":200,"data":"t"}"#,
        r#"{"status_code":200,"data":"t","message":7}"#,
        r#"{"status_code":200,"data":"t","message":"a","message":"a"}"#,
        r#"{"status_code":200,"data":"t","version":1}"#,
        r#"{"status_code":200,"data":"t"}{}"#,
        r#"{"status_code":200,"data":"t""#,
        r#"{"status_code":201,"data":"t"}"#,
        r#"{"status_code":400,"message":"Missing required field"}"#,
        r#"{"status_code":403}"#,
        r#"{"status_code":403,"data":"something new"}"#,
        r#"{"status_code":404,"data":"something new"}"#,
        r#"{"status_code":500,"message":"Something bad happened"}"#,
        &format!(r#"{{"status_code":200,"data":"{expired}"}}"#),
        &format!(r#"{{"status_code":200,"data":"{eternal}"}}"#),
    ] {
        assert!(matches!(token(envelope), Err(ExchangeError::BadResponse(_))), "{envelope}");
    }
}

#[test]
fn invalid_utf_8_anywhere_in_the_envelope_is_a_bad_response() {
    for envelope in
        [&b"{\"status_code\":200,\"data\":\"t\xff\"}"[..], b"{\"status_code\":200,\"data\":\"t\",\"more\":\"\xff\"}"]
    {
        assert!(matches!(AniApi.token_response(200, envelope, NOW), Err(ExchangeError::BadResponse(_))));
    }
}

#[test]
fn any_other_http_status_is_a_bad_response() {
    for status in [101, 201, 204, 302, 400, 401, 403, 404, 500, 502] {
        let answer = AniApi.token_response(status, br#"{"status_code":200,"data":"t"}"#, NOW);
        assert!(matches!(answer, Err(ExchangeError::BadResponse(_))), "{status}");
    }
}

#[test]
fn guid_has_hyphens_and_digits_in_the_right_places() {
    for (value, good) in [
        ("11111111-2222-3333-4444-555555555555", true),
        ("abcdefAB-CDEF-0123-4567-89abcdefABCD", true),
        ("11111111222233334444555555555555", false),
        ("{11111111-2222-3333-4444-555555555555}", false),
        ("11111111-2222-3333-4444-55555555555g", false),
        ("11111111-2222-3333-44445-55555555555", false),
        ("", false),
    ] {
        assert_eq!(AniApi.credential_fault(value).is_none(), good, "{value}");
    }
}

fn profile(status: u16, body: &str) -> Result<Profile, ProfileError> {
    super::profile().read(status, serde_json::from_str::<serde_json::Value>(body).ok())
}

#[test]
fn profile_is_read() {
    for (role, shown) in
        [("0", Some("Basic user")), ("1", Some("Moderator")), ("2", Some("Administrator")), ("3", None), ("null", None)]
    {
        let body = format!(
            r#"{{"status_code":200,"message":"ok","data":{{"username":"demo","email":"d@e.f","role":{role},"avatar":"https://a.example/x.png","id":1}},"version":"1"}}"#
        );
        let profile = profile(200, &body).expect("it is valid");
        assert_eq!(
            profile,
            Profile {
                name: "demo".to_string(),
                picture: Some("https://a.example/x.png".to_string()),
                role: shown.map(Into::into)
            }
        );
    }
}

#[test]
fn missing_profile_is_reported_with_its_reason() {
    use ProfileError::*;
    for (status, body, error) in [
        (401, r#"{"status_code":401,"data":"You need to verify your email first"}"#, EmailNotVerified),
        (401, r#"{"status_code":401,"message":"Unauthorized"}"#, TokenRefused),
        (401, "", TokenRefused),
        (200, "<html>", Unreadable),
        (200, r#"{"status_code":200}"#, Unreadable),
        (200, r#"{"status_code":200,"data":{"username":""}}"#, Unreadable),
        (200, r#"{"status_code":200,"data":{"id":1}}"#, Unreadable),
        (200, r#"{"status_code":200,"data":["demo",null,2]}"#, Unreadable),
        (200, r#"{"status_code":500,"data":{"username":"demo"}}"#, Unreadable),
        (200, r#"{"status_code":200,"status":500,"data":{"username":"demo"}}"#, Unreadable),
        (200, r#"{"status_code":"200","data":{"username":"demo"}}"#, Unreadable),
        (200, r#"{"data":{"username":"demo"}}"#, Unreadable),
        (500, r#"{"status_code":200,"data":{"username":"demo"}}"#, Unreadable),
        (429, r#"{"status_code":429}"#, Unreadable),
    ] {
        assert_eq!(profile(status, body), Err(error), "{status} {body}");
    }
}

proptest! {
    #[test]
    fn no_response_causes_a_panic(body in "\\PC{0,120}", status in 0u16..1000) {
        let _ = AniApi.token_response(status, body.as_bytes(), NOW);
        let _ = profile(status, &body);
    }

    #[test]
    fn accepted_token_can_be_sent(data in "\\PC{0,20}") {
        let body = serde_json::json!({ "status_code": 200, "data": data }).to_string();
        if let Ok(token) = token(&body) {
            prop_assert!(token.access_token.expose().bytes().all(|b| b.is_ascii_graphic()));
        }
    }
}
