//! The headers of the site, read from the deployment's template: what is tested here is what is deployed.

use std::path::Path;

use anyhow::{Context as _, Result, bail};
use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;

use crate::template::{self, Parameters, at, text};

/// What the site's answers carry.
#[derive(Clone, Debug)]
pub struct Headers {
    /// Every answer, the function's too.
    pub every: HeaderMap,
    hashed: HeaderValue,
    named: HeaderValue,
}

impl Headers {
    /// The `Cache-Control` of a file of the site.
    pub fn cache_control(&self, file: &Path) -> &HeaderValue {
        if is_hashed(file) { &self.hashed } else { &self.named }
    }
}

/// Whether the file's name carries a hash of its content: Trunk puts 16 hexadecimal digits behind a hyphen.
fn is_hashed(file: &Path) -> bool {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    name.rsplit_once('-').is_some_and(|(_, end)| {
        let hash = end.bytes().take_while(u8::is_ascii_hexdigit).count();
        hash == 16 && end[hash..].starts_with(['.', '_'])
    })
}

/// Reads the site's headers from a template, with these parameters in place of its defaults.
///
/// `Strict-Transport-Security` is left out: there is no TLS on this machine, and a browser that was told so would refuse
/// to speak to `localhost` without it for two years.
///
/// # Errors
/// Where the template cannot be read, or does not say what it should.
pub fn read(template: &Path, parameters: &Parameters) -> Result<Headers> {
    let parsed = template::read(template)?;
    of(&parsed, parameters).with_context(|| format!("reading the headers in {}", template.display()))
}

/// The same from a template that is at hand.
///
/// # Errors
/// Where it does not say what it should.
pub fn of(template: &Value, parameters: &Parameters) -> Result<Headers> {
    let config = at(template, &["Resources", "SiteHeaders", "Properties", "ResponseHeadersPolicyConfig"])?;
    let mut headers = HeaderMap::new();
    let mut add = |name: &str, value: String| -> Result<()> {
        headers.insert(HeaderName::try_from(name)?, HeaderValue::try_from(value)?);
        Ok(())
    };

    let security = at(config, &["SecurityHeadersConfig"])?.as_object().context("SecurityHeadersConfig is no map")?;
    for (name, settings) in security {
        let setting = |key| text(at(settings, &[key])?, template, parameters);
        match name.as_str() {
            "ContentSecurityPolicy" => add("content-security-policy", setting("ContentSecurityPolicy")?)?,
            "ContentTypeOptions" => add("x-content-type-options", "nosniff".to_owned())?,
            "FrameOptions" => add("x-frame-options", setting("FrameOption")?)?,
            "ReferrerPolicy" => add("referrer-policy", setting("ReferrerPolicy")?)?,
            "StrictTransportSecurity" => {}
            other => bail!("nobody here knows how CloudFront sends {other}"),
        }
    }
    let custom = at(config, &["CustomHeadersConfig", "Items"])?.as_array().context("Items is no list")?;
    for item in custom {
        let name = text(at(item, &["Header"])?, template, parameters)?;
        add(&name, text(at(item, &["Value"])?, template, parameters)?)?;
    }
    let cache_control = |kind: &str| -> Result<HeaderValue> {
        let value = at(template, &["Metadata", "CacheControl", kind])?;
        Ok(HeaderValue::try_from(value.as_str().with_context(|| format!("{kind} is no text"))?)?)
    };
    Ok(Headers { every: headers, hashed: cache_control("Hashed")?, named: cache_control("Named")? })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::template_path;

    fn read_with(parameters: &[(&str, &str)]) -> Headers {
        let parameters = parameters.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        read(&template_path(), &parameters).expect("the template is right")
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
    fn the_policy_allows_the_app_and_the_provider_and_nothing_weaker() {
        let expected = [
            ("default-src", "'none'"),
            ("script-src", "'self' 'wasm-unsafe-eval'"),
            ("style-src", "'self'"),
            ("connect-src", "'self' https://api.aniapi.com"),
            ("img-src", "'self' https:"),
            ("base-uri", "'none'"),
            ("form-action", "'none'"),
            ("frame-ancestors", "'none'"),
            ("require-trusted-types-for", "'script'"),
            ("trusted-types", "default"),
        ];
        let expected: Vec<_> = expected.map(|(name, sources)| (name.to_owned(), sources.to_owned())).into();
        assert_eq!(policy(&deployed(&[])), expected);
    }

    #[test]
    fn parameters_stand_in_place_of_the_defaults() {
        for origin in ["http://localhost:4000", ""] {
            let headers = deployed(&[("ProfileOrigin", origin)]);
            let connect = policy(&headers).into_iter().find(|(name, _)| name == "connect-src");
            assert_eq!(connect.expect("there is one").1, format!("'self' {origin}").trim_end());
        }
    }

    #[test]
    fn the_other_headers_are_the_documented_ones() {
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
    fn a_file_may_be_kept_for_a_year_if_its_name_changes_with_it() {
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
    fn a_header_that_nobody_here_knows_is_an_error() {
        let template = std::fs::read_to_string(template_path()).expect("it is there");
        let template = template::parse(&template.replace("FrameOptions:", "XSSProtection:")).expect("it is YAML");
        let told = of(&template, &Parameters::new()).expect_err("it is unknown");
        assert!(told.to_string().contains("XSSProtection"), "{told}");
    }
}
