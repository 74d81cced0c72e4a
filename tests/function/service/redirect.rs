//! Redirects of every kind: none is followed, so the secret is sent to one address, once.

use tokio::net::TcpListener;

use crate::socket::{Upstream, send};

#[tokio::test]
async fn redirects_are_never_followed() {
    let elsewhere = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
    let address = elsewhere.local_addr().expect("the socket is bound");
    let absolute = format!("location: http://{address}/theirs\r\n");
    let localhost = format!("location: http://localhost:{}/theirs\r\n", address.port());
    let network = format!("location: //{address}/theirs\r\n");
    let tls = format!("location: https://{address}/theirs\r\n");
    let twice = absolute.repeat(2);
    let refresh = format!("refresh: 0; url=http://{address}/theirs\r\n");
    let content = format!("content-location: http://{address}/theirs\r\nlink: <http://{address}/>; rel=canonical\r\n");
    let service = format!("alt-svc: h2=\"{address}\"; ma=3600\r\n");
    for status in [300, 301, 302, 303, 304, 305, 306, 307, 308, 309, 399, 201, 401, 407] {
        for headers in [
            "",
            "location: \r\n",
            "location: /v1/oauth/token?theirs\r\n",
            "location: ?theirs\r\n",
            "location: #theirs\r\n",
            "location: javascript:theirs\r\n",
            "location: http://[theirs\r\n",
            &absolute,
            &localhost,
            &network,
            &tls,
            &twice,
            &refresh,
            &content,
            &service,
        ] {
            let answer = format!("HTTP/1.1 {status} theirs\r\n{headers}content-length: 0\r\n\r\n");
            let outcome = Upstream::that([send(&answer)]).call().await;
            outcome.assert_refused(502, "provider_bad_response", &answer);
            assert_eq!(outcome.requests(), 1, "{answer}");
        }
    }
    assert_no_connection(elsewhere).await;
}

/// These headers do not invalidate a good response, and are not followed.
#[tokio::test]
async fn addresses_in_a_good_response_are_not_contacted() {
    let elsewhere = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
    let address = elsewhere.local_addr().expect("the socket is bound");
    for header in
        ["location: http:", "refresh: 0; url=http:", "content-location: http:", "alt-svc: h2c=", "set-cookie: a="]
    {
        let body = r#"{"status_code":200,"data":"t"}"#;
        let answer =
            format!("HTTP/1.1 200 OK\r\n{header}//{address}/\r\ncontent-length: 30\r\nconnection: close\r\n\r\n{body}");
        let outcome = Upstream::that([send(answer)]).asked(2).call().await;
        assert!(outcome.answers.iter().all(|answer| answer.status == 200), "{header}");
        assert_eq!((outcome.heard.len(), outcome.requests()), (2, 2), "{header}");
        assert!(outcome.heard.iter().all(|heard| !heard.to_lowercase().contains("cookie")), "{:?}", outcome.heard);
    }
    assert_no_connection(elsewhere).await;
}

/// Asserts that the function did not connect. Connections are accepted in order, so the first one must be the test's
/// own.
async fn assert_no_connection(elsewhere: TcpListener) {
    let ours = tokio::net::TcpStream::connect(elsewhere.local_addr().expect("the socket is bound"))
        .await
        .expect("the server listens");
    let (_, from) = elsewhere.accept().await.expect("there is a connection");
    assert_eq!(from, ours.local_addr().expect("the socket is connected"), "the function connected");
}
