//! From the opening of the page to the end of a login: configuration, authorization request, exchange.

use shared::callback::Validated;
use shared::config::AppConfig;
use shared::return_path::ReturnPath;
use shared::session::SessionMode;

use super::{
    Arrival, Attempt, Check, Choice, Config, Departure, Effect, EndSession, Generation, Login, Machine, Problem,
    Refused, Retry, Stored,
};
use crate::failure::Cause;

impl Machine {
    /// Handles the opening of the page, at a redirect URI or elsewhere.
    pub(super) fn open(&mut self, stored: Stored, callback: Option<Result<Validated, Refused>>, is_offline: bool) {
        self.state.is_offline = is_offline;
        self.load_config();
        self.ask();
        // Another open tab may hold a session. The page waits for it only if there was a session before.
        let is_new = stored.session.is_none() && !matches!(callback, Some(Ok(_)));
        self.state.asks_tabs = is_new && stored.hint.is_some();
        self.look(stored);
        if is_new {
            self.effects.push(Effect::AskTabs);
        }
        self.effects.push(Effect::RepeatEnds);
        match callback {
            Some(Ok(validated)) => {
                let choice = Choice::Provider(validated.provider().to_owned());
                let attempt = Attempt { choice, return_to: validated.return_to().clone() };
                let generation = self.wait();
                self.state.login = Login::Finishing(generation, attempt);
                self.effects.push(Effect::Exchange(generation, validated));
            }
            Some(Err(refused)) if !refused.is_asked_for() => {
                self.state.unasked = Some(refused);
                self.settle();
            }
            Some(Err(Refused { error, provider, return_to })) => {
                let choice = provider.map_or(Choice::Ask, Choice::Provider);
                self.fail(Cause::Callback(error), Retry::LogIn(Attempt { choice, return_to }));
            }
            None => {}
        }
    }

    /// Decides about a callback that this browser did not request, as soon as it is known whether the person is signed
    /// in. If they are, it is dropped silently.
    pub(super) fn settle(&mut self) {
        if self.state.session.is_some() {
            if self.state.unasked.take().is_some() {
                self.state.problem = None;
                self.effects.push(Effect::Go(ReturnPath::home()));
            }
        } else if !self.state.is_asking()
            && self.state.login == Login::Idle
            && let Some(Refused { error, return_to, .. }) = self.state.unasked.clone()
        {
            self.fail(Cause::Callback(error), Retry::LogIn(Attempt { choice: Choice::Ask, return_to }));
        }
    }

    pub(super) fn load_config(&mut self) {
        if let Config::Loading(old) = self.state.config {
            self.effects.push(Effect::Cancel(old));
        }
        let generation = self.wait();
        self.state.config = Config::Loading(generation);
        self.effects.push(Effect::LoadConfig(generation));
    }

    /// Handles the response to the request for the configuration.
    pub(super) fn configure(&mut self, generation: Generation, answer: Result<AppConfig, Cause>) {
        if !matches!(self.state.config, Config::Loading(this) if this == generation) {
            return;
        }
        let attempt = match &self.state.login {
            Login::Wanted(attempt) => Some(attempt.clone()),
            _ => None,
        };
        match answer {
            Ok(config) => {
                let mode = config.session;
                self.state.config = Config::Loaded(config);
                self.settle_mode(mode);
                if self.state.problem.as_ref().is_some_and(|problem| problem.retry == Retry::Load)
                    && self.state.check != Check::Failed
                {
                    self.state.problem = None;
                }
                if let Some(attempt) = attempt {
                    self.prepare(attempt);
                }
            }
            Err(cause) => {
                self.state.config = Config::Failed;
                // This failure explains more than `SessionUnknown`.
                let is_free = |problem: &Problem| problem.cause == Cause::SessionUnknown;
                let is_quiet = self.state.session.is_none() && self.state.problem.as_ref().is_none_or(is_free);
                match attempt {
                    Some(attempt) => self.fail(cause, Retry::LogIn(attempt)),
                    // A session, or a login that is being finished, takes precedence. The failure is shown in place of
                    // the profile.
                    None if is_quiet && self.state.login == Login::Idle => self.fail(cause, Retry::Load),
                    None => {}
                }
            }
        }
        self.load_profile();
        self.settle();
    }

