//! `--env-file`: a deployment has the configuration that `cargo xtask dev` runs, and nothing of an earlier provider
//! remains.

use anyhow::{Context as _, Result, ensure};

use crate::{ID, SECRET, TO, built};
use deploy_tests::cloud::{Cloud, DOMAIN};

/// Two providers, as configured for local use.
const TWO: [&str; 8] = [
    "OAUTH_PROVIDER=github,work:oauth2",
    "OAUTH_GITHUB_CLIENT_ID=Iv1.0123456789abcdef",
    "OAUTH_GITHUB_CLIENT_SECRET='a secret of GitHub'",
    "OAUTH_WORK_CLIENT_ID=no",
    "OAUTH_WORK_CLIENT_SECRET=work-secret",
    "OAUTH_WORK_AUTHORIZE_URL=https://work.example/a?b=c",
    "OAUTH_WORK_TOKEN_URL=https://work.example/t",
    "OAUTH_REDIRECT_URIS=http://localhost:3000/auth/github,http://localhost:3000/auth/work",
];

/// A parameter of the stack.
fn parameter(cloud: &Cloud, name: &str) -> Result<String> {
    let stack = cloud.ask(&["cloudformation", "describe-stacks", "--stack-name", "aniapi-login"])?;
    let parameters = stack["Stacks"][0]["Parameters"].as_array().context("it has parameters")?;
    let parameter = parameters.iter().find(|parameter| parameter["ParameterKey"] == name);
    Ok(parameter.context("there is one")?["ParameterValue"].as_str().unwrap_or_default().to_owned())
}

#[test]
fn several_providers_are_deployed_and_a_second_deployment_changes_nothing() -> Result<()> {
    let cloud = Cloud::start()?;
    let (_, built) = built("several")?;
    let words = [&TWO[..], &[TO]].concat();
    let first = cloud.deploy(&words, None, &built)?.context("it is not a dry run")?;
    let uris = [format!("https://{DOMAIN}/auth/github"), format!("https://{DOMAIN}/auth/work")];
    ensure!(first.redirect_uris == uris, "{:?}", first.redirect_uris);
    let variables = cloud.variables()?;
    ensure!(
        variables["OAUTH_PROVIDER"] == "github,work:oauth2" && variables["OAUTH_WORK_CLIENT_ID"] == "no",
        "{variables}"
    );
    ensure!(variables["OAUTH_WORK_AUTHORIZE_URL"] == "https://work.example/a?b=c", "{variables}");
    ensure!(variables["OAUTH_REDIRECT_URIS"] == uris.join(","), "{variables}");
    ensure!(!variables.to_string().contains("secret-"), "{variables}");
    let document = cloud.document()?;
    ensure!(document["OAUTH_GITHUB_CLIENT_SECRET"] == "a secret of GitHub" && document.len() == 3);
    ensure!(document["OAUTH_WORK_CLIENT_SECRET"] == "work-secret");
    ensure!(!variables.to_string().contains("work-secret"), "{variables}");
    ensure!(parameter(&cloud, "ConnectOrigins")? == "https://api.github.com");
    ensure!(parameter(&cloud, "PictureOrigins")? == "https:", "one host is not known");
    for again in [&words[..], &[]] {
        let changes = cloud.deploy(again, None, &built)?.context("it is not a dry run")?.changes;
        ensure!(changes.is_empty(), "{changes:?}");
    }
    Ok(())
}

