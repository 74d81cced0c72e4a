//! The login's state machine, driven by any sequence of events: what it must never do, whatever people, networks and other
//! tabs do and in whatever order.
//!
//! Each byte is an event. Answers come to any question that was ever asked, to cancelled and answered ones too.

use leptos_login::machine::{
    Attempt, Choice, Departure, Effect, Event, Generation, Patience, Refused, State, Stored, View, Waiting, step,
};
use leptos_login::{AccessToken, AuthOptions, Cause, Profile, Session, Texts};
use shared::callback::{Callback, CallbackError};
use shared::config::{AppConfig, ProviderConfig};
use shared::provider::ProfileError;
use shared::return_path::ReturnPath;
use shared::state::{PendingLogin, State as LoginState};
use shared::token::{TokenResponse, TokenType};

const START: u64 = 1_700_000_000_000;

/// Drives the machine by these bytes.
pub fn check(data: &[u8]) {
    let Some((&first, rest)) = data.split_first() else { return };
    let mut world = World::open(first);
    for &byte in rest.iter().take(200) {
        world.happen(byte);
    }
    world.end();
}

/// A question that was asked.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Question {
    Config,
    Prepare,
    Exchange,
    Profile,
}

/// The browser and the servers, as far as the machine sees them.
struct World {
    state: Option<State>,
    now: u64,
    asked: Vec<(Question, Generation)>,
    /// Those whose answer counts no more: answered, or cancelled.
    over: Vec<(Question, Generation)>,
    exchanges: usize,
    sessions: u64,
    stored: Stored,
    /// What the last login was to be, for as long as a retry has to repeat it.
    attempt: Option<(String, ReturnPath)>,
    /// Whether the event that is being handled is a retry.
    is_retry: bool,
}

impl World {
    fn open(byte: u8) -> Self {
        let mut world = Self {
            state: Some(State::new(AuthOptions::new())),
            now: START,
            asked: Vec::new(),
            over: Vec::new(),
            exchanges: 0,
            sessions: 0,
            stored: Stored::default(),
            attempt: None,
            is_retry: false,
        };
        if byte & 1 == 1 {
            world.stored.session = Some(world.session());
        }
        let pending = PendingLogin {
            provider: "b".into(),
            redirect_uri: "https://app.example/auth".into(),
            return_to: ReturnPath::new("/there"),
            started_at: START,
            code_verifier: None,
            issuer: None,
        };
        let refused = |error, provider: Option<&str>| {
            Err(Refused { error, provider: provider.map(Into::into), return_to: ReturnPath::new("/there") })
        };
        let callback = match byte >> 1 & 3 {
            0 => None,
            1 => {
                Some(Ok(Callback::parse("/auth", "code=c&state=s").validate(Some(pending), START).expect("it is good")))
            }
            2 => Some(refused(CallbackError::AccessDenied, Some("b"))),
            _ => Some(refused(CallbackError::StateUnknown, None)),
        };
        if matches!(callback, Some(Ok(_))) || byte >> 1 & 3 == 2 {
            world.attempt = Some(("b".into(), ReturnPath::new("/there")));
        }
        let stored = world.stored.clone();
        world.step(Event::Opened { stored, callback, is_offline: byte & 8 != 0 });
        world
    }

    fn happen(&mut self, byte: u8) {
        self.now += u64::from(byte).pow(2) * 101;
        let detail = byte >> 4;
        let event = match byte & 15 {
            0..=4 => return self.answer(byte),
            5 => {
                let (choice, wanted) = match detail & 3 {
                    0 => (Choice::First, "a"),
                    1 => (Choice::Provider("a".into()), "a"),
                    _ => (Choice::Provider("b".into()), "b"),
                };
                let return_to = ReturnPath::new(if detail & 4 == 0 { "/here" } else { "/there" });
                if self.waiting().is_none_or(|waiting| waiting == Waiting::Config || waiting == Waiting::Profile) {
                    self.attempt = Some((wanted.into(), return_to.clone()));
                }
                Event::LogIn(Attempt { choice, return_to })
            }
            6 => Event::NotLeft(Cause::NoStorage),
            7 => Event::Retry,
            8 => Event::LogOut,
            9 => Event::Looked(self.look(detail)),
            10 => Event::LoadProfile,
            11 => Event::Doubted(self.state().session().map(|session| session.id().to_owned()).unwrap_or_default()),
            12 => Event::Returned,
            13 => Event::Network { is_offline: detail & 1 == 0 },
            14 => Event::NotKept,
            _ => {
                let Some(&(_, generation)) = self.asked.get(usize::from(detail) % self.asked.len().max(1)) else {
                    return;
                };
                Event::Waited(generation, if detail & 1 == 0 { Patience::Slow } else { Patience::Over })
            }
        };
        self.step(event);
    }

