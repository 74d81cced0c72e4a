//! The environment while it is read, and what was wrong with it so far. Each reader answers with something usable after
//! it has noted a fault, so that the next variables are looked at too.

use std::borrow::Cow;
use std::ffi::OsString;

use super::ConfigError;
use crate::address;

pub(super) struct Env<V> {
    variable: V,
    faults: ConfigError,
}

impl<V: Fn(&str) -> Option<OsString>> Env<V> {
    pub(super) fn new(variable: V) -> Self {
        Self { variable, faults: ConfigError::default() }
    }

    /// Every fault at once, if there was one.
    pub(super) fn finish(self) -> Result<(), ConfigError> {
        self.faults.or(())
    }

    pub(super) fn fault(&mut self, variable: &str, problem: impl Into<Cow<'static, str>>) {
        self.faults.note(variable, problem);
    }

    pub(super) fn is_set(&self, variable: &str) -> bool {
        (self.variable)(variable).is_some_and(|value| !value.is_empty())
    }

    pub(super) fn optional(&mut self, variable: &str) -> Option<String> {
        let value = (self.variable)(variable).filter(|value| !value.is_empty())?;
        value.into_string().map_err(|_| self.fault(variable, "is not UTF-8")).ok()
    }

    pub(super) fn required(&mut self, variable: &str) -> Option<String> {
        if !self.is_set(variable) {
            self.fault(variable, "is not set");
        }
        self.optional(variable)
    }

    /// An address that a secret or a code may travel to.
    pub(super) fn address(&mut self, variable: &str, default: Option<&str>) -> Option<String> {
        let Some(address) = self.optional(variable) else { return default.map(Into::into) };
        if let Err(problem) = address::parse(&address) {
            self.fault(variable, problem);
        }
        Some(address)
    }
}
