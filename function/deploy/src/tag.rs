//! `--tag KEY=VALUE`: tags of a deployment, for example for cost allocation.

use crate::stack::TAG;

/// Parses and validates a tag by AWS's rules ("Tag naming limits and requirements").
pub(crate) fn parse(text: &str) -> Result<(String, String), String> {
    let (key, value) = text.split_once('=').ok_or("it is not of the form KEY=VALUE, such as Project=login")?;
    let is_allowed = |c: char| c.is_alphanumeric() || " _.:/=+-@".contains(c);
    if key.is_empty() || key.chars().count() > 128 || value.chars().count() > 256 {
        return Err("a key must have 1 to 128 characters, and a value at most 256".to_owned());
    }
    if !text.chars().all(is_allowed) {
        return Err("only letters, digits, spaces and _.:/=+-@ are allowed".to_owned());
    }
    if key.to_ascii_lowercase().starts_with("aws:") || key == TAG {
        return Err(format!("{key} is reserved"));
    }
    Ok((key.to_owned(), value.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tag_is_validated_by_awss_rules() {
        assert_eq!(parse("Cost Center=a=b"), Ok(("Cost Center".to_owned(), "a=b".to_owned())));
        assert_eq!(parse("Empty="), Ok(("Empty".to_owned(), String::new())));
        let long = format!("{}=x", "k".repeat(129));
        for wrong in ["Project", "=x", "aws:x=y", "AWS:x=y", "aniapi-login-stack=x", "a=<b>", &long] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }
}
