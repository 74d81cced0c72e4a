//! Alarms: their thresholds, and that each is documented with what to do.

use deploy::workspace;
use serde_json::{Value, json};

use super::{all, node, properties, whole};

/// An alarm: the end of its name in AWS, its namespace (empty for our own), metric, period and threshold, and the
/// condition under which it exists.
struct Alarm(&'static str, &'static str, &'static str, u64, u64, Option<&'static str>);

/// The login rate's has several metrics, and its own test.
const ALARMS: [Alarm; 7] = [
    Alarm("errors", "AWS/Lambda", "Errors", 300, 0, None),
    Alarm("throttles", "AWS/Lambda", "Throttles", 300, 0, None),
    Alarm("concurrency", "AWS/Lambda", "ConcurrentExecutions", 60, 8, Some("HasNoReservedConcurrency")),
    Alarm("faults", "", "faults", 300, 0, None),
    Alarm("provider", "", "provider_unavailable", 300, 0, None),
    Alarm("login-rate", "", "", 0, 25, None),
    Alarm("edge-errors", "AWS/CloudFront", "5xxErrorRate", 300, 5, Some("IsUsEast1")),
];

/// An alarm, by the end of its name.
fn alarm(name: &str) -> Value {
    let wanted = json!({ "Fn::Sub": format!("${{AWS::StackName}}-{name}") });
    let mut found =
        all("AWS::CloudWatch::Alarm").into_iter().filter(|(_, alarm)| alarm["Properties"]["AlarmName"] == wanted);
    found.next().unwrap_or_else(|| panic!("there is no alarm {name}")).1
}

#[test]
fn alarms_match_the_list() {
    assert_eq!(all("AWS::CloudWatch::Alarm").len(), ALARMS.len());
    for Alarm(name, namespace, metric, period, threshold, condition) in ALARMS {
        let alarm = alarm(name);
        assert_eq!(alarm.get("Condition").and_then(Value::as_str), condition, "{name}");
        let properties = &alarm["Properties"];
        assert_eq!(properties["Threshold"], threshold, "{name}");
        assert_eq!(properties["TreatMissingData"], "notBreaching", "{name}: missing logins are no failure");
        let actions = json!({ "Fn::If": ["HasAlarmEmail", [{ "Ref": "AlarmTopic" }], { "Ref": "AWS::NoValue" }] });
        assert_eq!(properties["AlarmActions"], actions, "{name}");
        if metric.is_empty() {
            continue;
        }
        let expected = if namespace.is_empty() { json!({ "Ref": "AWS::StackName" }) } else { json!(namespace) };
        assert_eq!((&properties["Namespace"], &properties["MetricName"]), (&expected, &json!(metric)), "{name}");
        assert_eq!(properties["Period"], period, "{name}");
        let dimensions = match namespace {
            "AWS/Lambda" => json!([{ "Name": "FunctionName", "Value": { "Ref": "Function" } }]),
            "AWS/CloudFront" => json!([
                { "Name": "DistributionId", "Value": { "Ref": "Distribution" } },
                { "Name": "Region", "Value": "Global" },
            ]),
            _ => Value::Null,
        };
        assert_eq!(properties["Dimensions"], dimensions, "{name}");
    }
    assert_eq!(whole()["Resources"]["AlarmTopic"]["Condition"], "HasAlarmEmail");
    let in_us_east_1 = json!({ "Fn::Equals": [{ "Ref": "AWS::Region" }, "us-east-1"] });
    assert_eq!(whole()["Conditions"]["IsUsEast1"], in_us_east_1);
}

#[test]
fn one_failure_that_the_caller_did_not_cause_raises_an_alarm() {
    for name in ["errors", "throttles", "faults", "provider"] {
        let alarm = alarm(name)["Properties"].take();
        assert_eq!((&alarm["Statistic"], &alarm["Threshold"]), (&json!("Sum"), &json!(0)), "{name}");
        assert_eq!(alarm["ComparisonOperator"], "GreaterThanThreshold", "{name}");
        assert_eq!(alarm["EvaluationPeriods"], 1, "{name}");
        assert!(alarm.get("DatapointsToAlarm").is_none(), "{name}");
    }
}

#[test]
fn login_rate_alarm_needs_more_than_a_quarter_and_at_least_five_failures() {
    let alarm = alarm("login-rate")["Properties"].take();
    let metrics = alarm["Metrics"].as_array().expect("a list");
    let [share, ok, failed] = metrics.as_slice() else { panic!("{metrics:?}") };
    for (query, id, metric) in [(ok, "ok", "logins"), (failed, "failed", "failed_logins")] {
        assert_eq!((&query["Id"], &query["ReturnData"]), (&json!(id), &json!(false)));
        let stat = &query["MetricStat"];
        let expected = json!({ "Namespace": { "Ref": "AWS::StackName" }, "MetricName": metric });
        assert_eq!((&stat["Metric"], &stat["Stat"], &stat["Period"]), (&expected, &json!("Sum"), &json!(900)));
        let counts =
            |(_, filter): &(String, Value)| filter["Properties"]["MetricTransformations"][0]["MetricName"] == metric;
        let (_, filter) = all("AWS::Logs::MetricFilter").into_iter().find(counts).expect("a filter counts it");
        // Otherwise a missing value would prevent the calculation.
        assert_eq!(filter["Properties"]["MetricTransformations"][0]["DefaultValue"], 0, "{metric}");
    }
    assert_eq!((&share["ReturnData"], &alarm["ComparisonOperator"]), (&json!(true), &json!("GreaterThanThreshold")));
    let expression = share["Expression"].as_str().expect("it is text");
    let cases =
        [(0, 0, false), (0, 4, false), (0, 5, true), (15, 5, false), (14, 5, true), (1000, 20, false), (100, 50, true)];
    // CloudWatch counts true as 1, as JavaScript does, and gives nothing for a division by zero.
    let tries: Vec<String> = cases
        .iter()
        .map(|(ok, failed, _)| format!("((ok, failed) => {expression} > {})({ok}, {failed})", alarm["Threshold"]))
        .collect();
    let results = node(&format!("console.log(JSON.stringify([{}]))", tries.join(",")), b"");
    assert_eq!(results, json!(cases.map(|(_, _, goes_off)| goes_off)));
}

#[test]
fn every_alarm_says_what_to_do_and_is_in_the_readme() {
    let readme = workspace().join("function/deploy/README.md");
    let readme = std::fs::read_to_string(readme).expect("it exists");
    for Alarm(name, ..) in ALARMS {
        let alarm = alarm(name);
        let text = alarm["Properties"]["AlarmDescription"].as_str().expect("it has one");
        assert!((80..=1024).contains(&text.len()), "{name}: {} letters", text.len());
        assert!(readme.contains(&format!("\n| `{name}` | ")), "{name} is not documented");
    }
}

#[test]
fn reserved_concurrency_replaces_the_concurrency_alarm() {
    let conditions = whole()["Conditions"].take();
    let is_empty = json!({ "Fn::Equals": [{ "Ref": "ReservedConcurrency" }, ""] });
    assert_eq!(conditions["HasNoReservedConcurrency"], is_empty);
    assert_eq!(conditions["HasReservedConcurrency"], json!({ "Fn::Not": [is_empty] }));
    let alarm = alarm("concurrency")["Properties"].take();
    assert_eq!(alarm["ComparisonOperator"], "GreaterThanOrEqualToThreshold");
    // A new account has 10 instances in all.
    assert!(alarm["Threshold"].as_u64() < Some(10));
    assert_eq!(properties("ThrottlesAlarm")["MetricName"], "Throttles");
}
