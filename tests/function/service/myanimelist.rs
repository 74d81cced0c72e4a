//! MyAnimeList: PKCE with `plain` only, refresh tokens, and a profile that browsers cannot request.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use http::Method;
use serde_json::json;

use crate::bench::{config, request};
use crate::server::{Login, VERIFIER, env, form};

const FORM: &str = "grant_type=authorization_code&code=hush-code&redirect_uri=https%3A%2F%2Fapp.example%2Fauth";

#[tokio::test]
async fn config_has_the_addresses_of_myanimelist_and_no_profile() {
    let login = Login::at("myanimelist", &[]).await;
    let answer = login.function.call(request(Method::GET, "/api/config")).await;
    assert_eq!(
        String::from_utf8_lossy(&answer.body),
        r#"{"providers":[{"id":"myanimelist","name":"MyAnimeList","client_id":"an-id","authorize_url":"https://myanimelist.net/v1/oauth2/authorize","redirect_uris":["https://app.example/auth"],"pkce":"plain"}],"session":"tab"}"#
    );
    let mut env = env("myanimelist", "");
    env.insert("OAUTH_TOKEN_URL", "".into());
    assert_eq!(
        config(&env).expect("the environment is valid").providers[0].token_url,
        "https://myanimelist.net/v1/oauth2/token"
    );
}

#[tokio::test]
async fn token_request_has_the_secret_in_its_body_or_header() {
    let login = Login::at("myanimelist", &[]).await;
    assert_eq!(login.finish(Some(VERIFIER)).await.status, 200);
    let body = format!("{FORM}&code_verifier={VERIFIER}&client_id=an-id&client_secret=hush-secret");
    assert_eq!(login.server.asked(), [form("", &body)]);

    let login = Login::at("myanimelist", &[("OAUTH_CLIENT_AUTH", "basic")]).await;
    assert_eq!(login.finish(Some(VERIFIER)).await.status, 200);
    let header = format!("authorization: Basic {}\r\n", BASE64_STANDARD.encode("an-id:hush-secret"));
    assert_eq!(login.server.asked(), [form(&header, &format!("{FORM}&code_verifier={VERIFIER}"))]);
}

#[tokio::test]
async fn verifier_is_required() {
    let login = Login::at("myanimelist", &[]).await;
    login.finish(None).await.assert_refusal(400, "invalid_request", "no", "without");
    assert_eq!(login.server.asked(), Vec::<String>::new());
}

#[tokio::test]
async fn refresh_token_is_not_passed_on() {
    let login = Login::at("myanimelist", &[]).await;
    let body = r#"{"token_type":"Bearer","expires_in":3600,"access_token":"t","refresh_token":"theirs"}"#;
    let answer = login.answered(200, body, Some(VERIFIER)).await;
    assert_eq!(answer.json(), json!({ "access_token": "t", "token_type": "Bearer", "expires_in": 3600 }));
}

#[tokio::test]
async fn each_error_is_reported_as_documented() {
    let login = Login::at("myanimelist", &[]).await;
    login.assert_refusals(Some(VERIFIER)).await;
    let body = r#"{"error":"invalid_grant","message":"theirs","hint":"Failed to verify `code_verifier`."}"#;
    login.answered(400, body, Some(VERIFIER)).await.assert_refusal(400, "invalid_code", "login", body);
}
