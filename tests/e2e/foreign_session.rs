//! Cookies with a session of another deployment, and sessions that need two cookies.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, ensure};
use emulator::aniapi::{CLIENT_ID, CLIENT_SECRET};
use serde_json::{Value, json};
use stack::session::SessionMode;

use browser::canned::Canned;
use browser::sessions::{SESSION, hashed};
use browser::stacks::SESSION_KEYS;
use browser::world::{LOG_IN, PERSON, World};

use crate::openid::function::Function;

/// Variables that replace the default ones of this test.
type Changes = &'static [(&'static str, &'static str)];

/// A session of a function that differs in one setting is ignored, and does not prevent a login.
pub async fn session_of_another_deployment_is_ignored(world: World) -> Result<()> {
    let token = world.emulator().issue_token(PERSON);
    let cases: [(&str, Changes, bool); 5] = [
        ("the same", &[], true),
        ("another key", &[("OAUTH_SESSION_KEY", "0123456789abcdefghijklmnopqrstuvwxyz")], false),
        ("another client id", &[("OAUTH_CLIENT_ID", "00000000-0000-4000-8000-000000000001")], false),
        ("another origin", &[("OAUTH_REDIRECT_URIS", "http://localhost:9/auth")], false),
        ("another provider", &[("OAUTH_PROVIDER", "work:aniapi")], false),
    ];
    for (what, changes, is_ours) in cases {
        let provider = Provider::start(&token).await?;
        let function = provider.function(&world, changes).await?;
        let value = function.cookie().await?;
        world.open("/").await?;
        world.put_session_cookie(&world.session_cookie_names()[0], &value).await?;
        world.browser.refresh().await?;
        if is_ours {
            world.is_greeted().await.context(what)?;
            world.sees("demo").await?;
            world.delete_session_cookies().await?;
            continue;
        }
        world.sees(LOG_IN).await.context(what)?;
        world.sees_not("demo").await?;
        ensure!(world.script("return document.querySelector('[role=alert]')").await?.is_null(), "{what}");
        world.begin().await?;
        world.finish().await.context(what)?;
        world.delete_session_cookies().await?;
    }
    Ok(())
}

/// The session has a token that does not fit into one cookie.
pub async fn session_in_two_cookies_is_one_session(world: World) -> Result<()> {
    let provider = Provider::start(&"t".repeat(4000)).await?;
    let function = provider.function(&world, &[]).await?;
    world.site().point_at(&function.service.url);
    let log_in = || async {
        world.log_in().await?;
        let values: Vec<_> = world.session_cookies().await?.into_iter().map(|cookie| cookie.value).collect();
        ensure!(values.len() == 2, "there are not two cookies");
        Ok(values)
    };
    log_in().await?;
    world.browser.refresh().await?;
    world.is_greeted().await?;
    world.open_tab("/").await?;
    world.is_greeted().await?;
    world.press("Log out").await?;
    world.sees(LOG_IN).await?;
    world.until_there("the function ends the session", |world| world.session_requests("DELETE") >= 1).await?;
    let is_null =
        format!("return fetch('{SESSION}').then((answer) => answer.json()).then((body) => body.session === null)");
    world.until("both cookies are gone", &is_null).await?;
    ensure!(world.session_cookies().await?.is_empty());

    // A part that is missing, or that belongs to another session.
    let [first, second] = world.session_cookie_names();
    let other = log_in().await?;
    world.delete_session_cookies().await?;
    world.open("/").await?;
    log_in().await?;
    for (name, value) in [(&first, &other[0]), (&second, &other[1])] {
        let kept = world.session_cookies().await?;
        world.put_session_cookie(name, value).await?;
        world.browser.refresh().await?;
        world.sees(LOG_IN).await?;
        for cookie in kept {
            world.put_session_cookie(&cookie.name, &cookie.value).await?;
        }
        world.browser.refresh().await?;
        world.is_greeted().await?;
    }
    world.browser.delete_cookie(&second).await?;
    world.browser.refresh().await?;
    world.sees(LOG_IN).await?;

    // A session that needs one cookie clears the second one.
    log_in().await?;
    world.bring_back();
    let code = world.emulator().issue_code(PERSON);
    let body = json!({ "provider": "aniapi", "code": code, "redirect_uri": world.emulator().redirect_uri() });
    let exchange = "const [body, hash, done] = arguments;
        const headers = { 'content-type': 'application/json', 'x-amz-content-sha256': hash };
        fetch('/api/token', { method: 'POST', headers, body }).then(({ status }) => done(status), done)";
    let status: Value = world.browser.execute_async(exchange, hashed(&body.to_string())).await?.json().clone();
    ensure!(status == 200, "{status}");
    ensure!(world.session_cookies().await?.len() == 1, "the second cookie is left");
    world.browser.refresh().await?;
    world.is_greeted().await
}

