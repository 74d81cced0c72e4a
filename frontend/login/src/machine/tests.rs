//! Every event in every state of a login, as a table: `table.txt`. A change of the machine changes that file, and the
//! difference is to be reviewed line by line; `UPDATE=1 cargo test -p leptos-login table` writes it. What holds in
//! every sequence of events is checked by the oracle in `tests/fuzz/oracles/login.rs`.

use std::fmt::Write as _;

use shared::callback::{Callback, CallbackError};
use shared::config::{AppConfig, ProviderConfig};
use shared::error::ErrorCode;
use shared::provider::{Profile, ProfileError};
use shared::return_path::ReturnPath;
use shared::secret::AccessToken;
use shared::session::{ProfileFault, SessionMode, SessionState};
use shared::state::{PendingLogin, State as LoginState};
use shared::token::{TokenResponse, TokenType};

use super::*;
use crate::options::AuthOptions;
use crate::session::Session;

const NOW: u64 = 1_700_000_000_000;
const TABLE: &str = include_str!("table.txt");

/// Builds a state.
type Reach = fn() -> Tested;

/// Builds an event for a state.
type Make = fn(&Tested) -> Event;

/// A machine under test, with the generations of its latest requests.
struct Tested {
    state: State,
    config: Generation,
    prepare: Generation,
    exchange: Generation,
    profile: Generation,
    session: Generation,
    renewal: Generation,
    watch: Generation,
}

impl Tested {
    fn open(session: Option<Session>, callback: Option<Result<shared::callback::Validated, Refused>>) -> Self {
        Self::open_with(Stored { session, ..Stored::default() }, callback)
    }

    fn open_with(stored: Stored, callback: Option<Result<shared::callback::Validated, Refused>>) -> Self {
        let none = Generation::default();
        let state = State::new(AuthOptions::new()).at(NOW);
        let mut tested = Self {
            state,
            config: none,
            prepare: none,
            exchange: none,
            profile: none,
            session: none,
            renewal: none,
            watch: none,
        };
        tested.step(Event::Opened { stored, callback, is_offline: false });
        tested
    }

    /// Performs a step, and describes its effects.
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
            Effect::LoadSession(generation) => {
                self.session = generation;
                "ask for the session"
            }
            Effect::Renew(Renewal { generation, id, renewals, profile }) => {
                self.renewal = generation;
                let renewals = renewals.map(|renewals| format!(" from {renewals}")).unwrap_or_default();
                return format!("renew {id}{renewals}{}", if profile { " with its profile" } else { "" });
            }
            Effect::EndSession(EndSession { id, token }) => {
                return format!("end {id} at the function{}", if token.is_some() { ", with its token" } else { "" });
            }
            Effect::RepeatEnds => "repeat what is open",
            Effect::NoteSignedOut(id) => return format!("note that {id} is signed out"),
            Effect::NoteRetryAt(at) => return format!("ask nothing for {} s", (at - NOW).div_ceil(1000)),
            Effect::Announce => "announce it",
            Effect::AskTabs => "ask the other tabs",
            Effect::Reload => "load the page again",
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

