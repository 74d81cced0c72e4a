//! The emulators of other services: their deviations, and the errors that all of them have.

use std::collections::BTreeSet;
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use emulator::{Emulator, REDIRECT_URI, Service};
use serde_json::{Value, json};

use crate::client::{S256, VERIFIER, challenge, emulator_of, needed, others, send};
use crate::http::{Answer, Browser, with_query};

/// The address of the login page with valid parameters, except those in `changed`.
fn login_page(emulator: &Emulator, changed: &[(&str, &str)]) -> String {
    let service = emulator.service();
    let mut pairs = vec![
        ("response_type", "code"),
        ("client_id", service.client().0),
        ("redirect_uri", REDIRECT_URI),
        ("state", "a b&c=d#ä"),
        ("scope", "openid"),
    ];
    if let Some((method, challenge)) = challenge(service) {
        pairs.extend([("code_challenge", challenge), ("code_challenge_method", method)]);
    }
    let value = |(name, valid)| {
        let changed = changed.iter().find(|(changed, _)| *changed == name);
        (name, changed.map_or(valid, |(_, value)| *value))
    };
    with_query(&emulator.authorize_url(), &pairs.into_iter().map(value).collect::<Vec<_>>())
}

/// The parameters of the authorization response after the page has posted this message.
async fn posted(page: &str, message: Value) -> Vec<(String, String)> {
    let answer = Browser::new().post(page, &message.to_string()).await;
    let address = answer.json()["data"].as_str().expect("an address").to_owned();
    let query = address.strip_prefix(&format!("{REDIRECT_URI}?")).expect("the redirect URI");
    form_urlencoded::parse(query.as_bytes()).into_owned().collect()
}

async fn code(emulator: &Emulator) -> String {
    let response = posted(&login_page(emulator, &[]), json!({ "email": "demo@aniapi.test", "password": "demo" })).await;
    let [(code, value), (state, echo), more @ ..] = &response[..] else { panic!("{response:?}") };
    assert_eq!((code.as_str(), state.as_str(), echo.as_str()), ("code", "state", "a b&c=d#ä"));
    let issuer = more.iter().find(|(name, _)| name == "iss").map(|(_, issuer)| issuer.clone());
    assert_eq!(issuer, emulator.issuer());
    value.clone()
}

/// Exchanges a code with a valid form, except the members in `changed`; an empty value counts as left out.
async fn exchange(emulator: &Emulator, code: &str, accept: &str, changed: &[(&str, &str)]) -> Answer {
    let (id, secret) = emulator.service().client();
    let mut pairs = vec![
        ("grant_type", "authorization_code"),
        ("code", code),
        ("client_id", id),
        ("client_secret", secret),
        ("redirect_uri", REDIRECT_URI),
        ("code_verifier", challenge(emulator.service()).map_or("", |_| VERIFIER)),
    ];
    for pair in &mut pairs {
        pair.1 = changed.iter().find(|(name, _)| *name == pair.0).map_or(pair.1, |(_, value)| value);
    }
    send(&emulator.token_url(), emulator.service(), accept, pairs).await
}

