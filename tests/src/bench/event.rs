//! What everybody is invoked with.

use serde_json::json;

/// Where the provider sends people back to: the page that asks for tokens.
pub(super) const REDIRECT_URI: &str = "https://app.example/auth";

/// A token request with this code, as a function's address sends it.
pub(super) fn token_event(code: &str) -> String {
    let body = json!({ "provider": "aniapi", "code": code, "redirect_uri": REDIRECT_URI });
    json!({
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": "/api/token",
        "rawQueryString": "",
        "headers": {
            "host": "x.lambda-url.eu-central-1.on.aws",
            "origin": "https://app.example",
            "content-type": "application/json",
        },
        "requestContext": {
            "accountId": "anonymous",
            "apiId": "x",
            "domainName": "x.lambda-url.eu-central-1.on.aws",
            "domainPrefix": "x",
            "http": {
                "method": "POST",
                "path": "/api/token",
                "protocol": "HTTP/1.1",
                "sourceIp": "127.0.0.1",
                "userAgent": "x",
            },
            "requestId": "x",
            "routeKey": "$default",
            "stage": "$default",
            "time": "01/Jan/2026:00:00:00 +0000",
            "timeEpoch": 1_767_225_600_000_u64,
        },
        "isBase64Encoded": false,
        "body": body.to_string(),
    })
    .to_string()
}
