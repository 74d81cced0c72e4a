//! Deploys with the policy for those who deploy. Moto checks neither the policy's resources nor the requests of
//! CloudFormation: `tests/deploy/template/policy` does.

use anyhow::{Context as _, Result, ensure};
use deploy::{Place, destroy, workspace};
use serde_json::{Value as Json, json};

use crate::{ID, SECRET, TO, built};
use deploy_tests::cloud::Cloud;

/// The policy for every resource, without the given action. Moto names S3's actions after the requests, unlike IAM, so
/// all of S3 is allowed.
fn policy(without: Option<&str>) -> Result<String> {
    let text = std::fs::read_to_string(workspace().join("function/deploy/policy.json"))?;
    let mut policy: Json = serde_json::from_str(&text)?;
    for statement in policy["Statement"].as_array_mut().context("a policy has statements")? {
        statement["Resource"] = "*".into();
        if let Some(actions) = statement["Action"].as_array_mut() {
            actions.retain(|action| action.as_str() != without);
        }
    }
    let statements = policy["Statement"].as_array_mut().context("a policy has statements")?;
    statements.push(json!({ "Effect": "Allow", "Action": "s3:*", "Resource": "*" }));
    Ok(policy.to_string())
}

/// The stand-in's place for a user with that policy.
fn place(cloud: &Cloud, name: &str, without: Option<&str>) -> Result<Place> {
    let user = ["--user-name", name];
    cloud.ask(&[&["iam", "create-user"], &user[..]].concat())?;
    let document = policy(without)?;
    let named = ["--policy-name", "deploy", "--policy-document", &document];
    cloud.ask(&[&["iam", "put-user-policy"], &user[..], &named[..]].concat())?;
    let key = cloud.ask(&[&["iam", "create-access-key"], &user[..]].concat())?["AccessKey"].take();
    let mut place = cloud.place()?;
    for (variable, member) in [("AWS_ACCESS_KEY_ID", "AccessKeyId"), ("AWS_SECRET_ACCESS_KEY", "SecretAccessKey")] {
        let value = key[member].as_str().context("a key is text")?;
        place.environment.insert(variable.to_owned(), value.to_owned());
    }
    Ok(place)
}

#[tokio::test]
async fn policy_is_sufficient_to_deploy_and_destroy() -> Result<()> {
    let cloud = Cloud::start()?;
    let (_, built) = built("policy")?;
    let enough = place(&cloud, "enough", None)?;
    let too_little = place(&cloud, "too-little", Some("secretsmanager:CreateSecret"))?;
    // The function's own role is tested elsewhere; its instances use this user's key.
    for name in ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"] {
        cloud.lambda.set(None, name, &enough.environment[name]);
    }
    cloud.enforce_policies().await?;
    let refused = cloud.deploy_to(&too_little, &[ID, TO], Some(SECRET), &built).expect_err("an action is missing");
    ensure!(format!("{refused:#}").contains("CreateSecret"), "{refused:#}");
    let first = cloud.deploy_to(&enough, &[ID, TO], Some(SECRET), &built)?.context("it is not a dry run")?;
    ensure!(first.changes.len() > 4, "{:?}", first.changes);
    let again = cloud.deploy_to(&enough, &[], None, &built)?.context("it is not a dry run")?;
    ensure!(again.changes.is_empty(), "{:?}", again.changes);
    destroy::delete_deployment(&enough, "aniapi-login", Some("eu-central-1".to_owned()), || Ok(true))
}
