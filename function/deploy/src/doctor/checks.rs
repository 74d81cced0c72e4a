//! The doctor's checks.

use std::collections::BTreeSet;

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::Value;
use shared::authorize::{authorize_url, redirect_uri_for};
use shared::config::ProviderConfig;
use shared::pkce::{self, Challenge, CodeVerifier};
use shared::redirect;
use shared::session::SessionMode;
use shared::state::State;

use super::{Patient, Unregistered, policy, session};
use crate::kinds;
use crate::web::{Answer, ask};

/// The name of a check, and its function.
type Check = (&'static str, fn(&Patient) -> Result<String>);

pub(super) const CHECKS: [Check; 12] = [
    ("the app is served, with its headers", page),
    ("its files are served with type, compression and cache rules", files),
    ("an unknown address serves the app", unknown_address),
    ("the configuration names this address", config),
    ("the function rejects other origins", other_origin),
    ("the app's own requests reach the function", own_origin),
    ("a request without an origin is rejected", session::no_origin),
    ("the session's state is served and never cached", session::state),
    ("a cookie is set for one person only", session::cookie),
    ("errors of the function arrive unchanged", api_error),
    ("the function cannot be reached without the edge", direct),
    ("each provider accepts the client and its redirect URI", providers),
];

fn page(patient: &Patient) -> Result<String> {
    let answer = patient.get("/")?;
    ensure!(answer.status == 200, "/ responds with {}: was the site uploaded?", answer.status);
    ensure_is_app(&answer)?;
    for (name, value) in &patient.headers.every {
        let (expected, found) = (value.to_str()?, answer.header(name.as_str()).unwrap_or_default());
        let is_policy = name == "content-security-policy";
        let is_kept = if is_policy { policy::allows_no_more(expected, found, &answer) } else { expected == found };
        ensure!(
            is_kept,
            "the header {name} is {found:?} and should be {expected:?}: is the stack's template up to date?"
        );
    }
    ensure!(
        answer.header("cache-control") == Some("no-cache"),
        "index.html may be cached: it could refer to files that no longer exist"
    );
    if patient.origin.starts_with("https://") {
        ensure!(
            answer.header("strict-transport-security").is_some(),
            "the header strict-transport-security is missing"
        );
        let plain = patient.ask("GET", &patient.origin.replacen("https://", "http://", 1), &[], None)?;
        let leads = plain.header("location").is_some_and(|place| place.starts_with("https://"));
        ensure!(
            matches!(plain.status, 301 | 308) && leads,
            "without TLS it responds with {} and does not redirect to https",
            plain.status
        );
    }
    Ok(String::new())
}

fn files(patient: &Patient) -> Result<String> {
    let page = patient.get("/")?.text();
    let mut seen = 0;
    for name in page.split(['"', '\'', '=', ' ', '>']).filter_map(|part| part.strip_prefix('/')) {
        let Some(kind) = kinds::of(name.as_ref()).filter(|_| !name.starts_with('/')) else { continue };
        let answer = patient.ask("GET", &format!("{}/{name}", patient.origin), &[("accept-encoding", "br")], None)?;
        ensure!(answer.status == 200, "/{name} responds with {}: was it uploaded?", answer.status);
        let media_type = answer.header("content-type").unwrap_or_default();
        ensure!(media_type == kind.media_type, "/{name} has the content type {media_type:?}");
        let coding = answer.header("content-encoding");
        ensure!(coding == kind.is_compressed.then_some("br"), "/{name} has the content coding {coding:?}");
        let kept = answer.header("cache-control").unwrap_or_default();
        ensure!(kept == patient.headers.cache_control(name.as_ref()), "/{name} has the cache rule {kept:?}");
        seen += 1;
    }
    ensure!(seen >= 2, "the page refers to only {seen} files: is it an app's page?");
    Ok(format!(" ({seen} files)"))
}

fn unknown_address(patient: &Patient) -> Result<String> {
    for path in ["/auth?code=x&state=y", "/anywhere/at/all"] {
        let answer = patient.get(path)?;
        ensure!(
            answer.status == 200,
            "{path} responds with {}: people could not return from the provider",
            answer.status
        );
        ensure_is_app(&answer)?;
    }
    Ok(String::new())
}

fn ensure_is_app(answer: &Answer) -> Result<()> {
    let is_html = answer.header("content-type").is_some_and(|media_type| media_type.starts_with("text/html"));
    // Every app has a script, in a file or in its page.
    ensure!(is_html && answer.text().contains("<script"), "the response is not the app's page");
    Ok(())
}

fn config(patient: &Patient) -> Result<String> {
    let config = patient.app_config()?;
    // A browser with a stale configuration would begin logins with the old client.
    let kept = patient.config()?;
    let kept = kept.header("cache-control").unwrap_or_default();
    ensure!(kept.contains("max-age=0") && kept.contains("s-maxage="), "browsers may cache the configuration: {kept:?}");
    ensure!(!config.providers.is_empty(), "the configuration has no provider");
    let policy = patient.get("/")?;
    let policy = policy.header("content-security-policy").unwrap_or_default();
    let mut found = BTreeSet::new();
    for provider in &config.providers {
        let ours = redirect_uri_for(provider, &patient.origin).with_context(|| {
            format!(
                "none of the redirect URIs {:?} is on {}: people cannot log in here with {}",
                provider.redirect_uris, patient.origin, provider.name
            )
        })?;
        found.insert(ours);
        // In proxy mode the page has no token and connects to neither.
        let asked = [&provider.profile_url, &provider.api_url].into_iter().flatten();
        for origin in asked.filter(|_| config.session != SessionMode::Proxy).filter_map(|url| redirect::origin(url)) {
            ensure!(
                policy.contains(origin),
                "the policy does not let the app connect to {origin}: `cargo xtask deploy` adds it (parameter \
                 ConnectOrigins)"
            );
        }
    }
    Ok(format!(": {}", Vec::from_iter(found).join(", ")))
}

fn other_origin(patient: &Patient) -> Result<String> {
    for origin in ["https://evil.example", "null"] {
        ensure_rejected(&patient.post(origin, "{}")?, 403, "origin_not_allowed")?;
    }
    Ok(String::new())
}

/// Sends a body that is rejected after the origin was accepted, so that nothing goes upstream.
fn own_origin(patient: &Patient) -> Result<String> {
    let answer = patient.post(&patient.origin, "{}")?;
    ensure_rejected(&answer, 400, "invalid_request").context("a POST of the app does not arrive as expected")?;
    Ok(String::new())
}

fn api_error(patient: &Patient) -> Result<String> {
    ensure_rejected(&patient.get("/api/nothing")?, 404, "not_found")?;
    ensure_rejected(&patient.get("/api/token")?, 405, "method_not_allowed")?;
    Ok(String::new())
}

pub(super) fn ensure_rejected(answer: &Answer, status: u16, code: &str) -> Result<()> {
    let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    ensure!(
        answer.status == status && body["error"] == code,
        "expected {status} {code} and received {}{}",
        answer.status,
        body["error"].as_str().map_or(", which is not from the function".to_owned(), |error| format!(" {error}"))
    );
    ensure!(answer.header("access-control-allow-origin").is_none(), "it allows other origins (CORS)");
    Ok(())
}

fn direct(patient: &Patient) -> Result<String> {
    let Some(url) = &patient.function_url else {
        return Ok(" (not checked: pass the function's own address with --function-url)".to_owned());
    };
    for path in ["/api/health", "/api/config"] {
        let answer = ask("GET", &format!("{url}{path}"), &[], None)?;
        ensure!(
            answer.status == 403,
            "the function's own address responds with {} to unsigned requests: its AuthType must be AWS_IAM",
            answer.status
        );
    }
    Ok(String::new())
}

fn providers(patient: &Patient) -> Result<String> {
    let (mut notes, mut unregistered) = (String::new(), Vec::new());
    for provider in &patient.app_config()?.providers {
        match knows(patient, provider) {
            Ok(note) => notes.push_str(&note),
            Err(error) => unregistered.push(error.downcast::<Unregistered>()?.0),
        }
    }
    if unregistered.is_empty() { Ok(notes) } else { Err(Unregistered(unregistered.join("; ")).into()) }
}

/// Sends an authorization request, as **Log in** does.
fn knows(patient: &Patient, provider: &ProviderConfig) -> Result<String> {
    let redirect_uri = redirect_uri_for(provider, &patient.origin).context("no redirect URI is on this origin")?;
    let state = State::from_bytes([0; 32]);
    // Its verifier is never used: no code is issued.
    let challenge = provider.pkce.map(|method| match method {
        pkce::Method::S256 => Challenge::s256(&[0; 32]),
        pkce::Method::Plain => Challenge::plain(&CodeVerifier::from_bytes([0; 32])),
    });
    let url = authorize_url(provider, redirect_uri, &state, challenge.as_ref(), false);
    let name = &provider.name;
    let answer = match ask("GET", &url, &[], None) {
        Ok(answer) => answer,
        Err(error) => return Ok(format!(" ({name} was not checked because it does not respond: {error:#})")),
    };
    // An error may be in the redirect to the app.
    let refusal = answer.header("location").and_then(|place| refusal(place.strip_prefix(redirect_uri)?));
    match (answer.status, refusal) {
        (_, Some(error)) => bail!("{name} rejects the authorization request: {error:?}"),
        (200 | 302 | 303, None) => Ok(String::new()),
        (404, _) => bail!("{name} does not know this client id: is OAUTH_CLIENT_ID correct?"),
        (500, _) => {
            Err(Unregistered(format!("{name} does not accept {redirect_uri}: register exactly this redirect URI"))
                .into())
        }
        (400 | 401, _) => Err(Unregistered(format!(
            "{name} does not accept the client id or {redirect_uri}: register exactly this redirect URI, and compare \
             the id"
        ))
        .into()),
        // Some show their login page to browsers only.
        (403 | 429 | 503, _) => Ok(format!(" ({name} was not checked because it responds with {})", answer.status)),
        (status, _) => bail!("{name} responds with {status} to the authorization request"),
    }
}

/// The `error` in a callback's query (RFC 6749, 4.1.2.1).
fn refusal(query: &str) -> Option<String> {
    let mut parameters = form_urlencoded::parse(query.strip_prefix('?')?.as_bytes());
    Some(parameters.find(|(name, _)| name == "error")?.1.into_owned())
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};
    use std::net::TcpListener;

    use super::*;

    /// The result for a provider that responds to the authorization request with this status.
    fn of_provider(status: u16) -> Result<String> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let origin = format!("http://{}", listener.local_addr()?);
        let config = serde_json::json!({ "providers": [{
            "id": "a", "name": "A", "client_id": "a", "authorize_url": format!("{origin}/login"),
            "redirect_uris": [format!("{origin}/auth")],
        }] });
        std::thread::spawn(move || {
            for connection in listener.incoming() {
                let mut connection = connection.expect("a connection");
                let mut request = [0; 4096];
                let length = connection.read(&mut request).expect("a request");
                let is_config = request[..length].starts_with(b"GET /api/config ");
                let (status, body) = if is_config { (200, config.to_string()) } else { (status, String::new()) };
                let head =
                    format!("HTTP/1.1 {status} x\r\nconnection: close\r\ncontent-length: {}\r\n\r\n", body.len());
                connection.write_all((head + &body).as_bytes()).expect("it is read");
            }
        });
        providers(&Patient::new(&origin, None)?)
    }

    #[test]
    fn rejected_registration_is_distinguished_from_other_faults() {
        for status in [500, 400, 401] {
            let error = of_provider(status).expect_err("it is rejected");
            assert!(error.is::<Unregistered>() && error.to_string().contains("/auth: register exactly"), "{error}");
        }
        for status in [404, 502] {
            assert!(!of_provider(status).expect_err("it is rejected").is::<Unregistered>(), "{status}");
        }
        assert_eq!(of_provider(200).expect("it is accepted"), "");
    }
}
