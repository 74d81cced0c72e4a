//! Changes of stacks: change sets, what they leave behind, and failures.

use std::time::SystemTime;

use anyhow::{Context as _, Result, ensure};
use deploy::{Options, Plan, Which, destroy, rotate};

use crate::{ID, SECRET, TO, built};
use deploy_tests::cloud::{Cloud, order};

fn region() -> Option<String> {
    Some("eu-central-1".to_owned())
}

fn stacks(cloud: &Cloud) -> Result<usize> {
    let stacks = cloud.ask(&["cloudformation", "describe-stacks"])?;
    Ok(stacks["Stacks"].as_array().context("a list")?.len())
}

fn change_sets(cloud: &Cloud) -> Result<usize> {
    let listed = cloud.ask(&["cloudformation", "list-change-sets", "--stack-name", "aniapi-login"])?;
    Ok(listed["Summaries"].as_array().map_or(0, Vec::len))
}

#[test]
fn dry_run_and_empty_change_leave_nothing_and_a_new_stack_is_tagged_and_protected() -> Result<()> {
    let cloud = Cloud::start()?;
    let (_, built) = built("marked")?;
    let place = cloud.place()?;
    ensure!(cloud.deploy(&[ID, TO, "--dry-run"], None, &built)?.is_none());
    ensure!(stacks(&cloud)? == 0);

    cloud.deploy(&[ID, TO, "--tag", "Project=login"], Some(SECRET), &built)?;
    let described = || cloud.ask(&["cloudformation", "describe-stacks", "--stack-name", "aniapi-login"]);
    let stack = described()?["Stacks"][0].clone();
    let tags = stack["Tags"].to_string();
    ensure!(tags.contains(r#"{"Key":"aniapi-login-stack","Value":"aniapi-login"}"#), "{tags}");
    ensure!(tags.contains(r#"{"Key":"Project","Value":"login"}"#), "{tags}");
    ensure!(stack["EnableTerminationProtection"] == true, "{stack}");
    ensure!(change_sets(&cloud)? == 0);

    ensure!(cloud.deploy(&["MemorySize=512", "--dry-run"], None, &built)?.is_none());
    let again = cloud.deploy(&[], None, &built)?.context("it is not a dry run")?;
    ensure!(again.changes.is_empty(), "{:?}", again.changes);
    ensure!(change_sets(&cloud)? == 0 && cloud.parameter("MemorySize")? == "256");
    cloud.deploy(&["MemorySize=512"], None, &built)?;
    ensure!(described()?["Stacks"][0]["Tags"] == stack["Tags"], "tags that are not given stay");

    ensure!(destroy::delete_deployment(&place, "aniapi-login", region(), || Ok(false)).is_err());
    ensure!(described()?["Stacks"][0]["EnableTerminationProtection"] == true);
    destroy::delete_deployment(&place, "aniapi-login", region(), || Ok(true))?;
    ensure!(stacks(&cloud)? == 0);
    Ok(())
}

#[test]
fn failure_is_reported_with_its_first_cause_and_a_remedy() -> Result<()> {
    let cloud = Cloud::start()?;
    let (_, built) = built("failure")?;
    let place = cloud.place()?;
    let failed = |status| {
        [
            ["FunctionLog", "AWS::Logs::LogGroup", status, "Resource creation cancelled"],
            ["SiteAddresses", "AWS::CloudFront::Function", status, "the name is taken"],
            ["SiteBucket", "AWS::S3::Bucket", status, "something later"],
        ]
    };
    cloud.fail(Some(("ROLLBACK_COMPLETE", &failed("CREATE_FAILED"))))?;
    let message = cloud.deploy(&[ID, TO], Some(SECRET), &built).expect_err("it fails").to_string();
    ensure!(
        message.contains("SiteAddresses (AWS::CloudFront::Function) CREATE_FAILED: the name is taken"),
        "{message}"
    );
    ensure!(
        !message.contains("cancelled") && message.contains("cargo xtask destroy --stack aniapi-login"),
        "{message}"
    );
    cloud.fail(None)?;
    let message =
        Plan::new(&place, order(&[ID])?, |_| Ok(SECRET.to_owned())).err().context("it is broken")?.to_string();
    ensure!(message.contains("ROLLBACK_COMPLETE") && message.contains("cargo xtask destroy"), "{message}");
    let which = Which { stack: "aniapi-login".to_owned(), region: region() };
    let rotation = rotate::Options { which, force: false, dry_run: false };
    let message = rotate::next_step(&place, &rotation, SystemTime::now()).expect_err("it is broken").to_string();
    ensure!(message.contains("ROLLBACK_COMPLETE") && message.contains("cargo xtask destroy"), "{message}");

    cloud.fail(Some(("DELETE_FAILED", &failed("DELETE_FAILED")[1..])))?;
    let message =
        destroy::delete_deployment(&place, "aniapi-login", region(), || Ok(true)).expect_err("it fails").to_string();
    ensure!(
        message.contains("the name is taken") && message.contains("--retain-resources SiteAddresses SiteBucket"),
        "{message}"
    );
    cloud.fail(None)?;
    destroy::delete_deployment(&place, "aniapi-login", region(), || Ok(true))?;
    ensure!(stacks(&cloud)? == 0);
    Ok(())
}

#[test]
fn empty_stack_of_an_earlier_run_is_replaced_and_a_foreign_one_is_not() -> Result<()> {
    let cloud = Cloud::start()?;
    let (_, built) = built("left")?;
    let template = r#"{"Resources":{"Orders":{"Type":"AWS::SNS::Topic"}}}"#;
    let create = ["cloudformation", "create-change-set", "--change-set-type", "CREATE", "--template-body", template];
    let named = |stack, name| [&create[..], &["--stack-name", stack, "--change-set-name", name]].concat();
    cloud.ask(&named("aniapi-login", "aniapi-login-0123"))?;
    cloud.ask(&named("theirs", "review"))?;
    let message = cloud.deploy(&[ID, TO, "--stack", "theirs"], Some(SECRET), &built).expect_err("not ours").to_string();
    ensure!(message.contains("being created by another tool"), "{message}");
    ensure!(destroy::delete_deployment(&cloud.place()?, "theirs", region(), || Ok(true)).is_err());
    cloud.deploy(&[ID, TO], Some(SECRET), &built)?;
    ensure!(stacks(&cloud)? == 2);
    Ok(())
}

#[test]
fn region_without_function_urls_is_rejected_before_any_change() -> Result<()> {
    use clap::Parser as _;
    let cloud = Cloud::start()?;
    let order = Options::try_parse_from(["--region", "ap-south-2", ID])?.into();
    let message =
        Plan::new(&cloud.place()?, order, |_| Ok(SECRET.to_owned())).err().context("it is rejected")?.to_string();
    ensure!(message.contains("no function URLs in ap-south-2") && message.contains("ap-south-1"), "{message}");
    Ok(())
}

#[test]
fn next_destroy_deletes_what_an_interrupted_one_left() -> Result<()> {
    let cloud = Cloud::start()?;
    let tag = "Key=aniapi-login-stack,Value=aniapi-login";
    let secret = ["--name", "aniapi-login/oauth", "--secret-string", "{}", "--tags", tag];
    cloud.ask(&[&["secretsmanager", "create-secret"], &secret[..]].concat())?;
    // The stack no longer exists, and a bucket never did.
    destroy::delete_deployment(&cloud.place()?, "aniapi-login", region(), || Ok(true))?;
    ensure!(cloud.ask(&["secretsmanager", "list-secrets"])?["SecretList"].as_array().is_some_and(Vec::is_empty));
    Ok(())
}
