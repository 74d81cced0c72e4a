//! The setup of every test: a fresh browser, the running stack, and a person's actions.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use deploy::{headers, template, template_path};
use emulator::{Emulator, Service, loopback_listeners};
use serde_json::{Value, json};
use stack::Stack;
use stack::site::Site;
use thirtyfour::prelude::ElementQueryable as _;
use thirtyfour::{By, WebDriver, WebElement};
use xtask::tools::{self, Tool};

use crate::driver::Driver;
use crate::profile::Profile;

pub const PERSON: &str = "demo@aniapi.test";
pub const PASSWORD: &str = "demo";
pub const LOG_IN: &str = "Log in with AniAPI";

/// The label of a provider's button. A provider without a name is shown with its host.
pub fn log_in_with(service: Service) -> String {
    let name = if service == Service::OAuth2 { "localhost" } else { service.name() };
    format!("Log in with {name}")
}

pub struct World {
    pub stack: Arc<Stack>,
    pub browser: WebDriver,
    pub(crate) profile: Profile,
}

impl World {
    pub async fn new(stack: Arc<Stack>, driver: &Driver) -> Result<Self> {
        let (profile, browser) = Profile::open(driver.launcher()).await?;
        let world = Self { stack, browser, profile };
        for emulator in &world.stack.emulators {
            emulator.reset();
        }
        world.site().forget();
        world.site().configure(&template::read(&template_path())?)?;
        world.site().lose_answers(false);
        world.site().release();
        world.site().point_at(&world.stack.function_url);
        Ok(world)
    }

    /// AniAPI's emulator.
    pub fn emulator(&self) -> &Emulator {
        self.emulator_of(Service::AniApi)
    }

    pub fn emulator_of(&self, service: Service) -> &Emulator {
        let mut emulators = self.stack.emulators.iter();
        emulators.find(|emulator| emulator.service() == service).expect("the stack of this test has this emulator")
    }

    /// The source of axe-core, which finds accessibility problems.
    pub fn axe(&self) -> Result<String> {
        let toolbox = tools::ensure(&[Tool::Axe])?;
        std::fs::read_to_string(toolbox.path("axe.min.js")?).context("reading axe-core")
    }

    pub fn site(&self) -> &Site {
        &self.stack.site
    }

    /// The same app without some of its headers, as the positive control of an attack: it shows that the attack works
    /// without the defence.
    pub async fn site_without(&self, headers: &[&str]) -> Result<Site> {
        let parameters = [
            ("ConnectOrigins".to_owned(), self.emulator().url()),
            ("PictureOrigins".to_owned(), format!("https: {}", self.emulator().url())),
        ];
        let mut all = headers::read(&template_path(), &parameters.into())?;
        for header in headers {
            all.every.remove(*header).with_context(|| format!("{header} is not among the headers"))?;
        }
        Site::start(loopback_listeners(0).await?, &self.stack.site_folder, &self.stack.function_url, all)
    }

    /// Opens an address of the app.
    pub async fn open(&self, place: &str) -> Result<()> {
        Ok(self.browser.goto(format!("{}{place}", self.site().url())).await?)
    }

    /// Waits for an element that matches the selector.
    pub async fn find(&self, css: &str) -> Result<WebElement> {
        let found = self.browser.query(By::Css(css)).first().await;
        let Err(error) = found else { return Ok(found?) };
        let page = self.script("return `${location.href}: ${document.body.innerText}`").await?;
        Err(error).with_context(|| format!("waiting for {css} on {page}"))
    }

    /// Presses the enabled button with this label.
    pub async fn press(&self, name: &str) -> Result<()> {
        let button =
            By::XPath(format!("//button[normalize-space()='{name}' and not(@disabled or @aria-disabled='true')]"));
        let button =
            self.browser.query(button).first().await.with_context(|| format!("waiting for the button {name}"))?;
        Ok(button.click().await?)
    }

    /// Waits until the page shows this text.
    pub async fn sees(&self, text: &str) -> Result<()> {
        let element = By::XPath(format!("//body//*[contains(normalize-space(), \"{text}\")]"));
        let found = self.browser.query(element).first().await;
        let Err(error) = found else { return Ok(()) };
        let page = self.script("return document.body.innerText").await?;
        Err(error).with_context(|| format!("waiting to see {text:?} on {page}"))
    }

    pub async fn sees_not(&self, text: &str) -> Result<()> {
        let page = self.script("return document.body.innerText").await?;
        ensure!(!page.as_str().unwrap_or_default().contains(text), "{text:?} is on {page}");
        Ok(())
    }

    /// Waits for an alert with this text.
    pub async fn is_alerted(&self, text: &str) -> Result<()> {
        let alert = By::XPath(format!("//*[@role='alert'][contains(normalize-space(), \"{text}\")]"));
        let found = self.browser.query(alert).first().await;
        let Err(error) = found else { return Ok(()) };
        let page = self.script("return document.body.innerText").await?;
        Err(error).with_context(|| format!("waiting for an alert with {text:?} on {page}"))
    }

