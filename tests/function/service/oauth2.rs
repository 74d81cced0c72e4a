//! Any server that follows RFC 6749: everything is configured, and every row of the documented tables applies.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use http::Method;
use serde_json::json;

use crate::bench::{MONTH, post, request};
use crate::server::{Login, TOKEN, VERIFIER, form};

const FORM: &str = "grant_type=authorization_code&code=hush-code&redirect_uri=https%3A%2F%2Fapp.example%2Fauth";

#[tokio::test]
async fn config_has_exactly_what_is_configured() {
    let entry = |more: &str| {
        format!(
            r#"{{"providers":[{{"id":"oauth2","name":"login.p.example","client_id":"an-id","authorize_url":"https://login.p.example/authorize","redirect_uris":["https://app.example/auth"]{more}}}],"session":"tab"}}"#
        )
    };
    for (variables, more) in [
        (vec![], r#","pkce":"S256""#),
        (vec![("OAUTH_PKCE", "S256")], r#","pkce":"S256""#),
        (vec![("OAUTH_PKCE", "plain")], r#","pkce":"plain""#),
        (vec![("OAUTH_PKCE", "none")], ""),
        (vec![("OAUTH_PKCE", "none"), ("OAUTH_SCOPE", "openid profile")], r#","scope":"openid profile""#),
        (vec![("OAUTH_PKCE", "none"), ("OAUTH_ISSUER", "https://p.example")], r#","issuer":"https://p.example""#),
        (
            vec![
                ("OAUTH_PROFILE_URL", "https://p.example/me"),
                ("OAUTH_SCOPE", "a"),
                ("OAUTH_ISSUER", "https://P.example/x/"),
            ],
            r#","profile_url":"https://p.example/me","profile":{"name":["/name","/preferred_username","/sub"],"picture":"/picture"},"pkce":"S256","scope":"a","issuer":"https://P.example/x/""#,
        ),
    ] {
        let login = Login::at("oauth2", &variables).await;
        let answer = login.function.call(request(Method::GET, "/api/config")).await;
        assert_eq!(String::from_utf8_lossy(&answer.body), entry(more), "{variables:?}");
    }
}

#[tokio::test]
async fn token_request_is_a_form_with_the_secret_in_its_header_or_body() {
    let basic = format!("authorization: Basic {}\r\n", BASE64_STANDARD.encode("an-id:hush-secret"));
    let verifier = format!("&code_verifier={VERIFIER}");
    let secret = "&client_id=an-id&client_secret=hush-secret";
    for (variables, verifier, header, more) in [
        (vec![], Some(VERIFIER), &*basic, verifier.clone()),
        (vec![("OAUTH_CLIENT_AUTH", "basic"), ("OAUTH_PKCE", "none")], None, &basic, String::new()),
        (vec![("OAUTH_CLIENT_AUTH", "post"), ("OAUTH_PKCE", "none")], None, "", secret.to_owned()),
        (vec![("OAUTH_CLIENT_AUTH", "post"), ("OAUTH_PKCE", "plain")], Some(VERIFIER), "", verifier.clone() + secret),
    ] {
        let login = Login::at("oauth2", &variables).await;
        assert_eq!(
            login.finish(verifier).await.json(),
            json!({ "access_token": "t", "token_type": "Bearer", "ends_in": MONTH })
        );
        assert_eq!(login.server.asked(), [form(header, &format!("{FORM}{more}"))], "{variables:?}");
    }
}

#[tokio::test]
async fn client_credentials_are_form_encoded_in_the_header() {
    for (id, secret, pair) in [
        ("a:b", "c:d", "a%3Ab:c%3Ad"),
        ("100%", "%3A", "100%25:%253A"),
        ("an id", "c+d", "an+id:c%2Bd"),
        ("ünï", "🍣", "%C3%BCn%C3%AF:%F0%9F%8D%A3"),
        ("a&b", "\"=/\\", "a%26b:%22%3D%2F%5C"),
    ] {
        let login = Login::at("oauth2", &[("OAUTH_CLIENT_ID", id), ("OAUTH_CLIENT_SECRET", secret)]).await;
        assert_eq!(login.finish(Some(VERIFIER)).await.status, 200);
        let header = format!("\r\nauthorization: Basic {}\r\n", BASE64_STANDARD.encode(pair));
        let asked = login.server.asked().concat();
        assert!(asked.contains(&header), "{id} {secret}: {asked}");

        let post = [("OAUTH_CLIENT_ID", id), ("OAUTH_CLIENT_SECRET", secret), ("OAUTH_CLIENT_AUTH", "post")];
        let login = Login::at("oauth2", &post).await;
        assert_eq!(login.finish(Some(VERIFIER)).await.status, 200);
        let (id, secret) = pair.split_once(':').expect("the pair has a colon");
        let asked = login.server.asked().concat();
        assert!(asked.ends_with(&format!("&client_id={id}&client_secret={secret}")), "{asked}");
    }
}

#[tokio::test]
async fn verifier_is_required_with_pkce_and_rejected_without() {
    let (short, long) = ("a".repeat(42), "a".repeat(129));
    for (pkce, verifiers) in [
        ("S256", vec![None, Some(""), Some(&*short), Some(&*long)]),
        ("plain", vec![None, Some("+dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"), Some(&short)]),
        ("none", vec![Some(VERIFIER), Some(""), Some(&short)]),
    ] {
        let login = Login::at("oauth2", &[("OAUTH_PKCE", pkce)]).await;
        for verifier in verifiers {
            let answer = login.finish(verifier).await;
            answer.assert_refusal(400, "invalid_request", "no", &format!("{pkce} {verifier:?}"));
        }
        let mut body = login.body(None);
        body["code_verifier"] = json!(null);
        login.function.call(post(&body)).await.assert_refusal(400, "invalid_request", "no", "null");
        // The verifier is checked before the redirect URI.
        let mut body = login.body(if pkce == "none" { Some(VERIFIER) } else { None });
        body["redirect_uri"] = json!("https://evil.example/auth");
        login.function.call(post(&body)).await.assert_refusal(400, "invalid_request", "no", "both");
        assert_eq!(login.server.asked(), Vec::<String>::new(), "{pkce}");
    }
    let login = Login::at("oauth2", &[]).await;
    for verifier in ["a".repeat(43), "a".repeat(128), format!("-._~{}", "Z9".repeat(20))] {
        assert_eq!(login.finish(Some(&verifier)).await.status, 200, "{verifier}");
        let asked = login.server.asked().concat();
        assert!(asked.ends_with(&format!("&code_verifier={}", verifier.replace('~', "%7E"))), "{asked}");
    }
}

#[tokio::test]
async fn each_error_is_reported_as_documented() {
    Login::at("oauth2", &[]).await.assert_refusals(Some(VERIFIER)).await;
}

#[tokio::test]
async fn log_names_the_variables_to_check_if_the_client_is_refused() {
    let login = Login::at("oauth2", &[]).await;
    for (error, variables) in [
        ("invalid_client", vec!["OAUTH_CLIENT_ID ", "OAUTH_CLIENT_SECRET ", "OAUTH_CLIENT_AUTH "]),
        ("incorrect_client_credentials", vec!["OAUTH_CLIENT_ID ", "OAUTH_CLIENT_SECRET "]),
        ("unauthorized_client", vec!["OAUTH_CLIENT_ID "]),
        ("invalid_client_id", vec!["OAUTH_CLIENT_ID "]),
        ("bad_client_secret", vec!["OAUTH_CLIENT_SECRET "]),
        ("redirect_uri_mismatch", vec!["OAUTH_REDIRECT_URIS ", "OAUTH_CLIENT_SECRET "]),
        ("invalid_request", vec!["OAUTH_REDIRECT_URIS ", "OAUTH_CLIENT_AUTH ", "OAUTH_PKCE "]),
        ("invalid_scope", vec!["OAUTH_SCOPE "]),
        ("unsupported_grant_type", vec!["OAUTH_TOKEN_URL "]),
        ("", vec!["OAUTH_CLIENT_ID ", "OAUTH_CLIENT_SECRET ", "OAUTH_CLIENT_AUTH "]),
    ] {
        login.answered(401, &json!({ "error": error }).to_string(), Some(VERIFIER)).await;
        let line = login.function.last_line();
        let code = if error.is_empty() { json!(null) } else { json!(error) };
        assert_eq!((&line["upstream_status"], &line["upstream_error"]), (&json!(401), &code), "{line}");
        let detail = line["detail"].as_str().expect("there is a detail").replace([':', ','], " ");
        assert!(variables.iter().all(|variable| detail.contains(variable)), "{error}: {detail}");
    }
}

#[tokio::test]
async fn unusable_response_is_a_bad_response() {
    let login = Login::at("oauth2", &[]).await;
    for body in [
        "",
        "<html>theirs</html>",
        "[]",
        "access_token=theirs&token_type=bearer",
        r#"{"access_token":"theirs","token_type":"mac"}"#,
        r#"{"access_token":"","token_type":"Bearer"}"#,
        r#"{"access_token":"the irs","token_type":"Bearer"}"#,
        r#"{"access_token":"theirs\n","token_type":"Bearer"}"#,
        r#"{"access_token":["theirs"],"token_type":"Bearer"}"#,
        r#"{"access_token":"theirs","token_type":"Bearer","access_token":"theirs"}"#,
        r#"{"access_token":"theirs","token_type":"Bearer","token_type":"Bearer"}"#,
        r#"{"access_token":"theirs","token_type":"Bearer","refresh_token":"a","refresh_token":"b"}"#,
        r#"{"access_token":"theirs","token_type":"Bearer","error":"invalid_grant"}"#,
        r#"{"error":"invalid_grant","error":"invalid_grant"}"#,
        r#"{"error":["invalid_grant"]}"#,
        // AniAPI's own format.
        r#"{"status_code":200,"data":"theirs"}"#,
    ] {
        for status in [200, 400] {
            let answer = login.answered(status, body, Some(VERIFIER)).await;
            answer.assert_refusal(502, "provider_bad_response", "later", &format!("{status} {body}"));
        }
    }
    for status in [302, 307, 400, 401, 403, 404, 500] {
        let answer = login.answered(status, &TOKEN.replace("\"t\"", "\"theirs\""), Some(VERIFIER)).await;
        answer.assert_refusal(502, "provider_bad_response", "later", &status.to_string());
    }
    for status in [429, 503] {
        login.answered(status, "theirs", Some(VERIFIER)).await.assert_refusal(503, "provider_busy", "later", "busy");
    }
}

#[tokio::test]
async fn only_the_token_its_type_and_its_expiry_are_passed_on() {
    let login = Login::at("oauth2", &[]).await;
    for (expires_in, end) in [
        ("", None),
        (r#","expires_in":3600"#, Some(3600)),
        (r#","expires_in":1"#, Some(1)),
        (r#","expires_in":"3600""#, Some(3600)),
        (r#","expires_in":60.5"#, Some(60)),
        (r#","expires_in":0"#, None),
        (r#","expires_in":null"#, None),
        (r#","expires_in":-60"#, None),
        (r#","expires_in":315360001"#, None),
    ] {
        let body = format!(
            r#"{{"access_token":"t","token_type":"bearer","refresh_token":"theirs","id_token":"theirs","scope":"theirs","x":{{"theirs":[]}}{expires_in}}}"#
        );
        let mut wanted = json!({ "access_token": "t", "token_type": "Bearer" });
        match end {
            Some(end) => wanted["expires_in"] = json!(end),
            None => wanted["ends_in"] = json!(MONTH),
        }
        assert_eq!(login.answered(200, &body, Some(VERIFIER)).await.json(), wanted);
    }
}
