//! The environment while it is read, and what was wrong with it so far. Each reader answers with something usable after
//! it has noted a fault, so that the next variables are looked at too.

use std::borrow::Cow;
use std::ffi::OsString;

use super::ConfigError;
use super::document::{self, Document};
use crate::address;

pub(super) struct Env<V> {
    variable: V,
    faults: ConfigError,
    document: Document,
    /// There is a document, and it is not read yet, or could not be.
    lacks_document: bool,
}

impl<V: Fn(&str) -> Option<OsString>> Env<V> {
    pub(super) fn new(variable: V) -> Self {
        let lacks_document = variable(document::NAME).is_some_and(|value| !value.is_empty());
        Self { variable, document: Document::new(), faults: ConfigError::default(), lacks_document }
    }

    /// Every fault at once, if there was one.
    pub(super) fn finish(self) -> Result<(), ConfigError> {
        self.faults.or(())
    }

    pub(super) fn fault(&mut self, variable: &str, problem: impl Into<Cow<'static, str>>) {
        self.faults.note(variable, problem);
    }

    /// The variables of a document count as if they were in the environment. None may be in both.
    pub(super) fn take_document(&mut self, document: Document) {
        self.lacks_document = false;
        for name in document.keys() {
            if self.value(name).is_some() {
                self.fault(
                    name,
                    format!("is set in the environment and in the secret of {}; remove one", document::NAME),
                );
            }
        }
        self.document = document;
    }

    fn value(&self, variable: &str) -> Option<OsString> {
        let value = self.document.get(variable).map(OsString::from).or_else(|| (self.variable)(variable));
        value.filter(|value| !value.is_empty())
    }

    pub(super) fn is_set(&self, variable: &str) -> bool {
        self.value(variable).is_some()
    }

    pub(super) fn optional(&mut self, variable: &str) -> Option<String> {
        self.value(variable)?.into_string().map_err(|_| self.fault(variable, "is not UTF-8")).ok()
    }

    pub(super) fn required(&mut self, variable: &str) -> Option<String> {
        if !self.is_set(variable) {
            self.missing(variable, "is not set");
        }
        self.optional(variable)
    }

    /// A variable that is needed is not set. If the document that may have it could not be read, only that is a fault.
    pub(super) fn missing(&mut self, variable: &str, problem: impl Into<Cow<'static, str>>) {
        if !self.lacks_document {
            self.fault(variable, problem);
        }
    }

    /// An address that a secret or a code may travel to.
    pub(super) fn address(&mut self, variable: &str, default: Option<String>) -> Option<String> {
        let Some(address) = self.optional(variable) else { return default };
        if let Err(problem) = address::parse_exact(&address) {
            self.fault(variable, problem);
        }
        Some(address)
    }

    /// An address that others begin with, here without the `/` at its end.
    pub(super) fn base_address(&mut self, variable: &str, default: Option<String>) -> Option<String> {
        let address = self.address(variable, default)?;
        if address.contains('?') {
            self.fault(variable, "must have no query");
        }
        Some(address.strip_suffix('/').unwrap_or(&address).to_owned())
    }
}
