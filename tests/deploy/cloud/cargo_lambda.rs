//! Plain cargo-lambda can deploy the function, too, with the metadata in its manifest.

use anyhow::{Context as _, Result, ensure};
use deploy::template;
use xtask::workspace;

use deploy_tests::cloud::Cloud;

#[test]
fn cargo_lambda_deploys_the_function_as_the_template_does() -> Result<()> {
    let cloud = Cloud::start()?;
    let workspace = workspace();
    let built = workspace.join("target/lambda/arm64");
    ensure!(built.exists(), "there is nothing to deploy: run `cargo xtask build function` first");
    let assume = r#"{"Version":"2012-10-17","Statement":[]}"#;
    let role = cloud.ask(&["iam", "create-role", "--role-name", "x", "--assume-role-policy-document", assume])?;
    let role = role["Role"]["Arn"].as_str().context("a role has a name")?.to_owned();
    let mut deploy = cloud.toolbox.cargo_lambda("deploy");
    deploy.args([
        "function",
        "--region",
        "eu-central-1",
        "--endpoint-url",
        &cloud.url,
        "--role",
        &role,
        "--lambda-dir",
    ]);
    let output = deploy.arg(&built).current_dir(workspace.join("function")).envs(&cloud.environment).output()?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));

    let function = cloud.ask(&["lambda", "get-function-configuration", "--function-name", "function"])?;
    let template = template::parse(&std::fs::read_to_string(workspace.join("function/template.yaml"))?)?;
    let expected = &template["Resources"]["Function"]["Properties"];
    ensure!(function["Runtime"] == expected["Runtime"] && function["Timeout"] == expected["Timeout"], "{function}");
    ensure!(function["MemorySize"] == template["Parameters"]["MemorySize"]["Default"], "{function}");
    ensure!(function["Architectures"][0] == template["Parameters"]["Architecture"]["Default"], "{function}");
    Ok(())
}
