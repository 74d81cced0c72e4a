//! The login page, and what it says to the emulator. It tells what it is and who can log in, so nobody takes it for the
//! real one.

use std::fmt::Write as _;

use axum::Json;
use axum::http::header;
use axum::response::{Html, IntoResponse, Response};
use serde::Deserialize;
use serde_json::json;

use super::people::PEOPLE;
use super::service::Service;

const PAGE: &str = include_str!("login.html");

const DENY: &str = r#"<button id="deny" type="button">Cancel</button>"#;

/// Nothing of the request is in it, so nothing of it can be abused.
pub(super) fn login(service: Service) -> impl IntoResponse {
    let ways = service.ways();
    let mut people = String::new();
    for person in &PEOPLE {
        write!(
            people,
            r#"<li><button type="button" class="person" data-email="{email}" data-password="{password}"><code>{email}</code> / <code>{password}</code><small>{note}</small></button></li>"#,
            email = person.email,
            password = person.password,
            note = ways.note(person),
        )
        .expect("writing to a String does not fail");
    }
    let deny = if ways.can_be_denied() { DENY } else { "" };
    let page =
        PAGE.replace("{service}", service.name()).replace("<!-- people -->", &people).replace("<!-- deny -->", deny);
    ([(header::CACHE_CONTROL, "no-store")], Html(page))
}

/// What the page posts to its own address. AniAPI's sends `g_recaptcha_response` too, which nobody here can judge.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum Posted {
    Credentials {
        email: String,
        password: String,
    },
    /// The person has said no.
    Denial {
        deny: bool,
    },
}

impl Posted {
    pub(super) fn read(body: &[u8]) -> Option<Self> {
        serde_json::from_slice(body).ok()
    }
}

/// Sends the person on. Page and emulator talk as AniAPI's do, whatever the service: it is no part of what a client sees.
pub(super) fn go_to(address: &str) -> Response {
    Json(json!({ "status_code": 200, "data": address })).into_response()
}

/// Tells the person something, and lets them try again.
pub(super) fn stay(why: &str) -> Response {
    Json(json!({ "status_code": 401, "data": why })).into_response()
}
