//! A request to the provider's API with the session: what an app does with a login once there is one.

use leptos::prelude::*;
use shared::provider::{ProfileError, profile_endpoint};
use shared::redirect;

use super::Auth;
use super::state::ConfigState;
use crate::failure::{Failure, Notice};
use crate::json::Js;
use crate::session::Session;
use crate::{api, fetch};

/// What the provider's API answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The HTTP status. All but a 401 that refuses the session is for the app to judge.
    pub status: u16,
    /// The body.
    pub text: String,
}

impl Auth {
    /// `GET` at the provider that the person logged in with: a path, such as `/v1/auth/me`, at the origin of its API, which
    /// the function's configuration names. The session's token goes there and nowhere else.
    ///
    /// It is no reactive read: a resource that asks is not run again whenever something about the login changes.
    ///
    /// # Errors
    /// Says why there is no answer. Where the provider no longer accepts the session, it has ended: nobody is signed in.
    pub async fn fetch(self, path: impl Into<String>) -> Result<Reply, Notice> {
        self.ask(path.into(), None).await
    }

    /// The same by `POST`, with a body in JSON.
    ///
    /// # Errors
    /// As [`fetch`](Self::fetch) has them.
    pub async fn post(self, path: impl Into<String>, json: impl Into<String>) -> Result<Reply, Notice> {
        self.ask(path.into(), Some(json.into())).await
    }

    async fn ask(self, path: String, json: Option<String>) -> Result<Reply, Notice> {
        let session = self.state.read_untracked().session.clone().ok_or(Failure::LoginEnded)?;
        let address = address(&self.api(&session).await?, &path);
        let authorization = ["Bearer ", session.access_token().expose()].concat();
        let answer = fetch::text(&address, &authorization, json.as_deref()).await;
        let (status, text) = answer.map_err(|_| Notice::no_answer_of_the_provider())?;
        // Which 401 is about the token, and which about the person, the provider's own file knows.
        let refusal = (status == 401).then(|| profile_endpoint(session.provider()).read(status, Js::parse(&text)));
        if refusal != Some(Err(ProfileError::TokenRefused)) {
            return Ok(Reply { status, text });
        }
        // The person may have logged out, or in again, in the meantime.
        if self.state.read_untracked().session.as_ref().is_some_and(|now| now.is(&session)) {
            self.end(Failure::LoginEnded);
        }
        Err(Failure::LoginEnded.into())
    }

    /// The origin of the API of the provider that the session is with.
    async fn api(self, session: &Session) -> Result<String, Failure> {
        let loaded = match &self.state.read_untracked().config {
            ConfigState::Loaded(config) => Some(config.clone()),
            ConfigState::Loading | ConfigState::Failed(_) => None,
        };
        let config = match loaded {
            Some(config) => config,
            // The browser has kept it, or it is on its way.
            None => api::config().await?,
        };
        let profile_url = config.provider(session.provider()).and_then(|provider| provider.profile_url.as_deref());
        profile_url.and_then(redirect::origin).map(Into::into).ok_or(Failure::UnknownProvider)
    }
}

/// A path at an origin, and at no other whatever it starts with.
fn address(origin: &str, path: &str) -> String {
    [origin, "/", path.trim_start_matches('/')].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_goes_to_no_other_origin_than_the_providers() {
        for (path, expected) in [
            ("/v1/auth/me", "https://api.example/v1/auth/me"),
            ("v1/auth/me?x=1", "https://api.example/v1/auth/me?x=1"),
            ("", "https://api.example/"),
            ("//evil.example", "https://api.example/evil.example"),
            ("@evil.example", "https://api.example/@evil.example"),
            (".evil.example", "https://api.example/.evil.example"),
            ("https://evil.example", "https://api.example/https://evil.example"),
            ("\\\\evil.example", "https://api.example/\\\\evil.example"),
        ] {
            assert_eq!(address("https://api.example", path), expected);
        }
    }
}
