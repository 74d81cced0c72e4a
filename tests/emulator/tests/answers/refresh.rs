//! Refresh tokens: which logins get them, the responses to renewals, and reuse.

use std::time::Duration;

use emulator::{Endpoint, Fault, Service, Tokens};
use serde_json::{Value, json};

use crate::client::{
    TWO_YEARS, emulator_of, is_accepted, log_in, log_in_with, others, renew, renew_as, renewing, text,
};
use crate::http::Browser;

/// Each service's error for a refresh token: the status, and the error code or message.
fn refusal(service: Service) -> (u16, &'static str) {
    match service {
        Service::AniList | Service::MyAnimeList => (401, "invalid_request"),
        Service::Auth0 => (403, "invalid_grant"),
        Service::GitHub => (200, "bad_refresh_token"),
        Service::Twitch => (400, "Invalid refresh token"),
        _ => (400, "invalid_grant"),
    }
}

async fn assert_refused(emulator: &emulator::Emulator, token: &str, why: &str) {
    let service = emulator.service();
    let answer = renew(emulator, token).await;
    let json = answer.json();
    let named = if service == Service::Twitch { &json["message"] } else { &json["error"] };
    assert_eq!((answer.status.as_u16(), named.as_str().unwrap_or_default()), refusal(service), "{service:?}: {why}");
    assert!(json.get("access_token").is_none(), "{service:?}: {why}");
}

#[tokio::test]
async fn renewal_without_rotation_keeps_the_refresh_token() {
    for service in others() {
        let emulator = renewing(service, false).await;
        let login = log_in(&emulator).await;
        for times in 1..=2 {
            let answer = renew(&emulator, text(&login, "refresh_token")).await;
            assert_eq!(answer.status, 200, "{service:?}: {}", answer.text());
            let renewed = answer.json();
            assert_eq!(renewed.get("refresh_token"), None, "{service:?}");
            assert!(renewed["expires_in"].as_u64().is_some_and(|seconds| seconds > 0), "{service:?}: {renewed}");
            assert_ne!(renewed["access_token"], login["access_token"], "{service:?}");
            assert!(is_accepted(&emulator, text(&renewed, "access_token")).await, "{service:?}");
            assert_eq!((emulator.renewals(), emulator.renewal_attempts()), (times, times), "{service:?}");
        }
        assert_eq!(emulator.exchanges(), 1, "{service:?}: a renewal was counted as an exchange");
    }
}

#[tokio::test]
async fn reused_refresh_token_ends_all_tokens_of_its_login() {
    for service in others() {
        let emulator = renewing(service, true).await;
        let login = log_in(&emulator).await;
        let another = log_in(&emulator).await;
        let consumed = text(&login, "refresh_token");
        let renewed = renew(&emulator, consumed).await.json();
        let (access, fresh) = (text(&renewed, "access_token"), text(&renewed, "refresh_token"));
        assert_ne!(fresh, consumed, "{service:?}");
        assert!(is_accepted(&emulator, access).await, "{service:?}");
        assert!(!emulator.is_revoked(consumed) && !emulator.is_revoked(fresh), "{service:?}");

        assert_refused(&emulator, consumed, "consumed").await;
        assert_refused(&emulator, fresh, "of the same family").await;
        assert!(!is_accepted(&emulator, access).await, "{service:?}: access token of the family");
        assert!(!is_accepted(&emulator, text(&login, "access_token")).await, "{service:?}: the first access token");
        for token in [consumed, fresh, access] {
            assert!(emulator.is_revoked(token), "{service:?}");
        }
        assert_eq!((emulator.renewals(), emulator.renewal_attempts()), (1, 3), "{service:?}");

        assert!(is_accepted(&emulator, text(&another, "access_token")).await, "{service:?}: another login");
        assert_eq!(renew(&emulator, text(&another, "refresh_token")).await.status, 200, "{service:?}: another login");
    }
}

#[tokio::test]
async fn only_one_of_concurrent_renewals_succeeds_with_rotation() {
    let emulator = renewing(Service::OAuth2, true).await;
    let login = log_in(&emulator).await;
    let token = text(&login, "refresh_token");
    tokio::join!(renew(&emulator, token), renew(&emulator, token), renew(&emulator, token));
    assert_eq!((emulator.renewals(), emulator.renewal_attempts()), (1, 3));
}

#[tokio::test]
async fn some_services_issue_another_refresh_token_and_keep_the_old_one() {
    for service in [Service::Keycloak, Service::Microsoft] {
        let emulator = emulator_of(service).await;
        let login = log_in_with(&emulator, &[("scope", "openid offline_access")]).await;
        let old = text(&login, "refresh_token");
        let renewed = renew(&emulator, old).await.json();
        assert_ne!(text(&renewed, "refresh_token"), old, "{service:?}");
        for token in [old, text(&renewed, "refresh_token")] {
            assert_eq!(renew(&emulator, token).await.status, 200, "{service:?}");
        }
    }
}

