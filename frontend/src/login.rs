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
