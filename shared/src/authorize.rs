//! The address of the provider's login page (RFC 6749, 4.1.1).

use alloc::string::String;

use crate::config::ProviderConfig;
use crate::form;
use crate::pkce::Challenge;
use crate::redirect;
use crate::state::State;

/// The registered redirect URI on the page's own origin: the provider's own (`/auth/<id>`) if there is one, else the one that
/// it shares with others. Without any, the person must not be sent away: they could not come back.
pub fn redirect_uri_for<'a>(provider: &'a ProviderConfig, page_origin: &str) -> Option<&'a str> {
    let here = || provider.redirect_uris.iter().filter(|uri| redirect::origin(uri) == Some(page_origin));
    let is_own = |uri: &&String| uri.strip_suffix(&*provider.id).is_some_and(|rest| rest.ends_with('/'));
    here().find(is_own).or_else(|| here().next()).map(String::as_str)
}

/// The address to send the person to: the authorize address with the request's parameters added. `challenge` is there
/// where the provider's [`pkce`](ProviderConfig::pkce) is, and made by that method.
pub fn authorize_url(
    provider: &ProviderConfig,
    redirect_uri: &str,
    state: &State,
    challenge: Option<&Challenge>,
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
    let separator = if provider.authorize_url.contains('?') { "&" } else { "?" };
    [&*provider.authorize_url, separator, &query].concat()
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
    fn the_address_carries_the_four_parameters() {
        let state = State::from_bytes([0; 32]);
        assert_eq!(
            authorize_url(&provider("https://api.aniapi.com/v1/oauth"), "http://localhost:3000/auth", &state, None),
            "https://api.aniapi.com/v1/oauth?response_type=code&client_id=11111111-2222-3333-4444-555555555555\
             &redirect_uri=http%3A%2F%2Flocalhost%3A3000%2Fauth&state=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
        );
    }

    #[test]
    fn a_query_that_the_provider_has_already_is_kept() {
        let state = State::from_bytes([0; 32]);
        let provider = provider("https://p.example/login?tenant=7");
        let url = authorize_url(&provider, "https://one.example/auth", &state, None);
        assert!(url.starts_with("https://p.example/login?tenant=7&response_type=code&client_id="), "{url}");
    }

    #[test]
    fn scope_and_challenge_are_sent_where_there_are_any() {
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
            let url = authorize_url(&provider, "https://one.example/auth", &state, challenge.as_ref());
            let (_, query) = url.split_once("auth&scope=").expect("the scope comes after the redirect address");
            assert_eq!(query, format!("read%3Auser+user%3Aemail&state={}{sent}", state.as_str()));
        }
    }

    #[test]
    fn the_providers_own_redirect_uri_comes_before_the_shared_one() {
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
    fn the_redirect_address_is_the_one_on_this_origin() {
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
}
