//! `cargo xtask doctor`: a healthy deployment is told so, and each fault turns the check red that is there for it.

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
const FILES: &str = "its files are there, typed, compressed and kept";
const UNKNOWN: &str = "an unknown address gives the app";
const CONFIG: &str = "the configuration names this address";
const OTHER: &str = "the function refuses other origins";
const OWN: &str = "the app's own requests reach the function";
const ERRORS: &str = "an error of the function stays what it is";
const DIRECT: &str = "nobody goes round the edge";
const PROVIDER: &str = "each provider knows the client and its redirect address";

/// The checks that fail.
fn red(url: &str, function_url: Option<&str>) -> Result<Vec<&'static str>> {
    let patient = Patient::new(url, function_url)?;
    Ok(patient.findings().filter(|(_, finding)| finding.is_err()).map(|(check, _)| check).collect())
}

pub async fn a_healthy_deployment_is_told_so(world: World) -> Result<()> {
    world.site().sign(true);
    let closed = Canned::start(Canned::json(403, r#"{"Message":"Forbidden"}"#)).await?;
    let red = red(&world.site().url(), Some(closed.url()))?;
    ensure!(red.is_empty(), "{red:?}");
    ensure!(world.emulator().exchanges() == 0, "looking costs no exchange");
    Ok(())
}

pub async fn each_fault_turns_its_check_red(world: World) -> Result<()> {
    let url = world.site().url();
    let red = |expected: &[&'static str]| -> Result<()> {
        let red = red(&url, None)?;
        ensure!(red == expected, "{red:?} and not {expected:?}");
        Ok(())
    };
    world.emulator().misbehave(Endpoint::Authorize, Fault::Status(500));
    red(&[PROVIDER])?;
    world.emulator().misbehave(Endpoint::Authorize, Fault::Status(404));
    red(&[PROVIDER])?;
    world.emulator().reset();

    // The function is not there; its errors have become the app's page; its answers allow everybody.
    world.site().point_at("http://127.0.0.1:1");
    red(&[CONFIG, OTHER, OWN, ERRORS, PROVIDER])?;
    let page = Canned::start(Canned::html(200, "<!doctype html>")).await?;
    world.site().point_at(page.url());
    red(&[CONFIG, OTHER, OWN, ERRORS, PROVIDER])?;
    world.site().point_at(&world.stack.function_url);
    red(&[])
}

pub async fn an_open_function_and_an_address_that_is_not_registered_are_found_out(world: World) -> Result<()> {
    let url = world.site().url();
    ensure!(red(&url, Some(&world.stack.function_url))? == [DIRECT]);
    // The same app by another name is another origin.
    let other = red(&url.replace("localhost", "127.0.0.1"), None)?;
    ensure!(other == [CONFIG, OWN, PROVIDER], "{other:?}");
    Ok(())
}

pub async fn a_site_without_a_header_or_a_file_is_found_out(world: World) -> Result<()> {
    let template = template_path();
    let parameters = [("ProfileOrigin".to_owned(), world.emulator().url())].into();
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
    let another = red(&site.url(), None)?;
    std::fs::remove_dir_all(&empty)?;
    // On this other port nobody is registered either, which is another check's.
    ensure!(without_files.first() == Some(&FILES), "{without_files:?}");
    ensure!(another[..3] == [PAGE, FILES, UNKNOWN], "{another:?}");
    Ok(())
}
