//! What the program may weigh, and how much work a start and an exchange may be. Instructions are counted and not timed, so
//! they are the same on a busy machine. `cargo xtask test` runs these, over the archives.

use std::process::Command;

use deploy::build::{Processor, unpack};
use xtask::{budget, workspace};

use crate::api::{Platform, token_event};
use crate::upstream::Upstream;

/// What the program may weigh, in bytes.
const SIZE: u64 = 3_000_000;
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

#[tokio::test(flavor = "multi_thread")]
#[ignore = "for the released program under callgrind: `cargo xtask test` runs it"]
async fn instructions_of_a_start_and_of_an_exchange() {
    let (start, first, eleven) = (count(0).await, count(1).await, count(11).await);
    let each = (eleven - first) / 10;
    budget::enforce("instructions of a start", start, START).expect("the budget holds");
    budget::enforce("instructions of an exchange", each, EXCHANGE).expect("the budget holds");
}

#[test]
#[ignore = "for the archives: `cargo xtask test` runs it"]
fn size_of_the_program() {
    for processor in Processor::ALL {
        let archive = workspace().join(format!("target/function-{}.zip", processor.name()));
        let program = unpack(&archive).expect("it is an archive of ours");
        let size = program.metadata().expect("it was unpacked").len();
        budget::enforce(&format!("bytes of the program for {}", processor.name()), size, SIZE)
            .expect("the budget holds");
    }
}
