//! The login page. It says what it is and who can log in, so nobody takes it for the real one.

use std::fmt::Write as _;

use axum::http::header;
use axum::response::{Html, IntoResponse};

use super::people::PEOPLE;

const PAGE: &str = include_str!("login.html");

/// Nothing of the request is in it, so nothing of it can be abused.
pub(super) fn login() -> impl IntoResponse {
    let mut people = String::new();
    for person in &PEOPLE {
        let note = match (person.email_verified, person.role) {
            (false, _) => "e-mail not verified",
            (true, 0) => "everything in order",
            (true, _) => "a moderator, no avatar",
        };
        write!(
            people,
            r#"<li><button type="button" class="person" data-email="{email}" data-password="{password}"><code>{email}</code> / <code>{password}</code><small>{note}</small></button></li>"#,
            email = person.email,
            password = person.password,
        )
        .expect("writing to a String does not fail");
    }
    let page = PAGE.replace("<!-- people -->", &people);
    ([(header::CACHE_CONTROL, "no-store")], Html(page))
}
