//! The site's headers, read from the deployment's template, so that what is tested is what is deployed.

use std::path::Path;

use anyhow::{Context as _, Result, bail};
use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;

use crate::template::{self, Parameters, at, text};

/// The headers of the site's responses.
#[derive(Clone, Debug)]
pub struct Headers {
    /// Of every response except the function's.
    pub every: HeaderMap,
    /// Of every response of the function.
    pub api: HeaderMap,
    hashed: HeaderValue,
    named: HeaderValue,
}

impl Headers {
    /// The `Cache-Control` of a file of the site.
    pub fn cache_control(&self, file: &Path) -> &HeaderValue {
        if is_hashed(file) { &self.hashed } else { &self.named }
    }
}

/// Whether the file's name contains a hash of its content: 16 hexadecimal digits after a hyphen.
fn is_hashed(file: &Path) -> bool {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    name.rsplit_once('-').is_some_and(|(_, end)| {
        let hash = end.bytes().take_while(u8::is_ascii_hexdigit).count();
        hash == 16 && end[hash..].starts_with(['.', '_'])
    })
}

/// Reads the site's headers from a template, with these parameters instead of its defaults.
///
/// `Strict-Transport-Security` is left out: there is no TLS on this machine, and the header would make browsers reject
/// `localhost` without TLS for two years.
///
/// # Errors
/// If the template cannot be read, or its headers are missing or unknown.
pub fn read(template: &Path, parameters: &Parameters) -> Result<Headers> {
    let parsed = template::read(template)?;
    of(&parsed, parameters).with_context(|| format!("reading the headers in {}", template.display()))
}

/// The same from a parsed template.
///
/// # Errors
/// If its headers are missing or unknown.
pub fn of(template: &Value, parameters: &Parameters) -> Result<Headers> {
    let cache_control = |kind: &str| -> Result<HeaderValue> {
        let value = at(template, &["Metadata", "CacheControl", kind])?;
        Ok(HeaderValue::try_from(value.as_str().with_context(|| format!("{kind} is not text"))?)?)
    };
    Ok(Headers {
        every: policy("SiteHeaders", template, parameters)?,
        api: policy("ApiHeaders", template, parameters)?,
        hashed: cache_control("Hashed")?,
        named: cache_control("Named")?,
    })
}

