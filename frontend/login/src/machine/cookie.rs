//! A session in a cookie (`OAUTH_SESSION=cookie` and `proxy`). Only the function can read the cookie, so the page
//! requests the session, and requests it again whenever it may have changed. Tokens are renewed here before they
//! expire.

use shared::error::ErrorCode;
use shared::session::{ProfileFault, SessionMode, SessionState};

use super::{Backoff, Check, Config, Effect, EndSession, Login, Machine, ProfileState, Renewal, Retry};
use crate::failure::Cause;
use crate::session::Session;

impl Machine {
    /// Requests the session in the cookie from the function.
    pub(super) fn ask(&mut self) {
        if let Some(old) = self.state.session_request.take() {
            self.effects.push(Effect::Cancel(old));
        }
        let generation = self.next();
        self.state.session_request = Some(generation);
        self.effects.push(Effect::LoadSession(generation));
    }

    /// Requests the session again, because the cookie may hold another one now, or none.
    pub(super) fn ask_again(&mut self) {
        let has_own = self.state.session.as_ref().is_some_and(|session| !session.is_in_cookie());
        if !has_own && self.state.mode() != Some(SessionMode::Tab) {
            self.ask();
        }
    }

    /// Handles the response to the request for the session.
    pub(super) fn session_answered(&mut self, answer: Result<Option<SessionState>, Cause>) {
        match answer {
            Ok(Some(session)) => self.adopt(&session),
            Ok(None) => self.no_session(),
            // A function of a version without such sessions.
            Err(Cause::Function { code: ErrorCode::NotFound, .. }) => self.no_session(),
            Err(cause) => self.session_unknown(&cause),
        }
        self.settle();
    }

    /// Handles a session that the cookie holds.
    pub(super) fn adopt(&mut self, met: &SessionState) {
        self.state.check = Check::Known;
        let is_ended = self.state.stored.ended.as_ref() == Some(&met.id);
        if is_ended || self.state.stored.signed_out.contains(&met.id) {
            // The function does not know of its end yet.
            self.effects.push(Effect::EndSession(EndSession { id: met.id.clone(), token: None }));
            return self.no_session();
        }
        if self.state.mode().is_some_and(|mode| mode != met.mode) {
            self.effects.push(Effect::Reload);
        }
        let shown = self.state.session.as_ref().filter(|shown| shown.id() == met.id);
        if shown.is_some_and(|shown| shown.renewals() > met.renewals) {
            return; // An outdated response.
        }
        let is_new = shown.is_none();
        let rejected = self.state.rejected.take();
        if rejected.is_some_and(|(id, renewals)| id == met.id && renewals == met.renewals) && !is_new {
            return self.end_everywhere(Cause::LoginEnded);
        }
        if !met.renewable && met.profile_error == Some(ProfileFault::Refused) && self.state.options.loads_profile {
            return self.end_refused(met);
        }
        let hint = self.state.stored.hint.as_ref();
        let hint = hint.filter(|hint| hint.id == met.id && hint.renewals == met.renewals);
        let session = Session::of_cookie(met, hint.and_then(|hint| hint.life), self.state.now);
        if is_new {
            if self.state.problem.as_ref().is_some_and(|problem| !matches!(problem.retry, Retry::LogIn(_))) {
                self.state.problem = None;
            }
            self.begin(session);
        } else {
            self.effects.push(Effect::Keep(session.clone()));
            self.state.session = Some(session);
        }
        self.show_profile(met);
        self.go_on_with_session(false);
        self.wake();
    }

    /// Ends a session that cannot be renewed and whose token the provider rejects.
    fn end_refused(&mut self, met: &SessionState) {
        if self.state.session.as_ref().is_some_and(|shown| shown.id() == met.id) {
            return self.end_everywhere(Cause::LoginEnded);
        }
        self.effects.push(Effect::EndEverywhere(met.id.clone()));
        self.effects.push(Effect::EndSession(EndSession { id: met.id.clone(), token: None }));
        self.end(Cause::LoginEnded);
    }

    /// Handles the response that the cookie holds no session.
    fn no_session(&mut self) {
        self.state.check = Check::Known;
        self.state.backoff = Backoff::default();
        self.state.rejected = None;
        match &self.state.session {
            Some(session) if session.is_in_cookie() => {
                let is_signed_out = self.state.stored.signed_out.iter().any(|id| id == session.id());
                self.end(if is_signed_out { Cause::SignedOutElsewhere } else { Cause::LoginEnded });
            }
            Some(_) => {}
            None => {
                if self.state.problem.as_ref().is_some_and(|problem| problem.cause == Cause::SessionUnknown) {
                    self.state.problem = None;
                }
                if !self.state.asks_tabs {
                    self.effects.push(Effect::Forget);
                }
                self.wake();
            }
        }
    }

    /// Handles a failed request for the session.
    fn session_unknown(&mut self, cause: &Cause) {
        self.back_off(cause);
        if self.state.is_known() {
            return;
        }
        self.state.check = Check::Failed;
        if self.state.problem.is_none() && self.state.login == Login::Idle && self.state.unasked.is_none() {
            self.fail(Cause::SessionUnknown, Retry::Load);
        }
    }

    /// Schedules a retry after a failure that may be temporary.
    fn back_off(&mut self, cause: &Cause) {
        let now = self.state.now;
        let retry_at = cause.retry_at(now);
        if let Some(at) = retry_at {
            self.effects.push(Effect::NoteRetryAt(at));
        }
        self.state.backoff.failed(now, retry_at);
        self.wake();
    }

