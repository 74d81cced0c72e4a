//! Everything that the login does to the browser: one file for each kind.

pub(crate) mod callback;
mod departure;
pub(crate) mod fetch;
pub(crate) mod listeners;
mod requests;
pub(crate) mod storage;
pub(crate) mod timers;

use leptos::task::spawn_local;
use shared::token::TokenRequest;
use web_sys::AbortController;

use self::fetch::{Answer, NoAnswer, Question};
use self::storage::Store;
use self::timers::{Timer, after};
use crate::auth::Auth;
use crate::browser;
use crate::machine::{Effect, Event, Generation, Patience};
use crate::options::AuthOptions;
use crate::session::Session;

/// How long an answer may take, in milliseconds: longer than the function and the edge allow themselves.
const PATIENCE_MS: u64 = 30_000;

/// What is under way. All of it stops with the part of the app that the login was provided for.
#[derive(Default)]
pub(crate) struct Running {
    requests: Vec<(Generation, Request)>,
    wake: Option<Timer>,
    watch: [Option<Timer>; 2],
}

/// A request that is stopped when it is dropped, and when it takes too long.
struct Request {
    abort: AbortController,
    _too_long: Option<Timer>,
}

impl Drop for Request {
    fn drop(&mut self) {
        self.abort.abort();
    }
}

/// Does what the machine says.
pub(crate) fn run(auth: Auth, options: AuthOptions, effect: Effect) {
    let store = Store(options.storage_prefix);
    match effect {
        Effect::LoadConfig(generation) => {
            let read = move |answer| Event::ConfigAnswered(generation, requests::read_config(answer));
            ask(auth, generation, requests::config(options.api_path), Box::new(read));
        }
        Effect::Exchange(generation, validated) => {
            let provider = validated.provider().to_owned();
            let question = requests::token(options.api_path, &TokenRequest::new(validated));
            let begin = move |token| {
                let id = browser::random().map(|bytes| browser::hex(&bytes[..16])).unwrap_or_default();
                Session::new(id, provider, token, store.stored().mark, browser::now())
            };
            let read = move |answer| Event::Exchanged(generation, requests::read_token(answer).map(begin));
            ask(auth, generation, question, Box::new(read));
        }
        Effect::LoadProfile { generation, provider, token } => {
            let question = requests::profile(&provider, &token);
            let read = move |answer| Event::ProfileAnswered(generation, requests::read_profile(&provider, answer));
            ask(auth, generation, question, Box::new(read));
        }
        Effect::Cancel(generation) => stop(auth, generation),
        Effect::Prepare(generation, provider, return_to) => spawn_local(async move {
            auth.dispatch(Event::Prepared(generation, departure::prepare(&provider, return_to).await));
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
                // One millisecond more, as timers may fire a little early.
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

/// Sends a request that can be stopped, and reports what `read` makes of the answer.
fn ask(
    auth: Auth,
    generation: Generation,
    question: Question,
    read: Box<dyn FnOnce(Result<Answer, NoAnswer>) -> Event>,
) {
    // Every browser that runs WebAssembly has it.
    let Ok(abort) = AbortController::new() else { return };
    let signal = abort.signal();
    let too_long = abort.clone();
    let too_long = after(PATIENCE_MS, Box::new(move || too_long.abort()));
    auth.running(|running| running.requests.push((generation, Request { abort, _too_long: too_long })));
    spawn_local(async move {
        let answer = fetch::send(signal, question).await;
        stop(auth, generation);
        auth.dispatch(read(answer));
    });
}

fn stop(auth: Auth, generation: Generation) {
    auth.running(|running| running.requests.retain(|(this, _)| *this != generation));
}
