//! The function's versions, and the alias `live`, which serves all requests.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, Result};
use serde_json::Value;

use crate::aws::{Aws, is_error};

/// The alias in the template.
const LIVE: &str = "live";

/// The version that CloudFormation changes. The alias points to it only until the first version is published.
pub(crate) const LATEST: &str = "$LATEST";

/// Members that differ between `$LATEST` and a published copy of it.
const OF_THE_COPY: [&str; 14] = [
    "FunctionArn",
    "Version",
    "LastModified",
    "RevisionId",
    "MasterArn",
    "ConfigSha256",
    "State",
    "StateReason",
    "StateReasonCode",
    "LastUpdateStatus",
    "LastUpdateStatusReason",
    "LastUpdateStatusReasonCode",
    "RuntimeVersionConfig",
    "SnapStart",
];

/// A function, by its name.
pub(crate) struct Function<'a> {
    pub(crate) aws: &'a Aws<'a>,
    pub(crate) name: &'a str,
}

/// Where `live` points.
pub(crate) struct Alias {
    pub(crate) version: String,
    revision: Option<String>,
}

/// A version's code and configuration.
#[derive(Clone, Debug)]
pub(crate) struct Version {
    configuration: Value,
}

impl Version {
    /// `$LATEST` or a number.
    pub(crate) fn name(&self) -> &str {
        self.text("Version")
    }

    /// The number of a published version.
    pub(crate) fn number(&self) -> Option<u64> {
        self.name().parse().ok()
    }

    /// The SHA-256 of its archive, in Base64.
    pub(crate) fn code(&self) -> &str {
        self.text("CodeSha256")
    }

    /// When it was last changed.
    pub(crate) fn date(&self) -> &str {
        self.text("LastModified")
    }

    /// One of its environment variables.
    pub(crate) fn variable(&self, name: &str) -> Option<&str> {
        self.configuration["Environment"]["Variables"][name].as_str()
    }

    /// Whether both have the same code and the same configuration.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        self.essence() == other.essence()
    }

    /// What differs from another version: "code", "settings", names of variables; never a value.
    pub(crate) fn differences(&self, other: &Self) -> Vec<String> {
        let (ours, theirs) = (self.variables(), other.variables());
        let names: BTreeSet<_> = ours.keys().chain(theirs.keys()).collect();
        let mut differences: Vec<_> =
            names.into_iter().filter(|name| ours.get(*name) != theirs.get(*name)).cloned().collect();
        if self.code() != other.code() {
            differences.insert(0, "code".to_owned());
        }
        let rest = |version: &Self| {
            let mut essence = version.essence();
            for name in ["Environment", "CodeSha256", "CodeSize"] {
                essence.remove(name);
            }
            essence
        };
        if rest(self) != rest(other) {
            differences.push("other settings, such as the memory".to_owned());
        }
        differences
    }

    fn variables(&self) -> BTreeMap<String, Value> {
        let variables = self.configuration["Environment"]["Variables"].as_object();
        variables.into_iter().flatten().map(|(name, value)| (name.clone(), value.clone())).collect()
    }

    fn essence(&self) -> BTreeMap<String, Value> {
        let members = self.configuration.as_object().into_iter().flatten();
        let members = members.filter(|(name, value)| !OF_THE_COPY.contains(&name.as_str()) && !value.is_null());
        members.map(|(name, value)| (name.clone(), value.clone())).collect()
    }

    fn text(&self, member: &str) -> &str {
        self.configuration[member].as_str().unwrap_or_default()
    }
}

