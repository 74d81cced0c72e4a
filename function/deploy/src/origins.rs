//! The origins that the site's policy allows besides its own, computed from the function's variables: to which a page
//! may connect, and from which it may load pictures. Both the local site and the deployment use them.

use std::collections::BTreeMap;

use shared::provider::{Preset, at_base};
use shared::session::SessionMode;
use shared::{provider, redirect};

/// The template's parameter for [`connect`].
pub const CONNECT: &str = "ConnectOrigins";
/// The template's parameter for [`pictures`].
pub const PICTURES: &str = "PictureOrigins";

/// Pictures from any host.
const ANY: &str = "https:";

/// The origins to which the app may connect, as the policy lists them: those of all providers' profiles and APIs. None
/// in `proxy` mode.
pub fn connect(variables: &BTreeMap<String, String>) -> String {
    if set(variables, "OAUTH_SESSION") == Some(SessionMode::Proxy.as_str()) {
        // The function sends the requests instead.
        return String::new();
    }
    let mut origins = Vec::new();
    for server in servers(variables) {
        let Preset { profile_url, api_url, base_url, .. } = server.preset;
        let base = server.variable("BASE_URL").map(|base| base.trim_end_matches('/')).or(base_url.default());
        for (end, known) in [("PROFILE_URL", profile_url), ("API_URL", api_url)] {
            let address = server.variable(end).map(str::to_owned).or_else(|| at_base((*known)?, base));
            origins.extend(address.as_deref().and_then(redirect::origin).map(str::to_owned));
        }
    }
    listed(origins)
}

/// The origins from which pictures may be loaded, as the policy lists them: the presets' own hosts, or any host if a
/// provider's is not known.
pub fn pictures(variables: &BTreeMap<String, String>) -> String {
    let mut origins = Vec::new();
    for server in servers(variables) {
        let is_changed =
            ["BASE_URL", "PROFILE_URL", "PROFILE_PICTURE"].iter().any(|end| server.variable(end).is_some());
        match (is_changed, server.preset.picture_origins) {
            (false, _) if (server.preset.profile)().picture.is_none() => {}
            (true, _) | (false, []) => return ANY.to_owned(),
            (false, known) => origins.extend(known.iter().map(|origin| (*origin).to_owned())),
        }
    }
    listed(origins)
}

/// Both as parameters of the template.
pub fn parameters(variables: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    [(CONNECT.to_owned(), connect(variables)), (PICTURES.to_owned(), pictures(variables))].into()
}

/// A configured provider.
struct Server<'a> {
    preset: &'static Preset,
    /// The prefix of its variables.
    prefix: String,
    variables: &'a BTreeMap<String, String>,
}

impl<'a> Server<'a> {
    fn variable(&self, end: &str) -> Option<&'a str> {
        set(self.variables, &format!("{}_{end}", self.prefix))
    }
}

fn servers(variables: &BTreeMap<String, String>) -> impl Iterator<Item = Server<'_>> {
    let list = set(variables, "OAUTH_PROVIDER").unwrap_or(provider::DEFAULT);
    let is_plain = !list.contains([',', ':']);
    list.split(',').map(str::trim).filter_map(move |entry| {
        let (id, preset) = entry.split_once(':').unwrap_or((entry, entry));
        let prefix = if is_plain { "OAUTH".to_owned() } else { format!("OAUTH_{}", id.to_ascii_uppercase()) };
        Some(Server { preset: provider::preset(preset)?, prefix, variables })
    })
}

fn set<'a>(variables: &'a BTreeMap<String, String>, name: &str) -> Option<&'a str> {
    variables.get(name).map(String::as_str).filter(|value| !value.is_empty())
}

