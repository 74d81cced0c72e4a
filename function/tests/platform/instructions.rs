//! How much the processor has to do for a start and for an exchange. Instructions are counted and not timed, so it is the
//! same on a busy machine.

use std::process::Command;

use crate::api::{Platform, token_event};
use crate::upstream::Upstream;

/// What a start may take: the loader's work, the environment, the client, the first poll.
const START: u64 = 650_000;
/// What an exchange may take, on a connection that is open already.
const EXCHANGE: u64 = 340_000;

/// All that a process does that answers so many exchanges.
async fn count(exchanges: usize) -> u64 {
    let upstream = Upstream::start().await;
    let mut platform = Platform::with_provider(&upstream.address).await;
    platform.polled().await;
    for number in 0..exchanges {
        assert_eq!(platform.request(&token_event(&format!("good-{number}"))).await, 200);
        platform.polled().await;
    }
    let pid = platform.process().to_string();
    assert!(Command::new("kill").args(["-TERM", &pid]).status().expect("every system has it").success());
    platform.ended().await;
    let output = platform.output();
    let collected = output.split("Collected : ").nth(1).and_then(|rest| rest.lines().next());
    collected.and_then(|number| number.trim().parse().ok()).unwrap_or_else(|| panic!("no count in {output}"))
}

#[tokio::test]
#[ignore = "for the released program under callgrind: `cargo xtask test` runs it"]
async fn a_start_and_an_exchange_take_few_instructions() {
    let (start, first, eleven) = (count(0).await, count(1).await, count(11).await);
    let each = (eleven - first) / 10;
    eprintln!("start {start}, first exchange {}, each further {each}", first - start);
    assert!(start <= START, "a start takes {start} instructions, more than {START}");
    assert!(each <= EXCHANGE, "an exchange takes {each} instructions, more than {EXCHANGE}");
}
