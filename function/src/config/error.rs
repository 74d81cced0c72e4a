//! Everything that is wrong with the environment, as one message.

use std::borrow::Cow;
use std::fmt;

/// What is wrong with the environment: which variables, and what each should be; never what it is.
#[derive(Debug, Default)]
pub struct ConfigError {
    faults: Vec<Fault>,
}

#[derive(Debug)]
struct Fault {
    variable: String,
    problem: Cow<'static, str>,
}

impl ConfigError {
    /// Notes a fault. Of each variable the first is told: providers share some, and what follows from a fault is none.
    pub(super) fn note(&mut self, variable: &str, problem: impl Into<Cow<'static, str>>) {
        if !self.faults.iter().any(|fault| fault.variable == variable) {
            self.faults.push(Fault { variable: variable.into(), problem: problem.into() });
        }
    }

    /// `good`, if there was no fault.
    pub(super) fn or<T>(self, good: T) -> Result<T, Self> {
        if self.faults.is_empty() { Ok(good) } else { Err(self) }
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the function cannot start, its environment is not right:")?;
        for Fault { variable, problem } in &self.faults {
            write!(f, "\n  {variable} {problem}")?;
        }
        Ok(())
    }
}

impl std::error::Error for ConfigError {}
