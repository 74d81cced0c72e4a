//! Finish: take the pending login, scrub the address, exchange the code, come back.

use shared::callback::{Callback, Validated};
use shared::return_path::ReturnPath;
use shared::token::TokenRequest;

use crate::failure::Failure;
use crate::session::Session;
use crate::{api, browser, login};

/// A login that came back and may be finished, or why it may not.
pub(crate) type Received = Result<Validated, Refused>;

/// A callback that is not used.
#[derive(Clone)]
pub(crate) struct Refused {
    pub(crate) failure: Failure,
    /// The provider that a fresh login should go to, where the callback named a login of this tab.
    pub(crate) provider: Option<String>,
    /// The place to come back to, kept for the fresh login.
    pub(crate) return_to: ReturnPath,
}

/// Whether this is the address that the provider sends people back to.
pub(crate) fn is_callback(path: &str) -> bool {
    matches!(path, "/auth" | "/auth/")
}

/// Receives the callback in the address bar, if the page stands at one.
///
/// Call this before anything makes a request: it takes code and state out of address bar and history first, so that
/// no later request, reload or bookmark can carry them.
pub(crate) fn receive() -> Option<Received> {
    let path = browser::path();
    if !is_callback(&path) {
        return None;
    }
    let query = browser::query();
    browser::replace_address(&path);
    Some(judge(Callback::parse(&query)))
}

fn judge(callback: Callback) -> Received {
    // Every state that it names is used up, whatever then happens.
    let named: Vec<_> = callback.states().map(login::take_pending).collect();
    let pending = named.into_iter().next().flatten();
    let (provider, return_to) = match &pending {
        Some(pending) => (Some(pending.provider.clone()), pending.return_to.clone()),
        None => (None, ReturnPath::home()),
    };
    callback.validate(pending, browser::now()).map_err(|error| Refused {
        failure: Failure::Callback(error),
        provider,
        return_to,
    })
}

/// Exchanges the code for a session. It consumes the code, so no code is sent twice.
pub(crate) async fn finish(validated: Validated) -> Result<Session, Failure> {
    let provider = validated.provider().to_owned();
    let token = api::exchange(TokenRequest::new(validated)).await?;
    Ok(Session::new(provider, token, browser::now()))
}

#[cfg(all(test, target_arch = "wasm32"))]
mod tests {
    use shared::callback::CallbackError;
    use shared::state::PendingLogin;
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    fn remember(state: &str) {
        let pending = PendingLogin {
            provider: "aniapi".into(),
            redirect_uri: "https://app.example/auth".into(),
            return_to: ReturnPath::new("/anime"),
            started_at: browser::now(),
            code_verifier: None,
            issuer: None,
        };
        login::remember(state, &pending).expect("there is room");
    }

    #[wasm_bindgen_test]
    fn a_good_callback_uses_up_its_state() {
        remember("one");
        assert!(judge(Callback::parse("?code=c&state=one")).is_ok());
        let again = judge(Callback::parse("?code=c&state=one")).expect_err("it was used");
        assert_eq!(again.failure, Failure::Callback(CallbackError::StateUnknown));
    }

    #[wasm_bindgen_test]
    fn a_callback_that_names_two_states_uses_up_both() {
        remember("two");
        remember("three");
        let refused = judge(Callback::parse("?code=c&state=two&state=three")).expect_err("it is doubled");
        assert_eq!(refused.failure, Failure::Callback(CallbackError::Doubled));
        for state in ["two", "three"] {
            assert!(judge(Callback::parse(&format!("?code=c&state={state}"))).is_err(), "{state}");
        }
    }

    #[wasm_bindgen_test]
    fn a_refusal_keeps_provider_and_place_for_the_next_login() {
        remember("four");
        let refused = judge(Callback::parse("?error=access_denied&state=four")).expect_err("it is an error");
        assert_eq!((refused.provider.as_deref(), refused.return_to.as_str()), (Some("aniapi"), "/anime"));
    }
}
