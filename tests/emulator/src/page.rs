//! The login page, and its messages to the emulator. The page says that it is an emulator and lists the demo logins, so
//! that it cannot be mistaken for the real one.

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

/// The page contains nothing from the request, so it cannot be used for injection.
pub(super) fn login(service: Service) -> impl IntoResponse {
    let behaviour = service.behaviour();
    let mut people = String::new();
    for person in &PEOPLE {
        write!(
            people,
            r#"<li><button type="button" class="person" data-email="{email}" data-password="{password}"><code>{email}</code> / <code>{password}</code><small>{note}</small></button></li>"#,
            email = person.email,
            password = person.password,
            note = behaviour.note(person),
        )
        .expect("writing to a String does not fail");
    }
    let deny = if behaviour.can_be_denied() { DENY } else { "" };
    let page =
        PAGE.replace("{service}", service.name()).replace("<!-- people -->", &people).replace("<!-- deny -->", deny);
    ([(header::CACHE_CONTROL, "no-store")], Html(page))
}

/// The message that the page posts to its own address. AniAPI's also has `g_recaptcha_response`, which is ignored here.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum Posted {
    Credentials {
        email: String,
        password: String,
    },
    /// The person refuses access.
    Denial {
        deny: bool,
    },
}

impl Posted {
    pub(super) fn read(body: &[u8]) -> Option<Self> {
        serde_json::from_slice(body).ok()
    }
}

/// Sends the person on. Page and emulator use AniAPI's format for every service: it is not part of the protocol that
/// clients see.
pub(super) fn go_to(address: &str) -> Response {
    Json(json!({ "status_code": 200, "data": address })).into_response()
}

/// Shows the person a message, and lets them try again.
pub(super) fn stay(why: &str) -> Response {
    Json(json!({ "status_code": 401, "data": why })).into_response()
}