    /// Answers a question, whichever it is and however old.
    fn answer(&mut self, byte: u8) {
        let Some(at) = self.asked.len().checked_sub(1 + usize::from(byte >> 5) % self.asked.len().max(1)) else {
            return;
        };
        let asked = self.asked[at];
        let (question, generation) = asked;
        let is_good = byte & 16 == 0;
        let event = match question {
            Question::Config => {
                let answer = if is_good { Ok(config()) } else { Err(Cause::NoAnswer) };
                Event::ConfigAnswered(generation, answer)
            }
            Question::Prepare => {
                let answer = if is_good { Ok(departure()) } else { Err(Cause::NoCryptography) };
                Event::Prepared(generation, answer)
            }
            Question::Exchange => {
                let answer = if is_good { Ok(self.session()) } else { Err(Cause::NoAnswer) };
                Event::Exchanged(generation, answer)
            }
            Question::Profile => {
                let profile = Profile { name: "demo".into(), picture: None, role: None };
                let refusals = [ProfileError::TokenRefused, ProfileError::EmailNotVerified, ProfileError::Unreadable];
                let answer = if is_good { Ok(profile) } else { Err(refusals[usize::from(byte) % 3]) };
                Event::ProfileAnswered(generation, answer)
            }
        };
        let is_over = self.over.contains(&asked);
        // What only time has changed does not count.
        self.state = self.state.take().map(|state| state.at(self.now));
        let before = format!("{:?}", self.view());
        let effects = self.step(event);
        if question == Question::Exchange && is_good && !is_over {
            assert!(self.view().is_signed_in, "a code was exchanged, and nobody is signed in");
        }
        if is_over {
            assert_eq!(effects, 0, "the answer to an old question has caused something: {asked:?}");
            assert_eq!(before, format!("{:?}", self.view()), "the answer to an old question has changed something");
        }
        self.over.push(asked);
    }

    /// What another tab may have done meanwhile.
    fn look(&mut self, detail: u8) -> Stored {
        match detail & 3 {
            0 => self.stored.mark = Some(format!("{}", self.now)),
            1 => self.stored.ended = self.state().session().map(|session| session.id().to_owned()),
            2 => self.now += 400_000,
            _ => {}
        }
        self.stored.clone()
    }

    /// Lets something happen, and gives how much it causes.
    fn step(&mut self, event: Event) -> usize {
        if matches!(event, Event::LogOut) {
            // A login that was being finished is not wanted any more.
            let exchanges = self.asked.iter().copied().filter(|(question, _)| *question == Question::Exchange);
            self.over.extend(exchanges.collect::<Vec<_>>());
        }
        let was_leaving = self.waiting() == Some(Waiting::Leaving);
        let is_log_out = matches!(event, Event::LogOut);
        self.is_retry = matches!(event, Event::Retry);
        let state = self.state.take().expect("it is put back").at(self.now);
        let (state, effects) = step(state, event);
        self.state = Some(state);
        let number = effects.len();
        for effect in effects {
            self.take(effect, was_leaving);
        }
        let view = self.view();
        assert!(!is_log_out || (!view.is_signed_in && view.failure.is_none()), "logging out leaves something");
        assert!(view.session.as_ref().is_none_or(|session| session.access_token_at(START).is_some()));
        assert_eq!(view.is_busy, view.waiting.is_some());
        number
    }

