//! An upstream at the level of bytes that does not speak HTTP, closes the connection early, or is slow.

use crate::socket::{Outcome, Step, Upstream, drip, send};

async fn call(bytes: &[u8], then: Step) -> Outcome {
    Upstream::that([send(bytes), then]).call().await
}

#[tokio::test]
async fn response_that_is_not_http_is_a_bad_response() {
    for bytes in [
        &b"nonsense\r\n\r\n"[..],
        b"\r\n\r\n\r\n\r\ntheirs\r\n\r\n",
        b"SSH-2.0-OpenSSH_9.9\r\n",
        b"220 smtp.example ESMTP\r\n",
        b"ICY 200 OK\r\n\r\n",
        b"http/1.1 200 OK\r\n\r\n",
        b"HTTP/0.9 200 OK\r\n\r\n",
        b"HTTP/1.2 200 OK\r\n\r\n",
        b"HTTP/2.0 200 OK\r\n\r\n",
        b"HTTP/2 200\r\n\r\n",
        b"HTTP/3 200\r\n\r\n",
        // HTTP/2: a SETTINGS frame, and the client's own preface.
        b"\0\0\0\x04\0\0\0\0\0",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        // HTTP/0.9, which has no header section.
        b"{\"status_code\":200,\"data\":\"theirs\"}",
        // A TLS alert.
        b"\x15\x03\x03\0\x02\x02\x28",
        b"HTTP/1.1 20x OK\r\n\r\n",
        b"HTTP/1.1 -200 OK\r\n\r\n",
        b"HTTP/1.1 2000 OK\r\n\r\n",
        b"HTTP/1.1 099 OK\r\n\r\n",
        b"HTTP/1.1  200 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nth\0eirs: x\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nx: th\0eirs\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nx : theirs\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n: theirs\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ntheirs\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nx: th\reirs\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n",
    ] {
        let outcome = call(bytes, Step::Wait).await;
        outcome.assert_refused(502, "provider_bad_response", &String::from_utf8_lossy(bytes));
    }
}

#[tokio::test]
async fn connection_that_ends_early_is_an_unreachable_provider() {
    for bytes in [
        &b""[..],
        b"H",
        b"HTTP/1.1 2",
        b"HTTP/1.1 200 OK\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-le",
        b"HTTP/1.1 200 OK\r\ncontent-length: 50\r\n",
        b"HTTP/1.1 103 Early Hints\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\n{\"status_code\":200",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{\"st",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{\"sta\r\n",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1e\r\n{\"status_code\":200,\"data\":\"t\"}\r\n",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1e\r\n{\"status_code\":200,\"data\":\"t\"}\r\n0\r\n",
    ] {
        for end in [None, Some(Step::Reset)] {
            let case = format!("{}, then {end:?}", String::from_utf8_lossy(bytes));
            let outcome = Upstream::that([send(bytes)].into_iter().chain(end)).call().await;
            outcome.assert_refused(502, "provider_unreachable", &case);
            assert_eq!(outcome.requests(), 1, "{case}");
        }
    }
}

#[tokio::test]
async fn connection_that_ends_before_the_request_is_an_unreachable_provider() {
    for steps in [vec![], vec![Step::Reset]] {
        let case = format!("{steps:?}");
        Upstream::scripted([steps]).call().await.assert_refused(502, "provider_unreachable", &case);
    }
}

#[tokio::test]
async fn interim_responses_are_skipped() {
    let answer = "HTTP/1.1 200 OK\r\ncontent-length: 30\r\n\r\n{\"status_code\":200,\"data\":\"t\"}";
    for interim in
        ["HTTP/1.1 103 Early Hints\r\n\r\n", "HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 199 x\r\nx: y\r\n\r\n"]
    {
        for times in [1, 50] {
            let outcome = Upstream::that([send(interim.repeat(times)), send(answer)]).call().await;
            assert_eq!(outcome.answer().status, 200, "{times} times {interim}");
            assert_eq!((outcome.heard.len(), outcome.requests()), (1, 1), "{times} times {interim}");
        }
    }
}

#[tokio::test]
async fn timeout_applies_at_every_stage() {
    for bytes in [
        &b""[..],
        b"HTTP/1.1 200 OK\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\n{\"status_code\":200",
    ] {
        let outcome = Upstream::that([send(bytes), Step::Wait]).within(100).call().await;
        outcome.assert_refused(504, "provider_timeout", &String::from_utf8_lossy(bytes));
    }
}

/// A slow response is valid as long as it ends in time.
#[tokio::test]
async fn response_sent_byte_by_byte_is_accepted() {
    let answer = "HTTP/1.1 200 OK\r\ncontent-length: 30\r\n\r\n{\"status_code\":200,\"data\":\"t\"}";
    let outcome = Upstream::that([drip(answer)]).call().await;
    assert_eq!((outcome.answer().status.as_u16(), outcome.requests()), (200, 1));
}
