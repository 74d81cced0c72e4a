//! Nothing is open but the distribution, nobody may do more than is needed, and nothing is left when the stack goes.

use serde_json::{Value, json};

use super::{all, each, properties, walk, whole};

/// The distribution and no other.
fn distribution_arn() -> Value {
    json!({ "Fn::Sub": "arn:${AWS::Partition}:cloudfront::${AWS::AccountId}:distribution/${Distribution}" })
}

#[test]
fn a_bucket_shuts_out_everybody_in_every_way() {
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
fn the_bucket_gives_its_files_to_the_distribution_alone() {
    assert_eq!(all("AWS::S3::BucketPolicy").len(), 1);
    let policy = properties("SiteBucketPolicy");
    let statements = policy["PolicyDocument"]["Statement"].as_array().expect("a list");
    assert_eq!(statements.len(), 1);
    let statement = &statements[0];
    assert_eq!(statement["Effect"], "Allow");
    assert_eq!(statement["Principal"], json!({ "Service": "cloudfront.amazonaws.com" }));
    assert_eq!(statement["Action"], "s3:GetObject");
    assert_eq!(statement["Resource"], json!({ "Fn::Sub": "${SiteBucket.Arn}/*" }));
    assert_eq!(statement["Condition"], json!({ "StringEquals": { "AWS:SourceArn": distribution_arn() } }));
}

#[test]
fn the_functions_own_address_answers_the_distribution_alone() {
    let url = properties("FunctionUrl");
    assert_eq!(url["AuthType"], "AWS_IAM");
    assert!(url.get("Cors").is_none(), "it is for one origin");

    let mut actions = Vec::new();
    for (name, permission) in all("AWS::Lambda::Permission") {
        let permission = &permission["Properties"];
        assert_eq!(permission["Principal"], "cloudfront.amazonaws.com", "{name}");
        assert_eq!(permission["SourceArn"], distribution_arn(), "{name}");
        match permission["Action"].as_str().expect("it is text") {
            "lambda:InvokeFunctionUrl" => assert_eq!(permission["FunctionUrlAuthType"], "AWS_IAM", "{name}"),
            "lambda:InvokeFunction" => assert_eq!(permission["InvokedViaFunctionUrl"], true, "{name}"),
            other => panic!("{name} allows {other}"),
        }
        actions.push(permission["Action"].clone());
    }
    actions.sort_by_key(Value::to_string);
    assert_eq!(actions, ["lambda:InvokeFunction", "lambda:InvokeFunctionUrl"], "it takes both");
}

#[test]
fn nobody_but_a_service_is_named_in_any_policy() {
    walk(&whole()["Resources"], "", &mut |path, name, value| {
        if name == "Principal" {
            let service = value.get("Service").unwrap_or(value).as_str().unwrap_or_default();
            assert!(service.ends_with(".amazonaws.com"), "{path}: {value}");
        }
    });
}

#[test]
fn no_policy_allows_everything_of_anything() {
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
                // All files of the one bucket, and all streams of the one log group: their names are not known before.
                let known = ["\"${SiteBucket.Arn}/*\"", ":log-group:/aws/lambda/${AWS::StackName}:log-stream:*\""];
                assert!(!text.contains('*') || known.iter().any(|known| text.contains(known)), "{path}: {text}");
                assert!(text.matches('*').count() <= 1, "{path}: {text}");
            }
        }
        "NotAction" | "NotResource" | "NotPrincipal" | "ManagedPolicyArns" => panic!("{path} has {name}"),
        _ => {}
    });
    assert!(policies >= 5, "only {policies} were found");
}

#[test]
fn what_is_taken_down_leaves_nothing_behind() {
    // These are kept, or may be, where a template does not say otherwise.
    let keeps = ["AWS::S3::Bucket", "AWS::SecretsManager::Secret", "AWS::Logs::LogGroup"];
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
