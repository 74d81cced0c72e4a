//! The environment: valid and invalid values, and that all faults are reported at once.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt as _;

use emulator::aniapi::CLIENT_SECRET;

use crate::bench::{Env, config, env};

const URL: &str = "http://127.0.0.1:4000";

const ARN: &str = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:x";

fn with(variable: &'static str, value: &str) -> Env {
    let mut env = env(URL);
    env.insert(variable, value.into());
    env
}

/// The environment of a function whose secret is in Secrets Manager.
fn stored() -> Env {
    let mut env = env(URL);
    env.remove("OAUTH_CLIENT_SECRET");
    env.insert("OAUTH_CLIENT_SECRET_ARN", ARN.into());
    env.insert("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE".into());
    env.insert("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY".into());
    env
}

/// The faults in the message: its lines, without the first.
fn faults(env: &Env) -> Vec<String> {
    let message = config(env).err().map(|error| error.to_string()).unwrap_or_default();
    message.lines().skip(1).map(|line| line.trim().to_owned()).collect()
}

#[test]
fn minimal_environment_is_sufficient() {
    let mut env = env(URL);
    env.remove("OAUTH_TOKEN_URL");
    let config = config(&env).expect("the environment is valid");
    let [provider] = &config.providers[..] else { panic!("one provider, not {}", config.providers.len()) };
    assert_eq!(provider.token_url, "https://api.aniapi.com/v1/oauth/token");
    assert_eq!(provider.app.authorize_url, "https://api.aniapi.com/v1/oauth");
    assert_eq!(provider.app.profile_url.as_deref(), Some("https://api.aniapi.com/v1/auth/me"));
    assert_eq!(config.timeout.as_millis(), 5000);
}

#[test]
fn valid_values_are_accepted() {
    for (variable, value) in [
        ("OAUTH_PROVIDER", "aniapi"),
        ("OAUTH_PROVIDER", ""),
        ("OAUTH_CLIENT_SECRET_ARN", ""),
        ("OAUTH_REDIRECT_URIS", "https://one.example/auth, https://two.example/auth/"),
        ("OAUTH_AUTHORIZE_URL", "http://localhost:4000/v1/oauth"),
        ("OAUTH_TOKEN_URL", "https://p.example/token"),
        ("OAUTH_PROFILE_URL", "http://[::1]:4000/me"),
        ("OAUTH_TIMEOUT_MS", "1"),
        ("OAUTH_TIMEOUT_MS", "900000"),
        ("OAUTH_CA_FILE", ""),
    ] {
        assert_eq!(faults(&with(variable, value)), Vec::<String>::new(), "{variable}={value}");
    }
}

#[test]
fn each_invalid_value_is_reported_by_variable_and_never_shown() {
    let no_certificate = std::env::temp_dir().join(format!("no-certificate-{}.pem", std::process::id()));
    std::fs::write(&no_certificate, "nothing").expect("a temporary file can be written");
    let no_certificate = no_certificate.to_str().expect("the path is UTF-8");
    for (variable, value) in [
        ("OAUTH_PROVIDER", "hush"),
        ("OAUTH_CLIENT_ID", "hush"),
        ("OAUTH_CLIENT_ID", ""),
        ("OAUTH_CLIENT_SECRET", "hush"),
        ("OAUTH_CLIENT_SECRET", "{11111111-2222-3333-4444-555555555555}"),
        ("OAUTH_REDIRECT_URIS", ""),
        ("OAUTH_REDIRECT_URIS", "hush"),
        ("OAUTH_REDIRECT_URIS", ","),
        ("OAUTH_REDIRECT_URIS", "https://one.example/auth,"),
        ("OAUTH_REDIRECT_URIS", "https://one.example/auth,http://hush.example/auth"),
        ("OAUTH_REDIRECT_URIS", "https://one.example/hush"),
        ("OAUTH_REDIRECT_URIS", "https://one.example/auth?hush"),
        ("OAUTH_AUTHORIZE_URL", "http://hush.example/"),
        ("OAUTH_TOKEN_URL", "http://hush.example/"),
        ("OAUTH_TOKEN_URL", "file:///hush"),
        ("OAUTH_PROFILE_URL", "hush"),
        ("OAUTH_TIMEOUT_MS", "hush"),
        ("OAUTH_TIMEOUT_MS", "0"),
        ("OAUTH_TIMEOUT_MS", "-1"),
        ("OAUTH_TIMEOUT_MS", "5s"),
        ("OAUTH_TIMEOUT_MS", "900001"),
        ("OAUTH_CA_FILE", "/hush/none.pem"),
        ("OAUTH_CA_FILE", no_certificate),
    ] {
        let faults = faults(&with(variable, value));
        let [fault] = &faults[..] else { panic!("one fault for {variable}={value}, not {faults:?}") };
        assert!(fault.starts_with(&format!("{variable} ")), "{fault}");
        assert!(!fault.contains("hush") && (value.len() < 4 || !fault.contains(value)), "{fault}");
    }
}

