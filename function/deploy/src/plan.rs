//! `cargo xtask deploy`: the app on its own address at AWS, made or brought up to date by one command.
//!
//! It can be run again at any time, from where it was left: each step looks at what is there and does what is missing.

use std::collections::BTreeMap;
use std::io::BufRead as _;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, Result, bail};
use shared::provider;

use crate::aws::Aws;
use crate::build::{self, Part};
use crate::order::{self, Order};
use crate::stack::{Stack, Wanted};
use crate::template::{self, Parameters};
use crate::{client, doctor, headers, say, template_path, upload, workspace};

/// Runs `cargo xtask deploy`.
///
/// # Errors
/// Where something is missing, which is told before anything is done; where AWS says no; where the deployment does not
/// do what it should.
pub fn run(order: Order) -> Result<()> {
    let place = Place::new()?;
    let plan = Plan::new(&place, order, secret)?;
    let Some(deployed) = plan.carry_out(build)? else { return Ok(()) };
    say(&format!("\n  the app               {}", deployed.address));
    say(&format!("  its redirect address  {}   (register exactly this with the provider)\n", deployed.redirect_uri));
    doctor::Patient::new(&deployed.address, Some(&deployed.function_url))?.examine()
}

/// Builds what is uploaded. A command of its own does it, which also sets up the tools for that.
fn build(architecture: &str) -> Result<Built> {
    let archive = match architecture {
        "arm64" => Part::FunctionArm64,
        "x86_64" => Part::FunctionX86,
        other => bail!("Lambda has no processor {other}"),
    };
    for part in [Part::Site, archive] {
        build::by_xtask(part)?;
    }
    let target = workspace().join("target");
    Ok(Built { site: target.join("site"), archive: target.join(format!("function-{architecture}.zip")) })
}

/// Where and what is deployed.
#[derive(Debug)]
pub struct Place {
    /// What AWS's command line is told beside what the person has set.
    pub environment: BTreeMap<String, String>,
    /// The template's text.
    pub template: String,
}

impl Place {
    /// The person's own AWS, and our template.
    ///
    /// # Errors
    /// Where the template cannot be read.
    pub fn new() -> Result<Self> {
        let path = template_path();
        let template = std::fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
        Ok(Self { environment: BTreeMap::new(), template })
    }

    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new("aws");
        command.envs(&self.environment);
        command
    }
}

/// What is uploaded.
#[derive(Debug)]
pub struct Built {
    /// The folder of the site.
    pub site: PathBuf,
    /// The function's archive.
    pub archive: PathBuf,
}

/// Where a deployment is.
#[derive(Debug, PartialEq, Eq)]
pub struct Deployed {
    /// The app.
    pub address: String,
    /// The redirect address that has to be registered with the provider.
    pub redirect_uri: String,
    /// The function's own address, which answers nobody.
    pub function_url: String,
    /// What this run has changed, in its own words.
    pub changes: Vec<String>,
}

/// An order that can be carried out.
pub struct Plan<'a> {
    aws: Aws<'a>,
    account: String,
    order: Order,
    template: &'a str,
    known: Vec<String>,
    present: Option<Stack>,
    secret: Option<String>,
}

impl<'a> Plan<'a> {
    /// Looks whether all is there to carry the order out. `ask` gets the client secret, from the
    /// standard input or not, where one is needed.
    ///
    /// # Errors
    /// Tells everything that is missing at once.
    pub fn new(place: &'a Place, mut order: Order, ask: impl FnOnce(bool) -> Result<String>) -> Result<Self> {
        let known = template::parameter_names(&template::parse(&place.template)?)?;
        let asked = Aws::new(place, order.region.clone()).and_then(|aws| {
            let (account, present) = (account(&aws)?, Stack::find(&aws, &order.stack)?);
            Ok((aws, account, present))
        });
        // Without AWS nobody knows what is there, but a slip of the pen is told in the same message.
        if let Err(error) = &asked {
            order::ensure_none(&[order.misspelt(&known), vec![format!("{error:#}")]].concat())?;
        }
        let (aws, account, present) = asked?;
        let parameters = present.as_ref().map(|stack| &stack.parameters);
        order.complete(parameters);
        let mut problems = order.problems(&known, parameters, aws.region());
        problems.extend(present.as_ref().and_then(|stack| stack.problem(&order.stack)));
        order::ensure_none(&problems)?;
        let secret = match order.needs_secret(parameters) {
            // What would happen can be said without it.
            true if !order.dry_run => Some(ask(order.secret_from_stdin)?),
            _ => None,
        };
        let plan = Self { aws, account, order, template: &place.template, known, present, secret };
        let provider = plan.value("Provider").unwrap_or(provider::DEFAULT);
        if let Some(problem) = plan.secret.as_deref().and_then(|secret| client::secret_problem(provider, secret)) {
            bail!("that is no client secret: it {problem}");
        }
        Ok(plan)
    }

