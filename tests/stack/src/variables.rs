//! The function's variables: those that emulators give it, and what the site has to know of them.

use std::collections::BTreeMap;

use shared::{provider, redirect};

use emulator::Emulator;

/// The function's environment with these emulators as its providers.
pub(crate) fn emulated(emulators: &[Emulator], redirect_uri: &str) -> BTreeMap<String, String> {
    let ids: Vec<_> = emulators.iter().map(|emulator| emulator.service().id()).collect();
    let mut environment = BTreeMap::from([
        ("OAUTH_PROVIDER".to_owned(), ids.join(",")),
        ("OAUTH_REDIRECT_URIS".to_owned(), redirect_uri.to_owned()),
    ]);
    for emulator in emulators {
        let service = emulator.service();
        let (id, secret) = service.client();
        let mut set = |end: &str, value: &str| environment.insert(variable(&ids, service.id(), end), value.to_owned());
        set("CLIENT_ID", id);
        set("CLIENT_SECRET", secret);
        set("AUTHORIZE_URL", &emulator.authorize_url());
        set("TOKEN_URL", &emulator.token_url());
        if service.lets_pages_ask() {
            set("PROFILE_URL", &emulator.profile_url());
        }
    }
    environment
}

/// Where the app may ask who has logged in: the origins of all providers, as the policy lists them.
pub(crate) fn profile_origins(environment: &BTreeMap<String, String>) -> String {
    let list = environment.get("OAUTH_PROVIDER").filter(|list| !list.is_empty());
    let ids: Vec<_> = list.map_or(provider::DEFAULT, String::as_str).split(',').map(str::trim).collect();
    let address = |id: &&str| {
        let preset = provider::token_endpoint(id).and_then(|endpoint| endpoint.preset().profile_url);
        let told = environment.get(&variable(&ids, id, "PROFILE_URL")).filter(|url| !url.is_empty());
        let address = told.map(String::as_str).or(preset)?;
        redirect::origin(address).map(str::to_owned)
    };
    let mut origins = Vec::new();
    for origin in ids.iter().filter_map(address) {
        if !origins.contains(&origin) {
            origins.push(origin);
        }
    }
    origins.join(" ")
}

/// The name of a provider's variable: its own where it is not the only one.
fn variable(providers: &[&str], id: &str, end: &str) -> String {
    match providers {
        [_] => format!("OAUTH_{end}"),
        _ => format!("OAUTH_{}_{end}", id.to_ascii_uppercase()),
    }
}

/// What the person's own shell has set for the function must not get into ours.
pub(crate) fn clear_variables(command: &mut std::process::Command) {
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("OAUTH_") {
            command.env_remove(name);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use function::config::Config;

    use emulator::{Endpoint, Options, Service, loopback_listeners};

    use super::*;

    #[tokio::test]
    async fn the_function_starts_with_each_emulator_and_with_all() {
        let each = Service::ALL.map(|service| vec![service]);
        for services in each.into_iter().chain([vec![Service::AniApi, Service::GitHub], Service::ALL.to_vec()]) {
            let mut emulators = Vec::new();
            for service in &services {
                let listeners = loopback_listeners(0).await.expect("a free port");
                emulators.push(Emulator::start_on(listeners, Options::of(*service)).await.expect("it starts"));
            }
            let environment = emulated(&emulators, "http://localhost:3000/auth");
            let config = Config::from_env(|name| environment.get(name).map(OsString::from));
            let config = config.unwrap_or_else(|error| panic!("{services:?}: {error}"));
            let ids: Vec<_> = config.providers.iter().map(|provider| provider.app.id.as_str()).collect();
            assert_eq!(ids, services.iter().map(|service| service.id()).collect::<Vec<_>>());
            // What the function tells the app to ask is what the policy lets it ask.
            let told = config.providers.iter().filter_map(|provider| provider.app.profile_url.as_deref());
            let told: Vec<_> = told.filter_map(redirect::origin).collect();
            assert_eq!(profile_origins(&environment), told.join(" "));
        }
    }

    #[test]
    fn the_policy_names_the_profiles_of_all_providers() {
        for (environment, expected) in [
            (&[][..], "https://api.aniapi.com"),
            (&[("OAUTH_PROVIDER", "")], "https://api.aniapi.com"),
            (&[("OAUTH_PROFILE_URL", "https://p.example/me")], "https://p.example"),
            (&[("OAUTH_PROVIDER", "github")], "https://api.github.com"),
            (&[("OAUTH_PROVIDER", "github"), ("OAUTH_PROFILE_URL", "https://ghe.example/user")], "https://ghe.example"),
            (&[("OAUTH_PROVIDER", "myanimelist")], ""),
            (&[("OAUTH_PROVIDER", "oauth2")], ""),
            (
                &[
                    ("OAUTH_PROVIDER", "github, anilist,myanimelist"),
                    ("OAUTH_GITHUB_PROFILE_URL", "http://localhost:4001/user"),
                ],
                "http://localhost:4001 https://graphql.anilist.co",
            ),
            (
                &[
                    ("OAUTH_PROVIDER", "aniapi,oauth2"),
                    ("OAUTH_ANIAPI_PROFILE_URL", "https://p.example/a"),
                    ("OAUTH_OAUTH2_PROFILE_URL", "https://p.example/b"),
                    ("OAUTH_PROFILE_URL", "https://nobodys.example"),
                ],
                "https://p.example",
            ),
        ] {
            let environment =
                environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
            assert_eq!(profile_origins(&environment), expected, "{environment:?}");
        }
    }

    #[tokio::test]
    async fn each_preset_has_its_emulator() {
        let presets: Vec<_> = provider::TOKEN_ENDPOINTS.iter().map(|endpoint| endpoint.id()).collect();
        assert_eq!(Service::ALL.map(Service::id).to_vec(), presets);
        for (service, endpoint) in Service::ALL.into_iter().zip(provider::TOKEN_ENDPOINTS) {
            let preset = endpoint.preset();
            let listeners = loopback_listeners(0).await.expect("a free port");
            let emulator = Emulator::start_on(listeners, Options::of(service)).await.expect("it starts");
            if let Some(name) = preset.name {
                assert_eq!(service.name(), name);
                // What a page may not ask has no address in the preset either.
                assert_eq!(service.lets_pages_ask(), preset.profile_url.is_some(), "{name}");
            }
            for (at, url) in [
                (Endpoint::Authorize, preset.authorize_url),
                (Endpoint::Token, preset.token_url),
                (Endpoint::Profile, preset.profile_url),
            ] {
                let path = emulator.path(at);
                assert!(url.is_none_or(|url| url.ends_with(path) || path == "/"), "{path} is not the end of {url:?}");
            }
        }
        assert_eq!(Service::of_preset("GitHub"), None);
    }
}
