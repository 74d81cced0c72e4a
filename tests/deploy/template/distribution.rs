//! The one address: how it is reached, what it keeps, and what it says of itself.

use std::time::Duration;

use function::app::App;
use function::config::Config;
use function::{client, log};
use serde_json::{Value, json};

use super::{all, distribution, properties, walk, whole};

/// CloudFront's own policies, which have the same ids in every account.
const CACHING_OPTIMIZED: &str = "658327ea-f89d-4fab-a63d-7e88639e58f6";
const CACHING_DISABLED: &str = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad";
const ALL_VIEWER_EXCEPT_HOST_HEADER: &str = "b689b0a8-53d0-40ab-baf2-38738e2966ac";

/// Every behaviour, the default one first, with the paths it is for.
fn behaviours() -> Vec<(String, Value)> {
    let config = distribution();
    let mut all = vec![("*".to_owned(), config["DefaultCacheBehavior"].clone())];
    for behaviour in config["CacheBehaviors"].as_array().expect("a list") {
        all.push((behaviour["PathPattern"].as_str().expect("a path").to_owned(), behaviour.clone()));
    }
    all
}

/// By hand, too, nothing works that the deployed policy forbids.
#[test]
fn trunk_serve_sends_the_policy_of_the_deployment() {
    let provider = "http://localhost:4000";
    let parameters = [("ProfileOrigin", provider.to_owned()), ("AvatarOrigins", format!("https: {provider}"))];
    let parameters = parameters.map(|(name, value)| (name.to_owned(), value)).into();
    let headers = deploy::headers::of(&whole(), &parameters).expect("the template is right").every;
    let policy = headers["content-security-policy"].to_str().expect("it is text");
    let examples = "frontend/login/examples";
    for file in ["frontend/Trunk.toml", &format!("{examples}/own_app/Trunk.toml")] {
        let text = std::fs::read_to_string(deploy::workspace().join(file)).expect("it can be read");
        assert!(text.contains(&format!("\nContent-Security-Policy = \"{policy}\"\n")), "{file} does not have {policy}");
    }
}

