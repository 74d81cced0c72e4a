//! Foreign resources are not changed: stacks and buckets of the same name, and other stacks' objects in a shared
//! bucket.

use std::fs;

use anyhow::{Context as _, Result, ensure};
use deploy::rotate::{self, Options};
use deploy::{Plan, Which, destroy};

use crate::recorded::Recorded;
use crate::{ID, SECRET, TO, built};
use deploy_tests::cloud::{Cloud, order};

const ARCHIVES: &str = "aniapi-login-code-123456789012-eu-central-1";

/// A stack for another purpose.
const SHOP: &str = r#"{"Description":"A shop","Resources":{"Orders":{"Type":"AWS::SNS::Topic"}}}"#;

fn which() -> Which {
    Which { stack: "aniapi-login".to_owned(), region: Some("eu-central-1".to_owned()) }
}

#[test]
fn every_command_rejects_a_stack_of_another_origin() -> Result<()> {
    let cloud = Cloud::start()?;
    let (_, built) = built("shop")?;
    let place = cloud.place()?;
    cloud.ask(&["cloudformation", "create-stack", "--stack-name", "aniapi-login", "--template-body", SHOP])?;
    let rotation = Options { which: which(), force: true, dry_run: false };
    for (command, outcome) in [
        ("deploy", cloud.deploy(&[ID, TO], Some(SECRET), &built).map(|_| ())),
        ("deploy --dry-run", cloud.deploy(&[ID, TO, "--dry-run"], Some(SECRET), &built).map(|_| ())),
        ("rotate-session-key", rotate::next_step(&place, &rotation, std::time::SystemTime::now())),
        ("destroy", destroy::delete_deployment(&place, "aniapi-login", which().region, || Ok(true))),
    ] {
        let message = outcome.expect_err(command).to_string();
        ensure!(message.contains("not a deployment of this app"), "{command}: {message}");
    }
    let stack = cloud.ask(&["cloudformation", "describe-stacks", "--stack-name", "aniapi-login"])?;
    ensure!(stack["Stacks"][0]["StackStatus"] == "CREATE_COMPLETE", "{stack}");
    ensure!(cloud.ask(&["s3api", "list-buckets"])?["Buckets"].as_array().is_some_and(Vec::is_empty));
    ensure!(cloud.ask(&["secretsmanager", "list-secrets"])?["SecretList"].as_array().is_some_and(Vec::is_empty));
    Ok(())
}

#[test]
fn bucket_of_another_account_is_rejected_and_another_can_be_named() -> Result<()> {
    let cloud = Cloud::start()?;
    let (_, built) = built("squatted")?;
    let place = cloud.place()?;
    cloud.as_another_account(&[
        "s3api",
        "create-bucket",
        "--bucket",
        ARCHIVES,
        "--create-bucket-configuration",
        REGION,
    ])?;
    let refusal = |words: &[&str]| -> Result<String> {
        let plan = Plan::new(&place, order(words)?, |_| Ok(SECRET.to_owned()));
        Ok(plan.err().map(|error| format!("{error:#}")).unwrap_or_default())
    };
    let message = refusal(&[ID, TO])?;
    ensure!(message.contains("belongs to another AWS account") && message.contains("--archive-bucket"), "{message}");
    let message = refusal(&[ID, TO, "--archive-bucket", "not-there"])?;
    ensure!(message.contains("there is no bucket not-there"), "{message}");
    ensure!(cloud.ask(&["cloudformation", "describe-stacks"])?["Stacks"].as_array().is_some_and(Vec::is_empty));
    ensure!(cloud.ask(&["secretsmanager", "list-secrets"])?["SecretList"].as_array().is_some_and(Vec::is_empty));

    // A bucket without versions works, too, and is not changed; later deployments use it again.
    cloud.ask(&["s3api", "create-bucket", "--bucket", "mine", "--create-bucket-configuration", REGION])?;
    cloud.ask(&["s3api", "put-object", "--bucket", "mine", "--key", "aniapi-login-2/other.zip"])?;
    cloud.deploy(&[ID, TO, "--archive-bucket", "mine"], Some(SECRET), &built)?;
    ensure!(cloud.ask(&["s3api", "get-bucket-versioning", "--bucket", "mine"])?.get("Status").is_none());
    ensure!(cloud.parameter("CodeBucket")? == "mine" && cloud.parameter("CodeVersion")?.is_empty());
    let again = cloud.deploy(&[], None, &built)?.context("it is not a dry run")?;
    ensure!(again.changes.is_empty(), "{:?}", again.changes);
    destroy::delete_deployment(&place, "aniapi-login", which().region, || Ok(true))?;
    let left = cloud.ask(&["s3api", "list-objects-v2", "--bucket", "mine"])?;
    ensure!(left["Contents"].as_array().is_some_and(|left| left.len() == 1), "only the other stack's is left: {left}");
    Ok(())
}

const REGION: &str = "LocationConstraint=eu-central-1";

#[test]
fn archive_is_verified_by_its_content_and_every_call_names_the_bucket_owner() -> Result<()> {
    let cloud = Cloud::start()?;
    let (folder, built) = built("archive")?;
    let recorded = Recorded::new(&cloud, "archive")?;
    cloud.deploy_to(&recorded.place, &[ID, TO], Some(SECRET), &built)?;
    let (key, version) = (cloud.parameter("CodeKey")?, cloud.parameter("CodeVersion")?);
    let head = cloud.ask(&["s3api", "head-object", "--bucket", ARCHIVES, "--key", &key])?;
    ensure!(version.len() > 8 && head["VersionId"] == *version, "{version}: {head}");

    // The archive is replaced under its own key.
    let other = folder.join("other.zip");
    fs::write(&other, "other code")?;
    let other = other.to_string_lossy();
    let put = ["s3api", "put-object", "--bucket", ARCHIVES, "--key", &key, "--body", &other];
    cloud.ask(&[&put[..], &["--checksum-algorithm", "SHA256"]].concat())?;
    let changes = cloud.deploy_to(&recorded.place, &[], None, &built)?.context("it is not a dry run")?.changes;
    ensure!(changes == [format!("uploaded {key}"), "changed the stack aniapi-login".to_owned()], "{changes:?}");
    let replaced = cloud.parameter("CodeVersion")?;
    let get = ["s3api", "get-object", "--bucket", ARCHIVES, "--key", &key, "--version-id", &replaced];
    cloud.ask(&[&get[..], &[&*folder.join("read.zip").to_string_lossy()]].concat())?;
    ensure!(fs::read(folder.join("read.zip"))? == fs::read(&built.archive)?, "it is our archive again");

    cloud.ask(&["s3api", "put-object", "--bucket", ARCHIVES, "--key", "aniapi-login-2/other.zip"])?;
    destroy::delete_deployment(&recorded.place, "aniapi-login", which().region, || Ok(true))?;
    let left = cloud.ask(&["s3api", "list-object-versions", "--bucket", ARCHIVES])?;
    ensure!(
        left["Versions"].as_array().is_some_and(|left| left.len() == 1),
        "all versions of our objects are deleted: {left}"
    );
    ensure!(left.get("DeleteMarkers").is_none(), "{left}");

    let log = recorded.log()?;
    let about_buckets: Vec<_> = log.iter().filter(|line| line.starts_with("s3")).collect();
    ensure!(about_buckets.len() > 15, "{about_buckets:?}");
    for line in about_buckets {
        let is_owned = line.contains("--expected-bucket-owner 123456789012");
        ensure!(is_owned || line.starts_with("s3api create-bucket "), "{line}");
    }
    Ok(())
}
