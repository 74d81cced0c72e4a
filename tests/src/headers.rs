//! The headers of the site, read from the deployment's template: what is tested here is what is deployed.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context as _, Result, bail};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use yaml_serde::Value;

/// The parameters of the template that matter to the headers, by name.
pub type Parameters = BTreeMap<String, String>;

/// Reads what every answer of the site carries from a template, with these parameters in place of its defaults.
///
/// `Strict-Transport-Security` is left out: there is no TLS on this machine, and a browser that was told so would refuse
/// to speak to `localhost` without it for two years.
///
/// # Errors
/// Where the template cannot be read, or does not say what it should.
pub fn read(template: &Path, parameters: &Parameters) -> Result<HeaderMap> {
    let text = std::fs::read_to_string(template).with_context(|| format!("reading {}", template.display()))?;
    parse(&text, parameters).with_context(|| format!("reading the headers in {}", template.display()))
}

fn parse(template: &str, parameters: &Parameters) -> Result<HeaderMap> {
    let template: Value = yaml_serde::from_str(template)?;
    let config = at(&template, &["Resources", "SiteHeaders", "Properties", "ResponseHeadersPolicyConfig"])?;
    let mut headers = HeaderMap::new();
    let mut add = |name: &str, value: String| -> Result<()> {
        headers.insert(HeaderName::try_from(name)?, HeaderValue::try_from(value)?);
        Ok(())
    };

    let security = at(config, &["SecurityHeadersConfig"])?.as_mapping().context("SecurityHeadersConfig is no map")?;
    for (name, settings) in security {
        let setting = |key| text(at(settings, &[key])?, &template, parameters);
        match name.as_str().unwrap_or_default() {
            "ContentSecurityPolicy" => add("content-security-policy", setting("ContentSecurityPolicy")?)?,
            "ContentTypeOptions" => add("x-content-type-options", "nosniff".to_owned())?,
            "FrameOptions" => add("x-frame-options", setting("FrameOption")?)?,
            "ReferrerPolicy" => add("referrer-policy", setting("ReferrerPolicy")?)?,
            "StrictTransportSecurity" => {}
            other => bail!("nobody here knows how CloudFront sends {other}"),
        }
    }
    let custom = at(config, &["CustomHeadersConfig", "Items"])?.as_sequence().context("Items is no list")?;
    for item in custom {
        let name = text(at(item, &["Header"])?, &template, parameters)?;
        add(&name, text(at(item, &["Value"])?, &template, parameters)?)?;
    }
    Ok(headers)
}

fn at<'a>(value: &'a Value, path: &[&str]) -> Result<&'a Value> {
    path.iter().try_fold(value, |value, key| value.get(key).with_context(|| format!("there is no {key}")))
}

/// A string as it stands, or `!Sub` with its parameters put in.
fn text(value: &Value, template: &Value, parameters: &Parameters) -> Result<String> {
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Tagged(tagged) if tagged.tag == "Sub" => {
            let mut text = tagged.value.as_str().context("!Sub of something else than a string")?.to_owned();
            while let Some((before, rest)) = text.split_once("${") {
                let (name, after) = rest.split_once('}').context("an open ${")?;
                let value = match parameters.get(name) {
                    Some(value) => value.clone(),
                    None => {
                        let default = at(template, &["Parameters", name, "Default"])?;
                        default.as_str().with_context(|| format!("{name} has no default"))?.to_owned()
                    }
                };
                text = format!("{before}{value}{after}");
            }
            Ok(text)
        }
        _ => bail!("neither a string nor !Sub"),
    }
}
