//! Loading open pages again when the site was rebuilt: a script file that the page is given, and a stream of events that
//! the script listens to. Both are of this origin, so the deployed policy allows them; no built site has them.

use std::convert::Infallible;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::State;
use axum::http::header;
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use futures_util::stream::{self, Stream};
use tokio::sync::watch;

const SCRIPT: &str = include_str!("reload.js");
const TAG: &str = r#"<script type="module" src="/_dev/reload.js"></script></head>"#;

/// How large a page may be.
const LARGEST: usize = 1024 * 1024;

/// Which build is being served.
#[derive(Debug)]
pub(super) struct Builds {
    number: watch::Sender<u64>,
}

impl Builds {
    pub(super) fn new() -> Arc<Self> {
        // A page that was opened before a restart sees another number, whatever it was.
        let first = std::time::UNIX_EPOCH.elapsed().map_or(0, |now| now.as_millis() as u64);
        Arc::new(Self { number: watch::Sender::new(first) })
    }

    /// There is another build now.
    pub(super) fn next(&self) {
        self.number.send_modify(|number| *number += 1);
    }

    /// The script, and its events.
    pub(super) fn routes(self: &Arc<Self>) -> Router {
        Router::new()
            .route("/_dev/reload.js", get(async || ([(header::CONTENT_TYPE, "text/javascript")], SCRIPT)))
            .route("/_dev/events", get(events))
            .with_state(Arc::clone(self))
    }
}

async fn events(State(builds): State<Arc<Builds>>) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let mut seen = builds.number.subscribe();
    seen.mark_changed();
    Sse::new(stream::unfold(seen, async |mut seen| {
        seen.changed().await.ok()?;
        let number = *seen.borrow_and_update();
        Some((Ok(Event::default().event("build").data(number.to_string())), seen))
    }))
}

/// Gives the script to a page; any other answer stays as it is.
pub(super) async fn inject(response: Response) -> Response {
    let media_type = response.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    if !media_type.is_some_and(|media_type| media_type.starts_with("text/html")) {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let Ok(page) = to_bytes(body, LARGEST).await else { return parts.into_response() };
    let page = String::from_utf8_lossy(&page).replacen("</head>", TAG, 1);
    parts.headers.remove(header::CONTENT_LENGTH);
    (parts, Body::from(page)).into_response()
}
