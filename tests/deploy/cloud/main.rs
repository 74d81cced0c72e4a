//! `cargo xtask deploy` and `destroy`, against a stand-in for AWS.

#![allow(unreachable_pub, reason = "a test binary has no public side")]

mod cargo_lambda;
mod changes;
mod former;
mod ownership;
mod policy;
mod recorded;
mod rendered;
mod rollback;
mod rotation;
mod secret;
mod secrets;
mod settings;
mod site;

use std::fs;
use std::path::PathBuf;

use anyhow::{Result, ensure};
use deploy::{Built, Plan, destroy};

use deploy_tests::cloud::{Cloud, DOMAIN, order};

const ID: &str = "OAUTH_CLIENT_ID=01234567-89ab-cdef-0123-456789abcdef";
/// Sets an address for alarms, because moto cannot update a stack whose topic does not exist.
const TO: &str = "AlarmEmail=operator@app.example";
const SECRET: &str = "76543210-89ab-cdef-0123-456789abcdef";

/// Creates a site of two files, which become four objects because the page is stored in three forms, and an archive, in
/// their own folder.
fn built(name: &str) -> Result<(PathBuf, Built)> {
    let folder = std::env::temp_dir().join(format!("deploy-{name}-{}", std::process::id()));
    let site = folder.join("site");
    fs::create_dir_all(&site)?;
    for file in ["index.html", "login-0123456789abcdef.png"] {
        fs::write(site.join(file), file)?;
    }
    let archive = folder.join("function-arm64.zip");
    // These bytes are an empty archive.
    fs::write(&archive, [&b"PK\x05\x06"[..], &[0; 18]].concat())?;
    Ok((folder, Built { site, archive }))
}

#[test]
fn second_deployment_changes_nothing() -> Result<()> {
    let cloud = Cloud::start()?;
    let (_, built) = built("again")?;
    let first = cloud.deploy(&[ID, TO], Some(SECRET), &built)?.expect("it is not a dry run");
    ensure!(first.address == format!("https://{DOMAIN}") && first.redirect_uris == [format!("https://{DOMAIN}/auth")]);
    // The archive, the secrets, the stack, the stack again with its own address, the version of the function, and four
    // objects, the page last.
    ensure!(first.changes.len() == 9, "{:?}", first.changes);
    ensure!(first.changes[4] == "made version 1 live", "{:?}", first.changes);
    ensure!(
        first.changes[5].starts_with("login-") && first.changes[8].starts_with("index.html"),
        "{:?}",
        first.changes
    );

    let function = cloud.ask(&["lambda", "get-function-configuration", "--function-name", "aniapi-login"])?;
    let variables = &function["Environment"]["Variables"];
    ensure!(variables["OAUTH_CLIENT_ID"] == ID[16..]);
    ensure!(variables["OAUTH_REDIRECT_URIS"] == format!("https://{DOMAIN}/auth"), "{variables}");
    ensure!(variables["OAUTH_SESSION"] == "cookie" && variables.get("OAUTH_SESSION_DAYS").is_none(), "{variables}");
    let document = cloud.document()?;
    ensure!(document["OAUTH_CLIENT_SECRET"] == SECRET, "the function's variables name the secret");
    let key = document["OAUTH_SESSION_KEY"].as_str();
    ensure!(key.len() == 43 && document.len() == 2, "32 bytes in base64url");
    ensure!(
        !function.to_string().contains(SECRET) && !function.to_string().contains(key),
        "no secret is in the function's configuration"
    );
    ensure!(function["Runtime"] == "provided.al2023", "{function}");

    let stack = cloud.ask(&["cloudformation", "describe-stacks", "--stack-name", "aniapi-login"])?;
    let outputs = stack["Stacks"][0]["Outputs"].as_array().expect("it has outputs").clone();
    let bucket = outputs.iter().find(|output| output["OutputKey"] == "SiteBucket").expect("one is the bucket");
    let bucket = bucket["OutputValue"].as_str().expect("it has a name").to_owned();
    for (key, media_type, coding, cache_control) in [
        ("index.html", "text/html; charset=utf-8", None, "no-cache"),
        ("index.html.br", "text/html; charset=utf-8", Some("br"), "no-cache"),
        ("index.html.gz", "text/html; charset=utf-8", Some("gzip"), "no-cache"),
        ("login-0123456789abcdef.png", "image/png", None, "public, max-age=31536000, immutable"),
    ] {
        let object = cloud.ask(&["s3api", "head-object", "--bucket", &bucket, "--key", key])?;
        ensure!(object["ContentType"] == media_type && object["CacheControl"] == cache_control, "{key}: {object}");
        ensure!(object["ContentEncoding"].as_str() == coding, "{key}: {object}");
    }
    let archives = "aniapi-login-code-123456789012-eu-central-1";
    let block = cloud.ask(&["s3api", "get-public-access-block", "--bucket", archives])?;
    let block = block["PublicAccessBlockConfiguration"].as_object().expect("it has one").clone();
    ensure!(block.len() == 4 && block.values().all(|is_blocked| is_blocked == true), "{block:?}");

    for words in [&[][..], &[ID]] {
        let second = cloud.deploy(words, None, &built)?.expect("it is not a dry run");
        ensure!(second.changes.is_empty(), "{words:?}: {:?}", second.changes);
    }
    ensure!(cloud.document()? == document, "the key is generated once");
    Ok(())
}

