//! Which provider it is and who we are there, as far as that decides what is deployed.

use std::collections::BTreeMap;

use shared::provider::{BaseUrl, at_base};
use shared::{provider, redirect};

use crate::order::Order;

/// What belongs to one provider alone.
const ITS_OWN: [&str; 14] = [
    "ProviderName",
    "BaseUrl",
    "AuthorizeUrl",
    "TokenUrl",
    "ProfileUrl",
    "ProfileName",
    "ProfilePicture",
    "ApiUrl",
    "RevokeUrl",
    "LogoutUrl",
    "ClientAuth",
    "Pkce",
    "Scope",
    "Issuer",
];

impl Order {
    /// Whether the secret has to be given: the first time, and with each new client.
    pub(crate) fn needs_secret(&self, present: Option<&BTreeMap<String, String>>) -> bool {
        let is_same = |name: &str, usual: &str| {
            let present = present.and_then(|present| present.get(name)).map_or(usual, String::as_str);
            self.parameters.get(name).is_none_or(|given| given == present)
        };
        let is_same_client = is_same("ClientId", "") && is_same("Provider", provider::DEFAULT);
        self.secret_from_stdin || present.is_none() || !is_same_client
    }

    /// Adds what follows from another provider: what was set for the one before is not this one's, and the app asks
    /// this one who has logged in.
    pub(crate) fn complete(&mut self, present: Option<&BTreeMap<String, String>>) {
        let known = |name: &str, usual: &str| {
            present.and_then(|present| present.get(name)).map_or_else(|| usual.to_owned(), Clone::clone)
        };
        let before = known("Provider", provider::DEFAULT);
        let named = self.parameters.get("Provider").cloned().unwrap_or_else(|| before.clone());
        if named != before {
            for name in ITS_OWN {
                self.parameters.entry(name.to_owned()).or_default();
            }
        }
        let preset = provider::preset(&named);
        let given = |name: &str| self.parameters.get(name).filter(|value| !value.is_empty()).map(String::as_str);
        if named != before || ["ProfileUrl", "BaseUrl"].iter().any(|name| self.parameters.contains_key(*name)) {
            let base = given("BaseUrl").or_else(|| preset?.base_url.default());
            let usual = || at_base(preset?.profile_url?, base.map(|base| base.trim_end_matches('/')));
            let url = given("ProfileUrl").map(str::to_owned).or_else(usual).unwrap_or_default();
            let origin = redirect::origin(&url).unwrap_or_default();
            self.parameters.entry("ProfileOrigin".to_owned()).or_insert_with(|| origin.to_owned());
        }
        if named != before {
            let origins = preset.map(|preset| preset.picture_origins.join(" ")).filter(|origins| !origins.is_empty());
            let origins = origins.unwrap_or_else(|| "https:".to_owned());
            self.parameters.entry("AvatarOrigins".to_owned()).or_insert(origins);
        }
    }
}

/// What is wrong with what is known of the provider and of us there.
pub(crate) fn problems<'a>(value: impl Fn(&str) -> &'a str) -> Vec<String> {
    let named = Some(value("Provider")).filter(|name| !name.is_empty()).unwrap_or(provider::DEFAULT);
    let Some(preset) = provider::preset(named) else {
        let known: Vec<_> = provider::PRESETS.iter().map(|preset| preset.id).collect();
        return vec![format!("Provider must be one of: {}", known.join(", "))];
    };
    let mut problems = Vec::new();
    if value("ClientId").is_empty() {
        let name = preset.name.unwrap_or("the provider");
        problems.push(format!("ClientId is missing: add `ClientId=<the id that {name} gave you>`"));
    } else if let Some(problem) = preset.token_endpoint.credential_fault(value("ClientId")) {
        problems.push(format!("ClientId {problem}"));
    }
    if let BaseUrl::Required(example) = preset.base_url
        && value("BaseUrl").is_empty()
        && ["AuthorizeUrl", "TokenUrl"].iter().any(|parameter| value(parameter).is_empty())
    {
        problems.push(format!("BaseUrl is missing: it is what the provider's addresses begin with, such as {example}"));
    }
    for (parameter, usual) in [("AuthorizeUrl", preset.authorize_url), ("TokenUrl", preset.token_url)] {
        if usual.is_none() && value(parameter).is_empty() {
            problems.push(format!("{parameter} is missing: this provider has no default for it"));
        }
    }
    problems
}

