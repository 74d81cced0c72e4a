//! A command line that makes no sense: the person gets the help, and the process ends with 2 instead of 1.

use std::error::Error;
use std::fmt;

/// What is wrong with the command line.
#[derive(Debug)]
pub struct Usage(pub String);

impl fmt::Display for Usage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Error for Usage {}
