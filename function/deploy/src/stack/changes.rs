//! Describes a change set, one line for each resource.

use std::collections::BTreeSet;

use serde_json::Value;

/// One line for each change.
pub(crate) fn lines(change_set: &Value) -> Vec<String> {
    let changes = change_set["Changes"].as_array().into_iter().flatten();
    changes.map(|change| line(&change["ResourceChange"])).collect()
}

/// For example, `Modify  Function (AWS::Lambda::Function): Code, Environment; replaced: no`.
fn line(change: &Value) -> String {
    let text = |name: &str| change[name].as_str().unwrap_or_default();
    let resource = format!("{:<7} {} ({})", text("Action"), text("LogicalResourceId"), text("ResourceType"));
    if text("Action") != "Modify" {
        return resource;
    }
    let details = change["Details"].as_array().into_iter().flatten();
    // The name of a property, or else the attribute (tags, metadata, policies).
    let names: BTreeSet<_> = details
        .filter_map(|detail| {
            let target = &detail["Target"];
            target["Name"].as_str().or_else(|| target["Attribute"].as_str())
        })
        .collect();
    let names = names.into_iter().collect::<Vec<_>>().join(", ");
    let names = if names.is_empty() { names } else { format!(": {names}") };
    let replaced = match text("Replacement") {
        "True" => "yes",
        "Conditional" => "maybe",
        "False" => "no",
        _ => "unknown",
    };
    format!("{resource}{names}; replaced: {replaced}")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn change_is_listed_with_its_properties_and_replacement() {
        let property = |name: &str| json!({ "Target": { "Attribute": "Properties", "Name": name } });
        let modify = |replacement: &str, details: &[Value]| {
            json!({ "Type": "Resource", "ResourceChange": {
                "Action": "Modify", "LogicalResourceId": "A", "ResourceType": "AWS::X::Y", "PhysicalResourceId": "a",
                "Replacement": replacement, "Scope": ["Properties"], "Details": details,
            } })
        };
        let change_set = json!({ "Changes": [
            { "Type": "Resource", "ResourceChange": {
                "Action": "Add", "LogicalResourceId": "B", "ResourceType": "AWS::X::Z", "Scope": [], "Details": [],
            } },
            modify("False", &[property("Environment"), property("Code"), property("Code")]),
            modify("Conditional", &[json!({ "Target": { "Attribute": "Tags" } })]),
            modify("True", &[property("Name")]),
            { "ResourceChange": { "Action": "Remove", "LogicalResourceId": "C", "ResourceType": "AWS::X::Z" } },
        ] });
        assert_eq!(
            lines(&change_set),
            [
                "Add     B (AWS::X::Z)",
                "Modify  A (AWS::X::Y): Code, Environment; replaced: no",
                "Modify  A (AWS::X::Y): Tags; replaced: maybe",
                "Modify  A (AWS::X::Y): Name; replaced: yes",
                "Remove  C (AWS::X::Z)",
            ]
        );
    }
}
