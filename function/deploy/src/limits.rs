//! Checks that every name in the template is short enough for a stack's name and a region. AWS would reject a name that
//! is too long only after half of the stack has been created.

use anyhow::{Context as _, Result};
use serde_json::Value;

use crate::template::{self, Parameters};

/// The maximum length of a property in characters, by resource type and path (`*` is every entry of a list), from the
/// API reference of each service.
const LIMITS: [(&str, &str, usize); 26] = [
    ("AWS::CloudFront::CachePolicy", "CachePolicyConfig/Comment", 128),
    ("AWS::CloudFront::CachePolicy", "CachePolicyConfig/Name", 128),
    ("AWS::CloudFront::Distribution", "DistributionConfig/Comment", 128),
    ("AWS::CloudFront::Function", "FunctionConfig/Comment", 128),
    ("AWS::CloudFront::Function", "Name", 64),
    ("AWS::CloudFront::OriginAccessControl", "OriginAccessControlConfig/Name", 64),
    ("AWS::CloudFront::OriginRequestPolicy", "OriginRequestPolicyConfig/Comment", 128),
    ("AWS::CloudFront::OriginRequestPolicy", "OriginRequestPolicyConfig/Name", 128),
    ("AWS::CloudFront::ResponseHeadersPolicy", "ResponseHeadersPolicyConfig/Comment", 128),
    ("AWS::CloudFront::ResponseHeadersPolicy", "ResponseHeadersPolicyConfig/Name", 128),
    ("AWS::CloudWatch::Alarm", "AlarmName", 255),
    ("AWS::CloudWatch::Alarm", "Metrics/*/MetricStat/Metric/Namespace", 255),
    ("AWS::CloudWatch::Alarm", "Namespace", 255),
    ("AWS::CloudWatch::Dashboard", "DashboardName", 255),
    ("AWS::Lambda::Alias", "Name", 128),
    ("AWS::Lambda::Function", "FunctionName", 64),
    ("AWS::Logs::DeliveryDestination", "Name", 60),
    ("AWS::Logs::DeliverySource", "Name", 60),
    ("AWS::Logs::LogGroup", "LogGroupName", 512),
    ("AWS::Logs::MetricFilter", "MetricTransformations/*/MetricNamespace", 255),
    ("AWS::Logs::ResourcePolicy", "PolicyName", 255),
    ("AWS::SNS::Topic", "TopicName", 256),
    ("AWS::WAFv2::WebACL", "Name", 128),
    ("AWS::WAFv2::WebACL", "Rules/*/Name", 128),
    ("AWS::WAFv2::WebACL", "Rules/*/VisibilityConfig/MetricName", 128),
    ("AWS::WAFv2::WebACL", "VisibilityConfig/MetricName", 128),
];

/// Every name that would be too long, with the longest stack name that fits.
pub(crate) fn problems(template: &Value, stack: &str, region: &str) -> Result<Vec<String>> {
    let names = names(template, stack, region)?;
    let excess = |(_, name, limit): &(String, String, usize)| name.chars().count().saturating_sub(*limit);
    let most = names.iter().map(excess).max().unwrap_or_default();
    let shorter = stack.len().saturating_sub(most);
    let too_long = names.iter().filter(|name| excess(name) > 0);
    Ok(too_long
        .map(|(resource, name, limit)| {
            format!(
                "the stack's name {stack} is too long for {region}: {resource} would be called {name}, which may have \
                 at most {limit} characters. Choose a stack name of at most {shorter}"
            )
        })
        .collect())
}

/// Every name with its resource and its limit.
fn names(template: &Value, stack: &str, region: &str) -> Result<Vec<(String, String, usize)>> {
    let parameters: Parameters = [("AWS::StackName", stack), ("AWS::Region", region)]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into();
    let mut names = Vec::new();
    let resources = template::at(template, &["Resources"])?.as_object().context("Resources is not a map")?;
    for (resource, content) in resources {
        let limits = LIMITS.iter().filter(|(kind, ..)| content["Type"] == *kind);
        for (_, path, limit) in limits {
            for value in select(&content["Properties"], path) {
                let name = template::text(value, template, &parameters);
                let name = name.with_context(|| format!("reading {path} of {resource}"))?;
                names.push((resource.clone(), name, *limit));
            }
        }
    }
    Ok(names)
}

/// The values at a path, if there are any.
fn select<'a>(value: &'a Value, path: &str) -> Vec<&'a Value> {
    path.split('/').fold(vec![value], |values, step| {
        let next = values.into_iter().flat_map(|value| match (step, value) {
            ("*", Value::Array(items)) => items.iter().collect(),
            _ => value.get(step).into_iter().collect::<Vec<_>>(),
        });
        next.collect()
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::{region, template_path};

    /// The longest stack name that `deploy` accepts.
    const LONGEST: &str = "a123456789b123456789c123456789d123456789";

    #[test]
    fn longest_stack_name_fits_in_every_region() {
        let template = template::read(&template_path()).expect("the template is valid");
        assert_eq!(LONGEST.len(), 40);
        for region in region::ALL {
            assert_eq!(problems(&template, LONGEST, region).expect("it is valid"), Vec::<String>::new(), "{region}");
        }
    }

    #[test]
    fn too_long_name_is_reported_with_the_length_that_fits() {
        let template = serde_json::json!({ "Resources": {
            "A": { "Type": "AWS::CloudFront::Function", "Properties": { "Name": { "Fn::Sub": "${AWS::StackName}-${AWS::Region}-addresses" } } },
            "B": { "Type": "AWS::WAFv2::WebACL", "Properties": { "Rules": [{ "Name": { "Ref": "AWS::StackName" } }] } },
        } });
        let found = problems(&template, LONGEST, "ap-southeast-1").expect("it is valid");
        assert_eq!(found.len(), 1);
        assert!(found[0].contains("A would be called") && found[0].ends_with("at most 39"), "{found:?}");
        assert_eq!(problems(&template, &LONGEST[..39], "ap-southeast-1").expect("it is valid"), Vec::<String>::new());
        let long = "x".repeat(129);
        assert_eq!(problems(&template, &long, "eu-west-1").expect("it is valid").len(), 2);
    }

    /// Collects the paths of names that are derived from the stack's.
    fn named(value: &Value, path: &str, found: &mut BTreeSet<String>) {
        let step = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}/{name}") };
        match value {
            Value::Object(members) => {
                for (name, member) in members {
                    let is_name = name.ends_with("Name") || name == "Comment" || name.ends_with("Namespace");
                    if is_name && member.to_string().contains("AWS::StackName") {
                        found.insert(step(name));
                    }
                    named(member, &step(name), found);
                }
            }
            Value::Array(items) => items.iter().for_each(|item| named(item, &step("*"), found)),
            _ => {}
        }
    }

    #[test]
    fn every_name_derived_from_the_stack_name_has_a_limit() {
        let template = template::read(&template_path()).expect("the template is valid");
        let resources = template["Resources"].as_object().expect("there are resources");
        let mut count = 0;
        for (resource, content) in resources {
            let kind = content["Type"].as_str().expect("it has a type");
            let mut found = BTreeSet::new();
            named(&content["Properties"], "", &mut found);
            count += found.len();
            for path in found {
                let is_known = LIMITS.iter().any(|(known, known_path, _)| *known == kind && *known_path == path);
                assert!(is_known, "{resource}: add the limit of {path} of {kind} to LIMITS");
            }
        }
        assert!(count > 8, "{count}");
    }
}
