//! The function reads its secret from a server of AWS's protocol that validates each request's signature and the role's
//! policy.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use deploy::{template, template_path};
use emulator::aniapi::{CLIENT_ID, CLIENT_SECRET, Emulator, Options};
use function::app::App;
use function::config;
use serde_json::{Value as Json, json};
use tokio::net::TcpListener;

use deploy_tests::cloud::Cloud;

const REDIRECT_URI: &str = "https://app.example/auth";

/// The trust policy does not matter here.
const ASSUME: &str = r#"{"Version":"2012-10-17","Statement":[]}"#;

/// The variables that Lambda sets for a function of that role.
fn variables(cloud: &Cloud, role: &Json, secret: &str) -> Result<BTreeMap<String, String>> {
    let role = role["Role"]["Arn"].as_str().context("a role has a name")?;
    let session = cloud.ask(&["sts", "assume-role", "--role-arn", role, "--role-session-name", "function"])?;
    let text = |value: &Json| value.as_str().map(str::to_owned).context("credentials are text");
    let credentials = &session["Credentials"];
    Ok([
        ("AWS_ACCESS_KEY_ID", text(&credentials["AccessKeyId"])?),
        ("AWS_SECRET_ACCESS_KEY", text(&credentials["SecretAccessKey"])?),
        ("AWS_SESSION_TOKEN", text(&credentials["SessionToken"])?),
        ("AWS_ENDPOINT_URL", cloud.url.clone()),
        ("OAUTH_CLIENT_ID", CLIENT_ID.to_owned()),
        ("OAUTH_SECRETS_ARN", secret.to_owned()),
        ("OAUTH_REDIRECT_URIS", REDIRECT_URI.to_owned()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into())
}

/// The function's policy in our template. Moto does not check its resources: `tests/deploy/template` does.
fn policy() -> Result<String> {
    let template = std::fs::read_to_string(template_path())?;
    let template = template::parse(&template)?;
    let mut document = template["Resources"]["FunctionRole"]["Properties"]["Policies"][0]["PolicyDocument"].clone();
    for statement in document["Statement"].as_array_mut().context("a policy has statements")? {
        statement["Resource"] = "*".into();
    }
    Ok(document.to_string())
}

/// The response to the app's token request, or why the function does not start.
async fn token(variables: &BTreeMap<String, String>) -> Result<Json> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let provider = format!("http://{}/v1/oauth/token", listener.local_addr()?);
    let options = Options { redirect_uri: REDIRECT_URI.to_owned(), ..Options::default() };
    let emulator = Emulator::start(listener, options).await?;
    let variable = |name: &str| match name {
        "OAUTH_TOKEN_URL" => Some(provider.clone().into()),
        _ => variables.get(name).map(Into::into),
    };
    let (config, client) = config::load(variable, Duration::from_secs(60)).await.map_err(anyhow::Error::from_boxed)?;
    let body =
        json!({ "provider": "aniapi", "code": emulator.issue_code("demo@aniapi.test"), "redirect_uri": REDIRECT_URI });
    let request = http::Request::post("https://app.example/api/token")
        .header("origin", "https://app.example")
        .header("content-type", "application/json")
        .body(body.to_string().into())?;
    let answer = App::new(config, client, |_| {}).handle(request).await;
    Ok(serde_json::from_slice(answer.body())?)
}

#[tokio::test]
async fn only_the_templates_role_can_read_the_secret() -> Result<()> {
    let cloud = Cloud::start()?;
    let document = json!({ "OAUTH_CLIENT_SECRET": CLIENT_SECRET }).to_string();
    let secret = cloud.ask(&["secretsmanager", "create-secret", "--name", "x", "--secret-string", &document])?;
    let secret = secret["ARN"].as_str().context("a secret has a name")?.to_owned();
    let role =
        |name: &str| cloud.ask(&["iam", "create-role", "--role-name", name, "--assume-role-policy-document", ASSUME]);
    let (ours, theirs) = (role("function")?, role("other")?);
    let allow = ["iam", "put-role-policy", "--role-name", "function", "--policy-name", "function", "--policy-document"];
    cloud.ask(&[&allow[..], &[&policy()?]].concat())?;
    let good = variables(&cloud, &ours, &secret)?;
    let other_role = variables(&cloud, &theirs, &secret)?;
    let mut forged = good.clone();
    forged.insert("AWS_SECRET_ACCESS_KEY".to_owned(), "x".repeat(40));
    cloud.enforce_policies().await?;

    let answer = token(&good).await?;
    ensure!(answer["token_type"] == "Bearer", "{answer}");
    for (whose, variables) in [("another role", other_role), ("a forged signature", forged)] {
        let message = token(&variables).await.err().map(|error| error.to_string()).unwrap_or_default();
        ensure!(message.contains("OAUTH_SECRETS_ARN names a secret"), "{whose}: {message}");
    }
    Ok(())
}
