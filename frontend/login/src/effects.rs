//! The effects of the machine on the browser, one file per kind.

pub(crate) mod callback;
pub(crate) mod channel;
mod departure;
pub(crate) mod fetch;
pub(crate) mod listeners;
mod lock;
mod requests;
mod session;
pub(crate) mod storage;
pub(crate) mod timers;

use leptos::task::spawn_local;
use web_sys::AbortController;

use self::channel::Channel;
use self::fetch::{Answer, NoAnswer, Question};
use self::storage::Store;
use self::timers::{Timer, after};
use crate::auth::Auth;
use crate::browser;
use crate::machine::{Effect, EndSession, Event, Generation, Patience};
use crate::options::AuthOptions;

/// How long a response may take, in milliseconds: longer than the timeouts of the function and of the edge.
const PATIENCE_MS: u64 = 30_000;

/// What is in progress. All of it stops when the component that provided the login is unmounted.
#[derive(Default)]
pub(crate) struct Running {
    requests: Vec<(Generation, Request)>,
    wake: Option<Timer>,
    watch: [Option<Timer>; 2],
    channel: Option<Channel>,
    /// The ID of the last announced change of the session.
    heard: Option<String>,
    /// The open request to the other tabs for their session: its ID, and its timeout.
    asked: Option<(String, Timer)>,
    /// The sessions that are being ended, and since when, in milliseconds since the Unix epoch.
    ends: Vec<(String, u64)>,
}

/// A request that is cancelled when it is dropped, and when it takes too long.
struct Request {
    abort: AbortController,
    _too_long: Option<Timer>,
}

impl Drop for Request {
    fn drop(&mut self) {
        self.abort.abort();
    }
}

/// Performs an effect.
pub(crate) fn run(auth: Auth, options: AuthOptions, effect: Effect) {
    let store = Store(options.storage_prefix);
    match effect {
        Effect::LoadConfig(generation) => {
            let read = move |answer| Event::ConfigAnswered(generation, requests::read_config(answer));
            ask(auth, generation, requests::config(options.api_path), Box::new(read));
        }
        Effect::Exchange(generation, validated) => session::exchange(auth, options, generation, validated),
        Effect::LoadSession(generation) => {
            let read = move |answer| Event::SessionAnswered(generation, store.stored(), requests::read_session(answer));
            ask(auth, generation, requests::session(options.api_path), Box::new(read));
        }
        Effect::Renew(renewal) => session::renew(auth, options, renewal),
        Effect::EndSession(end) => session::end(auth, options, end),
        Effect::RepeatEnds => {
            for id in store.open_ends() {
                session::end(auth, options, EndSession { id, token: None });
            }
        }
        Effect::NoteSignedOut(id) => store.note_signed_out(&id),
        Effect::NoteRetryAt(at) => store.note_retry_at(at),
        Effect::Announce => channel::announce(auth, store),
        Effect::AskTabs => channel::ask(auth),
        Effect::Reload => {
            if store.may_reload() {
                // Cannot fail in a page that has an address.
                let _ = browser::location().reload();
            }
        }
        Effect::LoadProfile { generation, provider, token } => {
            let question = requests::profile(&provider, &token);
            let read = move |answer| Event::ProfileAnswered(generation, requests::read_profile(&provider, answer));
            ask(auth, generation, question, Box::new(read));
        }
        Effect::Cancel(generation) => stop(auth, generation),
        Effect::Prepare(generation, provider, return_to) => spawn_local(async move {
            has_ended(auth).await;
            let chooses_account = store.stored().chooses_account;
            let prepared = departure::prepare(&provider, return_to, chooses_account).await;
            auth.dispatch(Event::Prepared(generation, prepared));
        }),
        Effect::Leave(ready) => {
            if let Err(cause) = departure::leave(store, &ready) {
                auth.dispatch(Event::NotLeft(cause));
            }
        }
        Effect::Keep(session) => {
            if !store.keep(&session) {
                auth.dispatch(Event::NotKept);
            }
        }
        Effect::Forget => store.forget(),
        Effect::SignOutEverywhere => store.sign_out_everywhere(),
        Effect::EndEverywhere(id) => store.end_everywhere(&id),
        Effect::Go(place) => auth.go(place.as_str()),
        Effect::WakeAt(at) => {
            let timer = at.and_then(|at| {
                // One millisecond more, because timers may fire slightly early.
                after(at.saturating_sub(browser::now()) + 1, Box::new(move || auth.look()))
            });
            auth.running(|running| running.wake = timer);
        }
        Effect::Watch(generation) => {
            let watch = [(2_000, Patience::Slow), (10_000, Patience::Over)]
                .map(|(ms, patience)| after(ms, Box::new(move || auth.dispatch(Event::Waited(generation, patience)))));
            auth.running(|running| running.watch = watch);
        }
    }
}

/// Sends a request that can be cancelled, and dispatches the event that `read` makes of the response.
fn ask(
    auth: Auth,
    generation: Generation,
    question: Question,
    read: Box<dyn FnOnce(Result<Answer, NoAnswer>) -> Event>,
) {
    // Every browser with WebAssembly has it.
    let Ok(abort) = AbortController::new() else { return };
    let signal = abort.signal();
    let too_long = abort.clone();
    let too_long = after(PATIENCE_MS, Box::new(move || too_long.abort()));
    auth.running(|running| running.requests.push((generation, Request { abort, _too_long: too_long })));
    spawn_local(async move {
        let answer = fetch::send(&signal, question).await;
        stop(auth, generation);
        auth.dispatch(read(answer));
    });
}

/// Waits, for a limited time, until the function has responded to the logouts in progress.
async fn has_ended(auth: Auth) {
    let is_due = move |(_, since): &(String, u64)| browser::now().abs_diff(*since) < session::LEAVE_AFTER_MS;
    let _wake = after(session::LEAVE_AFTER_MS + 1, Box::new(move || auth.wake()));
    auth.until(move |core| !core.running.ends.iter().any(is_due)).await;
}

fn stop(auth: Auth, generation: Generation) {
    auth.running(|running| running.requests.retain(|(this, _)| *this != generation));
}
