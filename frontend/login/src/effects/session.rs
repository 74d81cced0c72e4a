//! The three requests that write the session's cookie: exchange, renewal, logout. They wait for each other across all
//! tabs, and none is cancelled once it is sent: its response may contain the only copy of a new token.

use leptos::task::spawn_local;
use shared::callback::Validated;
use shared::error::ErrorCode;
use shared::session::SessionState;
use shared::token::TokenRequest;
use web_sys::AbortController;

use super::PATIENCE_MS;
use super::fetch::{self, Answer, NoAnswer, Question};
use super::lock::{self, Lock};
use super::requests::{self, Exchanged};
use super::storage::Store;
use super::timers::{after, pause};
use crate::auth::Auth;
use crate::browser;
use crate::failure::Cause;
use crate::machine::{Arrival, EndSession, Event, Generation, Renewal};
use crate::options::AuthOptions;
use crate::session::Session;

/// How long a writer waits for the lock, in milliseconds.
const LOCK_MS: u64 = 10_000;

/// How long a logout waits for the lock, in milliseconds.
const LOG_OUT_LOCK_MS: u64 = 2_000;

/// How long a login waits for the function's response to an earlier logout, in milliseconds.
pub(super) const LEAVE_AFTER_MS: u64 = 2_000;

/// The interval at which a page polls for the end of another page's renewal, in milliseconds.
const POLL_MS: u64 = 1_000;

/// Acquires the lock for writing the cookie.
async fn lock(store: Store) -> Option<Lock> {
    lock::acquire(&store.lock_name(), LOCK_MS).await
}

/// Exchanges the code.
pub(super) fn exchange(auth: Auth, options: AuthOptions, generation: Generation, validated: Validated) {
    spawn_local(async move {
        let store = Store(options.storage_prefix);
        let provider = validated.provider().to_owned();
        let question = requests::token(options.api_path, &TokenRequest::new(validated));
        let lock = lock(store).await;
        let answer = requests::read_token(send(question).await);
        drop(lock);
        let stored = store.stored();
        let arrival = answer.map(|exchanged| match exchanged {
            Exchanged::Token(token) => {
                let id = browser::random().map(|bytes| browser::hex(&bytes[..16])).unwrap_or_default();
                Arrival::Tab(Session::new(id, provider, token, stored.mark.clone(), browser::now()))
            }
            Exchanged::Session(session) => Arrival::Cookie(session),
        });
        auth.dispatch(Event::Exchanged(generation, stored, arrival));
    });
}

/// Renews the session, or reads its profile, or both.
pub(super) fn renew(auth: Auth, options: AuthOptions, renewal: Renewal) {
    spawn_local(async move {
        let store = Store(options.storage_prefix);
        let answer = try_renew(store, options.api_path, &renewal).await;
        auth.dispatch(Event::Renewed(renewal.generation, store.stored(), answer));
    });
}

async fn try_renew(store: Store, api_path: &str, renewal: &Renewal) -> Result<Option<SessionState>, Cause> {
    let lock = lock(store).await;
    if let Some(renewals) = renewal.renewals {
        // A request may outlive its page, but the lock does not.
        let mut is_unsure = lock.is_none();
        while is_unsure || store.is_being_renewed(&renewal.id, renewals) {
            let session = requests::read_session(send(requests::session(api_path)).await)?;
            let is_same =
                session.as_ref().is_some_and(|session| session.id == renewal.id && session.renewals == renewals);
            if !is_same {
                return Ok(session);
            }
            if store.is_being_renewed(&renewal.id, renewals) {
                pause(POLL_MS).await;
            }
            is_unsure = false;
        }
        store.note_renewal(&renewal.id, renewals);
    }
    let answer = send(requests::renewal(api_path, renewal)).await;
    if answer.is_ok() {
        store.forget_renewal();
    }
    requests::read_session(answer)
}

/// Ends a session at the function.
pub(super) fn end(auth: Auth, options: AuthOptions, session: EndSession) {
    let store = Store(options.storage_prefix);
    auth.running(|running| running.ends.push((session.id.clone(), browser::now())));
    spawn_local(async move {
        let _lock = lock::acquire(&store.lock_name(), LOG_OUT_LOCK_MS).await;
        let answer = send(requests::end(options.api_path, &session)).await;
        // Any response of the function itself is enough. For a tab's session, nothing is stored with which to retry.
        if session.token.is_some() || is_answered(answer) {
            store.note_end(&session.id);
        }
        auth.running(|running| running.ends.retain(|(id, _)| *id != session.id));
        auth.wake();
    });
}

fn is_answered(answer: Result<Answer, NoAnswer>) -> bool {
    let is_done = answer.as_ref().is_ok_and(|answer| answer.status == 204);
    // An error of the function counts as well: an older function without sessions has none to end.
    is_done
        || matches!(requests::read_session(answer), Err(Cause::Function { code, .. }) if code != ErrorCode::InternalError)
}

/// Sends a request that no event cancels. Only the timeout stops the wait for its response.
async fn send(question: Question) -> Result<Answer, NoAnswer> {
    let abort = AbortController::new().map_err(|_| NoAnswer)?;
    let signal = abort.signal();
    let _too_long = after(PATIENCE_MS, Box::new(move || abort.abort()));
    fetch::send(&signal, question).await
}