    /// Does what is due: retries after a failure, renews the session, or asks the function whether it has ended. With
    /// `early`, a retry need not be due yet, because the page is shown or the network is back.
    pub(super) fn go_on_with_session(&mut self, early: bool) {
        let now = self.state.now;
        if self.state.session_request.is_some() || self.state.renewal.is_some() {
            return;
        }
        // A time too far in the future comes from another clock.
        let wanted = self.state.stored.retry_at.filter(|at| *at > now && *at - now <= 3_600_000);
        if let Some(at) = self.state.backoff.at {
            if wanted.is_some() || (now < at && !early) {
                return;
            }
            self.state.backoff.at = None;
            if matches!(self.state.config, Config::Failed) {
                self.load_config();
            }
            return self.ask();
        }
        let Some(session) = self.state.session.as_ref().filter(|session| session.is_in_cookie()) else { return };
        if session.renew_at().is_some_and(|at| now >= at) {
            match wanted {
                None => self.renew(false),
                Some(at) => {
                    self.state.backoff.at = Some(at);
                    self.wake();
                }
            }
        } else if session.is_expired(now) {
            self.ask();
        }
    }

    /// Renews the session if a request waits for a valid token.
    pub(super) fn want_token(&mut self) {
        let now = self.state.now;
        let Some(session) = &self.state.session else { return };
        let is_lacking = session.is_in_cookie() && session.is_renewable() && !session.has_token(now);
        let is_wanted_later = self.state.stored.retry_at.is_some_and(|at| at > now);
        if is_lacking && !is_wanted_later && self.state.renewal.is_none() {
            self.renew(false);
        }
    }

    /// Handles an API's rejection of a token. `id` is the session's, and `renewals` counts its renewals up to that
    /// token.
    pub(super) fn token_refused(&mut self, id: &str, renewals: u64) {
        let Some(session) = self.state.session.as_ref().filter(|session| session.id() == id) else { return };
        if !session.is_in_cookie() {
            return self.ask_for_profile();
        }
        if session.renewals() != renewals || self.state.renewal.is_some() {
            return; // The session has since been renewed, or is being renewed.
        }
        if session.is_renewable() {
            self.start(Some(renewals), false);
        } else {
            self.start(None, true);
        }
    }

    /// Renews the session if that is due, and reads its profile if `profile` is set.
    pub(super) fn renew(&mut self, profile: bool) {
        let now = self.state.now;
        let Some(session) = self.state.session.as_ref().filter(|_| self.state.renewal.is_none()) else { return };
        let is_due = session.is_renewable() && session.renew_at().is_some_and(|at| now >= at);
        let renewals = is_due.then_some(session.renewals());
        if renewals.is_some() || profile {
            self.start(renewals, profile);
        }
    }

    fn start(&mut self, renewals: Option<u64>, profile: bool) {
        let Some(session) = &self.state.session else { return };
        let id = session.id().to_owned();
        // The person waits only for the profile, not for a renewal.
        let generation = if profile { self.wait() } else { self.next() };
        let renewal = Renewal { generation, id, renewals, profile };
        self.state.renewal = Some(renewal.clone());
        self.effects.push(Effect::Renew(renewal));
    }

    /// Handles the response to a renewal.
    pub(super) fn renewed(&mut self, renewal: &Renewal, answer: Result<Option<SessionState>, Cause>) {
        match answer {
            Ok(Some(session)) => {
                let is_stuck = renewal.renewals == Some(session.renewals) && session.id == renewal.id;
                if is_stuck {
                    self.back_off(&Cause::NoAnswer);
                } else {
                    self.state.backoff = Backoff::default();
                    if renewal.renewals.is_some() {
                        self.effects.push(Effect::Announce);
                    }
                }
                self.adopt(&session);
                self.go_on_with_profile(renewal, &session);
            }
            Ok(None) => self.no_session(),
            Err(Cause::Function { code: ErrorCode::InvalidSession, .. }) => {
                let count = self.state.session.as_ref().map(Session::renewals).unwrap_or_default();
                self.state.rejected = Some((renewal.id.clone(), renewal.renewals.unwrap_or(count)));
                self.ask();
            }
            Err(Cause::Function { code: ErrorCode::SessionChanged, .. }) => self.ask(),
            // The token has expired by the function's clock, which is decisive.
            Err(Cause::Function { code: ErrorCode::TokenExpired, .. }) if renewal.renewals.is_none() => {
                match self.state.session.as_ref().filter(|session| session.is_renewable()).map(Session::renewals) {
                    Some(renewals) => self.start(Some(renewals), renewal.profile),
                    None => self.ask(),
                }
            }
            // The refresh token is spent, and the function has cleared the cookie.
            Err(cause @ Cause::Function { code: ErrorCode::SessionTooLarge, .. }) => {
                self.effects.push(Effect::EndEverywhere(renewal.id.clone()));
                self.effects.push(Effect::Announce);
                self.end(cause);
            }
            Err(cause) => {
                if renewal.profile {
                    self.state.profile = ProfileState::Failed;
                }
                self.back_off(&cause);
            }
        }
    }

    /// Renews once after the profile URL has rejected the token: the provider may have replaced it.
    fn go_on_with_profile(&mut self, renewal: &Renewal, session: &SessionState) {
        let is_refused = renewal.profile && session.profile_error == Some(ProfileFault::Refused);
        if is_refused && session.renewable && renewal.renewals.is_none() && self.state.renewal.is_none() {
            self.start(Some(session.renewals), true);
        }
    }
}