/// A provider that issues the same token for every code.
struct Provider {
    token: Canned,
    profile: Canned,
}

impl Provider {
    async fn start(token: &str) -> Result<Self> {
        let envelope =
            |data: Value| json!({ "status_code": 200, "message": "canned", "data": data, "version": "1" }).to_string();
        let profile = json!({ "username": "demo", "email_verified": true, "role": 0, "id": 1 });
        Ok(Self {
            token: Canned::start(Canned::json(200, &envelope(json!(token)))).await?,
            profile: Canned::start(Canned::json(200, &envelope(profile))).await?,
        })
    }

    /// A function for this provider, configured like the one of the stack except for these variables.
    async fn function(&self, world: &World, changes: &[(&str, &str)]) -> Result<Own> {
        let mode = world.session_mode();
        let key = SESSION_KEYS[usize::from(mode == SessionMode::Proxy)];
        let (token_url, profile_url) = (format!("{}/token", self.token.url()), format!("{}/me", self.profile.url()));
        let mut environment: BTreeMap<_, _> = [
            ("OAUTH_PROVIDER", "aniapi"),
            ("OAUTH_CLIENT_ID", CLIENT_ID),
            ("OAUTH_CLIENT_SECRET", CLIENT_SECRET),
            ("OAUTH_REDIRECT_URIS", world.emulator().redirect_uri()),
            ("OAUTH_AUTHORIZE_URL", &world.emulator().authorize_url()),
            ("OAUTH_TOKEN_URL", &token_url),
            ("OAUTH_PROFILE_URL", &profile_url),
            ("OAUTH_SESSION", mode.as_str()),
            ("OAUTH_SESSION_KEY", key),
        ]
        .into_iter()
        .chain(changes.iter().copied())
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
        let (id, infix) = match environment["OAUTH_PROVIDER"].split_once(':') {
            Some((id, _)) => (id.to_owned(), format!("OAUTH_{}_", id.to_ascii_uppercase())),
            None => (environment["OAUTH_PROVIDER"].clone(), "OAUTH_".to_owned()),
        };
        let redirect_uri = environment["OAUTH_REDIRECT_URIS"].clone();
        for end in ["CLIENT_ID", "CLIENT_SECRET", "AUTHORIZE_URL", "TOKEN_URL", "PROFILE_URL"] {
            let value = environment.remove(&format!("OAUTH_{end}")).context("a variable is missing")?;
            environment.insert(format!("{infix}{end}"), value);
        }
        Ok(Own { service: Function::start(&environment).await?, provider: id, redirect_uri })
    }
}

/// A function that a test starts itself.
struct Own {
    service: Function,
    provider: String,
    redirect_uri: String,
}

impl Own {
    /// The value of the session cookie after a login there.
    async fn cookie(&self) -> Result<String> {
        let body = json!({ "provider": self.provider, "code": "a".repeat(30), "redirect_uri": self.redirect_uri });
        let client = function::client::build(&[]).map_err(anyhow::Error::from_boxed)?;
        let answer = client
            .post(format!("{}/api/token", self.service.url))
            .header("origin", self.redirect_uri.trim_end_matches("/auth"))
            .header("content-type", "application/json")
            .body(body.to_string())
            .send()
            .await?;
        ensure!(answer.status() == 200, "{}: {}", answer.status(), self.service.last_line()?);
        let cookie = answer.headers().get("set-cookie").context("the response sets no cookie")?.to_str()?;
        let (_, rest) = cookie.split_once('=').context("the cookie has no value")?;
        Ok(rest.split(';').next().unwrap_or_default().to_owned())
    }
}
