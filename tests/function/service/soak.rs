//! One service with hundreds of faults: no task of an exchange outlives its response, and only one idle connection
//! stays open.

use std::time::Duration;

use emulator::aniapi::{Emulator, Endpoint, Fault, Options};
use serde_json::json;
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Handle};

use crate::bench::{Function, REDIRECT_URI, env, post};

fn raw(status: u16, headers: &[(&str, &str)], body: Vec<u8>) -> Fault {
    let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Fault::Raw { status, headers, body }
}

#[test]
fn hundreds_of_faults_leave_one_idle_connection_and_nothing_else() {
    // The emulator has its own runtime, so that every task in the other one belongs to the function.
    let theirs = Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime can be built");
    let ours = Builder::new_current_thread().enable_all().build().expect("a runtime can be built");
    let options = Options { redirect_uri: REDIRECT_URI.into(), rate_limit: u32::MAX, ..Options::default() };
    let (emulator, address) = theirs.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let address = listener.local_addr().expect("the socket is bound");
        (Emulator::start(listener, options).await.expect("the emulator starts"), address)
    });
    let mut env = env(&format!("http://{address}"));
    env.insert("OAUTH_TIMEOUT_MS", "10000".into());
    let function = Function::new(&env);
    env.insert("OAUTH_TIMEOUT_MS", "20".into());
    let hasty = Function::new(&env);

    let good = br#"{"status_code":200,"data":"t"}"#;
    ours.block_on(async {
        for round in 0..40 {
            for (fault, function, status) in [
                (raw(200, &[], good.to_vec()), &function, 200),
                (raw(200, &[], vec![b' '; 1 << 20]), &function, 502),
                (raw(200, &[("content-length", "100")], good.to_vec()), &function, 502),
                (raw(200, &[("content-encoding", "gzip")], vec![0; 100_000]), &function, 502),
                (raw(302, &[("location", "/v1/oauth/token")], vec![b' '; 100_000]), &function, 502),
                (Fault::Busy { retry_after: None }, &function, 503),
                (Fault::Reset, &function, 502),
                (Fault::NeverAnswer, &hasty, 504),
            ] {
                let case = format!("round {round}: {status}");
                emulator.misbehave(Endpoint::Token, fault);
                let body = json!({ "provider": "aniapi", "code": "c0de", "redirect_uri": REDIRECT_URI });
                assert_eq!(function.call(post(&body)).await.status, status, "{case}");
            }
        }
        // The function with the short timeout may have timed out before it sent anything.
        assert!((40 * 7..=40 * 8).contains(&emulator.exchanges()), "{} exchanges", emulator.exchanges());
        let settled = tokio::time::timeout(Duration::from_secs(5), async {
            while Handle::current().metrics().num_alive_tasks() > 1 {
                tokio::task::yield_now().await;
            }
        });
        assert!(settled.await.is_ok(), "{} tasks are left", Handle::current().metrics().num_alive_tasks());
    });
}
