//! The parameters in a query string, read as AniAPI reads them.

use axum::http::Uri;

/// Names and values, decoded, in order.
pub(super) struct Parameters(Vec<(String, String)>);

impl Parameters {
    pub(super) fn of(uri: &Uri) -> Self {
        let query = uri.query().unwrap_or_default();
        Self(form_urlencoded::parse(query.as_bytes()).into_owned().collect())
    }

    /// The first value of a name; an empty one counts as absent (RFC 6749, 3.1).
    pub(super) fn first(&self, name: &str) -> Option<&str> {
        let (_, value) = self.0.iter().find(|(known, _)| known == name)?;
        Some(value.as_str()).filter(|value| !value.is_empty())
    }

    pub(super) fn into_pairs(self) -> Vec<(String, String)> {
        self.0
    }
}
