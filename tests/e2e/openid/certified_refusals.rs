//! Logins that a certified provider refuses: each refusal has its own text, and no token is issued.

use anyhow::{Result, ensure};
use serde_json::json;

use super::login::{LOG_IN, Login};
use super::server::Settings;
use browser::world::World;

pub async fn refused_access_is_reported_as_a_cancelled_login(world: World) -> Result<()> {
    let login = Login::at(world, &Settings::default(), &[]).await?;
    login.begin().await?;
    login.decide("#refuse").await?;
    login.world.is_alerted("The login was cancelled").await?;
    login.world.sees_not("the person said no").await?;
    login.sent_nothing().await?;
    // They are signed in at the provider by now, and change their mind.
    login.world.press("Try again").await?;
    login.world.find("#allow").await?.click().await?;
    login.world.sees("Demo Person").await
}

pub async fn login_with_an_expired_code_can_be_retried(world: World) -> Result<()> {
    let settings = Settings { seconds_before_exchange: 61, ..Settings::default() };
    let login = Login::at(world, &settings, &[]).await?;
    login.begin().await?;
    login.decide("#allow").await?;
    login.world.is_alerted("no longer accepts this login").await?;
    let exchanges = login.server.exchanges().await?;
    ensure!(exchanges.len() == 1 && exchanges[0].answer["error"] == "invalid_grant", "{exchanges:?}");
    login.world.press("Try again").await?;
    login.world.sees("Demo Person").await
}

/// The server also revokes what it has issued for the code (RFC 6749, 4.1.2), and the app handles that.
pub async fn reused_code_is_rejected_and_ends_the_session(world: World) -> Result<()> {
    let login = Login::at(world, &Settings::default(), &[]).await?;
    login.finish().await?;
    let posted = login.posted()?;
    ensure!(login.post(&posted).await? == json!([400, "invalid_code"]), "{:?}", login.server.exchanges().await?);
    login.world.browser.refresh().await?;
    login.world.is_alerted("Your session has ended").await?;
    login.world.sees(LOG_IN).await
}

/// A code that was injected into this login, or stolen from it (RFC 9700, 4.5).
pub async fn code_with_the_verifier_of_another_login_is_rejected(world: World) -> Result<()> {
    let login = Login::at(world, &Settings::default(), &[]).await?;
    login.begin().await?;
    let page = login.world.browser.current_url().await?;
    login.open("/anywhere").await?;
    login.world.tamper("aniapi-login.pending.", &format!("entry.code_verifier = '{}'", "a".repeat(43))).await?;
    login.world.browser.goto(page.as_str()).await?;
    login.decide("#allow").await?;
    login.world.is_alerted("no longer accepts this login").await?;
    let exchanges = login.server.exchanges().await?;
    ensure!(exchanges.len() == 1 && exchanges[0].answer["error"] == "invalid_grant", "{exchanges:?}");
    ensure!(exchanges[0].sent["code_verifier"] == "a".repeat(43));
    Ok(())
}

pub async fn server_that_requires_pkce_rejects_logins_without_it(world: World) -> Result<()> {
    let login = Login::at(world, &Settings::default(), &[("OAUTH_PKCE", "none")]).await?;
    login.open("/").await?;
    login.world.press(LOG_IN).await?;
    login.world.is_alerted("The login service rejected the login").await?;
    login.sent_nothing().await
}

pub async fn rejected_client_is_reported_and_the_log_names_the_variables(world: World) -> Result<()> {
    let mut world = world;
    for auth in ["basic", "post"] {
        let registered = if auth == "basic" { "client_secret_basic" } else { "client_secret_post" };
        let settings = Settings { client_auth: registered, ..Settings::default() };
        let variables = [("OAUTH_CLIENT_AUTH", auth), ("OAUTH_CLIENT_SECRET", "another")];
        let login = Login::at(world, &settings, &variables).await?;
        login.begin().await?;
        login.decide("#allow").await?;
        login.world.is_alerted("rejected this app").await?;
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
