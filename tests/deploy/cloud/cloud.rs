//! A stand-in for AWS: moto, a server of AWS's own protocols. It knows S3, IAM, Lambda, CloudWatch and a part of
//! CloudFormation. That part has no CloudFront, no function's address, nobody who may use that, and no Secrets Manager: so
//! these are taken out of the template here, and a parameter of Systems Manager stands for the secret. What is said of
//! them is tested elsewhere, or only by a real account.

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use clap::Parser as _;
use deploy::{Built, Deployed, Options, Order, Place, Plan};
use function::client;
use serde_json::Value as Json;
use xtask::process::{Child, Output};
use xtask::tools::{self, Tool, Toolbox};
use xtask::workspace;
use yaml_serde::{Mapping, Value};

/// What a distribution of CloudFront would be reached by.
pub const DOMAIN: &str = "d111111abcdef8.cloudfront.net";

/// Where the secret is kept here.
const SECRET_STORE: &str = "client-secret";

pub struct Cloud {
    pub toolbox: Toolbox,
    /// What AWS's tools are told, so that they ask this cloud and nobody else.
    pub environment: BTreeMap<String, String>,
    pub url: String,
    _moto: Child,
}

impl Cloud {
    pub fn start() -> Result<Self> {
        let toolbox = tools::ensure(&[Tool::Aws, Tool::CargoLambda, Tool::Moto])?;
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let mut command = toolbox.command("moto_server");
        command.args(["--host", "127.0.0.1", "--port", &port.to_string()]);
        let log = workspace().join(format!("target/deploy/moto-{port}.log"));
        let mut moto = Child::spawn(command, "moto", Output::File(log))?;
        while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
            if let Some(status) = moto.exited()? {
                bail!("moto has ended ({status})");
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        let url = format!("http://127.0.0.1:{port}");
        let nowhere = std::env::temp_dir().join("no-settings-of-a-person");
        let environment = [
            ("AWS_ENDPOINT_URL", url.clone()),
            ("AWS_ACCESS_KEY_ID", "testing".to_owned()),
            ("AWS_SECRET_ACCESS_KEY", "testing".to_owned()),
            ("AWS_CONFIG_FILE", nowhere.display().to_string()),
            ("AWS_SHARED_CREDENTIALS_FILE", nowhere.display().to_string()),
            ("AWS_EC2_METADATA_DISABLED", "true".to_owned()),
        ];
        let environment = environment.map(|(name, value)| (name.to_owned(), value)).into();
        Ok(Self { toolbox, environment, url, _moto: moto })
    }

    /// From now on each request's signature and the policy of whoever signed it are looked at.
    pub async fn look_closely(&self) -> Result<()> {
        let said = client::build(&[])
            .map_err(anyhow::Error::from_boxed)?
            .post(format!("{}/moto-api/reset-auth", self.url))
            .body("0")
            .send()
            .await?;
        anyhow::ensure!(said.status().is_success(), "{}", said.status());
        Ok(())
    }

    /// This cloud with our template, as far as it goes.
    pub fn place(&self) -> Result<Place> {
        let mut environment = self.environment.clone();
        environment.insert("PATH".to_owned(), self.toolbox.path_env().to_string_lossy().into_owned());
        Ok(Place { environment, template: reduced(&Place::new()?.template)? })
    }

    /// The same for somebody whom AWS does not know.
    pub fn place_of_a_stranger(&self) -> Result<Place> {
        let mut place = self.place()?;
        place.environment.retain(|name, _| !name.contains("KEY"));
        Ok(place)
    }

    /// Deploys with these words on the command line; the client secret is `secret`, where one is asked for.
    pub fn deploy(&self, words: &[&str], secret: Option<&str>, built: &Built) -> Result<Option<Deployed>> {
        let place = self.place()?;
        let ask = |_| secret.map(str::to_owned).context("the secret was asked for, and nobody expected it");
        Plan::new(&place, order(words)?, ask)?
            .carry_out(|_| Ok(Built { site: built.site.clone(), archive: built.archive.clone() }))
    }

    /// The secret that is kept where the function is told to look for it.
    pub fn secret(&self) -> Result<Json> {
        let variables = self.variables()?;
        anyhow::ensure!(variables["OAUTH_CLIENT_SECRET_ARN"] == SECRET_STORE, "{variables}");
        Ok(self.ask(&["ssm", "get-parameter", "--name", SECRET_STORE])?["Parameter"]["Value"].clone())
    }

    /// The function's environment.
    pub fn variables(&self) -> Result<Json> {
        let function = self.ask(&["lambda", "get-function-configuration", "--function-name", "aniapi-login"])?;
        Ok(function["Environment"]["Variables"].clone())
    }

    /// What the cloud says.
    pub fn ask(&self, words: &[&str]) -> Result<Json> {
        let mut aws = self.toolbox.command("aws");
        aws.args(words).args(["--region", "eu-central-1", "--output", "json"]).envs(&self.environment);
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

/// A command line, in the region of these tests.
pub fn order(words: &[&str]) -> Result<Order> {
    let words = ["--region", "eu-central-1"].iter().chain(words);
    Ok(Options::try_parse_from(words)?.into())
}

/// The template without what moto does not know.
fn reduced(template: &str) -> Result<String> {
    let mut template: Value = yaml_serde::from_str(template)?;
    let resources = template["Resources"].as_mapping_mut().context("a template has resources")?;
    let before = resources.len();
    resources.retain(|_, resource| {
        let kind = resource["Type"].as_str().unwrap_or_default();
        let unknown = [
            "AWS::CloudFront::",
            "AWS::Lambda::Permission",
            "AWS::Lambda::Url",
            "AWS::S3::BucketPolicy",
            "AWS::WAFv2::",
        ];
        // What stands alone does not disturb it, and the upload reads this one.
        kind == "AWS::CloudFront::ResponseHeadersPolicy" || !unknown.iter().any(|unknown| kind.starts_with(unknown))
    });
    anyhow::ensure!(
        before > resources.len() && resources.len() > 8,
        "{} of {before} resources are left",
        resources.len()
    );
    let store = resources.get_mut("ClientSecretStore").context("the secret is kept somewhere")?;
    store["Type"] = "AWS::SSM::Parameter".into();
    let secret = store["Properties"]["SecretString"].clone();
    let properties = [("Type", Value::from("String")), ("Name", SECRET_STORE.into()), ("Value", secret)];
    store["Properties"] = properties.into_iter().map(|(name, value)| (name.into(), value)).collect::<Mapping>().into();
    let mut outputs = template["Outputs"].as_mapping().context("a template has outputs")?.clone();
    for (name, value) in [
        ("Address", format!("https://{DOMAIN}")),
        ("RedirectUri", format!("https://{DOMAIN}/auth")),
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