#[test]
fn nothing_of_an_earlier_provider_remains() -> Result<()> {
    let cloud = Cloud::start()?;
    let (_, built) = built("provider")?;
    let words = [&TWO[..], &["OAUTH_SESSION_DAYS=7", "OAUTH_SCOPE=x", TO]].concat();
    let message = cloud.deploy(&words, None, &built).expect_err("with two providers it is not read").to_string();
    ensure!(message.contains("OAUTH_SCOPE is not a variable") && !message.contains("OAUTH_SESSION_DAYS"), "{message}");
    cloud.deploy(&[&TWO[..], &[TO]].concat(), None, &built)?;
    let keys = cloud.keys()?;
    let github = ["OAUTH_PROVIDER=github", "OAUTH_CLIENT_ID=Iv1.0123456789abcdef"];
    ensure!(cloud.deploy(&github, None, &built).is_err(), "its secret has another name");
    let dry = cloud.deploy(&[&github[..], &["--dry-run"]].concat(), None, &built)?;
    ensure!(dry.is_none());
    cloud.deploy(&github, Some("another secret"), &built)?;
    let variables = cloud.variables()?;
    ensure!(
        !variables.to_string().contains("WORK") && variables.get("OAUTH_GITHUB_CLIENT_ID").is_none(),
        "{variables}"
    );
    let document = cloud.document()?;
    ensure!(document["OAUTH_CLIENT_SECRET"] == "another secret" && document.len() == 2);
    ensure!(cloud.keys()? == keys, "no one is signed out");
    ensure!(parameter(&cloud, "PictureOrigins")? == "https://avatars.githubusercontent.com");
    // The secret is not asked for again, and a new one changes only the secret.
    ensure!(cloud.deploy(&github, None, &built)?.is_some_and(|again| again.changes.is_empty()));
    let third = [&github[..], &["OAUTH_CLIENT_SECRET=a-third"]].concat();
    let changes = cloud.deploy(&third, None, &built)?.context("it is not a dry run")?.changes;
    let expected = ["changed the secret aniapi-login/oauth", "changed the stack aniapi-login", "made version 3 live"];
    ensure!(changes == expected, "{changes:?}");
    ensure!(cloud.document()?["OAUTH_CLIENT_SECRET"] == "a-third");
    // A given parameter takes precedence, for that run.
    cloud.deploy(&[&github[..], &["PictureOrigins=https://p.example"]].concat(), None, &built)?;
    ensure!(parameter(&cloud, "PictureOrigins")? == "https://p.example");
    cloud.deploy(&[], None, &built)?;
    ensure!(parameter(&cloud, "PictureOrigins")? == "https://avatars.githubusercontent.com");
    Ok(())
}

#[test]
fn session_key_of_the_file_wins_and_proxy_mode_allows_no_other_origin() -> Result<()> {
    let cloud = Cloud::start()?;
    let (_, built) = built("key")?;
    cloud.deploy(&[ID, TO], Some(SECRET), &built)?;
    let key = "k".repeat(43);
    let (given, proxy) = (format!("OAUTH_SESSION_KEY={key}"), "OAUTH_SESSION=proxy");
    cloud.deploy(&[ID, &given, proxy], None, &built)?;
    ensure!(cloud.keys()? == [key.as_str()] && cloud.document()?["OAUTH_CLIENT_SECRET"] == SECRET);
    ensure!(cloud.variables()?["OAUTH_SESSION"] == "proxy" && parameter(&cloud, "ConnectOrigins")?.is_empty());
    cloud.deploy(&[ID], None, &built)?;
    ensure!(cloud.keys()? == [key.as_str()], "it is kept");
    ensure!(cloud.variables()?["OAUTH_SESSION"] == "cookie");
    Ok(())
}

#[test]
fn variables_follow_the_deployments_own_domain() -> Result<()> {
    let cloud = Cloud::start()?;
    let (_, built) = built("domain")?;
    cloud.deploy(&[ID, TO], Some(SECRET), &built)?;
    let certificate = "CertificateArn=arn:aws:acm:us-east-1:123456789012:certificate/x";
    cloud.deploy(&["DomainName=login.example.com", certificate], None, &built)?;
    ensure!(cloud.variables()?["OAUTH_REDIRECT_URIS"] == "https://login.example.com/auth");
    let elsewhere = [ID, "OAUTH_REDIRECT_URIS=https://other.example/auth"];
    let message = cloud.deploy(&elsewhere, None, &built).expect_err("the app is not there").to_string();
    ensure!(message.contains("add `DomainName=other.example CertificateArn="), "{message}");
    cloud.deploy(&["DomainName=", "CertificateArn="], None, &built)?;
    ensure!(cloud.variables()?["OAUTH_REDIRECT_URIS"] == format!("https://{DOMAIN}/auth"));
    Ok(())
}