#[test]
fn new_client_arrives_in_one_update_with_its_secret() -> Result<()> {
    let cloud = Cloud::start()?;
    let (_, built) = built("rotate")?;
    cloud.deploy(&[ID, TO], Some(SECRET), &built)?;
    let (before, keys) = (cloud.variables()?, cloud.keys()?);
    let (id, secret) = ("11111111-89ab-cdef-0123-456789abcdef", "22222222-89ab-cdef-0123-456789abcdef");
    let changes =
        cloud.deploy(&[&format!("OAUTH_CLIENT_ID={id}")], Some(secret), &built)?.expect("it is not a dry run").changes;
    ensure!(
        changes == ["changed the secret aniapi-login/oauth", "changed the stack aniapi-login", "made version 2 live"],
        "{changes:?}"
    );
    let after = cloud.variables()?;
    ensure!(after["OAUTH_CLIENT_ID"] == id);
    ensure!(
        after["OAUTH_SECRETS_VERSION"] != before["OAUTH_SECRETS_VERSION"],
        "no instance continues with the old secret"
    );
    ensure!(cloud.document()?["OAUTH_CLIENT_SECRET"] == secret);
    ensure!(cloud.keys()? == keys, "no one is signed out");
    Ok(())
}

#[test]
fn only_changed_files_are_uploaded_and_earlier_files_stay() -> Result<()> {
    let cloud = Cloud::start()?;
    let (folder, built) = built("site")?;
    cloud.deploy(&[ID, TO], Some(SECRET), &built)?;
    fs::rename(built.site.join("login-0123456789abcdef.png"), built.site.join("login-fedcba9876543210.png"))?;
    fs::write(built.site.join("index.html"), "another")?;
    let dry = cloud.deploy(&["--dry-run"], None, &built)?;
    ensure!(dry.is_none());
    let changes = cloud.deploy(&[], None, &built)?.expect("it is not a dry run").changes;
    ensure!(changes == ["login-fedcba9876543210.png", "index.html", "index.html.br", "index.html.gz"], "{changes:?}");
    fs::remove_dir_all(folder)?;
    Ok(())
}

#[test]
fn dry_run_changes_nothing_and_asks_for_no_secret() -> Result<()> {
    let cloud = Cloud::start()?;
    let (_, built) = built("dry")?;
    ensure!(cloud.deploy(&[ID, "--dry-run"], None, &built)?.is_none());
    ensure!(cloud.ask(&["s3api", "list-buckets"])?["Buckets"].as_array().is_some_and(Vec::is_empty));
    // CloudFormation's change set is deleted.
    ensure!(cloud.ask(&["cloudformation", "describe-stacks"])?["Stacks"].as_array().is_some_and(Vec::is_empty));
    ensure!(cloud.ask(&["secretsmanager", "list-secrets"])?["SecretList"].as_array().is_some_and(Vec::is_empty));
    Ok(())
}

#[test]
fn every_problem_is_reported_before_any_change() -> Result<()> {
    let cloud = Cloud::start()?;
    let place = cloud.place()?;
    let report = |place, words: &[&str]| {
        let plan = Plan::new(place, order(words).expect("a command line"), |_| Ok(SECRET.to_owned()));
        plan.err().map(|error| format!("{error:#}")).unwrap_or_default()
    };
    let problems = report(&place, &["DomainName=login.example.com", "Memory=512"]);
    for words in
        ["deploy --env-file prod.env", "set DomainName and CertificateArn together", "Memory is not a parameter"]
    {
        ensure!(problems.contains(words), "{problems}");
    }
    let problems =
        report(&place, &["OAUTH_CLIENT_ID=mine", "OAUTH_CA_FILE=x", "OAUTH_REDIRECT_URIS=https://a.example/auth"]);
    for words in ["OAUTH_CLIENT_ID must be a GUID", "OAUTH_CA_FILE names a file", "add `DomainName=a.example"] {
        ensure!(problems.contains(words), "{problems}");
    }
    let without_credentials = cloud.place_without_credentials()?;
    let problems = report(&without_credentials, &[ID, "OAUTH_NOTHING=x", "Memory=512", "--stack", "No_Name"]);
    for words in
        ["run `aws configure`", "OAUTH_NOTHING is not a variable", "Memory is not a parameter", "the stack's name"]
    {
        ensure!(problems.contains(words), "{problems}");
    }
    ensure!(cloud.ask(&["s3api", "list-buckets"])?["Buckets"].as_array().is_some_and(Vec::is_empty));
    Ok(())
}

#[test]
fn destroy_deletes_everything_and_only_after_confirmation() -> Result<()> {
    let cloud = Cloud::start()?;
    let (_, built) = built("destroy")?;
    cloud.deploy(&[ID, TO], Some(SECRET), &built)?;
    let place = cloud.place()?;
    let region = || Some("eu-central-1".to_owned());
    ensure!(destroy::delete_deployment(&place, "aniapi-login", region(), || Ok(false)).is_err());
    cloud.ask(&["lambda", "get-function", "--function-name", "aniapi-login"])?;
    destroy::delete_deployment(&place, "aniapi-login", region(), || Ok(true))?;
    ensure!(cloud.ask(&["lambda", "list-functions"])?["Functions"].as_array().is_some_and(Vec::is_empty));
    ensure!(cloud.ask(&["secretsmanager", "list-secrets"])?["SecretList"].as_array().is_some_and(Vec::is_empty));
    let buckets = cloud.ask(&["s3api", "list-buckets"])?["Buckets"].clone();
    ensure!(
        buckets.as_array().is_some_and(|buckets| buckets.len() == 1),
        "only the bucket for archives is left: {buckets}"
    );
    let message = destroy::delete_deployment(&place, "aniapi-login", region(), || Ok(true)).expect_err("it is gone");
    ensure!(message.to_string().contains("there is no stack"), "{message}");
    Ok(())
}
