//! Migrates a deployment that is older than the document of secrets: its function reads a secret that contains only the
//! client secret.
//!
//! The function can start at any time, because its old settings stay valid until the new ones are in place:
//! 1. The document is created beside the old secret, which does not change.
//! 2. The old secret gets a resource policy that lets the function's role read it even when the role's own policy no
//!    longer does: CloudFormation changes the role before the function.
//! 3. The new program is deployed with the old settings, which it understands. Lambda updates program and settings in
//!    two steps, and the old program might not understand the new settings.
//! 4. The settings change in one step. CloudFormation deletes the old secret last.
//!
//! Each step can be repeated, so `cargo xtask deploy` can be run again wherever it stopped.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use serde_json::json;

use crate::aws::Aws;
use crate::present::Function;
use crate::say;
use crate::stack::{Stack, Wanted};

/// The secret and the role of such a function.
pub(crate) struct Former {
    /// The secret's ARN.
    arn: String,
    /// The ARN of the function's role.
    role: String,
}

impl Former {
    /// Recognizes such a function by its variables.
    pub(crate) fn of(function: &Function) -> Option<Self> {
        let arn = function.variables.get("OAUTH_CLIENT_SECRET_ARN").filter(|arn| !arn.is_empty())?;
        Some(Self { arn: arn.clone(), role: function.role.clone() })
    }

    /// The client secret.
    pub(crate) fn secret(&self, aws: &Aws<'_>) -> Result<String> {
        let read = aws.ask(&["secretsmanager", "get-secret-value", "--secret-id", &self.arn])?;
        Ok(read["SecretString"].as_str().context("the old secret is not text")?.to_owned())
    }

    /// Deploys the new program with the old settings: steps 2 and 3. `parameters` are those of the new stack.
    pub(crate) fn deploy_program(
        &self,
        aws: &Aws<'_>,
        name: &str,
        present: &Stack,
        parameters: &BTreeMap<String, String>,
    ) -> Result<Stack> {
        say("moving the client secret into a document: first deploying the new program with the old settings");
        self.keep_readable(aws)?;
        let known: Vec<String> = present.parameters.keys().cloned().collect();
        let of_program = ["CodeBucket", "CodeKey", "Architecture"];
        let parameters = parameters.iter().filter(|(name, _)| of_program.contains(&name.as_str()));
        let parameters = &parameters.map(|(name, value)| (name.clone(), value.clone())).collect();
        Wanted { name, template: None, parameters, known: &known }.apply(aws, Some(present))
    }

    /// Lets the function's role read the secret as long as it exists.
    fn keep_readable(&self, aws: &Aws<'_>) -> Result<()> {
        let policy = json!({
            "Version": "2012-10-17",
            "Statement": [{
                "Effect": "Allow",
                "Principal": { "AWS": self.role },
                "Action": "secretsmanager:GetSecretValue",
                "Resource": "*",
            }],
        });
        let input = json!({ "SecretId": self.arn, "ResourcePolicy": policy.to_string(), "BlockPublicPolicy": true });
        aws.ask_with(&["secretsmanager", "put-resource-policy"], &input).map(|_| ())
    }
}
