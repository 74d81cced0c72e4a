//! Complete logins with a certified provider.

use anyhow::{Context as _, Result, ensure};
use deploy::doctor::Patient;
use stack::session::{Session, SessionMode};
use stack::{Plan, Ports, Provider, Stack};
use tokio::net::TcpListener;
use xtask::process::Output;
use xtask::tools;
use xtask::workspace;

use super::login::{self, LOG_IN, Login};
use super::server::{CLIENT_ID, Server, Settings};
use browser::world::World;

/// As with `cargo xtask dev --env-file`: `cargo lambda watch` compiles and runs the function.
pub async fn person_logs_in_with_the_stack_of_dev(world: World) -> Result<()> {
    let port = TcpListener::bind("127.0.0.1:0").await?.local_addr()?.port();
    let redirect_uri = login::redirect_uri(port);
    let server = Server::start(&Settings::default(), &redirect_uri).await?;
    let plan = Plan {
        ports: Ports { site: port, ..Ports::FREE },
        site: world.stack.site_folder.clone(),
        provider: Provider::Elsewhere(login::printed(&server.issuer, &redirect_uri)?),
        session: Session::TAB,
        output: Output::File(workspace().join("target/e2e/function-of-certified-stack.log")),
        reload: false,
    };
    let stack = Stack::start(&tools::ensure(tools::DEV)?, plan).await?;
    world.browser.goto(stack.site.url()).await?;
    world.press(LOG_IN).await?;
    login::decide(&world, "#allow").await?;
    world.sees("Demo Person").await?;
    world.sees("Signed in until").await?;
    ensure!(world.place().await? == "/", "at {}", world.place().await?);
    ensure!(server.exchanges().await?.len() == 1 && stack.site.exchanges() == 1);
    stack.stop().await;
    Ok(())
}

pub async fn each_client_auth_method_works_with_and_without_pkce(world: World) -> Result<()> {
    let mut world = world;
    for (auth, registered) in [("basic", "client_secret_basic"), ("post", "client_secret_post")] {
        for pkce in ["S256", "none"] {
            let settings = Settings { client_auth: registered, requires_pkce: pkce == "S256", ..Settings::default() };
            let variables = [("OAUTH_CLIENT_AUTH", auth), ("OAUTH_PKCE", pkce)];
            let login = Login::at(world, &settings, &variables).await?;
            login.finish().await?;
            login
                .world
                .until("the avatar is painted", "return document.querySelector('img.avatar')?.naturalWidth > 0")
                .await?;

            let exchanges = login.server.exchanges().await?;
            let [exchange] = &exchanges[..] else { anyhow::bail!("{auth} {pkce}: {exchanges:?}") };
            let is_sent = |name: &str| exchange.sent.contains_key(name);
            ensure!(exchange.scheme.as_deref() == (auth == "basic").then_some("Basic"), "{exchange:?}");
            ensure!(is_sent("client_secret") == (auth == "post"), "{exchange:?}");
            ensure!(is_sent("code_verifier") == (pkce == "S256"), "{exchange:?}");
            ensure!(exchange.status == 200, "{exchange:?}");
            world = login.world;
        }
    }
    Ok(())
}

/// The server sends both unasked; the function keeps both from the browser. In `proxy` mode it keeps the access token,
/// too.
pub async fn neither_refresh_token_nor_id_token_reaches_the_browser(world: World) -> Result<()> {
    let login = Login::at(world, &Settings::default(), &[]).await?;
    login.finish().await?;
    let exchange = login.server.exchanges().await?.pop().context("no code was exchanged")?;
    let kept = login
        .world
        .script("return JSON.stringify([{ ...sessionStorage }, { ...localStorage }, document.cookie])")
        .await?;
    let browser = format!("{}{kept}", String::from_utf8_lossy(&login.site.responses()));
    let given = |name: &str| exchange.answer[name].as_str().with_context(|| format!("{name} is missing"));
    let may_have = login.world.session_mode() != SessionMode::Proxy;
    ensure!(browser.contains(given("access_token")?) == may_have, "the access token is not where it should be");
    for name in ["refresh_token", "id_token"].into_iter().chain((!may_have).then_some("access_token")) {
        ensure!(!browser.contains(given(name)?) && !browser.contains(name), "{name} is in {browser}");
    }
    Ok(())
}

/// The printed variables have the right issuer, so all other tests here cover that case.
pub async fn callback_with_a_wrong_or_missing_iss_is_rejected(world: World) -> Result<()> {
    let mut world = world;
    for (sends_issuer, variables) in [
        (true, &[("OAUTH_ISSUER", "http://127.0.0.1:1")][..]),
        (true, &[("OAUTH_ISSUER", "http://127.0.0.1")]),
        (false, &[]),
    ] {
        let login = Login::at(world, &Settings { sends_issuer, ..Settings::default() }, variables).await?;
        for decision in ["#allow", "#refuse"] {
            login.begin().await?;
            login.decide(decision).await?;
            login.world.is_alerted("does not come from the login service that you were sent to").await?;
            login.sent_nothing().await?;
            login.log_out_there().await?;
        }
        world = login.world;
    }
    Ok(())
}

pub async fn callback_without_iss_is_accepted_if_no_issuer_is_configured(world: World) -> Result<()> {
    let settings = Settings { sends_issuer: false, ..Settings::default() };
    Login::at(world, &settings, &[("OAUTH_ISSUER", "")]).await?.finish().await
}

pub async fn printed_variables_match_the_servers_metadata(world: World) -> Result<()> {
    let redirect_uri = format!("{}/auth", world.site().url());
    let server = Server::start(&Settings::default(), &redirect_uri).await?;
    let issuer = &server.issuer;
    let printed = login::printed(issuer, &redirect_uri)?;
    for (name, value) in [
        ("OAUTH_PROVIDER", "oauth2"),
        ("OAUTH_AUTHORIZE_URL", &format!("{issuer}/auth")),
        ("OAUTH_TOKEN_URL", &format!("{issuer}/token")),
        ("OAUTH_PROFILE_URL", &format!("{issuer}/me")),
        ("OAUTH_CLIENT_AUTH", "post"),
        ("OAUTH_CLIENT_ID", CLIENT_ID),
        ("OAUTH_PKCE", "S256"),
        ("OAUTH_ISSUER", issuer),
        ("OAUTH_SCOPE", "openid profile"),
    ] {
        ensure!(printed.get(name).map(String::as_str) == Some(value), "{name} in {printed:?}");
    }
    ensure!(deploy::provider::variables(&format!("{issuer}/")).is_err(), "a different issuer was accepted");
    Ok(())
}

/// `cargo xtask doctor` requests the login page, too.
pub async fn doctor_reports_what_the_server_rejects(world: World) -> Result<()> {
    let mut world = world;
    for (variables, refusal) in [
        (&[][..], None),
        (&[("OAUTH_CLIENT_ID", "another")], Some("does not accept the client id")),
        (&[("OAUTH_PKCE", "none")], Some("rejects the authorization request: \"invalid_request\"")),
    ] {
        let login = Login::at(world, &Settings::default(), variables).await?;
        let patient = Patient::new(&login.site.url(), None)?;
        let red: Vec<_> = patient.findings().filter_map(|(check, finding)| Some((check, finding.err()?))).collect();
        match (&red[..], refusal) {
            ([], None) => {}
            ([(check, error)], Some(refusal))
                if check.contains("each provider") && error.to_string().contains(refusal) => {}
            _ => anyhow::bail!("{variables:?}: {red:?}"),
        }
        world = login.world;
    }
    Ok(())
}