/// Each service's errors for a wrong code, client id, secret and redirect URI: the status, and the error code or
/// message.
fn refusals(service: Service) -> [(u16, &'static str); 4] {
    match service {
        Service::AniList | Service::MyAnimeList => {
            [(400, "invalid_request"), (401, "invalid_client"), (401, "invalid_client"), (401, "invalid_client")]
        }
        Service::Auth0 => {
            [(403, "invalid_grant"), (401, "invalid_client"), (401, "access_denied"), (400, "invalid_grant")]
        }
        Service::Bangumi => {
            [(400, "invalid_grant"), (400, "invalid_client"), (400, "invalid_client"), (400, "redirect_uri_mismatch")]
        }
        Service::Discord | Service::Spotify => {
            [(400, "invalid_grant"), (400, "invalid_client"), (400, "invalid_client"), (400, "invalid_grant")]
        }
        Service::GitHub => [
            (200, "bad_verification_code"),
            (200, "incorrect_client_credentials"),
            (200, "incorrect_client_credentials"),
            (200, "redirect_uri_mismatch"),
        ],
        Service::Keycloak => {
            [(400, "invalid_grant"), (401, "invalid_client"), (401, "unauthorized_client"), (400, "invalid_grant")]
        }
        Service::Microsoft => {
            [(400, "invalid_grant"), (400, "unauthorized_client"), (401, "invalid_client"), (400, "invalid_grant")]
        }
        Service::Twitch => [
            (400, "Invalid authorization code"),
            (400, "invalid client"),
            (403, "invalid client secret"),
            (400, "Parameter redirect_uri does not match registered URI"),
        ],
        _ => [(400, "invalid_grant"), (401, "invalid_client"), (401, "invalid_client"), (400, "invalid_grant")],
    }
}

/// The error code of a response, or its message if there is none.
fn reason(answer: &Answer) -> (u16, String) {
    let json = answer.json();
    let reason = json["error"].as_str().or(json["message"].as_str()).unwrap_or_default();
    (answer.status.as_u16(), reason.to_owned())
}

async fn exchanged(emulator: &Emulator, code: &str, changed: &[(&str, &str)]) -> Value {
    exchange(emulator, code, "application/json", changed).await.json()
}

/// The names of the members.
fn members(answer: &Value) -> BTreeSet<&str> {
    answer.as_object().expect("an object").keys().map(String::as_str).collect()
}

#[tokio::test]
async fn code_can_be_exchanged_once_before_it_expires() {
    for service in others() {
        let emulator = emulator_of(service).await;
        let used = code(&emulator).await;
        let answer = exchanged(&emulator, &used, &[]).await;
        assert!(answer["access_token"].is_string(), "{service:?}: {answer}");

        let [(status, error), ..] = refusals(service);
        let refused = (status, error.to_owned());
        let exchange =
            async |code: &str, changed: &[_]| reason(&exchange(&emulator, code, "application/json", changed).await);
        assert_eq!(exchange(&used, &[]).await, refused, "{service:?}: used up");
        let late = code(&emulator).await;
        emulator.advance(Duration::from_secs(600));
        assert_eq!(exchange(&late, &[]).await, refused, "{service:?}: expired");
        emulator.reset();
        let stolen = code(&emulator).await;
        let wrong = [("code_verifier", S256)];
        assert_eq!(exchange(&stolen, &wrong).await, refused, "{service:?}: wrong verifier");
        assert_eq!(exchange(&stolen, &[]).await, refused, "{service:?}: tried already");
    }
}

#[tokio::test]
async fn wrong_client_id_secret_or_redirect_uri_is_rejected() {
    for service in others() {
        let emulator = emulator_of(service).await;
        let [_, id, secret, redirect_uri] = refusals(service);
        for (changed, (status, error)) in [("client_id", id), ("client_secret", secret), ("redirect_uri", redirect_uri)]
        {
            let code = code(&emulator).await;
            let answer = exchange(&emulator, &code, "application/json", &[(changed, "another")]).await;
            assert_eq!(reason(&answer), (status, error.to_owned()), "{service:?} {changed}");
        }
    }
}

#[tokio::test]
async fn token_response_has_the_members_of_each_service() {
    let full = ["access_token", "expires_in", "refresh_token", "token_type"];
    for service in others() {
        let (leaves_out, more, lifetime): (&[&str], &[&str], _) = match service {
            Service::AniList => (&[], &[], json!(31_536_000)),
            Service::Annict => (&["expires_in", "refresh_token"], &["scope", "created_at"], Value::Null),
            // These issue a refresh token only on request.
            Service::Auth0 => (&["refresh_token"], &[], json!(86_400)),
            Service::Google | Service::Microsoft => (&["refresh_token"], &[], json!(3600)),
            Service::Bangumi => (&[], &["scope", "user_id"], json!(604_800)),
            Service::Discord | Service::Simkl => (&[], &[], json!(604_800)),
            Service::GitHub => (&["expires_in", "refresh_token"], &["scope"], Value::Null),
            Service::GitLab => (&[], &["scope", "created_at"], json!(7200)),
            Service::Keycloak => (&[], &[], json!(300)),
            Service::Shikimori => (&[], &["scope", "created_at"], json!(86_400)),
            Service::Trakt => (&[], &["scope", "created_at"], json!(604_800)),
            Service::Twitch => (&[], &["scope"], json!(14_400)),
            _ => (&[], &[], json!(3600)),
        };
        let expected = full.iter().filter(|name| !leaves_out.contains(name)).chain(more).copied().collect();
        let emulator = emulator_of(service).await;
        let code = code(&emulator).await;
        let answer = exchanged(&emulator, &code, &[]).await;
        assert_eq!(members(&answer), expected, "{service:?}");
        assert_eq!(answer["expires_in"], lifetime, "{service:?}");
        let is_jwt = answer["access_token"].as_str().expect("text").split('.').count() == 3;
        assert_eq!(is_jwt, service != Service::GitHub, "{service:?}");
    }
}

#[tokio::test]
async fn some_services_accept_only_one_token_request_format() {
    let form = ("content-type", "application/x-www-form-urlencoded");
    for (service, headers, is_read) in [
        (Service::Trakt, vec![form], false),
        (Service::Simkl, vec![form], true),
        (Service::Simkl, vec![("content-type", "application/json")], false),
        (Service::Twitch, vec![form], true),
        (Service::Twitch, vec![form, ("authorization", "Basic YTpi")], false),
    ] {
        let emulator = emulator_of(service).await;
        let (id, secret) = service.client();
        let code = code(&emulator).await;
        let body = form_urlencoded::Serializer::new(String::new())
            .extend_pairs([("grant_type", "authorization_code"), ("code", &code), ("client_id", id)])
            .extend_pairs([("client_secret", secret), ("redirect_uri", REDIRECT_URI)])
            .extend_pairs(challenge(service).map(|_| ("code_verifier", VERIFIER)))
            .finish();
        let answer = Browser::new().send("POST", &emulator.token_url(), &headers, &body).await;
        assert_eq!(answer.status == 200, is_read, "{service:?} {headers:?}");
    }
}

#[tokio::test]
async fn github_responds_with_a_form_unless_json_is_requested() {
    let emulator = emulator_of(Service::GitHub).await;
    for (code, start) in [
        (code(&emulator).await.as_str(), "access_token=gho_"),
        ("made-up", "error=bad_verification_code&error_description=The+code+passed+is+incorrect+or+expired."),
    ] {
        let answer = exchange(&emulator, code, "*/*", &[]).await;
        assert_eq!(answer.status, 200);
        assert!(answer.text().starts_with(start), "{}", answer.text());
    }
}

#[tokio::test]
async fn secret_can_be_in_the_header() {
    for (service, pair) in [
        (Service::OAuth2, "emulator%3Ademo:a+secret%2Fthat+is+%2B+public".to_owned()),
        (Service::MyAnimeList, [Service::MyAnimeList.client().0, Service::MyAnimeList.client().1].join(":")),
    ] {
        let emulator = emulator_of(service).await;
        for (pair, is_right) in [(pair.as_str(), true), ("emulator%3Ademo:wrong", false)] {
            let code = code(&emulator).await;
            let form = form_urlencoded::Serializer::new(String::new())
                .extend_pairs([("grant_type", "authorization_code"), ("code", &code), ("code_verifier", VERIFIER)])
                .finish();
            let authorization = format!("Basic {}", BASE64_STANDARD.encode(pair));
            let headers = [("authorization", authorization.as_str())];
            let answer = Browser::new().send("POST", &emulator.token_url(), &headers, &form).await;
            assert_eq!(answer.status == 200, is_right, "{service:?} {pair}");
        }
    }
}

#[tokio::test]
async fn refusing_access_returns_access_denied() {
    for service in others() {
        let emulator = emulator_of(service).await;
        let response = posted(&login_page(&emulator, &[]), json!({ "deny": true })).await;
        assert_eq!(response.first(), Some(&("error".into(), "access_denied".into())), "{service:?}");
        assert!(response.contains(&("state".into(), "a b&c=d#ä".into())), "{service:?}");
        let page = Browser::new().get(&login_page(&emulator, &[])).await;
        assert!(page.text().contains(r#"id="deny""#) && page.text().contains("This is not "), "{service:?}");
        assert!(page.text().contains(&format!("Log in to the {} emulator", service.name())), "{service:?}");
    }
}

#[tokio::test]
async fn invalid_authorization_request_gets_no_login_page() {
    for (service, changed, status, error) in [
        (Service::AniList, ("client_id", "another"), 401, ""),
        (Service::AniList, ("redirect_uri", "https://another.example/auth"), 401, ""),
        (Service::Discord, ("scope", ""), 303, "error=invalid_scope"),
        (Service::Trakt, ("code_challenge", ""), 303, "error=invalid_request"),
        (Service::OAuth2, ("client_id", "another"), 401, ""),
        (Service::OAuth2, ("response_type", "token"), 303, "error=unsupported_response_type"),
        (Service::OAuth2, ("code_challenge_method", "S512"), 303, "error=invalid_request"),
        (Service::OAuth2, ("code_challenge", "short"), 303, "error=invalid_request"),
        (Service::GitHub, ("client_id", "another"), 404, ""),
        (Service::GitHub, ("redirect_uri", "https://another.example/auth"), 303, "error=redirect_uri_mismatch"),
        (Service::GitHub, ("code_challenge_method", "plain"), 303, "error=invalid_request"),
        (Service::GitHub, ("response_type", ""), 200, ""),
        (Service::MyAnimeList, ("response_type", ""), 303, "error=invalid_request"),
        (Service::MyAnimeList, ("code_challenge", ""), 303, "error=invalid_request"),
        (Service::MyAnimeList, ("code_challenge_method", "S256"), 303, "error=invalid_request"),
        (Service::MyAnimeList, ("code_challenge_method", ""), 200, ""),
    ] {
        let emulator = emulator_of(service).await;
        let answer = Browser::new().get(&login_page(&emulator, &[changed])).await;
        assert_eq!(answer.status, status, "{service:?} {changed:?}: {}", answer.text());
        let location = answer.header("location").unwrap_or_default();
        // Only the registered redirect URI gets an error response.
        let expected = if error.is_empty() { String::new() } else { format!("{REDIRECT_URI}?{error}") };
        assert!(location.starts_with(&expected) && location.is_empty() == error.is_empty(), "{service:?}: {location}");
    }
}

#[tokio::test]
async fn profile_has_each_services_format_and_cors_headers() {
    for service in others() {
        let emulator = emulator_of(service).await;
        let name = match service {
            Service::AniList => "/data/Viewer/name",
            Service::Bangumi | Service::Shikimori => "/nickname",
            Service::Discord => "/username",
            Service::Microsoft => "/displayName",
            Service::Simkl | Service::Trakt => "/user/name",
            Service::Spotify => "/display_name",
            Service::Twitch => "/data/0/display_name",
            _ => "/name",
        };
        let needed = needed(service);
        let method = if service == Service::AniList { "POST" } else { "GET" };
        let ask = async |token: &str, more: &[(&str, &str)]| {
            let authorization = format!("Bearer {token}");
            let mut headers = vec![("authorization", authorization.as_str()), ("origin", "https://app.example")];
            headers.extend(more);
            Browser::new().send(method, &emulator.profile_url(), &headers, "").await
        };
        let who = async |token: &str| ask(token, &needed).await;
        if !needed.is_empty() {
            let answer = ask(&emulator.issue_token("demo@aniapi.test"), &[]).await;
            assert!([401, 403].contains(&answer.status.as_u16()), "{service:?} needs {needed:?}");
        }
        let readable = service.lets_pages_ask().then_some("*");
        let answer = who(&emulator.issue_token("demo@aniapi.test")).await;
        assert_eq!(answer.json().pointer(name), Some(&json!("demo")), "{service:?}");
        assert_eq!(answer.header("access-control-allow-origin"), readable, "{service:?}");

        let others = emulator_of(Service::AniApi).await.issue_token("demo@aniapi.test");
        let answer = who(&others).await;
        let status = if service == Service::AniList { 400 } else { 401 };
        assert_eq!(answer.status, status, "{service:?} takes another's token");
        assert_eq!(answer.header("access-control-allow-origin"), readable, "{service:?}");
        let preflight = Browser::new().send("OPTIONS", &emulator.profile_url(), &[], "").await;
        assert_eq!(preflight.header("access-control-allow-origin"), readable, "{service:?}");
    }
}
