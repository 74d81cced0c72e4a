//! Carrying an order out. It can be run again at any time, also after an interruption: each step checks what exists and does
//! what is missing.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};

use super::Plan;
use crate::archive::{self, Archive};
use crate::place::Built;
use crate::redirects::{self, UNKNOWN};
use crate::release::{self, Release};
use crate::render::render;
use crate::stack::{Stack, Wanted};
use crate::{invalidate, say, secrets, upload};

/// The result of a deployment.
#[derive(Debug, PartialEq, Eq)]
pub struct Deployed {
    /// The app's address.
    pub address: String,
    /// The redirect URIs to register with the providers.
    pub redirect_uris: Vec<String>,
    /// The function's own address, which accepts only the distribution.
    pub function_url: String,
    /// The distribution's own host, to which a domain's DNS entry must point.
    pub distribution: String,
    /// Whether this is the first deployment with this redirect URI, so that it could not be registered before.
    pub is_new: bool,
    /// A description of each change of this run.
    pub changes: Vec<String>,
}

impl Plan<'_> {
    /// Carries the order out; `build` builds what is uploaded for a processor. A dry run only reports what would be
    /// done, and returns `None`.
    ///
    /// # Errors
    /// If AWS reports an error. It can be run again then.
    pub fn carry_out(mut self, build: impl FnOnce(&str) -> Result<Built>) -> Result<Option<Deployed>> {
        let name = self.order.stack.clone();
        let verb = if self.present.is_some() { "updating" } else { "creating" };
        say(&format!("{verb} the stack {name} in {} of the account {}", self.aws.region(), self.account));
        let built = build(self.value("Architecture").unwrap_or("arm64"))?;
        let archive = Archive::read(&name, &built.archive)?;
        let mut parameters = self.order.parameters.clone();
        parameters
            .extend([("CodeBucket".to_owned(), self.archives.clone()), ("CodeKey".to_owned(), archive.key.clone())]);
        // The permissions of a new function URL must exist before the distribution uses it.
        let distribution = self.present.as_ref().and_then(|stack| stack.outputs.get("DistributionId")).cloned();
        parameters.extend(distribution.map(|id| ("DistributionId".to_owned(), id)));
        let site = self.chosen_site(&built, &mut parameters)?;
        if self.order.dry_run {
            return self.report(parameters, &archive, site.as_ref()).map(|()| None);
        }

        let mut changes = Vec::new();
        parameters.insert("CodeVersion".to_owned(), self.upload(&archive, &mut changes)?);
        let before = self.stored.take();
        if let (Some(former), [client]) = (&self.former, &self.prepared.clients[..])
            && !self.prepared.settings.secrets.contains_key(&client.secret)
        {
            self.prepared.settings.secrets.insert(client.secret.clone(), former.secret(&self.aws)?);
        }
        let document = secrets::update(&self.aws, &name, before.as_ref(), &self.prepared, &mut changes)?;
        parameters.insert("SecretsArn".to_owned(), document.arn.clone());
        parameters.insert("SecretsVersion".to_owned(), document.version.clone());
        if let (Some(former), Some(present)) = (&self.former, &self.present) {
            self.present = Some(former.deploy_program(&self.aws, &name, present, &parameters)?);
        }
        let updated = self.update_stack(&parameters, &mut changes);
        if let (Err(_), Some(before)) = (&updated, before.filter(|before| before.version != document.version)) {
            // The stack was rolled back to its old settings, which need the old secret.
            secrets::replace(&self.aws, &document, before.document, before.note)
                .context("restoring the former document of secrets")?;
        }
        let mut stack = updated?;
        // Only now is CloudFront's name for the distribution known. Without a domain of its own the function's redirect
        // URIs contain it, and the function's permissions name the distribution.
        let domain = stack.output("DistributionDomain")?.to_owned();
        let variables = redirects::on(&self.prepared.settings.variables, &[UNKNOWN], &domain);
        let distribution = stack.output("DistributionId")?.to_owned();
        if variables != self.prepared.settings.variables
            || stack.parameters.get("DistributionId") != Some(&distribution)
        {
            self.present = Some(stack);
            self.prepared.settings.variables = variables;
            say(&format!("the distribution is {domain}; updating the function"));
            parameters.insert("DistributionId".to_owned(), distribution);
            stack = self.update_stack(&parameters, &mut changes)?;
        }
        let released = release::publish(&self.aws, &name, Some(&archive.sha256), &mut changes)?;

        if let Some(site) = site {
            say("updating the site");
            let (_prepared, objects) = self.objects(&site)?;
            let bucket = self.bucket(stack.output("SiteBucket")?);
            changes.extend(upload::site(bucket, &objects, false)?);
        }
        if released != Release::Same {
            invalidate::configuration(&self.aws, stack.output("DistributionId")?);
        }
        let redirect_uris = redirects::all(&self.prepared.settings.variables);
        let former = self.function.as_ref().map(|function| redirects::all(&function.variables)).unwrap_or_default();
        Ok(Some(Deployed {
            distribution: domain,
            is_new: released == Release::First || redirect_uris.iter().any(|uri| !former.contains(uri)),
            address: stack.output("Address")?.to_owned(),
            redirect_uris,
            function_url: stack.output("FunctionUrl")?.to_owned(),
            changes,
        }))
    }

    /// Updates the stack to these parameters, unless it has them already.
    fn update_stack(&self, parameters: &BTreeMap<String, String>, changes: &mut Vec<String>) -> Result<Stack> {
        let name = &self.order.stack;
        let template = render(self.template, &self.prepared.settings.variables)?;
        let wanted = Wanted { name, template: Some(&template), parameters, known: &self.known };
        let Some(change) = wanted.prepare(&self.aws, self.present.as_ref(), &self.order.tags)? else {
            say("the stack is up to date");
            return Stack::find(&self.aws, name)?.context("the stack no longer exists");
        };
        changes.push(format!("changed the stack {name}"));
        change.execute(&self.aws)
    }

    /// Uploads the archive for CloudFormation, unless it is there already, and returns its version.
    fn upload(&self, archive: &Archive, changes: &mut Vec<String>) -> Result<String> {
        let bucket = self.bucket(&self.archives);
        if self.archives == archive::default_bucket(&self.account, self.aws.region()) {
            archive::ensure_bucket(&self.aws, bucket)?;
        }
        if let Some(version) = archive.find(bucket)? {
            return Ok(version);
        }
        changes.push(format!("uploaded {}", archive.key));
        archive.put(bucket)
    }
}
