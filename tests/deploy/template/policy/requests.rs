//! The IAM actions of the deploy program's requests.

use std::collections::BTreeSet;
use std::path::Path;

use deploy::workspace;

/// Requests to AWS, by their names on the command line. The list may contain more than the program sends.
const REQUESTS: &[(&str, &[&str])] = &[
    ("cloudformation create-change-set", &["cloudformation:CreateChangeSet", "cloudformation:TagResource"]),
    ("cloudformation create-stack", &["cloudformation:CreateStack"]),
    ("cloudformation delete-change-set", &["cloudformation:DeleteChangeSet"]),
    ("cloudformation delete-stack", &["cloudformation:DeleteStack"]),
    ("cloudformation describe-change-set", &["cloudformation:DescribeChangeSet"]),
    ("cloudformation describe-stack-events", &["cloudformation:DescribeStackEvents"]),
    ("cloudformation describe-stack-resources", &["cloudformation:DescribeStackResources"]),
    ("cloudformation describe-stacks", &["cloudformation:DescribeStacks"]),
    ("cloudformation execute-change-set", &["cloudformation:ExecuteChangeSet"]),
    ("cloudformation get-template", &["cloudformation:GetTemplate"]),
    ("cloudformation list-change-sets", &["cloudformation:ListChangeSets"]),
    ("cloudformation update-stack", &["cloudformation:UpdateStack"]),
    ("cloudformation update-termination-protection", &["cloudformation:UpdateTerminationProtection"]),
    ("cloudfront create-invalidation", &["cloudfront:CreateInvalidation"]),
    ("cloudfront get-invalidation", &["cloudfront:GetInvalidation"]),
    ("lambda delete-function", &["lambda:DeleteFunction"]),
    ("lambda get-account-settings", &["lambda:GetAccountSettings"]),
    ("lambda get-alias", &["lambda:GetAlias"]),
    ("lambda get-function", &["lambda:GetFunction"]),
    ("lambda get-function-configuration", &["lambda:GetFunctionConfiguration"]),
    ("lambda invoke", &["lambda:InvokeFunction"]),
    ("lambda list-aliases", &["lambda:ListAliases"]),
    ("lambda list-versions-by-function", &["lambda:ListVersionsByFunction"]),
    ("lambda publish-version", &["lambda:PublishVersion"]),
    ("lambda update-alias", &["lambda:UpdateAlias"]),
    ("lambda wait", &["lambda:GetFunction", "lambda:GetFunctionConfiguration"]),
    ("s3api create-bucket", &["s3:CreateBucket"]),
    ("s3api delete-object", &["s3:DeleteObject", "s3:DeleteObjectVersion"]),
    ("s3api delete-objects", &["s3:DeleteObject", "s3:DeleteObjectVersion"]),
    ("s3api get-bucket-versioning", &["s3:GetBucketVersioning"]),
    ("s3api head-bucket", &["s3:ListBucket"]),
    ("s3api head-object", &["s3:GetObject", "s3:GetObjectVersion", "s3:ListBucket"]),
    ("s3api list-object-versions", &["s3:ListBucketVersions"]),
    ("s3api list-objects-v2", &["s3:ListBucket"]),
    ("s3api put-bucket-versioning", &["s3:PutBucketVersioning"]),
    ("s3api put-object", &["s3:PutObject"]),
    ("s3api put-public-access-block", &["s3:PutBucketPublicAccessBlock"]),
    ("secretsmanager create-secret", &["secretsmanager:CreateSecret", "secretsmanager:TagResource"]),
    ("secretsmanager delete-secret", &["secretsmanager:DeleteSecret"]),
    ("secretsmanager describe-secret", &["secretsmanager:DescribeSecret"]),
    ("secretsmanager get-secret-value", &["secretsmanager:GetSecretValue"]),
    ("secretsmanager put-resource-policy", &["secretsmanager:PutResourcePolicy"]),
    ("secretsmanager put-secret-value", &["secretsmanager:PutSecretValue"]),
    ("secretsmanager update-secret-version-stage", &["secretsmanager:UpdateSecretVersionStage"]),
    // This needs no permission.
    ("sts get-caller-identity", &[]),
];

/// The IAM actions of a request, by its second word or by both words.
pub fn actions(request: &str) -> Option<&'static [&'static str]> {
    let is_it = |name: &str| name == request || name.split_once(' ').is_some_and(|(_, command)| command == request);
    REQUESTS.iter().find(|(name, _)| is_it(name)).map(|(_, actions)| *actions)
}

/// Every action in the list.
pub fn all() -> impl Iterator<Item = &'static str> {
    REQUESTS.iter().flat_map(|(_, actions)| *actions).copied()
}

/// The second words of the program's requests to AWS: every string in its source that looks like one.
pub fn made() -> BTreeSet<String> {
    let mut requests = BTreeSet::new();
    collect(&workspace().join("function/deploy/src"), &mut requests);
    requests
}

fn collect(folder: &Path, requests: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).expect("it is a folder") {
        let path = entry.expect("it can be read").path();
        // `build` calls cargo, and `provider` a provider.
        if path.is_dir() && !path.ends_with("build") && !path.ends_with("provider") {
            collect(&path, requests);
        }
        if path.extension().is_some_and(|ending| ending == "rs") {
            let source = std::fs::read_to_string(&path).expect("it is text");
            let code = source.split("#[cfg(test)]").next().unwrap_or_default();
            let lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
            let texts = lines.flat_map(|line| line.split('"').skip(1).step_by(2));
            requests.extend(texts.filter(|text| is_request(text)).map(str::to_owned));
        }
    }
}

/// Whether it starts with a verb of the AWS command line, such as `put-object`. `invoke` and `wait` are complete.
fn is_request(text: &str) -> bool {
    const VERBS: [&str; 26] = [
        "add",
        "associate",
        "continue",
        "copy",
        "create",
        "delete",
        "describe",
        "detect",
        "disable",
        "enable",
        "execute",
        "filter",
        "get",
        "head",
        "list",
        "publish",
        "put",
        "remove",
        "restore",
        "send",
        "start",
        "stop",
        "tag",
        "test",
        "untag",
        "update",
    ];
    let is_word = text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    let is_verb = || text.split_once('-').is_some_and(|(verb, rest)| VERBS.contains(&verb) && !rest.is_empty());
    ["invoke", "wait"].contains(&text) || (is_word && is_verb())
}
