//! Redirects of every kind: none is followed, so the secret goes to one place and goes there once.

use tokio::net::TcpListener;

use crate::socket::{Upstream, send};

#[tokio::test]
async fn no_redirect_is_followed_wherever_it_leads() {
    let elsewhere = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = elsewhere.local_addr().expect("it is bound");
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
    assert_nobody_came(elsewhere).await;
}

/// These headers do not make a good answer a bad one, and lead nowhere either.
#[tokio::test]
async fn a_good_answer_that_names_another_place_is_only_an_answer() {
    let elsewhere = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = elsewhere.local_addr().expect("it is bound");
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
    assert_nobody_came(elsewhere).await;
}

/// Connections are accepted in the order in which they came: the first is our own.
async fn assert_nobody_came(elsewhere: TcpListener) {
    let ours = tokio::net::TcpStream::connect(elsewhere.local_addr().expect("it is bound")).await.expect("it listens");
    let (_, from) = elsewhere.accept().await.expect("somebody came");
    assert_eq!(from, ours.local_addr().expect("it is connected"), "the function came here");
}
