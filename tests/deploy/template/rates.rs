//! The rate rule, which costs money and exists only on request.

use serde_json::{Value, json};

use super::{distribution, properties, whole};

#[test]
fn rate_rule_exists_only_on_request() {
    let template = whole();
    assert_eq!(template["Resources"]["RateRule"]["Condition"], "HasRateRule");
    assert_eq!(template["Parameters"]["RatePerFiveMinutes"]["Default"], "0");
    let condition = &template["Conditions"]["HasRateRule"];
    assert_eq!(condition, &json!({ "Fn::Not": [{ "Fn::Equals": [{ "Ref": "RatePerFiveMinutes" }, "0"] }] }));
    let acl = json!({ "Fn::If": ["HasRateRule", { "Fn::GetAtt": "RateRule.Arn" }, { "Ref": "AWS::NoValue" }] });
    assert_eq!(distribution()["WebACLId"], acl);
    assert_eq!(properties("RateRule")["DefaultAction"], json!({ "Allow": {} }));
    // Web ACLs for CloudFront exist in one region only.
    assert_eq!(properties("RateRule")["Scope"], "CLOUDFRONT");
}

#[test]
fn exchanges_and_all_api_paths_have_separate_limits() {
    let rules = properties("RateRule")["Rules"].take();
    let rules = rules.as_array().expect("a list");
    let expected = [
        ("exchanges", "RatePerFiveMinutes", "EXACTLY", "/api/token"),
        ("api", "ApiRatePerFiveMinutes", "STARTS_WITH", "/api/"),
    ];
    assert_eq!(rules.len(), expected.len());
    for (place, (rule, (name, limit, position, path))) in rules.iter().zip(expected).enumerate() {
        assert_eq!((&rule["Name"], &rule["Priority"]), (&json!(name), &json!(place)));
        assert_eq!(rule["Action"], json!({ "Block": {} }), "{name}");
        let rate = &rule["Statement"]["RateBasedStatement"];
        assert_eq!((&rate["AggregateKeyType"], &rate["Limit"]), (&json!("IP"), &json!({ "Ref": limit })), "{name}");
        let only = &rate["ScopeDownStatement"]["ByteMatchStatement"];
        let found = (&only["SearchString"], &only["PositionalConstraint"], &only["FieldToMatch"]);
        assert_eq!(found, (&json!(path), &json!(position), &json!({ "UriPath": {} })));
        // `/%61pi/token` and `/x/../api/token` match the function's behaviour, too.
        let transformations =
            json!([{ "Priority": 0, "Type": "URL_DECODE" }, { "Priority": 1, "Type": "NORMALIZE_PATH" }]);
        assert_eq!(only["TextTransformations"], transformations, "{name}");
    }
    // All requests to the function are below this path.
    for behaviour in distribution()["CacheBehaviors"].as_array().expect("a list") {
        if behaviour["TargetOriginId"] == "function" {
            assert!(behaviour["PathPattern"].as_str().is_some_and(|path| path.starts_with("/api/")), "{behaviour}");
        }
    }
}

#[test]
fn limits_are_valid_in_aws_and_high_enough_for_an_office() {
    let parameters = whole()["Parameters"].take();
    for name in ["RatePerFiveMinutes", "ApiRatePerFiveMinutes"] {
        let pattern = parameters[name]["AllowedPattern"].as_str().expect("it has one");
        // At least two digits, because AWS's minimum is 10.
        assert!(pattern.ends_with("[1-9][0-9]{1,8}"), "{name}: {pattern}");
    }
    let number = |value: &Value| value.as_str().and_then(|text| text.parse::<u32>().ok()).expect("a number");
    // A hundred people with thirty requests each.
    assert!(number(&parameters["ApiRatePerFiveMinutes"]["Default"]) >= 100 * 30);
}