    /// Adapts to the session mode, now that it is known.
    fn settle_mode(&mut self, mode: SessionMode) {
        let is_in_tab = mode == SessionMode::Tab;
        if is_in_tab {
            // No session is in a cookie, so there is no response to wait for.
            if self.state.session.is_none() {
                self.state.check = Check::Known;
            }
        } else {
            // No session is in a tab, except one from an older configuration of the function.
            self.state.asks_tabs = false;
            if self.state.session.as_ref().is_some_and(|session| !session.is_in_cookie()) {
                self.drop_session();
                self.state.check = Check::Asking;
                self.ask();
            }
        }
        if self.state.session.as_ref().is_some_and(|session| session.mode() != mode) {
            self.effects.push(Effect::Reload);
        }
    }

    pub(super) fn log_in(&mut self, attempt: Attempt) {
        if self.state.login != Login::Idle {
            return; // A double click, or a login that is being finished.
        }
        self.state.problem = None;
        self.state.unasked = None;
        match self.state.config {
            Config::Loaded(_) => self.prepare(attempt),
            Config::Loading(_) => {
                self.wait();
                self.state.login = Login::Wanted(attempt);
            }
            Config::Failed => {
                self.load_config();
                self.state.login = Login::Wanted(attempt);
            }
        }
    }

    fn prepare(&mut self, attempt: Attempt) {
        let shown = self.state.providers();
        let provider = match &attempt.choice {
            Choice::Provider(id) => self.state.configured(id),
            Choice::Ask if shown.len() > 1 => {
                self.state.login = Login::Idle;
                self.effects.push(Effect::Go(ReturnPath::home()));
                return;
            }
            Choice::First | Choice::Ask => shown.first().copied(),
        };
        let Some(provider) = provider.cloned() else { return self.fail(Cause::UnknownProvider, Retry::No) };
        let generation = self.wait();
        self.effects.push(Effect::Prepare(generation, provider, attempt.return_to.clone()));
        self.state.login = Login::Preparing(generation, attempt);
    }

    /// Leaves for the provider, or reports why the authorization request could not be made.
    pub(super) fn leave(&mut self, generation: Generation, prepared: Result<Departure, Cause>) {
        let Login::Preparing(this, attempt) = &self.state.login else { return };
        if *this != generation {
            return;
        }
        let attempt = attempt.clone();
        match prepared {
            Ok(departure) => {
                self.state.login = Login::Leaving(attempt);
                self.effects.push(Effect::Leave(departure));
            }
            Err(cause) => self.fail(cause, Retry::LogIn(attempt)),
        }
    }

    /// Handles the response to the exchange.
    pub(super) fn finish(&mut self, generation: Generation, stored: Stored, answer: Result<Arrival, Cause>) {
        let attempt = match &self.state.login {
            Login::Finishing(this, attempt) if *this == generation => attempt.clone(),
            _ => return self.turn_away(answer),
        };
        match answer {
            Ok(arrival) => {
                self.state.login = Login::Idle;
                self.state.problem = None;
                self.state.is_kept = true;
                self.forget_questions();
                match arrival {
                    Arrival::Tab(session) => self.begin(session),
                    Arrival::Cookie(session) => {
                        self.state.stored = stored;
                        self.adopt(&session);
                        self.effects.push(Effect::Announce);
                    }
                }
                self.effects.push(Effect::Go(attempt.return_to));
            }
            Err(cause) => self.fail(cause, Retry::LogIn(attempt)),
        }
    }

    /// Ends the session of a login that the person has cancelled by logging out: its exchange may still have set a
    /// cookie.
    fn turn_away(&mut self, answer: Result<Arrival, Cause>) {
        if let Ok(Arrival::Cookie(session)) = answer {
            self.effects.push(Effect::NoteSignedOut(session.id.clone()));
            self.effects.push(Effect::EndSession(EndSession { id: session.id, token: None }));
        }
    }
}
