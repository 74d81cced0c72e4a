//! CloudFront's configuration, read from the deployment's template.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, bail};
use axum::http::Method;
use deploy::template::at;
use serde_json::Value;

use super::caching::Caching;
use super::requests::Requests;

/// The distribution of the template.
#[derive(Debug)]
pub(super) struct Distribution {
    /// In order of precedence; the default behaviour is the last one.
    behaviours: Vec<Behaviour>,
    pub(super) errors: BTreeMap<u16, ErrorRule>,
    /// Whether the distribution may list the bucket, so that missing objects are 404 instead of 403.
    pub(super) lists_bucket: bool,
}

/// A cache behaviour: how requests for a path pattern are handled.
#[derive(Clone, Debug)]
pub(super) struct Behaviour {
    pattern: String,
    pub(super) origin: Origin,
    /// Whether requests to the origin are signed (origin access control).
    pub(super) is_signed: bool,
    pub(super) methods: Vec<Method>,
    pub(super) caching: Caching,
    pub(super) requests: Option<Requests>,
    pub(super) headers: Option<Policy>,
    /// Whether the edge function maps paths to stored files.
    pub(super) finds_files: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    Bucket,
    Function,
}

/// A response headers policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Policy {
    Site,
    Api,
}

/// An entry of `CustomErrorResponses`.
#[derive(Clone, Debug)]
pub(super) struct ErrorRule {
    /// The minimum time for which the error is cached, in seconds.
    pub(super) min_ttl: Option<u64>,
    /// The page that replaces the error, and its status.
    pub(super) page: Option<(String, u16)>,
}

impl Distribution {
    pub(super) fn of(template: &Value) -> Result<Self> {
        let config = at(template, &["Resources", "Distribution", "Properties", "DistributionConfig"])?;
        let mut behaviours = Vec::new();
        for behaviour in config["CacheBehaviors"].as_array().into_iter().flatten() {
            behaviours.push(Behaviour::of(behaviour, config, template)?);
        }
        behaviours.push(Behaviour::of(at(config, &["DefaultCacheBehavior"])?, config, template)?);
        let mut errors = BTreeMap::new();
        for rule in config["CustomErrorResponses"].as_array().into_iter().flatten() {
            let number = |name: &str| rule.get(name).and_then(Value::as_u64);
            let status = u16::try_from(number("ErrorCode").context("an error response needs a code")?)?;
            let code = u16::try_from(number("ResponseCode").unwrap_or(status.into()))?;
            let page = rule.get("ResponsePagePath").and_then(Value::as_str).map(|page| (page.to_owned(), code));
            errors.insert(status, ErrorRule { min_ttl: number("ErrorCachingMinTTL"), page });
        }
        let policy = at(template, &["Resources", "SiteBucketPolicy"])?.to_string();
        Ok(Self { behaviours, errors, lists_bucket: policy.contains("\"s3:ListBucket\"") })
    }

    /// The behaviour for a path: the first one whose pattern matches.
    pub(super) fn behaviour(&self, path: &str) -> Option<&Behaviour> {
        let path = normalized(path);
        self.behaviours.iter().find(|behaviour| matches(behaviour.pattern.as_bytes(), path.as_bytes()))
    }
}

