//! Every address without a page.

use leptos::prelude::*;
use leptos_login::Auth;

use super::parts::{fixed, heading, home, line};
use super::texts;

pub(super) fn not_found(auth: Auth) -> AnyView {
    let texts = texts(auth);
    view! {
        <div class="said">
            {vec![heading(fixed(texts.not_found)), line("quiet", fixed(texts.no_such_page))]}
        </div>
        <div class="done">{vec![home(auth)]}</div>
    }
    .into_any()
}
