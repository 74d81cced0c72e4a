//! GitHub: errors with HTTP 200, its own error codes, and PKCE with `S256` only.

use http::Method;
use serde_json::json;

use crate::bench::{MONTH, config, request};
use crate::server::{Login, VERIFIER, env, form};

#[tokio::test]
async fn config_has_the_addresses_and_profile_of_github() {
    let login = Login::at("github", &[("OAUTH_SCOPE", "read:user")]).await;
    let answer = login.function.call(request(Method::GET, "/api/config")).await;
    assert_eq!(
        String::from_utf8_lossy(&answer.body),
        r#"{"providers":[{"id":"github","name":"GitHub","client_id":"an-id","authorize_url":"https://github.com/login/oauth/authorize","redirect_uris":["https://app.example/auth"],"profile_url":"https://api.github.com/user","profile":{"name":["/name","/login"],"picture":"/avatar_url"},"api_url":"https://api.github.com","pkce":"S256","choose_account":"prompt=select_account","scope":"read:user","issuer":"https://github.com/login/oauth"}],"session":"tab"}"#
    );
    let mut env = env("github", "");
    env.insert("OAUTH_TOKEN_URL", "".into());
    let config = config(&env).expect("the environment is valid");
    assert_eq!(config.providers[0].token_url, "https://github.com/login/oauth/access_token");
}

#[tokio::test]
async fn token_request_has_the_secret_in_its_body() {
    let login = Login::at("github", &[]).await;
    let body = r#"{"access_token":"gho_t","scope":"","token_type":"bearer"}"#;
    login.server.answers(200, body);
    let answer = login.finish(Some(VERIFIER)).await;
    assert_eq!(answer.json(), json!({ "access_token": "gho_t", "token_type": "Bearer", "ends_in": MONTH }));
    let body = format!(
        "grant_type=authorization_code&code=hush-code&redirect_uri=https%3A%2F%2Fapp.example%2Fauth\
         &code_verifier={VERIFIER}&client_id=an-id&client_secret=hush-secret"
    );
    assert_eq!(login.server.asked(), [form("", &body)]);
}

/// The errors in GitHub's documentation, word for word except for the descriptions.
#[tokio::test]
async fn errors_with_http_200_are_recognized() {
    let login = Login::at("github", &[]).await;
    for (error, status, code, retry) in [
        ("bad_verification_code", 400, "invalid_code", "login"),
        ("incorrect_client_credentials", 502, "provider_refused_client", "later"),
        ("redirect_uri_mismatch", 502, "provider_refused_client", "later"),
        ("unverified_user_email", 502, "provider_bad_response", "later"),
    ] {
        let body = json!({ "error": error, "error_description": "theirs", "error_uri": "/apps/theirs" }).to_string();
        let answer = login.answered(200, &body, Some(VERIFIER)).await;
        answer.assert_refusal(status, code, retry, error);
    }
    login.assert_refusals(Some(VERIFIER)).await;
}

#[tokio::test]
async fn expiry_is_passed_on_and_the_refresh_token_is_not() {
    let login = Login::at("github", &[]).await;
    let body = r#"{"access_token":"ghu_t","expires_in":28800,"refresh_token":"ghr_theirs","refresh_token_expires_in":15811200,"scope":"","token_type":"bearer"}"#;
    let answer = login.answered(200, body, Some(VERIFIER)).await;
    assert_eq!(answer.json(), json!({ "access_token": "ghu_t", "token_type": "Bearer", "expires_in": 28800 }));
}

#[tokio::test]
async fn verifier_is_required_unless_pkce_is_turned_off() {
    let login = Login::at("github", &[]).await;
    login.finish(None).await.assert_refusal(400, "invalid_request", "no", "without");
    let login = Login::at("github", &[("OAUTH_PKCE", "none")]).await;
    assert_eq!(login.finish(None).await.status, 200);
    login.finish(Some(VERIFIER)).await.assert_refusal(400, "invalid_request", "no", "with");
}
