//! The binary reads responses of real services: all presets at once, in one instance.

use std::io::Write as _;

use emulator::wire::{Request, Server};
use serde_json::{Value, json};
use shared::provider::PRESETS;

use crate::api::{Platform, Reply, event};
use crate::corpus::{Meaning, cases};

const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

#[tokio::test(flavor = "multi_thread")]
async fn binary_reads_the_responses_of_real_services() {
    let answers = cases();
    // The code selects the response.
    let server = Server::start(move |mut socket| {
        while let Ok(Some(request)) = Request::read(&mut socket) {
            let asked = format!("{}{}", request.head, String::from_utf8_lossy(&request.body));
            let number = asked.split_once("case-").expect("the request has a code of this test").1;
            let number: String = number.chars().take_while(char::is_ascii_digit).collect();
            let case = &answers[number.parse::<usize>().expect("a valid number")];
            let head = format!("HTTP/1.1 {} x\r\ncontent-length: {}\r\n\r\n", case.status, case.body.len());
            let _ = socket.write_all((head + &case.body).as_bytes());
        }
    })
    .expect("a port is free");

    let mut variables = vec![
        ("OAUTH_PROVIDER".to_owned(), PRESETS.iter().map(|preset| preset.id).collect::<Vec<_>>().join(",")),
        ("OAUTH_MIX_UP".to_owned(), "accept".to_owned()),
    ];
    for preset in PRESETS {
        for (end, value) in [
            ("CLIENT_ID", "11111111-2222-3333-4444-555555555555".to_owned()),
            ("CLIENT_SECRET", "11111111-2222-3333-4444-666666666666".to_owned()),
            ("AUTHORIZE_URL", "https://p.example/authorize".to_owned()),
            ("TOKEN_URL", format!("http://{}/token", server.address())),
        ] {
            variables.push((format!("OAUTH_{}_{end}", preset.id.to_ascii_uppercase()), value));
        }
    }
    let variables: Vec<_> = variables.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let mut platform = Platform::with("127.0.0.1:1", &variables).await;

    let mut wrong = Vec::new();
    for (number, case) in cases().into_iter().enumerate() {
        let preset = PRESETS.iter().find(|preset| preset.id == case.preset).expect("the preset exists");
        let mut body = json!({
            "provider": case.preset, "code": format!("case-{number}"), "redirect_uri": "https://app.example/auth",
        });
        if preset.pkce.first().is_some_and(Option::is_some) {
            body["code_verifier"] = VERIFIER.into();
        }
        let mut request = event("POST", "/api/token");
        request["body"] = body.to_string().into();
        let Reply::Response(response) = platform.invoke(&request.to_string()).await else {
            panic!("{}: the invocation failed", case.name)
        };
        let answer: Value =
            serde_json::from_str(response["body"].as_str().expect("a response has a body")).expect("valid JSON");
        let read = match answer["error"].as_str() {
            Some(error) => Meaning::Error(error.into()),
            None => Meaning::SignedIn(answer["expires_in"].as_u64()),
        };
        if read != case.result {
            wrong.push(format!("{} ({}): {read:?}, not {:?}", case.name, case.source, case.result));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
