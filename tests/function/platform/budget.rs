//! Limits for the program's size and for the work of a start and of an exchange. Instructions are counted instead of
//! timed, so the result is the same on a busy machine. `cargo xtask test` runs these tests with the programs in the
//! archives.

use std::process::Command;

use deploy::build::{Processor, unpack};
use serde_json::Value;
use xtask::{budget, workspace};

use crate::api::{Platform, Reply, SECRET, event, token_event};
use crate::upstream::Upstream;

/// The limit for the program's size, in bytes.
const SIZE: u64 = 3_400_000;
/// The limit for a start, in instructions: the loader's work, the environment, the client, the first poll.
const START: u64 = 650_000;
/// The limit for an exchange over an open connection, in instructions.
const EXCHANGE: u64 = 340_000;

/// The variables of a function without sessions, and of one that keeps them in cookies.
const TAB: &[(&str, &str)] = &[("OAUTH_CLIENT_SECRET", SECRET)];
const COOKIE: &[(&str, &str)] = &[
    ("OAUTH_CLIENT_SECRET", SECRET),
    ("OAUTH_SESSION", "cookie"),
    ("OAUTH_SESSION_KEY", "0123456789abcdefghijklmnopqrstuv"),
];

/// The instructions of a process that handles these events after some logins. The events have the cookie of the last
/// login.
async fn count(variables: &[(&str, &str)], logins: usize, events: &[Value]) -> u64 {
    let upstream = Upstream::start().await;
    // The profile comes from the same server; any response will do.
    let profile = format!("http://{}/v1/auth/me?&client_secret=x&code=good-profile&", upstream.address);
    let mut variables = variables.to_vec();
    variables.push(("OAUTH_PROFILE_URL", &profile));
    let mut platform = Platform::with(&upstream.address, &variables).await;
    platform.polled().await;
    let mut cookies = Value::Null;
    for number in 0..logins {
        let reply = platform.invoke(&token_event(&format!("good-{number}")).to_string()).await;
        let Reply::Response(answer) = reply else { panic!("{reply:?}") };
        assert_eq!(answer["statusCode"], 200, "{answer}");
        let set = answer["cookies"].as_array().cloned().unwrap_or_default();
        let pairs = set.iter().filter_map(|cookie| cookie.as_str()?.split(';').next());
        cookies = pairs.collect();
        platform.polled().await;
    }
    for event in events {
        let mut event = event.clone();
        event["cookies"] = cookies.clone();
        assert!(platform.request(&event).await < 300);
        platform.polled().await;
    }
    let pid = platform.process().to_string();
    assert!(Command::new("kill").args(["-TERM", &pid]).status().expect("every system has kill").success());
    platform.ended().await;
    let output = platform.output();
    let collected = output.split("Collected : ").nth(1).and_then(|rest| rest.lines().next());
    collected.and_then(|number| number.trim().parse().ok()).unwrap_or_else(|| panic!("no count in {output}"))
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "for the released program under callgrind: `cargo xtask test` runs it"]
async fn instructions_of_a_start_and_of_an_exchange() {
    let (start, first, eleven) = (count(TAB, 0, &[]).await, count(TAB, 1, &[]).await, count(TAB, 11, &[]).await);
    let each = (eleven - first) / 10;
    budget::enforce("instructions of a start", start, START).expect("the budget holds");
    budget::enforce("instructions of an exchange", each, EXCHANGE).expect("the budget holds");
}

/// With a session, a login also requests the profile, which is one more exchange with the provider.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "for the released program under callgrind: `cargo xtask test` runs it"]
async fn instructions_of_a_session() {
    let (tab, cookie) = (count(TAB, 1, &[]).await, count(COOKIE, 1, &[]).await);
    let round_trip = count(TAB, 2, &[]).await - tab;
    budget::enforce("instructions of a start and a login with a session", cookie, tab * 13 / 10 + round_trip)
        .expect("the budget holds");
    let warm = |path| vec![event("GET", path); 10];
    let one = count(COOKIE, 1, &warm("/api/health")).await - cookie;
    let other = count(COOKIE, 1, &warm("/api/session")).await - cookie;
    budget::enforce("instructions of ten sessions", other, one * 3 / 2).expect("the budget holds");
}

#[test]
#[ignore = "for the archives: `cargo xtask test` runs it"]
fn size_of_the_program() {
    for processor in Processor::ALL {
        let archive = workspace().join(format!("target/function-{}.zip", processor.name()));
        let program = unpack(&archive).expect("the archive is valid");
        let size = program.metadata().expect("the program was unpacked").len();
        budget::enforce(&format!("bytes of the program for {}", processor.name()), size, SIZE)
            .expect("the budget holds");
    }
}