impl Behaviour {
    fn of(value: &Value, config: &Value, template: &Value) -> Result<Self> {
        let target = text(value, "TargetOriginId")?;
        let origins = at(config, &["Origins"])?.as_array().context("Origins is not a list")?;
        let origin = origins.iter().find(|origin| origin["Id"] == target).context("a behaviour without an origin")?;
        let access = origin.get("OriginAccessControlId").and_then(|access| access["Ref"].as_str());
        let signing = access.map(|name| {
            at(template, &["Resources", name, "Properties", "OriginAccessControlConfig", "SigningBehavior"])
        });
        let methods = at(value, &["AllowedMethods"])?.as_array().context("AllowedMethods is not a list")?;
        let method = |method: &Value| Ok(method.as_str().context("a method is not a string")?.parse()?);
        let headers = match value.get("ResponseHeadersPolicyId").map(|policy| policy["Ref"].as_str()) {
            None => None,
            Some(Some("SiteHeaders")) => Some(Policy::Site),
            Some(Some("ApiHeaders")) => Some(Policy::Api),
            Some(other) => bail!("this response headers policy is not supported by the local edge: {other:?}"),
        };
        let functions = value.get("FunctionAssociations").and_then(Value::as_array);
        let finds_files = functions.is_some_and(|functions| {
            functions.iter().any(|function| {
                function["EventType"] == "viewer-request"
                    && function["FunctionARN"]["Fn::GetAtt"] == "SiteAddresses.FunctionMetadata.FunctionARN"
            })
        });
        Ok(Self {
            pattern: value.get("PathPattern").and_then(Value::as_str).unwrap_or("*").to_owned(),
            origin: if origin.get("S3OriginConfig").is_some() { Origin::Bucket } else { Origin::Function },
            is_signed: signing.transpose()?.is_some_and(|signing| signing == "always"),
            methods: methods.iter().map(method).collect::<Result<_>>()?,
            caching: Caching::of(at(value, &["CachePolicyId"])?, template)?,
            requests: value.get("OriginRequestPolicyId").map(|id| Requests::of(id, template)).transpose()?,
            headers,
            finds_files,
        })
    }
}

fn text<'v>(value: &'v Value, name: &str) -> Result<&'v str> {
    at(value, &[name])?.as_str().with_context(|| format!("{name} is not a string"))
}

/// Whether a pattern matches a whole path: `*` is any text and `?` is any character.
fn matches(pattern: &[u8], path: &[u8]) -> bool {
    match (pattern.split_first(), path.split_first()) {
        (None, None) => true,
        (Some((b'*', rest)), _) => (0..=path.len()).any(|skipped| matches(rest, &path[skipped..])),
        (Some((b'?', rest)), Some((_, shorter))) => matches(rest, shorter),
        (Some((one, rest)), Some((other, shorter))) => one == other && matches(rest, shorter),
        _ => false,
    }
}

/// The normalized path (RFC 3986, 6.2.2) that CloudFront compares with patterns. The origin gets the original one.
fn normalized(path: &str) -> String {
    let mut decoded = String::new();
    let mut rest = path;
    while let Some((before, after)) = rest.split_once('%') {
        decoded.push_str(before);
        let byte = after.get(..2).and_then(|digits| u8::from_str_radix(digits, 16).ok());
        let unreserved = byte.filter(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(byte));
        decoded.push(unreserved.map_or('%', char::from));
        rest = if unreserved.is_some() { &after[2..] } else { after };
    }
    decoded.push_str(rest);
    let mut segments: Vec<&str> = Vec::new();
    let all: Vec<&str> = decoded.split('/').skip(1).collect();
    for (place, segment) in all.iter().enumerate() {
        let is_last = place + 1 == all.len();
        match *segment {
            ".." => drop(segments.pop()),
            "." => {}
            other => segments.push(other),
        }
        if is_last && [".", ".."].contains(segment) {
            segments.push("");
        }
    }
    format!("/{}", segments.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pattern_matches_whole_paths() {
        for (pattern, path, expected) in [
            ("*", "/anything", true),
            ("/api/*", "/api/", true),
            ("/api/*", "/api/a/b", true),
            ("/api/*", "/api", false),
            ("/api/*", "/API/a", false),
            ("/api/config", "/api/config", true),
            ("/api/config", "/api/config/", false),
            ("/a?c*.js", "/abc/d.js", true),
        ] {
            assert_eq!(matches(pattern.as_bytes(), path.as_bytes()), expected, "{pattern} {path}");
        }
    }

    #[test]
    fn paths_are_normalized() {
        for (path, expected) in [
            ("/api/session", "/api/session"),
            ("/%61pi/config", "/api/config"),
            ("/x/../api/config", "/api/config"),
            ("/api/provider/%2e%2E/%2E./x", "/x"),
            ("/api/a%2Fb", "/api/a%2Fb"),
            ("/api/.", "/api/"),
            ("/api/..", "/"),
            ("/%", "/%"),
            ("/%2", "/%2"),
            ("/../..", "/"),
            ("/", "/"),
        ] {
            assert_eq!(normalized(path), expected, "{path}");
        }
    }
}
