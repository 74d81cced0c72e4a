//! The function's new settings: the variables of the env file, or else those of the existing function, with the
//! redirect URIs of this deployment and the known secrets. Pure.

use anyhow::{Result, bail};

use crate::check::{Client, validate};
use crate::document::Document;
use crate::redirects::{self, Address, UNKNOWN};
use crate::settings::{SESSION_KEY, Settings, Variables};

/// What is known before anything is changed.
pub(crate) struct Given<'a> {
    /// The variables of `--env-file`.
    pub(crate) file: Option<&'a Variables>,
    /// The variables of the existing function.
    pub(crate) function: Option<&'a Variables>,
    /// The existing document of secrets.
    pub(crate) document: Option<&'a Document>,
    /// Whether the function reads the former kind of secret, which is its client secret.
    pub(crate) has_former: bool,
    /// Where the deployment will be.
    pub(crate) address: Address<'a>,
    /// The current `DomainName`.
    pub(crate) domain_before: &'a str,
    /// Whether the client secret is read from standard input.
    pub(crate) secret_is_given: bool,
}

/// The function's new settings.
#[derive(Default)]
pub(crate) struct Prepared {
    pub(crate) settings: Settings,
    /// The clients in these settings.
    pub(crate) clients: Vec<Client>,
    /// The variable of the secret to ask for, if one is missing.
    pub(crate) missing: Option<String>,
}

/// Computes the new settings.
///
/// # Errors
/// All problems. No message contains a secret.
pub(crate) fn prepare(given: &Given<'_>) -> Result<Prepared, Vec<String>> {
    let Address { distribution, .. } = given.address;
    let own = given.address.host();
    let (settings, mut problems) = match (given.file, given.function) {
        (Some(file), _) => {
            let mut settings = Settings::sort(file);
            settings.variables = redirects::of_file(&settings.variables, own);
            let problems = of_file(&settings);
            (settings, problems)
        }
        (None, Some(function)) => {
            let mut settings = Settings::of_function(function);
            let before: Vec<&str> = [UNKNOWN, given.domain_before].into_iter().chain(distribution).collect();
            settings.variables = redirects::on(&settings.variables, &before, own);
            let problems = [settings.problems(), validate(&settings).problems].concat();
            (settings, problems)
        }
        (None, None) => return Err(vec![FIRST.to_owned()]),
    };
    problems.extend(redirects::problems(&settings.variables, &given.address));
    if !problems.is_empty() {
        return Err(problems);
    }
    let clients = validate(&settings).clients;
    let before = given.function.map(|function| validate(&Settings::of_function(function)).clients).unwrap_or_default();
    // A kept secret must not be sent to the provider of another client.
    let is_kept = |client: &Client| {
        before.contains(client)
            && (given.has_former || given.document.is_some_and(|document| document.has(&client.secret)))
    };
    let lacks = |client: &&Client| !settings.secrets.contains_key(&client.secret) && !is_kept(client);
    let missing: Vec<&Client> = clients.iter().filter(lacks).collect();
    let missing = match (&clients[..], &missing[..]) {
        ([client], _) if given.secret_is_given => {
            if settings.secrets.contains_key(&client.secret) {
                return Err(vec![format!("{} is in the env file: leave out --secret-stdin", client.secret)]);
            }
            Some(client.secret.clone())
        }
        (_, _) if given.secret_is_given => {
            return Err(vec!["--secret-stdin is for a single provider: put the secrets into the env file".to_owned()]);
        }
        (_, []) => None,
        ([client], _) => Some(client.secret.clone()),
        (_, missing) => {
            let problem =
                |client: &&Client| format!("{} is not set: put it into the file of --env-file", client.secret);
            return Err(missing.iter().map(problem).collect());
        }
    };
    if let (None, Some(document)) = (&missing, given.document) {
        // The secrets that are kept must be valid, too.
        let kept = Settings { secrets: document.with(&settings.secrets, &clients), ..settings.clone() };
        let problems = validate(&kept).problems;
        if !problems.is_empty() {
            return Err(problems);
        }
    }
    Ok(Prepared { settings, clients, missing })
}

/// The problems of an env file that do not depend on what is deployed.
pub(crate) fn of_file(settings: &Settings) -> Vec<String> {
    let validation = validate(&settings.without_refused());
    let unread = |name: &String| {
        format!("{name} is not a variable that the function reads with this OAUTH_PROVIDER: correct or remove it")
    };
    let unread: Vec<String> = validation.unread.iter().map(unread).collect();
    [settings.problems(), validation.problems, unread].concat()
}

/// The same before the deployment's address is known.
pub(crate) fn of_file_anywhere(file: &Variables) -> Vec<String> {
    let mut settings = Settings::sort(file);
    settings.variables = redirects::of_file(&settings.variables, UNKNOWN);
    of_file(&settings)
}

