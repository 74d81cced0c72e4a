//! The function as it is deployed: what it runs on, what it is told, and who sees the secret.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::time::Duration;

use deploy::template::{self, Parameters};
use function::config::{Config, ConfigError, Unread};
use serde_json::{Value, json};
use shared::provider::{self, BaseUrl};

use super::{all, distribution, properties, walk, whole};

/// CloudFront's patience with an origin where a template says nothing.
const USUAL_READ_TIMEOUT: u64 = 30;

fn environment_variables() -> serde_json::Map<String, Value> {
    properties("Function")["Environment"]["Variables"].as_object().expect("there are variables").clone()
}

/// The function's configuration as the template would set it, without a domain.
fn config() -> Config<Unread> {
    configured(&[]).expect("the template sets what the function wants")
}

/// The same with these parameters in place of the template's defaults.
fn configured(parameters: &[(&str, &str)]) -> Result<Config<Unread>, ConfigError> {
    let template = whole();
    let client_id = ("ClientId", "11111111-2222-3333-4444-555555555555");
    let pairs = [client_id].into_iter().chain(parameters.iter().copied());
    let parameters: Parameters = pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    Config::from_env(|name| {
        if name == "OAUTH_CLIENT_SECRET" {
            return Some("11111111-2222-3333-4444-666666666666".into());
        }
        let value = environment_variables().get(name)?.clone();
        if let Some(name) = value["Ref"].as_str() {
            let default = || template["Parameters"][name]["Default"].as_str().map(str::to_owned);
            return parameters.get(name).cloned().or_else(default).map(OsString::from);
        }
        let value = value.get("Fn::If").map_or(&value, |either| &either[2]);
        Some(template::text(value, &template, &parameters).expect("it is text").into())
    })
}

#[test]
fn it_runs_on_amazons_linux_and_on_arm64_unless_told_otherwise() {
    let function = properties("Function");
    assert_eq!(function["Runtime"], "provided.al2023");
    assert_eq!(function["Handler"], "bootstrap");
    assert_eq!(function["Architectures"], json!([{ "Ref": "Architecture" }]));
    assert_eq!(whole()["Parameters"]["Architecture"]["Default"], "arm64");
    assert_eq!(all("AWS::Lambda::Function").len(), 1);
}

#[test]
fn it_is_told_only_what_it_knows() {
    let asked = RefCell::new(BTreeSet::new());
    let _ = Config::from_env(|name| {
        asked.borrow_mut().insert(name.to_owned());
        None
    });
    for name in environment_variables().keys() {
        // This one is read by nobody: it is there to change.
        let known = name == "SECRET_REVISION" || asked.borrow().contains(name);
        assert!(known, "the function does not know {name}");
    }
    assert_eq!(config().providers[0].app.redirect_uris, ["https://not-known-yet.invalid/auth"]);
}

#[test]
fn it_is_aniapis_unless_told_otherwise() {
    let app = &config().providers[0].app;
    assert_eq!(
        serde_json::to_value(app).expect("it is JSON"),
        json!({
            "id": "aniapi",
            "name": "AniAPI",
            "client_id": "11111111-2222-3333-4444-555555555555",
            "authorize_url": "https://api.aniapi.com/v1/oauth",
            "redirect_uris": ["https://not-known-yet.invalid/auth"],
            "profile_url": "https://api.aniapi.com/v1/auth/me",
            "profile": (provider::preset("aniapi").expect("it is there").profile)(),
            "api_url": "https://api.aniapi.com/v1",
        })
    );
    assert!(configured(&[("ClientId", "no GUID")]).is_err(), "the function looks at what the template cannot");
}

#[test]
fn it_can_be_any_other_providers_by_parameters() {
    for preset in provider::PRESETS {
        let mut parameters = vec![("Provider", preset.id)];
        if preset.authorize_url.is_none() {
            parameters.extend([("AuthorizeUrl", "https://p.example/a"), ("TokenUrl", "https://p.example/t")]);
        }
        if matches!(preset.base_url, BaseUrl::Required(_)) {
            parameters.push(("BaseUrl", "https://p.example"));
        }
        let config = configured(&parameters).unwrap_or_else(|error| panic!("{}: {error}", preset.id));
        assert_eq!(config.providers[0].app.id, preset.id);
    }
    let everything = [
        ("Provider", "oauth2"),
        ("ClientId", "an id"),
        ("AuthorizeUrl", "https://p.example/a"),
        ("TokenUrl", "https://p.example/t"),
        ("ProfileUrl", "https://p.example/me"),
        ("ProviderName", "Example"),
        ("ProfileName", "/user/name"),
        ("ProfilePicture", "/user/picture"),
        ("ApiUrl", "https://p.example/api"),
        ("RevokeUrl", "https://p.example/revoke"),
        ("LogoutUrl", "https://p.example/logout"),
        ("ClientAuth", "post"),
        ("Pkce", "plain"),
        ("Scope", "openid profile"),
        ("Issuer", "https://p.example"),
    ];
    let config = configured(&everything).unwrap_or_else(|error| panic!("{error}"));
    let provider = &config.providers[0];
    assert_eq!(provider.token_url, "https://p.example/t");
    assert_eq!(
        serde_json::to_value(&provider.app).expect("it is JSON"),
        json!({
            "id": "oauth2",
            "name": "Example",
            "client_id": "an id",
            "authorize_url": "https://p.example/a",
            "redirect_uris": ["https://not-known-yet.invalid/auth"],
            "profile_url": "https://p.example/me",
            "profile": { "name": ["/user/name"], "picture": "/user/picture" },
            "api_url": "https://p.example/api",
            "logout_url": "https://p.example/logout",
            "pkce": "plain",
            "scope": "openid profile",
            "issuer": "https://p.example",
        })
    );
    let variables = environment_variables();
    assert_eq!(variables["OAUTH_CLIENT_AUTH"], json!({ "Ref": "ClientAuth" }));
}

