//! The authorization request: state, PKCE, and the address of the provider's login page (RFC 6749, 4.1.1).

use shared::authorize::{authorize_url, redirect_uri_for};
use shared::config::ProviderConfig;
use shared::pkce::{Challenge, CodeVerifier, Method};
use shared::redirect;
use shared::return_path::ReturnPath;
use shared::state::{PendingLogin, State};

use super::storage::Store;
use crate::browser;
use crate::failure::Cause;
use crate::machine::Departure;

/// Builds the authorization request.
///
/// # Errors
/// If the person could not return after the login. The browser then stays on the page.
pub(super) async fn prepare(
    provider: &ProviderConfig,
    return_to: ReturnPath,
    chooses_account: bool,
) -> Result<Departure, Cause> {
    if !redirect::is_web(&provider.authorize_url) {
        return Err(Cause::NotOurs { status: 200, wait: None });
    }
    let origin = browser::origin();
    let redirect_uri = redirect_uri_for(provider, &origin).ok_or(Cause::NoRedirectUri)?;
    let state = State::from_bytes(browser::random().ok_or(Cause::NoCryptography)?);
    let (code_verifier, challenge) = match provider.pkce {
        Some(method) => pkce(method).await.ok_or(Cause::NoCryptography)?,
        None => (None, None),
    };
    let pending = PendingLogin {
        provider: provider.id.clone(),
        redirect_uri: redirect_uri.into(),
        return_to,
        started_at: browser::now(),
        code_verifier,
        issuer: provider.issuer.clone(),
    };
    let address = authorize_url(provider, redirect_uri, &state, challenge.as_ref(), chooses_account);
    Ok(Departure { state, pending, address })
}

/// The verifier, which stays in this tab, and the challenge, which goes into the authorization request (RFC 7636).
async fn pkce(method: Method) -> Option<(Option<CodeVerifier>, Option<Challenge>)> {
    let verifier = CodeVerifier::from_bytes(browser::random()?);
    let challenge = match method {
        Method::S256 => Challenge::s256(&browser::sha256(verifier.expose().as_bytes()).await?),
        Method::Plain => Challenge::plain(&verifier),
    };
    Some((Some(verifier), Some(challenge)))
}

/// Stores the pending login and starts the navigation. The page stays alive for a moment, so this returns.
///
/// # Errors
/// If the browser does not store the pending login, or does not navigate.
pub(super) fn leave(store: Store, departure: &Departure) -> Result<(), Cause> {
    store.remember(departure.state.as_str(), &departure.pending).ok_or(Cause::NoStorage)?;
    browser::location().assign(&departure.address).map_err(|_| Cause::NoRedirectUri)
}

#[cfg(all(test, target_arch = "wasm32"))]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    #[wasm_bindgen_test]
    async fn challenge_is_made_from_the_verifier_by_each_method() {
        let (verifier, challenge) = pkce(Method::Plain).await.expect("the browser has cryptography");
        let verifier = verifier.expect("it is made");
        assert_eq!(challenge.expect("it is made").expose(), verifier.expose());
        let (verifier, challenge) = pkce(Method::S256).await.expect("the browser has cryptography");
        let (verifier, challenge) = (verifier.expect("it is made"), challenge.expect("it is made"));
        assert_ne!(challenge.expose(), verifier.expose());
        assert_eq!((challenge.expose().len(), verifier.expose().len()), (43, 43));
    }

    #[wasm_bindgen_test]
    async fn login_without_a_redirect_uri_on_this_origin_is_not_started() {
        let provider = ProviderConfig {
            profile_url: Some("https://api.aniapi.com/v1/auth/me".into()),
            ..ProviderConfig::new(
                "aniapi",
                "AniAPI",
                "id",
                "https://api.aniapi.com/v1/oauth",
                vec!["https://another-origin.example/auth".into()],
            )
        };
        assert_eq!(prepare(&provider, ReturnPath::home(), false).await.err(), Some(Cause::NoRedirectUri));
    }
}
