//! The document of secrets in Secrets Manager. It is not part of the stack, so that no secret is ever a CloudFormation
//! parameter.

use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};

use crate::aws::{Aws, is_error};
use crate::document::Document;
use crate::prepare::Prepared;
use crate::rotation::Note;
use crate::say;
use crate::stack::TAG;

/// The label of the current version.
const CURRENT: &str = "AWSCURRENT";

/// An existing document.
#[derive(Clone)]
pub(crate) struct Stored {
    pub(crate) arn: String,
    /// The id of its version, which changes with its content.
    pub(crate) version: String,
    /// The last step of a key rotation, if one is in progress.
    pub(crate) note: Option<Note>,
    pub(crate) document: Document,
}

/// The name of a stack's document.
pub(crate) fn name(stack: &str) -> String {
    format!("{stack}/oauth")
}

/// Finds the document of a stack.
///
/// # Errors
/// If the secret of that name is not this stack's, or not a document.
pub(crate) fn find(aws: &Aws<'_>, stack: &str) -> Result<Option<Stored>> {
    let name = name(stack);
    let described = match aws.ask(&["secretsmanager", "describe-secret", "--secret-id", &name]) {
        Ok(described) => described,
        Err(error) if is_error(&error, "ResourceNotFoundException") => return Ok(None),
        Err(error) => return Err(error),
    };
    let is_ours = |tag: &Value| tag["Key"] == TAG && tag["Value"] == stack;
    if !described["Tags"].as_array().is_some_and(|tags| tags.iter().any(is_ours)) {
        bail!("the secret {name} does not belong to this stack: it does not have the tag {TAG}={stack}");
    }
    if described.get("DeletedDate").is_some_and(|date| !date.is_null()) {
        bail!("the secret {name} is being deleted: `aws secretsmanager restore-secret --secret-id {name}` restores it");
    }
    let current = ["--secret-id", &name, "--version-stage", CURRENT];
    let read = aws.ask(&[&["secretsmanager", "get-secret-value"], &current[..]].concat())?;
    let document = Document::parse(read["SecretString"].as_str().unwrap_or_default());
    let labels = read["VersionStages"].as_array().into_iter().flatten();
    Ok(Some(Stored {
        arn: text(&read, "ARN")?,
        version: text(&read, "VersionId")?,
        note: labels.filter_map(|label| Note::parse(label.as_str()?)).next(),
        document: document.with_context(|| format!("reading the secret {name}"))?,
    }))
}

/// Updates the document of a stack with these secrets. Secrets of the same clients are kept, and a session key is
/// generated once.
pub(crate) fn update(
    aws: &Aws<'_>,
    stack: &str,
    before: Option<&Stored>,
    prepared: &Prepared,
    changes: &mut Vec<String>,
) -> Result<Stored> {
    let document = before.map_or_else(Document::default, |before| before.document.clone());
    let mut document = document.updated(&prepared.settings.secrets, &prepared.clients);
    document.ensure_key()?;
    match before {
        None => {
            changes.push(format!("created the secret {}", name(stack)));
            create(aws, stack, document)
        }
        Some(before) if before.document == document => Ok(before.clone()),
        Some(before) => {
            changes.push(format!("changed the secret {}", name(stack)));
            if before.document.signs_out(&document.keys().join(",")) {
                say("the env file has another OAUTH_SESSION_KEY: everyone is signed out");
            }
            // The note belongs to the keys: other keys are not in a rotation.
            let note = before.note.filter(|_| before.document.keys() == document.keys());
            replace(aws, before, document, note)
        }
    }
}

/// Creates the document of a stack.
fn create(aws: &Aws<'_>, stack: &str, document: Document) -> Result<Stored> {
    let input = json!({
        "Name": name(stack),
        "Description": "Client secrets and session key of this app",
        "SecretString": document.to_json()?,
        "Tags": [{ "Key": TAG, "Value": stack }],
    });
    let made = aws.ask_with(&["secretsmanager", "create-secret"], &input)?;
    Ok(Stored { arn: text(&made, "ARN")?, version: text(&made, "VersionId")?, note: None, document })
}

/// Replaces its content. The note is written in the same request, so that neither exists without the other.
pub(crate) fn replace(aws: &Aws<'_>, before: &Stored, document: Document, note: Option<Note>) -> Result<Stored> {
    let label = note.and_then(Note::to_text);
    let labels: Vec<&str> = [CURRENT].into_iter().chain(label.as_deref()).collect();
    let input = json!({ "SecretId": before.arn, "SecretString": document.to_json()?, "VersionStages": labels });
    let put = aws.ask_with(&["secretsmanager", "put-secret-value"], &input)?;
    if let Some(old) = before.note.filter(|old| Some(*old) != note).and_then(Note::to_text) {
        // Versions with a label are kept, and this one contains a key that is to be removed.
        let from = ["--remove-from-version-id", &before.version];
        let label = ["--secret-id", &before.arn, "--version-stage", &old];
        match aws.ask(&[&["secretsmanager", "update-secret-version-stage"], &label[..], &from[..]].concat()) {
            // The label is already gone.
            Err(error) if is_error(&error, "InvalidParameterException") => {}
            answer => drop(answer?),
        }
    }
    Ok(Stored { arn: before.arn.clone(), version: text(&put, "VersionId")?, note, document })
}

/// Deletes the document of a stack, if there is one.
pub(crate) fn delete(aws: &Aws<'_>, stack: &str) -> Result<()> {
    let Some(stored) = find(aws, stack)? else { return Ok(()) };
    // With a recovery window, no secret of that name could be created for a week.
    let at_once = ["--secret-id", &stored.arn, "--force-delete-without-recovery"];
    aws.ask(&[&["secretsmanager", "delete-secret"], &at_once[..]].concat()).map(|_| ())
}

fn text(answer: &Value, member: &str) -> Result<String> {
    Ok(answer[member].as_str().with_context(|| format!("the response of Secrets Manager has no {member}"))?.to_owned())
}
