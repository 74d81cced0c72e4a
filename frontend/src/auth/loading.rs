//! What has to be asked for: the configuration, and who has logged in. A login that was wanted before the configuration
//! was there begins when it comes.

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::config::AppConfig;
use shared::provider::{Profile, ProfileError};
use shared::return_path::ReturnPath;

use super::Auth;
use crate::failure::Failure;
use crate::{api, login};

/// `/api/config`, as far as it has come.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum ConfigState {
    Loading,
    Loaded(AppConfig),
    Failed(Failure),
}

/// The profile of the person, as far as it has come.
#[derive(Clone, Debug, PartialEq)]
pub enum ProfileState {
    /// Not asked for yet, or on its way.
    Loading,
    /// There it is.
    Loaded(Profile),
    /// The person is signed in, but has yet to verify their e-mail address with the provider.
    EmailNotVerified,
    /// The person is signed in, but the profile did not load.
    Failed,
}

impl Auth {
    pub(super) fn load_config(&self) {
        let auth = *self;
        auth.config.set(ConfigState::Loading);
        spawn_local(async move {
            match api::config().await {
                Ok(config) => {
                    auth.config.set(ConfigState::Loaded(config.clone()));
                    auth.depart(&config);
                    auth.load_profile();
                }
                Err(failure) => {
                    auth.config.set(ConfigState::Failed(failure.clone()));
                    auth.load_profile();
                    if auth.take_wanted().is_some() {
                        auth.stay(failure);
                    }
                }
            }
        });
    }

    /// Begins the login that is wanted, if one is.
    pub(super) fn depart(&self, config: &AppConfig) {
        let Some((provider_id, return_to)) = self.take_wanted() else { return };
        let first = || config.providers.first().map(|provider| provider.id.clone());
        let begun = provider_id.or_else(first).ok_or(Failure::UnknownProvider);
        if let Err(failure) = begun.and_then(|id| login::begin(config, &id, return_to)) {
            self.stay(failure);
        }
    }

    fn take_wanted(&self) -> Option<(Option<String>, ReturnPath)> {
        self.wanted.try_update_value(Option::take).flatten()
    }

    /// The login could not begin: the person stays here.
    fn stay(&self, why: Failure) {
        self.leaving.set(false);
        self.failure.set(Some(why));
    }

    /// Asks who has logged in, once session and configuration are both there.
    pub(super) fn load_profile(&self) {
        let auth = *self;
        let Some(session) = auth.session.get_untracked() else { return };
        let config = match auth.config.get_untracked() {
            ConfigState::Loaded(config) => config,
            ConfigState::Loading => return,
            ConfigState::Failed(_) => return auth.profile.set(ProfileState::Failed),
        };
        let Some(provider) = config.provider(session.provider()).cloned() else {
            return auth.profile.set(ProfileState::Failed);
        };
        auth.profile.set(ProfileState::Loading);
        spawn_local(async move {
            let answer = api::profile(&provider, session.access_token()).await;
            // The person may have logged out, or in again, in the meantime.
            if !auth.session.with_untracked(|now| now.as_ref().is_some_and(|now| now.is(&session))) {
                return;
            }
            match answer {
                Ok(profile) => auth.profile.set(ProfileState::Loaded(profile)),
                Err(ProfileError::EmailNotVerified) => auth.profile.set(ProfileState::EmailNotVerified),
                Err(ProfileError::TokenRefused) => auth.end(Failure::LoginEnded),
                Err(ProfileError::Unreadable) => auth.profile.set(ProfileState::Failed),
            }
        });
    }
}
