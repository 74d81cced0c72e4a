//! The function's variables: those for emulators, and those that the site depends on.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Result, ensure};
use shared::session::SessionMode;

use emulator::Emulator;

/// The function's environment with these emulators as its providers, and their redirect URIs. It replaces every address
/// of the real services, because the function would send them tokens to revoke, and proxied requests.
pub(crate) fn emulated(emulators: &[Emulator], mode: SessionMode) -> BTreeMap<String, String> {
    let ids: Vec<_> = emulators.iter().map(|emulator| emulator.service().id()).collect();
    let redirect_uris: BTreeSet<_> = emulators.iter().map(Emulator::redirect_uri).collect();
    let mut environment = BTreeMap::from([
        ("OAUTH_PROVIDER".to_owned(), ids.join(",")),
        ("OAUTH_REDIRECT_URIS".to_owned(), Vec::from_iter(redirect_uris).join(",")),
    ]);
    let is_distinguishable = |emulator: &Emulator| {
        emulator.issuer().is_some() || emulator.redirect_uri().ends_with(&format!("/{}", emulator.service().id()))
    };
    if !emulators.iter().all(is_distinguishable) {
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
        }
        // In `proxy` mode the function sends the requests, so the service need not support CORS.
        if service.lets_pages_ask() || mode == SessionMode::Proxy {
            set("API_URL", &emulator.api_url());
        }
        if let Some(url) = emulator.revoke_url() {
            set("REVOKE_URL", &url);
        }
        if let Some(issuer) = emulator.issuer() {
            set("ISSUER", &issuer);
        }
    }
    environment
}

/// Keeps only the loopback redirect URIs: an env file may also have those of a deployment, which do not lead back to
/// this machine. If none of them is on the app's port, they are moved to it.
///
/// # Errors
/// If the file has redirect URIs, but no loopback ones.
pub(crate) fn on_this_machine(environment: &mut BTreeMap<String, String>, port: u16) -> Result<()> {
    for (name, list) in environment.iter_mut().filter(|(name, _)| name.ends_with("REDIRECT_URIS")) {
        let all = list.split(',').map(str::trim).filter(|uri| !uri.is_empty());
        // The function rejects `http` redirect URIs that are not loopback ones.
        let (here, elsewhere): (Vec<_>, Vec<_>) = all.partition(|uri| uri.starts_with("http://"));
        ensure!(
            !here.is_empty() || elsewhere.is_empty(),
            "{name} has no redirect URI on this machine: add http://localhost:{port}/auth, and register it with the provider"
        );
        let is_served = here.iter().any(|uri| port_of(uri) == Some(port));
        let mut kept: Vec<_> =
            here.iter().map(|uri| if is_served { (*uri).to_owned() } else { moved(uri, port) }).collect();
        let mut seen = BTreeSet::new();
        kept.retain(|uri| seen.insert(uri.clone()));
        *list = kept.join(",");
    }
    Ok(())
}

/// The port in the session cookie's name: that of the first redirect URI.
pub(crate) fn session_port(environment: &BTreeMap<String, String>) -> Option<u16> {
    port_of(environment.get("OAUTH_REDIRECT_URIS")?.split(',').next()?.trim())
}

/// The port of an `http` redirect URI. Everything else is validated by the function.
fn port_of(uri: &str) -> Option<u16> {
    let (authority, _) = split(uri)?;
    match authority.rsplit_once(':').filter(|(_, port)| !port.ends_with(']')) {
        Some((_, port)) => port.parse().ok(),
        None => Some(80),
    }
}

/// The redirect URI with another port.
fn moved(uri: &str, port: u16) -> String {
    let Some((authority, path)) = split(uri) else { return uri.to_owned() };
    let host = authority.rsplit_once(':').filter(|(_, port)| !port.ends_with(']')).map_or(authority, |(host, _)| host);
    format!("http://{host}:{port}{path}")
}

fn split(uri: &str) -> Option<(&str, &str)> {
    let rest = uri.strip_prefix("http://")?;
    Some(rest.split_at(rest.find('/').unwrap_or(rest.len())))
}