/// The headers that a response headers policy adds.
fn policy(name: &str, template: &Value, parameters: &Parameters) -> Result<HeaderMap> {
    let config = at(template, &["Resources", name, "Properties", "ResponseHeadersPolicyConfig"])?;
    let mut headers = HeaderMap::new();
    let mut add = |name: &str, value: String| -> Result<()> {
        headers.insert(HeaderName::try_from(name)?, HeaderValue::try_from(value)?);
        Ok(())
    };

    let security = at(config, &["SecurityHeadersConfig"])?.as_object().context("SecurityHeadersConfig is not a map")?;
    for (name, settings) in security {
        let setting = |key| text(at(settings, &[key])?, template, parameters);
        match name.as_str() {
            "ContentSecurityPolicy" => add("content-security-policy", setting("ContentSecurityPolicy")?)?,
            "ContentTypeOptions" => add("x-content-type-options", "nosniff".to_owned())?,
            "FrameOptions" => add("x-frame-options", setting("FrameOption")?)?,
            "ReferrerPolicy" => add("referrer-policy", setting("ReferrerPolicy")?)?,
            "StrictTransportSecurity" => {}
            other => bail!("the security header {other} is not known here"),
        }
    }
    let custom = at(config, &["CustomHeadersConfig", "Items"])?.as_array().context("Items is not a list")?;
    for item in custom {
        let name = text(at(item, &["Header"])?, template, parameters)?;
        add(&name, text(at(item, &["Value"])?, template, parameters)?)?;
    }
    Ok(headers)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::template_path;

    fn read_with(parameters: &[(&str, &str)]) -> Headers {
        let parameters = parameters.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        read(&template_path(), &parameters).expect("the template is valid")
    }

    fn deployed(parameters: &[(&str, &str)]) -> HeaderMap {
        read_with(parameters).every
    }

    fn policy(headers: &HeaderMap) -> Vec<(String, String)> {
        let policy = headers["content-security-policy"].to_str().expect("it is text");
        let directive = |text: &str| {
            let (name, sources) = text.trim().split_once(' ').expect("each directive has a value");
            (name.to_owned(), sources.to_owned())
        };
        policy.split(';').map(directive).collect()
    }

    #[test]
    fn policy_allows_only_the_app_and_the_provider() {
        let expected = [
            ("default-src", "'none'"),
            ("script-src", "'self' 'wasm-unsafe-eval'"),
            ("style-src", "'self'"),
            ("font-src", "'self'"),
            ("manifest-src", "'self'"),
            ("media-src", "'self'"),
            ("connect-src", "'self' https://api.aniapi.com"),
            ("img-src", "'self' https://p.example"),
            ("base-uri", "'none'"),
            ("form-action", "'none'"),
            ("frame-ancestors", "'none'"),
            ("require-trusted-types-for", "'script'"),
            ("trusted-types", "default"),
        ];
        let expected: Vec<_> = expected.map(|(name, sources)| (name.to_owned(), sources.to_owned())).into();
        let parameters = [("ConnectOrigins", "https://api.aniapi.com"), ("PictureOrigins", "https://p.example")];
        assert_eq!(policy(&deployed(&parameters)), expected);
    }

    #[test]
    fn page_connects_only_to_its_own_and_the_given_origins() {
        for origin in ["http://localhost:4000", "https://a.example https://b.example", ""] {
            let headers = deployed(&[("ConnectOrigins", origin)]);
            let connect = policy(&headers).into_iter().find(|(name, _)| name == "connect-src");
            assert_eq!(connect.expect("there is one").1, format!("'self' {origin}").trim_end());
        }
    }

    #[test]
    fn inline_scripts_of_another_app_are_allowed_only_by_hash() {
        let hash = "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='";
        let other = policy(&deployed(&[("ScriptHashes", hash), ("StyleHashes", hash), ("TrustedTypes", "disabled")]));
        let of = |name: &str| other.iter().find(|(found, _)| found == name).map(|(_, sources)| sources.clone());
        assert_eq!(of("script-src"), Some(format!("'self' 'wasm-unsafe-eval' {hash}")));
        assert_eq!(of("style-src"), Some(format!("'self' {hash}")));
        assert_eq!((of("trusted-types"), of("require-trusted-types-for")), (None, None));
        assert_eq!(of("frame-ancestors").as_deref(), Some("'none'"));
        assert!(!format!("{other:?}").contains("unsafe-inline"));
    }

    #[test]
    fn api_responses_have_the_same_headers_and_a_policy_of_their_own() {
        let Headers { every, mut api, .. } = read_with(&[]);
        let policy = api.insert("content-security-policy", every["content-security-policy"].clone());
        assert_eq!(policy.expect("there is one"), "default-src 'none'; sandbox; frame-ancestors 'none'");
        assert_eq!(api, every);
    }

    #[test]
    fn other_headers_are_the_documented_ones() {
        let headers = deployed(&[]);
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("referrer-policy", "no-referrer"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
        ] {
            assert_eq!(headers[name], value);
        }
        let permissions = headers["permissions-policy"].to_str().expect("it is text");
        assert!(permissions.split(", ").all(|feature| feature.ends_with("=()")), "{permissions} grants something");
        assert!(!headers.contains_key("strict-transport-security"), "there is no TLS here");
    }

    #[test]
    fn file_is_cached_for_a_year_only_if_its_name_has_a_hash() {
        let headers = read_with(&[]);
        for (file, expected) in [
            ("index.html", "no-cache"),
            ("start.js", "no-cache"),
            ("frontend-0123456789abcdef.js", "public, max-age=31536000, immutable"),
            ("frontend-0123456789abcdef_bg.wasm", "public, max-age=31536000, immutable"),
            ("snippets/style-0123456789abcdef.css", "public, max-age=31536000, immutable"),
            ("style-0123456789abcde.css", "no-cache"),
            ("style-0123456789abcdef0.css", "no-cache"),
            ("a-0123456789abcdef", "no-cache"),
            ("0123456789abcdef.css", "no-cache"),
            ("a-0123456789abcdef-b.css", "no-cache"),
        ] {
            assert_eq!(headers.cache_control(Path::new(file)), expected, "{file}");
        }
    }

    #[test]
    fn unknown_security_header_is_an_error() {
        let template = std::fs::read_to_string(template_path()).expect("it exists");
        let template = template::parse(&template.replace("FrameOptions:", "XSSProtection:")).expect("it is YAML");
        let error = of(&template, &Parameters::new()).expect_err("it is unknown");
        assert!(error.to_string().contains("XSSProtection"), "{error}");
    }
}
