//! The login's state machine with any sequence of events: invariants that hold whatever people, networks and other tabs
//! do, in any order.
//!
//! Each byte is an event. Responses can arrive for every request that was ever made, including cancelled and completed
//! ones.

use leptos_login::machine::{
    Arrival, Attempt, Choice, Departure, Effect, Event, Generation, Hint, Patience, Refused, Renewal, State, Stored,
    View, Waiting, step,
};
use leptos_login::{AccessToken, AuthOptions, Cause, Profile, Session, Texts};
use shared::callback::{Callback, CallbackError};
use shared::config::{AppConfig, ProviderConfig};
use shared::error::{ErrorCode, Retry};
use shared::provider::ProfileError;
use shared::return_path::ReturnPath;
use shared::session::{ProfileFault, SessionMode, SessionState};
use shared::state::{PendingLogin, State as LoginState};
use shared::token::{TokenResponse, TokenType};

const START: u64 = 1_700_000_000_000;

/// Runs the machine with these bytes.
pub fn check(data: &[u8]) {
    let Some((&first, rest)) = data.split_first() else { return };
    let mut world = World::open(first);
    for &byte in rest.iter().take(200) {
        world.happen(byte);
    }
    world.end();
}

/// A request that was made.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Request {
    Config,
    Prepare,
    Exchange,
    Profile,
    Session,
    Renewal,
}

