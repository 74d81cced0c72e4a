//! The policy for the operator or the job that deploys, `function/deploy/policy.json`: it allows all requests of the
//! deploy program, and of CloudFormation on its behalf, and nothing else.

mod requests;
mod types;

use deploy::workspace;
use serde_json::{Value, json};

use super::{each, whole};

/// AWS's limit for a policy in characters, without white space.
const LONGEST: usize = 6144;

fn text() -> String {
    std::fs::read_to_string(workspace().join("function/deploy/policy.json")).expect("it exists")
}

/// The statements, for a stack of this name.
fn statements() -> Vec<Value> {
    let text = text().replace("STACK", "login").replace("ACCOUNT", "123456789012").replace("REGION", "eu-central-1");
    let policy: Value = serde_json::from_str(&text).expect("it is JSON");
    policy["Statement"].as_array().expect("a list").clone()
}

/// Whether an IAM pattern, in which `*` is any text, matches a text.
fn fits(pattern: &str, text: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else { return pattern == text };
    text.strip_prefix(start).is_some_and(|text| (0..=text.len()).any(|from| fits(rest, &text[from..])))
}

fn has(statement: &Value, member: &str, text: &str) -> bool {
    each(&statement[member]).iter().any(|pattern| fits(pattern.as_str().expect("it is text"), text))
}

#[test]
fn policy_allows_each_request_of_the_program() {
    let made = requests::made();
    assert!(made.len() > 15, "only {made:?} were found");
    for request in made {
        let actions = requests::actions(&request)
            .unwrap_or_else(|| panic!("`{request}` is new: add its IAM actions to `requests.rs`"));
        for action in actions {
            assert!(statements().iter().any(|one| has(one, "Action", action)), "{request} needs {action}");
        }
    }
}

#[test]
fn policy_allows_cloudformation_to_manage_each_type_of_resource() {
    let template = whole();
    for (name, resource) in template["Resources"].as_object().expect("there are resources") {
        let kind = resource["Type"].as_str().expect("it has a type");
        let actions =
            types::actions(kind).unwrap_or_else(|| panic!("{kind} ({name}) is new: add its IAM actions to `types.rs`"));
        for action in actions {
            assert!(statements().iter().any(|one| has(one, "Action", action)), "{kind} needs {action}");
        }
    }
}

#[test]
fn policy_allows_nothing_unnecessary() {
    let needed: Vec<_> = requests::all().chain(types::all()).collect();
    for statement in statements() {
        for pattern in each(&statement["Action"]) {
            let pattern = pattern.as_str().expect("it is text");
            assert!(needed.iter().any(|action| fits(pattern, action)), "nothing needs {pattern}");
            let (_, name) = pattern.split_once(':').expect("a service and an action");
            assert!(name.trim_end_matches('*').len() > 2, "{pattern} is a whole service");
        }
    }
}

#[test]
fn policy_is_for_one_stack_in_one_account() {
    for statement in statements() {
        let sid = &statement["Sid"];
        assert_eq!(statement["Effect"], "Allow", "{sid}");
        for resource in each(&statement["Resource"]) {
            let resource = resource.as_str().expect("it is text");
            if resource == "*" {
                assert_eq!(sid, "OfNoResource", "{resource}");
                // Only actions that read and for which AWS does not support resources.
                for action in each(&statement["Action"]) {
                    let (_, name) = action.as_str().and_then(|action| action.split_once(':')).expect("an action");
                    assert!(name.starts_with("Describe") || name == "GetAccountSettings", "{action}");
                }
                continue;
            }
            assert!(resource.starts_with("arn:aws:"), "{sid}: {resource}");
            // ARNs of buckets contain no account; the name of the bucket for archives does.
            assert!(
                resource.contains("123456789012") || resource.starts_with("arn:aws:s3:::login-sitebucket-"),
                "{sid}"
            );
            // CloudFront's ids are not known in advance, nor are those of log deliveries.
            let is_wide = sid == "Distribution" || sid == "AccessLog";
            assert!(is_wide || resource.contains("login"), "{sid}: {resource} is not limited to the stack");
        }
    }
}

#[test]
fn policy_passes_the_role_to_lambda_only() {
    for statement in statements().iter().filter(|one| has(one, "Action", "iam:PassRole")) {
        let only = json!({ "StringEquals": { "iam:PassedToService": "lambda.amazonaws.com" } });
        assert_eq!(statement["Condition"], only);
        assert_eq!(statement["Action"], "iam:PassRole", "the condition would apply to other actions, too");
    }
}

#[test]
fn policy_matches_the_names_in_the_template() {
    for (action, resource) in [
        ("lambda:CreateFunction", "arn:aws:lambda:eu-central-1:123456789012:function:login"),
        ("lambda:UpdateAlias", "arn:aws:lambda:eu-central-1:123456789012:function:login:live"),
        ("iam:CreateRole", "arn:aws:iam::123456789012:role/login-FunctionRole-1ABCDEFGHIJK2"),
        ("logs:CreateLogGroup", "arn:aws:logs:eu-central-1:123456789012:log-group:/aws/lambda/login:log-stream:"),
        ("cloudwatch:PutMetricAlarm", "arn:aws:cloudwatch:eu-central-1:123456789012:alarm:login-faults"),
        ("cloudwatch:PutDashboard", "arn:aws:cloudwatch::123456789012:dashboard/login-eu-central-1"),
        ("s3:CreateBucket", "arn:aws:s3:::login-sitebucket-1abcdefghijk2"),
        ("s3:CreateBucket", "arn:aws:s3:::aniapi-login-code-123456789012-eu-central-1"),
        ("s3:PutObject", "arn:aws:s3:::aniapi-login-code-123456789012-eu-central-1/login/0123.zip"),
        ("secretsmanager:CreateSecret", "arn:aws:secretsmanager:eu-central-1:123456789012:secret:login/oauth-AbCdEf"),
        ("lambda:GetAccountSettings", "*"),
        ("logs:DescribeLogGroups", "*"),
        ("cloudwatch:DescribeAlarms", "*"),
        ("wafv2:CreateWebACL", "arn:aws:wafv2:us-east-1:123456789012:global/webacl/login-rate/0123"),
    ] {
        let allows = |one: &Value| has(one, "Action", action) && has(one, "Resource", resource);
        assert!(statements().iter().any(allows), "{action} of {resource}");
    }
    // It does not match the names of other stacks.
    for (action, resource) in [
        ("lambda:UpdateFunctionCode", "arn:aws:lambda:eu-central-1:123456789012:function:login2"),
        ("s3:PutObject", "arn:aws:s3:::aniapi-login-code-123456789012-eu-central-1/login2/0123.zip"),
        (
            "secretsmanager:GetSecretValue",
            "arn:aws:secretsmanager:eu-central-1:123456789012:secret:login2/oauth-AbCdEf",
        ),
        ("iam:PutRolePolicy", "arn:aws:iam::123456789012:role/admin"),
    ] {
        let allows = |one: &Value| has(one, "Action", action) && has(one, "Resource", resource);
        assert!(!statements().iter().any(allows), "{action} of {resource}");
    }
}

#[test]
fn policy_is_within_awss_size_limit() {
    let length = text().chars().filter(|letter| !letter.is_whitespace()).count();
    // With the longest stack name and the longest region instead of the placeholders.
    let longest = text().matches("STACK").count() * 40 + text().matches("REGION").count() * 14;
    assert!(length + longest <= LONGEST, "{length} and {longest} of {LONGEST}");
}
