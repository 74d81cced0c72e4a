//! What the platform may hand the function, and that it goes on after.

use crate::api::{Platform, Told, event};

#[tokio::test(flavor = "multi_thread")]
async fn requests_of_a_function_url_are_answered() {
    let mut platform = Platform::start().await;
    assert_eq!(platform.request(&event("GET", "/api/health")).await, 204);
    assert_eq!(platform.request(&event("GET", "/api/config")).await, 200);
    assert_eq!(platform.request(&event("OPTIONS", "/api/token")).await, 405);
    let mut token = event("POST", "/api/token");
    token["body"] = r#"{"provider":"aniapi","code":"c","redirect_uri":"https://app.example/auth"}"#.into();
    assert_eq!(platform.request(&token).await, 502, "nobody listens where the provider should be");
    // The same in base64, as a function URL sends what it does not take for text.
    token["body"] =
        "eyJwcm92aWRlciI6ImFuaWFwaSIsImNvZGUiOiJjIiwicmVkaXJlY3RfdXJpIjoiaHR0cHM6Ly9hcHAuZXhhbXBsZS9hdXRoIn0=".into();
    token["isBase64Encoded"] = true.into();
    assert_eq!(platform.request(&token).await, 502);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_http_request_is_refused_without_repeating_it_and_the_next_is_answered() {
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
            Told::Error(error) => assert!(!error.contains("hush"), "{strange}: {error}"),
            Told::Response(answer) => panic!("{strange}: {answer}"),
        }
        assert_eq!(platform.request(&event("GET", "/api/health")).await, 204, "after {strange}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_strange_path_is_not_found_and_ends_nothing() {
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
            Told::Response(answer) => assert_eq!(answer["statusCode"], 404, "{path:?}: {answer}"),
            Told::Error(error) => assert!(!error.contains("token"), "{path:?}: {error}"),
        }
        assert_eq!(platform.request(&event("GET", "/api/health")).await, 204, "after {path:?}");
    }
}
