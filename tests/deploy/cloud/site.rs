//! `--site`: another app's built site in place of this one.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use deploy::{Built, Plan};
use serde_json::Value;

use crate::{ID, SECRET, TO, built};
use deploy_tests::cloud::{Cloud, order};

const YEAR: &str = "public, max-age=31536000, immutable";
const HASH: &str = "'sha256-5KYv+PUboo5h+0+YAtGRPbwv5d/QxzHslP4YGnUaxRw='";

/// A site that Trunk builds without special settings: nothing is compressed, and the page has an inline script.
fn plain_dist(name: &str) -> Result<PathBuf> {
    let dist = std::env::temp_dir().join(format!("dist-{name}-{}", std::process::id()));
    fs::create_dir_all(dist.join("fonts"))?;
    for (file, content) in [
        ("index.html", "<!doctype html><script type=\"module\">go()</script>"),
        ("app-0123456789abcdef.js", "export default 1"),
        ("app-0123456789abcdef_bg.wasm", "\0asm"),
        ("fonts/a.woff2", "font"),
        ("model.xyz", "model"),
        ("robots.txt", "User-agent: *"),
        (".env", "OAUTH_CLIENT_SECRET=x"),
    ] {
        fs::write(dist.join(file), content)?;
    }
    Ok(dist)
}

/// The arguments that deploy it.
fn words<'w>(dist: &'w Path, others: &[&'w str]) -> Result<Vec<&'w str>> {
    Ok([others, &["--site", dist.to_str().context("it is text")?]].concat())
}

fn bucket(cloud: &Cloud) -> Result<String> {
    let stack = cloud.ask(&["cloudformation", "describe-stack-resources", "--stack-name", "aniapi-login"])?;
    let resources = stack["StackResources"].as_array().context("it has resources")?;
    let bucket = resources.iter().find(|resource| resource["LogicalResourceId"] == "SiteBucket");
    Ok(bucket.context("it has a bucket")?["PhysicalResourceId"].as_str().context("it has a name")?.to_owned())
}

fn parameters(cloud: &Cloud) -> Result<BTreeMap<String, String>> {
    let stack = cloud.ask(&["cloudformation", "describe-stacks", "--stack-name", "aniapi-login"])?;
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let all = stack["Stacks"][0]["Parameters"].as_array().context("it has parameters")?;
    Ok(all.iter().map(|one| (text(&one["ParameterKey"]), text(&one["ParameterValue"]))).collect())
}

#[test]
fn site_of_another_app_is_deployed_and_stays_until_another_is_given() -> Result<()> {
    let cloud = Cloud::start()?;
    let (_, ours) = built("other-app")?;
    let dist = plain_dist("other-app")?;
    let other = Built { site: dist.clone(), archive: ours.archive.clone() };
    let first = cloud.deploy(&words(&dist, &[ID, TO])?, Some(SECRET), &other)?.context("it is not a dry run")?;
    ensure!(first.changes.last().is_some_and(|last| last == "index.html.gz"), "{:?}", first.changes);

    let bucket = bucket(&cloud)?;
    for (key, media_type, coding, cache_control) in [
        ("index.html", "text/html; charset=utf-8", None, "no-cache"),
        ("index.html.br", "text/html; charset=utf-8", Some("br"), "no-cache"),
        ("app-0123456789abcdef.js.gz", "text/javascript; charset=utf-8", Some("gzip"), YEAR),
        ("app-0123456789abcdef_bg.wasm.br", "application/wasm", Some("br"), YEAR),
        ("fonts/a.woff2", "font/woff2", None, "no-cache"),
        ("model.xyz", "application/octet-stream", None, "no-cache"),
        ("robots.txt.br", "text/plain; charset=utf-8", Some("br"), "no-cache"),
    ] {
        let object = cloud.ask(&["s3api", "head-object", "--bucket", &bucket, "--key", key])?;
        ensure!(object["ContentType"] == media_type && object["CacheControl"] == cache_control, "{key}: {object}");
        ensure!(object["ContentEncoding"].as_str() == coding, "{key}: {object}");
    }
    let listed = cloud.ask(&["s3api", "list-objects-v2", "--bucket", &bucket])?;
    ensure!(listed["Contents"].as_array().is_some_and(|objects| objects.len() == 14), "{listed}");
    let made = parameters(&cloud)?;
    for (name, value) in
        [("Site", "other"), ("ScriptHashes", HASH), ("OtherEndings", "xyz"), ("TrustedTypes", "disabled")]
    {
        ensure!(made[name] == value, "{name}: {}", made[name]);
    }

    let again = cloud.deploy(&words(&dist, &[])?, None, &other)?.context("it is not a dry run")?;
    ensure!(again.changes.is_empty(), "{:?}", again.changes);
    // Later deployments do not replace it by our app.
    let later = cloud.deploy(&["MemorySize=512"], None, &ours)?.context("it is not a dry run")?;
    ensure!(later.changes == ["changed the stack aniapi-login", "made version 2 live"], "{:?}", later.changes);
    ensure!(parameters(&cloud)?["ScriptHashes"] == HASH);

    let ours_again = cloud.deploy(&words(&ours.site, &[])?, None, &ours)?.context("it is not a dry run")?;
    ensure!(ours_again.changes.iter().any(|change| change == "index.html"), "{:?}", ours_again.changes);
    let made = parameters(&cloud)?;
    ensure!(made["ScriptHashes"].is_empty() && made["OtherEndings"].is_empty(), "{made:?}");
    fs::remove_dir_all(dist)?;
    Ok(())
}

#[test]
fn folder_without_a_built_site_is_rejected_before_any_change() -> Result<()> {
    let cloud = Cloud::start()?;
    let place = cloud.place()?;
    let dist = plain_dist("refused")?;
    fs::write(dist.join("index.html"), "<link data-trunk rel=rust>")?;
    let refused = Plan::new(&place, order(&words(&dist, &[ID, "Memory=1"])?)?, |_| Ok(SECRET.to_owned()));
    let refusal = refused.err().map(|error| format!("{error:#}")).context("it is rejected")?;
    ensure!(refusal.contains("trunk build") && refusal.contains("Memory is not a parameter"), "{refusal}");
    ensure!(cloud.ask(&["s3api", "list-buckets"])?["Buckets"].as_array().is_some_and(Vec::is_empty));
    fs::remove_dir_all(dist)?;
    Ok(())
}
