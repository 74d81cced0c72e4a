//! Every state of a login and everything that can happen in it, as a table: `table.txt`. A change of the machine is a change
//! of that file, to be read line by line; `UPDATE=1 cargo test -p leptos-login table` writes it. What holds in every
//! sequence of events is checked by the oracle in `tests/fuzz/oracles/login.rs`.

use std::fmt::Write as _;

use shared::callback::{Callback, CallbackError};
use shared::config::{AppConfig, ProviderConfig};
use shared::provider::{Profile, ProfileError};
use shared::secret::AccessToken;
use shared::state::{PendingLogin, State as LoginState};
use shared::token::{TokenResponse, TokenType};

use super::*;
use crate::options::AuthOptions;

const NOW: u64 = 1_700_000_000_000;
const TABLE: &str = include_str!("table.txt");

/// The way to a state.
type Reach = fn() -> Tested;

/// Something that happens in a state.
type Make = fn(&Tested) -> Event;

/// A machine under test, with the questions that it has asked.
struct Tested {
    state: State,
    config: Generation,
    prepare: Generation,
    exchange: Generation,
    profile: Generation,
    watch: Generation,
}

impl Tested {
    fn open(session: Option<Session>, callback: Option<Result<shared::callback::Validated, Refused>>) -> Self {
        let none = Generation::default();
        let state = State::new(AuthOptions::new()).at(NOW);
        let mut tested = Self { state, config: none, prepare: none, exchange: none, profile: none, watch: none };
        let stored = Stored { session, ..Stored::default() };
        tested.step(Event::Opened { stored, callback, is_offline: false });
        tested
    }

    /// Lets something happen, and gives what it causes, in words.
    fn step(&mut self, event: Event) -> Vec<String> {
        let state = std::mem::replace(&mut self.state, State::new(AuthOptions::new()));
        let (state, effects) = step(state, event);
        self.state = state;
        effects.into_iter().map(|effect| self.take(effect)).collect()
    }

    fn take(&mut self, effect: Effect) -> String {
        let words = match effect {
            Effect::LoadConfig(generation) => {
                self.config = generation;
                "load the configuration"
            }
            Effect::Prepare(generation, provider, return_to) => {
                self.prepare = generation;
                return format!("prepare {} for {}", provider.id, return_to.as_str());
            }
            Effect::Leave(_) => "leave",
            Effect::Exchange(generation, _) => {
                self.exchange = generation;
                "exchange the code"
            }
            Effect::LoadProfile { generation, .. } => {
                self.profile = generation;
                "load the profile"
            }
            Effect::Cancel(_) => "cancel a request",
            Effect::Keep(_) => "keep the session",
            Effect::Forget => "forget the session",
            Effect::SignOutEverywhere => "sign out everywhere",
            Effect::EndEverywhere(_) => "end it everywhere",
            Effect::Go(place) => return format!("go to {}", place.as_str()),
            Effect::WakeAt(None) => "set no timer",
            Effect::WakeAt(Some(at)) => return format!("look again after {} s", (at - NOW).div_ceil(1000)),
            Effect::Watch(generation) => {
                self.watch = generation;
                "watch the time"
            }
        };
        words.to_owned()
    }

    /// What is true now, in words.
    fn summary(&self) -> String {
        let mut words = Vec::new();
        match self.state.session() {
            Some(session) => words.push(format!("signed in ({}), profile {:?}", session.id(), self.state.profile())),
            None => words.push("signed out".to_owned()),
        }
        if let Some(waiting) = self.state.waiting() {
            words.push(format!("waiting for {waiting:?}"));
        }
        if let Some(cause) = self.state.cause() {
            words.push(format!("{cause:?}{}", if self.state.can_retry() { ", can retry" } else { "" }));
        }
        if self.state.is_offline() {
            words.push("offline".to_owned());
        }
        words.join("; ")
    }
}

fn session(id: &str) -> Session {
    let access_token = AccessToken::new("t0ken");
    let token = TokenResponse { access_token, token_type: TokenType::Bearer, expires_in: Some(3600) };
    Session::new(id.into(), "aniapi".into(), token, None, NOW)
}

fn pending() -> PendingLogin {
    PendingLogin {
        provider: "github".into(),
        redirect_uri: "https://app.example/auth".into(),
        return_to: ReturnPath::new("/there"),
        started_at: NOW,
        code_verifier: None,
        issuer: None,
    }
}

