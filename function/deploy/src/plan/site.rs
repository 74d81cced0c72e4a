//! Which site is uploaded: this repository's app, another app's, or none, because another app's stays.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::Result;
use tempfile::TempDir;

use super::Plan;
use crate::place::Built;
use crate::site::{self, Site};
use crate::template::{self, Parameters};
use crate::{headers, say, upload};

impl Plan<'_> {
    /// The folder of another app's site, if one is deployed or kept; empty if it is kept.
    pub(crate) fn site_folder(&self) -> Option<PathBuf> {
        self.order.site.clone().or_else(|| self.keeps_site().then(PathBuf::new))
    }

    /// Whether the deployed site is another app's and is kept.
    fn keeps_site(&self) -> bool {
        self.site.is_none() && self.value("Site") == Some(site::OTHER)
    }

    /// The site to upload, whose parameters are added to `parameters`; `None` if another app's site is kept.
    pub(super) fn chosen_site(
        &mut self,
        built: &Built,
        parameters: &mut BTreeMap<String, String>,
    ) -> Result<Option<Site>> {
        if self.keeps_site() {
            say("keeping the other app's site that is deployed; `--site DIR` replaces it");
            return Ok(None);
        }
        let (site, whose) = match self.site.take() {
            Some(site) => (site, site::OTHER),
            None => (Site::read(&built.site)?, site::OWN),
        };
        site.notes().for_each(|note| say(&format!("  {note}")));
        parameters.extend(site.parameters(whose));
        let mut all = self.present.as_ref().map(|stack| stack.parameters.clone()).unwrap_or_default();
        all.extend(parameters.clone());
        site::ensure_policy_fits(self.template, &all)?;
        Ok(Some(site))
    }

    /// The objects to upload for a site, and the temporary folder that contains them.
    pub(super) fn objects(&self, site: &Site) -> Result<(TempDir, Vec<upload::Object>)> {
        let prepared = site.prepare()?;
        let headers = headers::of(&template::parse(self.template)?, &Parameters::new())?;
        let objects = upload::objects(prepared.path(), &headers)?;
        Ok((prepared, objects))
    }
}
