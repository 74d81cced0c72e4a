//! Monitoring: the dashboard, traces, and CloudFront's log, which must not contain codes.

use std::collections::BTreeSet;

use deploy::template::{self, Parameters};
use function::log::{OkWord, Outcome};
use serde_json::{Value, json};

use super::filters::line;
use super::{all, properties, whole};

/// The names in `${…}`.
fn substituted(text: &str) -> BTreeSet<String> {
    let name = |part: &str| part.split_once('}').expect("it ends").0.to_owned();
    text.split("${").skip(1).map(name).collect()
}

/// A substitution of the template with placeholders for all names.
fn filled(value: &Value) -> String {
    let names = substituted(value["Fn::Sub"].as_str().expect("a substitution"));
    let parameters: Parameters = names.into_iter().map(|name| (name.clone(), name.replace("AWS::", ""))).collect();
    template::text(value, &whole(), &parameters).expect("it can be evaluated")
}

fn dashboard() -> Value {
    serde_json::from_str(&filled(&properties("Operations")["DashboardBody"])).expect("it is JSON")
}

#[test]
fn dashboard_refers_only_to_existing_resources() {
    let template = whole();
    let body = properties("Operations")["DashboardBody"]["Fn::Sub"].as_str().expect("it is text").to_owned();
    for name in substituted(&body) {
        let resource = &template["Resources"][name.split('.').next().expect("there is one")];
        assert!(name.starts_with("AWS::") || resource.is_object(), "{name} does not exist");
        assert!(resource.get("Condition").is_none(), "{name} may not exist");
    }
    let counted: Vec<Value> = all("AWS::Logs::MetricFilter")
        .into_iter()
        .map(|(_, filter)| filter["Properties"]["MetricTransformations"][0]["MetricName"].clone())
        .collect();
    let shown = dashboard();
    let widgets = shown["widgets"].as_array().expect("a list");
    let own = widgets.iter().find(|widget| widget["properties"]["metrics"][0][0] == "StackName").expect("one is ours");
    let own: Vec<Value> =
        own["properties"]["metrics"].as_array().expect("a list").iter().map(|one| one[1].clone()).collect();
    assert!(own.len() == counted.len() && counted.iter().all(|name| own.contains(name)), "{own:?}, {counted:?}");
    let everything = shown.to_string();
    for metric in
        ["Errors", "Throttles", "ConcurrentExecutions", "5xxErrorRate", "pct(upstream_ms, 95)", "@initDuration"]
    {
        assert!(everything.contains(metric), "{metric}");
    }
    let edge = widgets.iter().find(|widget| widget["properties"]["metrics"][0][0] == "AWS/CloudFront");
    assert_eq!(edge.expect("there is one")["properties"]["region"], "us-east-1", "the only region that has them");
}

#[test]
fn dashboard_queries_use_only_fields_of_the_log() {
    let line = line("/api/token", Outcome::Ok(OkWord::Ok));
    let words = [
        "SOURCE",
        "filter",
        "stats",
        "count",
        "pct",
        "by",
        "as",
        "sort",
        "desc",
        "limit",
        "fields",
        "bin",
        "ispresent",
        "or",
        "logins",
        "starts",
        "m",
    ];
    let mut queries = 0;
    for widget in dashboard()["widgets"].as_array().expect("a list") {
        let Some(query) = widget["properties"]["query"].as_str() else { continue };
        queries += 1;
        let unquoted: String = query.split('\'').step_by(2).collect();
        let is_part = |letter: char| letter.is_ascii_alphanumeric() || "_@".contains(letter);
        for word in unquoted.split(|letter| !is_part(letter)).filter(|word| !word.is_empty()) {
            let is_known =
                words.contains(&word) || word.starts_with(['@', 'p']) && word.len() <= 13 || line.get(word).is_some();
            let is_number = word.starts_with(|letter: char| letter.is_ascii_digit());
            assert!(is_known || is_number, "{word} in {query}");
        }
    }
    assert_eq!(queries, 4);
}

#[test]
fn dashboard_can_be_left_out() {
    let template = whole();
    assert_eq!(template["Resources"]["Operations"]["Condition"], "HasDashboard");
    assert_eq!(template["Parameters"]["Dashboard"]["Default"], "true");
    assert_eq!(template["Conditions"]["HasDashboard"], json!({ "Fn::Equals": [{ "Ref": "Dashboard" }, "true"] }));
    // Dashboards belong to the account, across all regions.
    assert_eq!(properties("Operations")["DashboardName"], json!({ "Fn::Sub": "${AWS::StackName}-${AWS::Region}" }));
}

