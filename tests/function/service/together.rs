//! Concurrent codes: each gets its own response.

use std::sync::Arc;

use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Barrier;
use tokio::task::JoinSet;

use crate::bench::{Function, MONTH, REDIRECT_URI, env, post};

const AT_ONCE: usize = 24;

/// Responds to one request with its own code as the token, once all other requests have arrived too.
async fn answer(mut socket: TcpStream, all_here: Arc<Barrier>) {
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") {
        assert_ne!(
            socket.read_buf(&mut request).await.expect("the function sends a request"),
            0,
            "the request is complete"
        );
    }
    all_here.wait().await;
    let request = String::from_utf8(request).expect("the text is UTF-8");
    let code = request.split("&code=").nth(1).and_then(|rest| rest.split('&').next()).expect("the request has a code");
    // Every third one is rejected, and every third one is cut off.
    let number: usize = code.trim_start_matches("code").parse().expect("a valid number");
    let body = match number % 3 {
        0 => format!(r#"{{"status_code":200,"data":"{code}"}}"#),
        _ => r#"{"status_code":403,"data":"code not valid"}"#.to_owned(),
    };
    let length = if number % 3 == 1 { body.len() + 1 } else { body.len() };
    let head = format!("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n");
    socket.write_all(format!("{head}{body}").as_bytes()).await.expect("the function listens");
}

#[tokio::test]
async fn concurrent_codes_each_get_their_own_response() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
    let function =
        Arc::new(Function::new(&env(&format!("http://{}", listener.local_addr().expect("the socket is bound")))));
    let upstream = tokio::spawn(async move {
        let all_here = Arc::new(Barrier::new(AT_ONCE));
        let mut conversations = JoinSet::new();
        for _ in 0..AT_ONCE {
            let (socket, _) = listener.accept().await.expect("the function connects");
            conversations.spawn(answer(socket, Arc::clone(&all_here)));
        }
        conversations.join_all().await;
    });
    let mut calls = JoinSet::new();
    for number in 0..AT_ONCE {
        let function = Arc::clone(&function);
        calls.spawn(async move {
            let code = format!("code{number}");
            let body = json!({ "provider": "aniapi", "code": code, "redirect_uri": REDIRECT_URI });
            let answer = function.call(post(&body)).await;
            match number % 3 {
                0 => {
                    assert_eq!(answer.json(), json!({ "access_token": code, "token_type": "Bearer", "ends_in": MONTH }))
                }
                1 => answer.assert_refusal(502, "provider_unreachable", "later", &code),
                _ => answer.assert_refusal(400, "invalid_code", "login", &code),
            }
        });
    }
    while let Some(call) = calls.join_next().await {
        call.expect("each gets its own response");
    }
    upstream.await.expect("there is one request for each code");
    assert_eq!(function.log().len(), AT_ONCE);
}
