//! What a deployment would change: the stack as CloudFormation describes it, and the rest by comparison.

use std::collections::BTreeMap;

use anyhow::Result;

use super::Plan;
use crate::archive::Archive;
use crate::bucket::Found;
use crate::render::render;
use crate::settings::{Settings, differences};
use crate::site::Site;
use crate::stack::Wanted;
use crate::{say, secrets, upload};

impl Plan<'_> {
    /// Reports what would happen; for the stack, as CloudFormation describes it.
    pub(super) fn report(
        &self,
        mut parameters: BTreeMap<String, String>,
        archive: &Archive,
        site: Option<&Site>,
    ) -> Result<()> {
        let (name, bucket) = (&self.order.stack, self.bucket(&self.archives));
        let version = if bucket.find()? == Found::Ours { archive.find(bucket)? } else { None };
        let secret = self.stored.as_ref().map(|stored| (stored.arn.clone(), stored.version.clone()));
        // Placeholders for a secret that does not exist yet.
        let (arn, secret_version) = secret.unwrap_or_else(|| {
            let arn = format!("arn:aws:secretsmanager:{}:{}:secret:{name}", self.aws.region(), self.account);
            (arn, "1".to_owned())
        });
        parameters.extend([
            ("CodeVersion".to_owned(), version.unwrap_or_default()),
            ("SecretsArn".to_owned(), arn),
            ("SecretsVersion".to_owned(), secret_version),
        ]);
        let template = render(self.template, &self.prepared.settings.variables)?;
        let wanted = Wanted { name, template: Some(&template), parameters: &parameters, known: &self.known };
        let change = wanted.prepare(&self.aws, self.present.as_ref(), &self.order.tags)?;
        let lines = change.as_ref().map(|change| change.lines()).unwrap_or_default();
        if let Some(change) = change {
            change.discard(&self.aws)?;
        }

        say(&format!("nothing is changed; a deployment would change {} resources of the stack:", lines.len()));
        for line in lines {
            say(&format!("  {line}"));
        }
        for (name, value) in &self.order.parameters {
            match self.present.as_ref().and_then(|stack| stack.parameters.get(name)) {
                Some(old) if old == value => {}
                Some(old) => say(&format!("  {name}: {old} → {value}")),
                None => say(&format!("  {name}: {value}")),
            }
        }
        let before = self.function.as_ref().map(|function| Settings::of_function(&function.variables).variables);
        for line in differences(&before.unwrap_or_default(), &self.prepared.settings.variables) {
            say(&format!("  {line}"));
        }
        for line in self.prepared.changed_secrets(self.stored.as_ref().map(|stored| &stored.document)) {
            say(&format!("  {line}"));
        }
        if self.stored.is_none() {
            say(&format!("  the secret {}: would be created, with a session key", secrets::name(&self.order.stack)));
        }
        let Some(site) = site else { return Ok(()) };
        let (_prepared, objects) = self.objects(site)?;
        let keys = match self.present.as_ref().map(|stack| stack.output("SiteBucket")) {
            Some(bucket) => upload::site(self.bucket(bucket?), &objects, true)?,
            None => objects.into_iter().map(|object| object.key).collect(),
        };
        say(&format!("  {} files of the site to upload {}", keys.len(), keys.join(" ")));
        Ok(())
    }
}
