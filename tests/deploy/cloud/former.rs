//! A deployment that is older than the document of secrets is migrated to it without questions, while its function can
//! start at any time.

use std::fs;

use anyhow::{Context as _, Result, ensure};
use deploy::Which;
use deploy::rotate::{self, Options};
use yaml_serde::{Mapping, Value};

use crate::recorded::Recorded;
use crate::{ID, SECRET, built};
use deploy_tests::cloud::{Cloud, DOMAIN};

const BUCKET: &str = "aniapi-login-code-123456789012-eu-central-1";

/// The former template, as far as the secrets and the provider's parameters are concerned.
fn former(template: &str) -> Result<String> {
    let mut template: Value = yaml_serde::from_str(template)?;
    let parameters = template["Parameters"].as_mapping_mut().context("there are parameters")?;
    let is_new = ["SecretsArn", "SecretsVersion", "ConnectOrigins", "PictureOrigins"];
    parameters.retain(|name, _| !is_new.contains(&name.as_str().unwrap_or_default()));
    for (name, default) in [("OldSecret", None), ("ClientId", None), ("Provider", Some("aniapi")), ("Scope", Some(""))]
    {
        let default = default.map(|default| ("Default".into(), default.into()));
        let parameter = [(Value::from("Type"), Value::from("String"))].into_iter().chain(default);
        parameters.insert(name.into(), parameter.collect::<Mapping>().into());
    }
    let resources = template["Resources"].as_mapping_mut().context("there are resources")?;
    resources.retain(|_, resource| resource["Type"] != "AWS::CloudFront::ResponseHeadersPolicy");
    let policy = &mut resources["FunctionRole"]["Properties"]["Policies"][0]["PolicyDocument"];
    policy["Statement"][1]["Resource"] = reference("OldSecret");
    let variables = &mut resources["Function"]["Properties"]["Environment"]["Variables"];
    let variables = variables.as_mapping_mut().context("there are variables")?;
    variables.clear();
    for (name, value) in [
        ("OAUTH_CLIENT_SECRET_ARN", reference("OldSecret")),
        ("OAUTH_CLIENT_ID", reference("ClientId")),
        ("OAUTH_PROVIDER", reference("Provider")),
        ("OAUTH_SCOPE", reference("Scope")),
        ("OAUTH_REDIRECT_URIS", format!("https://{DOMAIN}/auth").into()),
    ] {
        variables.insert(name.into(), value);
    }
    Ok(yaml_serde::to_string(&template)?)
}

fn reference(name: &str) -> Value {
    let reference: Mapping = [(Value::from("Ref"), Value::from(name))].into_iter().collect();
    reference.into()
}

#[test]
fn older_deployment_moves_to_the_document_while_its_function_can_always_start() -> Result<()> {
    let cloud = Cloud::start()?;
    let (folder, built) = built("former")?;
    let recorded = Recorded::new(&cloud, "former")?;
    let template = folder.join("former.yaml");
    fs::write(&template, former(&recorded.place.template)?)?;
    let secret = cloud.ask(&["secretsmanager", "create-secret", "--name", "old", "--secret-string", SECRET])?;
    let secret = secret["ARN"].as_str().context("a secret has a name")?.to_owned();
    let region = "LocationConstraint=eu-central-1";
    cloud.ask(&["s3api", "create-bucket", "--bucket", BUCKET, "--create-bucket-configuration", region])?;
    let archive = built.archive.to_string_lossy();
    cloud.ask(&["s3api", "put-object", "--bucket", BUCKET, "--key", "old.zip", "--body", &archive])?;
    let template = format!("file://{}", template.display());
    let mut create =
        vec!["cloudformation", "create-stack", "--stack-name", "aniapi-login", "--template-body", &template];
    create.extend(["--capabilities", "CAPABILITY_IAM", "--parameters"]);
    let id = ID.split_once('=').context("it is a parameter")?.1;
    let parameters = [
        ("ClientId", id),
        ("AlarmEmail", "operator@app.example"),
        ("OldSecret", &secret),
        ("CodeBucket", BUCKET),
        ("CodeKey", "old.zip"),
        ("MemorySize", "512"),
    ];
    let parameters = parameters.map(|(name, value)| format!("ParameterKey={name},ParameterValue={value}"));
    create.extend(parameters.iter().map(String::as_str));
    cloud.ask(&create)?;
    ensure!(cloud.variables()?["OAUTH_CLIENT_SECRET_ARN"] == *secret);
    let which = Which { stack: "aniapi-login".to_owned(), region: Some("eu-central-1".to_owned()) };
    let options = Options { which, force: false, dry_run: false };
    let message =
        rotate::next_step(&recorded.place, &options, std::time::SystemTime::now()).expect_err("it has no key");
    ensure!(message.to_string().contains("run `cargo xtask deploy` first"), "{message}");

    cloud.deploy_to(&recorded.place, &[], None, &built)?;
    ensure!(cloud.document()?["OAUTH_CLIENT_SECRET"] == SECRET && cloud.keys()?.len() == 1);
    let variables = cloud.variables()?;
    ensure!(
        variables.get("OAUTH_CLIENT_SECRET_ARN").is_none() && variables["OAUTH_SESSION"] == "cookie",
        "{variables}"
    );
    // The provider's parameters are gone, and their values are kept.
    ensure!(variables["OAUTH_CLIENT_ID"] == *id && variables["OAUTH_PROVIDER"] == "aniapi", "{variables}");
    ensure!(variables["OAUTH_REDIRECT_URIS"] == format!("https://{DOMAIN}/auth"), "{variables}");

    // Before the role or the function changes, the document is complete and the old secret stays readable. Then the
    // program changes with the old settings, and then the settings change.
    let log = recorded.log()?;
    let place = |words: &str| log.iter().position(|line| line.contains(words)).with_context(|| words.to_owned());
    let update = place("cloudformation create-change-set")?;
    ensure!(place("secretsmanager create-secret")? < update && place("secretsmanager put-resource-policy")? < update);
    let inputs = recorded.inputs()?;
    let updates: Vec<_> = inputs.iter().filter(|input| input.contains("\"StackName\"")).collect();
    ensure!(updates.len() >= 2 && updates[0].contains("\"UsePreviousTemplate\":true"), "{}", updates[0]);
    ensure!(!updates[0].contains("old.zip") && updates[0].contains(&secret), "{}", updates[0]);
    ensure!(updates[1].contains("\"TemplateBody\"") && updates[1].contains("512"), "{}", updates[1]);
    let policy = cloud.ask(&["secretsmanager", "get-resource-policy", "--secret-id", &secret])?;
    let policy = policy["ResourcePolicy"].as_str().context("it has one")?.to_owned();
    let role = cloud.ask(&["lambda", "get-function-configuration", "--function-name", "aniapi-login"])?;
    ensure!(policy.contains(role["Role"].as_str().context("it has a role")?), "{policy}");

    let again = cloud.deploy(&[], None, &built)?.context("it is not a dry run")?;
    ensure!(again.changes.is_empty(), "{:?}", again.changes);
    Ok(())
}
