//! What to deploy: the command line, validated against the template.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::{Result, ensure};

use crate::settings::Variables;
use crate::which::Which;
use crate::{env_file, tag};

/// The parameters that only the deployment itself sets.
const OURS: [&str; 11] = [
    "SecretsArn",
    "SecretsVersion",
    "CodeBucket",
    "CodeKey",
    "CodeVersion",
    "DistributionId",
    "Site",
    "ScriptHashes",
    "StyleHashes",
    "TrustedTypes",
    "OtherEndings",
];

/// The command line of `cargo xtask deploy`.
#[derive(Debug, clap::Parser)]
#[command(no_binary_name = true)]
pub struct Options {
    /// Parameters of `function/template.yaml`, such as `MemorySize=512`. The others keep their values.
    #[arg(value_name = "PARAMETER=VALUE", value_parser = parameter)]
    parameters: Vec<(String, String)>,
    /// The deployment.
    #[command(flatten)]
    which: Which,
    /// A file of the function's variables, as for `cargo xtask dev`. Without it, a deployment keeps its variables.
    #[arg(long, value_name = "FILE")]
    env_file: Option<PathBuf>,
    /// Deploy the built site in this folder, such as Trunk's `dist`, in place of this repository's app.
    ///
    /// Later deployments keep it unless `--site` is given again.
    #[arg(long, value_name = "DIR")]
    site: Option<PathBuf>,
    /// Read a new client secret from standard input.
    #[arg(long)]
    secret_stdin: bool,
    /// Only report what would happen.
    #[arg(long)]
    dry_run: bool,
    /// A bucket of yours in this region for the function's archives; the default one is created for you.
    #[arg(long, value_name = "BUCKET")]
    archive_bucket: Option<String>,
    /// A tag for everything that is deployed, such as `Project=login`. Other tags keep their values.
    #[arg(long = "tag", value_name = "KEY=VALUE", value_parser = tag::parse)]
    tags: Vec<(String, String)>,
}

fn parameter(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("it is not of the form PARAMETER=VALUE, such as MemorySize=512")?;
    Ok((name.to_owned(), value.to_owned()))
}

/// What to deploy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    pub(crate) stack: String,
    pub(crate) region: Option<String>,
    /// The given parameters of the template. The others keep their values.
    pub(crate) parameters: BTreeMap<String, String>,
    /// The file of the function's variables. Without one, the function keeps its variables.
    pub(crate) env_file: Option<PathBuf>,
    /// The folder of another app's site.
    pub(crate) site: Option<PathBuf>,
    /// Whether the secret is read from standard input.
    pub(crate) secret_from_stdin: bool,
    pub(crate) dry_run: bool,
    /// The bucket for archives, if neither the previous one nor the default.
    pub(crate) archive_bucket: Option<String>,
    /// Tags to add to those of the stack.
    pub(crate) tags: BTreeMap<String, String>,
}

impl From<Options> for Order {
    fn from(options: Options) -> Self {
        let Options {
            parameters,
            which: Which { stack, region },
            env_file,
            site,
            secret_stdin,
            dry_run,
            archive_bucket,
            tags,
        } = options;
        let (parameters, tags) = (parameters.into_iter().collect(), tags.into_iter().collect());
        Self {
            stack,
            region,
            parameters,
            env_file,
            site,
            secret_from_stdin: secret_stdin,
            dry_run,
            archive_bucket,
            tags,
        }
    }
}

impl Order {
    /// The variables of the env file, if there is one.
    pub(crate) fn file(&self) -> Result<Option<Variables>> {
        self.env_file.as_deref().map(env_file::read).transpose()
    }

    /// Problems of the command line that do not depend on what is deployed. `known` are the template's parameters.
    pub(crate) fn misspelt(&self, known: &[String]) -> Vec<String> {
        let mut problems = Vec::new();
        for name in self.parameters.keys() {
            if ["ClientSecret", "SessionKey"].contains(&name.as_str()) {
                problems.push(format!(
                    "{name} is not accepted on the command line, which other users of this machine can read: put it \
                     into the file of `--env-file`"
                ));
            } else if OURS.contains(&name.as_str()) {
                problems.push(format!("{name} is set by the deployment itself"));
            } else if !known.contains(name) {
                let theirs: Vec<_> = known.iter().map(String::as_str).filter(|name| !OURS.contains(name)).collect();
                problems.push(format!(
                    "{name} is not a parameter of the template, which has {}. A provider's settings are variables in \
                     the file of `--env-file`",
                    theirs.join(", ")
                ));
            }
        }
        let is_name = |name: &str| {
            name.starts_with(|c: char| c.is_ascii_alphabetic())
                && name.len() <= 40
                && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
        };
        if !is_name(&self.stack) {
            problems.push(
                "the stack's name must start with a letter and have at most 40 lower-case letters, digits and hyphens"
                    .to_owned(),
            );
        }
        problems
    }

