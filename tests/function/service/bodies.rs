//! Bodies and codes that no page of this app would send: they are rejected, or sent upstream as one encoded value.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use http::HeaderValue;
use serde_json::json;

use crate::bench::{Bench, REDIRECT_URI, post, post_bytes};

#[tokio::test]
async fn encoded_body_is_rejected() {
    let bench = Bench::start().await;
    let good = bench.body().to_string();
    let mut compressed = GzEncoder::new(Vec::new(), Compression::best());
    compressed.write_all(good.as_bytes()).expect("writing to memory succeeds");
    let gzip = compressed.finish().expect("writing to memory succeeds");
    let utf_16 = |bytes: fn(u16) -> [u8; 2]| good.encode_utf16().flat_map(bytes).collect::<Vec<u8>>();
    for (case, body) in [
        ("gzip", gzip),
        ("UTF-16, big end first", utf_16(u16::to_be_bytes)),
        ("UTF-16, little end first", utf_16(u16::to_le_bytes)),
        ("UTF-32", good.chars().flat_map(|character| u32::from(character).to_be_bytes()).collect()),
        ("a byte order mark", format!("\u{feff}{good}").into_bytes()),
        ("chunks", format!("{:x}\r\n{good}\r\n0\r\n\r\n", good.len()).into_bytes()),
        ("base64", b"eyJwcm92aWRlciI6ImFuaWFwaSJ9".to_vec()),
        ("a form", b"provider=aniapi&code=c&redirect_uri=https%3A%2F%2Fapp.example%2Fauth".to_vec()),
        ("a string", json!(good).to_string().into_bytes()),
        ("a NUL after it", format!("{good}\0").into_bytes()),
    ] {
        for encoding in [None, Some("gzip"), Some("identity")] {
            let mut request = post_bytes(&body);
            if let Some(encoding) = encoding {
                request.headers_mut().insert("content-encoding", HeaderValue::from_static(encoding));
            }
            bench.call(request).await.assert_refusal(400, "invalid_request", "no", case);
        }
    }
    assert!(bench.emulator.seen().is_empty());
}

#[tokio::test]
async fn malicious_json_is_rejected() {
    let bench = Bench::start().await;
    let good = bench.body();
    let members = &good.to_string()[1..];
    let code = &good["code"];
    let many: Vec<_> = (0..800).map(|number| format!("\"{number}\":1")).collect();
    for body in [
        // A duplicate name, written with escapes.
        format!("{{\"c\\u006fde\":{code},{members}"),
        format!("{{\"\\u0063\\u006f\\u0064\\u0065\":{code},{members}"),
        format!("{{\"redirect\\u005furi\":\"{REDIRECT_URI}\",{members}"),
        format!("{{\"__proto__\":{{\"code\":{code}}},{members}"),
        format!("{{\"constructor\":{code},{members}"),
        format!("{{\"\":{code},{members}"),
        format!("{{\"Code\":{code},{members}"),
        format!("{{\"code\\u0000\":{code},{members}"),
        format!("{{{},{members}", many.join(",")),
        format!("{{\"more\":{}{},{members}", "[".repeat(3000), "]".repeat(3000)),
        "[".repeat(8192),
        "{\"code\":".repeat(1000),
        format!("{{\"code\":{},{members}", "9".repeat(7000)),
        good.to_string().replace("\"code\":\"", "\"code\":\"\\ud800"),
        good.to_string().replace("\"code\":\"", "\"code\":\"\\udc00\\ud800"),
        good.to_string().replace("\"code\":\"", "\"code\":\"\\u0000"),
        good.to_string().replace("\"code\":\"", "\"code\":\"\\r\\nx: y"),
        good.to_string().replace('"', "'"),
        format!("{members}{{"),
        format!("//\n{good}"),
    ] {
        bench.call(post_bytes(body.as_bytes())).await.assert_refusal(400, "invalid_request", "no", &body);
    }
    let invalid =
        [br#"{"provider":"aniapi","redirect_uri":"https://app.example/auth","code":""#, &b"\xc3\x28\"}"[..]].concat();
    bench.call(post_bytes(&invalid)).await.assert_refusal(400, "invalid_request", "no", "invalid UTF-8");
    assert!(bench.emulator.seen().is_empty());
}

/// The code is one parameter in the provider's address, whatever it contains.
#[tokio::test]
async fn a_code_cannot_become_another_parameter() {
    let bench = Bench::start().await;
    for code in
        ["a&client_secret=b", "a#b", "a?b", "a%26b=c", "a+b c", "../../x", "a;b", "&&&", "=", "%", "%00", "\"\\<>"]
    {
        bench.emulator.reset();
        let body = json!({ "provider": "aniapi", "code": code, "redirect_uri": REDIRECT_URI });
        bench.call(post(&body)).await.assert_refusal(400, "invalid_code", "login", code);
        let seen = bench.emulator.seen();
        assert_eq!((seen.len(), seen[0].path.as_str(), seen[0].query.len()), (1, "/v1/oauth/token", 4), "{code}");
        assert_eq!(seen[0].query[2], ("code".into(), code.into()));
    }
}
