//! Checks that a region has everything that a deployment needs.

/// The regions without function URLs, each with nearby ones that have them (AWS Lambda Developer Guide, "Creating and
/// managing Lambda function URLs").
const WITHOUT_FUNCTION_URLS: [(&str, &[&str]); 11] = [
    ("ap-east-2", &["ap-east-1", "ap-northeast-1"]),
    ("ap-south-2", &["ap-south-1"]),
    ("ap-southeast-4", &["ap-southeast-2"]),
    ("ap-southeast-5", &["ap-southeast-1"]),
    ("ap-southeast-6", &["ap-southeast-2"]),
    ("ap-southeast-7", &["ap-southeast-1"]),
    ("ca-west-1", &["us-west-2", "ca-central-1"]),
    ("eu-central-2", &["eu-central-1"]),
    ("eu-south-2", &["eu-west-3", "eu-south-1"]),
    ("il-central-1", &["eu-south-1", "me-south-1"]),
    ("me-central-1", &["me-south-1", "ap-south-1"]),
];

/// Why a region cannot be used, if it cannot.
pub(crate) fn problem(region: &str) -> Option<String> {
    let (_, near) = WITHOUT_FUNCTION_URLS.iter().find(|(without, _)| *without == region)?;
    Some(format!("AWS Lambda has no function URLs in {region}: choose a nearby region, such as {}", near.join(" or ")))
}

/// All AWS regions as of November 2026.
#[cfg(test)]
pub(crate) const ALL: [&str; 46] = [
    "af-south-1",
    "ap-east-1",
    "ap-east-2",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-south-2",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-southeast-3",
    "ap-southeast-4",
    "ap-southeast-5",
    "ap-southeast-6",
    "ap-southeast-7",
    "ca-central-1",
    "ca-west-1",
    "eu-central-1",
    "eu-central-2",
    "eu-north-1",
    "eu-south-1",
    "eu-south-2",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "il-central-1",
    "me-central-1",
    "me-south-1",
    "mx-central-1",
    "sa-east-1",
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
    "cn-north-1",
    "cn-northwest-1",
    "us-gov-east-1",
    "us-gov-west-1",
    "us-iso-east-1",
    "us-iso-west-1",
    "us-isob-east-1",
    "us-isob-west-1",
    "eu-isoe-west-1",
    "us-isof-east-1",
    "us-isof-south-1",
    "eusc-de-east-1",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn region_without_function_urls_is_rejected_with_nearby_alternatives() {
        for (region, near) in WITHOUT_FUNCTION_URLS {
            let problem = problem(region).expect(region);
            assert!(problem.contains(region) && problem.contains(near[0]), "{problem}");
            assert!(ALL.contains(&region), "{region}");
            for near in near {
                assert!(ALL.contains(near) && super::problem(near).is_none(), "{near} has none either");
            }
        }
        for region in ["eu-central-1", "us-east-1", "a-region-to-come-1"] {
            assert_eq!(problem(region), None);
        }
    }
}
