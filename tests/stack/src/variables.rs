//! The function's variables: those that emulators give it, and what the site has to know of them.

use std::collections::{BTreeMap, BTreeSet};

use shared::provider::at_base;
use shared::{provider, redirect};

use emulator::Emulator;

/// The function's environment with these emulators as its providers, and their redirect URIs.
pub(crate) fn emulated(emulators: &[Emulator]) -> BTreeMap<String, String> {
    let ids: Vec<_> = emulators.iter().map(|emulator| emulator.service().id()).collect();
    let redirect_uris: BTreeSet<_> = emulators.iter().map(Emulator::redirect_uri).collect();
    let mut environment = BTreeMap::from([
        ("OAUTH_PROVIDER".to_owned(), ids.join(",")),
        ("OAUTH_REDIRECT_URIS".to_owned(), Vec::from_iter(redirect_uris).join(",")),
    ]);
    let is_told_apart = |emulator: &Emulator| {
        emulator.issuer().is_some() || emulator.redirect_uri().ends_with(&format!("/{}", emulator.service().id()))
    };
    if !emulators.iter().all(is_told_apart) {
        environment.insert("OAUTH_MIX_UP".to_owned(), "accept".to_owned());
    }
    for emulator in emulators {
        let service = emulator.service();
        let (id, secret) = service.client();
        let mut set = |end: &str, value: &str| {
            let name = match ids[..] {
                [_] => format!("OAUTH_{end}"),
                _ => format!("OAUTH_{}_{end}", service.id().to_ascii_uppercase()),
            };
            environment.insert(name, value.to_owned());
        };
        set("CLIENT_ID", id);
        set("CLIENT_SECRET", secret);
        match emulator.base_url() {
            Some(base) => set("BASE_URL", &base),
            None => {
                set("AUTHORIZE_URL", &emulator.authorize_url());
                set("TOKEN_URL", &emulator.token_url());
            }
        }
        if service.lets_pages_ask() {
            set("PROFILE_URL", &emulator.profile_url());
            set("API_URL", &emulator.url());
        }
        if let Some(issuer) = emulator.issuer() {
            set("ISSUER", &issuer);
        }
    }
    environment
}

/// What the app may ask: the origins of all providers' profiles and APIs, as the policy lists them.
pub(crate) fn profile_origins(environment: &BTreeMap<String, String>) -> String {
    let set = |name: String| environment.get(&name).map(String::as_str).filter(|value| !value.is_empty());
    let list = set("OAUTH_PROVIDER".to_owned()).unwrap_or(provider::DEFAULT);
    let mut origins: Vec<String> = Vec::new();
    for entry in list.split(',').map(str::trim) {
        let (id, preset) = entry.split_once(':').unwrap_or((entry, entry));
        let Some(preset) = provider::preset(preset) else { continue };
        let variable = |end: &str| match list.contains([',', ':']) {
            true => set(format!("OAUTH_{}_{end}", id.to_ascii_uppercase())),
            false => set(format!("OAUTH_{end}")),
        };
        let base = variable("BASE_URL").map(|base| base.trim_end_matches('/')).or(preset.base_url.default());
        for (end, known) in [("PROFILE_URL", preset.profile_url), ("API_URL", preset.api_url)] {
            let address = variable(end).map(str::to_owned).or_else(|| at_base(known?, base));
            let origin = address.as_deref().and_then(redirect::origin);
            origins.extend(origin.filter(|origin| !origins.iter().any(|other| other == origin)).map(str::to_owned));
        }
    }
    origins.join(" ")
}

/// The environment with those of its redirect URIs that lead to this machine, if there are any: a file may have those of a
/// deployment, too, from which no browser comes back to this machine.
pub(crate) fn on_this_machine(mut environment: BTreeMap<String, String>) -> BTreeMap<String, String> {
    for (_, list) in environment.iter_mut().filter(|(name, _)| name.ends_with("REDIRECT_URIS")) {
        let here: Vec<_> = list.split(',').map(str::trim).filter(|uri| uri.starts_with("http://")).collect();
        if !here.is_empty() {
            *list = here.join(",");
        }
    }
    environment
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
                let redirect_uri = format!("http://localhost:3000/auth/{}", service.id());
                let options = Options { redirect_uri, ..Options::of(*service) };
                emulators.push(Emulator::start_on(listeners, options).await.expect("it starts"));
            }
            let environment = emulated(&emulators);
            let config = Config::from_env(|name| environment.get(name).map(OsString::from));
            let config = config.unwrap_or_else(|error| panic!("{services:?}: {error}"));
            let ids: Vec<_> = config.providers.iter().map(|provider| provider.app.id.as_str()).collect();
            assert_eq!(ids, services.iter().map(|service| service.id()).collect::<Vec<_>>());
            // What the function tells the app to ask is what the policy lets it ask.
            let policy = profile_origins(&environment);
            let policy: Vec<_> = policy.split(' ').filter(|origin| !origin.is_empty()).collect();
            let mut told: Vec<_> = config.providers.iter().flat_map(|provider| provider.app.api_origins()).collect();
            assert!(told.iter().all(|origin| policy.contains(origin)), "{told:?} and {policy:?}");
            told.dedup();
            assert_eq!(policy.len(), told.len(), "{told:?} and {policy:?}");
        }
    }

    #[test]
    fn the_policy_names_the_profiles_of_all_providers() {
        for (environment, expected) in [
            (&[][..], "https://api.aniapi.com"),
            (&[("OAUTH_PROVIDER", "")], "https://api.aniapi.com"),
            (&[("OAUTH_PROFILE_URL", "https://p.example/me")], "https://p.example https://api.aniapi.com"),
            (&[("OAUTH_PROVIDER", "github")], "https://api.github.com"),
            (
                &[("OAUTH_PROVIDER", "github"), ("OAUTH_PROFILE_URL", "https://ghe.example/user")],
                "https://ghe.example https://api.github.com",
            ),
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

    #[test]
    fn redirect_uris_of_a_deployment_stay_out() {
        let kept = |list: &str| {
            let environment = BTreeMap::from([("OAUTH_WORK_REDIRECT_URIS".to_owned(), list.to_owned())]);
            on_this_machine(environment)["OAUTH_WORK_REDIRECT_URIS"].clone()
        };
        let both = "https://app.example/auth, http://localhost:3000/auth,http://127.0.0.1:3000/auth/work";
        assert_eq!(kept(both), "http://localhost:3000/auth,http://127.0.0.1:3000/auth/work");
        assert_eq!(kept("https://app.example/auth"), "https://app.example/auth", "the function says what is missing");
    }

    #[tokio::test]
    async fn each_preset_has_its_emulator() {
        let presets: Vec<_> = provider::PRESETS.iter().map(|preset| preset.id).collect();
        assert_eq!(Service::ALL.map(Service::id).to_vec(), presets);
        assert_eq!(xtask::PROVIDERS.to_vec(), presets, "what `cargo xtask dev --provider` takes");
        for (service, preset) in Service::ALL.into_iter().zip(provider::PRESETS) {
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
                let url = url.and_then(|url| at_base(url, Some(emulator.base_url().as_deref().unwrap_or_default())));
                let url = url.as_deref().and_then(|url| url.split('?').next());
                assert!(url.is_none_or(|url| url.ends_with(path) || path == "/"), "{path} is not the end of {url:?}");
            }
        }
        assert_eq!(Service::of_preset("GitHub"), None);
    }
}