#[test]
fn tracing_is_off_by_default_and_brings_its_permissions() {
    let template = whole();
    assert_eq!(template["Parameters"]["Tracing"]["Default"], "false");
    assert_eq!(template["Conditions"]["HasTracing"], json!({ "Fn::Equals": [{ "Ref": "Tracing" }, "true"] }));
    let nothing = json!({ "Ref": "AWS::NoValue" });
    let active = json!({ "Fn::If": ["HasTracing", { "Mode": "Active" }, nothing] });
    assert_eq!(properties("Function")["TracingConfig"], active);
    let policy = properties("FunctionRole")["Policies"][1]["Fn::If"].take();
    assert_eq!((&policy[0], &policy[2]), (&json!("HasTracing"), &nothing));
    let allowed = &policy[1]["PolicyDocument"]["Statement"];
    assert_eq!(allowed[0]["Action"], json!(["xray:PutTraceSegments", "xray:PutTelemetryRecords"]));
    assert_eq!(allowed.as_array().map(Vec::len), Some(1));
}

/// Fields of CloudFront's log ("Standard logging reference") that can contain a code, a token, or personal data.
const NEVER: [&str; 9] = [
    "cs-uri-query",
    "cs(Referer)",
    "cs(Cookie)",
    "cs(User-Agent)",
    "c-ip",
    "c-port",
    "x-forwarded-for",
    "cs-headers",
    "cs-header-names",
];

#[test]
fn access_log_is_off_by_default_and_has_no_code_and_no_ip_address() {
    let template = whole();
    assert_eq!(template["Parameters"]["AccessLog"]["Default"], "false");
    assert_eq!(template["Conditions"]["HasAccessLog"], json!({ "Fn::Equals": [{ "Ref": "AccessLog" }, "true"] }));
    for (name, kind) in [
        ("EdgeLog", "AWS::Logs::LogGroup"),
        ("EdgeLogPolicy", "AWS::Logs::ResourcePolicy"),
        ("EdgeLogSource", "AWS::Logs::DeliverySource"),
        ("EdgeLogDestination", "AWS::Logs::DeliveryDestination"),
        ("EdgeLogDelivery", "AWS::Logs::Delivery"),
    ] {
        assert_eq!(template["Resources"][name]["Type"], kind, "{name}");
        assert_eq!(template["Resources"][name]["Condition"], "HasAccessLog", "{name}");
    }
    let deliveries = all("AWS::Logs::Delivery");
    assert_eq!(deliveries.len(), 1);
    for (name, delivery) in deliveries {
        // Without a list, CloudFront logs all fields.
        let fields = delivery["Properties"]["RecordFields"].as_array().expect("a list");
        for field in fields.iter().map(|field| field.as_str().expect("it is text")) {
            assert!(!NEVER.contains(&field), "{name}: {field}");
        }
        for field in ["cs-uri-stem", "sc-status", "x-edge-detailed-result-type", "x-edge-request-id"] {
            assert!(fields.contains(&json!(field)), "{field} is necessary");
        }
    }
    assert_eq!(properties("EdgeLog")["RetentionInDays"], json!({ "Ref": "LogRetentionDays" }));
}

#[test]
fn access_log_is_rejected_outside_us_east_1() {
    let rule = &whole()["Rules"]["AccessLog"];
    assert_eq!(rule["RuleCondition"], json!({ "Fn::Equals": [{ "Ref": "AccessLog" }, "true"] }));
    let in_us_east_1 = json!({ "Fn::Equals": [{ "Ref": "AWS::Region" }, "us-east-1"] });
    assert_eq!(rule["Assertions"][0]["Assert"], in_us_east_1);
}

#[test]
fn only_deliveries_of_this_account_write_the_access_log() {
    let policy: Value =
        serde_json::from_str(&filled(&properties("EdgeLogPolicy")["PolicyDocument"])).expect("it is JSON");
    let statements = policy["Statement"].as_array().expect("a list");
    assert_eq!(statements.len(), 1);
    let statement = &statements[0];
    assert_eq!(statement["Principal"], json!({ "Service": "delivery.logs.amazonaws.com" }));
    assert_eq!(statement["Action"], json!(["logs:CreateLogStream", "logs:PutLogEvents"]));
    let group = "arn:Partition:logs:Region:AccountId:log-group:EdgeLog";
    assert_eq!(statement["Resource"], format!("{group}:log-stream:*"));
    assert_eq!(statement["Condition"]["StringEquals"], json!({ "aws:SourceAccount": "AccountId" }));
    assert_eq!(statement["Condition"]["ArnLike"], json!({ "aws:SourceArn": "arn:Partition:logs:Region:AccountId:*" }));
    assert_eq!(filled(&properties("EdgeLogDestination")["DestinationResourceArn"]), group);
}
