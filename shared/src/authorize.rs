//! The authorization request (RFC 6749, 4.1.1).

use alloc::string::String;
use alloc::vec::Vec;

use crate::config::ProviderConfig;
use crate::form;
use crate::pkce::Challenge;
use crate::redirect;
use crate::state::State;

/// The registered redirect URI on the page's origin: the provider's own (`/auth/<id>`) if there is one, otherwise the
/// shared one. If there is none, do not send the person to the provider: they could not return.
pub fn redirect_uri_for<'a>(provider: &'a ProviderConfig, page_origin: &str) -> Option<&'a str> {
    let here = || provider.redirect_uris.iter().filter(|uri| redirect::origin(uri) == Some(page_origin));
    let is_own = |uri: &&String| uri.strip_suffix(&*provider.id).is_some_and(|rest| rest.ends_with('/'));
    here().find(is_own).or_else(|| here().next()).map(String::as_str)
}

/// The URL of the authorization request: the authorization endpoint with the request's parameters. `challenge` is
/// required if the provider's [`pkce`](ProviderConfig::pkce) is set, and is made with that method. With
/// `chooses_account`, the person can choose another account than the one that the provider remembers, if the provider
/// supports that.
pub fn authorize_url(
    provider: &ProviderConfig,
    redirect_uri: &str,
    state: &State,
    challenge: Option<&Challenge>,
    chooses_account: bool,
) -> String {
    let challenge = challenge.map(|challenge| (challenge.expose(), challenge.method().as_str()));
    let mut query = String::new();
    for (name, value) in [
        ("response_type", Some("code")),
        ("client_id", Some(&*provider.client_id)),
        ("redirect_uri", Some(redirect_uri)),
        ("scope", provider.scope.as_deref()),
        ("state", Some(state.as_str())),
        ("code_challenge", challenge.map(|(challenge, _)| challenge)),
        ("code_challenge_method", challenge.map(|(_, method)| method)),
    ] {
        if let Some(value) = value {
            form::append(&mut query, name, value);
        }
    }
    let address = match provider.choose_account.as_deref().filter(|_| chooses_account).and_then(|it| it.split_once('='))
    {
        Some((name, value)) => {
            form::append(&mut query, name, value);
            without(&provider.authorize_url, name)
        }
        None => provider.authorize_url.clone(),
    };
    let separator = if address.contains('?') { "&" } else { "?" };
    [&*address, separator, &query].concat()
}

/// The URL without the parameters of that name, because none may occur twice (RFC 6749, 3.1).
fn without(address: &str, name: &str) -> String {
    let Some((path, query)) = address.split_once('?') else { return address.into() };
    let is_other = |parameter: &&str| parameter.split('=').next() != Some(name);
    let others: Vec<&str> = query.split('&').filter(is_other).collect();
    if others.is_empty() { path.into() } else { [path, "?", &others.join("&")].concat() }
}

#[cfg(test)]
mod tests {
    use alloc::format;
    use alloc::vec;

    use super::*;
    use crate::pkce::CodeVerifier;

    fn provider(authorize_url: &str) -> ProviderConfig {
        let redirect_uris = vec!["https://one.example/auth".into(), "http://localhost:3000/auth".into()];
        ProviderConfig::new("aniapi", "AniAPI", "11111111-2222-3333-4444-555555555555", authorize_url, redirect_uris)
    }

    #[test]
    fn request_has_the_four_parameters() {
        let state = State::from_bytes([0; 32]);
        assert_eq!(
            authorize_url(
                &provider("https://api.aniapi.com/v1/oauth"),
                "http://localhost:3000/auth",
                &state,
                None,
                false
            ),
            "https://api.aniapi.com/v1/oauth?response_type=code&client_id=11111111-2222-3333-4444-555555555555\
             &redirect_uri=http%3A%2F%2Flocalhost%3A3000%2Fauth&state=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
        );
    }

    #[test]
    fn query_of_the_authorization_endpoint_is_kept() {
        let state = State::from_bytes([0; 32]);
        let provider = provider("https://p.example/login?tenant=7");
        let url = authorize_url(&provider, "https://one.example/auth", &state, None, false);
        assert!(url.starts_with("https://p.example/login?tenant=7&response_type=code&client_id="), "{url}");
    }

    #[test]
    fn scope_and_challenge_are_sent_if_there_are_any() {
        let state = State::from_bytes([0; 32]);
        let mut provider = provider("https://p.example");
        provider.scope = Some("read:user user:email".into());
        let verifier = CodeVerifier::from_bytes([0; 32]);
        for (challenge, sent) in [
            (None, String::new()),
            (
                Some(Challenge::s256(&[255; 32])),
                "&code_challenge=__________________________________________8&code_challenge_method=S256".into(),
            ),
            (
                Some(Challenge::plain(&verifier)),
                format!("&code_challenge={}&code_challenge_method=plain", verifier.expose()),
            ),
        ] {
            let url = authorize_url(&provider, "https://one.example/auth", &state, challenge.as_ref(), false);
            let (_, query) = url.split_once("auth&scope=").expect("the scope comes after the redirect URI");
            assert_eq!(query, format!("read%3Auser+user%3Aemail&state={}{sent}", state.as_str()));
        }
    }

    #[test]
    fn providers_own_redirect_uri_takes_precedence_over_the_shared_one() {
        let mut provider = provider("https://p.example");
        provider.redirect_uris =
            ["https://a.example/auth", "https://b.example/auth/aniapi", "https://a.example/auth/aniapi"]
                .map(Into::into)
                .into();
        assert_eq!(redirect_uri_for(&provider, "https://a.example"), Some("https://a.example/auth/aniapi"));
        provider.id = "auth".into();
        assert_eq!(redirect_uri_for(&provider, "https://a.example"), Some("https://a.example/auth"));
    }

    #[test]
    fn redirect_uri_is_the_one_on_this_origin() {
        let provider = provider("https://p.example");
        for (origin, expected) in [
            ("http://localhost:3000", Some("http://localhost:3000/auth")),
            ("https://one.example", Some("https://one.example/auth")),
            ("http://one.example", None),
            ("https://one.example:444", None),
            ("https://one.example.evil", None),
            ("null", None),
            ("", None),
        ] {
            assert_eq!(redirect_uri_for(&provider, origin), expected, "{origin}");
        }
    }

    #[test]
    fn parameter_for_the_choice_of_an_account_is_sent_once() {
        let state = State::from_bytes([0; 32]);
        for (address, choose, expected) in [
            ("https://p.example/a", None, "https://p.example/a?response_type"),
            ("https://p.example/a", Some("prompt=select_account"), "https://p.example/a?response_type"),
            ("https://p.example/a?prompt=consent", Some("prompt=select_account"), "https://p.example/a?response_type"),
            ("https://p.example/a?x=1&prompt=consent", Some("prompt=a b"), "https://p.example/a?x=1&response_type"),
            ("https://p.example/a?prompts=1", Some("prompt=a"), "https://p.example/a?prompts=1&response_type"),
        ] {
            let provider = ProviderConfig { choose_account: choose.map(Into::into), ..provider(address) };
            let url = authorize_url(&provider, "https://one.example/auth", &state, None, true);
            assert!(url.starts_with(expected), "{url}");
            assert_eq!(url.matches("&prompt=").count(), usize::from(choose.is_some()), "{url}");
        }
    }
}
