//! Endless responses. The function abandons fast ones before they grow large and slow ones at the timeout, and closes
//! the connection in both cases.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::socket::{FLOOD, Step, Upstream, drip, flood, send};

const OK: &str = "HTTP/1.1 200 OK\r\n";

#[tokio::test]
async fn fast_endless_response_is_abandoned_early() {
    let head = |headers: &str| send(format!("{OK}{headers}"));
    for (case, start, more) in [
        ("a body without a length", head("\r\n"), " "),
        ("a body with the largest length", head("content-length: 9223372036854775807\r\n\r\n"), " "),
        ("large chunks", head("transfer-encoding: chunked\r\n\r\n"), "8\r\n        \r\n"),
        ("small chunks", head("transfer-encoding: chunked\r\n\r\n"), "1\r\n \r\n"),
        ("a chunk's size", head("transfer-encoding: chunked\r\n\r\n"), "f"),
        ("a chunk's extension", head("transfer-encoding: chunked\r\n\r\n1"), ";theirs"),
        ("extensions of many chunks", head("transfer-encoding: chunked\r\n\r\n"), "1;theirs=theirs\r\n \r\n"),
        ("trailers", head("transfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n"), "theirs: theirs\r\n"),
        ("one trailer", head("transfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\nx: "), "theirs"),
        ("a reason", send("HTTP/1.1 200 "), "theirs"),
        ("header lines", head(""), "theirs: theirs\r\n"),
        ("a header's name", head(""), "theirs"),
        ("a header's value", head("x: "), "theirs"),
        ("a folded header", head("x: theirs"), "\r\n theirs"),
        ("something other than HTTP", send("SSH"), "theirs"),
        ("a compressed body", head("content-encoding: gzip\r\n\r\n"), "theirs"),
        ("an error's body", send("HTTP/1.1 500 theirs\r\n\r\n"), "theirs"),
        ("a redirect's body", send("HTTP/1.1 302 theirs\r\nlocation: /theirs\r\n\r\n"), "theirs"),
    ] {
        let outcome = Upstream::that([start, flood(more)]).call().await;
        outcome.assert_refused(502, "provider_bad_response", case);
        assert!(outcome.poured < FLOOD, "{case}: {} bytes were accepted", outcome.poured);
    }
}

#[tokio::test]
async fn body_of_a_busy_response_is_not_awaited() {
    let outcome = Upstream::that([send("HTTP/1.1 429 theirs\r\nretry-after: 7\r\n\r\n"), flood("theirs")]).call().await;
    outcome.assert_refused(503, "provider_busy", "429");
    assert_eq!(outcome.answer().header("retry-after"), Some("7"));
    assert!(outcome.poured < FLOOD, "{} bytes were accepted", outcome.poured);
}

#[tokio::test]
async fn slow_endless_response_times_out() {
    for (case, steps) in [
        ("silence", vec![Step::Wait]),
        ("a status line", vec![drip("HTTP/1.1 200 theirs ")]),
        ("header lines", vec![send(OK), drip("theirs: theirs\r\n")]),
        ("a header's value", vec![send(OK), send("x: "), drip("theirs")]),
        ("a body with a length", vec![send(OK), send("content-length: 60000\r\n\r\n"), drip(" ")]),
        ("a body without one", vec![send(OK), send("\r\n"), drip(" ")]),
        ("chunks", vec![send(OK), send("transfer-encoding: chunked\r\n\r\n"), drip("1\r\n \r\n")]),
        ("trailers", vec![send(OK), send("transfer-encoding: chunked\r\n\r\n0\r\n"), drip("theirs: theirs\r\n")]),
        ("interim answers", vec![drip("HTTP/1.1 103 theirs\r\n\r\n")]),
        // These two are fast, but none of their bytes are kept.
        ("a chunk's size", vec![send(OK), send("transfer-encoding: chunked\r\n\r\n"), flood("0")]),
        ("fast interim answers", vec![flood("HTTP/1.1 100 theirs\r\n\r\n")]),
        (
            "a complete body without an end",
            vec![send(OK), send("\r\n{\"status_code\":200,\"data\":\"t\"}"), Step::Wait],
        ),
    ] {
        let outcome = Upstream::that(steps).within(300).call().await;
        outcome.assert_refused(504, "provider_timeout", case);
        assert_eq!(outcome.requests(), 1, "{case}");
    }
}

/// 60 MiB of zeros. The function cannot decompress them, so they stay ordinary bytes.
#[tokio::test]
async fn decompression_bomb_is_never_decompressed() {
    let mut compressed = GzEncoder::new(Vec::new(), Compression::best());
    compressed.write_all(&[0; 1 << 20]).expect("writing to memory succeeds");
    // A gzip file may consist of several members (RFC 1952, 2.2).
    let bomb = compressed.finish().expect("writing to memory succeeds").repeat(60);
    assert!(bomb.len() < 64 * 1024, "{} bytes", bomb.len());
    for header in ["", "content-encoding: gzip\r\n", "content-encoding: gzip, gzip\r\n"] {
        let head = format!("{OK}{header}content-length: {}\r\n\r\n", bomb.len());
        let outcome = Upstream::that([send(head), send(&bomb)]).call().await;
        outcome.assert_refused(502, "provider_bad_response", header);
    }
}

/// Each body is valid; the response is rejected because of its header only.
#[tokio::test]
async fn response_marked_as_compressed_is_rejected() {
    let good = r#"{"status_code":200,"data":"theirs"}"#;
    for encoding in
        ["gzip", "x-gzip", "deflate", "br", "zstd", "compress", "GZIP", "gzip, gzip", "identity, br", "theirs"]
    {
        let answer = format!("{OK}content-encoding: {encoding}\r\ncontent-length: {}\r\n\r\n{good}", good.len());
        let outcome = Upstream::that([send(answer)]).call().await;
        outcome.assert_refused(502, "provider_bad_response", encoding);
        let detail = outcome.lines[0]["detail"].as_str().unwrap_or_default();
        assert!(detail.contains("compressed"), "{encoding}: {detail}");
    }
}
