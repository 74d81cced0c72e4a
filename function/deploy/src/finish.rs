//! The end of a deployment: reports where the app is and what is left to do, and checks it.

use anyhow::Result;
use shared::redirect;

use crate::doctor::Patient;
use crate::plan::Deployed;
use crate::say;
use crate::web::{Answer, ask};

/// Reports the app's address and checks it from outside.
///
/// # Errors
/// If a check of the deployment fails. What only the operator can do, the DNS entry and the registration with the
/// provider, is reported and is no error.
pub(crate) fn report(deployed: &Deployed) -> Result<()> {
    let Deployed { address, distribution, redirect_uris, function_url, is_new, .. } = deployed;
    say(&format!("\n  the app               {address}"));
    for uri in redirect_uris {
        say(&format!("  its redirect URI      {uri}   (register exactly this with the provider)"));
    }
    let mut patient = Patient::new(address, Some(function_url))?;
    if *is_new {
        patient = patient.newly_deployed();
    }
    let own = host(address).filter(|host| host != distribution);
    if let Some(own) = &own {
        say(&format!(
            "  its DNS entry         {own} → {distribution}   (CNAME; ALIAS if {own} is the top of its zone)"
        ));
        // The name may still resolve to another server.
        patient = patient.reached_by(distribution);
    }
    say("");
    patient.examine()?;
    if own.is_some()
        && let Some(reason) = leads_elsewhere(&ask("GET", &format!("{address}/api/health"), &[], None))
    {
        say(&format!(
            "\n{address} does not point to the distribution yet ({reason}). After you have added its DNS entry, run \
             `cargo xtask doctor {address}`"
        ));
    }
    Ok(())
}

/// Why the app's own name does not point to the distribution. CloudFront gives each name to one distribution only, so
/// any response of the function through CloudFront is from this one.
fn leads_elsewhere(answer: &Result<Answer>) -> Option<String> {
    match answer {
        Err(error) => Some(format!("{error:#}")),
        Ok(answer) if answer.header("x-amz-cf-id").is_none() => Some("another server responds there".to_owned()),
        Ok(answer) if answer.status != 204 => Some(format!("it responds with {}", answer.status)),
        Ok(_) => None,
    }
}

/// The host of an address.
fn host(address: &str) -> Option<String> {
    Some(redirect::origin(address)?.split_once("://")?.1.to_owned())
}

#[cfg(test)]
mod tests {
    use anyhow::anyhow;

    use super::*;

    #[test]
    fn name_points_to_the_distribution_if_the_function_responds_through_cloudfront() {
        let cloudfront = ("x-amz-cf-id", "x");
        for (answer, words) in [
            (Err(anyhow!("could not resolve host")), Some("could not resolve host")),
            (Ok(Answer::of(204, &[])), Some("another server")),
            (Ok(Answer::of(403, &[cloudfront])), Some("responds with 403")),
            (Ok(Answer::of(204, &[cloudfront])), None),
        ] {
            let reason = leads_elsewhere(&answer);
            assert_eq!(reason.is_some(), words.is_some(), "{answer:?}");
            assert!(reason.unwrap_or_default().contains(words.unwrap_or_default()), "{answer:?}");
        }
        assert_eq!(host("https://login.example.com").as_deref(), Some("login.example.com"));
    }
}
