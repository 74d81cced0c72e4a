//! Only a version that responds becomes live, and a rollback restores the previous one: its code, settings and secrets.
//! Each invocation runs the function's own program with the environment of the version.

use std::fs;

use anyhow::{Context as _, Result, ensure};
use deploy::rollback::{self, Options};
use deploy::{Built, Place, Which};
use emulator::aniapi::{CLIENT_ID, CLIENT_SECRET, Emulator};
use serde_json::{Value as Json, json};
use tokio::net::TcpListener;

use crate::{ID, SECRET, TO, built};
use deploy_tests::cloud::{Cloud, DOMAIN};

const OTHER_ID: &str = "11111111-89ab-cdef-0123-456789abcdef";
const OTHER_SECRET: &str = "22222222-89ab-cdef-0123-456789abcdef";

fn options(dry_run: bool) -> Options {
    let which = Which { stack: "aniapi-login".to_owned(), region: Some("eu-central-1".to_owned()) };
    Options { which, dry_run }
}

/// The response of the alias.
fn reach(cloud: &Cloud, method: &str, path: &str, body: Option<&Json>) -> Result<Json> {
    let mut event: Json =
        serde_json::from_str(&fs::read_to_string(xtask::workspace().join("function/events/token.json"))?)?;
    let origin = format!("https://{DOMAIN}");
    event["headers"]["origin"] = origin.into();
    event["headers"]["sec-fetch-site"] = "same-origin".into();
    event["headers"]["sec-fetch-dest"] = "empty".into();
    event["rawPath"] = path.into();
    event["requestContext"]["http"]["path"] = path.into();
    event["requestContext"]["http"]["method"] = method.into();
    event["body"] = body.map_or(Json::Null, |body| body.to_string().into());
    let folder = std::env::temp_dir().join(format!("reach-{}", cloud.url.rsplit(':').next().unwrap_or_default()));
    fs::create_dir_all(&folder)?;
    let (payload, answer) = (folder.join("payload"), folder.join("answer"));
    fs::write(&payload, event.to_string())?;
    let payload = format!("fileb://{}", payload.display());
    let answer = answer.display().to_string();
    let live = ["--function-name", "aniapi-login", "--qualifier", "live", "--payload", &payload, &answer];
    cloud.ask(&[&["lambda", "invoke"], &live[..]].concat())?;
    let answer: Json = serde_json::from_str(&fs::read_to_string(answer)?)?;
    fs::remove_dir_all(folder)?;
    serde_json::from_str(answer["body"].as_str().unwrap_or("null")).context("it is JSON")
}

/// The client id in the app's configuration.
fn client_id(cloud: &Cloud) -> Result<String> {
    let config = reach(cloud, "GET", "/api/config", None)?;
    Ok(config["providers"][0]["client_id"].as_str().context("it has one")?.to_owned())
}

/// The stand-in's place with a distribution that can be invalidated, and its id.
fn with_distribution(cloud: &Cloud) -> Result<(Place, String)> {
    let origin = ["--origin-domain-name", "site.s3.amazonaws.com"];
    let made = cloud.ask(&[&["cloudfront", "create-distribution"], &origin[..]].concat())?;
    let id = made["Distribution"]["Id"].as_str().context("it has an id")?.to_owned();
    let mut place = cloud.place()?;
    place.template = place.template.replace("Value: E1\n", &format!("Value: {id}\n"));
    Ok((place, id))
}

/// The paths of each invalidation.
fn invalidated(cloud: &Cloud, distribution: &str) -> Result<Vec<Json>> {
    let of = ["--distribution-id", distribution];
    let listed = cloud.ask(&[&["cloudfront", "list-invalidations"], &of[..]].concat())?;
    let all = listed["InvalidationList"]["Items"].as_array().cloned().unwrap_or_default();
    let ids = all.iter().filter_map(|one| one["Id"].as_str());
    ids.map(|id| {
        let one = cloud.ask(&[&["cloudfront", "get-invalidation"], &of[..], &["--id", id]].concat())?;
        Ok(one["Invalidation"]["InvalidationBatch"]["Paths"]["Items"].clone())
    })
    .collect()
}

