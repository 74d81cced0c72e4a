//! What the doctor looks at, one promise after the other.

use std::collections::BTreeSet;

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::Value;
use shared::authorize::{authorize_url, redirect_uri_for};
use shared::config::ProviderConfig;
use shared::pkce::{self, Challenge, CodeVerifier};
use shared::redirect;
use shared::state::State;

use super::Patient;
use crate::web::{Answer, ask};

/// A promise, and what looks whether it is kept.
type Check = (&'static str, fn(&Patient) -> Result<String>);

pub(super) const CHECKS: [Check; 9] = [
    ("the app is served, with its headers", page),
    ("its files are there, typed, compressed and kept", files),
    ("an unknown address gives the app", unknown_address),
    ("the configuration names this address", config),
    ("the function refuses other origins", other_origin),
    ("the app's own requests reach the function", own_origin),
    ("an error of the function stays what it is", api_error),
    ("nobody goes round the edge", direct),
    ("each provider knows the client and its redirect address", providers),
];

fn page(patient: &Patient) -> Result<String> {
    let answer = patient.get("/")?;
    ensure!(answer.status == 200, "/ answers {}: was the site uploaded?", answer.status);
    ensure_is_app(&answer)?;
    for (name, value) in &patient.headers.every {
        let (expected, found) = (value.to_str()?, answer.header(name.as_str()).unwrap_or_default());
        // Which provider and which pictures the policy allows is the deployment's own; all else is not.
        let is_policy = name == "content-security-policy";
        let is_kept = if is_policy { same_but_for_sources(expected, found) } else { expected == found };
        ensure!(
            is_kept,
            "the header {name} is {found:?} and should be {expected:?}: is the stack's template the present one?"
        );
    }
    ensure!(
        answer.header("cache-control") == Some("no-cache"),
        "index.html may be kept: it would name files that are gone"
    );
    if patient.origin.starts_with("https://") {
        ensure!(
            answer.header("strict-transport-security").is_some(),
            "the header strict-transport-security is missing"
        );
        let plain = ask("GET", &patient.origin.replacen("https://", "http://", 1), &[], None)?;
        let leads = plain.header("location").is_some_and(|place| place.starts_with("https://"));
        ensure!(
            matches!(plain.status, 301 | 308) && leads,
            "without TLS it answers {} and does not lead to https",
            plain.status
        );
    }
    Ok(String::new())
}

fn same_but_for_sources(expected: &str, found: &str) -> bool {
    let fixed = |policy: &str| -> Vec<String> {
        let directives = policy.split(';').map(|directive| directive.trim().to_owned());
        directives.filter(|d| !d.starts_with("connect-src ") && !d.starts_with("img-src ")).collect()
    };
    fixed(expected) == fixed(found) && found.contains("connect-src 'self'") && found.contains("img-src 'self'")
}

fn files(patient: &Patient) -> Result<String> {
    let page = patient.get("/")?.text();
    let mut seen = 0;
    for name in page.split(['"', '\'', '=', ' ', '>']).filter_map(|part| part.strip_prefix('/')) {
        let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
        let types: &[&str] = match ending {
            "css" => &["text/css"],
            "js" => &["text/javascript", "application/javascript"],
            "svg" => &["image/svg+xml"],
            "wasm" => &["application/wasm"],
            _ => continue,
        };
        let answer = ask("GET", &format!("{}/{name}", patient.origin), &[("accept-encoding", "br")], None)?;
        ensure!(answer.status == 200, "/{name} answers {}: was it uploaded?", answer.status);
        let media_type = answer.header("content-type").unwrap_or_default();
        ensure!(types.iter().any(|known| media_type.starts_with(known)), "/{name} is said to be {media_type:?}");
        ensure!(answer.header("content-encoding") == Some("br"), "/{name} comes uncompressed");
        let kept = answer.header("cache-control").unwrap_or_default();
        ensure!(kept == patient.headers.cache_control(name.as_ref()), "/{name} may be kept {kept:?}");
        seen += 1;
    }
    ensure!(seen >= 4, "the page names only {seen} files: is it ours?");
    Ok(format!(" ({seen} files)"))
}

fn unknown_address(patient: &Patient) -> Result<String> {
    for path in ["/auth?code=x&state=y", "/anywhere/at/all"] {
        let answer = patient.get(path)?;
        ensure!(answer.status == 200, "{path} answers {}: nobody could come back from the provider", answer.status);
        ensure_is_app(&answer)?;
    }
    Ok(String::new())
}

fn ensure_is_app(answer: &Answer) -> Result<()> {
    let is_html = answer.header("content-type").is_some_and(|media_type| media_type.starts_with("text/html"));
    ensure!(is_html && answer.text().contains("app-wasm"), "that is not the app's page");
    Ok(())
}

fn config(patient: &Patient) -> Result<String> {
    let config = patient.app_config()?;
    ensure!(!config.providers.is_empty(), "the configuration has no provider");
    let policy = patient.get("/")?;
    let policy = policy.header("content-security-policy").unwrap_or_default();
    let mut told = BTreeSet::new();
    for provider in &config.providers {
        let ours = redirect_uri_for(provider, &patient.origin).with_context(|| {
            format!(
                "none of the redirect addresses {:?} is on {}: nobody can log in here with {}",
                provider.redirect_uris, patient.origin, provider.name
            )
        })?;
        told.insert(ours);
        let profile = provider.profile_url.as_deref().and_then(redirect::origin).unwrap_or_default();
        ensure!(
            policy.contains(profile),
            "the policy does not let the app ask {profile} who logs in: set ProfileOrigin"
        );
    }
    Ok(format!(": {}", Vec::from_iter(told).join(", ")))
}

fn other_origin(patient: &Patient) -> Result<String> {
    for origin in ["https://evil.example", "null"] {
        refused(&patient.post(origin, "{}")?, 403, "origin_not_allowed")?;
    }
    Ok(String::new())
}

/// A body that is refused after the origin was accepted: nothing goes upstream.
fn own_origin(patient: &Patient) -> Result<String> {
    let answer = patient.post(&patient.origin, "{}")?;
    refused(&answer, 400, "invalid_request").context("a POST of the app does not arrive as it should")?;
    Ok(String::new())
}

fn api_error(patient: &Patient) -> Result<String> {
    refused(&patient.get("/api/nothing")?, 404, "not_found")?;
    refused(&patient.get("/api/token")?, 405, "method_not_allowed")?;
    Ok(String::new())
}

fn refused(answer: &Answer, status: u16, code: &str) -> Result<()> {
    let told: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    ensure!(
        answer.status == status && told["error"] == code,
        "expected {status} {code} and got {}{}",
        answer.status,
        told["error"].as_str().map_or(", which is not the function's".to_owned(), |error| format!(" {error}"))
    );
    ensure!(answer.header("access-control-allow-origin").is_none(), "it allows other origins (CORS)");
    Ok(())
}

fn direct(patient: &Patient) -> Result<String> {
    let Some(url) = &patient.function_url else {
        return Ok(" (not looked at: give the function's own address with --function-url)".to_owned());
    };
    for path in ["/api/health", "/api/config"] {
        let answer = ask("GET", &format!("{url}{path}"), &[], None)?;
        ensure!(
            answer.status == 403,
            "the function's own address answers {} to anybody: it must take AWS_IAM alone",
            answer.status
        );
    }
    Ok(String::new())
}

fn providers(patient: &Patient) -> Result<String> {
    let notes: Vec<String> =
        patient.app_config()?.providers.iter().map(|provider| knows(patient, provider)).collect::<Result<_>>()?;
    Ok(notes.concat())
}

/// Asks for a login page, as a person who presses the button does.
fn knows(patient: &Patient, provider: &ProviderConfig) -> Result<String> {
    let redirect_uri = redirect_uri_for(provider, &patient.origin).context("no redirect address is on this origin")?;
    let state = State::from_bytes([0; 32]);
    // Nobody comes back with a code for it.
    let challenge = provider.pkce.map(|method| match method {
        pkce::Method::S256 => Challenge::s256(&[0; 32]),
        pkce::Method::Plain => Challenge::plain(&CodeVerifier::from_bytes([0; 32])),
    });
    let url = authorize_url(provider, redirect_uri, &state, challenge.as_ref());
    let name = &provider.name;
    let answer = match ask("GET", &url, &[], None) {
        Ok(answer) => answer,
        Err(error) => return Ok(format!(" ({name} was not looked at: it does not answer: {error:#})")),
    };
    // What it would tell the app, it tells us.
    let refusal = answer.header("location").and_then(|place| refusal(place.strip_prefix(redirect_uri)?));
    match (answer.status, refusal) {
        (_, Some(error)) => bail!("{name} refuses the request to log in: {error:?}"),
        (200 | 302 | 303, None) => Ok(String::new()),
        (404, _) => bail!("{name} does not know this client id: is OAUTH_CLIENT_ID right?"),
        (500, _) => bail!("{name} does not accept {redirect_uri}: register exactly that address"),
        (400 | 401, _) => bail!("{name} does not accept the client id, or not {redirect_uri}: are both as registered?"),
        // Some let nobody but a browser see their login page.
        (403 | 429 | 503, _) => Ok(format!(" ({name} was not looked at: it answers {} to us)", answer.status)),
        (status, _) => bail!("{name} answers {status} to the request to log in"),
    }
}

/// The `error` of a callback's query (RFC 6749, 4.1.2.1).
fn refusal(query: &str) -> Option<String> {
    let mut parameters = form_urlencoded::parse(query.strip_prefix('?')?.as_bytes());
    Some(parameters.find(|(name, _)| name == "error")?.1.into_owned())
}
