//! The distribution: how it is reached, what it caches, and its headers.

use std::time::Duration;

use function::app::App;
use function::config::Config;
use function::{client, log};
use serde_json::{Value, json};

use super::{all, distribution, properties, walk, whole};

/// CloudFront's own policies, which have the same ids in every account.
const CACHING_OPTIMIZED: &str = "658327ea-f89d-4fab-a63d-7e88639e58f6";
const CACHING_DISABLED: &str = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad";

/// Every behaviour with its path pattern, the default one first.
fn behaviours() -> Vec<(String, Value)> {
    let config = distribution();
    let mut all = vec![("*".to_owned(), config["DefaultCacheBehavior"].clone())];
    for behaviour in config["CacheBehaviors"].as_array().expect("a list") {
        all.push((behaviour["PathPattern"].as_str().expect("a path").to_owned(), behaviour.clone()));
    }
    all
}

/// So that with `trunk serve`, too, nothing works that the deployed policy forbids.
#[test]
fn trunk_serve_sends_the_policy_of_the_deployment() {
    let provider = "http://localhost:4000";
    let parameters = [("ConnectOrigins", provider.to_owned()), ("PictureOrigins", format!("https: {provider}"))];
    let parameters = parameters.map(|(name, value)| (name.to_owned(), value)).into();
    let headers = deploy::headers::of(&whole(), &parameters).expect("the template is valid").every;
    let policy = headers["content-security-policy"].to_str().expect("it is text");
    let examples = "frontend/login/examples";
    for file in ["frontend/Trunk.toml", &format!("{examples}/own_app/Trunk.toml")] {
        let text = std::fs::read_to_string(deploy::workspace().join(file)).expect("it can be read");
        assert!(text.contains(&format!("\nContent-Security-Policy = \"{policy}\"\n")), "{file} does not have {policy}");
    }
}

#[test]
fn every_request_to_an_origin_is_signed() {
    for origin in distribution()["Origins"].as_array().expect("a list") {
        let access = origin["OriginAccessControlId"]["Ref"].as_str().expect("it has one");
        let access = &properties(access)["OriginAccessControlConfig"];
        assert_eq!(access["SigningBehavior"], "always", "{origin}");
        assert_eq!(access["SigningProtocol"], "sigv4", "{origin}");
        let kind = if origin.get("S3OriginConfig").is_some() { "s3" } else { "lambda" };
        assert_eq!(access["OriginAccessControlOriginType"], kind, "{origin}");
    }
    assert_eq!(all("AWS::CloudFront::OriginAccessControl").len(), 2);
}

#[test]
fn every_connection_uses_tls_1_2_or_later() {
    for (path, behaviour) in behaviours() {
        let expected = if path == "*" { "redirect-to-https" } else { "https-only" };
        assert_eq!(behaviour["ViewerProtocolPolicy"], expected, "{path}");
    }
    let certificate = &distribution()["ViewerCertificate"]["Fn::If"];
    assert_eq!(certificate[0], "HasDomain");
    assert_eq!(certificate[1]["MinimumProtocolVersion"], "TLSv1.2_2021");
    assert_eq!(certificate[1]["SslSupportMethod"], "sni-only");
    // With CloudFront's own certificate, CloudFront chooses the TLS version.
    assert_eq!(certificate[2], json!({ "CloudFrontDefaultCertificate": true }));
    let function = &distribution()["Origins"][1]["CustomOriginConfig"];
    assert_eq!(function["OriginProtocolPolicy"], "https-only");
    assert_eq!(function["OriginSSLProtocols"], json!(["TLSv1.2"]));
}

#[test]
fn every_response_has_the_security_headers() {
    for (path, behaviour) in behaviours() {
        // A response of the function is not a page, and the pages' policy would replace its own.
        let policy = if path == "*" { "SiteHeaders" } else { "ApiHeaders" };
        assert_eq!(behaviour["ResponseHeadersPolicyId"], json!({ "Ref": policy }), "{path}");
    }
    for policy in ["SiteHeaders", "ApiHeaders"] {
        let security = &properties(policy)["ResponseHeadersPolicyConfig"]["SecurityHeadersConfig"];
        let strict = &security["StrictTransportSecurity"];
        assert!(strict["AccessControlMaxAgeSec"].as_u64() >= Some(31_536_000), "{strict}");
        // A subdomain without a certificate could not be reached for two years.
        assert_eq!(strict["IncludeSubdomains"], json!({ "Fn::If": ["HasHstsSubdomains", true, false] }), "{policy}");
        walk(&properties(policy), "", &mut |path, name, value| {
            if name == "Override" {
                assert_eq!(value, true, "{path}: an origin could weaken it");
            }
        });
    }
}

