//! Start: make a state, remember the login, go to the provider.

use shared::authorize::{authorize_url, redirect_uri_for};
use shared::config::AppConfig;
use shared::return_path::ReturnPath;
use shared::state::{PendingLogin, State};

use crate::browser;
use crate::failure::Failure;

/// Where pending logins are kept: one entry for each state, so that two logins of one tab do not disturb each other.
const PREFIX: &str = "aniapi-login.pending.";

/// Leaves for the provider's login page. The browser needs a moment to go, so this returns.
///
/// # Errors
/// Where the login could not come back: then the person is not sent away.
pub(crate) fn begin(config: &AppConfig, provider_id: &str, return_to: ReturnPath) -> Result<(), Failure> {
    let provider = config.provider(provider_id).ok_or(Failure::UnknownProvider)?;
    let origin = browser::location().origin().unwrap_or_default();
    let redirect_uri = redirect_uri_for(provider, &origin).ok_or(Failure::NoRedirectUri)?;
    let state = State::from_bytes(browser::random().ok_or(Failure::NoRandomness)?);
    let pending = PendingLogin {
        provider: provider_id.into(),
        redirect_uri: redirect_uri.into(),
        return_to,
        started_at: browser::now(),
    };
    forget_expired();
    remember(&state, &pending).ok_or(Failure::NoStorage)?;
    browser::location().assign(&authorize_url(provider, redirect_uri, &state)).map_err(|_| Failure::NoRedirectUri)
}

fn remember(state: &State, pending: &PendingLogin) -> Option<()> {
    let value = serde_json::to_string(pending).ok()?;
    browser::tab_storage()?.set_item(&key(state.as_str()), &value).ok()
}

/// Takes a pending login out of the storage. Whoever names a state uses it up.
pub(crate) fn take_pending(state: &str) -> Option<PendingLogin> {
    let storage = browser::tab_storage()?;
    let key = key(state);
    let value = storage.get_item(&key).ok().flatten()?;
    // A login that could not be removed could be finished twice, so it must not be finished at all.
    storage.remove_item(&key).ok()?;
    serde_json::from_str(&value).ok()
}

/// Logins that were given up leave their entries behind; they go when the next one begins.
fn forget_expired() {
    let Some(storage) = browser::tab_storage() else { return };
    let now = browser::now();
    let keys: Vec<String> =
        (0..storage.length().unwrap_or(0)).filter_map(|at| storage.key(at).ok().flatten()).collect();
    for key in keys.iter().filter(|key| key.starts_with(PREFIX)) {
        let pending =
            storage.get_item(key).ok().flatten().and_then(|value| serde_json::from_str::<PendingLogin>(&value).ok());
        if pending.is_none_or(|pending| pending.is_expired(now)) {
            let _ = storage.remove_item(key);
        }
    }
}

fn key(state: &str) -> String {
    format!("{PREFIX}{state}")
}

#[cfg(all(test, target_arch = "wasm32"))]
mod tests {
    use shared::config::ProviderConfig;
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    fn pending(started_at: f64) -> PendingLogin {
        PendingLogin {
            provider: "aniapi".into(),
            redirect_uri: "https://app.example/auth".into(),
            return_to: ReturnPath::new("/anime"),
            started_at,
        }
    }

    fn state(byte: u8) -> State {
        State::from_bytes([byte; 32])
    }

    #[wasm_bindgen_test]
    fn a_pending_login_can_be_taken_once() {
        remember(&state(1), &pending(5.0)).expect("there is room");
        assert_eq!(take_pending(state(1).as_str()), Some(pending(5.0)));
        assert_eq!(take_pending(state(1).as_str()), None);
    }

    #[wasm_bindgen_test]
    fn a_state_that_nobody_stored_is_no_login() {
        remember(&state(2), &pending(5.0)).expect("there is room");
        for name in ["", "x", state(3).as_str(), &state(2).as_str()[..42]] {
            assert_eq!(take_pending(name), None, "{name}");
        }
        assert!(take_pending(state(2).as_str()).is_some());
    }

    #[wasm_bindgen_test]
    fn logins_that_were_given_up_are_forgotten() {
        let now = browser::now();
        remember(&state(4), &pending(now - 601_000.0)).expect("there is room");
        remember(&state(5), &pending(now)).expect("there is room");
        let storage = browser::tab_storage().expect("the browser has storage");
        storage.set_item(&key("broken"), "{").expect("there is room");
        forget_expired();
        assert_eq!(take_pending(state(4).as_str()), None);
        assert!(take_pending(state(5).as_str()).is_some());
        assert_eq!(storage.get_item(&key("broken")), Ok(None));
    }

    #[wasm_bindgen_test]
    fn nobody_is_sent_away_who_could_not_come_back() {
        let provider = ProviderConfig {
            id: "aniapi".into(),
            name: "AniAPI".into(),
            client_id: "id".into(),
            authorize_url: "https://api.aniapi.com/v1/oauth".into(),
            redirect_uris: vec!["https://another-origin.example/auth".into()],
            profile_url: "https://api.aniapi.com/v1/auth/me".into(),
        };
        let config = AppConfig { providers: vec![provider] };
        assert_eq!(begin(&config, "aniapi", ReturnPath::home()), Err(Failure::NoRedirectUri));
        assert_eq!(begin(&config, "other", ReturnPath::home()), Err(Failure::UnknownProvider));
    }
}
