//! The session that the cookie contains, and its state at a given time.

use alloc::string::String;

use super::{ProfileFault, SessionMode, SessionState};
use crate::base64url;
use crate::provider::{Profile, ProfileError, Token};
use crate::secret::{AccessToken, RefreshToken};

/// The maximum length of a person's name, in characters.
const MAX_NAME: usize = 200;

/// The maximum length of the URL of a picture, in bytes.
const MAX_PICTURE: usize = 1000;

/// A day, in seconds.
const DAY: u64 = 24 * 60 * 60;

/// The lifetime of a session, counted from its login: `OAUTH_SESSION_DAYS`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lifetime {
    days: u16,
}

impl Lifetime {
    /// A number of days. 0 means until the browser is closed, but at most one day.
    pub fn of_days(days: u16) -> Self {
        Self { days }
    }

    /// The maximum lifetime, in seconds.
    pub fn seconds(self) -> u64 {
        u64::from(self.days.max(1)) * DAY
    }

    /// Whether the cookie ends with the browser.
    pub fn ends_with_browser(self) -> bool {
        self.days == 0
    }
}

/// A session, as stored in the cookie. It does not contain the provider, to which the encryption is bound.
///
/// All times are in seconds since the Unix epoch.
#[derive(Clone, Debug)]
pub struct StoredSession {
    /// The unique id.
    pub id: [u8; 16],
    /// When the person logged in. The lifetime is counted from here, however often the session is renewed.
    pub logged_in_at: u64,
    /// The number of its renewals.
    pub renewals: u64,
    /// The access token.
    pub access_token: AccessToken,
    /// When the access token expires, if that is known.
    pub token_ends_at: Option<u64>,
    /// The refresh token, if the provider has issued one.
    pub refresh_token: Option<RefreshToken>,
    /// The person's profile, if the provider has returned one.
    pub profile: Option<Profile>,
    /// Why there is no profile, or no current one.
    pub profile_error: Option<ProfileFault>,
}

impl StoredSession {
    /// Creates the session that begins with this token.
    pub fn new(id: [u8; 16], token: Token, now: u64) -> Self {
        Self {
            id,
            logged_in_at: now,
            renewals: 0,
            access_token: token.access_token,
            token_ends_at: token.expires_in.map(|seconds| now.saturating_add(seconds)),
            refresh_token: token.refresh_token,
            profile: None,
            profile_error: None,
        }
    }

    /// The id, as the page sees it.
    pub fn id(&self) -> String {
        base64url::encode(&self.id)
    }

    /// Whether it can be renewed.
    pub fn is_renewable(&self) -> bool {
        self.refresh_token.is_some()
    }

    /// Replaces the token after a renewal. If the response has no refresh token, the old one stays valid (RFC 6749, 6).
    pub fn renew(&mut self, token: Token, now: u64) {
        self.renewals += 1;
        self.access_token = token.access_token;
        self.token_ends_at = token.expires_in.map(|seconds| now.saturating_add(seconds));
        if token.refresh_token.is_some() {
            self.refresh_token = token.refresh_token;
        }
    }

    /// Stores the result of a request for the profile. If it failed, the previous profile is kept.
    pub fn note_profile(&mut self, read: Result<Profile, ProfileError>) {
        match read {
            Ok(profile) => {
                self.profile = Some(bounded(profile));
                self.profile_error = None;
            }
            Err(ProfileError::EmailNotVerified) => self.profile_error = Some(ProfileFault::Unverified),
            Err(ProfileError::TokenRefused) => self.profile_error = Some(ProfileFault::Refused),
            Err(ProfileError::Unreadable) => self.profile_error = Some(ProfileFault::Unavailable),
        }
    }

    /// The same session without the profile, for use if the session does not fit into the cookies.
    #[must_use]
    pub fn without_profile(&self) -> Self {
        Self { profile: None, profile_error: Some(ProfileFault::Unavailable), ..self.clone() }
    }

    /// When the session ends: after its lifetime, or with its access token if it cannot be renewed.
    pub fn ends_at(&self, lifetime: Lifetime) -> u64 {
        let limit = self.logged_in_at.saturating_add(lifetime.seconds());
        match self.token_ends_at {
            Some(end) if !self.is_renewable() => limit.min(end),
            _ => limit,
        }
    }

    /// How long the session lasts from now on, in seconds; `None` if it has ended. A login in the future means that
    /// another instance's clock is slightly ahead; it does not extend the session.
    pub fn ends_in(&self, lifetime: Lifetime, now: u64) -> Option<u64> {
        let left = self.ends_at(lifetime).checked_sub(now).filter(|left| *left > 0)?;
        Some(left.min(lifetime.seconds()))
    }

    /// Whether the access token has expired.
    pub fn is_token_over(&self, now: u64) -> bool {
        self.token_ends_at.is_some_and(|end| end <= now)
    }