    /// Does what is missing; `build` makes what is uploaded, for a processor. A dry run only says what it would do, and
    /// gives nothing.
    ///
    /// # Errors
    /// Where AWS says no. It can be run again then.
    pub fn carry_out(mut self, build: impl FnOnce(&str) -> Result<Built>) -> Result<Option<Deployed>> {
        let name = self.order.stack.clone();
        let verb = if self.present.is_some() { "updating" } else { "making" };
        say(&format!("{verb} the stack {name} in {} of the account {}", self.aws.region(), self.account));
        let built = build(self.value("Architecture").unwrap_or("arm64"))?;
        let bucket = upload::code_bucket(&self.account, self.aws.region());
        let key = upload::code_key(&name, &built.archive)?;
        let mut parameters = self.order.parameters.clone();
        parameters.extend([("CodeBucket".to_owned(), bucket.clone()), ("CodeKey".to_owned(), key.clone())]);
        if self.order.dry_run {
            return self.tell(&parameters, &built).map(|()| None);
        }

        let mut changes = Vec::new();
        if upload::code(&self.aws, &bucket, &key, &built.archive)? {
            changes.push(format!("uploaded {key}"));
        }
        if let Some(secret) = self.secret.take() {
            parameters.insert("ClientSecret".to_owned(), secret);
            parameters.insert("SecretRevision".to_owned(), revision()?);
        }
        let mut stack = self.bring(&parameters, &mut changes)?;
        // Without a name of their own, people reach CloudFront's, which is known only now, and the function has to know.
        let domain = stack.output("DistributionDomain")?.to_owned();
        if self.value("DomainName").unwrap_or_default().is_empty()
            && stack.parameters.get("DistributionDomain") != Some(&domain)
        {
            self.present = Some(stack);
            say(&format!("the distribution is {domain}; telling the function"));
            stack = self.bring(&[("DistributionDomain".to_owned(), domain)].into(), &mut changes)?;
        }

        say("bringing the site up to date");
        let headers = headers::of(&template::parse(self.template)?, &Parameters::new())?;
        let objects = upload::objects(&built.site, &headers)?;
        changes.extend(upload::site(&self.aws, stack.output("SiteBucket")?, &objects, false)?);
        Ok(Some(Deployed {
            address: stack.output("Address")?.to_owned(),
            redirect_uri: stack.output("RedirectUri")?.to_owned(),
            function_url: stack.output("FunctionUrl")?.to_owned(),
            changes,
        }))
    }

    /// Brings the stack to these parameters, where it is not there already.
    fn bring(&self, parameters: &BTreeMap<String, String>, changes: &mut Vec<String>) -> Result<Stack> {
        let name = &self.order.stack;
        let wanted = Wanted { name, template: self.template, parameters, known: &self.known };
        if let Some(present) = &self.present
            && wanted.is(&self.aws, present)?
        {
            say("the stack is as it should be");
            return Stack::find(&self.aws, name)?.context("the stack was there a moment ago");
        }
        changes.push(format!("changed the stack {name}"));
        wanted.apply(&self.aws, self.present.as_ref())
    }

    /// Says what would happen.
    fn tell(&self, parameters: &BTreeMap<String, String>, built: &Built) -> Result<()> {
        say("nothing is done; this would be:");
        for (name, value) in parameters {
            match self.present.as_ref().and_then(|stack| stack.parameters.get(name)) {
                Some(old) if old == value => {}
                Some(old) => say(&format!("  {name}: {old} → {value}")),
                None => say(&format!("  {name}: {value}")),
            }
        }
        if self.order.needs_secret(self.present.as_ref().map(|stack| &stack.parameters)) {
            say("  ClientSecret: would be asked for");
        }
        let headers = headers::of(&template::parse(self.template)?, &Parameters::new())?;
        let objects = upload::objects(&built.site, &headers)?;
        let keys = match self.present.as_ref().map(|stack| stack.output("SiteBucket")) {
            Some(bucket) => upload::site(&self.aws, bucket?, &objects, true)?,
            None => objects.into_iter().map(|object| object.key).collect(),
        };
        say(&format!("  {} files of the site to upload {}", keys.len(), keys.join(" ")));
        Ok(())
    }

    /// A parameter as it will be.
    fn value(&self, name: &str) -> Option<&str> {
        let present = || self.present.as_ref()?.parameters.get(name);
        self.order.parameters.get(name).or_else(present).map(String::as_str)
    }
}

/// Who is asking; this is also how missing credentials are found out.
pub(crate) fn account(aws: &Aws<'_>) -> Result<String> {
    let identity = aws
        .ask(&["sts", "get-caller-identity"])
        .context("AWS does not know who you are: run `aws configure` or `aws sso login`, or set AWS_PROFILE")?;
    Ok(identity["Account"].as_str().context("an identity has an account")?.to_owned())
}

/// The secret, from a prompt that does not show it, or from the standard input.
fn secret(from_stdin: bool) -> Result<String> {
    let secret = if from_stdin {
        let mut line = String::new();
        std::io::stdin().lock().read_line(&mut line).context("reading the secret from the standard input")?;
        line
    } else {
        let asked = rpassword::prompt_password("Client secret, as the provider shows it (it is not shown here): ");
        asked.context("there is nobody to ask for the secret: give it by `--secret-stdin`")?
    };
    Ok(secret.trim().to_owned())
}

/// Something that no deployment before this one had.
fn revision() -> Result<String> {
    Ok(format!("{:016x}", getrandom::u64().context("the system gives no random numbers")?))
}
