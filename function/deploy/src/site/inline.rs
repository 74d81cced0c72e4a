//! Inline contents of pages: scripts and styles, which the policy allows by hash, and what the policy forbids.

use std::collections::BTreeSet;

use html5gum::{DefaultEmitter, StartTag, Token, Tokenizer};

use crate::hash::source;

/// The inline contents of all pages.
#[derive(Debug, Default)]
pub(super) struct Inline {
    /// Hashes for `script-src`.
    pub(super) scripts: BTreeSet<String>,
    /// Hashes for `style-src`.
    pub(super) styles: BTreeSet<String>,
    /// Descriptions of what the policy forbids.
    pub(super) forbidden: BTreeSet<String>,
    /// Whether there are instructions for Trunk, which a built page does not have.
    pub(super) has_source_tags: bool,
}

/// An element whose text is a script or a style.
enum Open {
    Script,
    Style,
}

impl Inline {
    /// Adds the contents of a page.
    pub(super) fn read(&mut self, name: &str, page: &[u8]) {
        let mut emitter = DefaultEmitter::default();
        // The text of a script is not markup.
        emitter.naively_switch_states(true);
        let mut open: Option<(Open, Vec<u8>)> = None;
        for Ok(token) in Tokenizer::new_with_emitter(page, emitter) {
            match token {
                Token::StartTag(tag) => {
                    self.inspect(name, &tag);
                    let of_its_own = !has(&tag, b"src");
                    open = match tag.name.as_slice() {
                        b"script" if of_its_own => Some((Open::Script, Vec::new())),
                        b"style" => Some((Open::Style, Vec::new())),
                        _ => None,
                    };
                }
                Token::String(text) => {
                    if let Some((_, inside)) = &mut open {
                        inside.extend_from_slice(&text);
                    }
                }
                Token::EndTag(_) => match open.take().filter(|(_, inside)| !inside.is_empty()) {
                    Some((Open::Script, inside)) => drop(self.scripts.insert(source(&inside))),
                    Some((Open::Style, inside)) => drop(self.styles.insert(source(&inside))),
                    None => {}
                },
                _ => {}
            }
        }
    }

    /// Collects what will not work.
    fn inspect(&mut self, page: &str, tag: &StartTag<()>) {
        let element = String::from_utf8_lossy(&tag.name);
        for (name, value) in &tag.attributes {
            let (name, value) = (String::from_utf8_lossy(name), String::from_utf8_lossy(value));
            self.has_source_tags |= name == "data-trunk";
            let loads = matches!((&*element, &*name), ("script", "src") | ("link", "href"));
            if name == "style" || name.starts_with("on") {
                self.forbidden.insert(format!("{page}: the policy forbids the attribute `{name}` of <{element}>"));
            } else if loads && (value.contains("://") || value.starts_with("//")) {
                self.forbidden.insert(format!("{page}: the policy forbids files of other origins, such as {value}"));
            } else if loads && !value.starts_with(['/', '#']) && !value.starts_with("data:") && !value.is_empty() {
                let found = format!("{page}: {value} is relative to the page's address, such as /auth/{value}");
                self.forbidden.insert(format!("{found}: set Trunk's `public_url` to /"));
            }
        }
    }
}

fn has(tag: &StartTag<()>, name: &[u8]) -> bool {
    tag.attributes.keys().any(|attribute| attribute.as_slice() == name)
}
