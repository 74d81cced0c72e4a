//! The deployed function: its runtime, its variables, and who can read its secret.

use std::time::Duration;

use function::config::Config;
use serde_json::{Value, json};

use super::{all, distribution, properties, walk, whole};

/// CloudFront's default timeout for an origin's response, in seconds.
const DEFAULT_READ_TIMEOUT: u64 = 30;

fn environment_variables() -> serde_json::Map<String, Value> {
    properties("Function")["Environment"]["Variables"].as_object().expect("there are variables").clone()
}

#[test]
fn function_runs_on_amazon_linux_2023_and_by_default_on_arm64() {
    let function = properties("Function");
    assert_eq!(function["Runtime"], "provided.al2023");
    assert_eq!(function["Handler"], "bootstrap");
    assert_eq!(function["Architectures"], json!([{ "Ref": "Architecture" }]));
    assert_eq!(whole()["Parameters"]["Architecture"]["Default"], "arm64");
    assert_eq!(all("AWS::Lambda::Function").len(), 1);
}

#[test]
fn template_sets_only_the_variables_of_the_secrets() {
    // All others are in the file of `--env-file`.
    let expected = json!({
        "OAUTH_SECRETS_ARN": { "Ref": "SecretsArn" },
        "OAUTH_SECRETS_VERSION": { "Ref": "SecretsVersion" },
    });
    assert_eq!(Value::Object(environment_variables()), expected);
    for parameter in ["SecretsArn", "SecretsVersion"] {
        assert!(whole()["Parameters"][parameter].get("Default").is_none(), "{parameter} is required");
    }
}

#[test]
fn timeout_is_longer_than_an_exchange_and_shorter_than_cloudfronts() {
    let timeout = properties("Function")["Timeout"].as_u64().expect("seconds");
    // The time of the invocation that the exchange does not use.
    let variable = |name: &str| match name {
        "OAUTH_CLIENT_ID" | "OAUTH_CLIENT_SECRET" => Some("11111111-2222-3333-4444-555555555555".into()),
        "OAUTH_REDIRECT_URIS" => Some("https://app.example/auth".into()),
        _ => None,
    };
    let exchange = Config::from_env(variable).expect("it is valid").timeout + Duration::from_millis(250);
    assert!(Duration::from_secs(timeout) > exchange, "{timeout} s against {exchange:?}");
    let origin = &distribution()["Origins"][1]["CustomOriginConfig"];
    let read = origin["OriginReadTimeout"].as_u64().unwrap_or(DEFAULT_READ_TIMEOUT);
    assert!(timeout < read, "{timeout} s against {read} s");
}

#[test]
fn no_concurrency_is_reserved_by_default() {
    let template = whole();
    let reserved = properties("Function")["ReservedConcurrentExecutions"].take();
    let expected = json!(["HasReservedConcurrency", { "Ref": "ReservedConcurrency" }, { "Ref": "AWS::NoValue" }]);
    assert_eq!(reserved["Fn::If"], expected);
    assert_eq!(template["Parameters"]["ReservedConcurrency"]["Default"], "");
    let condition = &template["Conditions"]["HasReservedConcurrency"];
    assert_eq!(condition, &json!({ "Fn::Not": [{ "Fn::Equals": [{ "Ref": "ReservedConcurrency" }, ""] }] }));
}

#[test]
fn function_writes_to_our_log_group_which_has_a_retention_time() {
    assert_eq!(properties("Function")["LoggingConfig"], json!({ "LogGroup": { "Ref": "FunctionLog" } }));
    let log = properties("FunctionLog");
    assert_eq!(log["RetentionInDays"], json!({ "Ref": "LogRetentionDays" }));
    assert!(whole()["Parameters"]["LogRetentionDays"]["Default"].as_u64() > Some(0));

    // It may write to this group, and not create another one, which would remain.
    let group = log["LogGroupName"]["Fn::Sub"].as_str().expect("it has a name").to_owned();
    let role = properties("FunctionRole");
    let statements = role["Policies"][0]["PolicyDocument"]["Statement"].as_array().expect("a list");
    assert_eq!(statements[0]["Action"], json!(["logs:CreateLogStream", "logs:PutLogEvents"]));
    let resource = statements[0]["Resource"]["Fn::Sub"].as_str().expect("it is text");
    assert!(resource.ends_with(&format!(":log-group:{group}:log-stream:*")), "{resource}");
}

#[test]
fn no_secret_is_a_parameter_and_only_the_function_reads_the_document() {
    let template = whole();
    for (name, parameter) in template["Parameters"].as_object().expect("there are parameters") {
        assert!(parameter.get("NoEcho").is_none(), "{name} would be a secret in CloudFormation");
    }
    assert!(all("AWS::SecretsManager::Secret").is_empty(), "a value in the template would be in CloudFormation");
    walk(&template, "", &mut |path, _, value| {
        assert!(!value.to_string().contains("resolve:secretsmanager"), "{path} copies a secret");
    });
    let role = properties("FunctionRole");
    let statements = role["Policies"][0]["PolicyDocument"]["Statement"].as_array().expect("a list");
    assert_eq!(statements[1]["Action"], "secretsmanager:GetSecretValue");
    assert_eq!(statements[1]["Resource"], json!({ "Ref": "SecretsArn" }));
    assert_eq!(statements.len(), 2, "the function has only these two permissions");
}

#[test]
fn new_version_of_the_secrets_replaces_every_instance() {
    assert_eq!(environment_variables()["OAUTH_SECRETS_VERSION"], json!({ "Ref": "SecretsVersion" }));
}