    /// Describes the state.
    fn summary(&self) -> String {
        let mut words = Vec::new();
        match self.state.session() {
            Some(session) => words.push(format!("signed in ({}), profile {:?}", session.id(), self.state.profile())),
            None if self.state.is_known() => words.push("signed out".to_owned()),
            None => words.push("unknown".to_owned()),
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
    let token = TokenResponse { access_token, token_type: TokenType::Bearer, expires_in: Some(3600), ends_in: None };
    Session::new(id.into(), "aniapi".into(), token, None, NOW)
}

/// A session in a cookie, as the function reports it.
fn state(id: &str, renewals: u64) -> SessionState {
    SessionState {
        id: id.into(),
        mode: SessionMode::Cookie,
        provider: "github".into(),
        renewals,
        renewable: true,
        expires_in: Some(300),
        ends_in: 86_400,
        profile: Some(Profile { name: "demo".into(), picture: None, role: None }),
        profile_error: None,
        access_token: Some(AccessToken::new("t0ken")),
    }
}

fn refusal(code: ErrorCode) -> Cause {
    Cause::Function { code, retry: shared::error::Retry::No, wait: None, request_id: "id".into() }
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

fn cookie_config() -> AppConfig {
    AppConfig { session: SessionMode::Cookie, ..config() }
}

fn attempt() -> Attempt {
    Attempt { choice: Choice::Provider("github".into()), return_to: ReturnPath::new("/here") }
}

fn departure() -> Departure {
    let state = LoginState::from_bytes([7; 32]);
    Departure { state, pending: pending(), address: "https://login.example/".into() }
}

/// Every state of a login, with a function that builds it.
fn states() -> Vec<(&'static str, Reach)> {
    fn signed_out() -> Tested {
        let mut tested = Tested::open(None, None);
        tested.step(Event::SessionAnswered(tested.session, Stored::default(), Ok(None)));
        tested.step(Event::ConfigAnswered(tested.config, Ok(config())));
        tested
    }
    fn cookie(session: SessionState) -> Tested {
        let hint = Some(Hint { id: session.id.clone(), renewals: session.renewals, life: None });
        let mut tested = Tested::open_with(Stored { hint, ..Stored::default() }, None);
        tested.step(Event::SessionAnswered(tested.session, Stored::default(), Ok(Some(session))));
        tested.step(Event::ConfigAnswered(tested.config, Ok(cookie_config())));
        tested
    }
    fn refused_renewal() -> Tested {
        let mut tested = cookie(state("one", 3));
        tested.step(Event::TokenRefused("one".into(), 3));
        tested.step(Event::Renewed(tested.renewal, Stored::default(), Err(refusal(ErrorCode::InvalidSession))));
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
        tested.step(Event::SessionAnswered(tested.session, Stored::default(), Ok(None)));
        tested.step(Event::ConfigAnswered(tested.config, Ok(config())));
        tested
    }
    vec![
        ("opening", || Tested::open(None, None)),
        ("signed out", signed_out),
        ("without a configuration", || {
            let mut tested = Tested::open(None, None);
            tested.step(Event::SessionAnswered(tested.session, Stored::default(), Ok(None)));
            tested.step(Event::ConfigAnswered(tested.config, Err(Cause::NoAnswer)));
            tested
        }),
        ("wanted before the configuration", || {
            let mut tested = Tested::open(None, None);
            tested.step(Event::SessionAnswered(tested.session, Stored::default(), Ok(None)));
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
                Callback::parse("/auth", "code=c&state=s").validate(Some(pending()), NOW).expect("it is valid");
            let mut tested = Tested::open(None, Some(Ok(validated)));
            tested.step(Event::ConfigAnswered(tested.config, Ok(config())));
            tested
        }),
        ("finishing before the configuration", || {
            let validated =
                Callback::parse("/auth", "code=c&state=s").validate(Some(pending()), NOW).expect("it is valid");
            Tested::open(None, Some(Ok(validated)))
        }),
        ("cancelled at the provider", || refused(CallbackError::AccessDenied, Some("github"))),
        ("with a callback without a pending login", || refused(CallbackError::StateUnknown, None)),
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
        ("opening where a session is expected", || {
            let hint = Some(Hint { id: "one".into(), renewals: 3, life: None });
            Tested::open_with(Stored { hint, ..Stored::default() }, None)
        }),
        ("with a callback without a pending login, before the session is known", || {
            let refused =
                Refused { error: CallbackError::StateUnknown, provider: None, return_to: ReturnPath::new("/there") };
            let mut tested = Tested::open(None, Some(Err(refused)));
            tested.step(Event::ConfigAnswered(tested.config, Ok(cookie_config())));
            tested
        }),
        ("not known whether signed in", || {
            let mut tested = Tested::open(None, None);
            tested.step(Event::ConfigAnswered(tested.config, Ok(cookie_config())));
            tested.step(Event::SessionAnswered(tested.session, Stored::default(), Err(Cause::NoAnswer)));
            tested
        }),
        ("signed out, with cookies", || {
            let mut tested = Tested::open(None, None);
            tested.step(Event::ConfigAnswered(tested.config, Ok(cookie_config())));
            tested.step(Event::SessionAnswered(tested.session, Stored::default(), Ok(None)));
            tested
        }),
        ("signed in by a cookie", || cookie(state("one", 3))),
        ("signed in by a cookie, before the configuration", || {
            let mut tested = Tested::open(None, None);
            tested.step(Event::SessionAnswered(tested.session, Stored::default(), Ok(Some(state("one", 3)))));
            tested
        }),
        ("signed in by a cookie that cannot be renewed", || {
            cookie(SessionState { renewable: false, ..state("one", 3) })
        }),
        ("signed in by a cookie, without a profile", || {
            cookie(SessionState { profile: None, profile_error: Some(ProfileFault::Unavailable), ..state("one", 3) })
        }),
        ("renewing", || {
            let mut tested = cookie(state("one", 3));
            tested.step(Event::TokenRefused("one".into(), 3));
            tested
        }),
        ("renewal refused, not confirmed yet", refused_renewal),
        ("renewal failed", || {
            let mut tested = cookie(state("one", 3));
            tested.step(Event::TokenRefused("one".into(), 3));
            tested.step(Event::Renewed(tested.renewal, Stored::default(), Err(Cause::NoAnswer)));
            tested
        }),
    ]
}

/// Every event. Responses belong to the latest requests.
fn events() -> Vec<(&'static str, Make)> {
    fn answered(tested: &Tested, session: SessionState) -> Event {
        Event::SessionAnswered(tested.session, Stored::default(), Ok(Some(session)))
    }
    fn renewed(tested: &Tested, answer: Result<Option<SessionState>, Cause>) -> Event {
        Event::Renewed(tested.renewal, Stored::default(), answer)
    }
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
        ("the code is exchanged", |tested| {
            Event::Exchanged(tested.exchange, Stored::default(), Ok(Arrival::Tab(session("two"))))
        }),
        ("the code is exchanged for a cookie", |tested| {
            Event::Exchanged(tested.exchange, Stored::default(), Ok(Arrival::Cookie(state("two", 0))))
        }),
        ("the code is refused", |tested| {
            Event::Exchanged(tested.exchange, Stored::default(), Err(Cause::NotOurs { status: 503, wait: Some(9) }))
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
        ("the API answers 401", |_| Event::TokenRefused("one".into(), 3)),
        ("the API answers 401 to an older token", |_| Event::TokenRefused("one".into(), 2)),
        ("a token is wanted", |_| Event::TokenWanted),
        ("the cookie has no session", |tested| Event::SessionAnswered(tested.session, Stored::default(), Ok(None))),
        ("the cookie has a session", |tested| answered(tested, state("one", 3))),
        ("the cookie has a renewed session", |tested| answered(tested, state("one", 4))),
        ("the cookie has an older session", |tested| answered(tested, state("one", 2))),
        ("the cookie has another session", |tested| answered(tested, state("other", 0))),
        ("the cookie has a session of another mode", |tested| {
            answered(tested, SessionState { mode: SessionMode::Proxy, access_token: None, ..state("one", 3) })
        }),
        ("the cookie has a session that is signed out", |tested| {
            let stored = Stored { signed_out: vec!["one".into()], ..Stored::default() };
            Event::SessionAnswered(tested.session, stored, Ok(Some(state("one", 3))))
        }),
        ("the cookie has a session that the provider has ended", |tested| {
            let stored = Stored { ended: Some("one".into()), ..Stored::default() };
            Event::SessionAnswered(tested.session, stored, Ok(Some(state("one", 3))))
        }),
        ("the session cannot be asked for", |tested| {
            let cause = Cause::NotOurs { status: 503, wait: Some(9) };
            Event::SessionAnswered(tested.session, Stored::default(), Err(cause))
        }),
        ("an older function knows no sessions", |tested| {
            Event::SessionAnswered(tested.session, Stored::default(), Err(refusal(ErrorCode::NotFound)))
        }),
        ("the session is renewed", |tested| renewed(tested, Ok(Some(state("one", 4))))),
        ("the session is renewed, and the token refused", |tested| {
            let refused = Some(ProfileFault::Refused);
            renewed(tested, Ok(Some(SessionState { profile_error: refused, renewable: false, ..state("one", 3) })))
        }),
        ("the renewal is refused", |tested| renewed(tested, Err(refusal(ErrorCode::InvalidSession)))),
        ("the renewal is for another session", |tested| renewed(tested, Err(refusal(ErrorCode::SessionChanged)))),
        ("the renewal does not fit", |tested| renewed(tested, Err(refusal(ErrorCode::SessionTooLarge)))),
        ("the token has ended", |tested| renewed(tested, Err(refusal(ErrorCode::TokenExpired)))),
        ("the renewal fails", |tested| renewed(tested, Err(Cause::NotOurs { status: 503, wait: Some(9) }))),
        ("another tab announces a change", |_| Event::Announced),
        ("another tab hands its session over", |_| Event::HandedOver(Some(session("handed")))),
        ("no tab has a session", |_| Event::HandedOver(None)),
        ("another tab logs out of the cookie's", |_| {
            Event::Looked(Stored { signed_out: vec!["one".into()], ..Stored::default() })
        }),
        ("the page is shown", |_| Event::Shown),
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
    assert!(table == TABLE, "the table is out of date; UPDATE=1 writes the new one:\n{table}");
}

/// A session in a tab ends by the clock, whatever is stored.
#[test]
fn session_in_a_tab_ends_when_it_expires() {
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
fn only_the_providers_in_the_options_are_shown() {
    let options = AuthOptions::new().providers(&["github", "unknown"]);
    let (state, _) =
        step(State::new(options), Event::Opened { stored: Stored::default(), callback: None, is_offline: false });
    let Config::Loading(generation) = state.config else { panic!("the configuration is requested") };
    let (state, _) = step(state, Event::ConfigAnswered(generation, Ok(config())));
    let shown: Vec<_> = state.providers().iter().map(|provider| provider.id.clone()).collect();
    assert_eq!(shown, ["github"]);
    let first = Attempt { choice: Choice::First, return_to: ReturnPath::home() };
    let (_, effects) = step(state, Event::LogIn(first));
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Prepare(_, provider, _) if provider.id == "github")));
}

/// What is due for a session in a cookie, at several times.
#[test]
fn session_in_a_cookie_is_renewed_in_time_and_does_not_end_by_the_clock() {
    let open = || {
        let mut tested = Tested::open(None, None);
        tested.step(Event::ConfigAnswered(tested.config, Ok(cookie_config())));
        tested.step(Event::SessionAnswered(tested.session, Stored::default(), Ok(Some(state("one", 3)))));
        tested
    };
    for (seconds, expected) in [
        (0, vec!["look again after 30 s"]),
        (239, vec!["look again after 240 s"]),
        (240, vec!["look again after 270 s", "renew one from 3"]),
        (301, vec!["look again after 331 s", "renew one from 3"]),
        (86_401, vec!["set no timer", "renew one from 3"]),
    ] {
        let mut tested = open();
        let state = std::mem::replace(&mut tested.state, State::new(AuthOptions::new()));
        tested.state = state.at(NOW + seconds * 1000);
        let effects = tested.step(Event::Looked(Stored::default()));
        assert_eq!(effects, expected, "after {seconds} s");
        assert!(tested.summary().starts_with("signed in"), "after {seconds} s");
    }
}
