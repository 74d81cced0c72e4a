//! The key of the cookie: what it is bound to, and its rotation.

use crate::session_bench::{KEY, Visit};

const NEW: &str = "NEW-NEW-NEW-NEW-NEW-NEW-NEW-NEW_";

#[tokio::test]
async fn rotation_in_three_deployments_signs_no_one_out() {
    let mut visit = Visit::cookie().await;
    visit.signed_in().await;
    let before = visit.jar.clone();
    visit.redeploy(&[("OAUTH_SESSION_KEY", &format!("{KEY},{NEW}"))]).await;
    assert!(!visit.session().await.is_null(), "the session of the old deployment");
    visit.signed_in().await;
    let during = visit.jar.clone();
    // Instances of the old deployment may still be running.
    visit.redeploy(&[("OAUTH_SESSION_KEY", KEY)]).await;
    assert!(!visit.session().await.is_null(), "the first key encrypts, so the old deployment can read it");

    visit.redeploy(&[("OAUTH_SESSION_KEY", &format!("{NEW},{KEY}"))]).await;
    for jar in [&before, &during] {
        visit.jar = jar.clone();
        assert!(!visit.session().await.is_null());
    }
    visit.signed_in().await;
    let after = visit.jar.clone();
    visit.redeploy(&[("OAUTH_SESSION_KEY", &format!("{KEY},{NEW}"))]).await;
    assert!(!visit.session().await.is_null(), "the previous deployment can read it");

    visit.redeploy(&[("OAUTH_SESSION_KEY", NEW)]).await;
    for (jar, opens) in [(before, false), (during, false), (after, true)] {
        visit.jar = jar;
        assert_eq!(!visit.session().await.is_null(), opens);
    }
}

#[tokio::test]
async fn renewal_encrypts_with_the_first_key() {
    let mut visit = Visit::cookie().await;
    let id = visit.signed_in().await;
    visit.redeploy(&[("OAUTH_SESSION_KEY", &format!("{NEW},{KEY}"))]).await;
    assert_eq!(visit.post(&id, serde_json::json!({ "renewals": 0 })).await.status, 200);
    visit.redeploy(&[("OAUTH_SESSION_KEY", NEW)]).await;
    assert_eq!(visit.session().await["renewals"], 1);
}

#[tokio::test]
async fn cookie_of_another_deployment_provider_or_client_is_no_session() {
    let mut visit = Visit::cookie().await;
    visit.signed_in().await;
    for (variable, other, own) in [
        ("OAUTH_SESSION_KEY", NEW, KEY),
        ("OAUTH_CLIENT_ID", "another-id", "an-id"),
        ("OAUTH_REDIRECT_URIS", "http://localhost:3000/auth", "https://app.example/auth"),
    ] {
        visit.redeploy(&[(variable, other)]).await;
        assert!(visit.session().await.is_null(), "{variable}");
        visit.redeploy(&[(variable, own)]).await;
        assert!(!visit.session().await.is_null(), "{variable}");
    }
    let renamed = [
        ("OAUTH_PROVIDER", "work:oauth2"),
        ("OAUTH_WORK_CLIENT_ID", "an-id"),
        ("OAUTH_WORK_CLIENT_SECRET", "hush-secret"),
        ("OAUTH_WORK_AUTHORIZE_URL", "https://login.p.example/authorize"),
        ("OAUTH_WORK_TOKEN_URL", "https://login.p.example/token"),
    ];
    visit.redeploy(&renamed).await;
    assert!(visit.session().await.is_null(), "another provider id");
}

#[tokio::test]
async fn session_survives_a_change_between_cookie_and_proxy_mode_but_not_to_tab_mode() {
    let mut visit = Visit::cookie().await;
    let id = visit.signed_in().await;
    for (mode, has_token) in [("proxy", false), ("cookie", true)] {
        visit.redeploy(&[("OAUTH_SESSION", mode)]).await;
        let session = visit.session().await;
        assert_eq!((&session["id"], &session["mode"]), (&id.as_str().into(), &mode.into()));
        assert_eq!(session.get("access_token").is_some(), has_token, "{mode}");
    }
    visit.redeploy(&[("OAUTH_SESSION", "tab")]).await;
    assert!(visit.session().await.is_null());
}