fn config() -> AppConfig {
    let providers = ["aniapi", "github"].map(|id| ProviderConfig {
        profile_url: Some("https://api.example/me".into()),
        ..ProviderConfig::new(id, id, "id", "https://login.example/", vec!["https://app.example/auth".into()])
    });
    AppConfig::new(providers.into())
}

fn attempt() -> Attempt {
    Attempt { choice: Choice::Provider("github".into()), return_to: ReturnPath::new("/here") }
}

fn departure() -> Departure {
    let state = LoginState::from_bytes([7; 32]);
    Departure { state, pending: pending(), address: "https://login.example/".into() }
}

/// Every state that a login can be in, by the way to it.
fn states() -> Vec<(&'static str, Reach)> {
    fn signed_out() -> Tested {
        let mut tested = Tested::open(None, None);
        tested.step(Event::ConfigAnswered(tested.config, Ok(config())));
        tested
    }
    fn preparing() -> Tested {
        let mut tested = signed_out();
        tested.step(Event::LogIn(attempt()));
        tested
    }
    fn signed_in_loading() -> Tested {
        let mut tested = Tested::open(Some(session("one")), None);
        tested.step(Event::ConfigAnswered(tested.config, Ok(config())));
        tested
    }
    fn refused(error: CallbackError, provider: Option<&str>) -> Tested {
        let refused = Refused { error, provider: provider.map(Into::into), return_to: ReturnPath::new("/there") };
        let mut tested = Tested::open(None, Some(Err(refused)));
        tested.step(Event::ConfigAnswered(tested.config, Ok(config())));
        tested
    }
    vec![
        ("opening", || Tested::open(None, None)),
        ("signed out", signed_out),
        ("without a configuration", || {
            let mut tested = Tested::open(None, None);
            tested.step(Event::ConfigAnswered(tested.config, Err(Cause::NoAnswer)));
            tested
        }),
        ("wanted before the configuration", || {
            let mut tested = Tested::open(None, None);
            tested.step(Event::LogIn(attempt()));
            tested
        }),
        ("preparing", preparing),
        ("leaving", || {
            let mut tested = preparing();
            tested.step(Event::Prepared(tested.prepare, Ok(departure())));
            tested
        }),
        ("finishing", || {
            let validated =
                Callback::parse("/auth", "code=c&state=s").validate(Some(pending()), NOW).expect("it is good");
            let mut tested = Tested::open(None, Some(Ok(validated)));
            tested.step(Event::ConfigAnswered(tested.config, Ok(config())));
            tested
        }),
        ("finishing before the configuration", || {
            let validated =
                Callback::parse("/auth", "code=c&state=s").validate(Some(pending()), NOW).expect("it is good");
            Tested::open(None, Some(Ok(validated)))
        }),
        ("cancelled at the provider", || refused(CallbackError::AccessDenied, Some("github"))),
        ("with a callback of nobody", || refused(CallbackError::StateUnknown, None)),
        ("signed in, before the configuration", || Tested::open(Some(session("one")), None)),
        ("signed in, loading the profile", signed_in_loading),
        ("signed in", || {
            let mut tested = signed_in_loading();
            let profile = Profile { name: "demo".into(), picture: None, role: None };
            tested.step(Event::ProfileAnswered(tested.profile, Ok(profile)));
            tested
        }),
        ("signed in, without a profile", || {
            let mut tested = signed_in_loading();
            tested.step(Event::ProfileAnswered(tested.profile, Err(ProfileError::Unreadable)));
            tested
        }),
    ]
}