/// The labels of the document that are for versions of the function.
fn labels(cloud: &Cloud) -> Result<Vec<String>> {
    let described = cloud.ask(&["secretsmanager", "describe-secret", "--secret-id", "aniapi-login/oauth"])?;
    let all = described["VersionIdsToStages"].as_object().context("it has versions")?.clone();
    let labels = all.values().filter_map(Json::as_array).flatten().filter_map(Json::as_str);
    let mut labels: Vec<_> = labels.filter(|label| label.starts_with("function-")).map(str::to_owned).collect();
    labels.sort();
    Ok(labels)
}

#[tokio::test(flavor = "multi_thread")]
async fn rollback_restores_code_settings_and_secrets() -> Result<()> {
    let cloud = Cloud::start()?;
    let (_, built) = built("rollback")?;
    let (place, distribution) = with_distribution(&cloud)?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    // A deployment rejects addresses of this machine.
    let token_url = format!("http://{}/v1/oauth/token", listener.local_addr()?);
    cloud.lambda.set(None, "OAUTH_TOKEN_URL", &token_url);
    let redirect_uri = format!("https://{DOMAIN}/auth");
    let options_of_emulator = emulator::aniapi::Options { redirect_uri: redirect_uri.clone(), ..Default::default() };
    let emulator = Emulator::start(listener, options_of_emulator).await?;
    // The emulator accepts one client with one secret.
    let login = || {
        let code = emulator.issue_code("demo@aniapi.test");
        let body = json!({ "provider": "aniapi", "code": code, "redirect_uri": redirect_uri });
        reach(&cloud, "POST", "/api/token", Some(&body))
    };

    let id = format!("OAUTH_CLIENT_ID={CLIENT_ID}");
    let first = cloud.deploy_to(&place, &[&id, TO], Some(CLIENT_SECRET), &built)?;
    let first = first.context("it is not a dry run")?;
    ensure!(first.is_new && first.distribution == DOMAIN, "its redirect URI cannot be registered yet");
    ensure!(client_id(&cloud)? == CLIENT_ID);
    let signed_in = login()?;
    ensure!(signed_in["access_token"].is_string(), "{signed_in}");
    ensure!(invalidated(&cloud, &distribution)? == [json!(["/api/config"])]);
    let message = rollback::roll_back(&place, &options(false)).expect_err("it is the first version").to_string();
    ensure!(message.contains("no version of aniapi-login before 1"), "{message}");

    let id = format!("OAUTH_CLIENT_ID={OTHER_ID}");
    let second = cloud.deploy_to(&place, &[&id], Some(OTHER_SECRET), &built)?.context("it is not a dry run")?;
    ensure!(!second.is_new && second.changes.last().is_some_and(|last| last == "made version 2 live"));
    ensure!(client_id(&cloud)? == OTHER_ID);
    let refused = login()?;
    ensure!(refused["error"] == "provider_refused_client", "{refused}");
    ensure!(labels(&cloud)? == ["function-1", "function-2"]);

    rollback::roll_back(&place, &options(true))?;
    ensure!(client_id(&cloud)? == OTHER_ID, "a dry run changes nothing");
    rollback::roll_back(&place, &options(false))?;
    ensure!(client_id(&cloud)? == CLIENT_ID && cloud.lambda.live() == "1");
    let signed_in = login()?;
    ensure!(signed_in["access_token"].is_string(), "its secret is restored, too: {signed_in}");
    let paths = invalidated(&cloud, &distribution)?;
    ensure!(paths.len() == 3, "{paths:?}");

    // The next deployment makes the newest version live, and the one after it changes nothing.
    let third = cloud.deploy_to(&place, &[], None, &built)?.context("it is not a dry run")?;
    ensure!(third.changes == ["made version 2 live"], "{:?}", third.changes);
    ensure!(client_id(&cloud)? == OTHER_ID && cloud.lambda.versions() == [1, 2]);
    let fourth = cloud.deploy_to(&place, &[], None, &built)?.context("it is not a dry run")?;
    ensure!(fourth.changes.is_empty() && !fourth.is_new, "{:?}", fourth.changes);
    ensure!(invalidated(&cloud, &distribution)?.len() == 4, "nothing has changed for the edges");
    Ok(())
}