/// Every variable with which a provider is configured can be set, but for those that only make sense elsewhere.
#[test]
fn there_is_a_parameter_for_each_thing_that_a_provider_can_be_told() {
    let asked = RefCell::new(BTreeSet::new());
    let _ = Config::from_env(|name| {
        asked.borrow_mut().insert(name.to_owned());
        None
    });
    let elsewhere = ["OAUTH_CLIENT_SECRET", "OAUTH_SECRETS_ARN", "OAUTH_MIX_UP", "OAUTH_CA_FILE", "OAUTH_TIMEOUT_MS"];
    for name in asked.borrow().iter().filter(|name| name.starts_with("OAUTH_")) {
        let is_set = environment_variables().contains_key(name);
        assert_eq!(is_set, !elsewhere.contains(&name.as_str()), "{name}");
    }
}

#[test]
fn it_has_more_time_than_an_exchange_and_less_than_cloudfront_waits() {
    let timeout = properties("Function")["Timeout"].as_u64().expect("seconds");
    // What `config` promises to leave of the invocation's own time.
    let exchange = config().timeout + Duration::from_millis(250);
    assert!(Duration::from_secs(timeout) > exchange, "{timeout} s against {exchange:?}");
    let origin = &distribution()["Origins"][1]["CustomOriginConfig"];
    let read = origin["OriginReadTimeout"].as_u64().unwrap_or(USUAL_READ_TIMEOUT);
    assert!(timeout < read, "{timeout} s against {read} s");
}

#[test]
fn it_takes_no_concurrency_from_others_unless_told_to() {
    let template = whole();
    let reserved = properties("Function")["ReservedConcurrentExecutions"].take();
    let expected = json!(["HasReservedConcurrency", { "Ref": "ReservedConcurrency" }, { "Ref": "AWS::NoValue" }]);
    assert_eq!(reserved["Fn::If"], expected);
    assert_eq!(template["Parameters"]["ReservedConcurrency"]["Default"], "");
    let condition = &template["Conditions"]["HasReservedConcurrency"];
    assert_eq!(condition, &json!({ "Fn::Not": [{ "Fn::Equals": [{ "Ref": "ReservedConcurrency" }, ""] }] }));
}

#[test]
fn its_log_is_ours_and_is_not_kept_for_ever() {
    assert_eq!(properties("Function")["LoggingConfig"], json!({ "LogGroup": { "Ref": "FunctionLog" } }));
    let log = properties("FunctionLog");
    assert_eq!(log["RetentionInDays"], json!({ "Ref": "LogRetentionDays" }));
    assert!(whole()["Parameters"]["LogRetentionDays"]["Default"].as_u64() > Some(0));

    // It may write to that one, and may not make one of its own that would stay.
    let group = log["LogGroupName"]["Fn::Sub"].as_str().expect("it has a name").to_owned();
    let role = properties("FunctionRole");
    let statements = role["Policies"][0]["PolicyDocument"]["Statement"].as_array().expect("a list");
    assert_eq!(statements[0]["Action"], json!(["logs:CreateLogStream", "logs:PutLogEvents"]));
    let resource = statements[0]["Resource"]["Fn::Sub"].as_str().expect("it is text");
    assert!(resource.ends_with(&format!(":log-group:{group}:log-stream:*")), "{resource}");
}

#[test]
fn the_secret_is_in_the_store_and_nowhere_else() {
    assert_eq!(whole()["Parameters"]["ClientSecret"]["NoEcho"], true);
    assert!(whole()["Parameters"]["ClientSecret"].get("Default").is_none());
    let mut places = Vec::new();
    walk(&whole(), "", &mut |path, name, value| {
        let names_it = match name {
            "Ref" => value == "ClientSecret",
            "Fn::Sub" => value.to_string().contains("${ClientSecret}"),
            _ => false,
        };
        if names_it || value.to_string().contains("resolve:secretsmanager") {
            places.push(path.to_owned());
        }
    });
    assert_eq!(places, ["/Resources/ClientSecretStore/Properties/SecretString"]);

    // The function gets to know where it is, and is the only one who may read it.
    assert_eq!(environment_variables()["OAUTH_CLIENT_SECRET_ARN"], json!({ "Ref": "ClientSecretStore" }));
    let role = properties("FunctionRole");
    let statements = role["Policies"][0]["PolicyDocument"]["Statement"].as_array().expect("a list");
    assert_eq!(statements[1]["Action"], "secretsmanager:GetSecretValue");
    assert_eq!(statements[1]["Resource"], json!({ "Ref": "ClientSecretStore" }));
    assert_eq!(statements.len(), 2, "the function may do these two things");
}

#[test]
fn another_secret_replaces_every_instance() {
    assert_eq!(environment_variables()["SECRET_REVISION"], json!({ "Ref": "SecretRevision" }));
}
