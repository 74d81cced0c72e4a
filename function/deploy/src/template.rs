//! The deployment's template as plain data. What is written in CloudFormation's short form, such as `!Ref Name`, is
//! given in its long one, `{"Ref": "Name"}`, so that whoever reads it has one form to know.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context as _, Result, bail};
use serde_json::{Map, Value, json};

/// Values for the template's parameters, by name, in place of its defaults.
pub type Parameters = BTreeMap<String, String>;

/// Reads a template.
///
/// # Errors
/// Where it cannot be read, or is no YAML.
pub fn read(template: &Path) -> Result<Value> {
    let text = std::fs::read_to_string(template).with_context(|| format!("reading {}", template.display()))?;
    parse(&text).with_context(|| format!("reading {}", template.display()))
}

/// Reads the text of a template.
///
/// # Errors
/// Where it is no YAML.
pub fn parse(template: &str) -> Result<Value> {
    plain(yaml_serde::from_str(template)?)
}

/// The names of its parameters.
///
/// # Errors
/// Where it has none.
pub fn parameter_names(template: &Value) -> Result<Vec<String>> {
    let parameters = at(template, &["Parameters"])?.as_object().context("Parameters is no map")?;
    Ok(parameters.keys().cloned().collect())
}

/// What lies at a path.
///
/// # Errors
/// Names the first part of the path that is not there.
pub fn at<'a>(value: &'a Value, path: &[&str]) -> Result<&'a Value> {
    path.iter().try_fold(value, |value, key| value.get(key).with_context(|| format!("there is no {key}")))
}

/// A string as it stands, or `Fn::Sub` with its parameters put in.
///
/// # Errors
/// Where it is something else, or a parameter has neither a value nor a default.
pub fn text(value: &Value, template: &Value, parameters: &Parameters) -> Result<String> {
    if let Some(text) = value.as_str() {
        return Ok(text.to_owned());
    }
    let Some(text) = value.get("Fn::Sub").and_then(Value::as_str) else { bail!("neither a string nor !Sub") };
    let mut text = text.to_owned();
    while let Some((before, rest)) = text.split_once("${") {
        let (name, after) = rest.split_once('}').context("an open ${")?;
        let value = match parameters.get(name) {
            Some(value) => value,
            None => {
                let default = at(template, &["Parameters", name, "Default"])?;
                default.as_str().with_context(|| format!("{name} has no default"))?
            }
        };
        text = format!("{before}{value}{after}");
    }
    Ok(text)
}

fn plain(value: yaml_serde::Value) -> Result<Value> {
    Ok(match value {
        yaml_serde::Value::Tagged(tagged) => {
            let tag = tagged.tag.to_string();
            let name = match tag.trim_start_matches('!') {
                name @ ("Ref" | "Condition") => name.to_owned(),
                name => format!("Fn::{name}"),
            };
            json!({ name: plain(tagged.value)? })
        }
        yaml_serde::Value::Sequence(items) => Value::Array(items.into_iter().map(plain).collect::<Result<_>>()?),
        yaml_serde::Value::Mapping(entries) => {
            let entry = |(key, value): (yaml_serde::Value, yaml_serde::Value)| {
                Ok((key.as_str().context("a name is no text")?.to_owned(), plain(value)?))
            };
            Value::Object(entries.into_iter().map(entry).collect::<Result<Map<_, _>>>()?)
        }
        other => serde_json::to_value(other)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_forms_are_written_out() {
        let parsed = parse("a: !Ref B\nc: [!GetAtt D.Arn, !If [E, !Sub '${F}', 7]]\ng: !Not [!Condition H]\n");
        let expected = json!({
            "a": { "Ref": "B" },
            "c": [{ "Fn::GetAtt": "D.Arn" }, { "Fn::If": ["E", { "Fn::Sub": "${F}" }, 7] }],
            "g": { "Fn::Not": [{ "Condition": "H" }] },
        });
        assert_eq!(parsed.expect("it is YAML"), expected);
    }

    #[test]
    fn a_parameter_is_put_in_with_its_value_or_else_its_default() {
        let template = json!({ "Parameters": { "A": { "Default": "a" }, "B": {} } });
        let text = |text: &str, parameters: &[(&str, &str)]| {
            let parameters = parameters.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
            super::text(&json!({ "Fn::Sub": text }), &template, &parameters).ok()
        };
        assert_eq!(text("<${A}>", &[]).as_deref(), Some("<a>"));
        assert_eq!(text("<${A}>", &[("A", "b")]).as_deref(), Some("<b>"));
        assert_eq!(text("<${B}>", &[]), None);
        assert_eq!(text("<${A>", &[]), None);
    }
}