/// The problem if there is neither an env file nor a function.
const FIRST: &str = "the function's variables are not known yet: write them into a file and pass it\n    \
    cp .env.example prod.env\n    cargo xtask deploy --env-file prod.env";

impl Prepared {
    /// What changes in the document, without values.
    pub(crate) fn changed_secrets(&self, document: Option<&Document>) -> Vec<String> {
        let after = document.map(|document| document.with(&self.settings.secrets, &self.clients));
        let after = after.as_ref().unwrap_or(&self.settings.secrets);
        let is_same = |name: &str, value: &str| document.is_some_and(|document| document.is(name, value));
        let changed = after.iter().filter(|(name, value)| !is_same(name, value));
        let mut lines: Vec<String> = changed.map(|(name, _)| format!("{name}: a new value in the document")).collect();
        let gone = document.into_iter().flat_map(Document::names).filter(|name| !after.contains_key(*name));
        lines.extend(gone.map(|name| format!("{name}: removed from the document")));
        lines.extend(self.missing.iter().map(|name| format!("{name}: would be asked for")));
        if after.get(SESSION_KEY).is_some_and(|key| document.is_some_and(|document| document.signs_out(key))) {
            lines.push("the env file has another OAUTH_SESSION_KEY: everyone is signed out".to_owned());
        }
        lines
    }

