//! The deployment's template as plain data. Expressions in CloudFormation's short form, such as `!Ref Name`, are
//! converted to the long form, `{"Ref": "Name"}`, so that readers have to handle only one.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context as _, Result, bail};
use serde_json::{Map, Value, json};

/// Values for the template's parameters, by name, instead of its defaults.
pub type Parameters = BTreeMap<String, String>;

/// Reads a template.
///
/// # Errors
/// If it cannot be read or is not YAML.
pub fn read(template: &Path) -> Result<Value> {
    let text = std::fs::read_to_string(template).with_context(|| format!("reading {}", template.display()))?;
    parse(&text).with_context(|| format!("reading {}", template.display()))
}

/// Reads the text of a template.
///
/// # Errors
/// If it is not YAML.
pub fn parse(template: &str) -> Result<Value> {
    plain(yaml_serde::from_str(template)?)
}

/// The names of its parameters.
///
/// # Errors
/// If it has none.
pub fn parameter_names(template: &Value) -> Result<Vec<String>> {
    let parameters = at(template, &["Parameters"])?.as_object().context("Parameters is not a map")?;
    Ok(parameters.keys().cloned().collect())
}

/// The value at a path.
///
/// # Errors
/// If there is none; the error names the first missing part of the path.
pub fn at<'a>(value: &'a Value, path: &[&str]) -> Result<&'a Value> {
    path.iter().try_fold(value, |value, key| value.get(key).with_context(|| format!("there is no {key}")))
}

/// Evaluates an expression: a string, a number, `Ref`, `Fn::If` or either form of `Fn::Sub`.
///
/// # Errors
/// If it is any other expression, or a parameter has neither a value nor a default.
pub fn text(value: &Value, template: &Value, parameters: &Parameters) -> Result<String> {
    match value {
        Value::String(text) => return Ok(text.clone()),
        Value::Number(number) => return Ok(number.to_string()),
        _ => {}
    }
    if let Some(name) = value.get("Ref").and_then(Value::as_str) {
        return parameter(name, template, parameters);
    }
    if let Some(either) = value.get("Fn::If") {
        let condition = at(template, &["Conditions", either[0].as_str().context("a condition has a name")?])?;
        let branch = if holds(condition, template, parameters)? { 1 } else { 2 };
        return text(&either[branch], template, parameters);
    }
    match value.get("Fn::Sub") {
        Some(Value::String(pattern)) => substituted(pattern, |name| parameter(name, template, parameters)),
        Some(Value::Array(parts)) => {
            let pattern = parts.first().and_then(Value::as_str).context("Fn::Sub has no text")?;
            substituted(pattern, |name| match parts.get(1).and_then(|own| own.get(name)) {
                Some(own) => text(own, template, parameters),
                None => parameter(name, template, parameters),
            })
        }
        _ => bail!("neither a string nor a supported expression"),
    }
}

/// Whether a condition is true: `Fn::Equals`, `Fn::Not`.
fn holds(condition: &Value, template: &Value, parameters: &Parameters) -> Result<bool> {
    if let Some(sides) = condition.get("Fn::Equals") {
        return Ok(text(&sides[0], template, parameters)? == text(&sides[1], template, parameters)?);
    }
    let inner = condition.get("Fn::Not").context("the condition is not supported")?;
    Ok(!holds(&inner[0], template, parameters)?)
}

fn parameter(name: &str, template: &Value, parameters: &Parameters) -> Result<String> {
    if let Some(value) = parameters.get(name) {
        return Ok(value.clone());
    }
    match at(template, &["Parameters", name, "Default"])? {
        Value::String(text) => Ok(text.clone()),
        Value::Number(number) => Ok(number.to_string()),
        _ => bail!("{name} has no default"),
    }
}

fn substituted(pattern: &str, value: impl Fn(&str) -> Result<String>) -> Result<String> {
    let mut text = pattern.to_owned();
    while let Some((before, rest)) = text.split_once("${") {
        let (name, after) = rest.split_once('}').context("an unclosed ${")?;
        text = format!("{before}{}{after}", value(name)?);
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
                Ok((key.as_str().context("a key is not a string")?.to_owned(), plain(value)?))
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
    fn short_forms_are_expanded() {
        let parsed = parse("a: !Ref B\nc: [!GetAtt D.Arn, !If [E, !Sub '${F}', 7]]\ng: !Not [!Condition H]\n");
        let expected = json!({
            "a": { "Ref": "B" },
            "c": [{ "Fn::GetAtt": "D.Arn" }, { "Fn::If": ["E", { "Fn::Sub": "${F}" }, 7] }],
            "g": { "Fn::Not": [{ "Condition": "H" }] },
        });
        assert_eq!(parsed.expect("it is YAML"), expected);
    }

    #[test]
    fn parameter_is_substituted_by_its_value_or_default() {
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

    #[test]
    fn conditions_and_local_names_of_substitutions_are_evaluated() {
        let template = json!({
            "Parameters": { "Mode": { "Default": "cookie" }, "Days": { "Default": 30 }, "A": { "Default": "a" } },
            "Conditions": {
                "IsProxy": { "Fn::Equals": [{ "Ref": "Mode" }, "proxy"] },
                "IsOther": { "Fn::Not": [{ "Fn::Equals": [{ "Ref": "Mode" }, "proxy"] }] },
            },
        });
        let inner = json!({ "Fn::If": ["IsProxy", "", { "Fn::Sub": " ${A}" }] });
        for (expression, mode, expected) in [
            (json!({ "Fn::Sub": ["x${B}${A}", { "B": inner }] }), "cookie", "x aa"),
            (json!({ "Fn::Sub": ["x${B}${A}", { "B": inner }] }), "proxy", "xa"),
            (json!({ "Fn::If": ["IsOther", { "Ref": "Days" }, 7] }), "cookie", "30"),
            (json!({ "Fn::If": ["IsOther", { "Ref": "Days" }, 7] }), "proxy", "7"),
        ] {
            let parameters = [("Mode".to_owned(), mode.to_owned())].into();
            assert_eq!(
                super::text(&expression, &template, &parameters).expect("it can be evaluated"),
                expected,
                "{mode}"
            );
        }
    }
}
