//! Logins that a certified provider refuses: each is told as what it is, and gives nobody a token.

use anyhow::{Result, ensure};
use serde_json::json;

use super::login::{LOG_IN, Login};
use super::server::Settings;
use browser::world::World;

pub async fn a_person_who_refuses_is_told_that_the_login_was_cancelled(world: World) -> Result<()> {
    let login = Login::at(world, &Settings::default(), &[]).await?;
    login.begin().await?;
    login.decide("#refuse").await?;
    login.world.is_alerted("The login was cancelled").await?;
    login.world.sees_not("the person said no").await?;
    login.sent_nothing().await?;
    // They are logged in there by now, and change their mind.
    login.world.press("Try again").await?;
    login.world.find("#allow").await?.click().await?;
    login.world.sees("Demo Person").await
}

pub async fn a_code_that_is_too_old_can_be_tried_again(world: World) -> Result<()> {
    let settings = Settings { seconds_before_exchange: 61, ..Settings::default() };
    let login = Login::at(world, &settings, &[]).await?;
    login.begin().await?;
    login.decide("#allow").await?;
    login.world.is_alerted("does not accept this login any more").await?;
    let exchanges = login.server.exchanges().await?;
    ensure!(exchanges.len() == 1 && exchanges[0].answer["error"] == "invalid_grant", "{exchanges:?}");
    login.world.press("Try again").await?;
    login.world.sees("Demo Person").await
}

/// The server takes back what it has given for the code, too (RFC 6749, 4.1.2), and the app lives with that.
pub async fn a_code_that_is_used_again_gets_nothing_and_ends_the_login(world: World) -> Result<()> {
    let login = Login::at(world, &Settings::default(), &[]).await?;
    login.finish().await?;
    let posted = login.posted()?;
    ensure!(login.post(&posted).await? == json!([400, "invalid_code"]), "{:?}", login.server.exchanges().await?);
    login.world.browser.refresh().await?;
    login.world.is_alerted("Your login has ended").await?;
    login.world.sees(LOG_IN).await
}

/// A code that somebody else has put into this login, or stolen from it (RFC 9700, 4.5).
pub async fn a_code_with_the_verifier_of_another_login_gets_nothing(world: World) -> Result<()> {
    let login = Login::at(world, &Settings::default(), &[]).await?;
    login.begin().await?;
    let page = login.world.browser.current_url().await?;
    login.open("/anywhere").await?;
    login.world.tamper("aniapi-login.pending.", &format!("entry.code_verifier = '{}'", "a".repeat(43))).await?;
    login.world.browser.goto(page.as_str()).await?;
    login.decide("#allow").await?;
    login.world.is_alerted("does not accept this login any more").await?;
    let exchanges = login.server.exchanges().await?;
    ensure!(exchanges.len() == 1 && exchanges[0].answer["error"] == "invalid_grant", "{exchanges:?}");
    ensure!(exchanges[0].sent["code_verifier"] == "a".repeat(43));
    Ok(())
}

pub async fn a_server_that_wants_a_proof_takes_no_login_without(world: World) -> Result<()> {
    let login = Login::at(world, &Settings::default(), &[("OAUTH_PKCE", "none")]).await?;
    login.open("/").await?;
    login.world.press(LOG_IN).await?;
    login.world.is_alerted("The provider refused the login").await?;
    login.sent_nothing().await
}

pub async fn a_client_that_is_not_accepted_is_told_and_the_log_says_what_to_mend(world: World) -> Result<()> {
    let mut world = world;
    for auth in ["basic", "post"] {
        let registered = if auth == "basic" { "client_secret_basic" } else { "client_secret_post" };
        let settings = Settings { client_auth: registered, ..Settings::default() };
        let variables = [("OAUTH_CLIENT_AUTH", auth), ("OAUTH_CLIENT_SECRET", "another")];
        let login = Login::at(world, &settings, &variables).await?;
        login.begin().await?;
        login.decide("#allow").await?;
        login.world.is_alerted("does not accept this app’s registration").await?;
        let line = login.function.last_line()?;
        ensure!(line["outcome"] == "provider_refused_client", "{line}");
        let detail = line["detail"].as_str().unwrap_or_default();
        for variable in ["OAUTH_CLIENT_ID", "OAUTH_CLIENT_SECRET", "OAUTH_CLIENT_AUTH"] {
            ensure!(detail.contains(variable), "{line}");
        }
        let exchanges = login.server.exchanges().await?;
        ensure!(exchanges.len() == 1 && exchanges[0].answer["error"] == "invalid_client", "{exchanges:?}");
        world = login.world;
    }
    Ok(())
}
