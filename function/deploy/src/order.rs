//! What the person wants deployed: the command line, held against the template.

use std::collections::BTreeMap;

use anyhow::{Result, ensure};

use crate::client;

/// The parameters that are not the person's to set.
const OURS: [&str; 5] = ["ClientSecret", "SecretRevision", "CodeBucket", "CodeKey", "DistributionDomain"];

/// The command line of `cargo xtask deploy`.
#[derive(Debug, clap::Parser)]
#[command(no_binary_name = true)]
pub struct Options {
    /// Parameters of `function/template.yaml`, such as `ClientId=<id>`. What is not given keeps its value.
    #[arg(value_name = "PARAMETER=VALUE", value_parser = parameter)]
    parameters: Vec<(String, String)>,
    /// The name of the CloudFormation stack.
    #[arg(long, value_name = "NAME", default_value = "aniapi-login")]
    stack: String,
    /// The AWS region; the default is the one that the AWS command line uses.
    #[arg(long)]
    region: Option<String>,
    /// Read a new client secret from the standard input.
    #[arg(long)]
    secret_stdin: bool,
    /// Only say what would happen.
    #[arg(long)]
    dry_run: bool,
}

fn parameter(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("it is not of the form PARAMETER=VALUE, such as ClientId=…")?;
    Ok((name.to_owned(), value.to_owned()))
}

/// What the person wants deployed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    pub(crate) stack: String,
    pub(crate) region: Option<String>,
    /// Parameters of the template, as given. The others keep their values.
    pub(crate) parameters: BTreeMap<String, String>,
    /// Whether the secret is read from the standard input.
    pub(crate) secret_from_stdin: bool,
    pub(crate) dry_run: bool,
}

impl From<Options> for Order {
    fn from(options: Options) -> Self {
        let Options { parameters, stack, region, secret_stdin, dry_run } = options;
        let parameters = parameters.into_iter().collect();
        Self { stack, region, parameters, secret_from_stdin: secret_stdin, dry_run }
    }
}

impl Order {
    /// What is wrong with the words themselves, whatever is deployed already. `known` are the template's parameters.
    pub(crate) fn misspelt(&self, known: &[String]) -> Vec<String> {
        let mut problems = Vec::new();
        for name in self.parameters.keys() {
            if name == "ClientSecret" {
                problems.push(
                    "ClientSecret is not taken from the command line, where everybody on this machine can read it: leave \
                     it out to be asked for it, or give it to `--secret-stdin`"
                        .to_owned(),
                );
            } else if OURS.contains(&name.as_str()) {
                problems.push(format!("{name} is set by the deployment itself"));
            } else if !known.contains(name) {
                let theirs: Vec<_> = known.iter().map(String::as_str).filter(|name| !OURS.contains(name)).collect();
                problems.push(format!("{name} is no parameter of the template; there are {}", theirs.join(", ")));
            }
        }
        let is_name = |name: &str| {
            name.starts_with(|c: char| c.is_ascii_alphabetic())
                && name.len() <= 40
                && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
        };
        if !is_name(&self.stack) {
            problems.push("the stack's name must be lower-case letters, digits and hyphens, at most 40".to_owned());
        }
        problems
    }

    /// What is wrong with the order, all of it. `present` are the parameters of the stack that is there, if there is one.
    pub(crate) fn problems(
        &self,
        known: &[String],
        present: Option<&BTreeMap<String, String>>,
        region: &str,
    ) -> Vec<String> {
        let mut problems = self.misspelt(known);
        let value = |name: &str| {
            let given = self.parameters.get(name).or_else(|| present?.get(name));
            given.map_or("", String::as_str)
        };
        problems.extend(client::problems(value));
        if value("DomainName").is_empty() != value("CertificateArn").is_empty() {
            problems.push("DomainName and CertificateArn go together: a host name needs its certificate".to_owned());
        }
        if !matches!(value("RatePerFiveMinutes"), "" | "0") && region != "us-east-1" {
            problems.push(format!("RatePerFiveMinutes can be had in us-east-1 alone, and this is {region}"));
        }
        problems
    }
}

