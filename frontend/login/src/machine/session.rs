//! The session, in a tab or in a cookie: how it begins, how it ends, and the effects of time and of other tabs on it.

use shared::return_path::ReturnPath;
use shared::session::SessionMode;

use super::{Backoff, Check, DOUBLE_CLICK_MS, Effect, EndSession, Login, Machine, ProfileState, Retry, Stored};
use crate::failure::Cause;
use crate::session::Session;

impl Machine {
    /// Begins a session.
    pub(super) fn begin(&mut self, session: Session) {
        self.forget_profile();
        self.state.asks_tabs = false;
        self.state.left = None;
        self.effects.push(Effect::Keep(session.clone()));
        self.state.session = Some(session);
        self.wake();
        self.load_profile();
        self.settle();
    }

    pub(super) fn forget_profile(&mut self) {
        self.state.profile = ProfileState::Loading;
        if let Some(old) = self.state.profile_request.take() {
            self.effects.push(Effect::Cancel(old));
        }
    }

    /// Makes the responses to requests about an earlier session change nothing.
    pub(super) fn forget_questions(&mut self) {
        if let Some(old) = self.state.session_request.take() {
            self.effects.push(Effect::Cancel(old));
        }
        self.state.check = Check::Known;
        self.state.asks_tabs = false;
        // The request of a renewal is not cancelled: it may have spent a refresh token.
        self.state.renewal = None;
        self.state.rejected = None;
        self.state.backoff = Backoff::default();
    }

    /// Removes the session from this tab.
    pub(super) fn drop_session(&mut self) {
        self.forget_profile();
        if self.state.session.as_ref().is_some_and(|session| !session.is_in_cookie()) {
            self.state.check = Check::Known;
        }
        self.state.session = None;
        self.state.renewal = None;
        self.state.rejected = None;
        self.effects.push(Effect::Forget);
    }

    /// Ends the session in this tab.
    pub(super) fn end(&mut self, cause: Cause) {
        self.drop_session();
        // A login in progress takes precedence over the failure.
        match self.state.login {
            Login::Idle => self.fail(cause, Retry::No),
            _ => self.wake(),
        }
    }

    /// Ends the session in all tabs, because the provider rejects it.
    pub(super) fn end_everywhere(&mut self, cause: Cause) {
        if let Some(session) = &self.state.session {
            let id = session.id().to_owned();
            self.effects.push(Effect::EndEverywhere(id.clone()));
            if session.is_in_cookie() {
                self.effects.push(Effect::EndSession(EndSession { id, token: None }));
                self.effects.push(Effect::Announce);
            }
        }
        self.end(cause);
    }

    pub(super) fn log_out(&mut self) {
        if let Some(session) = &self.state.session {
            self.state.left = Some(session.provider().to_owned());
            self.effects.push(Effect::NoteSignedOut(session.id().to_owned()));
            let token = || Some((session.provider().to_owned(), session.access_token_at(self.state.now)?.clone()));
            let token = if session.is_in_cookie() { None } else { token() };
            if session.is_in_cookie() || token.is_some() {
                self.effects.push(Effect::EndSession(EndSession { id: session.id().to_owned(), token }));
            }
        }
        self.drop_session();
        self.forget_questions();
        self.state.problem = None;
        self.state.unasked = None;
        if matches!(self.state.login, Login::Finishing(..)) {
            self.effects.push(Effect::Go(ReturnPath::home()));
        }
        self.state.login = Login::Idle;
        self.state.logged_out_at = Some(self.state.now);
        self.effects.extend([Effect::SignOutEverywhere, Effect::Announce]);
        self.wake();
    }

