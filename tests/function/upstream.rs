//! An upstream at the level of bytes, for what no HTTP library would send.

use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use crate::bench::{Answer, Env, Function, REDIRECT_URI, env, post};

/// What the upstream does after it has sent its bytes.
#[derive(Clone, Copy, Debug)]
pub enum Then {
    Close,
    StayOpen,
}

/// Makes one token request to a function whose provider reads a request, sends `bytes`, and does `then`.
pub async fn call(bytes: &'static [u8], then: Then, variables: impl FnOnce(&mut Env)) -> Answer {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let mut env = env(&format!("http://{}", listener.local_addr().expect("it is bound")));
    variables(&mut env);
    let upstream = tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.expect("the function connects");
        let mut request = [0; 4096];
        let read = socket.read(&mut request).await.expect("the function asks");
        assert!(request[..read].ends_with(b"\r\n\r\n"), "the whole request comes at once");
        socket.write_all(bytes).await.expect("the function listens");
        if let Then::StayOpen = then {
            // Until the function hangs up.
            let _ = socket.read(&mut request).await;
        }
    });
    let body = json!({ "provider": "aniapi", "code": "c0de", "redirect_uri": REDIRECT_URI });
    let answer = Function::new(&env).call(post(&body)).await;
    upstream.await.expect("the upstream did its part");
    answer
}

#[tokio::test]
async fn what_is_not_http_is_a_bad_response() {
    for bytes in [
        &b"nonsense\r\n\r\n"[..],
        b"SSH-2.0-OpenSSH_9.9\r\n",
        b"HTTP/1.1 20x OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n",
    ] {
        let answer = call(bytes, Then::StayOpen, |_| {}).await;
        answer.assert_refusal(502, "provider_bad_response", "later", &String::from_utf8_lossy(bytes));
    }
}

#[tokio::test]
async fn a_connection_that_closes_too_early_is_an_unreachable_provider() {
    for bytes in [
        &b""[..],
        b"HTTP/1.1 200 OK\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\n{\"status_code\":200",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{\"sta\r\n",
    ] {
        let answer = call(bytes, Then::Close, |_| {}).await;
        answer.assert_refusal(502, "provider_unreachable", "later", &String::from_utf8_lossy(bytes));
    }
}

#[tokio::test]
async fn an_interim_answer_is_waited_out() {
    let bytes = b"HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 30\r\n\r\n{\"status_code\":200,\"data\":\"t\"}";
    assert_eq!(call(bytes, Then::StayOpen, |_| {}).await.status, 200);
}

#[tokio::test]
async fn time_is_up_wherever_it_went() {
    for bytes in [
        &b""[..],
        b"HTTP/1.1 200 OK\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\n{\"status_code\":200",
    ] {
        let answer = call(bytes, Then::StayOpen, |env| {
            env.insert("OAUTH_TIMEOUT_MS", "100".into());
        })
        .await;
        answer.assert_refusal(504, "provider_timeout", "later", &String::from_utf8_lossy(bytes));
    }
}