    /// Goes to the provider. Returns the `state` of the request.
    pub async fn begin(&self) -> Result<String> {
        self.press(LOG_IN).await?;
        self.is_at_the_provider().await
    }

    /// Waits for the provider's login page. Returns the `state` of the request.
    pub async fn is_at_the_provider(&self) -> Result<String> {
        self.is_at(Service::AniApi).await
    }

    /// Goes to this provider. Returns the `state` of the request.
    pub async fn begin_with(&self, service: Service) -> Result<String> {
        self.press(&log_in_with(service)).await?;
        self.is_at(service).await
    }

    /// Waits for this provider's login page. Returns the `state` of the request.
    pub async fn is_at(&self, service: Service) -> Result<String> {
        self.find("#email").await?;
        let url = self.browser.current_url().await?;
        ensure!(url.as_str().starts_with(&self.emulator_of(service).authorize_url()), "at {url}");
        let state =
            url.query_pairs().find(|(name, _)| name == "state").context("the authorization request has no state")?;
        Ok(state.1.into_owned())
    }

    /// Fills in and submits the provider's login page.
    pub async fn give(&self, email: &str, password: &str) -> Result<()> {
        for (field, text) in [("#email", email), ("#password", password)] {
            let field = self.find(field).await?;
            field.clear().await?;
            field.send_keys(text).await?;
        }
        Ok(self.find("#login").await?.click().await?)
    }

    /// Logs in at the provider, and returns to the app.
    pub async fn finish(&self) -> Result<()> {
        self.is_at_the_provider().await?;
        self.give(PERSON, PASSWORD).await?;
        self.is_greeted().await
    }

    /// Waits until the page shows who is signed in.
    pub async fn is_greeted(&self) -> Result<()> {
        let is_greeted = "const name = document.querySelector('main .person h1')?.textContent;
            return Boolean(name) && !['You are signed in', 'Du bist angemeldet'].includes(name)";
        self.until("the person is greeted by name", is_greeted).await
    }

    /// A complete login from the front page.
    pub async fn log_in(&self) -> Result<()> {
        self.open("/").await?;
        self.begin().await?;
        self.finish().await
    }

    pub async fn script(&self, script: &str) -> Result<Value> {
        Ok(self.browser.execute(script, Vec::new()).await?.json().clone())
    }

    /// Runs a script in every page that is opened from now on, before the page's own scripts. Returns its identifier
    /// for [`World::not_on_every_page`].
    pub async fn on_every_page(&self, script: &str) -> Result<String> {
        let source = json!({ "source": script });
        let added = self.browser.cdp().send_raw("Page.addScriptToEvaluateOnNewDocument", source).await?;
        Ok(added["identifier"].as_str().context("the script has no identifier")?.to_owned())
    }

    pub async fn not_on_every_page(&self, identifier: &str) -> Result<()> {
        let identifier = json!({ "identifier": identifier });
        self.browser.cdp().send_raw("Page.removeScriptToEvaluateOnNewDocument", identifier).await?;
        Ok(())
    }

    /// From now on this tab does not use the cache, as on a first visit.
    pub async fn keep_no_cache(&self) -> Result<()> {
        let cdp = self.browser.cdp();
        cdp.send_raw("Network.enable", json!({})).await?;
        cdp.send_raw("Network.setCacheDisabled", json!({ "cacheDisabled": true })).await?;
        Ok(())
    }

    /// Path, query and fragment in the address bar.
    pub async fn place(&self) -> Result<String> {
        let place = self.script("return location.pathname + location.search + location.hash").await?;
        Ok(place.as_str().unwrap_or_default().to_owned())
    }

    /// Waits until a script returns `true`.
    pub async fn until(&self, what: &str, script: &str) -> Result<()> {
        let give_up = Instant::now() + Duration::from_secs(15);
        let mut look_again = tokio::time::interval(Duration::from_millis(50));
        loop {
            look_again.tick().await;
            if self.script(script).await? == true {
                return Ok(());
            }
            ensure!(Instant::now() < give_up, "timeout while waiting until {what}");
        }
    }

    /// Waits until a condition outside the browser holds.
    pub async fn until_there(&self, what: &str, is_there: impl Fn(&Self) -> bool) -> Result<()> {
        let give_up = Instant::now() + Duration::from_secs(15);
        let mut look_again = tokio::time::interval(Duration::from_millis(20));
        while !is_there(self) {
            look_again.tick().await;
            ensure!(Instant::now() < give_up, "timeout while waiting for {what}");
        }
        Ok(())
    }

    /// Changes the `sessionStorage` entries whose keys start with `key`, by a script that changes `entry`.
    pub async fn tamper(&self, key: &str, change: &str) -> Result<()> {
        self.script(&format!(
            "for (const key of Object.keys(sessionStorage).filter((key) => key.startsWith('{key}'))) {{
                const entry = JSON.parse(sessionStorage.getItem(key));
                {change};
                sessionStorage.setItem(key, JSON.stringify(entry));
            }}"
        ))
        .await?;
        Ok(())
    }
}
