//! Start: make a state, remember the login, go to the provider.

use shared::authorize::{authorize_url, redirect_uri_for};
use shared::config::ProviderConfig;
use shared::pkce::{Challenge, CodeVerifier, Method};
use shared::redirect;
use shared::return_path::ReturnPath;
use shared::state::{PENDING_LIFETIME_MS, PendingLogin, State};
use web_sys::Storage;

use crate::browser;
use crate::failure::Failure;
use crate::json::Js;

/// Where pending logins are kept: one entry for each state, so that two logins of one tab do not disturb each other.
const PENDING: &str = "aniapi-login.pending.";

/// Where all tabs see which states were used: a tab that somebody has duplicated has copies of the pending logins, too.
const USED: &str = "aniapi-login.used.";

/// Leaves for the provider's login page. The browser needs a moment to go, so this returns.
///
/// # Errors
/// Where the login could not come back: then the person is not sent away.
pub(crate) async fn begin(provider: &ProviderConfig, return_to: ReturnPath) -> Result<(), Failure> {
    if !redirect::is_web(&provider.authorize_url) {
        return Err(Failure::NotOurs { status: 200, wait: None });
    }
    let origin = browser::origin();
    let redirect_uri = redirect_uri_for(provider, &origin).ok_or(Failure::NoRedirectUri)?;
    let state = State::from_bytes(browser::random().ok_or(Failure::NoCryptography)?);
    let (code_verifier, challenge) = match provider.pkce {
        Some(method) => proof(method).await.ok_or(Failure::NoCryptography)?,
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
    forget_expired();
    remember(state.as_str(), &pending).ok_or(Failure::NoStorage)?;
    let login_page = authorize_url(provider, redirect_uri, &state, challenge.as_ref());
    browser::location().assign(&login_page).map_err(|_| Failure::NoRedirectUri)
}

/// A verifier that stays here and the challenge that goes with the person.
async fn proof(method: Method) -> Option<(Option<CodeVerifier>, Option<Challenge>)> {
    let verifier = CodeVerifier::from_bytes(browser::random()?);
    let challenge = match method {
        Method::S256 => Challenge::s256(&browser::sha256(verifier.expose().as_bytes()).await?),
        Method::Plain => Challenge::plain(&verifier),
    };
    Some((Some(verifier), Some(challenge)))
}

pub(crate) fn remember(state: &str, pending: &PendingLogin) -> Option<()> {
    let value = pending.to_json::<Js>().stringify()?;
    browser::tab_storage()?.set_item(&key(state), &value).ok()
}

/// Takes a pending login out of the storage. Whoever names a state uses it up, in all tabs.
pub(crate) fn take_pending(state: &str) -> Option<PendingLogin> {
    let storage = browser::tab_storage()?;
    let key = key(state);
    let value = storage.get_item(&key).ok().flatten()?;
    // A login that could not be removed could be finished twice, so it must not be finished at all.
    storage.remove_item(&key).ok()?;
    if !use_up(state) {
        return None;
    }
    read(&value)
}

fn read(entry: &str) -> Option<PendingLogin> {
    PendingLogin::from_json(&Js::parse(entry)?)
}

/// Notes for all tabs that the state is used, and says whether this is the first time. Where the tabs share no storage,
/// each has to go by its own.
fn use_up(state: &str) -> bool {
    let Some(storage) = browser::shared_storage() else { return true };
    // So much of it tells it from any other, and is not the state.
    let key = [USED, state.get(..16).unwrap_or(state)].concat();
    let is_first = storage.get_item(&key).is_ok_and(|used| used.is_none());
    let _ = storage.set_item(&key, &browser::now().to_string());
    is_first
}

/// Logins that were given up leave their entries behind, as used states do; they go when the next login begins.
fn forget_expired() {
    let now = browser::now();
    forget(browser::tab_storage(), PENDING, |entry| read(entry).is_some_and(|pending| !pending.is_expired(now)));
    forget(browser::shared_storage(), USED, |entry| {
        let age = entry.parse().ok().and_then(|used_at| now.checked_sub(used_at));
        age.is_some_and(|age| age <= PENDING_LIFETIME_MS)
    });
}

/// Removes the entries with that prefix that are not worth keeping.
fn forget(storage: Option<Storage>, prefix: &str, is_worth_keeping: impl Fn(&str) -> bool) {
    let Some(storage) = storage else { return };
    let keys: Vec<String> =
        (0..storage.length().unwrap_or(0)).filter_map(|at| storage.key(at).ok().flatten()).collect();
    for key in keys.iter().filter(|key| key.starts_with(prefix)) {
        if !storage.get_item(key).ok().flatten().is_some_and(|entry| is_worth_keeping(&entry)) {
            let _ = storage.remove_item(key);
        }
    }
}

fn key(state: &str) -> String {
    [PENDING, state].concat()
}

#[cfg(all(test, target_arch = "wasm32"))]
mod tests {
    use shared::config::ProviderConfig;
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    fn pending(started_at: u64) -> PendingLogin {
        PendingLogin {
            provider: "aniapi".into(),
            redirect_uri: "https://app.example/auth".into(),
            return_to: ReturnPath::new("/anime"),
            started_at,
            code_verifier: None,
            issuer: None,
        }
    }

    /// When the login began that is stored under a state; taking it uses it up.
    fn taken(state: &str) -> Option<u64> {
        take_pending(state).map(|pending| pending.started_at)
    }

    fn state(byte: u8) -> State {
        State::from_bytes([byte; 32])
    }

    #[wasm_bindgen_test]
    fn a_pending_login_can_be_taken_once() {
        remember(state(1).as_str(), &pending(5)).expect("there is room");
        assert_eq!(taken(state(1).as_str()), Some(5));
        assert_eq!(taken(state(1).as_str()), None);
    }

    #[wasm_bindgen_test]
    fn a_copy_of_a_pending_login_that_was_taken_is_worth_nothing() {
        remember(state(6).as_str(), &pending(5)).expect("there is room");
        assert!(take_pending(state(6).as_str()).is_some());
        // As a tab finds it that was duplicated before the login was finished.
        remember(state(6).as_str(), &pending(5)).expect("there is room");
        assert_eq!(taken(state(6).as_str()), None);
    }

    #[wasm_bindgen_test]
    fn a_state_that_nobody_stored_is_no_login() {
        remember(state(2).as_str(), &pending(5)).expect("there is room");
        for name in ["", "x", state(3).as_str(), &state(2).as_str()[..42]] {
            assert_eq!(taken(name), None, "{name}");
        }
        assert!(take_pending(state(2).as_str()).is_some());
    }

    #[wasm_bindgen_test]
    fn logins_that_were_given_up_are_forgotten() {
        let now = browser::now();
        remember(state(4).as_str(), &pending(now - 601_000)).expect("there is room");
        remember(state(5).as_str(), &pending(now)).expect("there is room");
        let storage = browser::tab_storage().expect("the browser has storage");
        storage.set_item(&key("broken"), "{").expect("there is room");
        let shared = browser::shared_storage().expect("the browser has storage");
        let used = |name: &str| format!("{USED}{name}");
        for (name, used_at) in
            [("old", (now - 601_000).to_string()), ("new", now.to_string()), ("broken", "NaN".into())]
        {
            shared.set_item(&used(name), &used_at).expect("there is room");
        }
        forget_expired();
        for (name, is_kept) in [("old", false), ("new", true), ("broken", false)] {
            assert_eq!(shared.get_item(&used(name)).expect("it can be read").is_some(), is_kept, "{name}");
        }
        assert_eq!(taken(state(4).as_str()), None);
        assert!(take_pending(state(5).as_str()).is_some());
        assert_eq!(storage.get_item(&key("broken")), Ok(None));
    }

    #[wasm_bindgen_test]
    async fn a_challenge_is_made_from_the_verifier_as_the_method_says() {
        let (verifier, challenge) = proof(Method::Plain).await.expect("the browser has cryptography");
        let verifier = verifier.expect("it is made");
        assert_eq!(challenge.expect("it is made").expose(), verifier.expose());
        let (verifier, challenge) = proof(Method::S256).await.expect("the browser has cryptography");
        let (verifier, challenge) = (verifier.expect("it is made"), challenge.expect("it is made"));
        assert_ne!(challenge.expose(), verifier.expose());
        assert_eq!((challenge.expose().len(), verifier.expose().len()), (43, 43));
    }

    #[wasm_bindgen_test]
    async fn nobody_is_sent_away_who_could_not_come_back() {
        let provider = ProviderConfig {
            id: "aniapi".into(),
            name: "AniAPI".into(),
            client_id: "id".into(),
            authorize_url: "https://api.aniapi.com/v1/oauth".into(),
            redirect_uris: vec!["https://another-origin.example/auth".into()],
            profile_url: Some("https://api.aniapi.com/v1/auth/me".into()),
            pkce: None,
            scope: None,
            issuer: None,
        };
        assert_eq!(begin(&provider, ReturnPath::home()).await, Err(Failure::NoRedirectUri));
    }
}
