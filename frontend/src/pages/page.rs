//! What the pages are put together from. A page is a pass with two halves: what is said stands above the perforation,
//! what can be done below it, and there is one method for each thing that can stand in them.
//!
//! What is shown has no type of its own, so that the app carries the code for one of each kind and not for every place
//! where one stands. Fixed texts come in variables: of an element with nothing else, Leptos makes HTML for `innerHTML`,
//! which the site's policy forbids (Trusted Types), and the page would stay empty.

use leptos::prelude::*;

use crate::auth::{Auth, Patience};
use crate::browser;
use crate::failure::Failure;
use crate::texts::Texts;

/// What a press does.
pub(super) type Action = Box<dyn Fn() + Send>;

/// A page while it is put together.
pub(super) struct Page {
    pub(super) texts: &'static Texts,
    /// The heading, which is also the document's title.
    pub(super) title: String,
    said: Vec<AnyView>,
    done: Vec<AnyView>,
    /// It stands last, so that nothing moves when it goes.
    waited_for: Option<AnyView>,
}

impl Page {
    pub(super) fn new(texts: &'static Texts) -> Self {
        Self { texts, title: String::new(), said: Vec::new(), done: Vec::new(), waited_for: None }
    }

    /// The heading.
    pub(super) fn heading(&mut self, text: &str) {
        self.title = text.to_owned();
        self.said.push(heading(text));
    }

    /// A paragraph that is not what the page is for.
    pub(super) fn quiet(&mut self, text: &str) {
        self.said.push(paragraph(Some("quiet"), None, text));
    }

    /// The heading is the person's name, beside their picture and their role.
    pub(super) fn person(&mut self, name: &str, avatar: Option<String>, role: Option<&str>) {
        let mut words = vec![heading(name)];
        if let Some(role) = role {
            words.push(paragraph(Some("quiet"), None, role));
        }
        let mut card = Vec::new();
        if let Some(address) = avatar {
            card.push(picture(address));
        }
        card.push(group(None, None, words));
        self.title = name.to_owned();
        self.said.push(group(Some("person"), None, card));
    }

    /// Something that went wrong.
    pub(super) fn alert(&mut self, text: &str) {
        self.said.push(group(None, Some("alert"), vec![paragraph(None, None, text)]));
    }

    /// A failure as a sentence, and a button to try again where that helps.
    pub(super) fn failure(&mut self, auth: Auth, failure: &Failure, on_retry: Action) {
        let mut said = vec![paragraph(None, None, &failure.sentence(self.texts))];
        if browser::is_development()
            && let Some(hint) = failure.hint()
        {
            said.push(paragraph(Some("hint"), None, hint));
        }
        if let Some(id) = failure.request_id() {
            said.push(paragraph(Some("quiet request"), None, &[self.texts.request, id].concat()));
            let label = if auth.is_copied() { self.texts.copied } else { self.texts.copy };
            said.push(button(None, label, false, Box::new(move || auth.copy_request())));
        }
        self.said.push(group(None, Some("alert"), said));
        if failure.can_retry() {
            self.button(self.texts.try_again, false, on_retry);
        }
    }

    /// What is being waited for. It says so when that takes long, and gives whether it takes too long.
    pub(super) fn wait(&mut self, auth: Auth, text: &str) -> bool {
        let patience = auth.patience();
        let text = if auth.is_offline() {
            self.texts.offline
        } else if patience == Patience::Fresh {
            text
        } else {
            self.texts.slow
        };
        self.waited_for = Some(paragraph(None, Some("status"), text));
        patience == Patience::Over
    }

    /// What a person can do.
    pub(super) fn button(&mut self, label: &str, is_off: bool, action: Action) {
        self.done.push(button(None, label, is_off, action));
    }

    /// What a person can do, but rarely wants to.
    pub(super) fn second(&mut self, label: &str, action: Action) {
        self.done.push(button(Some("second"), label, false, action));
    }

    /// The way to the front page.
    pub(super) fn home(&mut self) {
        let text = self.texts.front_page;
        self.done.push(view! { <a href="/">{text}</a> }.into_any());
    }

    /// The page itself.
    pub(super) fn view(self) -> AnyView {
        let halves = self.halves();
        view! { <main class="pass">{halves}</main> }.into_any()
    }

    /// The same as a part of somebody else's page, which may speak another language.
    pub(super) fn part(self) -> AnyView {
        let language = self.texts.language;
        let halves = self.halves();
        view! { <div class="pass" lang=language>{halves}</div> }.into_any()
    }

    fn halves(mut self) -> Vec<AnyView> {
        self.done.extend(self.waited_for);
        vec![group(Some("said"), None, self.said), group(Some("done"), None, self.done)]
    }
}

/// It can be given the focus when the page has become another one.
fn heading(text: &str) -> AnyView {
    let text = text.to_owned();
    view! { <h1 tabindex="-1">{text}</h1> }.into_any()
}

fn paragraph(class: Option<&'static str>, role: Option<&'static str>, text: &str) -> AnyView {
    let text = text.to_owned();
    view! { <p class=class role=role>{text}</p> }.into_any()
}

fn group(class: Option<&'static str>, role: Option<&'static str>, parts: Vec<AnyView>) -> AnyView {
    view! { <div class=class role=role>{parts}</div> }.into_any()
}

fn button(class: Option<&'static str>, label: &str, is_off: bool, action: Action) -> AnyView {
    let label = label.to_owned();
    view! { <button type="button" class=class prop:disabled=is_off on:click=move |_| action()>{label}</button> }
        .into_any()
}

fn picture(address: String) -> AnyView {
    view! { <img class="avatar" src=address alt="" width="64" height="64" referrerpolicy="no-referrer" /> }.into_any()
}
