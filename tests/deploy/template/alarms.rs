//! What somebody is told of, and the one rule that costs money.

use function::log::{Line, Outcome};
use serde_json::{Value, json};
use shared::error::ErrorCode;

use super::{all, distribution, properties, whole};

/// An alarm on a metric.
fn alarm(metric: &str) -> Value {
    let fits = |(_, alarm): &(String, Value)| alarm["Properties"]["MetricName"] == metric;
    let (_, alarm) = all("AWS::CloudWatch::Alarm").into_iter().find(fits).unwrap_or_else(|| panic!("none on {metric}"));
    alarm["Properties"].clone()
}

/// A line that the function would write.
fn line(outcome: ErrorCode) -> Value {
    let line = Line {
        time: Line::now(),
        request_id: "a-request",
        route: "/api/token",
        outcome: Outcome::Error(outcome),
        status: 502,
        provider: Some("aniapi"),
        upstream_ms: Some(1),
        upstream_status: Some(200),
        upstream_error: None,
        total_ms: 2,
        detail: None,
        version: "1.0.0",
        cold: false,
        trace_id: None,
    };
    serde_json::to_value(line).expect("it is JSON")
}

/// Whether a line is one that a filter counts: `{ $.FIELD = "VALUE" }`, which is all that is used here.
fn counts(pattern: &str, line: &Value) -> bool {
    let inside = pattern.strip_prefix("{ $.").and_then(|rest| rest.strip_suffix("\" }")).expect("a pattern for JSON");
    let (field, value) = inside.split_once(" = \"").expect("one comparison");
    line[field] == value
}

#[test]
fn the_function_failing_or_held_back_goes_off() {
    for metric in ["Errors", "Throttles"] {
        let alarm = alarm(metric);
        assert_eq!(alarm["Namespace"], "AWS/Lambda", "{metric}");
        assert_eq!(
            alarm["Dimensions"],
            json!([{ "Name": "FunctionName", "Value": { "Ref": "Function" } }]),
            "{metric}"
        );
    }
}

#[test]
fn what_the_log_says_of_the_provider_goes_off() {
    let outcomes = [ErrorCode::ProviderRefusedClient, ErrorCode::ProviderBusy];
    let filters = all("AWS::Logs::MetricFilter");
    assert_eq!(filters.len(), outcomes.len());
    for outcome in outcomes {
        let line = line(outcome);
        let name = line["outcome"].as_str().expect("it is text");
        let mut found = filters
            .iter()
            .filter(|(_, filter)| counts(filter["Properties"]["FilterPattern"].as_str().expect("it is text"), &line));
        let (_, filter) = found.next().unwrap_or_else(|| panic!("no filter counts {line}"));
        assert!(found.next().is_none(), "two filters count {line}");
        assert_eq!(filter["Properties"]["LogGroupName"], json!({ "Ref": "FunctionLog" }));
        let metric = &filter["Properties"]["MetricTransformations"][0];
        assert_eq!(metric["MetricValue"], "1", "{name}");
        let alarm = alarm(metric["MetricName"].as_str().expect("it has a name"));
        assert_eq!(alarm["Namespace"], metric["MetricNamespace"], "{name}");
    }
    for outcome in [ErrorCode::InvalidCode, ErrorCode::ProviderTimeout] {
        let line = line(outcome);
        for (name, filter) in &filters {
            let pattern = filter["Properties"]["FilterPattern"].as_str().expect("it is text");
            assert!(!counts(pattern, &line), "{name} counts {line}");
        }
    }
}

#[test]
fn every_alarm_goes_off_at_the_first_and_tells_who_asked_to_be_told() {
    let alarms = all("AWS::CloudWatch::Alarm");
    assert_eq!(alarms.len(), 4);
    for (name, alarm) in alarms {
        let alarm = &alarm["Properties"];
        assert_eq!(alarm["Statistic"], "Sum", "{name}");
        assert_eq!(alarm["Threshold"], 0, "{name}");
        assert_eq!(alarm["ComparisonOperator"], "GreaterThanThreshold", "{name}");
        assert_eq!(alarm["EvaluationPeriods"], 1, "{name}");
        assert_eq!(alarm["TreatMissingData"], "notBreaching", "{name}: nobody logging in is no alarm");
        let actions = json!({ "Fn::If": ["HasAlarmEmail", [{ "Ref": "AlarmTopic" }], { "Ref": "AWS::NoValue" }] });
        assert_eq!(alarm["AlarmActions"], actions, "{name}");
    }
    assert_eq!(whole()["Resources"]["AlarmTopic"]["Condition"], "HasAlarmEmail");
}

#[test]
fn the_rate_rule_is_there_only_where_it_is_asked_for_and_counts_exchanges() {
    let template = whole();
    assert_eq!(template["Resources"]["RateRule"]["Condition"], "HasRateRule");
    assert_eq!(template["Parameters"]["RatePerFiveMinutes"]["Default"], "0");
    let condition = &template["Conditions"]["HasRateRule"];
    assert_eq!(condition, &json!({ "Fn::Not": [{ "Fn::Equals": [{ "Ref": "RatePerFiveMinutes" }, "0"] }] }));
    let acl = json!({ "Fn::If": ["HasRateRule", { "Fn::GetAtt": "RateRule.Arn" }, { "Ref": "AWS::NoValue" }] });
    assert_eq!(distribution()["WebACLId"], acl);

    let rule = properties("RateRule");
    assert_eq!(rule["DefaultAction"], json!({ "Allow": {} }));
    let rate = &rule["Rules"][0]["Statement"]["RateBasedStatement"];
    assert_eq!(rate["AggregateKeyType"], "IP");
    assert_eq!(rate["Limit"], json!({ "Ref": "RatePerFiveMinutes" }));
    let only = &rate["ScopeDownStatement"]["ByteMatchStatement"];
    assert_eq!((&only["SearchString"], &only["PositionalConstraint"]), (&json!("/api/token"), &json!("EXACTLY")));
}
