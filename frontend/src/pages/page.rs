//! What the pages are put together from: a page is a list, and there is one method for each thing that can stand in it.
//!
//! What is shown has no type of its own, so that the app carries the code for one of each kind and not for every place
//! where one stands. Fixed texts stand in braces: of an element without any, Leptos makes HTML for `innerHTML`, which
//! the site's policy forbids (Trusted Types), and the page would stay empty.

use leptos::prelude::*;

use crate::failure::Failure;

/// A page, or a part of one, while it is put together.
#[derive(Default)]
pub(super) struct Page(Vec<AnyView>);

impl Page {
    /// The heading.
    pub(super) fn heading(&mut self, text: &str) {
        let text = text.to_owned();
        self.0.push(view! { <h1>{text}</h1> }.into_any());
    }

    /// A paragraph.
    pub(super) fn text(&mut self, text: &str) {
        self.paragraph(None, None, text);
    }

    /// A paragraph that is not what the page is for.
    pub(super) fn quiet(&mut self, text: &str) {
        self.paragraph(Some("quiet"), None, text);
    }

    /// What is being waited for.
    pub(super) fn status(&mut self, text: &str) {
        self.paragraph(None, Some("status"), text);
    }

    fn paragraph(&mut self, class: Option<&'static str>, role: Option<&'static str>, text: &str) {
        let text = text.to_owned();
        self.0.push(view! { <p class=class role=role>{text}</p> }.into_any());
    }

    /// Something that went wrong.
    pub(super) fn alert(&mut self, said: Self) {
        self.part(None, Some("alert"), said);
    }

    /// A failure as a sentence, and a button to try again where that helps.
    pub(super) fn failure(&mut self, failure: &Failure, on_retry: Box<dyn Fn() + Send>) {
        let mut said = Self::default();
        said.text(&failure.sentence());
        if let Some(id) = failure.request_id() {
            said.quiet(&["Request ", id].concat());
        }
        self.alert(said);
        if failure.can_retry() {
            self.button(None, "Try again", false, on_retry);
        }
    }

    /// Things that belong together.
    pub(super) fn group(&mut self, class: Option<&'static str>, parts: Self) {
        self.part(class, None, parts);
    }

    fn part(&mut self, class: Option<&'static str>, role: Option<&'static str>, part: Self) {
        self.0.push(view! { <div class=class role=role>{part.0}</div> }.into_any());
    }

    /// What a person can do.
    pub(super) fn button(
        &mut self,
        class: Option<&'static str>,
        label: &str,
        is_off: bool,
        action: Box<dyn Fn() + Send>,
    ) {
        let label = label.to_owned();
        let button = view! { <button type="button" class=class prop:disabled=is_off on:click=move |_| action()>{label}</button> };
        self.0.push(button.into_any());
    }

    /// The way to the front page.
    pub(super) fn home(&mut self) {
        self.0.push(view! { <a href="/">{"To the front page"}</a> }.into_any());
    }

    /// Somebody's picture.
    pub(super) fn avatar(&mut self, address: String) {
        let picture =
            view! { <img class="avatar" src=address alt="" width="64" height="64" referrerpolicy="no-referrer" /> };
        self.0.push(picture.into_any());
    }

    /// The page itself.
    pub(super) fn view(self) -> AnyView {
        view! { <main class="card">{self.0}</main> }.into_any()
    }
}
