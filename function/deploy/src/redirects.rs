//! The redirect URIs of a deployment. An env file for local use has loopback URIs; the deployment uses the same paths
//! on its own address.

use shared::redirect;

use crate::settings::Variables;

/// A placeholder for CloudFront's name for the distribution until it is known.
pub(crate) const UNKNOWN: &str = "not-known-yet.invalid";

/// Where the deployment is.
pub(crate) struct Address<'a> {
    /// The parameter `DomainName`, which may be empty.
    pub(crate) domain_name: &'a str,
    /// CloudFront's name for the distribution, if it has one already.
    pub(crate) distribution: Option<&'a str>,
}

impl Address<'_> {
    /// The host that people use.
    pub(crate) fn host(&self) -> &str {
        match self.domain_name {
            "" => self.distribution.unwrap_or(UNKNOWN),
            name => name,
        }
    }
}

/// The host of an address, with its port if it names one.
pub(crate) fn host(address: &str) -> Option<&str> {
    redirect::origin(address)?.split_once("://").map(|(_, host)| host)
}

/// An env file's variables as they are deployed: of each list of redirect URIs, those with `https`, or else the paths
/// of the loopback ones on this host. Other entries stay, so that the function's validation reports them.
pub(crate) fn of_file(variables: &Variables, own: &str) -> Variables {
    each(variables, |uris| {
        let has_https = uris.iter().any(|uri| uri.starts_with("https://"));
        let is_local = |uri: &str| uri.starts_with("http://") && redirect::is_web(uri);
        match has_https {
            true => uris.into_iter().filter(|uri| !is_local(uri)).collect(),
            false => uris.into_iter().map(|uri| if is_local(&uri) { at(&uri, own) } else { uri }).collect(),
        }
    })
}

/// The same variables, with redirect URIs on one of the hosts `from` moved to the host `to`.
pub(crate) fn on(variables: &Variables, from: &[&str], to: &str) -> Variables {
    let is_moved = |uri: &str| uri.starts_with("https://") && host(uri).is_some_and(|host| from.contains(&host));
    each(variables, |uris| uris.into_iter().map(|uri| if is_moved(&uri) { at(&uri, to) } else { uri }).collect())
}

/// Redirect URIs that do not lead back to the deployment.
pub(crate) fn problems(variables: &Variables, address: &Address<'_>) -> Vec<String> {
    let own = address.host();
    let mut problems = Vec::new();
    for (name, list) in lists(variables) {
        let hosts: Vec<&str> = list.split(',').filter(|uri| uri.starts_with("https://")).filter_map(host).collect();
        let is_here = |host: &str| host == own || host.ends_with(".cloudfront.net");
        if let Some(host) = hosts.iter().find(|host| !is_here(host)) {
            problems.push(format!(
                "{name} has a URI on {host}, which is not this deployment's host: add `DomainName={host} \
                 CertificateArn=<the ARN of its certificate>`, or remove that URI"
            ));
        } else if hosts.is_empty() || hosts.contains(&own) {
            // The function's validation reports a list without valid URIs.
        } else if own == UNKNOWN {
            problems.push(format!(
                "{name} has a URI of another distribution, and this deployment has no address yet: remove the https \
                 URIs, and the deployment's own address is used"
            ));
        } else {
            problems.push(format!("{name} has no URI on {own}, the app's host: add https://{own}/auth"));
        }
    }
    problems
}

/// All redirect URIs to register.
pub(crate) fn all(variables: &Variables) -> Vec<String> {
    let mut uris: Vec<String> = Vec::new();
    for uri in lists(variables).flat_map(|(_, list)| list.split(',')).filter(|uri| !uri.is_empty()) {
        if !uris.iter().any(|other| other == uri) {
            uris.push(uri.to_owned());
        }
    }
    uris
}

fn lists(variables: &Variables) -> impl Iterator<Item = (&String, &String)> {
    variables.iter().filter(|(name, _)| is_list(name))
}

fn is_list(name: &str) -> bool {
    name.ends_with("REDIRECT_URIS")
}

