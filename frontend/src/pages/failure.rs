//! Shows a failure: what went wrong, when to retry, and the request ID.

use leptos::prelude::*;
use leptos_login::{Auth, Failure, dynamic, flag, text};

use super::parts::{button, fixed, group, line, paragraph};
use super::texts;
use crate::browser;

/// Why the person is not signed in.
pub(super) fn problem(auth: Auth) -> AnyView {
    dynamic(Box::new(move || match auth.failure().get() {
        Some(failure) => view(auth, failure),
        None => ().into_any(),
    }))
}

fn view(auth: Auth, failure: Failure) -> AnyView {
    let wait = text(move || {
        let (before, after) = auth.texts.wait_seconds;
        match auth.retry_in().get() {
            0 => String::new(),
            1 => auth.texts.wait_a_second.to_owned(),
            seconds => [before, &seconds.to_string(), after].concat(),
        }
    });
    let mut lines = vec![
        line("", fixed(failure.sentence)),
        // A countdown must not be read out each second; screen readers do not announce the role `timer`.
        paragraph("", Some("timer"), wait),
    ];
    if let Some(hint) = failure.hint.filter(|_| browser::is_development()) {
        lines.push(line("hint", fixed(hint)));
    }
    if let Some(id) = failure.request_id {
        lines.push(line("quiet request", text(move || [auth.texts.request, &id].concat())));
        lines.push(copy(auth));
    }
    group("", Some("alert"), lines)
}

/// A button that copies the request ID, by which the operator finds the request in the log.
fn copy(auth: Auth) -> AnyView {
    let (is_copied, set_copied) = signal(false);
    let label = move || if is_copied.get() { texts(auth).copied } else { texts(auth).copy };
    let press = move || set_copied.set(browser::copy("[role=alert] .request"));
    button("", text(move || label().to_owned()), flag(|| false), Box::new(press))
}