    /// Adds the secret that was asked for.
    ///
    /// # Errors
    /// If it is not a valid client secret for that provider.
    pub(crate) fn take(&mut self, secret: String) -> Result<()> {
        let Some(name) = &self.missing else { return Ok(()) };
        if secret.is_empty() {
            bail!("this is not a client secret: it is empty");
        }
        self.settings.secrets.insert(name.clone(), secret);
        if let Some(problem) = validate(&self.settings).problems.first() {
            bail!("this is not a client secret: {problem}");
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::of;

    const ID: &str = "01234567-89ab-cdef-0123-456789abcdef";
    const SECRET: &str = "76543210-89ab-cdef-0123-456789abcdef";
    const URIS: (&str, &str) = ("OAUTH_REDIRECT_URIS", "http://localhost:3000/auth");

    fn document(text: &str) -> Document {
        Document::parse(text).expect("it is valid")
    }

    const DISTRIBUTION: Address<'_> = Address { domain_name: "", distribution: Some("d1.cloudfront.net") };
    const NOWHERE: Address<'_> = Address { domain_name: "", distribution: None };

    fn given(file: Option<&Variables>) -> Given<'_> {
        Given {
            file,
            function: None,
            document: None,
            has_former: false,
            address: DISTRIBUTION,
            domain_before: "",
            secret_is_given: false,
        }
    }

    /// The missing secret or the problems, given this file, this function and this document.
    fn missing(
        file: &[(&str, &str)],
        function: Option<&[(&str, &str)]>,
        stored: &str,
    ) -> Result<Option<String>, String> {
        let (file, function, document) = (of(file), function.map(of), document(stored));
        let given = Given { function: function.as_ref(), document: Some(&document), ..given(Some(&file)) };
        prepare(&given).map(|prepared| prepared.missing).map_err(|problems| problems.join("\n"))
    }

    #[test]
    fn first_deployment_without_a_file_says_what_to_do() {
        let problems = prepare(&given(None)).err().expect("nothing is known");
        assert!(problems[0].contains("cp .env.example") && problems[0].contains("deploy --env-file"), "{problems:?}");
    }

    #[test]
    fn secret_is_asked_for_once_for_each_client() {
        let aniapi = [("OAUTH_CLIENT_ID", ID), URIS];
        let github = [("OAUTH_PROVIDER", "github"), ("OAUTH_CLIENT_ID", ID), URIS];
        let kept = &*format!(r#"{{"OAUTH_CLIENT_SECRET":"{SECRET}"}}"#);
        let asked = || Ok(Some("OAUTH_CLIENT_SECRET".to_owned()));
        assert_eq!(missing(&aniapi, None, "{}"), asked());
        assert_eq!(missing(&aniapi, Some(&aniapi), "{}"), asked(), "the document has none");
        assert_eq!(missing(&aniapi, Some(&aniapi), kept), Ok(None));
        assert_eq!(missing(&aniapi, None, kept), asked(), "its client is not known");
        assert_eq!(missing(&github, Some(&aniapi), kept), asked(), "it is another provider's");
        let other = [("OAUTH_CLIENT_ID", SECRET), URIS];
        assert_eq!(missing(&other, Some(&aniapi), kept), asked(), "it is another client's");
        let given = [&aniapi[..], &[("OAUTH_CLIENT_SECRET", SECRET)]].concat();
        assert_eq!(missing(&given, None, "{}"), Ok(None));
        let several = [
            ("OAUTH_PROVIDER", "aniapi,github"),
            ("OAUTH_ANIAPI_CLIENT_ID", ID),
            ("OAUTH_ANIAPI_CLIENT_SECRET", SECRET),
            ("OAUTH_GITHUB_CLIENT_ID", "mine"),
            ("OAUTH_REDIRECT_URIS", "http://localhost:3000/auth/aniapi,http://localhost:3000/auth/github"),
        ];
        let problem = missing(&several, None, "{}").expect_err("one is missing");
        assert!(
            problem.starts_with("OAUTH_GITHUB_CLIENT_SECRET is not set") && !problem.contains("ANIAPI"),
            "{problem}"
        );
        let kept = r#"{"OAUTH_GITHUB_CLIENT_SECRET":"x"}"#;
        assert_eq!(missing(&several, Some(&several), kept), Ok(None));
        let bad = r#"{"OAUTH_CLIENT_SECRET":"no GUID of AniAPI's"}"#;
        let problem = missing(&aniapi, Some(&aniapi), bad).expect_err("AniAPI issues no such secrets");
        assert!(problem.starts_with("OAUTH_CLIENT_SECRET ") && !problem.contains("of AniAPI's"), "{problem}");
    }

    #[test]
    fn standard_input_is_for_one_secret_that_is_not_in_the_file() {
        let one = of(&[("OAUTH_CLIENT_ID", ID), URIS]);
        let with = of(&[("OAUTH_CLIENT_ID", ID), ("OAUTH_CLIENT_SECRET", SECRET), URIS]);
        let several = of(&[
            ("OAUTH_PROVIDER", "a:aniapi,b:aniapi"),
            ("OAUTH_A_CLIENT_ID", ID),
            ("OAUTH_B_CLIENT_ID", ID),
            ("OAUTH_REDIRECT_URIS", "http://localhost:3000/auth/a,http://localhost:3000/auth/b"),
        ]);
        for (file, words) in
            [(&one, None), (&with, Some("leave out --secret-stdin")), (&several, Some("a single provider"))]
        {
            let given = Given { address: NOWHERE, secret_is_given: true, ..given(Some(file)) };
            match (prepare(&given), words) {
                (Ok(mut prepared), None) => {
                    for (secret, is_good) in [("", false), ("no GUID", false), (SECRET, true)] {
                        assert_eq!(prepared.take(secret.to_owned()).is_ok(), is_good, "{secret}");
                    }
                }
                (Err(problems), Some(words)) => assert!(problems[0].contains(words), "{problems:?}"),
                (outcome, _) => panic!("{:?} and {words:?}", outcome.err()),
            }
        }
    }

    #[test]
    fn redirect_uris_follow_the_deployments_address() {
        let uris = "https://old.example/auth,https://old.example/auth/work,https://d1.cloudfront.net/auth";
        let function =
            of(&[("OAUTH_CLIENT_ID", ID), ("OAUTH_REDIRECT_URIS", &uris.replace("/auth/work", "/auth/aniapi"))]);
        for (domain_name, host) in
            [("new.example", "new.example"), ("", "d1.cloudfront.net"), ("old.example", "old.example")]
        {
            let address = Address { domain_name, distribution: Some("d1.cloudfront.net") };
            let moved = Given { function: Some(&function), has_former: true, ..given(None) };
            let given = Given { address, domain_before: "old.example", ..moved };
            let prepared = prepare(&given).unwrap_or_else(|problems| panic!("{problems:?}"));
            let expected = format!("https://{host}/auth,https://{host}/auth/aniapi");
            assert_eq!(prepared.settings.variables["OAUTH_REDIRECT_URIS"], expected);
            assert_eq!(prepared.missing, None, "the former secret is its client secret");
        }
    }

    #[test]
    fn every_problem_of_a_file_is_in_one_message() {
        let file = of(&[
            ("OAUTH_CLIENT_ID", "no GUID"),
            ("OAUTH_CLIENTID", "x"),
            ("OAUTH_CA_FILE", "/x"),
            ("OAUTH_CLIENT_SECRET_ARN", "x"),
            ("OAUTH_SECRETS_ARN", "x"),
            ("OAUTH_REDIRECT_URIS", "https://a.example/auth"),
        ]);
        let problems = prepare(&given(Some(&of(&[])))).err().expect("it is empty").join("\n");
        assert!(problems.contains("OAUTH_CLIENT_ID is not set") && problems.contains("OAUTH_REDIRECT_URIS is not set"));
        let given = Given { address: NOWHERE, ..given(Some(&file)) };
        let problems = prepare(&given).err().expect("all of it is wrong");
        for words in [
            "OAUTH_CLIENT_ID ",
            "OAUTH_CLIENTID is not a variable",
            "OAUTH_CA_FILE names a file",
            "OAUTH_CLIENT_SECRET_ARN cannot",
            "OAUTH_SECRETS_ARN is",
            "add `DomainName=a",
        ] {
            assert!(problems.iter().any(|problem| problem.contains(words)), "{words}: {problems:?}");
        }
        assert_eq!(problems.len(), 6, "{problems:?}");
        assert_eq!(of_file_anywhere(&file).len(), 5, "the address of the deployment is not known there");
    }
}