    /// Compares what this tab shows with what is stored: another tab may have logged out, the session may have ended,
    /// or the page may be back from the back-forward cache.
    pub(super) fn look(&mut self, stored: Stored) {
        let kept = stored.session.clone().filter(|_| self.may_be_in_tab());
        self.state.stored = stored;
        match (&self.state.session, kept) {
            (Some(shown), _) if shown.is_in_cookie() => {
                match self.is_over(shown) {
                    Some(cause) => self.end(cause),
                    None => self.wake(),
                }
                return self.go_on_with_session(false);
            }
            (Some(shown), kept) => match self.is_over(shown) {
                Some(cause) => self.end(cause),
                // The browser could not store the session, so what it stored earlier does not count.
                None if !self.state.is_kept => self.wake(),
                None => match kept {
                    None => self.end(Cause::SignedOutElsewhere),
                    Some(kept) if kept.id() != shown.id() && self.is_over(&kept).is_none() => self.begin(kept),
                    Some(_) => self.wake(),
                },
            },
            (None, Some(kept)) => match self.is_over(&kept) {
                Some(cause) => self.end(cause),
                None => {
                    self.state.problem = None;
                    self.state.is_kept = true;
                    self.begin(kept);
                }
            },
            (None, None) => self.wake(),
        }
        self.go_on_with_session(false);
    }

    /// Whether a session may be in a tab, as far as the mode is known.
    fn may_be_in_tab(&self) -> bool {
        !matches!(self.state.mode(), Some(SessionMode::Cookie | SessionMode::Proxy))
    }

    /// Why a session has ended, by what this browser knows. The clock ends only a session in a tab; for one in a
    /// cookie, the function decides.
    fn is_over(&self, session: &Session) -> Option<Cause> {
        let stored = &self.state.stored;
        let is_refused = stored.ended.as_deref() == Some(session.id());
        if stored.signed_out.iter().any(|id| id == session.id()) {
            return Some(Cause::SignedOutElsewhere);
        }
        if session.is_in_cookie() {
            return is_refused.then_some(Cause::LoginEnded);
        }
        if session.mark() != stored.mark.as_deref() {
            return Some(Cause::SignedOutElsewhere);
        }
        (is_refused || session.is_expired(self.state.now)).then_some(Cause::LoginEnded)
    }

    /// Handles the session that another tab has sent, if one has.
    pub(super) fn take_over(&mut self, session: Option<Session>) {
        self.state.asks_tabs = false;
        let session = session.filter(|session| self.may_be_in_tab() && self.is_over(session).is_none());
        match session {
            Some(session) if self.state.session.is_none() && self.state.login == Login::Idle => {
                self.state.problem = None;
                self.state.is_kept = true;
                self.begin(session);
            }
            None if self.state.session.is_none() && self.state.check == Check::Known => {
                self.effects.push(Effect::Forget);
                self.settle();
            }
            _ => self.settle(),
        }
    }

    /// Handles the return from the back-forward cache. If sessions are in a cookie, it may hold another session by now,
    /// and nothing about an earlier person may be shown.
    pub(super) fn come_back(&mut self) {
        if matches!(self.state.login, Login::Leaving(_)) {
            self.state.login = Login::Idle;
        }
        if self.state.mode() != Some(SessionMode::Tab) {
            self.forget_profile();
            self.forget_questions();
            self.state.session = None;
            self.state.check = Check::Asking;
            self.ask();
        }
    }

    /// Sets the timer for the next check: often enough for the countdowns, and so that the end of a sleep is noticed
    /// soon.
    pub(super) fn wake(&mut self) {
        let now = self.state.now;
        let is_ahead = |at: &u64| *at > now;
        let retry_at = self.state.problem.as_ref().and_then(|problem| problem.retry_at);
        let second = retry_at.filter(is_ahead).map(|_| now + 1_000);
        let session = self.state.session.as_ref();
        let minute = session.and_then(Session::expires_at).filter(is_ahead).map(|end| end.min(now + 30_000));
        let renewal = session.and_then(Session::renew_at).filter(is_ahead);
        let again = self.state.backoff.at.filter(is_ahead);
        let logged_out = self.state.logged_out_at.map(|at| at + DOUBLE_CLICK_MS).filter(is_ahead);
        let first = [second, minute, renewal, again, logged_out].into_iter().flatten().min();
        self.effects.push(Effect::WakeAt(first));
    }
}
