//! Keeps the versions of the document of secrets that are in use. Secrets Manager deletes versions without a label, and
//! each published version of the function reads its own version of the document, so each of these gets the label
//! `function-<number>`.

use std::collections::BTreeMap;

use anyhow::Result;

use crate::aws::Aws;
use crate::lambda::Version;

/// The prefix of such a label.
const LABEL: &str = "function-";

/// Labels the versions of the document that these versions of the function read, and removes all other such labels.
pub(crate) fn keep(aws: &Aws<'_>, versions: &[Version]) -> Result<()> {
    let named =
        |version: &Version| version.variable("OAUTH_SECRETS_ARN").filter(|arn| !arn.is_empty()).map(str::to_owned);
    let Some(secret) = versions.iter().rev().find_map(named) else { return Ok(()) };
    let described = aws.ask(&["secretsmanager", "describe-secret", "--secret-id", &secret])?;
    let labelled: BTreeMap<String, Vec<String>> =
        serde_json::from_value(described["VersionIdsToStages"].clone()).unwrap_or_default();
    // An older version of the function may read another secret, or a version that no longer exists.
    let wanted: BTreeMap<String, &str> = versions
        .iter()
        .filter(|version| version.variable("OAUTH_SECRETS_ARN") == Some(&secret))
        .filter_map(|version| {
            Some((format!("{LABEL}{}", version.number()?), version.variable("OAUTH_SECRETS_VERSION")?))
        })
        .filter(|(_, id)| labelled.contains_key(*id))
        .collect();
    for (label, from, to) in moves(&labelled, &wanted) {
        let mut what = vec!["secretsmanager", "update-secret-version-stage", "--secret-id", &secret];
        what.extend(["--version-stage", label]);
        what.extend(from.iter().flat_map(|id| ["--remove-from-version-id", id]));
        what.extend(to.iter().flat_map(|id| ["--move-to-version-id", id]));
        aws.ask(&what)?;
    }
    Ok(())
}

/// Each label to move: its name, the version that has it, and the version that should. Additions come first, so that no
/// version in use is ever without a label.
fn moves<'a>(
    labelled: &'a BTreeMap<String, Vec<String>>,
    wanted: &'a BTreeMap<String, &'a str>,
) -> Vec<(&'a str, Option<&'a str>, Option<&'a str>)> {
    let labels = labelled.iter().flat_map(|(id, labels)| labels.iter().map(move |label| (label.as_str(), id.as_str())));
    let present: BTreeMap<_, _> = labels.filter(|(label, _)| label.starts_with(LABEL)).collect();
    let added = wanted.iter().filter_map(|(label, id)| {
        let from = present.get(label.as_str()).copied();
        (from != Some(*id)).then_some((label.as_str(), from, Some(*id)))
    });
    let removed = present.iter().filter(|(label, _)| !wanted.contains_key(**label));
    added.chain(removed.map(|(label, id)| (*label, Some(*id), None))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_follow_the_versions_of_the_function() {
        let labelled = [
            ("a", &["function-1", "function-2"][..]),
            ("b", &["AWSPREVIOUS", "function-3"]),
            ("c", &["AWSCURRENT", "session-key-added-1"]),
        ];
        let labelled = labelled.map(|(id, labels)| (id.to_owned(), labels.iter().map(|l| (*l).to_owned()).collect()));
        let labelled = labelled.into();
        let wanted = |pairs: &[(&str, &'static str)]| -> BTreeMap<String, &'static str> {
            pairs.iter().map(|(label, id)| ((*label).to_owned(), *id)).collect()
        };
        let same = wanted(&[("function-1", "a"), ("function-2", "a"), ("function-3", "b")]);
        assert_eq!(moves(&labelled, &same), []);
        let next = wanted(&[("function-2", "b"), ("function-3", "b"), ("function-4", "c")]);
        let expected =
            [("function-2", Some("a"), Some("b")), ("function-4", None, Some("c")), ("function-1", Some("a"), None)];
        assert_eq!(moves(&labelled, &next), expected);
    }
}
