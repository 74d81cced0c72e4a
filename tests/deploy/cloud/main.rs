//! `cargo xtask deploy` and `destroy`, against a stand-in for AWS.

#![allow(unreachable_pub, reason = "a test binary has no public side")]

mod cargo_lambda;
mod cloud;
mod secret;

use std::fs;
use std::path::PathBuf;

use anyhow::{Result, ensure};
use deploy::{Built, Plan, destroy};

use crate::cloud::{Cloud, DOMAIN, order};

const ID: &str = "ClientId=01234567-89ab-cdef-0123-456789abcdef";
/// With somebody to tell, as the cloud of these tests cannot change a topic that there is not.
const TO: &str = "AlarmEmail=operator@app.example";
const SECRET: &str = "76543210-89ab-cdef-0123-456789abcdef";

/// A site of four files and an archive, in a folder of their own.
fn built(name: &str) -> Result<(PathBuf, Built)> {
    let folder = std::env::temp_dir().join(format!("deploy-{name}-{}", std::process::id()));
    let site = folder.join("site");
    fs::create_dir_all(&site)?;
    for file in ["index.html", "index.html.br", "login-0123456789abcdef.js", "login-0123456789abcdef.js.gz"] {
        fs::write(site.join(file), file)?;
    }
    let archive = folder.join("function-arm64.zip");
    // An archive without anything in it is this mark.
    fs::write(&archive, [&b"PK\x05\x06"[..], &[0; 18]].concat())?;
    Ok((folder, Built { site, archive }))
}

#[test]
fn a_deployment_is_made_and_making_it_again_changes_nothing() -> Result<()> {
    let cloud = Cloud::start()?;
    let (_, built) = built("again")?;
    let first = cloud.deploy(&[ID, TO], Some(SECRET), &built)?.expect("it is no dry run");
    ensure!(first.address == format!("https://{DOMAIN}") && first.redirect_uri == format!("https://{DOMAIN}/auth"));
    // The archive, the stack, the stack once more with its own address, and four files with the page last.
    ensure!(first.changes.len() == 7, "{:?}", first.changes);
    ensure!(
        first.changes[3].starts_with("login-") && first.changes[6].starts_with("index.html"),
        "{:?}",
        first.changes
    );

    let function = cloud.ask(&["lambda", "get-function-configuration", "--function-name", "aniapi-login"])?;
    let variables = &function["Environment"]["Variables"];
    ensure!(variables["OAUTH_CLIENT_ID"] == ID[9..]);
    ensure!(variables["OAUTH_REDIRECT_URIS"] == format!("https://{DOMAIN}/auth"), "{variables}");
    ensure!(cloud.secret()? == SECRET, "the function is told where the secret is");
    ensure!(!function.to_string().contains(SECRET), "and not what it is");
    ensure!(function["Runtime"] == "provided.al2023", "{function}");

    let stack = cloud.ask(&["cloudformation", "describe-stacks", "--stack-name", "aniapi-login"])?;
    let outputs = stack["Stacks"][0]["Outputs"].as_array().expect("it has outputs").clone();
    let bucket = outputs.iter().find(|output| output["OutputKey"] == "SiteBucket").expect("one is the bucket");
    let bucket = bucket["OutputValue"].as_str().expect("it has a name").to_owned();
    for (key, media_type, coding, cache_control) in [
        ("index.html", "text/html; charset=utf-8", None, "no-cache"),
        ("index.html.br", "text/html; charset=utf-8", Some("br"), "no-cache"),
        ("login-0123456789abcdef.js", "text/javascript; charset=utf-8", None, "public, max-age=31536000, immutable"),
        (
            "login-0123456789abcdef.js.gz",
            "text/javascript; charset=utf-8",
            Some("gzip"),
            "public, max-age=31536000, immutable",
        ),
    ] {
        let object = cloud.ask(&["s3api", "head-object", "--bucket", &bucket, "--key", key])?;
        ensure!(object["ContentType"] == media_type && object["CacheControl"] == cache_control, "{key}: {object}");
        ensure!(object["ContentEncoding"].as_str() == coding, "{key}: {object}");
    }
    let archives = "aniapi-login-code-123456789012-eu-central-1";
    let block = cloud.ask(&["s3api", "get-public-access-block", "--bucket", archives])?;
    let block = block["PublicAccessBlockConfiguration"].as_object().expect("it has one").clone();
    ensure!(block.len() == 4 && block.values().all(|is_blocked| is_blocked == true), "{block:?}");

    let second = cloud.deploy(&[], None, &built)?.expect("it is no dry run");
    ensure!(second.changes.is_empty(), "{:?}", second.changes);
    Ok(())
}

#[test]
fn a_new_client_comes_in_by_one_update_with_its_secret() -> Result<()> {
    let cloud = Cloud::start()?;
    let (_, built) = built("rotate")?;
    cloud.deploy(&[ID, TO], Some(SECRET), &built)?;
    let before = cloud.variables()?;
    let (id, secret) = ("11111111-89ab-cdef-0123-456789abcdef", "22222222-89ab-cdef-0123-456789abcdef");
    let changes = cloud.deploy(&[&format!("ClientId={id}")], Some(secret), &built)?.expect("it is no dry run").changes;
    ensure!(changes == ["changed the stack aniapi-login"], "{changes:?}");
    let after = cloud.variables()?;
    ensure!(after["OAUTH_CLIENT_ID"] == id);
    ensure!(after["SECRET_REVISION"] != before["SECRET_REVISION"], "no instance goes on with the old secret");
    ensure!(cloud.secret()? == secret);
    Ok(())
}