fn each(variables: &Variables, change: impl Fn(Vec<String>) -> Vec<String>) -> Variables {
    let mut changed = variables.clone();
    for (_, list) in changed.iter_mut().filter(|(name, _)| is_list(name)) {
        let uris = list.split(',').map(|uri| uri.trim().to_owned()).collect();
        let mut once: Vec<String> = Vec::new();
        for uri in change(uris) {
            if !once.contains(&uri) {
                once.push(uri);
            }
        }
        *list = once.join(",");
    }
    changed
}

/// The same path on another host.
fn at(uri: &str, host: &str) -> String {
    format!("https://{host}{}", redirect::path(uri).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::of;

    const NAME: &str = "OAUTH_REDIRECT_URIS";

    #[test]
    fn file_gives_its_https_uris_or_else_its_paths() {
        for (list, expected) in [
            ("http://localhost:3000/auth", "https://own.example/auth"),
            (
                "http://localhost:3000/auth,http://localhost:3000/auth/work, http://127.0.0.1:3000/auth",
                "https://own.example/auth,https://own.example/auth/work",
            ),
            ("https://a.example/auth/work, http://localhost:3000/auth", "https://a.example/auth/work"),
            ("https://a.example/auth,https://b.example/auth", "https://a.example/auth,https://b.example/auth"),
            // The function's validation reports these.
            ("http://a.example/auth", "http://a.example/auth"),
            ("https://a.example/auth,http://b.example/auth", "https://a.example/auth,http://b.example/auth"),
            ("nonsense", "nonsense"),
        ] {
            let deployed =
                of_file(&of(&[(NAME, list), ("OAUTH_WORK_REDIRECT_URIS", list), ("X", list)]), "own.example");
            let expected = of(&[(NAME, expected), ("OAUTH_WORK_REDIRECT_URIS", expected), ("X", list)]);
            assert_eq!(deployed, expected, "{list}");
        }
    }

    #[test]
    fn uris_of_the_deployment_move_and_others_stay() {
        let list = "https://not-known-yet.invalid/auth/a,https://old.example/auth/a,https://c.example/auth,http://old.example/";
        let moved = on(&of(&[(NAME, list)]), &[UNKNOWN, "old.example"], "new.example");
        assert_eq!(moved[NAME], "https://new.example/auth/a,https://c.example/auth,http://old.example/");
        assert_eq!(all(&moved).len(), 3);
    }

    #[test]
    fn a_redirect_uri_must_be_on_the_apps_host() {
        let cloudfront = Some("d1.cloudfront.net");
        for (list, domain_name, distribution, words) in [
            ("https://d1.cloudfront.net/auth", "", cloudfront, None),
            ("https://a.example/auth", "a.example", None, None),
            ("https://a.example/auth,https://d1.cloudfront.net/auth", "a.example", cloudfront, None),
            ("https://not-known-yet.invalid/auth", "", None, None),
            ("https://a.example/auth", "", None, Some("add `DomainName=a.example CertificateArn=")),
            (
                "https://a.example/auth,https://d1.cloudfront.net/auth",
                "",
                cloudfront,
                Some("add `DomainName=a.example"),
            ),
            ("https://a.example/auth,https://b.example/auth", "a.example", None, Some("add `DomainName=b.example")),
            ("https://a.example:8443/auth", "a.example", None, Some("DomainName=a.example:8443")),
            ("https://d1.cloudfront.net/auth", "a.example", cloudfront, Some("add https://a.example/auth")),
            ("https://d2.cloudfront.net/auth", "", cloudfront, Some("add https://d1.cloudfront.net/auth")),
            ("https://d2.cloudfront.net/auth", "", None, Some("of another distribution")),
            ("nonsense", "", None, None),
        ] {
            let problems = problems(&of(&[(NAME, list)]), &Address { domain_name, distribution });
            match words {
                Some(words) => assert!(problems.len() == 1 && problems[0].contains(words), "{list}: {problems:?}"),
                None => assert_eq!(problems, Vec::<String>::new(), "{list}"),
            }
        }
    }
}
