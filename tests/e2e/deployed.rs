//! A simple app of another developer, deployed with `--site` to the stand-in for AWS. The local edge serves the
//! uploaded files under the policy that the deployment has computed.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use deploy::template::Parameters;
use deploy::{Built, headers, template_path};
use deploy_tests::cloud::Cloud;
use serde_json::Value;
use stack::site::Object;

use browser::world::{LOG_IN, PASSWORD, PERSON, World};

const ID: &str = "OAUTH_CLIENT_ID=01234567-89ab-cdef-0123-456789abcdef";
const SECRET: &str = "76543210-89ab-cdef-0123-456789abcdef";

pub async fn plain_dist_deployed_to_the_stand_in_logs_in_through_the_edge(world: World) -> Result<()> {
    let dist = world.stack.site_folder.clone();
    let page = std::fs::read_to_string(dist.join("index.html"))?;
    ensure!(page.contains("<script type=\"module\""), "the page has no inline script: {page}");
    let (objects, parameters) = tokio::task::spawn_blocking(move || deploy(&dist)).await??;
    ensure!(parameters["ScriptHashes"].starts_with("'sha256-"), "{parameters:?}");
    let policy = serve(&world, &objects, &parameters)?;
    ensure!(!policy.contains("unsafe-inline"), "{policy}");

    world
        .on_every_page(
            "addEventListener('securitypolicyviolation', (event) => {
                localStorage.setItem('violation', `${event.violatedDirective} ${event.blockedURI}`);
            })",
        )
        .await?;
    world.open("/?page=2").await?;
    world.press(LOG_IN).await?;
    world.is_at_the_provider().await?;
    world.give(PERSON, PASSWORD).await?;
    world.sees("AniAPI knows you as demo@aniapi.test.").await?;
    ensure!(world.place().await? == "/?page=2", "at {}", world.place().await?);
    world.browser.refresh().await?;
    world.sees("AniAPI knows you as demo@aniapi.test.").await?;
    let violation = world.script("return localStorage.getItem('violation')").await?;
    ensure!(violation.is_null(), "{violation}");
    let icon = "const done = arguments[0];
        fetch('/favicon.ico').then(async (answer) => done([answer.headers.get('content-type'), (await answer.blob()).size]), done)";
    let icon = world.browser.execute_async(icon, vec![]).await?.json().clone();
    ensure!(icon[0] == "image/x-icon" && icon[1] == 70, "{icon}");
    let missing = "const done = arguments[0]; fetch('/gone.png').then(({ status }) => done(status), done)";
    let missing = world.browser.execute_async(missing, vec![]).await?.json().clone();
    ensure!(missing == 404, "{missing}");

    // Controls: without its hash the script does not run, and the app cannot run with Trusted Types required.
    for (name, value) in [("ScriptHashes", ""), ("TrustedTypes", "required")] {
        let mut without = parameters.clone();
        without.insert(name.to_owned(), value.to_owned());
        serve(&world, &objects, &without)?;
        world.keep_no_cache().await?;
        world.script("localStorage.removeItem('violation')").await?;
        world.open("/").await?;
        let is_stopped = "return localStorage.getItem('violation') !== null";
        world.until(&format!("the policy with {name}={value:?} blocks the app"), is_stopped).await?;
    }
    Ok(())
}

/// Deploys a site. Returns the objects in the bucket and the stack's parameters.
fn deploy(dist: &Path) -> Result<(BTreeMap<String, Object>, Parameters)> {
    let cloud = Cloud::start()?;
    let archive = tempfile::NamedTempFile::new()?;
    // This is an empty ZIP archive.
    std::fs::write(archive.path(), [&b"PK\x05\x06"[..], &[0; 18]].concat())?;
    let built = Built { site: dist.to_owned(), archive: archive.path().to_owned() };
    let words = [ID, "AlarmEmail=operator@app.example", "--site", dist.to_str().context("it is text")?];
    cloud.deploy(&words, Some(SECRET), &built)?;

    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let named = ["--stack-name", "aniapi-login"];
    let resources = cloud.ask(&[&["cloudformation", "describe-stack-resources"], &named[..]].concat())?;
    let resources = resources["StackResources"].as_array().context("it has resources")?.clone();
    let bucket = resources.iter().find(|resource| resource["LogicalResourceId"] == "SiteBucket");
    let bucket = text(&bucket.context("it has a bucket")?["PhysicalResourceId"]);
    let mut objects = BTreeMap::new();
    let file = tempfile::NamedTempFile::new()?;
    let listed = cloud.ask(&["s3api", "list-objects-v2", "--bucket", &bucket])?;
    for key in listed["Contents"].as_array().context("it contains the site")?.iter().map(|entry| text(&entry["Key"])) {
        let path = file.path().to_str().context("it is text")?;
        let object = cloud.ask(&["s3api", "get-object", "--bucket", &bucket, "--key", &key, path])?;
        let mut headers = HeaderMap::new();
        for (member, header) in [
            ("ContentType", "content-type"),
            ("CacheControl", "cache-control"),
            ("ContentEncoding", "content-encoding"),
        ] {
            if let Some(value) = object[member].as_str() {
                headers.insert(HeaderName::from_static(header), HeaderValue::try_from(value)?);
            }
        }
        objects.insert(key, Object { bytes: std::fs::read(file.path())?, headers });
    }
    let stack = cloud.ask(&[&["cloudformation", "describe-stacks"], &named[..]].concat())?;
    let parameters = stack["Stacks"][0]["Parameters"].as_array().context("it has parameters")?.clone();
    let pair = |one: &Value| (text(&one["ParameterKey"]), text(&one["ParameterValue"]));
    Ok((objects, parameters.iter().map(pair).collect()))
}

/// Serves these objects under the policy of these parameters, with the emulator in AniAPI's place. Returns the policy.
fn serve(world: &World, objects: &BTreeMap<String, Object>, parameters: &Parameters) -> Result<String> {
    let mut parameters = parameters.clone();
    for name in ["ConnectOrigins", "PictureOrigins"] {
        parameters.insert(name.to_owned(), world.emulator().url());
    }
    let headers = headers::read(&template_path(), &parameters)?;
    let policy = headers.every["content-security-policy"].to_str()?.to_owned();
    world.site().serve(objects.clone(), headers);
    Ok(policy)
}
