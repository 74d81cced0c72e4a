//! Validates the function's variables before they are deployed, with the function's own configuration code.

use std::cell::RefCell;
use std::collections::BTreeSet;

use function::config::Config;

use crate::settings::{SESSION_KEY, Settings, is_client_secret};

/// A placeholder for an unknown client secret, valid for every provider.
const ANY_SECRET: &str = "00000000-0000-0000-0000-000000000000";
/// A placeholder for a session key that is not generated yet.
const ANY_KEY: &str = "kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk";

/// Variables that the function reads only in some configurations.
const NOT_ALWAYS_READ: [&str; 1] = ["OAUTH_MIX_UP"];

/// The registration with a provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Client {
    /// The name of the variable with the client secret.
    pub(crate) secret: String,
    preset: &'static str,
    id: String,
}

/// The result of a validation.
#[derive(Debug)]
pub(crate) struct Validation {
    /// What is wrong, in the words that the function uses when it starts.
    pub(crate) problems: Vec<String>,
    /// Variables that the function does not read.
    pub(crate) unread: Vec<String>,
    /// The clients, if nothing is wrong.
    pub(crate) clients: Vec<Client>,
}

/// Validates the settings. Secrets that do not exist yet count as valid.
pub(crate) fn validate(settings: &Settings) -> Validation {
    let asked = RefCell::new(BTreeSet::new());
    let config = Config::from_env(|name| {
        asked.borrow_mut().insert(name.to_owned());
        let any = match name {
            SESSION_KEY => Some(ANY_KEY),
            name if is_client_secret(name) => Some(ANY_SECRET),
            _ => None,
        };
        let set = settings.variables.get(name).or_else(|| settings.secrets.get(name)).map(String::as_str);
        set.or(any).map(Into::into)
    });
    let asked = asked.into_inner();
    let is_read = |name: &&String| asked.contains(*name) || NOT_ALWAYS_READ.contains(&name.as_str());
    let given = settings.variables.keys().chain(settings.secrets.keys().filter(|name| *name != SESSION_KEY));
    let mut validation = Validation {
        problems: Vec::new(),
        unread: given.filter(|name| !is_read(name)).cloned().collect(),
        clients: Vec::new(),
    };
    match config {
        Ok(config) => {
            let client = |provider: &function::config::Provider<_>| Client {
                secret: provider.variables.name("CLIENT_SECRET"),
                preset: provider.preset.id,
                id: provider.app.client_id.clone(),
            };
            validation.clients = config.providers.iter().map(client).collect();
        }
        Err(error) => {
            validation.problems = error.faults().map(|(name, problem)| format!("{name} {problem}")).collect();
            if error.faults().any(|(name, _)| name == "OAUTH_PROVIDER") {
                // Without valid providers the names of their variables are unknown.
                validation.unread.clear();
            }
        }
    }
    validation
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::of;

    const URIS: (&str, &str) = ("OAUTH_REDIRECT_URIS", "https://a.example/auth/aniapi,https://a.example/auth/work");
    const ID: &str = "01234567-89ab-cdef-0123-456789abcdef";

    fn validated(pairs: &[(&str, &str)]) -> Validation {
        validate(&Settings::sort(&of(pairs)))
    }

    #[test]
    fn function_reports_problems_and_unread_variables() {
        let validation = validated(&[
            ("OAUTH_PROVIDER", "aniapi,work:oauth2"),
            ("OAUTH_ANIAPI_CLIENT_ID", "no GUID"),
            ("OAUTH_ANIAPI_CLIENT_SECRET", "a secret"),
            ("OAUTH_WORK_CLIENT_ID", "mine"),
            ("OAUTH_CLIENT_ID", ID),
            ("OAUTH_GITHUB_CLIENT_SECRET", "x"),
            ("OAUTH_SESSION_KEY", "short"),
            URIS,
        ]);
        for words in
            ["OAUTH_ANIAPI_CLIENT_ID ", "OAUTH_ANIAPI_CLIENT_SECRET ", "OAUTH_WORK_TOKEN_URL ", "OAUTH_SESSION_KEY "]
        {
            assert!(validation.problems.iter().any(|problem| problem.starts_with(words)), "{words}: {validation:?}");
        }
        assert_eq!(validation.unread, ["OAUTH_CLIENT_ID", "OAUTH_GITHUB_CLIENT_SECRET"]);
        assert!(!format!("{validation:?}").contains("a secret"));
        let unknown = validated(&[("OAUTH_PROVIDER", "unknown"), ("OAUTH_UNKNOWN_CLIENT_ID", "mine"), URIS]);
        assert!(unknown.problems[0].starts_with("OAUTH_PROVIDER ") && unknown.unread.is_empty(), "{unknown:?}");
    }

    #[test]
    fn clients_are_identified_by_the_variables_of_their_secrets() {
        let several = validated(&[
            ("OAUTH_PROVIDER", "aniapi,work:oauth2"),
            ("OAUTH_ANIAPI_CLIENT_ID", ID),
            ("OAUTH_WORK_CLIENT_ID", "mine"),
            ("OAUTH_WORK_AUTHORIZE_URL", "https://w.example/a"),
            ("OAUTH_WORK_TOKEN_URL", "https://w.example/t"),
            // Not read with a single provider, but known.
            ("OAUTH_MIX_UP", "accept"),
            ("OAUTH_SESSION_KEY", &"k".repeat(43)),
            URIS,
        ]);
        assert!(several.problems.is_empty() && several.unread.is_empty(), "{several:?}");
        let secrets: Vec<_> = several.clients.iter().map(|client| client.secret.as_str()).collect();
        assert_eq!(secrets, ["OAUTH_ANIAPI_CLIENT_SECRET", "OAUTH_WORK_CLIENT_SECRET"]);
        let one =
            [("OAUTH_CLIENT_ID", ID), ("OAUTH_REDIRECT_URIS", "https://a.example/auth"), ("OAUTH_SESSION", "tab")];
        let one = validated(&one);
        assert_eq!(
            one.clients.iter().map(|client| client.secret.as_str()).collect::<Vec<_>>(),
            ["OAUTH_CLIENT_SECRET"]
        );
        assert!(one.unread.is_empty(), "{one:?}");
    }
}
