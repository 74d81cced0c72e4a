//! The existing function.

use anyhow::Result;
use serde_json::Value;

use crate::aws::{Aws, is_error};
use crate::settings::Variables;

/// A deployed function.
pub(crate) struct Function {
    /// Its environment.
    pub(crate) variables: Variables,
    /// The ARN of its role.
    pub(crate) role: String,
}

impl Function {
    /// Finds the function by its name.
    pub(crate) fn find(aws: &Aws<'_>, name: &str) -> Result<Option<Self>> {
        let found = match aws.ask(&["lambda", "get-function-configuration", "--function-name", name]) {
            Ok(found) => found,
            Err(error) if is_error(&error, "ResourceNotFoundException") => return Ok(None),
            Err(error) => return Err(error),
        };
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let variables = found["Environment"]["Variables"].as_object().into_iter().flatten();
        Ok(Some(Self {
            variables: variables.map(|(name, value)| (name.clone(), text(value))).collect(),
            role: text(&found["Role"]),
        }))
    }
}
