//! What has to be asked for: the configuration, the token for a code that came back, and who has logged in. A login that
//! was wanted before the configuration was there begins when it comes.

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::callback::CallbackError;
use shared::config::ProviderConfig;
use shared::provider::ProfileError;
use shared::return_path::ReturnPath;

use super::Auth;
use super::state::{ConfigState, ProfileState, Wanted};
use crate::callback::{self, Refused};
use crate::failure::Failure;
use crate::{api, login};

impl Auth {
    pub(super) fn load_config(&self) {
        let auth = *self;
        auth.wait();
        auth.state.write().config = ConfigState::Loading;
        spawn_local(async move {
            match api::config().await {
                Ok(config) => {
                    auth.state.write().config = ConfigState::Loaded(config);
                    auth.depart();
                    auth.load_profile();
                }
                Err(failure) => {
                    auth.state.write().config = ConfigState::Failed(failure.clone());
                    auth.load_profile();
                    if auth.state.write_untracked().wanted.take().is_some() {
                        auth.stay(failure);
                    }
                }
            }
        });
    }

    /// Begins the login that is wanted, if one is and the configuration is there.
    pub(super) fn depart(&self) {
        let auth = *self;
        let mut state = self.state.write_untracked();
        let ConfigState::Loaded(config) = &state.config else { return };
        let config = config.clone();
        let Some(Wanted { provider, return_to }) = state.wanted.take() else { return };
        drop(state);
        spawn_local(async move {
            let wanted = |one: &&ProviderConfig| provider.as_ref().is_none_or(|id| *id == one.id);
            let begun = match config.providers.iter().find(wanted) {
                Some(provider) => login::begin(provider, return_to).await,
                None => Err(Failure::UnknownProvider),
            };
            if let Err(failure) = begun {
                auth.stay(failure);
            }
        });
    }

    /// The login could not begin: the person stays here.
    fn stay(&self, why: Failure) {
        let mut state = self.state.write();
        state.leaving = false;
        state.failure = Some(why);
    }

    /// Finishes the login whose callback the page was opened with, or says why it cannot.
    pub(crate) fn finish(&self) {
        let auth = *self;
        let received = auth.state.write_untracked().received.take();
        let refuse = move |failure, provider, return_to| {
            auth.state.write().refused = Some(Refused { failure, provider, return_to });
        };
        match received {
            Some(Ok(validated)) => {
                auth.wait();
                let (provider, return_to) = (validated.provider().to_owned(), validated.return_to().clone());
                spawn_local(async move {
                    match callback::finish(validated).await {
                        Ok(session) => auth.arrive(session, &return_to),
                        Err(failure) => refuse(failure, Some(provider), return_to),
                    }
                });
            }
            Some(Err(Refused { failure, provider, return_to })) => refuse(failure, provider, return_to),
            // There is nothing to finish here.
            None => refuse(Failure::Callback(CallbackError::StateMissing), None, ReturnPath::home()),
        }
    }

    /// Asks who has logged in, once session and configuration are both there.
    pub(super) fn load_profile(&self) {
        let auth = *self;
        let state = auth.state.read_untracked();
        let Some(session) = state.session.clone() else { return };
        let provider = match &state.config {
            ConfigState::Loaded(config) => config.provider(session.provider()),
            ConfigState::Loading => return,
            ConfigState::Failed(_) => None,
        };
        let profile_url = provider.map(|provider| provider.profile_url.clone());
        drop(state);
        let (profile, profile_url) = match profile_url {
            Some(Some(profile_url)) => (ProfileState::Loading, Some(profile_url)),
            Some(None) => (ProfileState::Nameless, None),
            None => (ProfileState::Failed, None),
        };
        auth.state.write().profile = profile;
        let Some(profile_url) = profile_url else { return };
        auth.wait();
        spawn_local(async move {
            let answer = api::profile(session.provider(), &profile_url, session.access_token()).await;
            // The person may have logged out, or in again, in the meantime.
            if !auth.state.read_untracked().session.as_ref().is_some_and(|now| now.is(&session)) {
                return;
            }
            let profile = match answer {
                Ok(profile) => ProfileState::Loaded(profile),
                Err(ProfileError::EmailNotVerified) => ProfileState::EmailNotVerified,
                Err(ProfileError::TokenRefused) => return auth.end(Failure::LoginEnded),
                Err(ProfileError::Unreadable) => ProfileState::Failed,
            };
            auth.state.write().profile = profile;
        });
    }
}
