//! The variables of the providers: what each can be told, and that every fault is told by its real name.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt as _;

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

/// What the fault's message says, line by line, without the first.
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
fn what_a_provider_can_do_can_be_set_and_nothing_else() {
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
fn a_server_of_ones_own_needs_its_two_addresses() {
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
fn a_list_of_providers_has_each_of_them_once() {
    let list = |list| with("oauth2", &[("OAUTH_PROVIDER", list)]);
    for bad in ["hush", "GitHub", "github,github", "hush,hush", ",", "oauth2,", ",oauth2", "oauth2 github"] {
        assert_eq!(named(&list(bad)).first().map(String::as_str), Some("OAUTH_PROVIDER"), "{bad}");
    }
    for good in ["oauth2", " oauth2 ", "github"] {
        assert_eq!(named(&list(good)), Vec::<String>::new(), "{good}");
    }
}

#[test]
fn with_several_each_fault_is_told_once_and_with_the_providers_name_in_it() {
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
            "OAUTH_OAUTH2_AUTHORIZE_URL",
            "OAUTH_OAUTH2_TOKEN_URL",
            "OAUTH_OAUTH2_SCOPE",
            "OAUTH_OAUTH2_ISSUER",
            "OAUTH_TIMEOUT_MS",
        ]
    );
    let both =
        faults(&env).into_iter().find(|fault| fault.starts_with("OAUTH_GITHUB_CLIENT_SECRET ")).expect("it is told");
    assert!(both.contains("OAUTH_GITHUB_CLIENT_SECRET_ARN"), "{both}");
}

#[test]
fn a_name_alone_takes_the_plain_variables_and_no_others() {
    let mut env = with("github", &[("OAUTH_CLIENT_ID", "")]);
    env.insert("OAUTH_GITHUB_CLIENT_ID", "id".into());
    assert_eq!(named(&env), ["OAUTH_CLIENT_ID"]);
}
