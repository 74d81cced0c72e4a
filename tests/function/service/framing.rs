//! Responses with contradictory framing, and connections with bytes after the response: the remains of one exchange
//! never become the response of the next.

use crate::socket::{Outcome, Step, Upstream, send};

const GOOD: &str = r#"{"status_code":200,"data":"theirs"}"#;

fn answer(headers: &str, body: &str) -> String {
    format!("HTTP/1.1 200 OK\r\n{headers}\r\n{body}")
}

#[tokio::test]
async fn contradictory_framing_is_a_bad_response() {
    let chunked = format!("23\r\n{GOOD}\r\n0\r\n\r\n");
    for (headers, body) in [
        ("content-length: 35\r\ncontent-length: 36\r\n", GOOD),
        ("content-length: 35, 36\r\n", GOOD),
        ("content-length: -35\r\n", GOOD),
        ("content-length: +35\r\n", GOOD),
        ("content-length: 0x23\r\n", GOOD),
        ("content-length: 35.0\r\n", GOOD),
        ("content-length: 3 5\r\n", GOOD),
        ("content-length: theirs\r\n", GOOD),
        ("content-length: \r\n", GOOD),
        ("content-length: 18446744073709551615\r\n", GOOD),
        ("content-length: 18446744073709551651\r\n", GOOD),
        ("content-length: 99999999999999999999999999999999\r\n", GOOD),
        ("content-length: 35\r\ntransfer-encoding: chunked\r\n", chunked.as_str()),
        ("transfer-encoding: chunked\r\ncontent-length: 35\r\n", &chunked),
        ("transfer-encoding: chunked\r\ntransfer-encoding: chunked\r\n", &chunked),
        ("transfer-encoding: chunked, chunked\r\n", &chunked),
        ("transfer-encoding: gzip, chunked\r\n", &chunked),
        ("transfer-encoding: chunked, gzip\r\n", &chunked),
        ("transfer-encoding: gzip\r\n", GOOD),
        ("transfer-encoding: identity\r\n", GOOD),
        ("transfer-encoding: theirs\r\n", GOOD),
        ("transfer-encoding: \r\n", GOOD),
        ("transfer-encoding: chunked\r\n", GOOD),
        ("transfer-encoding: chunked\r\n", "-23\r\n"),
        ("transfer-encoding: chunked\r\n", "0x23\r\n"),
        ("transfer-encoding: chunked\r\n", "fffffffffffffffff\r\n"),
        ("transfer-encoding: chunked\r\n", "\r\n"),
        ("transfer-encoding: chunked\r\n", "2\r\n{}}\r\n0\r\n\r\n"),
        ("content-length: 0\r\n", GOOD),
        ("content-length: 34\r\n", GOOD),
        ("content-type: multipart/theirs\r\n", GOOD.split_at(20).0),
    ] {
        let outcome = Upstream::that([send(answer(headers, body))]).call().await;
        outcome.assert_refused(502, "provider_bad_response", &format!("{headers}{body}"));
        assert_eq!(outcome.requests(), 1);
    }
}

#[tokio::test]
async fn every_valid_framing_is_accepted() {
    for (headers, body) in [
        ("content-length: 35\r\n", GOOD),
        ("content-length: 35\r\ncontent-length: 35\r\n", GOOD),
        ("CONTENT-LENGTH:35\r\n", GOOD),
        ("\r\n", GOOD),
        ("transfer-encoding: chunked\r\n", &format!("23\r\n{GOOD}\r\n0\r\n\r\n")),
        (
            "Transfer-Encoding: Chunked\r\n",
            &format!("5;x=y\r\n{}\r\n1E\r\n{}\r\n0\r\nx: y\r\n\r\n", &GOOD[..5], &GOOD[5..]),
        ),
    ] {
        let outcome = Upstream::that([send(answer(headers.trim_start_matches("\r\n"), body))]).call().await;
        assert_eq!(outcome.answer().status, 200, "{headers}{body}");
    }
}

fn token(name: &str) -> String {
    let body = format!(r#"{{"status_code":200,"data":"{name}"}}"#);
    answer(&format!("content-length: {}\r\n", body.len()), &body)
}

/// Makes two exchanges. The second one gets its own connection and response, whatever is wrong with the first
/// connection.
async fn ask_twice(first: Vec<Step>) -> Outcome {
    let first = std::iter::once(Step::Read).chain(first).chain([Step::Wait]).collect();
    let outcome = Upstream::scripted([first, vec![Step::Read, send(token("second"))]]).asked(2).call().await;
    assert_eq!(outcome.answers[1].json()["access_token"], "second");
    assert_eq!(outcome.requests(), 2, "{:?}", outcome.heard);
    assert_eq!(outcome.heard.len(), 2, "{:?}", outcome.heard);
    outcome
}

#[tokio::test]
async fn connection_with_bytes_after_the_response_is_not_reused() {
    let late = token("left-behind");
    let chunked = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n22\r\n{\"status_code\":200,\"data\":\"first\"}\r\n0\r\n\r\n";
    for more in [late.as_str(), "HTTP/1.1 ", "\r\n", " ", "0\r\n\r\n"] {
        for first in [token("first"), chunked.into()] {
            let outcome = ask_twice(vec![send(format!("{first}{more}"))]).await;
            assert_eq!(outcome.answers[0].json()["access_token"], "first", "{more:?}");
        }
    }
}

#[tokio::test]
async fn connection_with_an_unfinished_response_is_not_reused() {
    let late = token("left-behind");
    for first in [
        format!("HTTP/1.1 200 OK\r\ncontent-length: 70000\r\n\r\n{}{late}", " ".repeat(69_000)),
        format!("HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 100000\r\n\r\n{late}"),
        format!("HTTP/1.1 429 x\r\ncontent-length: 100000\r\n\r\n{late}"),
        format!("HTTP/1.1 204 x\r\n\r\n{late}"),
        format!("HTTP/1.1 304 x\r\n\r\n{late}"),
        format!("HTTP/1.1 101 x\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n{late}"),
        format!("HTTP/1.1 200 OK\r\nx\r\n\r\n{late}"),
    ] {
        let outcome = ask_twice(vec![send(&first)]).await;
        assert_ne!(outcome.answers[0].status, 200, "{first}");
    }
}

#[tokio::test]
async fn connection_that_the_provider_closes_is_not_reused() {
    for first in
        [token("first").replace("OK\r\n", "OK\r\nconnection: close\r\n"), token("first").replace("/1.1", "/1.0")]
    {
        assert_eq!(ask_twice(vec![send(&first)]).await.answers[0].status, 200, "{first}");
    }
}

/// The code may already have been exchanged, so only the person can decide to try again.
#[tokio::test]
async fn request_that_fails_on_a_reused_connection_is_not_retried() {
    for end in [None, Some(Step::Reset)] {
        let script = [Step::Read, send(token("first")), Step::Read].into_iter().chain(end).collect();
        let outcome = Upstream::scripted([script, vec![Step::Read, send(token("again"))]]).asked(2).call().await;
        assert_eq!(outcome.answers[0].status, 200);
        outcome.answers[1].assert_refusal(502, "provider_unreachable", "later", "the second");
        assert_eq!((outcome.heard.len(), outcome.requests()), (1, 2), "{:?}", outcome.heard);
    }
}
