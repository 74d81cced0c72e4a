//! Separates the function's variables into its environment and the secrets, which go into the document.

use std::collections::BTreeMap;

use shared::redirect;

use crate::redirects;

/// Variables by name.
pub(crate) type Variables = BTreeMap<String, String>;

/// The name of the variable with the session key.
pub(crate) const SESSION_KEY: &str = "OAUTH_SESSION_KEY";

const SESSION: &str = "OAUTH_SESSION";

/// Variables that the deployment itself sets.
const OURS: [&str; 2] = ["OAUTH_SECRETS_ARN", "OAUTH_SECRETS_VERSION"];

/// A variable of older templates, for the same purpose as `OAUTH_SECRETS_VERSION`.
const FORMER_VERSION: &str = "SECRETS_VERSION";

/// Lambda's limit for the names and values of all variables as JSON, in bytes.
const MOST: usize = 4096;

/// The part of it that the deployment's own variables use.
const OURS_TAKE: usize = 300;

/// The function's variables. It has no `Debug`: secrets are never printed.
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct Settings {
    /// The function's environment, without the variables that the deployment itself sets.
    pub(crate) variables: Variables,
    /// The variables that go into the document.
    pub(crate) secrets: Variables,
}

impl Settings {
    /// The variables of an env file. Empty ones count as not set.
    pub(crate) fn sort(given: &Variables) -> Self {
        let mut sorted = Self::default();
        for (name, value) in given.iter().filter(|(_, value)| !value.is_empty()) {
            let part = if is_secret(name) { &mut sorted.secrets } else { &mut sorted.variables };
            part.insert(name.clone(), value.clone());
        }
        // The same default as in `cargo xtask dev`.
        sorted.variables.entry(SESSION.to_owned()).or_insert_with(|| "cookie".to_owned());
        sorted
    }

    /// The variables of a deployed function, without those that the deployment itself set.
    pub(crate) fn of_function(variables: &Variables) -> Self {
        let is_ours = |name: &String| {
            OURS.contains(&name.as_str()) || name == FORMER_VERSION || name.ends_with("_CLIENT_SECRET_ARN")
        };
        let kept = variables.iter().filter(|(name, _)| !is_ours(name));
        Self::sort(&kept.map(|(name, value)| (name.clone(), value.clone())).collect())
    }

    /// Without variables that are rejected because of their names.
    pub(crate) fn without_refused(&self) -> Self {
        let mut rest = self.clone();
        rest.variables.retain(|name, _| refusal(name).is_none());
        rest
    }

    /// What cannot be deployed even if the function accepts it. No message contains a value.
    pub(crate) fn problems(&self) -> Vec<String> {
        let mut problems: Vec<String> =
            self.variables.iter().filter_map(|(name, value)| problem(name, value)).collect();
        // CloudFront's name may make the redirect URIs longer.
        let longest = redirects::on(&self.variables, &[redirects::UNKNOWN], "d0123456789abcdef.cloudfront.net");
        let size = serde_json::to_string(&longest).map_or(0, |text| text.len()) + OURS_TAKE;
        if size > MOST {
            problems.push(format!(
                "the variables without the secrets have {size} bytes with their names, and Lambda accepts {MOST}: \
                 shorten them"
            ));
        }
        problems
    }
}

/// Whether a variable belongs in the document.
pub(crate) fn is_secret(name: &str) -> bool {
    name == SESSION_KEY || is_client_secret(name)
}

/// Whether a variable is a client secret: `OAUTH_CLIENT_SECRET`, `OAUTH_GITHUB_CLIENT_SECRET`.
pub(crate) fn is_client_secret(name: &str) -> bool {
    name.starts_with("OAUTH_") && name.ends_with("_CLIENT_SECRET")
}

fn problem(name: &str, value: &str) -> Option<String> {
    let is_address = name.ends_with("_URL") || name.ends_with("_ISSUER");
    let of_value = || format!("{name} is an address of this machine, which the function on AWS cannot reach");
    refusal(name).or_else(|| (is_address && is_of_this_machine(value)).then(of_value))
}

/// Why a variable of that name cannot be deployed.
fn refusal(name: &str) -> Option<String> {
    if OURS.contains(&name) {
        return Some(format!("{name} is set by the deployment itself: remove it"));
    }
    if let Some(secret) = name.strip_suffix("_ARN").filter(|name| is_client_secret(name)) {
        return Some(format!(
            "{name} cannot be deployed: set {secret} to the secret itself; it is stored in Secrets Manager"
        ));
    }
    if name == "OAUTH_CA_FILE" {
        return Some(format!("{name} names a file that the function does not have on AWS: remove it"));
    }
    if ["AWS_", "LAMBDA_", "_"].iter().any(|prefix| name.starts_with(prefix)) {
        return Some(format!("{name} is reserved by Lambda and cannot be set: remove it"));
    }
    if !name.starts_with("OAUTH_") {
        return Some(format!("{name} is not a variable of the function: remove it"));
    }
    None
}

/// Whether an address is on the loopback interface, such as an emulator's.
fn is_of_this_machine(address: &str) -> bool {
    let host = redirects::host(address).unwrap_or_default();
    let name = if host.starts_with('[') { host } else { host.split(':').next().unwrap_or_default() };
    redirect::is_web(address) && address.starts_with("http://")
        || name == "localhost"
        || name.ends_with(".localhost")
        || name.starts_with("127.")
        || name.starts_with("[::1]")
}