/// What keeps a secret from being one of that provider's, if anything does.
pub(crate) fn secret_problem(provider: &str, secret: &str) -> Option<&'static str> {
    if secret.is_empty() {
        return Some("is empty");
    }
    provider::preset(provider)?.token_endpoint.credential_fault(secret)
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;
    use crate::order::Options;

    const ID: &str = "ClientId=01234567-89ab-cdef-0123-456789abcdef";

    fn parse(text: &str) -> Result<Order, clap::Error> {
        Options::try_parse_from(text.split_whitespace()).map(Order::from)
    }

    #[test]
    fn the_secret_is_wanted_the_first_time_and_with_each_new_client() {
        let present: BTreeMap<_, _> = [("ClientId".to_owned(), ID[9..].to_owned())].into();
        for (text, present, expected) in [
            (ID, None, true),
            ("MemorySize=512", Some(&present), false),
            (ID, Some(&present), false),
            ("ClientId=11111111-89ab-cdef-0123-456789abcdef", Some(&present), true),
            ("Provider=aniapi", Some(&present), false),
            ("Provider=github", Some(&present), true),
            ("--secret-stdin", Some(&present), true),
        ] {
            assert_eq!(parse(text).expect("good").needs_secret(present), expected, "{text}");
        }
    }

    #[test]
    fn another_provider_inherits_nothing_and_is_asked_who_is_signed_in() {
        let present = |pairs: &[(&str, &str)]| -> BTreeMap<String, String> {
            pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
        };
        for (text, before, expected) in [
            ("MemorySize=512", &[][..], "MemorySize=512"),
            ("Provider=aniapi", &[], "Provider=aniapi"),
            (
                "Provider=github",
                &[],
                "ApiUrl= AuthorizeUrl= AvatarOrigins=https://avatars.githubusercontent.com BaseUrl= ClientAuth= Issuer= \
                 LogoutUrl= Pkce= ProfileName= ProfileOrigin=https://api.github.com ProfilePicture= ProfileUrl= \
                 Provider=github ProviderName= RevokeUrl= Scope= TokenUrl=",
            ),
            (
                "Provider=myanimelist Pkce=plain",
                &[("Provider", "oauth2"), ("Scope", "openid")],
                "ApiUrl= AuthorizeUrl= AvatarOrigins=https: BaseUrl= ClientAuth= Issuer= LogoutUrl= Pkce=plain ProfileName= \
                 ProfileOrigin= ProfilePicture= ProfileUrl= Provider=myanimelist ProviderName= RevokeUrl= Scope= TokenUrl=",
            ),
            ("Provider=github", &[("Provider", "github")], "Provider=github"),
            (
                "BaseUrl=https://id.example/realms/r/",
                &[("Provider", "keycloak")],
                "BaseUrl=https://id.example/realms/r/ ProfileOrigin=https://id.example",
            ),
            (
                "ProfileUrl=https://p.example/me",
                &[("Provider", "oauth2")],
                "ProfileOrigin=https://p.example ProfileUrl=https://p.example/me",
            ),
            (
                "ProfileUrl=https://p.example/me ProfileOrigin=https://q.example",
                &[],
                "ProfileOrigin=https://q.example ProfileUrl=https://p.example/me",
            ),
        ] {
            let mut order = parse(text).expect("good");
            order.complete(Some(&present(before)));
            let set: Vec<_> = order.parameters.iter().map(|(name, value)| format!("{name}={value}")).collect();
            assert_eq!(set.join(" "), expected, "{text}");
        }
    }

    #[test]
    fn a_secret_is_held_to_what_the_provider_gives() {
        for (provider, secret, good) in [
            ("aniapi", "01234567-89ab-cdef-0123-456789abcdef", true),
            ("aniapi", "a secret", false),
            ("github", "a secret", true),
            ("github", "", false),
            ("github", "a\nb", false),
        ] {
            assert_eq!(secret_problem(provider, secret).is_none(), good, "{provider} {secret:?}");
        }
    }
}
