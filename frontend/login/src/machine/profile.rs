//! The profile. The page requests it from the provider if the session is in the tab; otherwise the function does.

use std::rc::Rc;

use shared::provider::{Profile, ProfileError};
use shared::session::{ProfileFault, SessionState};

use super::{Config, Effect, Generation, Machine, ProfileState};
use crate::failure::Cause;

impl Machine {
    pub(super) fn load_profile(&mut self) {
        if self.state.options.loads_profile {
            self.ask_for_profile();
        }
    }

    /// Requests the profile from the provider, once there is a session and a configuration.
    pub(super) fn ask_for_profile(&mut self) {
        let Some(session) = self.state.session.as_ref().filter(|session| !session.is_in_cookie()) else { return };
        let provider = match &self.state.config {
            Config::Loading(_) => return,
            Config::Loaded(config) => config.provider(session.provider()),
            Config::Failed => None,
        };
        let Some(provider) = provider else { return self.state.profile = ProfileState::Failed };
        if provider.profile_url.is_none() {
            return self.state.profile = ProfileState::Absent;
        }
        let provider = Rc::clone(provider);
        let now = self.state.now;
        let Some(token) = session.access_token_at(now).cloned() else { return };
        if let Some(old) = self.state.profile_request.take() {
            self.effects.push(Effect::Cancel(old));
        }
        let generation = self.wait();
        self.state.profile_request = Some(generation);
        self.effects.push(Effect::LoadProfile { generation, provider, token });
    }

    pub(super) fn load_profile_again(&mut self) {
        match (&self.state.session, &self.state.config) {
            (None, _) => {}
            (Some(session), _) if session.is_in_cookie() => self.renew(true),
            (Some(_), Config::Failed) => self.load_config(),
            (Some(_), _) => self.ask_for_profile(),
        }
    }

    /// Handles the provider's response to the page.
    pub(super) fn profile_answered(&mut self, generation: Generation, answer: Result<Profile, ProfileError>) {
        if self.state.profile_request != Some(generation) {
            return;
        }
        self.state.profile_request = None;
        self.state.profile = match answer {
            Ok(profile) => ProfileState::Loaded(profile),
            Err(ProfileError::EmailNotVerified) => ProfileState::EmailNotVerified,
            Err(ProfileError::Unreadable) => ProfileState::Failed,
            Err(ProfileError::TokenRefused) => return self.end_everywhere(Cause::LoginEnded),
        };
    }

    /// Shows the profile that the function reports.
    pub(super) fn show_profile(&mut self, session: &SessionState) {
        self.state.profile = match (&session.profile, session.profile_error) {
            (_, Some(ProfileFault::Unverified)) => ProfileState::EmailNotVerified,
            (Some(profile), _) => ProfileState::Loaded(profile.clone()),
            (None, Some(_)) => ProfileState::Failed,
            (None, None) => ProfileState::Absent,
        };
    }
}