/// The browser and the servers, as far as the machine is concerned.
struct World {
    state: Option<State>,
    now: u64,
    asked: Vec<(Request, Generation)>,
    /// Requests whose response no longer counts: completed or cancelled.
    over: Vec<(Request, Generation)>,
    exchanges: usize,
    sessions: u64,
    /// The session mode of the function.
    mode: SessionMode,
    /// The session in the cookie, as the function would report it.
    cookie: Option<SessionState>,
    /// The renewal that is pending.
    renewal: Option<Renewal>,
    stored: Stored,
    /// The login that a retry has to repeat.
    attempt: Option<(String, ReturnPath)>,
    /// Whether the current event is a retry.
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
            mode: if byte & 16 == 0 { SessionMode::Tab } else { SessionMode::Cookie },
            cookie: None,
            renewal: None,
            stored: Stored::default(),
            attempt: None,
            is_retry: false,
        };
        if byte & 1 == 1 && world.mode == SessionMode::Tab {
            world.stored.session = Some(world.session());
        }
        if byte & 1 == 1 && world.mode == SessionMode::Cookie {
            world.cookie = Some(world.cookie_session());
            world.stored.hint = Some(Hint { id: "1".into(), renewals: 0, life: None });
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
            1 => Some(Ok(Callback::parse("/auth", "code=c&state=s")
                .validate(Some(pending), START)
                .expect("the callback is valid"))),
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
                let is_free = |waiting| matches!(waiting, Waiting::Config | Waiting::Session | Waiting::Profile);
                if self.waiting().is_none_or(is_free) {
                    self.attempt = Some((wanted.into(), return_to.clone()));
                }
                Event::LogIn(Attempt { choice, return_to })
            }
            6 => Event::NotLeft(Cause::NoStorage),
            7 => Event::Retry,
            8 => Event::LogOut,
            9 => Event::Looked(self.look(detail)),
            10 => Event::LoadProfile,
            11 if detail & 1 == 0 => {
                let renewals = self.cookie.as_ref().map(|session| session.renewals).unwrap_or_default();
                Event::TokenRefused(
                    self.state().session().map(|session| session.id().to_owned()).unwrap_or_default(),
                    renewals,
                )
            }
            11 => match detail >> 1 & 3 {
                0 => Event::Announced,
                1 => Event::HandedOver((detail & 8 == 0).then(|| self.session())),
                2 => Event::TokenWanted,
                _ => Event::Shown,
            },
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

    /// Delivers the response to any request, however old.
    fn answer(&mut self, byte: u8) {
        let Some(at) = self.asked.len().checked_sub(1 + usize::from(byte >> 5) % self.asked.len().max(1)) else {
            return;
        };
        let asked = self.asked[at];
        let (request, generation) = asked;
        let is_good = byte & 16 == 0;
        let event = match request {
            Request::Config => {
                let answer = if is_good { Ok(config(self.mode)) } else { Err(Cause::NoAnswer) };
                Event::ConfigAnswered(generation, answer)
            }
            Request::Prepare => {
                let answer = if is_good { Ok(departure()) } else { Err(Cause::NoCryptography) };
                Event::Prepared(generation, answer)
            }
            Request::Session => {
                let cookie = self.cookie.clone();
                let answer = if is_good { Ok(cookie) } else { Err(Cause::NoAnswer) };
                Event::SessionAnswered(generation, self.stored.clone(), answer)
            }
            Request::Renewal => {
                let answer = if is_good { Ok(self.renew()) } else { Err(refused_renewal(byte)) };
                Event::Renewed(generation, self.stored.clone(), answer)
            }
            Request::Exchange => {
                let answer = match (is_good, self.mode) {
                    (false, _) => Err(Cause::NoAnswer),
                    (true, SessionMode::Tab) => Ok(Arrival::Tab(self.session())),
                    (true, _) => {
                        let session = self.cookie_session();
                        if !self.over.contains(&asked) {
                            self.cookie = Some(session.clone());
                        }
                        Ok(Arrival::Cookie(session))
                    }
                };
                Event::Exchanged(generation, self.stored.clone(), answer)
            }
            Request::Profile => {
                let profile = Profile { name: "demo".into(), picture: None, role: None };
                let refusals = [ProfileError::TokenRefused, ProfileError::EmailNotVerified, ProfileError::Unreadable];
                let answer = if is_good { Ok(profile) } else { Err(refusals[usize::from(byte) % 3]) };
                Event::ProfileAnswered(generation, answer)
            }
        };
        let is_over = self.over.contains(&asked);
        // Changes that only depend on the time do not count.
        self.state = self.state.take().map(|state| state.at(self.now));
        let before = format!("{:?}", self.view());
        let effects = self.step(event);
        if request == Request::Exchange && is_good && !is_over {
            assert!(self.view().is_signed_in, "a code was exchanged, but the person is not signed in");
        }
        if is_over {
            // The exchange of an abandoned login still completes; the session that the function has set is then ended.
            let is_taken_back = request == Request::Exchange && is_good && self.mode == SessionMode::Cookie;
            let allowed = if is_taken_back { 2 } else { 0 };
            assert_eq!(effects, allowed, "the response to an old request had an effect: {asked:?}");
            assert_eq!(before, format!("{:?}", self.view()), "the response to an old request changed the view");
        }
        self.over.push(asked);
    }

    /// What another tab may have done.
    fn look(&mut self, detail: u8) -> Stored {
        match detail & 3 {
            0 => self.stored.mark = Some(format!("{}", self.now)),
            1 => self.stored.ended = self.state().session().map(|session| session.id().to_owned()),
            2 => self.now += 400_000,
            _ => {}
        }
        self.stored.clone()
    }

    /// Handles an event. Returns the number of its effects.
    fn step(&mut self, event: Event) -> usize {
        if matches!(event, Event::LogOut) {
            // The result of a pending login is no longer wanted.
            let exchanges = self.asked.iter().copied().filter(|(request, _)| *request == Request::Exchange);
            self.over.extend(exchanges.collect::<Vec<_>>());
        }
        let was_leaving = self.waiting() == Some(Waiting::Leaving);
        let is_log_out = matches!(event, Event::LogOut);
        self.is_retry = matches!(event, Event::Retry);
        let state = self.state.take().expect("every step puts the state back").at(self.now);
        let (state, effects) = step(state, event);
        self.state = Some(state);
        let number = effects.len();
        for effect in effects {
            self.take(effect, was_leaving);
        }
        let view = self.view();
        assert!(
            !is_log_out || (!view.is_signed_in && view.failure.is_none()),
            "logging out left a session or a failure"
        );
        let has_token = view.session.as_ref().is_none_or(|session| session.access_token_at(START).is_some());
        assert!(has_token || self.mode == SessionMode::Cookie);
        assert_eq!(view.is_busy, view.waiting.is_some());
        number
    }

    fn take(&mut self, effect: Effect, was_leaving: bool) {
        match effect {
            Effect::LoadConfig(generation) => self.asked.push((Request::Config, generation)),
            Effect::Prepare(generation, provider, return_to) => {
                let wanted = self.attempt.clone();
                if self.is_retry || wanted.is_some() {
                    let found = (provider.id.clone(), return_to);
                    assert!(
                        wanted.is_none_or(|wanted| wanted == found),
                        "a different login than the requested one began"
                    );
                }
                self.asked.push((Request::Prepare, generation));
            }
            Effect::Leave(_) => assert!(was_leaving, "the page was left after the login was abandoned"),
            Effect::Exchange(generation, _) => {
                self.exchanges += 1;
                assert_eq!(self.exchanges, 1, "a code was sent twice");
                self.asked.push((Request::Exchange, generation));
            }
            Effect::LoadProfile { generation, token, .. } => {
                let session = self.state().session().expect("a profile is requested only with a session");
                let own = session.access_token_at(self.now).expect("a profile is requested only with a valid token");
                assert_eq!(own.expose(), token.expose(), "the token belongs to another session");
                self.asked.push((Request::Profile, generation));
            }
            Effect::Cancel(generation) => {
                let cancelled = self.asked.iter().copied().filter(|(_, asked)| *asked == generation);
                self.over.extend(cancelled.collect::<Vec<_>>());
            }
            Effect::Keep(session) => {
                assert_eq!(Some(&session), self.state().session(), "a session was stored that is not the current one");
                let is_signed_out = self.stored.signed_out.iter().any(|id| id == session.id());
                assert!(!is_signed_out, "a session returned after logging out");
                if self.mode == SessionMode::Tab {
                    self.stored.session = Some(session);
                }
            }
            Effect::Forget => {
                self.stored.session = None;
                self.stored.hint = None;
            }
            Effect::LoadSession(generation) => self.asked.push((Request::Session, generation)),
            Effect::Renew(renewal) => {
                let session = self.state().session().expect("only a session is renewed");
                assert_eq!(session.id(), renewal.id, "another session was renewed");
                assert!(renewal.renewals.is_some() || renewal.profile, "the renewal requests nothing");
                self.asked.push((Request::Renewal, renewal.generation));
                self.renewal = Some(renewal);
            }
            Effect::EndSession(end) => {
                if end.token.is_none() {
                    self.cookie = self.cookie.take().filter(|session| session.id != end.id);
                }
            }
            Effect::NoteSignedOut(id) => self.stored.signed_out.push(id),
            Effect::NoteRetryAt(at) => self.stored.retry_at = Some(at),
            Effect::RepeatEnds | Effect::Announce | Effect::AskTabs | Effect::Reload => {}
            Effect::SignOutEverywhere => self.stored.mark = Some(format!("{}", self.now)),
            Effect::EndEverywhere(id) => self.stored.ended = Some(id),
            Effect::Go(place) => assert!(place.as_str().starts_with('/')),
            Effect::WakeAt(at) => assert!(at.is_none_or(|at| at > self.now), "it would wake at once, in a loop"),
            Effect::Watch(_) => {}
        }
    }

    /// After every response and enough time, nothing is pending.
    fn end(mut self) {
        for _ in 0..40 {
            let open = self.asked.iter().copied().find(|asked| !self.over.contains(asked));
            let Some(open) = open else { break };
            let at = self.asked.iter().position(|asked| *asked == open).expect("the request was found above");
            self.asked.rotate_left(at + 1);
            self.answer(0);
        }
        for (_, generation) in self.asked.clone() {
            self.step(Event::Waited(generation, Patience::Over));
        }
        // The time for other tabs to respond has passed, too.
        self.step(Event::HandedOver(None));
        // This may have become a retry.
        assert_eq!(self.waiting(), None, "it waits although nothing is pending");
        let view = self.view();
        if view.failure.is_some_and(|failure| failure.can_retry) {
            self.step(Event::Retry);
            let view = self.view();
            assert!(view.failure.is_none() || view.is_busy, "the retry had no effect");
        }
    }

    fn state(&self) -> &State {
        self.state.as_ref().expect("every step puts the state back")
    }

    fn view(&self) -> View {
        View::new(self.state(), &Texts::ENGLISH, "/".into())
    }

    fn waiting(&self) -> Option<Waiting> {
        self.state().waiting()
    }

    /// Renews the session in the cookie, if the renewal is for it.
    fn renew(&mut self) -> Option<SessionState> {
        let renewal = self.renewal.take();
        let session = self.cookie.as_mut()?;
        if renewal.is_some_and(|renewal| renewal.id == session.id && renewal.renewals == Some(session.renewals)) {
            session.renewals += 1;
        }
        Some(session.clone())
    }

    fn cookie_session(&mut self) -> SessionState {
        self.sessions += 1;
        SessionState {
            id: format!("{}", self.sessions),
            mode: SessionMode::Cookie,
            provider: "b".into(),
            renewals: 0,
            renewable: self.sessions % 2 == 1,
            expires_in: Some(60),
            ends_in: 3600,
            profile: None,
            profile_error: self.sessions.is_multiple_of(3).then_some(ProfileFault::Unavailable),
            access_token: Some(AccessToken::new(format!("token-{}", self.sessions))),
        }
    }

    fn session(&mut self) -> Session {
        self.sessions += 1;
        let access_token = AccessToken::new(format!("token-{}", self.sessions));
        let token = TokenResponse { access_token, token_type: TokenType::Bearer, expires_in: Some(60), ends_in: None };
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

fn refused_renewal(byte: u8) -> Cause {
    let codes = [
        ErrorCode::InvalidSession,
        ErrorCode::SessionChanged,
        ErrorCode::TokenExpired,
        ErrorCode::SessionTooLarge,
        ErrorCode::ProviderBusy,
    ];
    Cause::Function {
        code: codes[usize::from(byte) % codes.len()],
        retry: Retry::No,
        wait: (byte & 1 == 0).then_some(7),
        request_id: "id".into(),
    }
}

fn config(session: SessionMode) -> AppConfig {
    let providers = ["a", "b"].map(|id| ProviderConfig {
        profile_url: Some("https://api.example/me".into()),
        ..ProviderConfig::new(id, id, "id", "https://login.example/", vec!["https://app.example/auth".into()])
    });
    AppConfig { session, ..AppConfig::new(providers.into()) }
}