/// Tells every problem in one message.
pub(crate) fn ensure_none(problems: &[String]) -> Result<()> {
    ensure!(problems.is_empty(), "nothing was done:\n  {}", problems.join("\n  "));
    Ok(())
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;

    const ID: &str = "ClientId=01234567-89ab-cdef-0123-456789abcdef";

    fn parse(text: &str) -> Result<Order, clap::Error> {
        Options::try_parse_from(text.split_whitespace()).map(Order::from)
    }

    fn problems(text: &str, present: Option<&[(&str, &str)]>) -> Vec<String> {
        let known = [
            "Provider",
            "ClientId",
            "ClientSecret",
            "CodeKey",
            "DomainName",
            "CertificateArn",
            "RatePerFiveMinutes",
            "AuthorizeUrl",
            "TokenUrl",
        ];
        let present: Option<BTreeMap<_, _>> =
            present.map(|pairs| pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect());
        let order = parse(text).expect("it can be read");
        order.problems(&known.map(str::to_owned), present.as_ref(), "eu-central-1")
    }

    #[test]
    fn a_command_line_is_options_and_parameters() {
        let order =
            parse("--stack mine --region us-east-1 --dry-run --secret-stdin MemorySize=512 X=a=b").expect("good");
        assert_eq!((order.stack.as_str(), order.region.as_deref()), ("mine", Some("us-east-1")));
        assert!(order.dry_run && order.secret_from_stdin);
        let parameters: Vec<_> = order.parameters.iter().map(|(name, value)| format!("{name}={value}")).collect();
        assert_eq!(parameters, ["MemorySize=512", "X=a=b"]);
        for wrong in ["--stack", "--force", "up"] {
            assert_eq!(parse(wrong).expect_err(wrong).exit_code(), 2);
        }
    }

    #[test]
    fn every_problem_is_told_and_says_what_to_do() {
        assert_eq!(problems(ID, None), Vec::<String>::new());
        assert_eq!(problems("", Some(&[("ClientId", &ID[9..])])), Vec::<String>::new());
        for (text, words) in [
            ("", "ClientId is missing"),
            ("ClientId=mine", "must be a GUID"),
            ("ClientId=mine Provider=mine", "one of: aniapi, anilist, annict,"),
            ("Provider=github", "the id that GitHub gave you"),
            ("Provider=oauth2 ClientId=mine AuthorizeUrl=https://p.example/a", "TokenUrl is missing"),
            ("Provider=auth0 ClientId=mine", "BaseUrl is missing"),
            ("Provider=oauth2 ClientId=mine TokenUrl=https://p.example/t", "AuthorizeUrl is missing"),
            (&*format!("{ID} ClientSecret=x"), "not taken from the command line"),
            (&*format!("{ID} CodeKey=x"), "set by the deployment itself"),
            (&*format!("{ID} Domain=x"), "no parameter of the template; there are Provider, ClientId, DomainName"),
            (&*format!("{ID} DomainName=a.example"), "go together"),
            (&*format!("{ID} CertificateArn=x"), "go together"),
            (&*format!("{ID} RatePerFiveMinutes=100"), "us-east-1 alone"),
            (&*format!("{ID} --stack Mine"), "lower-case"),
        ] {
            let problems = problems(text, None);
            assert!(problems.len() == 1 && problems[0].contains(words), "{text}: {problems:?}");
        }
        let server = "Provider=oauth2 ClientId=mine AuthorizeUrl=https://p.example/a TokenUrl=https://p.example/t";
        for good in ["Provider=github ClientId=Iv1.0123456789abcdef", server] {
            assert_eq!(problems(good, None), Vec::<String>::new(), "{good}");
        }
        assert_eq!(problems("Domain=x CodeKey=x --stack 1", None).len(), 4);
    }
}