#[test]
fn value_that_is_not_utf_8_is_reported() {
    for variable in ["OAUTH_CLIENT_ID", "OAUTH_CLIENT_SECRET", "OAUTH_TIMEOUT_MS", "OAUTH_REDIRECT_URIS"] {
        let mut env = env(URL);
        env.insert(variable, OsString::from_vec(vec![0xff]));
        assert_eq!(faults(&env), [format!("{variable} is not UTF-8")]);
    }
}

#[test]
fn exactly_one_of_the_two_secret_variables_is_required() {
    let both = faults(&with("OAUTH_CLIENT_SECRET_ARN", ARN));
    assert!(both[0].contains("OAUTH_CLIENT_SECRET ") && both[0].contains("OAUTH_CLIENT_SECRET_ARN"), "{both:?}");
    let neither = faults(&with("OAUTH_CLIENT_SECRET", ""));
    assert!(
        neither[0].contains("OAUTH_CLIENT_SECRET ") && neither[0].contains("OAUTH_CLIENT_SECRET_ARN"),
        "{neither:?}"
    );
}

#[test]
fn stored_secret_needs_an_arn_credentials_and_a_secure_endpoint() {
    assert_eq!(faults(&stored()), Vec::<String>::new());
    for (variable, value, good) in [
        ("OAUTH_CLIENT_SECRET_ARN", "hush", false),
        ("OAUTH_CLIENT_SECRET_ARN", "arn:aws:secretsmanager:hush.example/:123456789012:secret:x", false),
        ("AWS_ACCESS_KEY_ID", "", false),
        ("AWS_ACCESS_KEY_ID", "hush\n", false),
        ("AWS_SECRET_ACCESS_KEY", "", false),
        ("AWS_SECRET_ACCESS_KEY", "hush hush", false),
        ("AWS_SESSION_TOKEN", "", true),
        ("AWS_SESSION_TOKEN", "token+/=", true),
        ("AWS_SESSION_TOKEN", "hush\n", false),
        ("AWS_ENDPOINT_URL", "http://127.0.0.1:5000", true),
        ("AWS_ENDPOINT_URL", "http://hush.example", false),
        ("AWS_ENDPOINT_URL_SECRETS_MANAGER", "https://vpce.example", true),
        ("AWS_ENDPOINT_URL_SECRETS_MANAGER", "http://hush.example", false),
    ] {
        let mut env = stored();
        env.insert(variable, value.into());
        let faults = faults(&env);
        assert_eq!(faults.is_empty(), good, "{variable}={value}: {faults:?}");
        assert!(faults.iter().all(|fault| fault.starts_with(&format!("{variable} "))), "{faults:?}");
        assert!(!faults.concat().contains("hush"), "{faults:?}");
    }
}

#[test]
fn aws_variables_are_ignored_without_a_stored_secret() {
    for variable in ["AWS_ACCESS_KEY_ID", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL"] {
        assert_eq!(faults(&with(variable, "not good\n")), Vec::<String>::new(), "{variable}");
    }
}

#[test]
fn all_faults_of_a_stored_secret_are_reported_at_once() {
    let mut env = stored();
    env.insert("OAUTH_CLIENT_SECRET_ARN", "hush".into());
    env.insert("AWS_ACCESS_KEY_ID", "".into());
    env.remove("AWS_SECRET_ACCESS_KEY");
    env.insert("AWS_SESSION_TOKEN", "hush hush".into());
    env.insert("AWS_ENDPOINT_URL", "hush".into());
    env.insert("OAUTH_TIMEOUT_MS", "hush".into());
    let faults = faults(&env);
    let named: Vec<_> = faults.iter().filter_map(|fault| fault.split(' ').next()).collect();
    assert_eq!(
        named,
        [
            "OAUTH_CLIENT_SECRET_ARN",
            "AWS_ACCESS_KEY_ID",
            "AWS_SECRET_ACCESS_KEY",
            "AWS_SESSION_TOKEN",
            "AWS_ENDPOINT_URL",
            "OAUTH_TIMEOUT_MS",
        ]
    );
}

#[test]
fn all_faults_are_reported_at_once() {
    let mut env = Env::new();
    env.insert("OAUTH_CLIENT_SECRET", CLIENT_SECRET.into());
    env.insert("OAUTH_CLIENT_SECRET_ARN", "arn".into());
    for variable in [
        "OAUTH_PROVIDER",
        "OAUTH_AUTHORIZE_URL",
        "OAUTH_TOKEN_URL",
        "OAUTH_PROFILE_URL",
        "OAUTH_CA_FILE",
        "OAUTH_TIMEOUT_MS",
    ] {
        env.insert(variable, "hush".into());
    }
    let faults = faults(&env);
    let named: Vec<_> = faults.iter().filter_map(|fault| fault.split(' ').next()).collect();
    assert_eq!(
        named,
        [
            "OAUTH_PROVIDER",
            "OAUTH_CLIENT_ID",
            "OAUTH_CLIENT_SECRET",
            "OAUTH_REDIRECT_URIS",
            "OAUTH_AUTHORIZE_URL",
            "OAUTH_TOKEN_URL",
            "OAUTH_PROFILE_URL",
            "OAUTH_CA_FILE",
            "OAUTH_TIMEOUT_MS",
        ]
    );
    let all = faults.concat();
    assert!(!all.contains("hush") && !all.contains(CLIENT_SECRET), "{all}");
}