/// Removes the function's variables that are set in this process, so that they do not affect the stack.
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

    use deploy::origins;
    use emulator::{Endpoint, Options, Service, loopback_listeners};

    use shared::provider;
    use shared::provider::at_base;

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
            let environment = emulated(&emulators, SessionMode::Tab);
            let config = Config::from_env(|name| environment.get(name).map(OsString::from));
            let config = config.unwrap_or_else(|error| panic!("{services:?}: {error}"));
            let ids: Vec<_> = config.providers.iter().map(|provider| provider.app.id.as_str()).collect();
            assert_eq!(ids, services.iter().map(|service| service.id()).collect::<Vec<_>>());
            for (provider, emulator) in config.providers.iter().zip(&emulators) {
                let app = &provider.app;
                assert_eq!((&provider.revoke_url, &app.logout_url), (&emulator.revoke_url(), &emulator.logout_url()));
                let urls = [&provider.revoke_url, &app.profile_url, &app.api_url, &app.logout_url];
                for url in urls.into_iter().flatten() {
                    assert!(url.starts_with("http://localhost:"), "{}: {url}", app.id);
                }
            }
            // The content security policy allows exactly the origins in the app's configuration.
            let policy = origins::connect(&environment);
            let policy: Vec<_> = policy.split(' ').filter(|origin| !origin.is_empty()).collect();
            let mut configured: Vec<_> =
                config.providers.iter().flat_map(|provider| provider.app.api_origins()).collect();
            assert!(configured.iter().all(|origin| policy.contains(origin)), "{configured:?} and {policy:?}");
            configured.dedup();
            assert_eq!(policy.len(), configured.len(), "{configured:?} and {policy:?}");
        }
    }

    #[tokio::test]
    async fn api_url_of_each_emulator_is_set_in_proxy_mode() {
        for service in Service::ALL {
            let listeners = loopback_listeners(0).await.expect("a free port");
            let emulator = Emulator::start_on(listeners, Options::of(service)).await.expect("it starts");
            let url = emulator.api_url();
            let environment = emulated(&[emulator], SessionMode::Proxy);
            assert_eq!(environment["OAUTH_API_URL"], url);
        }
    }

    #[test]
    fn only_loopback_redirect_uris_are_kept() {
        let kept = |list: &str, port| {
            let mut environment = BTreeMap::from([("OAUTH_WORK_REDIRECT_URIS".to_owned(), list.to_owned())]);
            on_this_machine(&mut environment, port).map(|()| environment["OAUTH_WORK_REDIRECT_URIS"].clone())
        };
        let both = "https://app.example/auth, http://localhost:3000/auth,http://127.0.0.1:3000/auth/work";
        for (list, port, expected) in [
            (both, 3000, "http://localhost:3000/auth,http://127.0.0.1:3000/auth/work"),
            // They are moved to the app's port.
            (both, 8080, "http://localhost:8080/auth,http://127.0.0.1:8080/auth/work"),
            (
                "http://localhost/auth,http://[::1]:7/auth,http://[::1]/auth",
                81,
                "http://localhost:81/auth,http://[::1]:81/auth",
            ),
            ("http://localhost:3000/auth,http://localhost:3001/auth", 3002, "http://localhost:3002/auth"),
            // One is on the app's port, so they are not moved.
            (
                "http://localhost:3000/auth,http://localhost:3001/auth",
                3001,
                "http://localhost:3000/auth,http://localhost:3001/auth",
            ),
            ("http://localhost/auth", 80, "http://localhost/auth"),
            // The function reports the fault.
            ("", 3000, ""),
            ("http://", 3000, "http://:3000"),
        ] {
            assert_eq!(kept(list, port).expect("there is one"), expected, "{list} at {port}");
        }
        let error = kept("https://app.example/auth", 8080).expect_err("there is none").to_string();
        assert!(error.contains("OAUTH_WORK_REDIRECT_URIS") && error.contains("http://localhost:8080/auth"), "{error}");
    }

    #[tokio::test]
    async fn each_preset_has_an_emulator() {
        let presets: Vec<_> = provider::PRESETS.iter().map(|preset| preset.id).collect();
        assert_eq!(Service::ALL.map(Service::id).to_vec(), presets);
        assert_eq!(xtask::PROVIDERS.to_vec(), presets, "values of `cargo xtask dev --provider`");
        for (service, preset) in Service::ALL.into_iter().zip(provider::PRESETS) {
            let listeners = loopback_listeners(0).await.expect("a free port");
            let emulator = Emulator::start_on(listeners, Options::of(service)).await.expect("it starts");
            if let Some(name) = preset.name {
                assert_eq!(service.name(), name);
                // If the service does not support CORS, the preset has no address for it.
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
