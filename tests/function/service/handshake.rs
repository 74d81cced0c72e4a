//! Servers that send something other than a TLS handshake: no request is sent before the handshake is complete.

use crate::socket::{Outcome, Step, Upstream, drip, send};

/// Calls the function with a server that performs these steps after the function's `ClientHello`.
async fn call(steps: impl IntoIterator<Item = Step>) -> Outcome {
    let script = std::iter::once(Step::Hear).chain(steps).collect();
    Upstream::scripted([script]).over_tls().within(2_000).call().await
}

#[track_caller]
fn assert_refused(outcome: &Outcome, status: u16, error: &str, case: &str) {
    outcome.assert_refused(status, error, case);
    assert_eq!(outcome.requests(), 0, "{case}");
    assert!(!outcome.heard[0].contains("secret"), "{case}: {}", outcome.heard[0]);
}

#[tokio::test]
async fn invalid_tls_is_an_unreachable_provider() {
    for bytes in [
        &b"HTTP/1.1 200 OK\r\ncontent-length: 34\r\n\r\n{\"status_code\":200,\"data\":\"theirs\"}"[..],
        b"HTTP/1.1 400 Bad Request\r\n\r\nThis port speaks TLS",
        b"SSH-2.0-OpenSSH_9.9\r\n",
        &[0; 64],
        &[0xff; 64],
        // Records of an unknown type, of an unknown version, and over the maximum length.
        b"\x99\x03\x03\0\x02hi",
        b"\x16\x09\x09\0\x02hi",
        b"\x16\x03\x03\xff\xff",
        // Alerts: handshake_failure, protocol_version, unrecognized_name, and close_notify.
        b"\x15\x03\x03\0\x02\x02\x28",
        b"\x15\x03\x03\0\x02\x02\x46",
        b"\x15\x03\x03\0\x02\x02\x70",
        b"\x15\x03\x03\0\x02\x01\0",
        // Records that are only valid after a handshake.
        b"\x17\x03\x03\0\x02hi",
        b"\x14\x03\x03\0\x01\x01",
        // A malformed ServerHello.
        b"\x16\x03\x03\0\x06\x02\0\0\x02hi",
    ] {
        for then in [None, Some(Step::Wait)] {
            // An alert of level warning does not end the handshake.
            let then = then.filter(|_| bytes != b"\x15\x03\x03\0\x02\x01\0");
            let outcome = call([send(bytes)].into_iter().chain(then)).await;
            assert_refused(&outcome, 502, "provider_unreachable", &String::from_utf8_lossy(bytes));
        }
    }
}

/// SSL 3.0, TLS 1.0 and TLS 1.1, in the form that a server without newer versions would send.
#[tokio::test]
async fn old_tls_version_is_an_unreachable_provider() {
    for minor in [0, 1, 2] {
        let random = [7; 32];
        // The version, the random, no session, ECDHE-RSA-AES128-SHA, no compression.
        let hello = [&[3, minor][..], &random, &[0, 0xc0, 0x13, 0]].concat();
        let message = [&[2, 0, 0, hello.len() as u8][..], &hello].concat();
        let record = [&[0x16, 3, minor, 0, message.len() as u8][..], &message].concat();
        let outcome = call([send(record), Step::Wait]).await;
        assert_refused(&outcome, 502, "provider_unreachable", &format!("3.{minor}"));
    }
}

#[tokio::test]
async fn interrupted_handshake_is_an_unreachable_provider() {
    for steps in
        [vec![], vec![Step::Reset], vec![send(b"\x16\x03"), Step::Reset], vec![send(b"\x16\x03\x03\0\x40\x02")]]
    {
        let case = format!("{steps:?}");
        assert_refused(&call(steps).await, 502, "provider_unreachable", &case);
    }
}

#[tokio::test]
async fn slow_handshake_is_a_timeout() {
    for steps in [
        vec![Step::Wait],
        vec![send(b"\x16"), Step::Wait],
        vec![send(b"\x16\x03\x03\x40\0\x02"), Step::Wait],
        vec![send(b"\x16\x03\x03\x40\0"), drip(b"\x02")],
    ] {
        let case = format!("{steps:?}");
        let script = std::iter::once(Step::Hear).chain(steps).collect();
        let outcome = Upstream::scripted([script]).over_tls().within(300).call().await;
        assert_refused(&outcome, 504, "provider_timeout", &case);
    }
}
