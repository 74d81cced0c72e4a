//! TLS that is cut off: without `close_notify`, a complete response cannot be distinguished from a truncated one
//! (RFC 8446, 6.1).

use std::sync::Arc;

use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use crate::bench::{Answer, Function, REDIRECT_URI, env, post};
use crate::tls::Authority;

/// Makes one exchange with a TLS server that sends `bytes` and closes the connection, with or without `close_notify`.
async fn call(authority: &Authority, bytes: &'static str, close_notify: bool) -> Answer {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
    let port = listener.local_addr().expect("the socket is bound").port();
    let acceptor = TlsAcceptor::from(Arc::new(authority.server("localhost")));
    let serving = tokio::spawn(async move {
        let (socket, _) = listener.accept().await.expect("the function connects");
        let mut tls = acceptor.accept(socket).await.expect("the function accepts the certificate");
        let mut request = Vec::new();
        while !request.ends_with(b"\r\n\r\n") {
            assert_ne!(
                tls.read_buf(&mut request).await.expect("the function sends a request"),
                0,
                "the request is complete"
            );
        }
        tls.write_all(bytes.as_bytes()).await.expect("the function listens");
        tls.flush().await.expect("the function listens");
        if close_notify {
            tls.shutdown().await.expect("the function listens");
        }
    });
    let mut env = env(&format!("https://localhost:{port}"));
    env.insert("OAUTH_CA_FILE", authority.file.clone().into());
    let body = json!({ "provider": "aniapi", "code": "c0de", "redirect_uri": REDIRECT_URI });
    let answer = Function::new(&env).call(post(&body)).await;
    serving.await.expect("the server ran to its end");
    answer
}

#[tokio::test]
async fn response_without_a_length_must_end_with_close_notify() {
    let authority = Authority::new("close-notify");
    let answer = "HTTP/1.1 200 OK\r\n\r\n{\"status_code\":200,\"data\":\"t\"}";
    assert_eq!(call(&authority, answer, true).await.status, 200);
    call(&authority, answer, false).await.assert_refusal(502, "provider_unreachable", "later", "cut off");
}

#[tokio::test]
async fn truncated_response_is_rejected_even_with_close_notify() {
    let authority = Authority::new("cut");
    for answer in [
        "",
        "HTTP/1.1 200 OK\r\n",
        "HTTP/1.1 200 OK\r\ncontent-length: 31\r\n\r\n{\"status_code\":200,\"data\":\"t\"}",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1e\r\n{\"status_code\":200,\"data\":\"t\"}\r\n",
    ] {
        for close_notify in [true, false] {
            let case = format!("{answer:?}, {close_notify}");
            call(&authority, answer, close_notify).await.assert_refusal(502, "provider_unreachable", "later", &case);
        }
    }
}

#[tokio::test]
async fn response_with_a_length_needs_no_close_notify() {
    let authority = Authority::new("length");
    let answer = "HTTP/1.1 200 OK\r\ncontent-length: 30\r\n\r\n{\"status_code\":200,\"data\":\"t\"}";
    assert_eq!(call(&authority, answer, false).await.status, 200);
}
