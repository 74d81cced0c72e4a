//! Cookies on the platform: as with a function URL, they arrive in the event's `cookies` and leave in those of the
//! response (payload format 2.0).

use serde_json::{Value, json};

use crate::api::{Platform, Reply, SECRET, event, token_event};
use crate::upstream::Upstream;

const KEY: &str = "0123456789abcdefghijklmnopqrstuv";
const COOKIE: &str = "__Host-Http-session";

async fn answer(platform: &mut Platform, event: &Value) -> Value {
    match platform.invoke(&event.to_string()).await {
        Reply::Response(answer) => answer,
        Reply::Error(error) => panic!("{event}: {error}"),
    }
}

/// A platform whose function keeps sessions in cookies, with a profile address at which nothing listens.
async fn platform(provider: &str) -> Platform {
    let variables = [
        ("OAUTH_CLIENT_SECRET", SECRET),
        ("OAUTH_SESSION", "cookie"),
        ("OAUTH_SESSION_KEY", KEY),
        ("OAUTH_PROFILE_URL", "http://127.0.0.1:1/me"),
    ];
    Platform::with(provider, &variables).await
}

#[tokio::test(flavor = "multi_thread")]
async fn session_cookies_travel_in_the_cookies_of_events_and_responses() {
    let upstream = Upstream::start().await;
    let mut platform = platform(&upstream.address).await;
    let login = answer(&mut platform, &token_event("good-1")).await;
    assert_eq!(login["statusCode"], 200, "{login}");
    assert!(login["headers"].get("set-cookie").is_none(), "{login}");
    let [cookie] = &login["cookies"].as_array().expect("there are cookies")[..] else { panic!("one cookie: {login}") };
    let cookie = cookie.as_str().expect("the text is UTF-8");
    assert!(cookie.starts_with(&format!("{COOKIE}=11")) && cookie.ends_with("; Max-Age=2592000"), "{cookie}");
    let id = serde_json::from_str::<Value>(login["body"].as_str().expect("a response has a body")).expect("valid JSON")
        ["id"]
        .clone();

    let pair = cookie.split(';').next().expect("a cookie has a value");
    let mut get = event("GET", "/api/session");
    get["cookies"] = json!(["a=b", pair, "c=d"]);
    let session = answer(&mut platform, &get).await;
    let body: Value =
        serde_json::from_str(session["body"].as_str().expect("a response has a body")).expect("valid JSON");
    assert_eq!((&body["session"]["id"], &body["session"]["access_token"]), (&id, &json!("good-1")));
    assert_eq!(session["cookies"], json!([]));

    let mut delete = event("DELETE", "/api/session");
    delete["cookies"] = json!([pair]);
    delete["headers"]["x-session"] = id;
    delete["headers"].as_object_mut().expect("the value is an object").remove("content-type");
    let ended = answer(&mut platform, &delete).await;
    assert_eq!((&ended["statusCode"], ended["cookies"].as_array().map(Vec::len)), (&json!(204), Some(2)), "{ended}");
}

#[tokio::test(flavor = "multi_thread")]
async fn malformed_cookies_are_no_session() {
    let mut platform = platform("127.0.0.1:1").await;
    for cookies in [json!([]), json!([""]), json!(["é=ü"]), json!([format!("{COOKIE}=11\u{0}")]), json!(null)] {
        let mut get = event("GET", "/api/session");
        get["cookies"] = cookies.clone();
        let session = answer(&mut platform, &get).await;
        assert_eq!(session["body"], r#"{"session":null}"#, "{cookies}");
    }
}
