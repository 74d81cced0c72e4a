//! `OAUTH_SECRETS_ARN`: one secret in AWS Secrets Manager that holds variables, so that none of them is in the environment.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::time::Duration;

use reqwest::Client;
use shared::json;

use super::env::Env;
use crate::store::StoredSecret;

pub(super) const NAME: &str = "OAUTH_SECRETS_ARN";

/// Values by the names of their variables. They are secret: this is never printed.
pub(super) type Document = BTreeMap<String, String>;

impl<V: Fn(&str) -> Option<OsString>> Env<V> {
    /// Reads the document, if one is named. What is wrong with it is noted.
    pub(super) async fn read_document(&mut self, client: &Client, within: Duration) {
        if !self.is_set(NAME) {
            return;
        }
        let stored = self.stored_secret(NAME);
        let Some(stored) = stored else { return };
        match read(&stored, client, within).await {
            Ok(document) => self.take_document(document),
            Err(problem) => self.fault(NAME, problem),
        }
    }
}

async fn read(stored: &StoredSecret, client: &Client, within: Duration) -> Result<Document, &'static str> {
    let text = stored.read(client, within).await?;
    let document: Document = json::object(text.expose().as_bytes())
        .map_err(|_| "names a secret that is not a JSON object from names of variables to texts")?;
    // What else the function would take from there, such as the address of a proxy, has no place beside secrets.
    if document.keys().any(|name| !name.starts_with("OAUTH_") || name == NAME) {
        return Err("names a secret with a member whose name is not that of a variable of this function");
    }
    Ok(document)
}
