//! The login as a pure state machine: [`step`] takes a state and an event, and returns the new state and the effects.
//! It reads no clock and does not use the browser, so its tests run natively. All rules of the login are here.
//!
//! Each request and each wait has a [`Generation`]. The response to an outdated request changes nothing.

mod cookie;
mod event;
mod login;
mod parts;
mod profile;
mod session;
mod state;
#[cfg(test)]
mod tests;
mod view;

pub use self::event::{Arrival, Departure, Effect, EndSession, Event, Hint, Refused, Renewal, Stored};
pub use self::parts::{Attempt, Choice, Generation, Patience, ProfileState, Waiting};
use self::parts::{Backoff, Check, Config, DOUBLE_CLICK_MS, Login, Problem, Retry};
pub use self::state::State;
pub(crate) use self::view::Field;
pub use self::view::{Provider, View};
use crate::failure::Cause;

/// Returns the state after an event, and the effects to perform, in this order.
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
            Event::Opened { stored, callback, is_offline } => self.open(stored, callback, is_offline),
            Event::ConfigAnswered(generation, answer) => self.configure(generation, answer),
            Event::LogIn(attempt) => self.log_in(attempt),
            Event::Prepared(generation, prepared) => self.leave(generation, prepared),
            Event::NotLeft(cause) => {
                if let Login::Leaving(attempt) = &self.state.login {
                    let attempt = attempt.clone();
                    self.fail(cause, Retry::LogIn(attempt));
                }
            }
            Event::Exchanged(generation, stored, answer) => self.finish(generation, stored, answer),
            Event::SessionAnswered(generation, stored, answer) => {
                if self.state.session_request == Some(generation) {
                    self.state.session_request = None;
                    self.state.stored = stored;
                    self.session_answered(answer);
                }
            }
            Event::Renewed(generation, stored, answer) => {
                if let Some(renewal) = self.state.renewal.take_if(|renewal| renewal.generation == generation) {
                    self.state.stored = stored;
                    self.renewed(&renewal, answer);
                }
            }
            Event::HandedOver(session) => self.take_over(session),
            Event::Announced | Event::Outdated => self.ask_again(),
            Event::TokenWanted => self.want_token(),
            Event::NotKept => self.state.is_kept = false,
            Event::ProfileAnswered(generation, answer) => self.profile_answered(generation, answer),
            Event::Retry => self.retry(),
            Event::LoadProfile => self.load_profile_again(),
            Event::TokenRefused(id, renewals) => self.token_refused(&id, renewals),
            Event::LogOut => self.log_out(),
            Event::Dismissed => {
                self.state.problem = None;
                self.state.unasked = None;
            }
            Event::Looked(stored) => self.look(stored),
            Event::Shown => self.go_on_with_session(true),
            Event::Returned => self.come_back(),
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

    /// Starts a wait of the person.
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

    /// Retries what failed last.
    fn retry(&mut self) {
        match self.state.problem.take() {
            Some(Problem { retry: Retry::LogIn(attempt), .. }) => self.log_in(attempt),
            Some(Problem { retry: Retry::Load, .. }) => self.load(),
            problem => {
                self.state.problem = problem;
                if self.state.session.is_some() {
                    self.load_profile_again();
                } else {
                    self.load();
                }
            }
        }
    }

    /// Requests what is not loaded yet.
    fn load(&mut self) {
        if !matches!(self.state.config, Config::Loaded(_)) {
            self.load_config();
        }
        if !self.state.is_known() {
            self.state.check = Check::Asking;
            self.ask();
        }
    }

    /// Retries what failed while the browser was offline.
    fn go_on(&mut self) {
        self.effects.push(Effect::RepeatEnds);
        if matches!(self.state.config, Config::Failed) {
            self.load_config();
        } else if self.state.profile == ProfileState::Failed && !self.state.is_loading_profile() {
            self.load_profile_again();
        }
        self.go_on_with_session(true);
    }

    /// Gives up on a login that does not leave the page, so that its button works again.
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
