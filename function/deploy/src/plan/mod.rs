//! What a deployment will do. Everything is validated here, before anything is changed.

mod carry_out;
mod dry_run;
mod site;

use anyhow::Result;

use crate::archive;
use crate::aws::Aws;
use crate::bucket::Bucket;
use crate::former::Former;
use crate::order::{self, Order};
use crate::place::{Place, account};
use crate::prepare::{self, Given, Prepared, prepare};
use crate::present::Function;
use crate::redirects::Address;
use crate::render::render;
use crate::secrets::{self, Stored};
use crate::site::Site;
use crate::stack::Stack;
use crate::{concurrency, limits, origins, region, template};

pub use self::carry_out::Deployed;

/// A validated order.
pub struct Plan<'a> {
    aws: Aws<'a>,
    account: String,
    /// The bucket for archives.
    archives: String,
    order: Order,
    template: &'a str,
    known: Vec<String>,
    present: Option<Stack>,
    /// The function's new settings.
    prepared: Prepared,
    /// The existing function.
    function: Option<Function>,
    /// The document of secrets, if it exists.
    stored: Option<Stored>,
    /// The function's former secret, if it is older than the document.
    former: Option<Former>,
    /// The site of `--site`.
    site: Option<Site>,
}

impl<'a> Plan<'a> {
    /// Validates an order. `ask` reads the client secret if one is needed; its argument is whether to read it from
    /// standard input.
    ///
    /// # Errors
    /// Reports all problems at once.
    pub fn new(place: &'a Place, mut order: Order, ask: impl FnOnce(bool) -> Result<String>) -> Result<Self> {
        let parsed = template::parse(&place.template)?;
        let known = template::parameter_names(&parsed)?;
        let file = order.file();
        let (site, site_problems) = crate::site::given(order.site.as_deref());
        let asked = Aws::new(place, order.region.clone()).and_then(|aws| {
            let (account, present) = (account(&aws)?, Stack::find(&aws, &order.stack)?);
            let function = if present.is_some() { Function::find(&aws, &order.stack)? } else { None };
            Ok((aws, account, present, function))
        });
        let of_file = match &file {
            Ok(file) => file.as_ref().map(prepare::of_file_anywhere).unwrap_or_default(),
            Err(error) => vec![format!("{error:#}")],
        };
        // Without AWS, what exists is unknown, but misspelt options are reported in the same message.
        if let Err(error) = &asked {
            let of_line = [order.misspelt(&known), of_file.clone(), site_problems.clone()].concat();
            order::ensure_none(&[of_line, vec![format!("{error:#}")]].concat())?;
        }
        let (aws, account, present, function) = asked?;
        let parameters = present.as_ref().map(|stack| &stack.parameters);
        if present.is_none() {
            concurrency::complete(&mut order, &aws);
        }
        let mut problems = order.problems(&known, parameters, aws.region());
        problems.extend(present.as_ref().and_then(|stack| stack.problem(&order.stack)));
        problems.extend(site_problems);
        problems.extend(region::problem(aws.region()));
        problems.extend(limits::problems(&parsed, &order.stack, aws.region())?);
        let default = archive::default_bucket(&account, aws.region());
        let named = order.archive_bucket.as_ref().or_else(|| parameters?.get("CodeBucket"));
        let archives = named.unwrap_or(&default).clone();
        problems.extend(archive::problem(Bucket::new(&aws, &archives, &account), archives != default)?);
        let stored = secrets::find(&aws, &order.stack).unwrap_or_else(|error| {
            problems.push(format!("{error:#}"));
            None
        });
        let is_older = parameters.is_some_and(|present| !present.contains_key("SecretsArn"));
        let former = function.as_ref().filter(|_| is_older).and_then(Former::of);
        let domain_before = parameters.and_then(|present| present.get("DomainName")).map_or("", String::as_str);
        if file.is_err() {
            order::ensure_none(&[problems.clone(), of_file].concat())?;
        }
        let file = file?;
        let given = Given {
            file: file.as_ref(),
            function: function.as_ref().map(|function| &function.variables),
            document: stored.as_ref().map(|stored| &stored.document),
            has_former: former.is_some(),
            address: Address {
                domain_name: order.parameters.get("DomainName").map_or(domain_before, String::as_str),
                distribution: present.as_ref().and_then(|stack| stack.output("DistributionDomain").ok()),
            },
            domain_before,
            secret_is_given: order.secret_from_stdin,
        };
        let mut prepared = prepare(&given).unwrap_or_else(|more| {
            problems.extend(more);
            Prepared::default()
        });
        problems.extend(render(&place.template, &prepared.settings.variables).err().map(|error| format!("{error:#}")));
        order::ensure_none(&problems)?;
        for (name, value) in origins::parameters(&prepared.settings.variables) {
            order.parameters.entry(name).or_insert(value);
        }
        // A dry run does not need the secret.
        if prepared.missing.is_some() && !order.dry_run {
            prepared.take(ask(order.secret_from_stdin)?)?;
        }
        Ok(Self {
            aws,
            account,
            archives,
            order,
            template: &place.template,
            known,
            present,
            prepared,
            function,
            stored,
            former,
            site,
        })
    }

    /// A bucket, which must belong to this account.
    fn bucket<'b>(&'b self, name: &'b str) -> Bucket<'b> {
        Bucket::new(&self.aws, name, &self.account)
    }

    /// The value that a parameter will have.
    fn value(&self, name: &str) -> Option<&str> {
        let present = || self.present.as_ref()?.parameters.get(name);
        self.order.parameters.get(name).or_else(present).map(String::as_str)
    }
}
