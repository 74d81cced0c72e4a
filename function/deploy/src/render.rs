//! Renders the template for CloudFormation, with the function's variables in it.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, ensure};
use yaml_serde::{Mapping, Value};

/// The largest template that CloudFormation accepts in a request, in bytes.
const MOST: usize = 51_200;

const PLACE: [&str; 5] = ["Resources", "Function", "Properties", "Environment", "Variables"];

/// The template's text with these variables in addition to those that it sets itself.
///
/// # Errors
/// If the template has no function or sets one of the variables itself, or the result is too large for CloudFormation.
pub fn render(template: &str, variables: &BTreeMap<String, String>) -> Result<String> {
    let mut parsed: Value = yaml_serde::from_str(template).context("reading the template")?;
    let place = PLACE.iter().try_fold(&mut parsed, |value, name| value.get_mut(*name));
    let place = place.and_then(Value::as_mapping_mut).context("the template has no variables of the function")?;
    for (name, text) in variables {
        ensure!(!place.contains_key(name.as_str()), "{name} is set by the template itself");
        place.insert(name.as_str().into(), value(text));
    }
    let rendered = yaml_serde::to_string(&parsed).context("printing the template")?;
    let size = rendered.len();
    ensure!(
        size <= MOST,
        "the template has {size} bytes with the function's variables; CloudFormation accepts at most {MOST}"
    );
    Ok(rendered)
}

/// A string. CloudFormation reads YAML 1.1, where more words are booleans, numbers or dates than the printer puts into
/// quotes. An empty substitution makes such a word a string.
fn value(text: &str) -> Value {
    if !is_ambiguous(text) {
        return text.into();
    }
    let nothing: Mapping = [("Nothing".into(), "".into())].into_iter().collect();
    let parts = vec![format!("${{Nothing}}{text}").into(), nothing.into()];
    let substitution: Mapping = [("Fn::Sub".into(), Value::Sequence(parts))].into_iter().collect();
    substitution.into()
}

fn is_ambiguous(text: &str) -> bool {
    let words = ["y", "n", "yes", "no", "on", "off", "=", "<<"];
    if words.contains(&text.to_ascii_lowercase().as_str()) {
        return true;
    }
    // The printer puts plain numbers into quotes.
    let is_number = text.bytes().all(|b| b.is_ascii_digit());
    let is_of_numbers = |c: char| c.is_ascii_hexdigit() || "+-._:xXoOtTzZ ".contains(c);
    let starts = text.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c));
    // A GUID is no date or time: it begins with more digits than a year and has no colon.
    let is_guid = text.len() == 36 && text.bytes().filter(|b| *b == b'-').count() == 4;
    starts && !is_number && !is_guid && text.chars().all(is_of_numbers)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::of;
    use crate::template::{self, Parameters};
    use crate::template_path;

    fn ours() -> String {
        std::fs::read_to_string(template_path()).expect("it exists")
    }

    #[test]
    fn variables_are_added_and_nothing_else_changes() {
        let awkward = [
            "a: b # c",
            "'",
            "\"",
            "{{x}}",
            "${Distribution}",
            "true",
            "30",
            "012",
            "ü\t",
            "a\nb",
            "!Ref X",
            "&a",
            " ",
        ];
        let variables: BTreeMap<String, String> =
            awkward.iter().enumerate().map(|(at, text)| (format!("OAUTH_{at}"), (*text).to_owned())).collect();
        let rendered = render(&ours(), &variables).expect("it has a function");
        let mut parsed = template::parse(&rendered).expect("it is YAML");
        let found = parsed["Resources"]["Function"]["Properties"]["Environment"]["Variables"].as_object_mut();
        let found = found.expect("there are variables");
        for (name, text) in &variables {
            assert_eq!(found.remove(name).expect("it exists"), text.as_str(), "{name}");
        }
        assert_eq!(parsed, template::parse(&ours()).expect("it is YAML"));
        assert_eq!(render(&ours(), &variables).expect("it has a function"), rendered, "rendering is deterministic");
    }

    #[test]
    fn text_that_is_ambiguous_in_yaml_1_1_stays_text() {
        for text in [
            "yes",
            "No",
            "ON",
            "off",
            "y",
            "1_000",
            "2026-11-27",
            "12:30:45",
            "0x1f",
            "0o17",
            "1e5",
            "-1.5",
            ".5",
            "+1",
        ] {
            let printed = yaml_serde::to_string(&value(text)).expect("it is YAML");
            assert!(printed.contains(&format!("${{Nothing}}{text}")), "{printed}");
            let parsed = template::parse(&printed).expect("it is YAML");
            let empty = serde_json::json!({});
            assert_eq!(template::text(&parsed, &empty, &Parameters::new()).expect("it can be evaluated"), text);
        }
        let guid = "01234567-89ab-cdef-0123-456789abcdef";
        for text in
            ["mine", "30", "0123", guid, "https://a.example", "openid profile", "Iv1.0123456789abcdef", "true", "a-1"]
        {
            assert_eq!(value(text), Value::from(text));
        }
    }

    #[test]
    fn rendered_template_is_well_below_cloudformations_limit() {
        // The most that Lambda accepts.
        let most = of(&[("OAUTH_SCOPE", &"s".repeat(4096))]);
        let size = render(&ours(), &most).expect("it is short enough").len();
        assert!(size + 1024 < MOST, "{size} bytes of {MOST}");
        let error = render(&ours(), &of(&[("OAUTH_SCOPE", &"s".repeat(MOST))])).expect_err("it is too long");
        assert!(error.to_string().contains("CloudFormation accepts at most 51200"), "{error}");
        let twice = render(&ours(), &of(&[("OAUTH_SECRETS_ARN", "x")])).expect_err("the template has it");
        assert!(twice.to_string().contains("OAUTH_SECRETS_ARN"), "{twice}");
    }
}
