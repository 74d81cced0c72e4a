//! Metric filters: every way in which a login can fail is counted.

use function::log::{Line, OkWord, Outcome};
use serde_json::{Value, json};
use shared::error::ErrorCode;

use super::all;

/// Who must act on an outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Whose {
    /// The operator: the failure persists.
    Operator,
    /// The provider: the failure may be temporary.
    Provider,
    /// The caller, or, if no code is ever accepted, the operator.
    Code,
    /// The caller: our pages do not cause it, or recover from it.
    Caller,
}

/// Without a wildcard arm, so that a new code must be classified.
fn whose(code: ErrorCode) -> Whose {
    match code {
        ErrorCode::InternalError
        | ErrorCode::ProviderBadResponse
        | ErrorCode::ProviderRefusedClient
        | ErrorCode::SessionTooLarge => Whose::Operator,
        ErrorCode::ProviderBusy | ErrorCode::ProviderTimeout | ErrorCode::ProviderUnreachable => Whose::Provider,
        ErrorCode::InvalidCode => Whose::Code,
        ErrorCode::NotFound
        | ErrorCode::MethodNotAllowed
        | ErrorCode::OriginNotAllowed
        | ErrorCode::UnsupportedMediaType
        | ErrorCode::BodyTooLarge
        | ErrorCode::InvalidRequest
        | ErrorCode::RedirectUriNotAllowed
        | ErrorCode::InvalidSession
        | ErrorCode::TokenExpired
        | ErrorCode::SessionChanged
        // Only the app uses this one, for codes of a newer function.
        | ErrorCode::Unknown => Whose::Caller,
    }
}

/// A log line as the function writes it.
pub fn line(route: &'static str, outcome: Outcome) -> Value {
    let line = Line {
        time: Line::now(),
        request_id: "a-request",
        route,
        outcome,
        status: 502,
        provider: Some("aniapi"),
        upstream_ms: Some(1),
        upstream_status: Some(200),
        upstream_error: Some("other"),
        total_ms: 2,
        detail: Some("a detail"),
        version: "1.0.0",
        cold: false,
        trace_id: Some("1-5759e988-bd862e3fe1be46a994272793"),
    };
    serde_json::to_value(line).expect("it is JSON")
}

/// The metrics that count a log line.
fn counted(line: &Value) -> Vec<String> {
    let filters = all("AWS::Logs::MetricFilter").into_iter().map(|(_, filter)| filter["Properties"].clone());
    let mut counted = Vec::new();
    for filter in filters {
        assert_eq!(filter["LogGroupName"], json!({ "Ref": "FunctionLog" }));
        let pattern = filter["FilterPattern"].as_str().expect("it is text");
        assert!(pattern.len() <= 1024, "too long for CloudWatch: {pattern}");
        let metric = &filter["MetricTransformations"][0];
        assert_eq!(
            (&metric["MetricValue"], &metric["MetricNamespace"]),
            (&json!("1"), &json!({ "Ref": "AWS::StackName" }))
        );
        if fits(pattern, line) {
            counted.push(metric["MetricName"].as_str().expect("it has a name").to_owned());
        }
    }
    counted.sort();
    counted
}

/// Whether a filter's pattern matches a line. It supports the part of CloudWatch's JSON patterns that is used here:
/// comparisons `$.FIELD = "VALUE"`, where the value may end in `*`, parentheses, and either `&&` or `||` on one level.
fn fits(pattern: &str, line: &Value) -> bool {
    let inside = pattern.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')).expect("a pattern for JSON");
    holds(inside.trim(), line)
}

fn holds(expression: &str, line: &Value) -> bool {
    let parts = |operator: &str| -> Vec<String> {
        let (mut parts, mut depth) = (vec![String::new()], 0);
        let mut rest = expression;
        while let Some(letter) = rest.chars().next() {
            if depth == 0 && rest.starts_with(operator) {
                parts.push(String::new());
                rest = &rest[operator.len()..];
                continue;
            }
            depth += i32::from(letter == '(') - i32::from(letter == ')');
            parts.last_mut().expect("there is one").push(letter);
            rest = &rest[1..];
        }
        assert_eq!(depth, 0, "{expression}");
        parts
    };
    let (either, both) = (parts("||"), parts("&&"));
    assert!(either.len() == 1 || both.len() == 1, "ambiguous precedence: {expression}");
    if either.len() > 1 {
        return either.iter().any(|part| holds(part.trim(), line));
    }
    if both.len() > 1 {
        return both.iter().all(|part| holds(part.trim(), line));
    }
    if let Some(inside) = expression.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
        return holds(inside.trim(), line);
    }
    let (field, value) = expression.strip_prefix("$.").and_then(|rest| rest.split_once(" = ")).expect("a comparison");
    let value = value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).expect("a text");
    let found = line.get(field).unwrap_or_else(|| panic!("no line has {field}")).as_str().unwrap_or_default();
    value.strip_suffix('*').map_or(found == value, |start| found.starts_with(start))
}

#[test]
fn every_outcome_is_counted_by_the_right_metrics() {
    for route in ["/api/token", "/api/session", "/api/provider", "/api/config", "other"] {
        let is_login = route == "/api/token";
        for code in ErrorCode::ALL {
            let line = line(route, Outcome::Error(code));
            let mut expected = match whose(code) {
                Whose::Operator => vec!["faults"],
                Whose::Provider => vec!["provider_unavailable"],
                Whose::Code | Whose::Caller => vec![],
            };
            if is_login && whose(code) != Whose::Caller {
                expected.insert(0, "failed_logins");
            }
            expected.sort_unstable();
            assert_eq!(counted(&line), expected, "{line}");
        }
        let expected: &[&str] = if is_login { &["logins"] } else { &[] };
        assert_eq!(counted(&line(route, Outcome::Ok(OkWord::Ok))), expected, "{route}");
    }
}