#[test]
fn every_origin_is_asked_with_a_signature_each_time() {
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
fn nothing_travels_without_tls_and_tls_is_1_2_at_least() {
    for (path, behaviour) in behaviours() {
        let expected = if path == "*" { "redirect-to-https" } else { "https-only" };
        assert_eq!(behaviour["ViewerProtocolPolicy"], expected, "{path}");
    }
    let certificate = &distribution()["ViewerCertificate"]["Fn::If"];
    assert_eq!(certificate[0], "HasDomain");
    assert_eq!(certificate[1]["MinimumProtocolVersion"], "TLSv1.2_2021");
    assert_eq!(certificate[1]["SslSupportMethod"], "sni-only");
    // With CloudFront's own certificate it is CloudFront that chooses.
    assert_eq!(certificate[2], json!({ "CloudFrontDefaultCertificate": true }));
    let function = &distribution()["Origins"][1]["CustomOriginConfig"];
    assert_eq!(function["OriginProtocolPolicy"], "https-only");
    assert_eq!(function["OriginSSLProtocols"], json!(["TLSv1.2"]));
}

#[test]
fn every_answer_carries_the_headers() {
    for (path, behaviour) in behaviours() {
        assert_eq!(behaviour["ResponseHeadersPolicyId"], json!({ "Ref": "SiteHeaders" }), "{path}");
    }
    let security = &properties("SiteHeaders")["ResponseHeadersPolicyConfig"]["SecurityHeadersConfig"];
    let strict = &security["StrictTransportSecurity"];
    assert!(strict["AccessControlMaxAgeSec"].as_u64() >= Some(31_536_000), "{strict}");
    walk(&properties("SiteHeaders"), "", &mut |path, name, value| {
        if name == "Override" {
            assert_eq!(value, true, "{path}: an origin could weaken it");
        }
    });
}

#[test]
fn what_the_function_answers_is_not_kept_but_for_the_configuration() {
    let all = behaviours();
    let paths: Vec<&str> = all.iter().map(|(path, _)| path.as_str()).collect();
    // The first that fits is taken.
    assert_eq!(paths, ["*", "/api/config", "/api/*"]);
    assert_eq!(all[0].1["CachePolicyId"], CACHING_OPTIMIZED);
    assert_eq!(all[1].1["CachePolicyId"], json!({ "Ref": "ConfigCaching" }));
    assert_eq!(all[2].1["CachePolicyId"], CACHING_DISABLED);
    // `Origin`, and the hash of the body; with `Host` the signature would be another address's.
    assert_eq!(all[2].1["OriginRequestPolicyId"], ALL_VIEWER_EXCEPT_HOST_HEADER);
    for (path, behaviour) in &all[1..] {
        assert_eq!(behaviour["TargetOriginId"], "function", "{path}");
        assert!(behaviour.get("FunctionAssociations").is_none(), "{path}: its address is no page's");
    }
    assert_eq!(all[0].1["TargetOriginId"], "site");
}

#[tokio::test]
async fn the_configuration_is_kept_as_long_as_the_function_says_and_five_minutes_at_most() {
    let caching = &properties("ConfigCaching")["CachePolicyConfig"];
    assert_eq!(caching["MinTTL"], 0, "what the function says less of is kept for less");
    assert_eq!(caching["DefaultTTL"], 0, "what it says nothing of is not kept");
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
    let config = config.expect("it is right").read_secrets(&client, Duration::ZERO).await.expect("it is at hand");
    let app = App::new(config, client, |_: &log::Line<'_>| {});
    let request = http::Request::get("/api/config").body(lambda_http::Body::Empty).expect("a request");
    let answer = app.handle(request).await;
    assert_eq!(answer.headers()["cache-control"], format!("public, max-age=0, s-maxage={}", caching["MaxTTL"]));
}

#[test]
fn a_refusal_of_the_function_is_never_replaced_by_a_page() {
    assert!(distribution().get("CustomErrorResponses").is_none());
}

#[test]
fn nobody_writes_down_addresses_as_a_callbacks_holds_a_code() {
    for (logs, why) in [
        ("Logging", "CloudFront's access log has the query"),
        ("LoggingConfiguration", "so has a bucket's"),
        ("RealtimeLogConfigArn", "so has CloudFront's log as it happens"),
    ] {
        walk(&whole()["Resources"], "", &mut |path, name, _| assert_ne!(name, logs, "{path}: {why}"));
    }
    for kind in ["AWS::WAFv2::LoggingConfiguration", "AWS::Logs::DeliverySource", "AWS::CloudFront::RealtimeLogConfig"]
    {
        assert!(all(kind).is_empty(), "{kind}");
    }
    walk(&whole()["Resources"], "", &mut |path, name, value| {
        if name == "SampledRequestsEnabled" {
            assert_eq!(value, false, "{path}: a sample has the query");
        }
    });
}

#[test]
fn what_would_be_refused_half_way_is_told_before_anything_is_made() {
    let rules = whole()["Rules"].take();
    let set =
        |parameter: &str, without: &str| json!({ "Fn::Not": [{ "Fn::Equals": [{ "Ref": parameter }, without] }] });
    let in_us_east_1 = json!({ "Fn::Equals": [{ "Ref": "AWS::Region" }, "us-east-1"] });
    let is_other = json!({ "Fn::Not": [{ "Fn::Equals": [{ "Ref": "Provider" }, "aniapi"] }] });
    let is_any = json!({ "Fn::Equals": [{ "Ref": "Provider" }, "oauth2"] });
    for (rule, condition, assertion) in [
        ("OwnDomain", set("DomainName", ""), set("CertificateArn", "")),
        ("OwnCertificate", set("CertificateArn", ""), set("DomainName", "")),
        ("RateRule", set("RatePerFiveMinutes", "0"), in_us_east_1),
        ("OtherProvider", is_other, set("ProfileOrigin", "https://api.aniapi.com")),
        ("AnyServer", is_any, set("AuthorizeUrl", "")),
    ] {
        assert_eq!(rules[rule]["RuleCondition"], condition, "{rule}");
        assert_eq!(rules[rule]["Assertions"][0]["Assert"], assertion, "{rule}");
    }
    assert_eq!(rules["AnyServer"]["Assertions"][1]["Assert"], set("TokenUrl", ""));
}

#[test]
fn a_stack_of_the_same_name_in_another_region_gets_in_nobodys_way() {
    let account_wide = [
        ("AWS::CloudFront::OriginAccessControl", "OriginAccessControlConfig"),
        ("AWS::CloudFront::CachePolicy", "CachePolicyConfig"),
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
