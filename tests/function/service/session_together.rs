//! Concurrent requests: each gets its own session and never another one's.

use std::sync::Arc;

use http::Method;
use serde_json::json;
use tokio::task::JoinSet;

use crate::session_bench::Visit;

#[tokio::test(flavor = "multi_thread")]
async fn thousand_concurrent_requests_each_get_their_own_session() {
    let mut visit = Visit::cookie().await;
    let mut people = Vec::new();
    for _ in 0..10 {
        let id = visit.signed_in().await;
        people.push((id, visit.jar.clone()));
    }
    let visit = Arc::new(visit);
    let mut requests = JoinSet::new();
    for number in 0..1000_usize {
        let (id, jar) = people[number % people.len()].clone();
        let visit = Arc::clone(&visit);
        requests.spawn(async move {
            let body = json!({});
            let (method, body) = if number % 3 == 0 { (Method::POST, Some(&body)) } else { (Method::GET, None) };
            let mut request = visit.request(method, "/api/session", Some(&id), body);
            request
                .headers_mut()
                .insert("cookie", jar.header().expect("the jar has a cookie").parse().expect("a valid value"));
            let answer = visit.function.call(request).await;
            assert_eq!((answer.status.as_u16(), &answer.json()["session"]["id"]), (200, &json!(id)));
        });
    }
    while let Some(done) = requests.join_next().await {
        done.expect("each gets its own session");
    }
    assert!(visit.provider.asked().is_empty());
}