#[test]
fn a_changed_site_is_uploaded_alone_and_the_files_before_it_stay() -> Result<()> {
    let cloud = Cloud::start()?;
    let (folder, built) = built("site")?;
    cloud.deploy(&[ID, TO], Some(SECRET), &built)?;
    fs::rename(built.site.join("login-0123456789abcdef.js"), built.site.join("login-fedcba9876543210.js"))?;
    fs::write(built.site.join("index.html"), "another")?;
    let dry = cloud.deploy(&["--dry-run"], None, &built)?;
    ensure!(dry.is_none());
    let changes = cloud.deploy(&[], None, &built)?.expect("it is no dry run").changes;
    ensure!(changes == ["login-fedcba9876543210.js", "index.html"], "{changes:?}");
    fs::remove_dir_all(folder)?;
    Ok(())
}

#[test]
fn a_dry_run_does_nothing_and_asks_for_nothing() -> Result<()> {
    let cloud = Cloud::start()?;
    let (_, built) = built("dry")?;
    ensure!(cloud.deploy(&[ID, "--dry-run"], None, &built)?.is_none());
    ensure!(cloud.ask(&["s3api", "list-buckets"])?["Buckets"].as_array().is_some_and(Vec::is_empty));
    ensure!(cloud.ask(&["cloudformation", "list-stacks"])?["StackSummaries"].as_array().is_some_and(Vec::is_empty));
    Ok(())
}

#[test]
fn what_is_missing_is_told_before_anything_is_done() -> Result<()> {
    let cloud = Cloud::start()?;
    let place = cloud.place()?;
    let told = |place, words: &[&str]| {
        let plan = Plan::new(place, order(words).expect("a command line"), |_| Ok(SECRET.to_owned()));
        plan.err().map(|error| format!("{error:#}")).unwrap_or_default()
    };
    let problems = told(&place, &["DomainName=login.example.com", "Memory=512"]);
    for words in ["ClientId is missing", "go together", "Memory is no parameter"] {
        ensure!(problems.contains(words), "{problems}");
    }
    let stranger = cloud.place_of_a_stranger()?;
    let problems = told(&stranger, &[ID, "Memory=512", "--stack", "No_Name"]);
    for words in ["run `aws configure`", "Memory is no parameter", "the stack's name"] {
        ensure!(problems.contains(words), "{problems}");
    }
    ensure!(cloud.ask(&["s3api", "list-buckets"])?["Buckets"].as_array().is_some_and(Vec::is_empty));
    Ok(())
}

#[test]
fn another_provider_is_deployed_by_parameters() -> Result<()> {
    let cloud = Cloud::start()?;
    let (_, built) = built("provider")?;
    ensure!(cloud.deploy(&[ID, TO], Some("no GUID"), &built).is_err(), "AniAPI gives no such secret");
    cloud.deploy(&[ID, TO], Some(SECRET), &built)?;
    ensure!(cloud.variables()?["OAUTH_PROVIDER"] == "aniapi");
    let github = ["Provider=github", "ClientId=Iv1.0123456789abcdef", "Scope=read:user"];
    ensure!(cloud.deploy(&github[..1], None, &built).is_err(), "it is another client, with another secret");
    cloud.deploy(&github, Some("a secret of GitHub's"), &built)?;
    let variables = cloud.variables()?;
    ensure!(variables["OAUTH_PROVIDER"] == "github" && variables["OAUTH_SCOPE"] == "read:user", "{variables}");
    ensure!(cloud.secret()? == "a secret of GitHub's");
    let stack = cloud.ask(&["cloudformation", "describe-stacks", "--stack-name", "aniapi-login"])?;
    let parameters = stack["Stacks"][0]["Parameters"].as_array().expect("it has parameters").clone();
    let origin = parameters.iter().find(|parameter| parameter["ParameterKey"] == "ProfileOrigin");
    ensure!(origin.is_some_and(|origin| origin["ParameterValue"] == "https://api.github.com"), "{parameters:?}");
    // It is asked for no secret again.
    ensure!(cloud.deploy(&["Provider=github"], None, &built)?.is_some_and(|again| again.changes.is_empty()));
    Ok(())
}

#[test]
fn a_deployment_is_taken_away_whole_and_only_if_it_is_wanted() -> Result<()> {
    let cloud = Cloud::start()?;
    let (_, built) = built("destroy")?;
    cloud.deploy(&[ID, TO], Some(SECRET), &built)?;
    let place = cloud.place()?;
    let region = || Some("eu-central-1".to_owned());
    ensure!(destroy::take_away(&place, "aniapi-login", region(), || Ok(false)).is_err());
    cloud.ask(&["lambda", "get-function", "--function-name", "aniapi-login"])?;
    destroy::take_away(&place, "aniapi-login", region(), || Ok(true))?;
    ensure!(cloud.ask(&["lambda", "list-functions"])?["Functions"].as_array().is_some_and(Vec::is_empty));
    ensure!(cloud.ask(&["ssm", "describe-parameters"])?["Parameters"].as_array().is_some_and(Vec::is_empty));
    let buckets = cloud.ask(&["s3api", "list-buckets"])?["Buckets"].clone();
    ensure!(
        buckets.as_array().is_some_and(|buckets| buckets.len() == 1),
        "only the one for archives is left: {buckets}"
    );
    let told = destroy::take_away(&place, "aniapi-login", region(), || Ok(true)).expect_err("it is gone");
    ensure!(told.to_string().contains("there is no stack"), "{told}");
    Ok(())
}
