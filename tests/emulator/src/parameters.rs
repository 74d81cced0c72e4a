//! The parameters in a query string or a body.

use std::collections::BTreeMap;

use axum::http::{HeaderMap, Uri, header};

/// Names and values, decoded, in order.
pub(super) struct Parameters(Vec<(String, String)>);

impl Parameters {
    /// No parameters.
    pub(super) fn none() -> Self {
        Self(Vec::new())
    }

    pub(super) fn of(uri: &Uri) -> Self {
        let query = uri.query().unwrap_or_default();
        Self(form_urlencoded::parse(query.as_bytes()).into_owned().collect())
    }

    /// The parameters of a form, or the text members of a JSON object.
    pub(super) fn of_body(headers: &HeaderMap, body: &[u8]) -> Self {
        let media_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        if media_type.starts_with("application/json") {
            let members: BTreeMap<String, String> = serde_json::from_slice(body).unwrap_or_default();
            return Self(members.into_iter().collect());
        }
        Self(form_urlencoded::parse(body).into_owned().collect())
    }

    /// The first value of a name; an empty value counts as absent (RFC 6749, 3.1).
    pub(super) fn first(&self, name: &str) -> Option<&str> {
        let (_, value) = self.0.iter().find(|(known, _)| known == name)?;
        Some(value.as_str()).filter(|value| !value.is_empty())
    }

    /// Whether a space-separated list contains a word (RFC 6749, 3.3).
    pub(super) fn lists(&self, name: &str, word: &str) -> bool {
        self.first(name).is_some_and(|list| list.split(' ').any(|other| other == word))
    }

    pub(super) fn into_pairs(self) -> Vec<(String, String)> {
        self.0
    }
}
