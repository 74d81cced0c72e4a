//! Revocation (RFC 7009), GitHub's own call, and the logout pages.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use emulator::{Emulator, Endpoint, Fault, Service};
use serde_json::{Value, json};

use crate::client::{emulator_of, is_accepted, log_in, others, renew, renewing, send, text};
use crate::http::{Answer, Browser};

const REVOKING: [Service; 6] =
    [Service::Annict, Service::GitLab, Service::Keycloak, Service::Shikimori, Service::Simkl, Service::Twitch];

async fn revoke_as(emulator: &Emulator, (id, secret): (&str, &str), token: &str) -> Answer {
    let url = emulator.revoke_url().expect("the service has a revocation endpoint");
    let pairs = vec![("token", token), ("client_id", id), ("client_secret", secret)];
    send(&url, emulator.service(), "*/*", pairs).await
}

async fn revoke(emulator: &Emulator, token: &str) -> Answer {
    revoke_as(emulator, emulator.service().client(), token).await
}

#[tokio::test]
async fn revoked_access_token_is_rejected_and_its_login_continues() {
    for service in REVOKING {
        let emulator = renewing(service, true).await;
        let login = log_in(&emulator).await;
        let token = text(&login, "access_token");
        assert!(is_accepted(&emulator, token).await, "{service:?}");
        assert_eq!(revoke(&emulator, token).await.status, 200, "{service:?}");
        assert!(!is_accepted(&emulator, token).await, "{service:?}");
        assert!(emulator.is_revoked(token), "{service:?}");
        assert_eq!(emulator.revocations(), 1, "{service:?}");
        assert_eq!(renew(&emulator, text(&login, "refresh_token")).await.status, 200, "{service:?}");
        // A service does not forget a revocation when a test ends.
        emulator.reset();
        assert!(!is_accepted(&emulator, token).await, "{service:?}");
        assert_eq!(emulator.revocations(), 0, "{service:?}");
    }
}

#[tokio::test]
async fn revoking_a_refresh_token_revokes_its_family() {
    for service in REVOKING {
        let emulator = renewing(service, true).await;
        let login = log_in(&emulator).await;
        let renewed = renew(&emulator, text(&login, "refresh_token")).await.json();
        let (access, refresh) = (text(&renewed, "access_token"), text(&renewed, "refresh_token"));
        assert_eq!(revoke(&emulator, refresh).await.status, 200, "{service:?}");
        assert!(!is_accepted(&emulator, access).await, "{service:?}");
        assert!(renew(&emulator, refresh).await.json().get("access_token").is_none(), "{service:?}");
        assert!(emulator.is_revoked(access) && emulator.is_revoked(refresh), "{service:?}");
    }
}

#[tokio::test]
async fn revoking_an_unknown_token_succeeds_except_at_twitch() {
    for service in REVOKING {
        let emulator = emulator_of(service).await;
        let (status, count) = if service == Service::Twitch { (400, 0) } else { (200, 1) };
        assert_eq!(revoke(&emulator, "made-up").await.status, status, "{service:?}");
        assert_eq!((emulator.revocations(), emulator.revocation_attempts()), (count, 1), "{service:?}");
    }
}

#[tokio::test]
async fn revocation_requires_the_client() {
    for service in REVOKING {
        let emulator = emulator_of(service).await;
        let token = emulator.issue_token("demo@aniapi.test");
        let (id, secret) = service.client();
        for (client, is_required) in [((id, "wrong"), service != Service::Twitch), (("wrong", secret), true)] {
            if is_required {
                let status = revoke_as(&emulator, client, &token).await.status;
                assert!(status.is_client_error(), "{service:?} {client:?}: {status}");
            }
        }
        assert!(is_accepted(&emulator, &token).await, "{service:?}");
        assert_eq!((emulator.revocations(), emulator.is_revoked(&token)), (0, false), "{service:?}");
    }
}

#[tokio::test]
async fn others_have_no_revocation_endpoint() {
    for service in others().filter(|service| !REVOKING.contains(service)) {
        assert_eq!(emulator_of(service).await.revoke_url(), None, "{service:?}");
    }
    assert_eq!(crate::emulator().await.revoke_url(), None);
}

async fn delete_at_github(emulator: &Emulator, id: &str, basic: (&str, &str), body: &Value) -> u16 {
    let url = format!("{}/applications/{id}/token", emulator.api_url());
    let authorization = format!("Basic {}", BASE64_STANDARD.encode(format!("{}:{}", basic.0, basic.1)));
    Browser::new().send("DELETE", &url, &[("authorization", &authorization)], &body.to_string()).await.status.as_u16()
}

#[tokio::test]
async fn github_deletes_a_token_of_its_app() {
    let emulator = emulator_of(Service::GitHub).await;
    let client @ (id, _) = Service::GitHub.client();
    let token = text(&log_in(&emulator).await, "access_token").to_owned();
    let body = json!({ "access_token": token });
    for (path, basic, body, status) in [
        (id, (id, "wrong"), &body, 401),
        ("another", client, &body, 404),
        (id, client, &json!({}), 422),
        (id, client, &json!({ "access_token": "gho_madeup" }), 404),
    ] {
        assert_eq!(delete_at_github(&emulator, path, basic, body).await, status, "{path} {basic:?} {body}");
        assert!(is_accepted(&emulator, &token).await);
    }
    assert_eq!(emulator.revocations(), 0);
    assert_eq!(delete_at_github(&emulator, id, client, &body).await, 204);
    assert!(!is_accepted(&emulator, &token).await && emulator.is_revoked(&token));
    assert_eq!(delete_at_github(&emulator, id, client, &body).await, 404, "the token is revoked already");
    assert_eq!((emulator.revocations(), emulator.revocation_attempts()), (1, 5));
}

#[tokio::test]
async fn faults_affect_the_revocation_endpoint() {
    for service in [Service::GitHub, Service::GitLab] {
        let emulator = emulator_of(service).await;
        emulator.misbehave(Endpoint::Revoke, Fault::Status(503));
        let token = emulator.issue_token("demo@aniapi.test");
        let status = match service {
            Service::GitHub => {
                let client @ (id, _) = service.client();
                delete_at_github(&emulator, id, client, &json!({ "access_token": token })).await
            }
            _ => revoke(&emulator, &token).await.status.as_u16(),
        };
        assert_eq!(status, 503, "{service:?}");
        assert!(is_accepted(&emulator, &token).await, "{service:?}: not revoked, and the API works");
    }
}

#[tokio::test]
async fn log_out_page_says_that_the_person_is_signed_out() {
    for service in Service::ALL {
        let emulator = emulator_of(service).await;
        let has_page = [Service::Auth0, Service::Keycloak, Service::Microsoft].contains(&service);
        assert_eq!(emulator.logout_url().is_some(), has_page, "{service:?}");
        if let Some(url) = emulator.logout_url() {
            let page = Browser::new().get(&format!("{url}?client_id=%3Cscript%3E")).await;
            assert_eq!(page.status, 200, "{service:?}");
            assert!(page.text().contains("You are signed out") && !page.text().contains("script"), "{service:?}");
        }
    }
}