impl Function<'_> {
    /// Where `live` points.
    pub(crate) fn live(&self) -> Result<Alias> {
        let what = ["lambda", "get-alias", "--function-name", self.name, "--name", LIVE];
        let alias = match self.aws.ask(&what) {
            Err(error) if is_error(&error, "ResourceNotFoundException") => {
                return Err(error).with_context(|| {
                    format!("{} has no alias {LIVE}: update the stack with `cargo xtask deploy`", self.name)
                });
            }
            answer => answer?,
        };
        let version = alias["FunctionVersion"].as_str().context("an alias has a version")?.to_owned();
        Ok(Alias { version, revision: alias["RevisionId"].as_str().map(str::to_owned) })
    }

    /// A version by its number, or `$LATEST`.
    pub(crate) fn version(&self, qualifier: &str) -> Result<Version> {
        let what = ["lambda", "get-function-configuration", "--function-name", self.name, "--qualifier", qualifier];
        Ok(Version { configuration: self.aws.ask(&what)? })
    }

    /// Every published version, the oldest first.
    pub(crate) fn published(&self) -> Result<Vec<Version>> {
        let listed = self.aws.ask(&["lambda", "list-versions-by-function", "--function-name", self.name])?;
        let versions = listed["Versions"].as_array().into_iter().flatten();
        let versions = versions.map(|version| Version { configuration: version.clone() });
        let mut published: Vec<_> = versions.filter(|version| version.number().is_some()).collect();
        published.sort_by_key(Version::number);
        Ok(published)
    }

    /// Publishes `$LATEST` as a version if its code is still this one, and waits until it can be invoked. If nothing
    /// has changed since the last version, Lambda returns that one.
    pub(crate) fn publish(&self, code: &str) -> Result<Version> {
        let what = ["lambda", "publish-version", "--function-name", self.name, "--code-sha256", code];
        let published = Version { configuration: self.aws.ask(&what)? };
        let name = published.name();
        let wait = ["lambda", "wait", "published-version-active", "--function-name", self.name, "--qualifier", name];
        self.aws.ask(&wait).with_context(|| format!("waiting for version {name} of {}", self.name))?;
        self.version(name)
    }

    /// Moves `live`, unless it has been moved since `alias` was read.
    pub(crate) fn switch(&self, alias: &Alias, to: &str) -> Result<()> {
        let mut what = vec!["lambda", "update-alias", "--function-name", self.name, "--name", LIVE];
        what.extend(["--function-version", to]);
        if let Some(revision) = &alias.revision {
            what.extend(["--revision-id", revision]);
        }
        self.aws.ask(&what).map(|_| ()).with_context(|| format!("moving the alias {LIVE} of {} to {to}", self.name))
    }

    /// Deletes the published versions other than the newest `keep`, those that an alias uses, and `also`. Returns the
    /// remaining ones.
    pub(crate) fn prune(&self, mut published: Vec<Version>, keep: usize, also: &str) -> Result<Vec<Version>> {
        if published.len() <= keep {
            return Ok(published);
        }
        let listed = self.aws.ask(&["lambda", "list-aliases", "--function-name", self.name])?;
        let mut used: BTreeSet<&str> = [also].into();
        for alias in listed["Aliases"].as_array().into_iter().flatten() {
            used.extend(alias["FunctionVersion"].as_str());
            let weighted = alias["RoutingConfig"]["AdditionalVersionWeights"].as_object();
            used.extend(weighted.into_iter().flatten().map(|(version, _)| version.as_str()));
        }
        let recent = published.split_off(published.len().saturating_sub(keep));
        let (mut left, old): (Vec<_>, Vec<_>) =
            published.into_iter().partition(|version| used.contains(version.name()));
        for version in old {
            // It has a number: without one, this would delete the function.
            let what = ["lambda", "delete-function", "--function-name", self.name, "--qualifier", version.name()];
            self.aws.ask(&what)?;
        }
        left.extend(recent);
        Ok(left)
    }
}

#[cfg(test)]
impl Version {
    /// A version for tests.
    pub(crate) fn of(configuration: Value) -> Self {
        Self { configuration }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn version(name: &str, code: &str, variables: &Value, memory: u64) -> Version {
        let environment = json!({ "Variables": variables });
        Version::of(json!({
            "Version": name, "CodeSha256": code, "Environment": environment, "MemorySize": memory,
            "LastModified": name, "RevisionId": name, "FunctionArn": format!("arn:{name}"), "State": "Active",
        }))
    }

    #[test]
    fn published_copy_equals_its_original() {
        let variables = json!({ "OAUTH_CLIENT_ID": "a" });
        let latest = version("$LATEST", "x", &variables, 256);
        assert!(version("7", "x", &variables, 256).is_same(&latest));
        assert!(!version("7", "y", &variables, 256).is_same(&latest));
        assert!(!version("7", "x", &json!({ "OAUTH_CLIENT_ID": "b" }), 256).is_same(&latest));
        assert!(!version("7", "x", &variables, 512).is_same(&latest));
        assert_eq!((latest.number(), version("7", "x", &variables, 256).number()), (None, Some(7)));
    }

    #[test]
    fn differences_are_names_and_never_values() {
        let old = version("6", "x", &json!({ "A": "hush", "B": "same", "C": "hush" }), 256);
        let new = version("7", "y", &json!({ "A": "hush2", "B": "same", "D": "hush" }), 512);
        assert_eq!(old.differences(&new), ["code", "A", "C", "D", "other settings, such as the memory"]);
        assert_eq!(old.differences(&old), Vec::<String>::new());
    }
}