    fn take(&mut self, effect: Effect, was_leaving: bool) {
        match effect {
            Effect::LoadConfig(generation) => self.asked.push((Question::Config, generation)),
            Effect::Prepare(generation, provider, return_to) => {
                let wanted = self.attempt.clone();
                if self.is_retry || wanted.is_some() {
                    let found = (provider.id.clone(), return_to);
                    assert!(wanted.is_none_or(|wanted| wanted == found), "another login than the one that was wanted");
                }
                self.asked.push((Question::Prepare, generation));
            }
            Effect::Leave(_) => assert!(was_leaving, "it leaves, and nobody waits for that any more"),
            Effect::Exchange(generation, _) => {
                self.exchanges += 1;
                assert_eq!(self.exchanges, 1, "a code is sent twice");
                self.asked.push((Question::Exchange, generation));
            }
            Effect::LoadProfile { generation, token, .. } => {
                let session = self.state().session().expect("nothing is asked with the token of nobody");
                let own = session.access_token_at(self.now).expect("nothing is asked with an expired token");
                assert_eq!(own.expose(), token.expose(), "the token is another session's");
                self.asked.push((Question::Profile, generation));
            }
            Effect::Cancel(generation) => {
                let cancelled = self.asked.iter().copied().filter(|(_, asked)| *asked == generation);
                self.over.extend(cancelled.collect::<Vec<_>>());
            }
            Effect::Keep(session) => {
                assert_eq!(Some(&session), self.state().session(), "a session is kept that is not there");
                self.stored.session = Some(session);
            }
            Effect::Forget => self.stored.session = None,
            Effect::SignOutEverywhere => self.stored.mark = Some(format!("{}", self.now)),
            Effect::EndEverywhere(id) => self.stored.ended = Some(id),
            Effect::Go(place) => assert!(place.as_str().starts_with('/')),
            Effect::WakeAt(at) => assert!(at.is_none_or(|at| at > self.now), "it would wake at once, for ever"),
            Effect::Watch(_) => {}
        }
    }

    /// When everything is answered and enough time has passed, nothing is under way.
    fn end(mut self) {
        for _ in 0..20 {
            let open = self.asked.iter().copied().find(|asked| !self.over.contains(asked));
            let Some(open) = open else { break };
            let at = self.asked.iter().position(|asked| *asked == open).expect("it was found there");
            self.asked.rotate_left(at + 1);
            self.answer(0);
        }
        for (_, generation) in self.asked.clone() {
            self.step(Event::Waited(generation, Patience::Over));
        }
        // A retry may have been made out of it.
        assert_eq!(self.waiting(), None, "it waits for something that nobody answers");
        let view = self.view();
        if view.failure.is_some_and(|failure| failure.can_retry) {
            self.step(Event::Retry);
            let view = self.view();
            assert!(view.failure.is_none() || view.is_busy, "trying again does nothing");
        }
    }

    fn state(&self) -> &State {
        self.state.as_ref().expect("it is put back")
    }

    fn view(&self) -> View {
        View::new(self.state(), &Texts::ENGLISH, "/".into())
    }

    fn waiting(&self) -> Option<Waiting> {
        self.state().waiting()
    }

    fn session(&mut self) -> Session {
        self.sessions += 1;
        let access_token = AccessToken::new(format!("token-{}", self.sessions));
        let token = TokenResponse { access_token, token_type: TokenType::Bearer, expires_in: Some(60) };
        Session::new(format!("{}", self.sessions), "b".into(), token, self.stored.mark.clone(), self.now)
    }
}

fn departure() -> Departure {
    let pending = PendingLogin {
        provider: "a".into(),
        redirect_uri: "https://app.example/auth".into(),
        return_to: ReturnPath::home(),
        started_at: START,
        code_verifier: None,
        issuer: None,
    };
    Departure { state: LoginState::from_bytes([7; 32]), pending, address: "https://login.example/".into() }
}

fn config() -> AppConfig {
    let providers = ["a", "b"].map(|id| ProviderConfig {
        profile_url: Some("https://api.example/me".into()),
        ..ProviderConfig::new(id, id, "id", "https://login.example/", vec!["https://app.example/auth".into()])
    });
    AppConfig::new(providers.into())
}
