//! The return path: a browser that follows it always stays on a page of this app.

use shared::return_path::ReturnPath;
use shared::state::PendingLogin;
use url::Url;

const APP: &str = "https://app.example";

/// Takes any text as a path, from the address bar and from the tab's storage.
pub fn check(data: &[u8]) {
    let Ok(place) = std::str::from_utf8(data) else { return };
    let kept = ReturnPath::new(place);
    assert!(kept.as_str() == place || kept == ReturnPath::home(), "{place:?} became {:?}", kept.as_str());
    assert!(kept.as_str().len() <= 2048, "{} bytes were accepted", kept.as_str().len());
    assert_eq!(ReturnPath::new(kept.as_str()), kept);

    let stored = serde_json::json!({ "provider": "p", "redirect_uri": "r", "return_to": place, "started_at": 0 });
    assert_eq!(PendingLogin::from_json(&stored).expect("it is complete").return_to, kept);

    // From any page of the app.
    for from in ["/", "/auth?code=c&state=s", "/a/b/"] {
        let from = Url::parse(APP).and_then(|app| app.join(from)).expect("the address is valid");
        let goal = from.join(kept.as_str()).expect("the address is valid");
        assert_eq!(goal.origin().ascii_serialization(), APP, "{place:?} leads to {goal}");
        assert!(goal.username().is_empty() && goal.password().is_none(), "{goal}");
        let is_callback = goal.path() == "/auth" || goal.path().starts_with("/auth/");
        assert!(!is_callback && goal.path() != "/api", "{place:?} leads to {goal}");
        assert!(!goal.path().starts_with("/api/") && !goal.path().starts_with("//"), "{place:?} leads to {goal}");
    }
}