/// The differing variables in readable form, one per line.
pub(crate) fn differences(before: &Variables, after: &Variables) -> Vec<String> {
    let mut lines = Vec::new();
    for (name, new) in after {
        match before.get(name) {
            Some(old) if old == new => {}
            Some(old) => lines.push(format!("{name}: {old} → {new}")),
            None => lines.push(format!("{name}: {new}")),
        }
    }
    lines.extend(before.keys().filter(|name| !after.contains_key(*name)).map(|name| format!("{name}: removed")));
    lines
}

#[cfg(test)]
pub(crate) fn of(pairs: &[(&str, &str)]) -> Variables {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_separated_and_empty_variables_are_not_set() {
        let sorted = Settings::sort(&of(&[
            ("OAUTH_PROVIDER", "aniapi,work:oauth2"),
            ("OAUTH_WORK_CLIENT_SECRET", "a"),
            ("OAUTH_CLIENT_SECRET", "b"),
            ("OAUTH_SESSION_KEY", "c"),
            ("OAUTH_SCOPE", ""),
        ]));
        assert_eq!(sorted.variables, of(&[("OAUTH_PROVIDER", "aniapi,work:oauth2"), ("OAUTH_SESSION", "cookie")]));
        let secrets = [("OAUTH_CLIENT_SECRET", "b"), ("OAUTH_SESSION_KEY", "c"), ("OAUTH_WORK_CLIENT_SECRET", "a")];
        assert_eq!(sorted.secrets, of(&secrets));
        assert_eq!(Settings::sort(&of(&[("OAUTH_SESSION", "tab")])).variables, of(&[("OAUTH_SESSION", "tab")]));
    }

    #[test]
    fn variables_of_a_function_are_read_without_those_of_the_deployment() {
        let function = of(&[
            ("OAUTH_CLIENT_ID", "mine"),
            ("OAUTH_CLIENT_SECRET_ARN", "arn"),
            ("OAUTH_SECRETS_ARN", "arn"),
            ("OAUTH_SECRETS_VERSION", "1"),
            ("SECRETS_VERSION", "1"),
            ("OAUTH_NAME", ""),
            ("OAUTH_SESSION", "proxy"),
        ]);
        let kept = Settings::of_function(&function);
        assert_eq!(kept.variables, of(&[("OAUTH_CLIENT_ID", "mine"), ("OAUTH_SESSION", "proxy")]));
        assert!(kept.secrets.is_empty());
    }

    #[test]
    fn each_variable_that_cannot_be_deployed_is_named_without_its_value() {
        for (name, value, words) in [
            ("OAUTH_SECRETS_ARN", "x-value", Some("by the deployment itself")),
            ("OAUTH_SECRETS_VERSION", "x-value", Some("by the deployment itself")),
            ("OAUTH_CLIENT_SECRET_ARN", "x-value", Some("set OAUTH_CLIENT_SECRET to the secret itself")),
            ("OAUTH_WORK_CLIENT_SECRET_ARN", "x-value", Some("set OAUTH_WORK_CLIENT_SECRET to the secret itself")),
            ("OAUTH_CA_FILE", "x-value", Some("a file that the function does not have")),
            ("AWS_REGION", "x-value", Some("reserved by Lambda")),
            ("LAMBDA_TASK_ROOT", "x-value", Some("reserved by Lambda")),
            ("_HANDLER", "x-value", Some("reserved by Lambda")),
            ("RUST_LOG", "x-value", Some("not a variable of the function")),
            ("OAUTH_TOKEN_URL", "http://localhost:4000/x-value", Some("address of this machine")),
            ("OAUTH_WORK_ISSUER", "https://127.0.0.1:7/x-value", Some("address of this machine")),
            ("OAUTH_API_URL", "http://[::1]:4000/x-value", Some("address of this machine")),
            ("OAUTH_API_URL", "https://localhost/x-value", Some("address of this machine")),
            ("OAUTH_API_URL", "https://localhost.example/x-value", None),
            ("OAUTH_REDIRECT_URIS", "http://localhost:3000/auth", None),
        ] {
            let problems = Settings::sort(&of(&[(name, value)])).problems();
            match words {
                Some(words) => {
                    assert!(problems.len() == 1 && problems[0].contains(words), "{name}: {problems:?}");
                    assert!(problems[0].contains(name) && !problems[0].contains("x-value"), "{problems:?}");
                }
                None => assert!(problems.is_empty(), "{name}: {problems:?}"),
            }
        }
        let all = Settings::sort(&of(&[("OAUTH_CA_FILE", "x"), ("RUST_LOG", "x"), ("OAUTH_CLIENT_SECRET", "x")]));
        assert_eq!(all.problems().len(), 2);
    }

    #[test]
    fn variables_that_exceed_lambdas_limit_are_reported() {
        let with = |length: usize| {
            let scope = "s".repeat(length);
            let uris = format!("https://{}/auth", redirects::UNKNOWN);
            Settings::sort(&of(&[("OAUTH_SCOPE", &scope), ("OAUTH_REDIRECT_URIS", &uris)])).problems()
        };
        assert!(with(3000).is_empty() && with(4000)[0].contains("Lambda accepts 4096"), "{:?}", with(4000));
        let ours = r#","OAUTH_SECRETS_ARN":"arn:aws-us-gov:secretsmanager:ap-southeast-1:123456789012:secret:/oauth-AbCdEf","OAUTH_SECRETS_VERSION":"01234567-89ab-cdef-0123-456789abcdef""#;
        assert!(ours.len() + 40 < OURS_TAKE, "with a stack's name of 40 characters");
    }

    #[test]
    fn changed_variables_are_listed() {
        let before = of(&[("A", "1"), ("B", "1"), ("C", "1")]);
        assert_eq!(
            differences(&before, &of(&[("A", "1"), ("B", "2"), ("D", "3")])),
            ["B: 1 → 2", "D: 3", "C: removed"]
        );
    }
}
