//! `cargo xtask doctor`: looks at a deployment from outside, as a browser and as an attacker would, and says of each
//! promise whether it is kept and what to do if not.

mod checks;

use anyhow::{Context as _, Result, bail, ensure};
use shared::config::AppConfig;
use shared::redirect;

use self::checks::CHECKS;
use crate::hash::sha256;
use crate::headers::{self, Headers};
use crate::template::Parameters;
use crate::web::{Answer, ask};
use crate::{say, template_path};

/// Runs `cargo xtask doctor`.
///
/// # Errors
/// Where a promise is not kept.
pub fn run(url: &str, function_url: Option<&str>) -> Result<()> {
    Patient::new(url, function_url)?.examine()
}

/// A deployment, by its addresses.
#[derive(Debug)]
pub struct Patient {
    /// Without a slash at its end.
    origin: String,
    function_url: Option<String>,
    headers: Headers,
}

impl Patient {
    /// The app's address, and the function's own where it is known.
    ///
    /// # Errors
    /// Where that is no web address.
    pub fn new(url: &str, function_url: Option<&str>) -> Result<Self> {
        let origin = redirect::origin(url).filter(|_| redirect::is_web(url));
        let origin = origin.with_context(|| format!("{url} is not an address such as https://login.example.com"))?;
        // What the deployment was made with is not known here; its policy says it itself.
        let headers = headers::read(&template_path(), &Parameters::new())?;
        let function_url = function_url.map(|url| url.trim_end_matches('/').to_owned());
        Ok(Self { origin: origin.to_owned(), function_url, headers })
    }

    /// Makes every check and tells each outcome.
    ///
    /// # Errors
    /// Where one has failed.
    pub fn examine(&self) -> Result<()> {
        say(&format!("looking at {} from outside", self.origin));
        let mut failed = 0;
        for (check, finding) in self.findings() {
            match finding {
                Ok(note) => say(&format!("  ok    {check}{note}")),
                Err(error) => {
                    failed += 1;
                    say(&format!("  FAIL  {check}: {error:#}"));
                }
            }
        }
        if failed > 0 {
            bail!("{failed} of {} checks failed", CHECKS.len());
        }
        Ok(())
    }

    /// What each check finds: what there is to say of it, or what is wrong.
    pub fn findings(&self) -> impl Iterator<Item = (&'static str, Result<String>)> {
        CHECKS.iter().map(|(name, check)| (*name, check(self)))
    }

    fn get(&self, path: &str) -> Result<Answer> {
        ask("GET", &format!("{}{path}", self.origin), &[], None)
    }

    fn post(&self, origin: &str, body: &str) -> Result<Answer> {
        let hash = sha256(body.as_bytes());
        let headers = [("content-type", "application/json"), ("origin", origin), ("x-amz-content-sha256", &hash)];
        ask("POST", &format!("{}/api/token", self.origin), &headers, Some(body))
    }

    fn app_config(&self) -> Result<AppConfig> {
        let answer = self.get("/api/config")?;
        ensure!(
            answer.status == 200,
            "/api/config answers {}: is the function there, and may CloudFront ask it?",
            answer.status
        );
        serde_json::from_slice(&answer.body).context("/api/config is something else than our configuration")
    }
}
