//! One process handles thousands of requests, some with faults: each gets the expected response, and nothing leaks.

use std::collections::HashSet;

use serde_json::Value;

use crate::api::{Platform, Reply, event, in_ms, token_event};
use crate::upstream::Upstream;

const REQUESTS: u32 = 3000;

/// How much the process may grow between the first third and the end, in KiB: enough for what allocators may add, and
/// far less than one leaked response for every hundredth request.
const SLACK: u64 = 2048;

/// The kinds of requests, their weights in percent, and the expected status. The first word of a code selects what the
/// provider does. A status of 0 means an error that is reported to the platform.
const MIX: [(&str, u32, u64); 20] = [
    ("good", 40, 200),
    ("spent", 6, 400),
    ("refused", 2, 502),
    ("senseless", 3, 502),
    ("garbage", 3, 502),
    ("html", 3, 502),
    ("redirect", 4, 502),
    ("compressed", 3, 502),
    ("busy", 3, 503),
    ("large", 3, 502),
    ("cut", 4, 502),
    ("reset", 5, 502),
    ("silent", 1, 504),
    ("slow", 1, 504),
    ("late", 3, 504),
    ("elsewhere", 3, 403),
    ("oversized", 3, 413),
    ("malformed", 4, 400),
    ("lost", 3, 404),
    ("no-request", 3, 0),
];

/// Pseudorandom numbers (xorshift) that are the same in every run.
fn next(seed: &mut u32) -> u32 {
    *seed ^= *seed << 13;
    *seed ^= *seed >> 17;
    *seed ^= *seed << 5;
    *seed
}

fn pick(seed: &mut u32) -> (&'static str, u64) {
    let mut at = next(seed) % MIX.iter().map(|(_, weight, _)| weight).sum::<u32>();
    for (kind, weight, status) in MIX {
        if at < weight {
            return (kind, status);
        }
        at -= weight;
    }
    unreachable!("the weights add up")
}

/// The event of this kind, and its deadline.
fn invocation(kind: &str, code: &str) -> (String, String) {
    let mut token = token_event(code);
    match kind {
        "elsewhere" => token["headers"]["origin"] = "https://hush.example".into(),
        "oversized" => token["body"] = "hush".repeat(5000).into(),
        "malformed" => token["body"] = r#"{"hush":"hush"}"#.into(),
        "lost" => token = event("POST", "/hush"),
        "no-request" => return (r#"{"hush":"hush"}"#.into(), in_ms(30_000)),
        _ => {}
    }
    let ends_in = match kind {
        "late" => 100,
        // Of these, 50 ms remain for the provider.
        "silent" | "slow" => 300,
        _ => 30_000,
    };
    (token.to_string(), in_ms(ends_in))
}

#[tokio::test(flavor = "multi_thread")]
async fn thousands_of_requests_with_faults_leak_nothing() {
    let upstream = Upstream::start().await;
    let mut platform = Platform::with_provider(&upstream.address).await;
    let mut seed = 0x5eed;
    let mut after_a_third = None;
    let mut lines = 0;
    for number in 0..REQUESTS {
        if number == REQUESTS / 3 {
            after_a_third = left_behind(&mut platform).await;
            lines += 1;
        }
        let (kind, status) = pick(&mut seed);
        let code = format!("{kind}-{number}");
        let (event, deadline) = invocation(kind, &code);
        match platform.invoke_until(&event, &deadline).await {
            Reply::Response(answer) => {
                assert_eq!(answer["statusCode"], status, "{code}: {answer}");
                lines += 1;
                if status == 200 {
                    let body: Value = serde_json::from_str(answer["body"].as_str().expect("a response has a body"))
                        .expect("valid JSON");
                    assert_eq!(body["access_token"], code.as_str(), "its own token");
                } else {
                    assert!(!answer.to_string().contains("hush"), "{code}: {answer}");
                }
            }
            Reply::Error(error) => {
                assert_eq!(status, 0, "{code}: {error}");
                assert!(!error.contains("hush"), "{code}: {error}");
            }
        }
    }
    let at_the_end = left_behind(&mut platform).await;
    lines += 1;

    let seen = upstream.seen();
    let once: HashSet<_> = seen.iter().collect();
    assert_eq!(once.len(), seen.len(), "no code was sent twice");
    let ours = ["late", "elsewhere", "oversized", "malformed", "lost", "no"];
    assert!(seen.iter().all(|code| !ours.contains(&code.split('-').next().unwrap_or_default())), "{seen:?}");
    assert!(seen.len() > REQUESTS as usize / 2, "{} of them went upstream", seen.len());

    let output = platform.output();
    assert_eq!(output.matches(r#""outcome":"#).count(), lines, "one line for each request");
    for secret in ["hush", "good-", "11111111-2222-3333-4444-666666666666", "panicked"] {
        assert!(!output.contains(secret), "{secret}");
    }
    let (Some((sockets, memory)), Some((sockets_at_the_end, memory_at_the_end))) = (after_a_third, at_the_end) else {
        return; // This system has no /proc.
    };
    assert!(sockets_at_the_end <= sockets + 2, "{sockets} open files became {sockets_at_the_end}");
    assert!(memory_at_the_end <= memory + SLACK, "{memory} KiB became {memory_at_the_end} KiB");
}

/// The open files and the memory in KiB of a function that has just responded; `None` if the system has no `/proc`.
pub async fn left_behind(platform: &mut Platform) -> Option<(usize, u64)> {
    assert_eq!(platform.request(&event("GET", "/api/health")).await, 204);
    if !cfg!(target_os = "linux") {
        return None;
    }
    let process = format!("/proc/{}", platform.process());
    let files = std::fs::read_dir(format!("{process}/fd")).expect("the process runs").count();
    let status = std::fs::read_to_string(format!("{process}/status")).expect("the process runs");
    let memory = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("the status has it");
    let memory = memory.trim().trim_end_matches(" kB").parse().expect("a valid number");
    Some((files, memory))
}
