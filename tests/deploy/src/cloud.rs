//! A stand-in for AWS: moto, a server of AWS's own protocols. It supports S3, IAM, Lambda, Secrets Manager, CloudWatch
//! and a part of CloudFormation (`moto.py` adds what a deployment needs). That part has no CloudFront, alias, function
//! URL or permission for it, so these are removed from the template here, and [`Lambda`] provides the alias. They are
//! tested elsewhere, or only in a real account.

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use clap::Parser as _;
use deploy::{Built, Deployed, Options, Order, Place, Plan};
use function::client;
use serde_json::{Value as Json, json};
use xtask::process::{Child, Output};
use xtask::tools::{self, Tool, Toolbox};
use xtask::workspace;
use yaml_serde::{Mapping, Value};

use crate::aws::Aws;
use crate::lambda::Lambda;

/// The host of CloudFront's distribution.
pub const DOMAIN: &str = "d111111abcdef8.cloudfront.net";

/// The name of the document of secrets.
const DOCUMENT: &str = "aniapi-login/oauth";

/// A running stand-in. Dropping it stops it.
pub struct Cloud {
    /// The tools that its tests use.
    pub toolbox: Toolbox,
    /// The environment that makes AWS's tools use only this stand-in.
    pub environment: BTreeMap<String, String>,
    /// Its address.
    pub url: String,
    /// A file with the failure of all changes of stacks, if it exists.
    failure: PathBuf,
    /// The stand-in for Lambda.
    pub lambda: Lambda,
    aws: Option<Aws>,
    _moto: Child,
}

