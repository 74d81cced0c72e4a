//! `cargo xtask doctor`: a healthy deployment passes every check, and each fault fails the check for it.

use anyhow::{Result, ensure};
use deploy::doctor::Patient;
use deploy::headers;
use deploy::template_path;
use emulator::aniapi::{Endpoint, Fault};
use emulator::loopback_listeners;
use stack::site::Site;

use browser::canned::Canned;
use browser::world::World;

const PAGE: &str = "the app is served, with its headers";
const FILES: &str = "its files are served with type, compression and cache rules";
const UNKNOWN: &str = "an unknown address serves the app";
const CONFIG: &str = "the configuration names this address";
const OTHER: &str = "the function rejects other origins";
const OWN: &str = "the app's own requests reach the function";
const NO_ORIGIN: &str = "a request without an origin is rejected";
const SESSION: &str = "the session's state is served and never cached";
const COOKIE: &str = "a cookie is set for one person only";
const ERRORS: &str = "errors of the function arrive unchanged";
const DIRECT: &str = "the function cannot be reached without the edge";
const PROVIDER: &str = "each provider accepts the client and its redirect URI";

/// The checks that fail.
fn red(url: &str, function_url: Option<&str>) -> Result<Vec<&'static str>> {
    let patient = Patient::new(url, function_url)?;
    Ok(patient.findings().filter(|(_, finding)| finding.is_err()).map(|(check, _)| check).collect())
}

pub async fn healthy_deployment_passes_every_check(world: World) -> Result<()> {
    let closed = Canned::start(Canned::json(403, r#"{"Message":"Forbidden"}"#)).await?;
    let red = red(&world.site().url(), Some(closed.url()))?;
    ensure!(red.is_empty(), "{red:?}");
    ensure!(world.emulator().exchanges() == 0, "the checks exchanged a code");
    Ok(())
}

pub async fn each_fault_fails_its_check(world: World) -> Result<()> {
    let url = world.site().url();
    let red = |expected: &[&'static str]| -> Result<()> {
        let red = red(&url, None)?;
        ensure!(red == expected, "{red:?} instead of {expected:?}");
        Ok(())
    };
    world.emulator().misbehave(Endpoint::Authorize, Fault::Status(500));
    red(&[PROVIDER])?;
    world.emulator().misbehave(Endpoint::Authorize, Fault::Status(404));
    red(&[PROVIDER])?;
    world.emulator().reset();

    // First there is no function; then a page of the app replaces all of its responses.
    world.site().point_at("http://127.0.0.1:1");
    red(&[CONFIG, OTHER, OWN, NO_ORIGIN, SESSION, COOKIE, ERRORS, PROVIDER])?;
    let page = Canned::start(Canned::html(200, "<!doctype html>")).await?;
    world.site().point_at(page.url());
    red(&[CONFIG, OTHER, OWN, NO_ORIGIN, SESSION, COOKIE, ERRORS, PROVIDER])?;
    world.site().point_at(&world.stack.function_url);
    red(&[])
}

pub async fn open_function_and_unregistered_address_are_detected(world: World) -> Result<()> {
    let url = world.site().url();
    ensure!(red(&url, Some(&world.stack.function_url))? == [DIRECT]);
    // The same app under another name is another origin.
    let other = red(&url.replace("localhost", "127.0.0.1"), None)?;
    ensure!(other == [CONFIG, OWN, COOKIE, PROVIDER], "{other:?}");
    Ok(())
}

pub async fn missing_header_or_file_is_detected(world: World) -> Result<()> {
    let template = template_path();
    let parameters = [("ConnectOrigins".to_owned(), world.emulator().url())].into();
    let folder = &world.stack.site_folder;
    let serve = async |folder: &std::path::Path, without: &str| -> Result<Site> {
        let mut headers = headers::read(&template, &parameters)?;
        headers.every.remove(without);
        Site::start(loopback_listeners(0).await?, folder, &world.stack.function_url, headers)
    };
    for header in ["content-security-policy", "referrer-policy", "permissions-policy", "cross-origin-opener-policy"] {
        let site = serve(folder, header).await?;
        let red = red(&site.url(), None)?;
        ensure!(red.first() == Some(&PAGE), "{header}: {red:?}");
    }
    let empty = std::env::temp_dir().join(format!("doctor-{}", std::process::id()));
    std::fs::create_dir_all(&empty)?;
    std::fs::copy(folder.join("index.html"), empty.join("index.html"))?;
    let site = serve(&empty, "none").await?;
    let without_files = red(&site.url(), None)?;
    std::fs::write(empty.join("index.html"), "another page")?;
    site.invalidate("/*");
    let another = red(&site.url(), None)?;
    std::fs::remove_dir_all(&empty)?;
    // The redirect URI is not registered for this other port either; that is for another check.
    ensure!(without_files.first() == Some(&FILES), "{without_files:?}");
    ensure!(another[..3] == [PAGE, FILES, UNKNOWN], "{another:?}");
    Ok(())
}
