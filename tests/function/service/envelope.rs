//! AniAPI's envelope with each of its fields missing, duplicated, of another type and out of range, and malformed JSON.
//! In every case, exactly one request is sent to the provider.

use emulator::aniapi::{Endpoint, Fault};
use serde_json::json;

use crate::bench::{Answer, Bench};

async fn answer_to(bench: &Bench, body: &[u8]) -> Answer {
    bench.emulator.reset();
    bench.emulator.misbehave(Endpoint::Token, Fault::Raw { status: 200, headers: vec![], body: body.to_vec() });
    let answer = bench.call(bench.token_request()).await;
    assert_eq!(bench.emulator.seen().len(), 1, "one request: {}", String::from_utf8_lossy(body));
    answer
}

async fn assert_bad(bench: &Bench, body: impl AsRef<[u8]>) {
    let body = body.as_ref();
    let case = String::from_utf8_lossy(&body[..body.len().min(200)]).into_owned();
    let answer = answer_to(bench, body).await;
    answer.assert_refusal(502, "provider_bad_response", "later", &case);
    let shown = format!("{}{}", String::from_utf8_lossy(&answer.body), bench.function.last_line());
    assert!(!shown.contains("theirs"), "{case}: {shown}");
}

#[tokio::test]
async fn variants_of_the_envelope_are_accepted() {
    let bench = Bench::start().await;
    for body in [
        r#"{"status_code":200,"data":"t"}"#,
        r#"{"status":200,"data":"t"}"#,
        r#"{"status":200,"status_code":200,"data":"t"}"#,
        r#"{"data":"t","version":"1","message":"Code verified","status_code":200}"#,
        r#"{"status_code":200,"status":null,"message":null,"data":"t","version":null}"#,
        r#"{"status_code":200,"message":"","data":"t","version":""}"#,
        r#"{"status_code":200,"data":"t","more":{"data":"u"},"another":[1,null,"x"]}"#,
        r#"{"status_code":200,"data":"t","Data":"u","DATA":7,"status code":500}"#,
        // These members are ignored, so their depth does not matter.
        &format!(r#"{{"more":{}{},"status_code":200,"data":"t"}}"#, "[".repeat(10_000), "]".repeat(10_000)),
        &format!(r#"{{"more":{}1{},"status_code":200,"data":"t"}}"#, "{\"a\":".repeat(5_000), "}".repeat(5_000)),
        "\t\r\n {\"status_code\" : 200 ,\n\"data\"\t:\"t\"}\r\n ",
        r#"{"st\u0061tus_code":200,"d\u0061ta":"\u0074"}"#,
    ] {
        let answer = answer_to(&bench, body.as_bytes()).await;
        assert_eq!((answer.status.as_u16(), &answer.json()["access_token"]), (200, &json!("t")), "{body}");
    }
}

#[tokio::test]
async fn a_field_of_another_type_is_a_bad_response() {
    let bench = Bench::start().await;
    let others = ["true", "[]", "{}", "[\"theirs\"]", "{\"theirs\":1}"];
    let numbers =
        ["0", "-200", "200.0", "200.5", "2e2", "20000e-2", "-0", "65736", "4294967496", "18446744073709551816"];
    let status = ["\"200\"", "\"\"", "\"OK\"", "201", "199", "404", "500"];
    for (field, values) in [
        ("status_code", [&others[..], &numbers, &status].concat()),
        ("status", [&others[..], &numbers, &status].concat()),
        ("message", [&others[..], &numbers].concat()),
        ("data", [&others[..], &numbers, &["\"\"", "null"]].concat()),
        ("version", [&others[..], &numbers].concat()),
    ] {
        for value in values {
            // If both are present, `status` must agree with `status_code`.
            let good = [("status_code", "200"), ("data", "\"theirs\"")].into_iter().filter(|(name, _)| *name != field);
            let members = good.chain([(field, value)]).map(|(name, value)| format!("\"{name}\":{value}"));
            assert_bad(&bench, format!("{{{}}}", members.collect::<Vec<_>>().join(","))).await;
        }
    }
}

#[tokio::test]
async fn a_field_that_is_missing_or_misspelt_is_a_bad_response() {
    let bench = Bench::start().await;
    for body in [
        r#"{}"#,
        r#"{"data":"theirs"}"#,
        r#"{"status_code":200}"#,
        r#"{"status_code":null,"data":"theirs"}"#,
        r#"{"status_code":null,"status":null,"data":"theirs"}"#,
        r#"{"Status_Code":200,"data":"theirs"}"#,
        r#"{"statusCode":200,"data":"theirs"}"#,
        r#"{"STATUS":200,"data":"theirs"}"#,
        r#"{"status_code ":200,"data":"theirs"}"#,
        r#"{"status_code\u0000":200,"data":"theirs"}"#,
        r#"{"status_code":200,"Data":"theirs"}"#,
        r#"{"status_code":200,"access_token":"theirs","token_type":"Bearer"}"#,
        r#"{"data":{"status_code":200,"data":"theirs"}}"#,
        r#"{"status_code":200,"__proto__":{"data":"theirs"}}"#,
    ] {
        assert_bad(&bench, body).await;
    }
}

#[tokio::test]
async fn duplicate_field_is_a_bad_response() {
    let bench = Bench::start().await;
    let whole =
        [("status_code", "200"), ("status", "200"), ("message", "\"m\""), ("data", "\"t\""), ("version", "\"1\"")];
    let envelope = |more: &str| {
        let members: Vec<_> = whole.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
        format!("{{{}{more}}}", members.join(","))
    };
    assert_eq!(answer_to(&bench, envelope("").as_bytes()).await.status, 200, "without duplicates it is valid");
    for (name, value) in whole {
        let escaped = format!("\\u{:04x}{}", name.as_bytes()[0], &name[1..]);
        for more in [format!(",\"{name}\":{value}"), format!(",\"{name}\":null"), format!(",\"{escaped}\":{value}")] {
            assert_bad(&bench, envelope(&more)).await;
        }
    }
    for (one, other) in [(200, 403), (403, 200), (404, 200), (500, 200), (200, 0)] {
        assert_bad(&bench, format!(r#"{{"status_code":{one},"status":{other},"data":"theirs"}}"#)).await;
    }
}

/// An error is recognized only by its exact status and text.
#[tokio::test]
async fn unlisted_error_is_a_bad_response() {
    let bench = Bench::start().await;
    for body in [
        json!({ "status_code": 403, "data": "Code not valid" }),
        json!({ "status_code": 403, "data": "code not valid " }),
        json!({ "status_code": 403, "message": "code not valid" }),
        json!({ "status_code": 403 }),
        json!({ "status_code": 400, "data": "code not valid" }),
        json!({ "status_code": 404, "data": "code not valid" }),
        json!({ "status_code": 403, "data": "client_id not found" }),
        json!({ "status_code": 404, "data": "client_secret content mismatch from registered client" }),
        json!({ "status_code": 401, "data": "Credentials are not valid" }),
        json!({ "status_code": 429, "message": "theirs" }),
        json!({ "status_code": 503, "message": "theirs" }),
        json!({ "status_code": 302, "data": "https://theirs.example/" }),
        json!({ "status": 403, "status_code": 404, "data": "code not valid" }),
        json!({ "error": "invalid_grant" }),
    ] {
        assert_bad(&bench, body.to_string()).await;
    }
}

#[tokio::test]
async fn malformed_json_is_a_bad_response() {
    let bench = Bench::start().await;
    let good = r#"{"status_code":200,"data":"theirs"}"#;
    let utf_16: Vec<u8> = good.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let more = |value: &str| format!(r#"{{"status_code":200,"data":"theirs","more":{value}}}"#).into_bytes();
    for body in [
        format!("\u{feff}{good}").into_bytes(),
        utf_16,
        format!("{good}{good}").into_bytes(),
        format!("{good}\n{good}").into_bytes(),
        format!("{good}\0").into_bytes(),
        format!("{good},").into_bytes(),
        format!("[{good}]").into_bytes(),
        format!(")]}}',\n{good}").into_bytes(),
        format!("/**/{good}").into_bytes(),
        json!(good).to_string().into_bytes(),
        good.replace('"', "'").into_bytes(),
        good.replace('}', ",}").into_bytes(),
        good[..good.len() - 1].into(),
        json!([200, null, null, "theirs", null]).to_string().into_bytes(),
        b"{\"status_code\":200,\"data\":\"theirs\xff\"}".to_vec(),
        b"{\"status_code\":200,\"data\":\"theirs\xed\xa0\x80\"}".to_vec(),
        b"{\"status_code\":200,\"data\":\"theirs\",\"more\":\"\xc0\x80\"}".to_vec(),
        br#"{"status_code":200,"data":"theirs\ud800"}"#.to_vec(),
        br#"{"status_code":200,"data":"theirs\udc00\ud800"}"#.to_vec(),
        more("NaN"),
        more("1e"),
        more("01"),
        more("\"\u{1}\""),
        more(&"[".repeat(10_000)),
        "[".repeat(60_000).into_bytes(),
        "{\"data\":".repeat(8_000).into_bytes(),
        format!("{{\"status_code\":{},\"data\":\"theirs\"}}", "2".repeat(60_000)).into_bytes(),
        format!("{{\"status_code\":2{}e-60000,\"data\":\"theirs\"}}", "0".repeat(50_000)).into_bytes(),
        b"null".to_vec(),
        vec![0; 1000],
        vec![b' '; 1000],
    ] {
        assert_bad(&bench, body).await;
    }
}
