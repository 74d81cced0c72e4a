//! The page that logs a person out of the service (OpenID Connect RP-Initiated Logout 1.0, 2). The emulator keeps no
//! session between two logins, so there is nothing to end.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header;
use axum::response::{Html, IntoResponse, Response};

use crate::provider::Provider;

/// `GET` or `POST`. The page contains nothing from the request, and does not redirect.
pub(super) async fn page(State(provider): State<Arc<Provider>>) -> Response {
    let name = provider.service.name();
    let page = format!(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>Signed out</title>\n<h1>Signed out</h1>\n\
         <p role=\"status\">You are signed out of the {name} emulator.</p>\n</html>\n"
    );
    ([(header::CACHE_CONTROL, "no-store")], Html(page)).into_response()
}
