//! AniList: no PKCE, no scopes, and tokens that contain their own expiry.

use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use http::Method;
use serde_json::json;

use crate::bench::{MONTH, config, request};
use crate::server::{Login, VERIFIER, env, form};

#[tokio::test]
async fn config_has_the_addresses_and_profile_of_anilist() {
    let login = Login::at("anilist", &[]).await;
    let answer = login.function.call(request(Method::GET, "/api/config")).await;
    assert_eq!(
        String::from_utf8_lossy(&answer.body),
        r#"{"providers":[{"id":"anilist","name":"AniList","client_id":"an-id","authorize_url":"https://anilist.co/api/v2/oauth/authorize","redirect_uris":["https://app.example/auth"],"profile_url":"https://graphql.anilist.co/","profile":{"query":"{\"query\":\"{Viewer{name avatar{large}}}\"}","referrer":true,"refused":400,"name":["/data/Viewer/name"],"picture":"/data/Viewer/avatar/large"},"api_url":"https://graphql.anilist.co"}],"session":"tab"}"#
    );
    let mut env = env("anilist", "");
    env.insert("OAUTH_TOKEN_URL", "".into());
    assert_eq!(
        config(&env).expect("the environment is valid").providers[0].token_url,
        "https://anilist.co/api/v2/oauth/token"
    );
}

#[tokio::test]
async fn token_request_has_the_secret_in_its_body_and_no_verifier() {
    let login = Login::at("anilist", &[]).await;
    assert_eq!(login.finish(None).await.status, 200);
    let body = "grant_type=authorization_code&code=hush-code&redirect_uri=https%3A%2F%2Fapp.example%2Fauth\
                &client_id=an-id&client_secret=hush-secret";
    assert_eq!(login.server.asked(), [form("", body)]);
    login.finish(Some(VERIFIER)).await.assert_refusal(400, "invalid_request", "no", "with a verifier");
    assert_eq!(login.server.asked(), Vec::<String>::new());
}

#[tokio::test]
async fn each_error_is_reported_as_documented() {
    let login = Login::at("anilist", &[]).await;
    login.assert_refusals(None).await;
    let body = r#"{"error":"invalid_client","message":"theirs"}"#;
    login.answered(401, body, None).await.assert_refusal(502, "provider_refused_client", "later", body);
}

#[tokio::test]
async fn expiry_is_read_from_the_response_or_else_from_the_token() {
    let login = Login::at("anilist", &[]).await;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("the clock is after 1970").as_secs();
    let jwt = |claims: String| format!("h.{}.s", BASE64_URL_SAFE_NO_PAD.encode(claims));
    let in_an_hour = jwt(format!(r#"{{"aud":"1","exp":{},"scopes":[]}}"#, now + 3600));
    let year = json!({ "token_type": "Bearer", "expires_in": 31_536_000, "access_token": in_an_hour, "refresh_token": "theirs" });
    let answer = login.answered(200, &year.to_string(), None).await;
    assert_eq!(answer.json(), json!({ "access_token": in_an_hour, "token_type": "Bearer", "expires_in": 31_536_000 }));

    let without = |token: &str| json!({ "token_type": "Bearer", "access_token": token }).to_string();
    let answer = login.answered(200, &without(&in_an_hour), None).await;
    assert!(
        answer.json()["expires_in"].as_u64().is_some_and(|left| (3590..=3600).contains(&left)),
        "{}",
        answer.json()
    );
    let answer = login.answered(200, &without("opaque"), None).await;
    assert_eq!(answer.json(), json!({ "access_token": "opaque", "token_type": "Bearer", "ends_in": MONTH }));
    for claims in [format!(r#"{{"exp":{now}}}"#), r#"{"exp":"soon"}"#.into(), r#"{"exp":1e300}"#.into()] {
        let answer = login.answered(200, &without(&jwt(claims.clone())), None).await;
        answer.assert_refusal(502, "provider_bad_response", "later", &claims);
    }
}