/// The list without duplicates, in the same order.
fn listed(origins: Vec<String>) -> String {
    let mut once: Vec<String> = Vec::new();
    for origin in origins {
        if !once.contains(&origin) {
            once.push(origin);
        }
    }
    once.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn connect_origins_cover_all_providers() {
        for (environment, expected) in [
            (&[][..], "https://api.aniapi.com"),
            (&[("OAUTH_PROVIDER", "")], "https://api.aniapi.com"),
            (&[("OAUTH_PROFILE_URL", "https://p.example/me")], "https://p.example https://api.aniapi.com"),
            (&[("OAUTH_PROVIDER", "github")], "https://api.github.com"),
            (
                &[("OAUTH_PROVIDER", "github"), ("OAUTH_PROFILE_URL", "https://ghe.example/user")],
                "https://ghe.example https://api.github.com",
            ),
            (&[("OAUTH_SESSION", "cookie")], "https://api.aniapi.com"),
            (&[("OAUTH_SESSION", "proxy"), ("OAUTH_PROVIDER", "github")], ""),
            (&[("OAUTH_PROVIDER", "myanimelist")], ""),
            (&[("OAUTH_PROVIDER", "oauth2")], ""),
            (&[("OAUTH_PROVIDER", "keycloak")], ""),
            (
                &[("OAUTH_PROVIDER", "keycloak"), ("OAUTH_BASE_URL", "https://id.example/realms/r/")],
                "https://id.example",
            ),
            (&[("OAUTH_PROVIDER", "gitlab")], "https://gitlab.com"),
            (
                &[("OAUTH_PROVIDER", "work:oauth2"), ("OAUTH_WORK_API_URL", "https://api.example/v1")],
                "https://api.example",
            ),
            (
                &[
                    ("OAUTH_PROVIDER", "github, anilist,myanimelist"),
                    ("OAUTH_GITHUB_PROFILE_URL", "http://localhost:4001/user"),
                ],
                "http://localhost:4001 https://api.github.com https://graphql.anilist.co",
            ),
            (
                &[
                    ("OAUTH_PROVIDER", "aniapi,oauth2"),
                    ("OAUTH_ANIAPI_PROFILE_URL", "https://p.example/a"),
                    ("OAUTH_ANIAPI_API_URL", "https://p.example"),
                    ("OAUTH_OAUTH2_PROFILE_URL", "https://p.example/b"),
                    ("OAUTH_PROFILE_URL", "https://unused.example"),
                ],
                "https://p.example",
            ),
        ] {
            assert_eq!(connect(&of(environment)), expected, "{environment:?}");
        }
    }

    #[test]
    fn picture_origins_are_known_hosts_unless_one_is_unknown() {
        let github = "https://avatars.githubusercontent.com";
        let gitlab = "https://gitlab.com https://secure.gravatar.com";
        for (variables, expected) in [
            (&[][..], "https:"),
            (&[("OAUTH_PROVIDER", "github")], github),
            (&[("OAUTH_PROVIDER", "gitlab")], gitlab),
            // It has no pictures.
            (&[("OAUTH_PROVIDER", "microsoft")], ""),
            (&[("OAUTH_PROVIDER", "microsoft"), ("OAUTH_PROFILE_PICTURE", "/photo")], "https:"),
            (&[("OAUTH_PROVIDER", "gitlab"), ("OAUTH_BASE_URL", "https://git.example")], "https:"),
            (&[("OAUTH_PROVIDER", "github"), ("OAUTH_PROFILE_URL", "https://ghe.example/user")], "https:"),
            (&[("OAUTH_PROVIDER", "github,gitlab,microsoft,work:github")], &format!("{github} {gitlab}")),
            // With two providers, a variable without an id is not read.
            (
                &[("OAUTH_PROVIDER", "github,gitlab"), ("OAUTH_BASE_URL", "https://x.example")],
                &format!("{github} {gitlab}"),
            ),
            (&[("OAUTH_PROVIDER", "github,oauth2")], "https:"),
            (&[("OAUTH_PROVIDER", "github"), ("OAUTH_SESSION", "proxy")], github),
        ] {
            assert_eq!(pictures(&of(variables)), expected, "{variables:?}");
        }
    }
}
