//! Messages between the tabs of this app: that the session has changed, by a `BroadcastChannel` and by a storage event;
//! and the session itself, if a tab has it. The channel is closed while the page is hidden, so that the page can be
//! kept in the back-forward cache.

use shared::json::Json as _;
use shared::session::SessionMode;
use shared::state::State;
use wasm_bindgen::JsCast as _;
use wasm_bindgen::closure::Closure;
use web_sys::{BroadcastChannel, MessageEvent};

use super::storage::Store;
use super::timers::after;
use crate::auth::Auth;
use crate::browser;
use crate::json::Js;
use crate::machine::Event;
use crate::session::Session;

/// How long to wait for another tab's session, in milliseconds.
const HAND_OVER_MS: u64 = 300;

/// The channel. It closes when it is dropped.
pub(crate) struct Channel {
    channel: BroadcastChannel,
    _heard: Closure<dyn Fn(MessageEvent)>,
}

impl Drop for Channel {
    fn drop(&mut self) {
        self.channel.close();
    }
}

impl Channel {
    fn open(auth: Auth, store: Store) -> Option<Self> {
        let channel = BroadcastChannel::new(&store.channel_name()).ok()?;
        let heard = Closure::new(move |event: MessageEvent| {
            if let Some(message) = event.data().as_string().and_then(|text| Js::parse(&text)) {
                hear(auth, &message);
            }
        });
        channel.set_onmessage(Some(heard.as_ref().unchecked_ref()));
        Some(Self { channel, _heard: heard })
    }

    fn send(&self, message: &Js) {
        // If sending fails, the other tabs do without the message.
        if let Some(text) = message.stringify() {
            let _ = self.channel.post_message(&text.into());
        }
    }
}

/// Opens the channel. It stays open until the page is hidden.
pub(crate) fn open(auth: Auth, store: Store) {
    let channel = Channel::open(auth, store);
    auth.running(|running| running.channel = channel);
}

/// Closes the channel.
pub(crate) fn close(auth: Auth) {
    auth.running(|running| running.channel = None);
}

/// Announces to the other tabs that the session has changed.
pub(super) fn announce(auth: Auth, store: Store) {
    let Some(id) = name() else { return };
    store.note_change(&id);
    let message = Js::object([("changed", Some(Js::text(&id)))]);
    auth.running(|running| {
        running.heard = Some(id);
        if let Some(channel) = &running.channel {
            channel.send(&message);
        }
    });
}

/// Asks the other tabs for a session.
pub(super) fn ask(auth: Auth) {
    let id = name();
    let mut is_sent = false;
    auth.running(|running| {
        if let (Some(channel), Some(id)) = (&running.channel, &id) {
            channel.send(&Js::object([("ask", Some(Js::text(id)))]));
            is_sent = true;
        }
    });
    let over = Box::new(move || hand_over(auth, None));
    let Some(timer) = after(if is_sent { HAND_OVER_MS } else { 0 }, over) else { return };
    auth.running(|running| running.asked = Some((id.unwrap_or_default(), timer)));
}

/// Handles an announced change. It may arrive by the channel, by storage, or by both.
pub(crate) fn changed(auth: Auth, id: String) {
    let mut is_news = false;
    auth.running(|running| {
        is_news = running.heard.as_ref() != Some(&id);
        running.heard = Some(id);
    });
    if is_news {
        auth.look();
        auth.dispatch(Event::Announced);
    }
}

fn hear(auth: Auth, message: &Js) {
    if let Some(id) = message.text_of("changed") {
        changed(auth, id);
    } else if let Some(id) = message.text_of("ask") {
        answer(auth, &id);
    } else if let Some(id) = message.text_of("for") {
        let session = message.member("session").and_then(|session| Session::from_json(&session));
        let mut is_asked = false;
        auth.running(|running| is_asked = running.asked.as_ref().is_some_and(|(asked, _)| *asked == id));
        if is_asked && session.is_some() {
            hand_over(auth, session);
        }
    }
}

/// Sends this tab's session to the tab that asked for it.
fn answer(auth: Auth, id: &str) {
    auth.look();
    let session = auth.read(|state| state.session().filter(|session| session.mode() == SessionMode::Tab).cloned());
    let Some(session) = session.flatten() else { return };
    let message = Js::object([("for", Some(Js::text(id))), ("session", Some(session.to_json()))]);
    auth.running(|running| {
        if let Some(channel) = &running.channel {
            channel.send(&message);
        }
    });
}

fn hand_over(auth: Auth, session: Option<Session>) {
    auth.running(|running| running.asked = None);
    auth.look();
    auth.dispatch(Event::HandedOver(session));
}

/// A unique ID for a message.
fn name() -> Option<String> {
    Some(State::from_bytes(browser::random()?).as_str().to_owned())
}