#[test]
fn no_response_of_the_function_is_cached_except_the_configuration() {
    let all = behaviours();
    let paths: Vec<&str> = all.iter().map(|(path, _)| path.as_str()).collect();
    // The first that matches is used.
    assert_eq!(paths, ["*", "/api/config", "/api/*"]);
    assert_eq!(all[0].1["CachePolicyId"], CACHING_OPTIMIZED);
    assert_eq!(all[1].1["CachePolicyId"], json!({ "Ref": "ConfigCaching" }));
    assert_eq!(all[2].1["CachePolicyId"], CACHING_DISABLED);
    for (path, behaviour) in &all[1..] {
        assert_eq!(behaviour["TargetOriginId"], "function", "{path}");
        assert!(behaviour.get("FunctionAssociations").is_none(), "{path}: its addresses are not pages");
    }
    assert_eq!(all[0].1["TargetOriginId"], "site");
}

#[tokio::test]
async fn configuration_is_cached_as_the_function_says_for_at_most_five_minutes() {
    let caching = &properties("ConfigCaching")["CachePolicyConfig"];
    assert_eq!(caching["MinTTL"], 0, "the function can shorten it");
    assert_eq!(caching["DefaultTTL"], 0, "without Cache-Control it is not cached");
    assert_eq!(caching["MaxTTL"], 300);
    let key = &caching["ParametersInCacheKeyAndForwardedToOrigin"];
    assert_eq!(key["QueryStringsConfig"]["QueryStringBehavior"], "none");
    assert_eq!(key["HeadersConfig"]["HeaderBehavior"], "none");
    assert_eq!(key["CookiesConfig"]["CookieBehavior"], "none");

    let config = Config::from_env(|name| match name {
        "OAUTH_CLIENT_ID" | "OAUTH_CLIENT_SECRET" => Some("11111111-2222-3333-4444-555555555555".into()),
        "OAUTH_REDIRECT_URIS" => Some("https://app.example/auth".into()),
        _ => None,
    });
    let client = client::build(&[]).expect("a client");
    let config =
        config.expect("it is valid").read_secrets(&client, Duration::ZERO).await.expect("it is in the environment");
    let app = App::new(config, client, |_: &log::Line<'_>| {});
    let request = http::Request::get("/api/config").body(lambda_http::Body::Empty).expect("a request");
    let answer = app.handle(request).await;
    assert_eq!(answer.headers()["cache-control"], format!("public, max-age=0, s-maxage={}", caching["MaxTTL"]));
}

#[test]
fn function_gets_every_method_the_query_all_headers_but_host_and_our_cookies_only() {
    let all = behaviours();
    let methods = ["GET", "HEAD", "OPTIONS", "PUT", "PATCH", "POST", "DELETE"];
    let allowed = all[2].1["AllowedMethods"].as_array().expect("a list");
    // CloudFront supports three sets of methods, and this is the only one with POST.
    assert!(
        allowed.len() == methods.len() && methods.iter().all(|method| allowed.contains(&json!(method))),
        "{allowed:?}"
    );
    assert!(all[2].1.get("CachedMethods").is_none(), "responses to OPTIONS are not cached either");
    assert_eq!(all[2].1["OriginRequestPolicyId"], json!({ "Ref": "ApiRequests" }));
    let policy = &properties("ApiRequests")["OriginRequestPolicyConfig"];
    // `Origin`, `Sec-Fetch-Site`, `X-Session` and the hash of the body; with `Host`, the signature would be for another
    // address.
    assert_eq!(policy["HeadersConfig"], json!({ "HeaderBehavior": "allExcept", "Headers": ["Host"] }));
    assert_eq!(policy["QueryStringsConfig"], json!({ "QueryStringBehavior": "all" }));
    let cookies = ["__Host-Http-session", "__Host-Http-session-1"];
    assert_eq!(policy["CookiesConfig"], json!({ "CookieBehavior": "whitelist", "Cookies": cookies }));
}

#[test]
fn cached_responses_depend_on_no_cookie_and_the_bucket_gets_none() {
    for (path, behaviour) in &behaviours()[..2] {
        // Without a request policy, the origin gets only what is in the cache key, which contains no cookie.
        assert!(behaviour.get("OriginRequestPolicyId").is_none(), "{path}");
        assert!(behaviour.get("ForwardedValues").is_none(), "{path}");
    }
    let named = all("AWS::CloudFront::CachePolicy");
    assert_eq!(named.len(), 1, "the others are CloudFront's own, whose keys contain no cookie");
    assert_eq!(all("AWS::CloudFront::OriginRequestPolicy").len(), 1);
}

#[test]
fn hsts_covers_subdomains_only_on_request() {
    let template = whole();
    assert_eq!(template["Parameters"]["HstsSubdomains"]["Default"], "false");
    let condition = json!({ "Fn::Equals": [{ "Ref": "HstsSubdomains" }, "true"] });
    assert_eq!(template["Conditions"]["HasHstsSubdomains"], condition);
}

/// The errors of an origin that CloudFront caches, always or if the origin sends a lifetime, and whose caching can be
/// disabled ("How CloudFront processes HTTP 4xx and 5xx status codes from your origin").
const KEPT: [u64; 10] = [404, 405, 414, 500, 501, 502, 503, 504, 400, 403];

#[test]
fn no_error_is_cached_or_replaced_by_a_page() {
    let responses = distribution()["CustomErrorResponses"].take();
    let responses = responses.as_array().expect("without it, errors are cached for 10 seconds");
    for status in KEPT {
        let found = responses.iter().filter(|response| response["ErrorCode"] == status).count();
        assert_eq!(found, 1, "{status}");
    }
    for response in responses {
        assert_eq!(response["ErrorCachingMinTTL"], 0, "{response}");
        assert!(response.get("ResponsePagePath").is_none(), "{response}: an error would become a page");
        assert!(response.get("ResponseCode").is_none(), "{response}: an error would become another");
    }
}

#[test]
fn no_log_contains_the_query_of_a_callback() {
    for (logs, why) in [
        ("Logging", "CloudFront's standard log contains the query"),
        ("LoggingConfiguration", "a bucket's log contains it, too"),
        ("RealtimeLogConfigArn", "CloudFront's real-time log contains it, too"),
    ] {
        walk(&whole()["Resources"], "", &mut |path, name, _| assert_ne!(name, logs, "{path}: {why}"));
    }
    for kind in ["AWS::WAFv2::LoggingConfiguration", "AWS::CloudFront::RealtimeLogConfig"] {
        assert!(all(kind).is_empty(), "{kind}");
    }
    walk(&whole()["Resources"], "", &mut |path, name, value| {
        if name == "SampledRequestsEnabled" {
            assert_eq!(value, false, "{path}: a sample contains the query");
        }
    });
}

#[test]
fn rules_reject_invalid_parameters_before_anything_is_created() {
    let rules = whole()["Rules"].take();
    let set =
        |parameter: &str, without: &str| json!({ "Fn::Not": [{ "Fn::Equals": [{ "Ref": parameter }, without] }] });
    let in_us_east_1 = json!({ "Fn::Equals": [{ "Ref": "AWS::Region" }, "us-east-1"] });
    for (rule, condition, assertion) in [
        ("OwnDomain", set("DomainName", ""), set("CertificateArn", "")),
        ("OwnCertificate", set("CertificateArn", ""), set("DomainName", "")),
        ("RateRule", set("RatePerFiveMinutes", "0"), in_us_east_1),
    ] {
        assert_eq!(rules[rule]["RuleCondition"], condition, "{rule}");
        assert_eq!(rules[rule]["Assertions"][0]["Assert"], assertion, "{rule}");
    }
}

#[test]
fn stacks_of_the_same_name_in_different_regions_do_not_conflict() {
    let account_wide = [
        ("AWS::CloudFront::OriginAccessControl", "OriginAccessControlConfig"),
        ("AWS::CloudFront::CachePolicy", "CachePolicyConfig"),
        ("AWS::CloudFront::OriginRequestPolicy", "OriginRequestPolicyConfig"),
        ("AWS::CloudFront::ResponseHeadersPolicy", "ResponseHeadersPolicyConfig"),
        ("AWS::CloudFront::Function", ""),
    ];
    for (kind, config) in account_wide {
        for (name, resource) in all(kind) {
            let properties = &resource["Properties"];
            let given = properties.get(config).unwrap_or(properties)["Name"]["Fn::Sub"].to_string();
            assert!(given.contains("${AWS::StackName}-${AWS::Region}-"), "{name}: {given}");
        }
    }
}
