//! The variables of the providers: which settings each supports, and that faults are reported with the full names of
//! variables.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt as _;

use emulator::aniapi::{CLIENT_ID, CLIENT_SECRET};

use crate::bench::{Env, config};
use crate::server::env;

fn with(provider: &str, variables: &[(&'static str, &str)]) -> Env {
    let mut env = match provider {
        "aniapi" => crate::bench::env("https://p.example"),
        provider => env(provider, "https://p.example/token"),
    };
    env.extend(variables.iter().map(|(name, value)| (*name, (*value).into())));
    env
}

/// The faults in the message: its lines, without the first.
fn faults(env: &Env) -> Vec<String> {
    let message = config(env).err().map(|error| error.to_string()).unwrap_or_default();
    message.lines().skip(1).map(|line| line.trim().to_owned()).collect()
}

/// The variables that the message names, in its order.
fn named(env: &Env) -> Vec<String> {
    let faults = faults(env);
    assert!(!faults.concat().contains("hush"), "{faults:?}");
    faults.iter().filter_map(|fault| Some(fault.split_once(' ')?.0.to_owned())).collect()
}

#[test]
fn only_supported_settings_can_be_set() {
    for (variable, value, takes) in [
        ("OAUTH_CLIENT_AUTH", "basic", "oauth2 myanimelist"),
        ("OAUTH_CLIENT_AUTH", "post", "oauth2 myanimelist github anilist"),
        ("OAUTH_CLIENT_AUTH", "Basic", ""),
        ("OAUTH_CLIENT_AUTH", "none", ""),
        ("OAUTH_CLIENT_AUTH", "hush", ""),
        ("OAUTH_PKCE", "S256", "oauth2 github"),
        ("OAUTH_PKCE", "plain", "oauth2 myanimelist"),
        ("OAUTH_PKCE", "none", "oauth2 github anilist aniapi"),
        ("OAUTH_PKCE", "s256", ""),
        ("OAUTH_PKCE", "hush", ""),
        ("OAUTH_SCOPE", "openid", "oauth2 github myanimelist"),
        ("OAUTH_SCOPE", "read:user user:email !#[]~", "oauth2 github myanimelist"),
        ("OAUTH_SCOPE", "a  hush", ""),
        ("OAUTH_SCOPE", " hush", ""),
        ("OAUTH_SCOPE", "hush ", ""),
        ("OAUTH_SCOPE", "a\thush", ""),
        ("OAUTH_SCOPE", "hush\"", ""),
        ("OAUTH_SCOPE", "hush\\", ""),
        ("OAUTH_SCOPE", "hüsh", ""),
        ("OAUTH_ISSUER", "https://p.example", "oauth2 github"),
        ("OAUTH_ISSUER", "https://P.example:443/x/", "oauth2 github"),
        ("OAUTH_ISSUER", "http://127.0.0.1:9000", "oauth2 github"),
        ("OAUTH_ISSUER", "http://hush.example", ""),
        ("OAUTH_ISSUER", "https://p.example/?hush", ""),
        ("OAUTH_ISSUER", "https://p.example#hush", ""),
        ("OAUTH_ISSUER", "hush", ""),
        ("OAUTH_PROFILE_URL", "https://p.example/me", "oauth2 github myanimelist anilist aniapi"),
        ("OAUTH_PROFILE_URL", "http://hush.example/me", ""),
    ] {
        for provider in ["aniapi", "anilist", "github", "myanimelist", "oauth2"] {
            let wanted: &[&str] = if takes.split(' ').any(|other| other == provider) { &[] } else { &[variable] };
            assert_eq!(named(&with(provider, &[(variable, value)])), wanted, "{provider} {variable}={value}");
        }
    }
}

#[test]
fn custom_server_needs_both_of_its_addresses() {
    for (variable, value) in [
        ("OAUTH_AUTHORIZE_URL", ""),
        ("OAUTH_AUTHORIZE_URL", "http://hush.example/"),
        ("OAUTH_TOKEN_URL", ""),
        ("OAUTH_TOKEN_URL", "hush"),
        ("OAUTH_CLIENT_ID", ""),
        ("OAUTH_CLIENT_ID", "hush\n"),
        ("OAUTH_CLIENT_SECRET", "hush\n"),
        ("OAUTH_CLIENT_SECRET", ""),
        ("OAUTH_REDIRECT_URIS", ""),
    ] {
        assert_eq!(named(&with("oauth2", &[(variable, value)])), [variable], "{variable}={value}");
    }
    let both = with("oauth2", &[("OAUTH_AUTHORIZE_URL", ""), ("OAUTH_TOKEN_URL", "")]);
    assert_eq!(named(&both), ["OAUTH_AUTHORIZE_URL", "OAUTH_TOKEN_URL"]);
    let mut env = with("oauth2", &[]);
    env.insert("OAUTH_AUTHORIZE_URL", OsString::from_vec(vec![0xff]));
    assert_eq!(faults(&env), ["OAUTH_AUTHORIZE_URL is not UTF-8"]);
}

#[test]
fn provider_list_has_known_presets_without_duplicates() {
    let list = |list| with("oauth2", &[("OAUTH_PROVIDER", list)]);
    for bad in ["hush", "GitHub", "github,github", "hush,hush", ",", "oauth2,", ",oauth2", "oauth2 github"] {
        assert_eq!(named(&list(bad)).first().map(String::as_str), Some("OAUTH_PROVIDER"), "{bad}");
    }
    for good in ["oauth2", " oauth2 ", "github"] {
        assert_eq!(named(&list(good)), Vec::<String>::new(), "{good}");
    }
}

#[test]
fn each_fault_of_several_providers_is_reported_once_by_its_full_variable() {
    let mut env = with("oauth2", &[("OAUTH_PROVIDER", "aniapi,github,oauth2")]);
    env.extend([
        ("OAUTH_REDIRECT_URIS", "hush".into()),
        ("OAUTH_ANIAPI_CLIENT_ID", "hush".into()),
        ("OAUTH_ANIAPI_CLIENT_SECRET_ARN", "hush".into()),
        ("OAUTH_ANIAPI_PKCE", "S256".into()),
        ("OAUTH_GITHUB_REDIRECT_URIS", "https://hush.example/".into()),
        ("OAUTH_GITHUB_CLIENT_SECRET", "s".into()),
        ("OAUTH_GITHUB_CLIENT_SECRET_ARN", "hush".into()),
        ("OAUTH_GITHUB_CLIENT_AUTH", "hush".into()),
        ("OAUTH_OAUTH2_CLIENT_ID", "id".into()),
        ("OAUTH_OAUTH2_CLIENT_SECRET_ARN", "hush".into()),
        ("OAUTH_OAUTH2_TOKEN_URL", "hush".into()),
        ("OAUTH_OAUTH2_SCOPE", "hush \"".into()),
        ("OAUTH_OAUTH2_ISSUER", "hush".into()),
        ("OAUTH_TIMEOUT_MS", "hush".into()),
    ]);
    assert_eq!(
        named(&env),
        [
            "OAUTH_ANIAPI_CLIENT_ID",
            "OAUTH_ANIAPI_CLIENT_SECRET_ARN",
            "AWS_ACCESS_KEY_ID",
            "AWS_SECRET_ACCESS_KEY",
            "OAUTH_REDIRECT_URIS",
            "OAUTH_ANIAPI_PKCE",
            "OAUTH_GITHUB_CLIENT_ID",
            "OAUTH_GITHUB_CLIENT_SECRET",
            "OAUTH_GITHUB_REDIRECT_URIS",
            "OAUTH_GITHUB_CLIENT_AUTH",
            "OAUTH_OAUTH2_CLIENT_SECRET_ARN",
            "OAUTH_OAUTH2_ISSUER",
            "OAUTH_OAUTH2_AUTHORIZE_URL",
            "OAUTH_OAUTH2_TOKEN_URL",
            "OAUTH_OAUTH2_SCOPE",
            "OAUTH_TIMEOUT_MS",
        ]
    );
    let both = faults(&env)
        .into_iter()
        .find(|fault| fault.starts_with("OAUTH_GITHUB_CLIENT_SECRET "))
        .expect("it is reported");
    assert!(both.contains("OAUTH_GITHUB_CLIENT_SECRET_ARN"), "{both}");
}

#[test]
fn single_preset_uses_only_variables_without_its_id() {
    let mut env = with("github", &[("OAUTH_CLIENT_ID", "")]);
    env.insert("OAUTH_GITHUB_CLIENT_ID", "id".into());
    assert_eq!(named(&env), ["OAUTH_CLIENT_ID"]);
}

#[test]
fn provider_can_have_a_custom_id() {
    let mut env = crate::bench::env("https://p.example");
    env.extend([
        ("OAUTH_PROVIDER", "aniapi,work:oauth2,play2:oauth2".into()),
        (
            "OAUTH_REDIRECT_URIS",
            "https://app.example/auth/aniapi,https://app.example/auth/work,https://app.example/auth/play2".into(),
        ),
        ("OAUTH_ANIAPI_CLIENT_ID", CLIENT_ID.into()),
        ("OAUTH_ANIAPI_CLIENT_SECRET", CLIENT_SECRET.into()),
        ("OAUTH_WORK_CLIENT_ID", "one".into()),
        ("OAUTH_WORK_CLIENT_SECRET", "s".into()),
        ("OAUTH_WORK_AUTHORIZE_URL", "https://work.example/a".into()),
        ("OAUTH_WORK_TOKEN_URL", "https://work.example/t".into()),
        ("OAUTH_WORK_NAME", "The office".into()),
        ("OAUTH_PLAY2_CLIENT_ID", "two".into()),
        ("OAUTH_PLAY2_CLIENT_SECRET", "s".into()),
        ("OAUTH_PLAY2_AUTHORIZE_URL", "https://play.example/a".into()),
        ("OAUTH_PLAY2_TOKEN_URL", "https://play.example/t".into()),
    ]);
    let config = config(&env).unwrap_or_else(|error| panic!("{error}"));
    let shown: Vec<_> =
        config.providers.iter().map(|one| (&*one.app.id, &*one.app.name, &*one.app.redirect_uris[0])).collect();
    assert_eq!(
        shown,
        [
            ("aniapi", "AniAPI", "https://app.example/auth/aniapi"),
            ("work", "The office", "https://app.example/auth/work"),
            ("play2", "play.example", "https://app.example/auth/play2"),
        ]
    );
    assert!(config.providers.iter().all(|provider| provider.app.redirect_uris.len() == 1));

    // A single provider with a custom id has the id in its variables, too.
    env.insert("OAUTH_PROVIDER", "work:oauth2".into());
    env.insert("OAUTH_REDIRECT_URIS", "https://app.example/auth".into());
    assert_eq!(named(&env), Vec::<String>::new());
    env.remove("OAUTH_WORK_CLIENT_ID");
    assert_eq!(named(&env), ["OAUTH_WORK_CLIENT_ID"]);
    for bad in
        ["Work:oauth2", "2:oauth2", "w-k:oauth2", ":oauth2", "work:", "work:hush", "a:oauth2,a:github", "a:b:oauth2"]
    {
        env.insert("OAUTH_PROVIDER", bad.into());
        assert_eq!(named(&env).first().map(String::as_str), Some("OAUTH_PROVIDER"), "{bad}");
    }
}

#[test]
fn name_profile_and_addresses_can_be_set() {
    for (variable, value, is_good) in [
        ("OAUTH_NAME", "The office", true),
        ("OAUTH_NAME", "アニメ", true),
        ("OAUTH_NAME", " hush", false),
        ("OAUTH_NAME", "hush\n", false),
        ("OAUTH_NAME", &*"n".repeat(101), false),
        ("OAUTH_PROFILE_NAME", "/user/name", true),
        ("OAUTH_PROFILE_NAME", "/a~1b/~0/0/", true),
        ("OAUTH_PROFILE_NAME", "hush", false),
        ("OAUTH_PROFILE_NAME", "/hush~", false),
        ("OAUTH_PROFILE_PICTURE", "/hush~2", false),
        ("OAUTH_PROFILE_PICTURE", "/user/picture", true),
        ("OAUTH_API_URL", "https://p.example/api/", true),
        ("OAUTH_API_URL", "https://p.example/api?hush", false),
        ("OAUTH_API_URL", "https://p.example/api/../hush", false),
        ("OAUTH_REVOKE_URL", "https://p.example/revoke", true),
        ("OAUTH_REVOKE_URL", "http://hush.example/", false),
        ("OAUTH_LOGOUT_URL", "https://p.example/logout?id=1", true),
        ("OAUTH_LOGOUT_URL", "javascript:hush", false),
        ("OAUTH_AUTHORIZE_URL", "https://P.example/hush", false),
        ("OAUTH_TOKEN_URL", "https://p.example:443/hush", false),
        ("OAUTH_MIX_UP", "accept", true),
        ("OAUTH_MIX_UP", "hush", false),
        ("OAUTH_BASE_URL", "https://hush.example", false),
    ] {
        let wanted: &[&str] = if is_good { &[] } else { &[variable] };
        assert_eq!(named(&with("oauth2", &[(variable, value)])), wanted, "{variable}={value}");
    }
    let set = with("oauth2", &[("OAUTH_PROFILE_NAME", "/n"), ("OAUTH_API_URL", "https://p.example/api/")]);
    let app = config(&set).expect("the environment is valid").providers.remove(0).app;
    assert_eq!(app.api_url.as_deref(), Some("https://p.example/api"));
    assert!(app.profile.is_empty(), "there is no profile address");
    let set = [("OAUTH_PROFILE_URL", "https://p.example/me"), ("OAUTH_PROFILE_NAME", "/n")];
    let profile = config(&with("oauth2", &set)).expect("the environment is valid").providers.remove(0).app.profile;
    assert_eq!((profile.name, profile.picture.as_deref()), (vec!["/n".into()], Some("/picture")));
}

#[test]
fn base_url_determines_the_addresses_of_a_server() {
    let without = |provider, variables: &[(&'static str, &str)]| {
        let mut env = with(provider, variables);
        env.remove("OAUTH_TOKEN_URL");
        env.remove("OAUTH_AUTHORIZE_URL");
        env
    };
    for (provider, base, authorize_url, issuer) in [
        (
            "keycloak",
            Some("https://id.example/realms/r/"),
            "https://id.example/realms/r/protocol/openid-connect/auth",
            Some("https://id.example/realms/r"),
        ),
        ("auth0", Some("https://t.eu.auth0.com"), "https://t.eu.auth0.com/authorize", None),
        ("gitlab", None, "https://gitlab.com/oauth/authorize", None),
        ("gitlab", Some("https://git.example"), "https://git.example/oauth/authorize", None),
        ("microsoft", None, "https://login.microsoftonline.com/common/oauth2/v2.0/authorize", None),
    ] {
        let set: Vec<_> = base.map(|base| ("OAUTH_BASE_URL", base)).into_iter().collect();
        let config = config(&without(provider, &set)).unwrap_or_else(|error| panic!("{provider}: {error}"));
        let app = &config.providers[0].app;
        assert_eq!((&*app.authorize_url, app.issuer.as_deref()), (authorize_url, issuer), "{provider}");
    }
    assert_eq!(named(&without("keycloak", &[])), ["OAUTH_BASE_URL"]);
    assert_eq!(named(&without("auth0", &[("OAUTH_BASE_URL", "hush")])), ["OAUTH_BASE_URL"]);
    let addresses = [("OAUTH_AUTHORIZE_URL", "https://id.example/a"), ("OAUTH_TOKEN_URL", "https://id.example/t")];
    let app = config(&with("keycloak", &addresses)).expect("the environment is valid").providers.remove(0).app;
    assert_eq!((app.issuer, app.profile_url), (None, None), "no address is derived without a base URL");
}

#[test]
fn known_issuer_is_required_by_default() {
    let issuer = |provider, variables: &[(&'static str, &str)]| {
        config(&with(provider, variables)).expect("the environment is valid").providers.remove(0).app.issuer
    };
    for (provider, expected) in [
        ("github", Some("https://github.com/login/oauth")),
        ("google", Some("https://accounts.google.com")),
        ("simkl", Some("https://simkl.com")),
        ("twitch", None),
    ] {
        assert_eq!(issuer(provider, &[]).as_deref(), expected, "{provider}");
    }
    assert_eq!(issuer("github", &[("OAUTH_ISSUER", "none")]), None, "the server no longer sends one");
    assert_eq!(issuer("github", &[("OAUTH_AUTHORIZE_URL", "https://ghe.example/a")]), None, "it is another server");
    let own = [("OAUTH_AUTHORIZE_URL", "https://ghe.example/a"), ("OAUTH_ISSUER", "https://ghe.example")];
    assert_eq!(issuer("github", &own).as_deref(), Some("https://ghe.example"));
}
