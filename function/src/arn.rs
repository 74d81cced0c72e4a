//! The ARN of a secret, and the endpoint to read that secret from.

/// The Amazon Resource Name of a secret in Secrets Manager.
pub(crate) struct SecretArn {
    /// The whole ARN, as it is sent.
    pub(crate) text: String,
    /// The secret's region, which is part of the signature.
    pub(crate) region: String,
    /// The endpoint of Secrets Manager in that region.
    pub(crate) endpoint: String,
}

impl SecretArn {
    /// Parses an ARN. All of it is validated, because a part of it becomes the address that the request is sent to.
    pub(crate) fn parse(text: &str) -> Result<Self, &'static str> {
        parts(text).ok_or("must be the ARN of a secret, arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME").map(
            |(partition, region)| {
                let domain = match partition {
                    "aws-cn" => "amazonaws.com.cn",
                    "aws-eusc" => "amazonaws.eu",
                    _ => "amazonaws.com",
                };
                let endpoint = format!("https://secretsmanager.{region}.{domain}/");
                Self { text: text.into(), region: region.into(), endpoint }
            },
        )
    }
}

/// The partition and region of an ARN, if it is that of a secret.
fn parts(arn: &str) -> Option<(&str, &str)> {
    let parts: Vec<_> = arn.split(':').collect();
    let ["arn", partition, "secretsmanager", region, account, "secret", name] = parts[..] else { return None };
    let is_good = partition.strip_prefix("aws").is_some_and(|rest| rest.bytes().all(is_label))
        && (1..=63).contains(&region.len())
        && region.bytes().all(|b| is_label(b) || b.is_ascii_digit())
        && !region.starts_with('-')
        && !region.ends_with('-')
        && account.len() == 12
        && account.bytes().all(|b| b.is_ascii_digit())
        // Up to 512 characters, and the seven that AWS appends.
        && (1..=519).contains(&name.len())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"/_+=.@-".contains(&b));
    is_good.then_some((partition, region))
}

fn is_label(b: u8) -> bool {
    b.is_ascii_lowercase() || b == b'-'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endpoint_depends_on_partition_and_region() {
        for (arn, region, endpoint) in [
            (
                "arn:aws:secretsmanager:eu-central-1:123456789012:secret:ClientSecretStore-a1b2C3",
                "eu-central-1",
                "https://secretsmanager.eu-central-1.amazonaws.com/",
            ),
            (
                "arn:aws-cn:secretsmanager:cn-north-1:123456789012:secret:a/b_c+d=e.f@g-h",
                "cn-north-1",
                "https://secretsmanager.cn-north-1.amazonaws.com.cn/",
            ),
            (
                "arn:aws-us-gov:secretsmanager:us-gov-west-1:123456789012:secret:x",
                "us-gov-west-1",
                "https://secretsmanager.us-gov-west-1.amazonaws.com/",
            ),
            (
                "arn:aws-eusc:secretsmanager:eusc-de-east-1:123456789012:secret:x",
                "eusc-de-east-1",
                "https://secretsmanager.eusc-de-east-1.amazonaws.eu/",
            ),
        ] {
            let read = SecretArn::parse(arn).expect(arn);
            assert_eq!((&*read.text, &*read.region, &*read.endpoint), (arn, region, endpoint));
        }
    }

    #[test]
    fn arns_of_other_things_are_rejected() {
        for arn in [
            "",
            "x",
            "arn:aws:secretsmanager:eu-central-1:123456789012:secret:",
            "arn:aws:secretsmanager:eu-central-1:123456789012:secret",
            "arn:aws:secretsmanager:eu-central-1:123456789012:secret:x:y",
            "arn:aws:secretsmanager:eu-central-1:123456789012:secret:x ",
            " arn:aws:secretsmanager:eu-central-1:123456789012:secret:x",
            "arn:aws:secretsmanager:eu-central-1:123456789012:secret:x\n",
            "arn:aws:secretsmanager:eu-central-1:123456789012:secret:é",
            "arn:aws:secretsmanager:eu-central-1:123456789012:parameter:x",
            "arn:aws:ssm:eu-central-1:123456789012:secret:x",
            "arn:aws:secretsmanager:eu-central-1:12345678901:secret:x",
            "arn:aws:secretsmanager:eu-central-1:12345678901x:secret:x",
            "arn:aws:secretsmanager:eu-central-1::secret:x",
            "arn:aws:secretsmanager::123456789012:secret:x",
            "arn:aws:secretsmanager:evil.example/:123456789012:secret:x",
            "arn:aws:secretsmanager:evil.example#:123456789012:secret:x",
            "arn:aws:secretsmanager:u@evil:123456789012:secret:x",
            "arn:aws:secretsmanager:EU-CENTRAL-1:123456789012:secret:x",
            "arn:aws:secretsmanager:-:123456789012:secret:x",
            "arn:aws:secretsmanager:eu-:123456789012:secret:x",
            "arn:gcp:secretsmanager:eu-central-1:123456789012:secret:x",
            "arn:aws.evil:secretsmanager:eu-central-1:123456789012:secret:x",
            "ARN:aws:secretsmanager:eu-central-1:123456789012:secret:x",
        ] {
            assert!(SecretArn::parse(arn).is_err(), "{arn}");
        }
        let long = |length| format!("arn:aws:secretsmanager:eu-central-1:123456789012:secret:{}", "x".repeat(length));
        assert!(SecretArn::parse(&long(519)).is_ok());
        assert!(SecretArn::parse(&long(520)).is_err());
    }
}
