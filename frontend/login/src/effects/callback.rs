//! The authorization response in the address bar (RFC 6749, 4.1.2): it is removed from there and validated.

use shared::callback::{Callback, Validated};
use shared::return_path::ReturnPath;

use super::storage::Store;
use crate::browser;
use crate::machine::Refused;
use crate::options::AuthOptions;

/// Receives the response, if the page was opened at a redirect URI.
///
/// Call this before anything sends a request: it first removes code and state from the address bar and the history, so
/// that no later request, reload or bookmark can contain them.
pub(crate) fn receive(options: &AuthOptions) -> Option<Result<Validated, Refused>> {
    let path = browser::path();
    if !options.is_callback(&path) {
        return None;
    }
    let query = browser::query();
    browser::replace_address(&path);
    Some(judge(Store(options.storage_prefix), Callback::parse(&path, &query)))
}

fn judge(store: Store, callback: Callback) -> Result<Validated, Refused> {
    // Every state in the response is used up, whatever the result.
    let named: Vec<_> = callback.states().map(|state| store.take_pending(state)).collect();
    let pending = named.into_iter().next().flatten();
    let (provider, return_to) = match &pending {
        Some(pending) => (Some(pending.provider.clone()), pending.return_to.clone()),
        None => (None, ReturnPath::home()),
    };
    callback.validate(pending, browser::now()).map_err(|error| Refused { error, provider, return_to })
}

#[cfg(all(test, target_arch = "wasm32"))]
mod tests {
    use shared::callback::CallbackError;
    use shared::state::PendingLogin;
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    const STORE: Store = Store("test");

    fn remember(state: &str) {
        let pending = PendingLogin {
            provider: "aniapi".into(),
            redirect_uri: "https://app.example/auth".into(),
            return_to: ReturnPath::new("/anime"),
            started_at: browser::now(),
            code_verifier: None,
            issuer: None,
        };
        STORE.remember(state, &pending).expect("there is room");
    }

    #[wasm_bindgen_test]
    fn valid_callback_uses_up_its_state() {
        remember("one");
        assert!(judge(STORE, Callback::parse("/auth", "?code=c&state=one")).is_ok());
        let again = judge(STORE, Callback::parse("/auth", "?code=c&state=one")).expect_err("the state was used");
        assert_eq!(again.error, CallbackError::StateUnknown);
    }

    #[wasm_bindgen_test]
    fn callback_with_two_states_uses_up_both() {
        remember("two");
        remember("three");
        let refused =
            judge(STORE, Callback::parse("/auth", "?code=c&state=two&state=three")).expect_err("state occurs twice");
        assert_eq!(refused.error, CallbackError::Doubled);
        for state in ["two", "three"] {
            assert!(judge(STORE, Callback::parse("/auth", &format!("?code=c&state={state}"))).is_err(), "{state}");
        }
    }

    #[wasm_bindgen_test]
    fn response_at_another_providers_redirect_uri_is_rejected() {
        remember("five");
        let refused = judge(STORE, Callback::parse("/auth/github", "?code=c&state=five"))
            .expect_err("it is another redirect URI");
        assert_eq!(refused.error, CallbackError::RedirectUriMismatch);
    }

    #[wasm_bindgen_test]
    fn error_response_keeps_provider_and_return_path_for_a_retry() {
        remember("four");
        let refused = judge(STORE, Callback::parse("/auth", "?error=access_denied&state=four"))
            .expect_err("it is an error response");
        assert_eq!((refused.provider.as_deref(), refused.return_to.as_str()), (Some("aniapi"), "/anime"));
    }
}