#[tokio::test]
async fn renewal_revokes_earlier_access_tokens_at_some_services() {
    for (service, ends) in [(Service::GitHub, true), (Service::GitLab, true), (Service::Discord, false)] {
        let emulator = renewing(service, true).await;
        let login = log_in(&emulator).await;
        renew(&emulator, text(&login, "refresh_token")).await;
        assert_eq!(is_accepted(&emulator, text(&login, "access_token")).await, !ends, "{service:?}");
    }
}

#[tokio::test]
async fn refresh_tokens_are_issued_as_documented() {
    for service in others() {
        let (asked, without, with): (&[_], _, _) = match service {
            Service::Annict | Service::GitHub => (&[("scope", "offline_access")], false, false),
            Service::Google => (&[("access_type", "offline")], false, true),
            Service::Auth0 | Service::Microsoft => (&[("scope", "openid offline_access")], false, true),
            _ => (&[], true, true),
        };
        let emulator = emulator_of(service).await;
        let has = |login: &Value| login.get("refresh_token").is_some();
        assert_eq!(has(&log_in(&emulator).await), without, "{service:?}");
        assert_eq!(has(&log_in_with(&emulator, asked).await), with, "{service:?} {asked:?}");
        for refresh in [true, false] {
            emulator.set_tokens(Tokens { refresh: Some(refresh), ..Tokens::default() });
            assert_eq!(has(&log_in_with(&emulator, asked).await), refresh, "{service:?} {refresh}");
        }
    }
}

#[tokio::test]
async fn anilist_refresh_token_cannot_be_used_by_default() {
    let emulator = emulator_of(Service::AniList).await;
    let login = log_in(&emulator).await;
    let answer = renew(&emulator, text(&login, "refresh_token")).await;
    assert_eq!((answer.status.as_u16(), &answer.json()["error"]), (400, &json!("unsupported_grant_type")));
    assert_eq!((emulator.renewals(), emulator.renewal_attempts()), (0, 1));
}

#[tokio::test]
async fn renewal_requires_the_client_and_a_refresh_token() {
    for service in others() {
        let emulator = renewing(service, true).await;
        let login = log_in(&emulator).await;
        let (id, secret) = service.client();
        for client in [(id, "wrong"), ("wrong", secret), (id, "")] {
            let answer = renew_as(&emulator, client, text(&login, "refresh_token")).await;
            assert!(answer.json().get("access_token").is_none(), "{service:?} {client:?}: {}", answer.text());
        }
        assert_refused(&emulator, "made-up", "unknown").await;
        // An access token is not a refresh token.
        assert_refused(&emulator, text(&login, "access_token"), "access token").await;
        assert_eq!(emulator.renewals(), 0, "{service:?}");
        assert_eq!(renew(&emulator, text(&login, "refresh_token")).await.status, 200, "{service:?}: still valid");
    }
}

#[tokio::test]
async fn github_responds_as_for_an_app_with_expiring_tokens() {
    let emulator = renewing(Service::GitHub, true).await;
    let login = log_in(&emulator).await;
    assert!(text(&login, "access_token").starts_with("ghu_") && text(&login, "refresh_token").starts_with("ghr_"));
    assert_eq!((&login["expires_in"], &login["refresh_token_expires_in"]), (&json!(28_800), &json!(15_897_600)));
}

#[tokio::test]
async fn refresh_tokens_expire_as_documented() {
    for (service, days) in [(Service::MyAnimeList, Some(31)), (Service::GitHub, Some(184)), (Service::Keycloak, None)] {
        let emulator = renewing(service, true).await;
        let login = log_in(&emulator).await;
        emulator.advance(days.map_or(TWO_YEARS, |days| Duration::from_secs(days * 86_400)));
        assert!(
            !is_accepted(&emulator, text(&login, "access_token")).await,
            "{service:?}: the access token has expired"
        );
        let token = text(&login, "refresh_token");
        match days {
            Some(_) => assert_refused(&emulator, token, "too old").await,
            None => assert_eq!(renew(&emulator, token).await.status, 200, "{service:?}"),
        }
    }
}

#[tokio::test]
async fn lost_response_has_consumed_the_refresh_token() {
    let emulator = renewing(Service::OAuth2, true).await;
    let login = log_in(&emulator).await;
    let token = text(&login, "refresh_token");
    emulator.misbehave(Endpoint::Token, Fault::LoseAnswer);
    let form = form_urlencoded::Serializer::new(String::new())
        .extend_pairs([("grant_type", "refresh_token"), ("refresh_token", token)])
        .extend_pairs([("client_id", Service::OAuth2.client().0), ("client_secret", Service::OAuth2.client().1)])
        .finish();
    let headers = [("content-type", "application/x-www-form-urlencoded")];
    let answer = Browser::new().try_send("POST", &emulator.token_url(), &headers, &form).await;
    assert!(answer.is_err(), "the connection is reset");
    assert_eq!(emulator.renewals(), 1);

    // A reset ends the fault and clears the counters.
    emulator.reset();
    assert_refused(&emulator, token, "consumed").await;
}