#[test]
fn version_that_does_not_answer_never_becomes_live() -> Result<()> {
    let cloud = Cloud::start()?;
    let (_, built) = built("smoke")?;
    cloud.deploy(&[ID, TO], Some(SECRET), &built)?;
    // CloudFormation accepts this variable, and the function does not.
    cloud.lambda.set(Some(2), "OAUTH_SCOPE", "read");
    let message = cloud.deploy(&["MemorySize=512"], None, &built).expect_err("it cannot start");
    let message = format!("{message:#}");
    for words in [
        "version 2 of aniapi-login was not made live (version 1 is still live",
        "OAUTH_SCOPE cannot be set for this provider",
    ] {
        ensure!(message.contains(words), "{words}: {message}");
    }
    ensure!(!message.contains("RequestId"), "only the function's own lines: {message}");
    ensure!(cloud.lambda.live() == "1" && client_id(&cloud)? == ID[16..]);
    // Another attempt does not make it live either.
    ensure!(cloud.deploy(&[], None, &built).is_err());
    ensure!(cloud.lambda.live() == "1" && cloud.lambda.versions() == [1, 2]);

    let corrected = cloud.deploy(&["MemorySize=768"], None, &built)?.context("it is not a dry run")?;
    ensure!(corrected.changes.last().is_some_and(|last| last == "made version 3 live"), "{:?}", corrected.changes);
    rollback::roll_back(&cloud.place()?, &options(false))?;
    ensure!(cloud.lambda.live() == "1", "version 2 never responded");
    Ok(())
}

#[test]
fn code_that_is_not_the_uploaded_archive_never_becomes_live() -> Result<()> {
    let cloud = Cloud::start()?;
    let (folder, built) = built("code")?;
    cloud.deploy(&[ID, TO], Some(SECRET), &built)?;
    let archive = folder.join("another.zip");
    // A comment makes it a different archive.
    fs::write(&archive, [&b"PK\x05\x06"[..], &[0; 16], &[1, 0, b'x']].concat())?;
    let another = Built { site: built.site, archive };
    cloud.lambda.tamper(Some("c29tZWJvZHkgZWxzZSdzIGNvZGUgaXMgaW4gdGhlcmU="));
    let message = cloud.deploy(&[], None, &another).expect_err("it is other code").to_string();
    ensure!(message.contains("is not the archive that was uploaded (version 1 is still live"), "{message}");
    ensure!(cloud.lambda.live() == "1" && cloud.lambda.versions() == [1]);
    cloud.lambda.tamper(None);
    cloud.deploy(&[], None, &another)?;
    ensure!(cloud.lambda.live() == "2");
    Ok(())
}

#[test]
fn five_versions_and_the_live_one_are_kept_with_their_secrets() -> Result<()> {
    let cloud = Cloud::start()?;
    let (_, built) = built("prune")?;
    cloud.deploy(&[ID, TO], Some(SECRET), &built)?;
    cloud.lambda.publish_copies(6);
    ensure!(cloud.lambda.versions() == [1, 2, 3, 4, 5, 6, 7] && cloud.lambda.live() == "1");
    cloud.deploy(&["--secret-stdin"], Some(OTHER_SECRET), &built)?;
    // The five newest, and the previously live one.
    ensure!(cloud.lambda.live() == "8");
    ensure!(cloud.lambda.versions() == [1, 4, 5, 6, 7, 8], "{:?}", cloud.lambda.versions());
    let labels = labels(&cloud)?;
    let expected = [1, 4, 5, 6, 7, 8].map(|number| format!("function-{number}"));
    ensure!(labels == expected, "{labels:?}");
    Ok(())
}

#[test]
fn only_a_deployment_of_this_app_is_rolled_back() -> Result<()> {
    let cloud = Cloud::start()?;
    let place = cloud.place()?;
    let message = rollback::roll_back(&place, &options(false)).expect_err("there is no deployment").to_string();
    ensure!(message.contains("there is no stack aniapi-login"), "{message}");
    let template = r#"{"Resources":{"Theirs":{"Type":"AWS::SNS::Topic"}}}"#;
    let theirs = ["--stack-name", "aniapi-login", "--template-body", template];
    cloud.ask(&[&["cloudformation", "create-stack"], &theirs[..]].concat())?;
    let message = rollback::roll_back(&place, &options(false)).expect_err("it is not ours");
    ensure!(format!("{message:#}").contains("not a deployment of this app"), "{message:#}");
    Ok(())
}
