//! Where the secrets are passed, and what stays if a step fails.

use anyhow::{Result, ensure};

use crate::recorded::Recorded;
use crate::{ID, SECRET, TO, built};
use deploy_tests::cloud::Cloud;

#[test]
fn no_secret_is_on_a_command_line_or_given_to_cloudformation() -> Result<()> {
    let cloud = Cloud::start()?;
    let (_, built) = built("lines")?;
    let recorded = Recorded::new(&cloud, "lines")?;
    cloud.deploy_to(&recorded.place, &[ID, TO], Some(SECRET), &built)?;
    let document = cloud.document()?;
    for secret in [SECRET, document["OAUTH_SESSION_KEY"].as_str()] {
        for line in recorded.log()? {
            ensure!(!line.contains(secret), "a command line of {} words", line.split(' ').count());
        }
        let holding: Vec<_> = recorded.inputs()?.into_iter().filter(|input| input.contains(secret)).collect();
        ensure!(holding.len() == 1 && holding[0].contains(r#""SecretString":"#), "only Secrets Manager gets it");
    }
    Ok(())
}

#[test]
fn failed_update_restores_the_secret_of_the_old_settings() -> Result<()> {
    let cloud = Cloud::start()?;
    let (_, built) = built("failed")?;
    let recorded = Recorded::new(&cloud, "failed")?;
    cloud.deploy_to(&recorded.place, &[ID, TO], Some(SECRET), &built)?;
    let before = cloud.stored()?["SecretString"].clone();
    let (id, secret) = ("OAUTH_CLIENT_ID=11111111-89ab-cdef-0123-456789abcdef", "22222222-89ab-cdef-0123-456789abcdef");
    recorded.fail(true)?;
    let message =
        cloud.deploy_to(&recorded.place, &[id], Some(secret), &built).expect_err("the stack cannot be updated");
    ensure!(message.to_string().contains("not now"), "{message}");
    ensure!(cloud.stored()?["SecretString"] == before);
    recorded.fail(false)?;
    cloud.deploy_to(&recorded.place, &[id], Some(secret), &built)?;
    ensure!(cloud.document()?["OAUTH_CLIENT_SECRET"] == secret);
    Ok(())
}

#[test]
fn foreign_secret_of_the_same_name_is_not_changed() -> Result<()> {
    let cloud = Cloud::start()?;
    let (_, built) = built("foreign")?;
    let theirs = ["secretsmanager", "create-secret", "--name", "aniapi-login/oauth", "--secret-string", "theirs"];
    cloud.ask(&theirs)?;
    let message = cloud.deploy(&[ID, TO], Some(SECRET), &built).expect_err("it is not ours");
    ensure!(message.to_string().contains("does not belong to this stack"), "{message}");
    let read = cloud.ask(&["secretsmanager", "get-secret-value", "--secret-id", "aniapi-login/oauth"])?;
    ensure!(read["SecretString"] == "theirs");
    Ok(())
}
