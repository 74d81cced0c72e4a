//! The document of secrets: the JSON object that the function reads as `OAUTH_SECRETS_ARN`.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, anyhow};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

use crate::check::Client;
use crate::settings::{SESSION_KEY, Variables, is_secret};

/// Secrets by the names of their variables. It has no `Debug`: it is never printed.
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct Document(BTreeMap<String, String>);

impl Document {
    /// Parses it.
    ///
    /// # Errors
    /// If it is anything else. The error does not repeat the text.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        let members = serde_json::from_str(text);
        members.map(Self).map_err(|_| anyhow!("it is not a JSON object from variable names to strings"))
    }

    /// The document as JSON.
    pub(crate) fn to_json(&self) -> Result<String> {
        serde_json::to_string(&self.0).context("strings can be JSON")
    }

    /// Whether it has a value for that variable.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.get(name).is_some_and(|value| !value.is_empty())
    }

    /// Whether this is its value for that variable.
    pub(crate) fn is(&self, name: &str, value: &str) -> bool {
        self.0.get(name).is_some_and(|own| own == value)
    }

    /// The names of its variables.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// Whether replacing its keys by these ends existing sessions.
    pub(crate) fn signs_out(&self, keys: &str) -> bool {
        self.keys().first().is_some_and(|old| !keys.split(',').any(|key| key == *old))
    }

    /// Its variables after an update by these secrets, which take precedence. Only the secrets of these clients stay.
    /// Variables that are not secrets are removed, because they are set in the environment.
    pub(crate) fn with(&self, given: &Variables, clients: &[Client]) -> Variables {
        let is_needed = |name: &str| name == SESSION_KEY || clients.iter().any(|client| client.secret == name);
        let kept = self.0.iter().filter(|(name, _)| is_secret(name) && is_needed(name));
        kept.chain(given).map(|(name, value)| (name.clone(), value.clone())).collect()
    }

    /// The result of [`Self::with`] as a document.
    pub(crate) fn updated(&self, given: &Variables, clients: &[Client]) -> Self {
        Self(self.with(given, clients))
    }

    /// The session keys, of which the first encrypts.
    pub(crate) fn keys(&self) -> Vec<&str> {
        let keys = self.0.get(SESSION_KEY).map_or("", String::as_str);
        keys.split(',').filter(|key| !key.is_empty()).collect()
    }

    pub(crate) fn set_keys(&mut self, keys: &[&str]) {
        self.0.insert(SESSION_KEY.to_owned(), keys.join(","));
    }

    /// Adds a session key if there is none. An existing key is never replaced, because all sessions would end.
    pub(crate) fn ensure_key(&mut self) -> Result<()> {
        if self.keys().is_empty() {
            self.set_keys(&[&new_key()?]);
        }
        Ok(())
    }
}

/// A session key: 32 random bytes, base64url.
pub(crate) fn new_key() -> Result<String> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).context("the system provides no random bytes")?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::validate;
    use crate::settings::{Settings, of};

    #[test]
    fn key_is_created_once_and_secrets_of_removed_clients_are_dropped() {
        let uris = "http://localhost/auth/github,http://localhost/auth/work";
        let clients = validate(&Settings::sort(&of(&[
            ("OAUTH_PROVIDER", "github,work:github"),
            ("OAUTH_GITHUB_CLIENT_ID", "mine"),
            ("OAUTH_WORK_CLIENT_ID", "mine"),
            ("OAUTH_REDIRECT_URIS", uris),
        ])))
        .clients;
        let before = r#"{"OAUTH_GITHUB_CLIENT_SECRET":"x","OAUTH_WORK_CLIENT_SECRET":"x","OAUTH_CLIENT_SECRET":"x","OAUTH_NAME":"x"}"#;
        let document = Document::parse(before).expect("it is valid");
        let mut document = document.updated(&of(&[("OAUTH_WORK_CLIENT_SECRET", "y")]), &clients);
        document.ensure_key().expect("random bytes");
        let made = document.clone();
        document.ensure_key().expect("random bytes");
        assert!(document == made);
        let [key] = made.keys()[..] else { panic!("there is one key") };
        assert!(key.len() == 43 && key.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b)));
        let github = r#"{"OAUTH_GITHUB_CLIENT_SECRET":"x","OAUTH_SESSION_KEY":"#;
        let text = made.to_json().expect("it is JSON");
        assert!(text.starts_with(github) && text.ends_with(r#","OAUTH_WORK_CLIENT_SECRET":"y"}"#), "{text}");
        assert_ne!(new_key().expect("random bytes"), new_key().expect("random bytes"));
        let given = made.updated(&of(&[(SESSION_KEY, "given")]), &clients);
        assert_eq!(given.keys(), ["given"], "a given key takes precedence");
    }

    #[test]
    fn invalid_document_is_not_repeated_in_the_error() {
        for text in ["a-client-secret", r#"["a-client-secret"]"#, r#"{"OAUTH_CLIENT_SECRET":["a-client-secret"]}"#] {
            let message = Document::parse(text).err().map(|error| format!("{error:#}")).expect("it is invalid");
            assert!(!message.contains("a-client-secret"), "{message}");
        }
    }
}