impl Cloud {
    /// Starts it.
    ///
    /// # Errors
    /// If a tool is missing or moto does not start.
    pub fn start() -> Result<Self> {
        let toolbox = tools::ensure(&[Tool::Aws, Tool::CargoLambda, Tool::Moto])?;
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let mut command = toolbox.command("python3");
        command.arg(workspace().join("tests/deploy/src/moto.py")).arg(toolbox.path("moto_server")?);
        command.args(["--host", "127.0.0.1", "--port", &port.to_string()]);
        let failure = workspace().join(format!("target/deploy/failure-{port}.json"));
        command.env("STAND_IN_FAILURE", &failure);
        let log = workspace().join(format!("target/deploy/moto-{port}.log"));
        let mut moto = Child::spawn(command, "moto", Output::File(log))?;
        let aws = Aws::start(&toolbox)?;
        while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
            if let Some(status) = moto.exited()? {
                bail!("moto exited ({status})");
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        let url = format!("http://127.0.0.1:{port}");
        let nowhere = std::env::temp_dir().join("no-settings-of-a-user");
        let environment = [
            ("AWS_ENDPOINT_URL", url.clone()),
            ("AWS_ACCESS_KEY_ID", "testing".to_owned()),
            ("AWS_SECRET_ACCESS_KEY", "testing".to_owned()),
            ("AWS_CONFIG_FILE", nowhere.display().to_string()),
            ("AWS_SHARED_CREDENTIALS_FILE", nowhere.display().to_string()),
            ("AWS_EC2_METADATA_DISABLED", "true".to_owned()),
        ];
        let mut environment: BTreeMap<_, _> = environment.map(|(name, value)| (name.to_owned(), value)).into();
        let lambda = Lambda::start(&format!("127.0.0.1:{port}"), environment.clone())?;
        environment.insert("AWS_ENDPOINT_URL_LAMBDA".to_owned(), lambda.url());
        Ok(Self { toolbox, environment, url, failure, lambda, aws, _moto: moto })
    }

    /// Makes changes of stacks fail from now on, with these events (resource, type, status, reason) and this status;
    /// `None` ends that.
    pub fn fail(&self, failure: Option<(&str, &[[&str; 4]])>) -> Result<()> {
        let Some((status, events)) = failure else { return Ok(std::fs::remove_file(&self.failure)?) };
        Ok(std::fs::write(&self.failure, json!({ "status": status, "events": events }).to_string())?)
    }

    /// From now on, validates each request's signature and the policy of its signer.
    pub async fn enforce_policies(&self) -> Result<()> {
        let response = client::build(&[])
            .map_err(anyhow::Error::from_boxed)?
            .post(format!("{}/moto-api/reset-auth", self.url))
            .body("0")
            .send()
            .await?;
        anyhow::ensure!(response.status().is_success(), "{}", response.status());
        self.lambda.enforce_policies();
        Ok(())
    }

    /// This stand-in with our template, as far as moto supports it.
    pub fn place(&self) -> Result<Place> {
        let mut environment = self.environment.clone();
        environment.insert("PATH".to_owned(), self.path());
        Ok(Place { environment, template: reduced(&Place::new()?.template)? })
    }

    /// The same without credentials.
    pub fn place_without_credentials(&self) -> Result<Place> {
        let mut place = self.place()?;
        place.environment.retain(|name, _| !name.contains("KEY"));
        Ok(place)
    }

    /// The program `aws`.
    ///
    /// # Errors
    /// If it is missing.
    pub fn aws(&self) -> Result<PathBuf> {
        match &self.aws {
            Some(aws) => Ok(aws.folder().join("aws")),
            None => Ok(self.toolbox.path("aws")?.to_owned()),
        }
    }

    /// The `PATH` of a deployment.
    fn path(&self) -> String {
        let path = self.toolbox.path_env().to_string_lossy().into_owned();
        match &self.aws {
            Some(aws) => format!("{}:{path}", aws.folder().display()),
            None => path,
        }
    }

    /// Deploys with these arguments; `secret` is the client secret if one is asked for.
    pub fn deploy(&self, words: &[&str], secret: Option<&str>, built: &Built) -> Result<Option<Deployed>> {
        self.deploy_to(&self.place()?, words, secret, built)
    }

    /// The same with other tools or another template.
    pub fn deploy_to(
        &self,
        place: &Place,
        words: &[&str],
        secret: Option<&str>,
        built: &Built,
    ) -> Result<Option<Deployed>> {
        let ask = |_| secret.map(str::to_owned).context("the secret was asked for unexpectedly");
        Plan::new(place, order(words)?, ask)?
            .carry_out(|_| Ok(Built { site: built.site.clone(), archive: built.archive.clone() }))
    }

    /// The document of secrets. Fails unless the function's variables name it and its version.
    pub fn document(&self) -> Result<BTreeMap<String, String>> {
        let (variables, read) = (self.variables()?, self.stored()?);
        anyhow::ensure!(variables["OAUTH_SECRETS_ARN"] == read["ARN"], "{variables}");
        anyhow::ensure!(variables["OAUTH_SECRETS_VERSION"] == read["VersionId"], "{variables}");
        Ok(serde_json::from_str(read["SecretString"].as_str().context("it is text")?)?)
    }

    /// The document in Secrets Manager, whatever the function's variables are.
    pub fn stored(&self) -> Result<Json> {
        let current = ["--secret-id", DOCUMENT, "--version-stage", "AWSCURRENT"];
        self.ask(&[&["secretsmanager", "get-secret-value"], &current[..]].concat())
    }

    /// The session keys in the document.
    pub fn keys(&self) -> Result<Vec<String>> {
        Ok(self.document()?["OAUTH_SESSION_KEY"].split(',').map(str::to_owned).collect())
    }

    /// The environment of the live version.
    pub fn variables(&self) -> Result<Json> {
        let live = ["--function-name", "aniapi-login", "--qualifier", "live"];
        let function = self.ask(&[&["lambda", "get-function-configuration"], &live[..]].concat())?;
        Ok(function["Environment"]["Variables"].clone())
    }

    /// A parameter of the stack.
    pub fn parameter(&self, name: &str) -> Result<String> {
        let stack = self.ask(&["cloudformation", "describe-stacks", "--stack-name", "aniapi-login"])?;
        let mut parameters = stack["Stacks"][0]["Parameters"].as_array().into_iter().flatten();
        let parameter = parameters.find(|parameter| parameter["ParameterKey"] == name);
        let value = parameter.and_then(|parameter| parameter["ParameterValue"].as_str());
        Ok(value.with_context(|| format!("the stack has no parameter {name}"))?.to_owned())
    }

    /// Runs a command of the AWS command line as another account.
    pub fn as_another_account(&self, words: &[&str]) -> Result<Json> {
        let role = "arn:aws:iam::222222222222:role/other";
        let assumed = self.ask(&["sts", "assume-role", "--role-arn", role, "--role-session-name", "other"])?;
        let mut environment = self.environment.clone();
        for (name, member) in [
            ("AWS_ACCESS_KEY_ID", "AccessKeyId"),
            ("AWS_SECRET_ACCESS_KEY", "SecretAccessKey"),
            ("AWS_SESSION_TOKEN", "SessionToken"),
        ] {
            let value = assumed["Credentials"][member].as_str().context("credentials are text")?;
            environment.insert(name.to_owned(), value.to_owned());
        }
        self.ask_as(&environment, words)
    }

    /// Runs a command of the AWS command line.
    pub fn ask(&self, words: &[&str]) -> Result<Json> {
        self.ask_as(&self.environment, words)
    }

    fn ask_as(&self, environment: &BTreeMap<String, String>, words: &[&str]) -> Result<Json> {
        let mut aws = self.toolbox.command(&self.aws()?.to_string_lossy());
        aws.args(words).args(["--region", "eu-central-1", "--output", "json"]).envs(environment);
        let output = aws.output()?;
        if !output.status.success() {
            bail!("{}", String::from_utf8_lossy(&output.stderr).trim());
        }
        if output.stdout.is_empty() {
            return Ok(Json::Null);
        }
        Ok(serde_json::from_slice(&output.stdout)?)
    }
}

/// Parses a command line, in the region of these tests. Arguments that are variables go into an env file, with a
/// loopback redirect URI if there is none.
pub fn order(words: &[&str]) -> Result<Order> {
    static FILES: AtomicUsize = AtomicUsize::new(0);
    let (mut variables, words): (Vec<&str>, Vec<&str>) = words.iter().partition(|word| word.starts_with("OAUTH_"));
    let mut line = vec!["--region".to_owned(), "eu-central-1".to_owned()];
    line.extend(words.iter().map(|word| (*word).to_owned()));
    if !variables.is_empty() {
        if !variables.iter().any(|variable| variable.contains("REDIRECT_URIS=")) {
            variables.push("OAUTH_REDIRECT_URIS=http://localhost:3000/auth");
        }
        let name = format!("deploy-{}-{}.env", std::process::id(), FILES.fetch_add(1, Ordering::Relaxed));
        let file = std::env::temp_dir().join(name);
        std::fs::write(&file, variables.join("\n"))?;
        line.extend(["--env-file".to_owned(), file.display().to_string()]);
    }
    Ok(Options::try_parse_from(line)?.into())
}

/// The template without what moto does not support.
fn reduced(template: &str) -> Result<String> {
    let mut template: Value = yaml_serde::from_str(template)?;
    let resources = template["Resources"].as_mapping_mut().context("a template has resources")?;
    let before = resources.len();
    resources.retain(|_, resource| {
        let kind = resource["Type"].as_str().unwrap_or_default();
        let unknown = [
            "AWS::CloudFront::",
            "AWS::Lambda::Alias",
            "AWS::CloudWatch::Dashboard",
            "AWS::Lambda::Permission",
            "AWS::Lambda::Url",
            "AWS::Logs::Delivery",
            "AWS::Logs::ResourcePolicy",
            "AWS::S3::BucketPolicy",
            "AWS::WAFv2::",
        ];
        // Nothing refers to this one, so it does no harm, and the upload reads it.
        kind == "AWS::CloudFront::ResponseHeadersPolicy" || !unknown.iter().any(|unknown| kind.starts_with(unknown))
    });
    anyhow::ensure!(
        before > resources.len() && resources.len() > 8,
        "{} of {before} resources are left",
        resources.len()
    );
    // Moto reads the second policy, which exists only with tracing, as an empty one.
    let policies = &mut template["Resources"]["FunctionRole"]["Properties"]["Policies"];
    policies.as_sequence_mut().context("a role has policies")?.truncate(1);
    let mut outputs = template["Outputs"].as_mapping().context("a template has outputs")?.clone();
    for (name, value) in [
        ("Address", format!("https://{DOMAIN}")),
        ("DistributionDomain", DOMAIN.to_owned()),
        ("DistributionId", "E1".to_owned()),
        ("FunctionUrl", "https://x.lambda-url.eu-central-1.on.aws/".to_owned()),
    ] {
        let fixed: Mapping = [(Value::from("Value"), Value::from(value))].into_iter().collect();
        outputs.insert(name.into(), fixed.into());
    }
    template["Outputs"] = outputs.into();
    Ok(yaml_serde::to_string(&template)?)
}
