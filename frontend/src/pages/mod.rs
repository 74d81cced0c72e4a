//! The pages. There are only a few, so a `match` does the work of a router. A page is a card with three parts:
//! information above the perforation, actions below it, and a foot with the progress message.

mod callback;
mod failure;
mod not_found;
mod parts;
mod signed_in;
mod signed_out;
mod unknown;

use leptos::either::EitherOf5;
use leptos::prelude::*;
use leptos_login::{Auth, AuthOptions, LoginCallback, Patience, Waiting, effect, provide_auth_with_options, text};

use self::callback::callback;
use self::not_found::not_found;
use self::parts::paragraph;
use self::signed_in::signed_in;
use self::signed_out::signed_out;
use self::unknown::unknown;
use crate::browser;
use crate::texts::Texts;

const OPTIONS: AuthOptions = AuthOptions::new().storage_prefix("aniapi-login");

/// Which page is shown.
#[derive(Clone, Copy, PartialEq)]
enum Page {
    SignedOut,
    SignedIn,
    /// It is not known yet whether the person is signed in.
    Unknown,
    Callback,
    NotFound,
}

/// The whole app.
#[component]
pub fn App() -> impl IntoView {
    let auth = provide_auth_with_options(OPTIONS);
    browser::speak(auth.texts.language, texts(auth).other_colours);

    let mut before = None;
    effect(Box::new(move || {
        let page = page(auth);
        document().set_title(&title(auth, page));
        // Moves the focus to the new page, as a navigation would.
        if before.replace(page).is_some_and(|before| before != page && before != Page::Unknown) {
            browser::focus_heading();
        }
    }));
    // Each page is a separate branch, so that Leptos does not reuse the elements of one page for another.
    let view = move || match page(auth) {
        Page::SignedOut => EitherOf5::A(signed_out(auth)),
        Page::SignedIn => EitherOf5::B(signed_in(auth)),
        Page::Unknown => EitherOf5::C(unknown(auth)),
        Page::Callback => EitherOf5::D(view! { <LoginCallback view=callback /> }.into_any()),
        Page::NotFound => EitherOf5::E(not_found(auth)),
    };
    let status = paragraph("foot", Some("status"), text(move || status(auth).to_owned()));
    view! { <main class="pass">{view} {status}</main> }
}

/// Which page is shown.
fn page(auth: Auth) -> Page {
    match auth.path().get().as_str() {
        "/" if auth.is_signed_in().get() => Page::SignedIn,
        "/" if auth.is_known().get() => Page::SignedOut,
        "/" => Page::Unknown,
        _ if auth.is_at_callback() => Page::Callback,
        _ => Page::NotFound,
    }
}

fn title(auth: Auth, page: Page) -> String {
    match page {
        Page::SignedOut => texts(auth).sign_in.to_owned(),
        Page::SignedIn => self::signed_in::heading(auth),
        Page::Unknown => self::unknown::heading(auth).to_owned(),
        Page::Callback => self::callback::heading(auth).to_owned(),
        Page::NotFound => texts(auth).not_found.to_owned(),
    }
}

/// The progress message.
fn status(auth: Auth) -> &'static str {
    let texts = auth.texts;
    let Some(waiting) = auth.waiting().get() else { return "" };
    if auth.is_offline().get() {
        return texts.offline;
    }
    if auth.patience().get() > Patience::Fresh {
        return texts.slow;
    }
    match waiting {
        Waiting::Leaving => texts.leaving,
        Waiting::Finishing => texts.finishing,
        Waiting::Profile => texts.loading_profile,
        _ => texts.one_moment,
    }
}

/// The texts of the pages, in the language of the login.
fn texts(auth: Auth) -> &'static Texts {
    Texts::of(auth.texts.language)
}

/// Whether that wait has lasted so long that the person needs a way out.
fn takes_too_long(auth: Auth, what: Waiting) -> bool {
    auth.waiting().get() == Some(what) && auth.patience().get() == Patience::Over
}