    /// The session as the page sees it; `None` if it has ended.
    pub fn state(&self, mode: SessionMode, provider: &str, lifetime: Lifetime, now: u64) -> Option<SessionState> {
        let is_token_valid = !self.is_token_over(now);
        let access_token = (mode == SessionMode::Cookie && is_token_valid).then(|| self.access_token.clone());
        Some(SessionState {
            id: self.id(),
            mode,
            provider: provider.into(),
            renewals: self.renewals,
            renewable: self.is_renewable(),
            expires_in: self.token_ends_at.filter(|_| is_token_valid).map(|end| end - now),
            ends_in: self.ends_in(lifetime, now)?,
            profile: self.profile.clone(),
            profile_error: self.profile_error,
            access_token,
        })
    }
}

/// Limits the size of a profile, so that it does not fill the cookie.
fn bounded(profile: Profile) -> Profile {
    let Profile { mut name, picture, role } = profile;
    if let Some((end, _)) = name.char_indices().nth(MAX_NAME) {
        name.truncate(end);
    }
    Profile { name, picture: picture.filter(|picture| picture.len() <= MAX_PICTURE), role }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: u64 = 1_700_000_000;

    fn token(expires_in: Option<u64>, refresh_token: Option<&str>) -> Token {
        let refresh_token = refresh_token.map(RefreshToken::new);
        Token { access_token: AccessToken::new("t"), expires_in, refresh_token }
    }

    fn session(expires_in: Option<u64>, refresh_token: Option<&str>) -> StoredSession {
        StoredSession::new([0; 16], token(expires_in, refresh_token), NOW)
    }

    #[test]
    fn session_ends_after_its_lifetime_or_with_a_token_that_cannot_be_renewed() {
        for (days, expires_in, refresh_token, expected) in [
            (30, None, None, 30 * DAY),
            (30, Some(60), None, 60),
            (30, Some(60), Some("r"), 30 * DAY),
            (1, Some(2 * DAY), None, DAY),
            (0, None, Some("r"), DAY),
            (0, Some(60), None, 60),
        ] {
            let lifetime = Lifetime::of_days(days);
            let session = session(expires_in, refresh_token);
            assert_eq!(session.ends_in(lifetime, NOW), Some(expected), "{days} {expires_in:?}");
            assert_eq!(session.ends_in(lifetime, NOW + expected - 1), Some(1));
            assert_eq!(session.ends_in(lifetime, NOW + expected), None, "it has ended");
            assert!(session.state(SessionMode::Cookie, "p", lifetime, NOW + expected).is_none());
        }
    }

    #[test]
    fn clock_that_is_behind_does_not_extend_a_session() {
        let lifetime = Lifetime::of_days(1);
        assert_eq!(session(None, None).ends_in(lifetime, NOW - 5 * DAY), Some(DAY));
    }

    #[test]
    fn renewal_keeps_the_login_time_and_a_refresh_token_that_is_not_replaced() {
        let mut session = session(Some(60), Some("one"));
        session.renew(token(Some(60), None), NOW + 100);
        let refresh =
            |session: &StoredSession| session.refresh_token.as_ref().map(|token| String::from(token.expose()));
        assert_eq!((session.renewals, refresh(&session).as_deref()), (1, Some("one")));
        session.renew(token(None, Some("two")), NOW + 200);
        assert_eq!((session.renewals, refresh(&session).as_deref()), (2, Some("two")));
        assert_eq!((session.logged_in_at, session.token_ends_at), (NOW, None));
        assert_eq!(session.ends_in(Lifetime::of_days(1), NOW + 200), Some(DAY - 200));
    }

    #[test]
    fn page_gets_the_token_only_in_cookie_mode_and_while_it_is_valid() {
        let session = session(Some(60), Some("r"));
        let state = |mode, now| session.state(mode, "p", Lifetime::of_days(1), now).expect("it has not ended");
        let valid = state(SessionMode::Cookie, NOW + 59);
        assert_eq!((valid.expires_in, valid.access_token.is_some()), (Some(1), true));
        let over = state(SessionMode::Cookie, NOW + 60);
        assert_eq!((over.expires_in, over.access_token.is_some(), over.renewable), (None, false, true));
        let proxy = state(SessionMode::Proxy, NOW);
        assert_eq!((proxy.expires_in, proxy.access_token.is_some()), (Some(60), false));
    }

    #[test]
    fn profile_is_limited_in_size_and_kept_after_a_failure() {
        let mut session = session(None, None);
        let profile = |name: &str, picture: usize| Profile {
            name: name.into(),
            picture: Some("p".repeat(picture)),
            role: Some("r".into()),
        };
        session.note_profile(Ok(profile(&"é".repeat(201), 1001)));
        let kept = session.profile.clone().expect("there is one");
        assert_eq!((kept.name.chars().count(), kept.picture), (200, None));
        session.note_profile(Ok(profile(&"é".repeat(200), 1000)));
        let kept = session.profile.clone().expect("there is one");
        assert_eq!((kept.name.chars().count(), kept.picture.map(|picture| picture.len())), (200, Some(1000)));
        for (error, fault) in [
            (ProfileError::EmailNotVerified, ProfileFault::Unverified),
            (ProfileError::TokenRefused, ProfileFault::Refused),
            (ProfileError::Unreadable, ProfileFault::Unavailable),
        ] {
            session.note_profile(Err(error));
            assert_eq!((session.profile.is_some(), session.profile_error), (true, Some(fault)));
        }
        session.note_profile(Ok(profile("demo", 1)));
        assert_eq!(session.profile_error, None);
    }
}
