//! `cargo xtask doctor`: checks a deployment from outside, as a browser and as an attacker would, and reports for each
//! check whether it passed and, if not, what to do.

mod checks;
mod policy;
mod session;

use anyhow::{Context as _, Result, bail, ensure};
use shared::config::AppConfig;
use shared::redirect;

use self::checks::CHECKS;
use crate::hash::sha256;
use crate::headers::{self, Headers};
use crate::template::Parameters;
use crate::web::{Answer, Detour, ask_by};
use crate::{say, template_path};

/// Runs `cargo xtask doctor`. `by` is the distribution's own host, if the app's name does not resolve to it yet.
///
/// # Errors
/// If a check fails.
pub fn run(url: &str, function_url: Option<&str>, by: Option<&str>) -> Result<()> {
    let patient = Patient::new(url, function_url)?;
    let patient = if let Some(by) = by { patient.reached_by(by) } else { patient };
    patient.examine()
}

/// The deployment to check, by its addresses.
#[derive(Debug)]
pub struct Patient {
    /// Without a trailing slash.
    origin: String,
    function_url: Option<String>,
    headers: Headers,
    detour: Option<Detour>,
    /// Whether it is so new that its redirect URI cannot be registered yet.
    is_new: bool,
}

/// A provider rejected the client or its redirect URI.
#[derive(Debug)]
struct Unregistered(String);

impl std::fmt::Display for Unregistered {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Unregistered {}

impl Patient {
    /// The app's address, and the function's own if it is known.
    ///
    /// # Errors
    /// If `url` is not a web address.
    pub fn new(url: &str, function_url: Option<&str>) -> Result<Self> {
        let origin = redirect::origin(url).filter(|_| redirect::is_web(url));
        let origin = origin.with_context(|| format!("{url} is not an address such as https://login.example.com"))?;
        // The deployment's parameters are not known here; its own policy shows them.
        let headers = headers::read(&template_path(), &Parameters::new())?;
        let function_url = function_url.map(|url| url.trim_end_matches('/').to_owned());
        Ok(Self { origin: origin.to_owned(), function_url, headers, detour: None, is_new: false })
    }

    /// The same deployment, reached at the distribution's own host, whatever the app's name resolves to.
    #[must_use]
    pub fn reached_by(mut self, distribution: &str) -> Self {
        let host = self.origin.split("://").last().unwrap_or_default();
        let host = host.split(':').next().unwrap_or_default().to_owned();
        self.detour = Some(Detour { host, by: distribution.to_owned() });
        self
    }

    /// The same deployment, whose redirect URI could not be registered before: it is no failure if a provider does not
    /// know it.
    #[must_use]
    pub fn newly_deployed(mut self) -> Self {
        self.is_new = true;
        self
    }

    /// Runs every check and reports each result.
    ///
    /// # Errors
    /// If a check fails.
    pub fn examine(&self) -> Result<()> {
        say(&format!("checking {} from outside", self.origin));
        let mut failed = 0;
        for (check, finding) in self.findings() {
            match finding {
                Ok(note) => say(&format!("  ok    {check}{note}")),
                Err(error) if !self.is_fault(&error) => {
                    let then = format!("then run `cargo xtask doctor {}`", self.origin);
                    say(&format!("  to do {check}: {error:#}; {then}"));
                }
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

    /// Whether an error is a fault of the deployment.
    fn is_fault(&self, error: &anyhow::Error) -> bool {
        !(self.is_new && error.is::<Unregistered>())
    }

    /// The result of each check: a note, which may be empty, or what is wrong.
    pub fn findings(&self) -> impl Iterator<Item = (&'static str, Result<String>)> {
        CHECKS.iter().map(|(name, check)| (*name, check(self)))
    }

    fn ask(&self, method: &str, url: &str, headers: &[(&str, &str)], body: Option<&str>) -> Result<Answer> {
        ask_by(self.detour.as_ref(), method, url, headers, body)
    }

    fn get(&self, path: &str) -> Result<Answer> {
        self.ask("GET", &format!("{}{path}", self.origin), &[], None)
    }

    fn post(&self, origin: &str, body: &str) -> Result<Answer> {
        let hash = sha256(body.as_bytes());
        let headers = [("content-type", "application/json"), ("origin", origin), ("x-amz-content-sha256", &hash)];
        self.ask("POST", &format!("{}/api/token", self.origin), &headers, Some(body))
    }

    fn app_config(&self) -> Result<AppConfig> {
        let answer = self.config()?;
        serde_json::from_slice(&answer.body).context("/api/config is not the app's configuration")
    }

    fn config(&self) -> Result<Answer> {
        let answer = self.get("/api/config")?;
        ensure!(
            answer.status == 200,
            "/api/config responds with {}: does the function exist, and may CloudFront invoke it?",
            answer.status
        );
        Ok(answer)
    }
}

#[cfg(test)]
mod tests {
    use anyhow::anyhow;

    use super::*;

    #[test]
    fn unregistered_redirect_uri_is_no_fault_of_a_new_deployment() {
        let patient = || Patient::new("https://login.example.com", None).expect("an address");
        let unregistered = || anyhow::Error::from(Unregistered("not known".to_owned()));
        assert!(patient().is_fault(&unregistered()));
        assert!(!patient().newly_deployed().is_fault(&unregistered()));
        assert!(patient().newly_deployed().is_fault(&anyhow!("a header is missing")));
    }

    #[test]
    fn detour_is_for_the_apps_own_host() {
        let patient =
            Patient::new("https://login.example.com", None).expect("an address").reached_by("d1.cloudfront.net");
        let detour = patient.detour.expect("there is one");
        assert_eq!((detour.host.as_str(), detour.by.as_str()), ("login.example.com", "d1.cloudfront.net"));
    }
}