    /// All problems of the order. `present` are the parameters of the existing stack, if there is one.
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
        if value("DomainName").is_empty() != value("CertificateArn").is_empty() {
            problems.push("set DomainName and CertificateArn together: a host name needs its certificate".to_owned());
        }
        for (name, off) in [("RatePerFiveMinutes", "0"), ("AccessLog", "false")] {
            if !["", off].contains(&value(name)) && region != "us-east-1" {
                problems.push(format!("{name} can be set only in us-east-1, and this is {region}: set {name}={off}"));
            }
        }
        problems
    }
}

/// Fails with all problems in one message, if there are any.
pub(crate) fn ensure_none(problems: &[String]) -> Result<()> {
    ensure!(problems.is_empty(), "nothing was changed:\n  {}", problems.join("\n  "));
    Ok(())
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;

    fn parse(text: &str) -> Result<Order, clap::Error> {
        Options::try_parse_from(text.split_whitespace()).map(Order::from)
    }

    fn problems(text: &str, present: Option<&[(&str, &str)]>) -> Vec<String> {
        let known =
            ["SecretsArn", "CodeKey", "DomainName", "CertificateArn", "RatePerFiveMinutes", "AccessLog", "MemorySize"];
        let present: Option<BTreeMap<_, _>> =
            present.map(|pairs| pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect());
        let order = parse(text).expect("it is valid");
        order.problems(&known.map(str::to_owned), present.as_ref(), "eu-central-1")
    }

    #[test]
    fn command_line_has_options_and_parameters() {
        let order =
            parse("--stack mine --region us-east-1 --env-file prod.env --dry-run --secret-stdin MemorySize=512 X=a=b")
                .expect("it is valid");
        assert_eq!((order.stack.as_str(), order.region.as_deref()), ("mine", Some("us-east-1")));
        assert!(order.dry_run && order.secret_from_stdin);
        assert_eq!(order.env_file, Some("prod.env".into()));
        let parameters: Vec<_> = order.parameters.iter().map(|(name, value)| format!("{name}={value}")).collect();
        assert_eq!(parameters, ["MemorySize=512", "X=a=b"]);
        for wrong in ["--stack", "--force", "up"] {
            assert_eq!(parse(wrong).expect_err(wrong).exit_code(), 2);
        }
    }

    #[test]
    fn every_problem_is_reported_with_a_remedy() {
        assert_eq!(problems("MemorySize=512", None), Vec::<String>::new());
        for (text, words) in [
            ("ClientSecret=x", "not accepted on the command line"),
            ("SessionKey=x", "not accepted on the command line"),
            ("CodeKey=x", "set by the deployment itself"),
            ("SecretsArn=x", "set by the deployment itself"),
            ("Domain=x", "not a parameter of the template, which has DomainName, CertificateArn"),
            ("ClientId=x", "variables in the file of `--env-file`"),
            ("DomainName=a.example", "set DomainName and CertificateArn together"),
            ("CertificateArn=x", "set DomainName and CertificateArn together"),
            ("RatePerFiveMinutes=100", "RatePerFiveMinutes can be set only in us-east-1"),
            ("AccessLog=true", "AccessLog can be set only in us-east-1"),
            ("--stack Mine", "lower-case"),
        ] {
            let problems = problems(text, None);
            assert!(problems.len() == 1 && problems[0].contains(words), "{text}: {problems:?}");
        }
        let domain = Some(&[("DomainName", "a.example"), ("CertificateArn", "x")][..]);
        assert_eq!(problems("", domain), Vec::<String>::new());
        assert_eq!(problems("CertificateArn=", domain).len(), 1);
        assert_eq!(problems("Domain=x CodeKey=x --stack 1", None).len(), 3);
    }
}
