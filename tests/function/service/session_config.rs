//! The variables of sessions: which ones each mode requires, and which values are valid.

use http::Method;
use serde_json::{Value, json};

use crate::bench::{Env, Function, config, request};
use crate::server;
use crate::session_bench::KEY;

fn env(variables: &[(&'static str, &str)]) -> Env {
    let mut env = server::env("oauth2", "https://p.example/token");
    env.extend(variables.iter().map(|(name, value)| (*name, (*value).into())));
    env
}

fn faults(variables: &[(&'static str, &str)]) -> Vec<String> {
    let message = config(&env(variables)).err().map(|error| error.to_string()).unwrap_or_default();
    message.lines().skip(1).map(|line| line.trim().to_owned()).collect()
}

#[test]
fn valid_values_are_accepted() {
    let two = format!("{KEY},{KEY}-_");
    for variables in [
        vec![],
        vec![("OAUTH_SESSION", "tab")],
        vec![("OAUTH_SESSION", "tab"), ("OAUTH_SESSION_KEY", "unused")],
        vec![("OAUTH_SESSION", "cookie"), ("OAUTH_SESSION_KEY", KEY)],
        vec![("OAUTH_SESSION", "proxy"), ("OAUTH_SESSION_KEY", &two)],
        vec![("OAUTH_SESSION_DAYS", "0")],
        vec![("OAUTH_SESSION_DAYS", "400")],
        vec![("OAUTH_API_PATHS", "users")],
        vec![("OAUTH_API_PATHS", "/users/, v2/anime")],
        vec![("OAUTH_REDIRECT_URIS", "https://app.example/auth,http://localhost:3000/auth")],
    ] {
        assert_eq!(faults(&variables), Vec::<String>::new(), "{variables:?}");
    }
}

#[test]
fn each_invalid_value_is_reported_by_variable_and_never_shown() {
    for (variable, value) in [
        ("OAUTH_SESSION", "hush"),
        ("OAUTH_SESSION", "Cookie"),
        ("OAUTH_SESSION_KEY", ""),
        ("OAUTH_SESSION_KEY", "hush"),
        ("OAUTH_SESSION_KEY", "hush6789012345678901234567890123456789+"),
        ("OAUTH_SESSION_KEY", "hush678901234567890123456789012,"),
        ("OAUTH_SESSION_KEY", "hush6789012345678901234567890123,hush"),
        ("OAUTH_SESSION_KEY", "hush6789012345678901234567890123, hush6789012345678901234567890123"),
        (
            "OAUTH_SESSION_KEY",
            "hush6789012345678901234567890123,hush6789012345678901234567890123,hush6789012345678901234567890123",
        ),
        ("OAUTH_SESSION_DAYS", "401"),
        ("OAUTH_SESSION_DAYS", "-1"),
        ("OAUTH_SESSION_DAYS", "1.5"),
        ("OAUTH_SESSION_DAYS", "hush"),
        ("OAUTH_API_PATHS", ","),
        ("OAUTH_API_PATHS", "hush/../x"),
        ("OAUTH_API_PATHS", "hush%2fx"),
        ("OAUTH_REDIRECT_URIS", "https://hush.example/auth,http://localhost:3000/auth"),
    ] {
        let mut variables = vec![("OAUTH_SESSION", "cookie"), ("OAUTH_SESSION_KEY", KEY)];
        variables.push((variable, value));
        let faults = faults(&variables);
        let [fault] = &faults[..] else { panic!("one fault for {variable}={value}, not {faults:?}") };
        assert!(fault.starts_with(&format!("{variable} ")) && !fault.contains("hush"), "{fault}");
    }
}

#[test]
fn key_that_the_document_may_contain_is_not_reported_as_missing() {
    let arn = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:x";
    assert_eq!(faults(&[("OAUTH_SESSION", "cookie"), ("OAUTH_SECRETS_ARN", arn)]), Vec::<String>::new());
}

/// Browsers cannot request the profile from MyAnimeList, but the function can.
#[test]
fn function_has_a_profile_address_that_the_app_does_not_get() {
    let config = config(&server::env("myanimelist", "https://p.example/token")).expect("the environment is valid");
    let provider = &config.providers[0];
    let url = provider.profile.as_ref().map(|endpoint| &*endpoint.url);
    assert_eq!(url, Some("https://api.myanimelist.net/v2/users/@me"));
    assert_eq!(provider.app.profile_url, None);
}

#[tokio::test]
async fn presets_ask_for_refresh_tokens_only_if_the_session_can_keep_them() {
    for (preset, more, in_tab, in_cookie) in [
        (
            "google",
            ("", ""),
            ("https://accounts.google.com/o/oauth2/v2/auth", json!("openid profile"), json!("prompt=select_account")),
            (
                "https://accounts.google.com/o/oauth2/v2/auth?access_type=offline&prompt=consent",
                json!("openid profile"),
                json!("prompt=select_account consent"),
            ),
        ),
        (
            "microsoft",
            ("OAUTH_SCOPE", "User.Read Mail.Read"),
            (
                "https://login.microsoftonline.com/common/oauth2/v2.0/authorize",
                json!("User.Read Mail.Read"),
                json!("prompt=select_account"),
            ),
            (
                "https://login.microsoftonline.com/common/oauth2/v2.0/authorize",
                json!("User.Read Mail.Read offline_access"),
                json!("prompt=select_account"),
            ),
        ),
        (
            "twitch",
            ("", ""),
            ("https://id.twitch.tv/oauth2/authorize", Value::Null, json!("force_verify=true")),
            ("https://id.twitch.tv/oauth2/authorize", Value::Null, json!("force_verify=true")),
        ),
    ] {
        for (mode, (authorize_url, scope, choose_account)) in
            [("tab", in_tab), ("cookie", in_cookie.clone()), ("proxy", in_cookie)]
        {
            let mut env = server::env(preset, "");
            env.extend([("OAUTH_SESSION", mode.into()), ("OAUTH_SESSION_KEY", KEY.into())]);
            env.extend([(more.0, more.1.into())]);
            let answer = Function::new(&env).call(request(Method::GET, "/api/config")).await.json();
            let provider = &answer["providers"][0];
            assert_eq!(answer["session"], mode);
            assert_eq!(provider["authorize_url"], authorize_url, "{preset} {mode}");
            assert_eq!(provider.get("scope").cloned().unwrap_or_default(), scope, "{preset} {mode}");
            assert_eq!(provider["choose_account"], choose_account, "{preset} {mode}");
        }
    }
}
