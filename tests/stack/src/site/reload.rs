//! Reloads open pages after a rebuild of the site, by a script that is added to each page and a stream of events for
//! it. Both have the page's origin, so the deployed policy allows them. No built site contains them.

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

/// The maximum size of a page, in bytes.
const LARGEST: usize = 1024 * 1024;

/// The number of the build that is served.
#[derive(Debug)]
pub(super) struct Builds {
    number: watch::Sender<u64>,
}

impl Builds {
    pub(super) fn new() -> Arc<Self> {
        // A page that was opened before a restart gets a different number.
        let first = std::time::UNIX_EPOCH.elapsed().map_or(0, |now| now.as_millis() as u64);
        Arc::new(Self { number: watch::Sender::new(first) })
    }

    /// Announces a new build.
    pub(super) fn next(&self) {
        self.number.send_modify(|number| *number += 1);
    }

    /// The routes of the script and of the events.
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

/// Adds the script to a page, and returns any other response unchanged.
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
