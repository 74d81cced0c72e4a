//! Reserved concurrency for the function of a new deployment. Without a limit, a flood of requests costs money and
//! takes the instances of the account's other functions. But an account with a small quota cannot reserve any, and a
//! new account has 10 instances in all. So the template has no default, and the limit depends on the account's quota.

use serde_json::Value;

use crate::aws::Aws;
use crate::order::Order;
use crate::say;

const PARAMETER: &str = "ReservedConcurrency";

/// Enough for 200 logins a second at half a second each. A full day of it costs 29 USD of Lambda at 256 MiB.
const LIMIT: u64 = 100;

/// What AWS keeps for functions without a reservation.
const KEPT: u64 = 100;

/// Adds a limit to the order of a new deployment, if it has none and the account's quota allows it.
pub(crate) fn complete(order: &mut Order, aws: &Aws<'_>) {
    if order.parameters.contains_key(PARAMETER) {
        return;
    }
    match aws.ask(&["lambda", "get-account-settings"]) {
        Ok(settings) if can_spare(&settings) => {
            order.parameters.insert(PARAMETER.to_owned(), LIMIT.to_string());
        }
        Ok(_) => say("the account's concurrency quota is too small to reserve instances; an alarm watches it instead"),
        Err(error) => say(&format!("no instances are reserved because the account's quota is unknown: {error}")),
    }
}

fn can_spare(settings: &Value) -> bool {
    settings["AccountLimit"]["UnreservedConcurrentExecutions"].as_u64() >= Some(LIMIT + KEPT)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn instances_are_reserved_only_if_enough_are_left() {
        for (unreserved, expected) in [(json!(10), false), (json!(199), false), (json!(200), true), (json!(1000), true)]
        {
            let settings = json!({ "AccountLimit": { "UnreservedConcurrentExecutions": unreserved } });
            assert_eq!(can_spare(&settings), expected, "{settings}");
        }
        assert!(!can_spare(&Value::Null));
    }
}
