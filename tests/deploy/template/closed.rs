//! Only the distribution is public, permissions are minimal, and no resource remains after the stack is deleted.

use serde_json::{Value, json};

use super::{all, each, properties, walk, whole};

/// The ARN of the distribution.
fn distribution_arn() -> Value {
    json!({ "Fn::Sub": "arn:${AWS::Partition}:cloudfront::${AWS::AccountId}:distribution/${Distribution}" })
}

/// The same by the parameter with its id: these permissions must exist before the distribution uses them.
fn distribution_of_the_parameter() -> Value {
    json!({ "Fn::Sub": "arn:${AWS::Partition}:cloudfront::${AWS::AccountId}:distribution/${DistributionId}" })
}

#[test]
fn bucket_blocks_all_public_access() {
    let buckets = all("AWS::S3::Bucket");
    assert_eq!(buckets.len(), 1);
    for (name, bucket) in buckets {
        let block = &bucket["Properties"]["PublicAccessBlockConfiguration"];
        for way in ["BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"] {
            assert_eq!(block[way], true, "{name}: {way}");
        }
        assert!(bucket["Properties"].get("AccessControl").is_none(), "{name} has an ACL");
        let ownership = &bucket["Properties"]["OwnershipControls"]["Rules"];
        assert_eq!(ownership, &json!([{ "ObjectOwnership": "BucketOwnerEnforced" }]), "{name} may have ACLs");
        assert!(bucket["Properties"].get("WebsiteConfiguration").is_none(), "{name} is a public website");
    }
}

#[test]
fn only_the_distribution_can_read_the_bucket() {
    assert_eq!(all("AWS::S3::BucketPolicy").len(), 1);
    let policy = properties("SiteBucketPolicy");
    let statements = policy["PolicyDocument"]["Statement"].as_array().expect("a list");
    assert_eq!(statements.len(), 2);
    for statement in statements {
        assert_eq!(statement["Effect"], "Allow");
        assert_eq!(statement["Principal"], json!({ "Service": "cloudfront.amazonaws.com" }));
        assert_eq!(statement["Condition"], json!({ "StringEquals": { "AWS:SourceArn": distribution_arn() } }));
    }
    assert_eq!(statements[0]["Action"], "s3:GetObject");
    assert_eq!(statements[0]["Resource"], json!({ "Fn::Sub": "${SiteBucket.Arn}/*" }));
    // `addresses.rs` shows that no request returns the list.
    assert_eq!(statements[1]["Action"], "s3:ListBucket");
    assert_eq!(statements[1]["Resource"], json!({ "Fn::GetAtt": "SiteBucket.Arn" }));
}

#[test]
fn only_the_distribution_can_invoke_the_function() {
    let url = properties("FunctionUrl");
    assert_eq!(url["AuthType"], "AWS_IAM");
    assert_eq!(url["Qualifier"], properties("Live")["Name"], "it must be the alias's URL");
    assert!(url.get("Cors").is_none(), "it must not allow other origins");

    let mut actions = Vec::new();
    for (name, permission) in all("AWS::Lambda::Permission") {
        let permission = &permission["Properties"];
        assert_eq!(permission["Principal"], "cloudfront.amazonaws.com", "{name}");
        assert_eq!(permission["SourceArn"], distribution_of_the_parameter(), "{name}");
        assert_eq!(permission["FunctionName"], json!({ "Ref": "Live" }), "{name}: it must be for the alias");
        match permission["Action"].as_str().expect("it is text") {
            "lambda:InvokeFunctionUrl" => assert_eq!(permission["FunctionUrlAuthType"], "AWS_IAM", "{name}"),
            "lambda:InvokeFunction" => assert_eq!(permission["InvokedViaFunctionUrl"], true, "{name}"),
            other => panic!("{name} allows {other}"),
        }
        actions.push(permission["Action"].clone());
    }
    actions.sort_by_key(Value::to_string);
    assert_eq!(actions, ["lambda:InvokeFunction", "lambda:InvokeFunctionUrl"], "both are necessary");
}

/// Updating a stack that is older than the alias replaces the function URL: the distribution may switch to the new one
/// only after it accepts requests.
#[test]
fn distribution_uses_the_alias_only_after_it_has_permission() {
    let template = whole();
    let resources = &template["Resources"];
    assert_eq!(resources["Distribution"]["DependsOn"], json!(["DistributionMayAskTheUrl", "DistributionMayInvoke"]));
    assert_eq!(resources["FunctionUrl"]["DependsOn"], "Live");
    let default = template["Parameters"]["DistributionId"]["Default"].as_str().expect("it is text").to_owned();
    assert!(
        !default.is_empty() && !default.contains('*'),
        "before the id is known, no distribution has permission: {default}"
    );
}

#[test]
fn cloudformation_creates_the_alias_and_never_moves_it() {
    let alias = properties("Live");
    let expected = json!({ "FunctionName": { "Ref": "Function" }, "FunctionVersion": "$LATEST", "Name": "live" });
    assert_eq!(alias, expected, "a change would move the alias to an unchecked version");
    assert!(all("AWS::Lambda::Version").is_empty(), "`cargo xtask deploy` publishes and checks versions");
}

#[test]
fn every_principal_is_an_aws_service() {
    walk(&whole()["Resources"], "", &mut |path, name, value| {
        if name == "Principal" {
            let service = value.get("Service").unwrap_or(value).as_str().unwrap_or_default();
            assert!(service.ends_with(".amazonaws.com"), "{path}: {value}");
        }
    });
}

#[test]
fn no_policy_has_an_unnecessary_wildcard() {
    let mut policies = 0;
    walk(&whole()["Resources"], "", &mut |path, name, value| match name {
        "Action" if value.is_string() || value.is_array() => {
            policies += 1;
            for action in each(value) {
                assert!(!action.to_string().contains('*'), "{path}: {action}");
            }
        }
        "Resource" => {
            for resource in each(value) {
                let text = resource.to_string();
                // All files of the one bucket, and all streams of the one log group: their names are not known in
                // advance.
                let known = ["\"${SiteBucket.Arn}/*\"", ":log-group:/aws/lambda/${AWS::StackName}:log-stream:*\""];
                // X-Ray's two actions do not support resources, and exist only with `Tracing`.
                let is_tracing = path == "/FunctionRole/Properties/Policies/1/Fn::If/1/PolicyDocument/Statement/0";
                assert!(
                    !text.contains('*') || is_tracing || known.iter().any(|known| text.contains(known)),
                    "{path}: {text}"
                );
                assert!(text.matches('*').count() <= 1, "{path}: {text}");
            }
        }
        "NotAction" | "NotResource" | "NotPrincipal" | "ManagedPolicyArns" => panic!("{path} has {name}"),
        _ => {}
    });
    assert!(policies >= 5, "only {policies} were found");
}

#[test]
fn no_resource_is_retained_when_the_stack_is_deleted() {
    // By default, these are retained or may be.
    let keeps = ["AWS::S3::Bucket", "AWS::Logs::LogGroup"];
    for kind in keeps {
        for (name, resource) in all(kind) {
            assert_eq!(resource["DeletionPolicy"], "Delete", "{name}");
            assert_eq!(resource["UpdateReplacePolicy"], "Delete", "{name}");
        }
    }
    walk(&whole(), "", &mut |path, name, value| {
        if ["DeletionPolicy", "UpdateReplacePolicy"].contains(&name) {
            assert_eq!(value, "Delete", "{path}");
        }
    });
}
