//! The login as a pure state machine: [`step`] takes what is true and what has happened, and gives what is true now and
//! what to do. It reads no clock and touches no browser, so its tests run natively, and every rule of a login is here.
//!
//! Each request and each wait has a [`Generation`]. An answer to an older question changes nothing.

mod event;
mod state;
#[cfg(test)]
mod tests;
mod view;

use std::rc::Rc;

use shared::provider::ProfileError;
use shared::return_path::ReturnPath;

pub use self::event::{Departure, Effect, Event, Refused, Stored};
pub use self::state::{Attempt, Choice, Generation, Patience, ProfileState, State, Waiting};
use self::state::{Config, DOUBLE_CLICK_MS, Login, Problem, Retry};
pub(crate) use self::view::Field;
pub use self::view::{Provider, View};
use crate::failure::Cause;
use crate::session::Session;

/// What is true after an event, and what to do about it, in this order.
pub fn step(state: State, event: Event) -> (State, Vec<Effect>) {
    let mut machine = Machine { state, effects: Vec::new() };
    machine.on(event);
    (machine.state, machine.effects)
}

struct Machine {
    state: State,
    effects: Vec<Effect>,
}

impl Machine {
    fn on(&mut self, event: Event) {
        match event {
            Event::Opened { stored, callback, is_offline } => {
                self.state.is_offline = is_offline;
                self.load_config();
                self.look(stored);
                if self.state.session.is_none() {
                    self.effects.push(Effect::Forget);
                }
                match callback {
                    Some(Ok(validated)) => {
                        let choice = Choice::Provider(validated.provider().to_owned());
                        let attempt = Attempt { choice, return_to: validated.return_to().clone() };
                        let generation = self.wait();
                        self.state.login = Login::Finishing(generation, attempt);
                        self.effects.push(Effect::Exchange(generation, validated));
                    }
                    // This browser did not ask for it, and the person has what they want.
                    Some(Err(refused)) if !refused.is_asked_for() && self.state.session.is_some() => {
                        self.effects.push(Effect::Go(ReturnPath::home()));
                    }
                    Some(Err(Refused { error, provider, return_to })) => {
                        let choice = provider.map_or(Choice::Ask, Choice::Provider);
                        self.fail(Cause::Callback(error), Retry::LogIn(Attempt { choice, return_to }));
                    }
                    None => {}
                }
            }
            Event::ConfigAnswered(generation, answer) => {
                if !matches!(self.state.config, Config::Loading(this) if this == generation) {
                    return;
                }
                let attempt = match &self.state.login {
                    Login::Wanted(attempt) => Some(attempt.clone()),
                    _ => None,
                };
                match answer {
                    Ok(config) => {
                        self.state.config = Config::Loaded(config);
                        if self.state.problem.as_ref().is_some_and(|problem| problem.retry == Retry::Config) {
                            self.state.problem = None;
                        }
                        if let Some(attempt) = attempt {
                            self.prepare(attempt);
                        }
                    }
                    Err(cause) => {
                        self.state.config = Config::Failed;
                        let is_quiet = self.state.session.is_none() && self.state.problem.is_none();
                        match attempt {
                            Some(attempt) => self.fail(cause, Retry::LogIn(attempt)),
                            // A session is worth more than this, and so is a login that is being finished: what is missing
                            // is shown in the profile's place.
                            None if is_quiet && self.state.login == Login::Idle => self.fail(cause, Retry::Config),
                            None => {}
                        }
                    }
                }
                self.load_profile();
            }
            Event::LogIn(attempt) => self.log_in(attempt),
            Event::Prepared(generation, prepared) => {
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
            Event::NotLeft(cause) => {
                if let Login::Leaving(attempt) = &self.state.login {
                    let attempt = attempt.clone();
                    self.fail(cause, Retry::LogIn(attempt));
                }
            }
            Event::Exchanged(generation, answer) => {
                let Login::Finishing(this, attempt) = &self.state.login else { return };
                if *this != generation {
                    return;
                }
                let attempt = attempt.clone();
                match answer {
                    Ok(session) => self.arrive(session, attempt.return_to),
                    Err(cause) => self.fail(cause, Retry::LogIn(attempt)),
                }
            }
            Event::NotKept => self.state.is_kept = false,
            Event::ProfileAnswered(generation, answer) => {
                if self.state.profile_request != Some(generation) {
                    return;
                }
                self.state.profile_request = None;
                self.state.profile = match answer {
                    Ok(profile) => ProfileState::Loaded(profile),
                    Err(ProfileError::EmailNotVerified) => ProfileState::EmailNotVerified,
                    Err(ProfileError::Unreadable) => ProfileState::Failed,
                    Err(ProfileError::TokenRefused) => {
                        if let Some(session) = &self.state.session {
                            self.effects.push(Effect::EndEverywhere(session.id().to_owned()));
                        }
                        return self.end(Cause::LoginEnded);
                    }
                };
            }
            Event::Retry => self.retry(),
            Event::LoadProfile => self.load_profile_again(),
            Event::Doubted(id) => {
                if self.state.session.as_ref().is_some_and(|session| session.id() == id) {
                    self.ask_for_profile();
                }
            }
            Event::LogOut => self.log_out(),
            Event::Dismissed => self.state.problem = None,
            Event::Looked(stored) => self.look(stored),
            Event::Returned => {
                if matches!(self.state.login, Login::Leaving(_)) {
                    self.state.login = Login::Idle;
                }
            }
            Event::Network { is_offline } => {
                self.state.is_offline = is_offline;
                if !is_offline {
                    self.go_on();
                }
            }
            Event::Waited(generation, patience) => {
                if self.state.wait == generation {
                    self.state.patience = patience;
                    if patience == Patience::Over {
                        self.give_up();
                    }
                }
            }
        }
    }

    fn next(&mut self) -> Generation {
        self.state.generation = self.state.generation.next();
        self.state.generation
    }

    /// Begins something that the person waits for.
    fn wait(&mut self) -> Generation {
        let generation = self.next();
        self.state.wait = generation;
        self.state.patience = Patience::Fresh;
        self.effects.push(Effect::Watch(generation));
        generation
    }

    fn fail(&mut self, cause: Cause, retry: Retry) {
        self.state.login = Login::Idle;
        self.state.problem = Some(Problem { retry_at: cause.retry_at(self.state.now), cause, retry });
        self.wake();
    }

    fn load_config(&mut self) {
        if let Config::Loading(old) = self.state.config {
            self.effects.push(Effect::Cancel(old));
        }
        let generation = self.wait();
        self.state.config = Config::Loading(generation);
        self.effects.push(Effect::LoadConfig(generation));
    }

    fn log_in(&mut self, attempt: Attempt) {
        if self.state.login != Login::Idle {
            return; // A double click, or a login that is being finished.
        }
        self.state.problem = None;
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

    fn arrive(&mut self, session: Session, return_to: ReturnPath) {
        self.state.login = Login::Idle;
        self.state.problem = None;
        self.state.is_kept = true;
        self.begin(session);
        self.effects.push(Effect::Go(return_to));
    }

    /// From now on this is the session.
    fn begin(&mut self, session: Session) {
        self.forget_profile();
        self.effects.push(Effect::Keep(session.clone()));
        self.state.session = Some(session);
        self.wake();
        self.load_profile();
    }

    fn forget_profile(&mut self) {
        self.state.profile = ProfileState::Loading;
        if let Some(old) = self.state.profile_request.take() {
            self.effects.push(Effect::Cancel(old));
        }
    }

    /// The session is over in this tab.
    fn end(&mut self, cause: Cause) {
        self.forget_profile();
        self.state.session = None;
        self.effects.push(Effect::Forget);
        // A login that is on its way is worth more than that.
        match self.state.login {
            Login::Idle => self.fail(cause, Retry::No),
            _ => self.wake(),
        }
    }

    fn log_out(&mut self) {
        self.forget_profile();
        self.state.session = None;
        self.state.problem = None;
        if let Login::Finishing(generation, _) = self.state.login {
            self.effects.extend([Effect::Cancel(generation), Effect::Go(ReturnPath::home())]);
        }
        self.state.login = Login::Idle;
        self.state.logged_out_at = Some(self.state.now);
        self.effects.extend([Effect::Forget, Effect::SignOutEverywhere]);
        self.wake();
    }

    /// Compares what this tab shows with what is stored: another tab may have logged out, the session may have ended, or
    /// the page may come back from the back-forward cache.
    fn look(&mut self, stored: Stored) {
        let now = self.state.now;
        let over = |session: &Session| {
            if session.mark() != stored.mark.as_deref() {
                Some(Cause::SignedOutElsewhere)
            } else if stored.ended.as_deref() == Some(session.id()) || session.is_expired(now) {
                Some(Cause::LoginEnded)
            } else {
                None
            }
        };
        match (&self.state.session, stored.session) {
            (Some(shown), kept) => match over(shown) {
                Some(cause) => self.end(cause),
                // The browser keeps nothing, so what it has kept from before does not count.
                None if !self.state.is_kept => self.wake(),
                None => match kept {
                    None => self.end(Cause::SignedOutElsewhere),
                    Some(kept) if kept.id() != shown.id() && over(&kept).is_none() => self.begin(kept),
                    Some(_) => self.wake(),
                },
            },
            (None, Some(kept)) => match over(&kept) {
                Some(cause) => self.end(cause),
                None => {
                    self.state.problem = None;
                    self.state.is_kept = true;
                    self.begin(kept);
                }
            },
            (None, None) => self.wake(),
        }
    }

    /// When to look again by itself: often enough that what counts down is right, and soon after a machine has slept.
    fn wake(&mut self) {
        let now = self.state.now;
        let retry_at = self.state.problem.as_ref().and_then(|problem| problem.retry_at);
        let second = retry_at.filter(|at| *at > now).map(|_| now + 1_000);
        let end = self.state.session.as_ref().and_then(Session::expires_at);
        let minute = end.filter(|end| *end > now).map(|end| end.min(now + 30_000));
        let logged_out = self.state.logged_out_at.map(|at| at + DOUBLE_CLICK_MS).filter(|at| *at > now);
        self.effects.push(Effect::WakeAt([second, minute, logged_out].into_iter().flatten().min()));
    }

    fn load_profile(&mut self) {
        if self.state.options.loads_profile {
            self.ask_for_profile();
        }
    }

    /// Asks who is signed in, once session and configuration are there.
    fn ask_for_profile(&mut self) {
        let Some(session) = &self.state.session else { return };
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

    fn load_profile_again(&mut self) {
        match self.state.config {
            _ if self.state.session.is_none() => {}
            Config::Failed => self.load_config(),
            _ => self.ask_for_profile(),
        }
    }

    /// Does again what failed last.
    fn retry(&mut self) {
        match self.state.problem.take() {
            Some(Problem { retry: Retry::LogIn(attempt), .. }) => self.log_in(attempt),
            Some(Problem { retry: Retry::Config, .. }) => self.load_config(),
            problem => {
                self.state.problem = problem;
                if self.state.session.is_some() {
                    self.load_profile_again();
                } else if !matches!(self.state.config, Config::Loaded(_)) {
                    self.load_config();
                }
            }
        }
    }

    /// Asks again for what could not be had while there was no network.
    fn go_on(&mut self) {
        if matches!(self.state.config, Config::Failed) {
            self.load_config();
        } else if self.state.profile == ProfileState::Failed && self.state.profile_request.is_none() {
            self.load_profile_again();
        }
    }

    /// The way out of a login that does not leave is the button that it came from.
    fn give_up(&mut self) {
        match &self.state.login {
            Login::Wanted(attempt) | Login::Preparing(_, attempt) => {
                let attempt = attempt.clone();
                self.fail(Cause::NoAnswer, Retry::LogIn(attempt));
            }
            Login::Leaving(_) => self.state.login = Login::Idle,
            Login::Idle | Login::Finishing(..) => {}
        }
    }
}
