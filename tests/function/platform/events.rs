//! Events that the platform may send, and that the function keeps working after each of them.

use crate::api::{Platform, Reply, event};

#[tokio::test(flavor = "multi_thread")]
async fn function_url_requests_get_a_response() {
    let mut platform = Platform::start().await;
    assert_eq!(platform.request(&event("GET", "/api/health")).await, 204);
    assert_eq!(platform.request(&event("GET", "/api/config")).await, 200);
    assert_eq!(platform.request(&event("OPTIONS", "/api/token")).await, 405);
    let mut token = event("POST", "/api/token");
    token["body"] = r#"{"provider":"aniapi","code":"c","redirect_uri":"https://app.example/auth"}"#.into();
    assert_eq!(platform.request(&token).await, 502, "nothing listens at the provider's address");
    // The same in base64, which a function URL uses for what it does not recognize as text.
    token["body"] =
        "eyJwcm92aWRlciI6ImFuaWFwaSIsImNvZGUiOiJjIiwicmVkaXJlY3RfdXJpIjoiaHR0cHM6Ly9hcHAuZXhhbXBsZS9hdXRoIn0=".into();
    token["isBase64Encoded"] = true.into();
    assert_eq!(platform.request(&token).await, 502);
}

#[tokio::test(flavor = "multi_thread")]
async fn event_other_than_a_request_is_rejected_without_echo_and_the_next_one_succeeds() {
    let mut platform = Platform::start().await;
    for strange in [
        r#"{}"#,
        r#"{"hush":"hush"}"#,
        r#"["hush"]"#,
        r#""hush""#,
        "7",
        "null",
        r#"{"Records":[{"eventSource":"aws:sqs","body":"hush"}]}"#,
        r#"{"version":"2.0","rawPath":"hush"}"#,
        "hush",
        "",
    ] {
        match platform.invoke(strange).await {
            Reply::Error(error) => assert!(!error.contains("hush"), "{strange}: {error}"),
            Reply::Response(answer) => panic!("{strange}: {answer}"),
        }
        assert_eq!(platform.request(&event("GET", "/api/health")).await, 204, "after {strange}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn unusual_path_is_not_found_and_the_next_request_succeeds() {
    let mut platform = Platform::start().await;
    let long = format!("/{}", "a".repeat(20_000));
    for path in [
        "",
        "/",
        "api/token",
        "//",
        "/api/token ",
        "/api/token%20",
        "/api/token\0",
        "/api/tökén",
        "/%",
        "/%zz",
        "/a b",
        "/api/x/../token",
        "/api/./token",
        "/api//token",
        "\\api\\token",
        "/?",
        "/#",
        &long,
    ] {
        match platform.invoke(&event("POST", path).to_string()).await {
            Reply::Response(answer) => assert_eq!(answer["statusCode"], 404, "{path:?}: {answer}"),
            Reply::Error(error) => assert!(!error.contains("token"), "{path:?}: {error}"),
        }
        assert_eq!(platform.request(&event("GET", "/api/health")).await, 204, "after {path:?}");
    }
}
