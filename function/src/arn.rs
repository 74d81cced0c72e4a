//! The name of a secret at AWS, and which address answers for it.

/// The Amazon Resource Name of a secret in Secrets Manager.
pub(crate) struct SecretArn {
    /// The whole name, as it is sent.
    pub(crate) text: String,
    /// The region that keeps the secret, which the signature names.
    pub(crate) region: String,
    /// Where Secrets Manager answers in that region.
    pub(crate) endpoint: String,
}

impl SecretArn {
    /// Reads a name. All of it is checked, because a part of it becomes the address that gets the request.
    pub(crate) fn parse(text: &str) -> Result<Self, &'static str> {
        parts(text).ok_or("must be a secret's ARN, arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME").map(
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

/// Partition and region of a name that is a secret's.
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
        // 512, and the seven that AWS adds.
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
    fn the_region_keeps_the_secret_and_answers_for_it() {
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
    fn what_is_no_arn_of_a_secret_is_refused() {
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