/// Everything that can happen, with the answers to the last questions.
fn events() -> Vec<(&'static str, Make)> {
    fn stored(tested: &Tested) -> Stored {
        Stored { session: tested.state.session().cloned(), ..Stored::default() }
    }
    vec![
        ("the configuration comes", |tested| Event::ConfigAnswered(tested.config, Ok(config()))),
        ("the configuration fails", |tested| Event::ConfigAnswered(tested.config, Err(Cause::NoAnswer))),
        ("log in", |_| Event::LogIn(attempt())),
        ("the request is made", |tested| Event::Prepared(tested.prepare, Ok(departure()))),
        ("the request cannot be made", |tested| Event::Prepared(tested.prepare, Err(Cause::NoCryptography))),
        ("the browser stays", |_| Event::NotLeft(Cause::NoStorage)),
        ("the code is exchanged", |tested| Event::Exchanged(tested.exchange, Ok(session("two")))),
        ("the code is refused", |tested| {
            Event::Exchanged(tested.exchange, Err(Cause::NotOurs { status: 503, wait: Some(9) }))
        }),
        ("the session is not kept", |_| Event::NotKept),
        ("the profile comes", |tested| {
            let profile = Profile { name: "demo".into(), picture: None, role: None };
            Event::ProfileAnswered(tested.profile, Ok(profile))
        }),
        ("the profile fails", |tested| Event::ProfileAnswered(tested.profile, Err(ProfileError::Unreadable))),
        ("the profile refuses the token", |tested| {
            Event::ProfileAnswered(tested.profile, Err(ProfileError::TokenRefused))
        }),
        ("load the profile", |_| Event::LoadProfile),
        ("the API answers 401", |_| Event::Doubted("one".into())),
        ("retry", |_| Event::Retry),
        ("log out", |_| Event::LogOut),
        ("the failure is left", |_| Event::Dismissed),
        ("nothing has changed", |tested| Event::Looked(stored(tested))),
        ("another tab logs out", |tested| Event::Looked(Stored { mark: Some("new".into()), ..stored(tested) })),
        ("another tab is refused", |tested| Event::Looked(Stored { ended: Some("one".into()), ..stored(tested) })),
        ("the storage is emptied", |_| Event::Looked(Stored::default())),
        ("a session is found", |_| Event::Looked(Stored { session: Some(session("three")), ..Stored::default() })),
        ("back from the cache", |_| Event::Returned),
        ("the network goes", |_| Event::Network { is_offline: true }),
        ("the network comes", |_| Event::Network { is_offline: false }),
        ("two seconds pass", |tested| Event::Waited(tested.watch, Patience::Slow)),
        ("ten seconds pass", |tested| Event::Waited(tested.watch, Patience::Over)),
    ]
}

#[test]
fn every_event_in_every_state_does_what_the_table_says() {
    let mut table = String::new();
    for (name, reach) in states() {
        let tested = reach();
        writeln!(table, "{name}: {}", tested.summary()).expect("a string takes it");
        for (event, make) in events() {
            let mut tested = reach();
            let before = tested.summary();
            let event_value = make(&tested);
            let effects = tested.step(event_value);
            let after = tested.summary();
            if before == after && effects.is_empty() {
                continue;
            }
            let after = if before == after { "as before".to_owned() } else { after };
            writeln!(table, "    {event} -> {after}").expect("a string takes it");
            if !effects.is_empty() {
                writeln!(table, "        {}", effects.join(", ")).expect("a string takes it");
            }
        }
        table.push('\n');
    }
    if std::env::var_os("UPDATE").is_some() {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/src/machine/table.txt");
        std::fs::write(file, &table).expect("the table can be written");
    }
    assert!(table == TABLE, "the table says otherwise; UPDATE=1 writes the new one:\n{table}");
}

/// A session that has expired is over by the clock, whatever is stored.
#[test]
fn an_expired_session_is_over_when_the_clock_says_so() {
    let mut tested = Tested::open(Some(session("one")), None);
    let stored = Stored { session: Some(session("one")), ..Stored::default() };
    let looked = |tested: &mut Tested, now| {
        let state = std::mem::replace(&mut tested.state, State::new(AuthOptions::new()));
        tested.state = state.at(now);
        tested.step(Event::Looked(stored.clone()));
        tested.summary()
    };
    assert!(looked(&mut tested, NOW + 3_599_999).starts_with("signed in"));
    assert_eq!(looked(&mut tested, NOW + 3_600_000), "signed out; waiting for Config; LoginEnded");
}

/// The app may show fewer providers than the function has, and in another order.
#[test]
fn only_the_providers_that_the_app_wants_are_shown() {
    let options = AuthOptions::new().providers(&["github", "unknown"]);
    let (state, _) =
        step(State::new(options), Event::Opened { stored: Stored::default(), callback: None, is_offline: false });
    let Config::Loading(generation) = state.config else { panic!("it is asked for") };
    let (state, _) = step(state, Event::ConfigAnswered(generation, Ok(config())));
    let shown: Vec<_> = state.providers().iter().map(|provider| provider.id.clone()).collect();
    assert_eq!(shown, ["github"]);
    let first = Attempt { choice: Choice::First, return_to: ReturnPath::home() };
    let (_, effects) = step(state, Event::LogIn(first));
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Prepare(_, provider, _) if provider.id == "github")));
}
