//! What every test here starts from: a fresh browser before the running stack, and what a person does with it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use deploy::headers;
use emulator::{Emulator, Service, loopback_listeners};
use serde_json::{Value, json};
use stack::Stack;
use stack::site::Site;
use thirtyfour::prelude::ElementQueryable as _;
use thirtyfour::{By, WebDriver, WebElement};
use xtask::tools::{self, Tool};

use crate::driver::Driver;

pub const PERSON: &str = "demo@aniapi.test";
pub const PASSWORD: &str = "demo";
pub const LOG_IN: &str = "Log in with AniAPI";

/// The label of a provider's button. One that has no name goes by its host's.
pub fn log_in_with(service: Service) -> String {
    let name = if service == Service::OAuth2 { "localhost" } else { service.name() };
    format!("Log in with {name}")
}

pub struct World {
    pub stack: Arc<Stack>,
    pub browser: WebDriver,
}

impl World {
    pub async fn new(stack: Arc<Stack>, driver: &Driver) -> Result<Self> {
        let world = Self { stack, browser: driver.browser().await? };
        for emulator in &world.stack.emulators {
            emulator.reset();
        }
        world.site().forget();
        world.site().sign(false);
        world.site().point_at(&world.stack.function_url);
        Ok(world)
    }

    /// AniAPI.
    pub fn emulator(&self) -> &Emulator {
        self.emulator_of(Service::AniApi)
    }

    pub fn emulator_of(&self, service: Service) -> &Emulator {
        let mut emulators = self.stack.emulators.iter();
        emulators.find(|emulator| emulator.service() == service).expect("the stack of this test has it")
    }

    /// The script that finds what keeps people from using a page.
    pub fn axe(&self) -> Result<String> {
        let toolbox = tools::ensure(&[Tool::Axe])?;
        std::fs::read_to_string(toolbox.path("axe.min.js")?).context("reading axe-core")
    }

    pub fn site(&self) -> &Site {
        &self.stack.site
    }

    /// The same app without some of its headers, for the positive control of an attack: it shows that the attack works
    /// where the defence is missing.
    pub async fn site_without(&self, headers: &[&str]) -> Result<Site> {
        let parameters = [
            ("ProfileOrigin".to_owned(), self.emulator().url()),
            ("AvatarOrigins".to_owned(), format!("https: {}", self.emulator().url())),
        ];
        let mut all = headers::read(&deploy::template_path(), &parameters.into())?;
        for header in headers {
            all.every.remove(*header).with_context(|| format!("{header} is among the headers"))?;
        }
        Site::start(loopback_listeners(0).await?, &self.stack.site_folder, &self.stack.function_url, all)
    }

    /// Opens an address of the app.
    pub async fn open(&self, place: &str) -> Result<()> {
        Ok(self.browser.goto(format!("{}{place}", self.site().url())).await?)
    }

    /// Waits for an element; the last that was found for the selector.
    pub async fn find(&self, css: &str) -> Result<WebElement> {
        let found = self.browser.query(By::Css(css)).first().await;
        let Err(error) = found else { return Ok(found?) };
        let page = self.script("return `${location.href}: ${document.body.innerText}`").await?;
        Err(error).with_context(|| format!("waiting for {css} on {page}"))
    }

    /// Presses the button of that name.
    pub async fn press(&self, name: &str) -> Result<()> {
        let button =
            By::XPath(format!("//button[normalize-space()='{name}' and not(@disabled or @aria-disabled='true')]"));
        let button =
            self.browser.query(button).first().await.with_context(|| format!("waiting for the button {name}"))?;
        Ok(button.click().await?)
    }

    /// Waits until the page says that, somewhere.
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

    /// Waits for an alert that says that.
    pub async fn is_alerted(&self, text: &str) -> Result<()> {
        let alert = By::XPath(format!("//*[@role='alert'][contains(normalize-space(), \"{text}\")]"));
        let found = self.browser.query(alert).first().await;
        let Err(error) = found else { return Ok(()) };
        let page = self.script("return document.body.innerText").await?;
        Err(error).with_context(|| format!("waiting for an alert with {text:?} on {page}"))
    }

    /// Leaves for the provider, and gives the state that was sent along.
    pub async fn begin(&self) -> Result<String> {
        self.press(LOG_IN).await?;
        self.is_at_the_provider().await
    }

    /// Waits for the provider's login page, and gives the state that was sent to it.
    pub async fn is_at_the_provider(&self) -> Result<String> {
        self.is_at(Service::AniApi).await
    }

    /// Leaves for that provider, and gives the state that was sent along.
    pub async fn begin_with(&self, service: Service) -> Result<String> {
        self.press(&log_in_with(service)).await?;
        self.is_at(service).await
    }

    /// Waits for that provider's login page, and gives the state that was sent to it.
    pub async fn is_at(&self, service: Service) -> Result<String> {
        self.find("#email").await?;
        let url = self.browser.current_url().await?;
        ensure!(url.as_str().starts_with(&self.emulator_of(service).authorize_url()), "at {url}");
        let state = url.query_pairs().find(|(name, _)| name == "state").context("a state was sent")?;
        Ok(state.1.into_owned())
    }

    /// Fills in the provider's login page.
    pub async fn give(&self, email: &str, password: &str) -> Result<()> {
        for (field, text) in [("#email", email), ("#password", password)] {
            let field = self.find(field).await?;
            field.clear().await?;
            field.send_keys(text).await?;
        }
        Ok(self.find("#login").await?.click().await?)
    }

    /// Logs in at the provider, and comes back.
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

    /// Logs in from the front page, by hand.
    pub async fn log_in(&self) -> Result<()> {
        self.open("/").await?;
        self.begin().await?;
        self.finish().await
    }

    pub async fn script(&self, script: &str) -> Result<Value> {
        Ok(self.browser.execute(script, Vec::new()).await?.json().clone())
    }

    /// Runs a script in every page that is opened from now on, before any of its own; gives what takes it back.
    pub async fn on_every_page(&self, script: &str) -> Result<String> {
        let source = json!({ "source": script });
        let added = self.browser.cdp().send_raw("Page.addScriptToEvaluateOnNewDocument", source).await?;
        Ok(added["identifier"].as_str().context("it has an identifier")?.to_owned())
    }

    pub async fn not_on_every_page(&self, identifier: &str) -> Result<()> {
        let identifier = json!({ "identifier": identifier });
        self.browser.cdp().send_raw("Page.removeScriptToEvaluateOnNewDocument", identifier).await?;
        Ok(())
    }

    /// From now on this tab asks for everything anew, as if it were here for the first time.
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

    /// Waits until a script says `true`.
    pub async fn until(&self, what: &str, script: &str) -> Result<()> {
        let give_up = Instant::now() + Duration::from_secs(15);
        let mut look_again = tokio::time::interval(Duration::from_millis(50));
        loop {
            look_again.tick().await;
            if self.script(script).await? == true {
                return Ok(());
            }
            ensure!(Instant::now() < give_up, "waiting until {what}");
        }
    }

    /// Waits until something is true outside the browser.
    pub async fn until_there(&self, what: &str, is_there: impl Fn(&Self) -> bool) -> Result<()> {
        let give_up = Instant::now() + Duration::from_secs(15);
        let mut look_again = tokio::time::interval(Duration::from_millis(20));
        while !is_there(self) {
            look_again.tick().await;
            ensure!(Instant::now() < give_up, "waiting for {what}");
        }
        Ok(())
    }

    /// Changes the entry of `sessionStorage` whose key starts with that, by a script over `entry`.
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
