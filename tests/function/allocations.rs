//! A caller cannot control how much memory is allocated: rejecting a large request takes as much memory as rejecting a
//! small one. This is a separate program, because all its allocations are counted.

use function::app::App;
use function::client;
use function::config::Config;
use function::log::Line;
use lambda_http::http::{Method, StatusCode, header};
use lambda_http::{Body, Request};

/// What the test runner's own threads may allocate meanwhile, in bytes.
const NOISE: u64 = 64;

#[global_allocator]
static COUNTING: dhat::Alloc = dhat::Alloc;

fn variable(name: &str) -> Option<std::ffi::OsString> {
    let value = match name {
        "OAUTH_CLIENT_ID" => "11111111-2222-3333-4444-555555555555",
        "OAUTH_CLIENT_SECRET" => "11111111-2222-3333-4444-666666666666",
        "OAUTH_REDIRECT_URIS" => "https://app.example/auth",
        // Nothing listens there, and no request is sent.
        "OAUTH_TOKEN_URL" => "http://127.0.0.1:1/",
        _ => return None,
    };
    Some(value.into())
}

/// A token request; each case makes one part of it large.
fn request(body: String) -> Request {
    let mut request = Request::new(Body::from(body));
    *request.method_mut() = Method::POST;
    *request.uri_mut() = "https://app.example/api/token".parse().expect("a valid address");
    request.headers_mut().insert(header::ORIGIN, "https://app.example".parse().expect("a valid value"));
    request.headers_mut().insert(header::CONTENT_TYPE, "application/json".parse().expect("a valid value"));
    request
}

fn with_header(name: header::HeaderName, size: usize) -> Request {
    let mut request = request("{}".to_owned());
    request.headers_mut().insert(name, "x".repeat(size).parse().expect("a valid value"));
    request
}

type Make = fn(usize) -> Request;

const LARGE: [(&str, Make, StatusCode); 6] = [
    ("a body", |size| request("x".repeat(size)), StatusCode::PAYLOAD_TOO_LARGE),
    ("a body of zeroes", |size| request("\0".repeat(size)), StatusCode::PAYLOAD_TOO_LARGE),
    ("an origin", |size| with_header(header::ORIGIN, size), StatusCode::FORBIDDEN),
    ("a media type", |size| with_header(header::CONTENT_TYPE, size), StatusCode::UNSUPPORTED_MEDIA_TYPE),
    ("a header that is not read", |size| with_header(header::COOKIE, size), StatusCode::BAD_REQUEST),
    (
        "a method",
        |size| {
            let mut request = request(String::new());
            *request.method_mut() = Method::from_bytes("x".repeat(size).as_bytes()).expect("a valid method");
            request
        },
        StatusCode::METHOD_NOT_ALLOWED,
    ),
];

#[tokio::test]
async fn rejecting_a_larger_request_takes_no_more_memory() {
    let config = Config::from_env(variable).expect("the environment is valid");
    let client = client::build(&[]).expect("the roots are valid");
    let config =
        config.read_secrets(&client, std::time::Duration::ZERO).await.expect("the secret is in the environment");
    let app = App::new(config, client, |_: &Line<'_>| {});
    let _counter = dhat::Profiler::builder().testing().build();
    for (what, make, status) in LARGE {
        let mut taken = Vec::new();
        // The first request is a warm-up for what is allocated only once.
        for size in [18_000, 18_000, 90_000, 5_000_000] {
            let request = make(size);
            let before = dhat::HeapStats::get();
            let answer = app.handle(request).await;
            let after = dhat::HeapStats::get();
            assert_eq!(answer.status(), status, "{what}");
            taken.push(after.total_bytes - before.total_bytes);
        }
        let (small, large) = (taken[1], taken[3]);
        assert!(
            large <= small + NOISE && taken[2] <= small + NOISE,
            "{what} of 18 kB, 18 kB, 90 kB, 5 MB: {taken:?} bytes"
        );
    }
}
