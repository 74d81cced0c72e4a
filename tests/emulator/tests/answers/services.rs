//! The emulators of other services: what each says in its own way, and what all of them refuse.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use emulator::{Emulator, Options, REDIRECT_URI, Service};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::http::{Answer, Browser, with_query};

/// All but AniAPI.
fn others() -> impl Iterator<Item = Service> {
    Service::ALL.into_iter().filter(|service| *service != Service::AniApi)
}

/// RFC 7636, appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const S256: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

async fn emulator_of(service: Service) -> Emulator {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
    Emulator::start(listener, Options::of(service)).await.expect("it is a loopback address")
}

/// The challenge that the service takes, with its method.
fn challenge(service: Service) -> Option<(&'static str, &'static str)> {
    match service {
        Service::MyAnimeList => Some(("plain", VERIFIER)),
        Service::AniApi
        | Service::AniList
        | Service::Annict
        | Service::Bangumi
        | Service::Shikimori
        | Service::Twitch => None,
        _ => Some(("S256", S256)),
    }
}

/// The address of the login page, with sound parameters but for those that `changed` names.
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
    let value = |(name, sound)| {
        let changed = changed.iter().find(|(changed, _)| *changed == name);
        (name, changed.map_or(sound, |(_, value)| *value))
    };
    with_query(&emulator.authorize_url(), &pairs.into_iter().map(value).collect::<Vec<_>>())
}

/// Where a page that posts this is sent.
async fn posted(page: &str, message: Value) -> Vec<(String, String)> {
    let answer = Browser::new().post(page, &message.to_string()).await;
    let address = answer.json()["data"].as_str().expect("an address").to_owned();
    let query = address.strip_prefix(&format!("{REDIRECT_URI}?")).expect("the redirect address");
    form_urlencoded::parse(query.as_bytes()).into_owned().collect()
}

async fn code(emulator: &Emulator) -> String {
    let told = posted(&login_page(emulator, &[]), json!({ "email": "demo@aniapi.test", "password": "demo" })).await;
    let [(code, value), (state, echo), more @ ..] = &told[..] else { panic!("{told:?}") };
    assert_eq!((code.as_str(), state.as_str(), echo.as_str()), ("code", "state", "a b&c=d#ä"));
    let issuer = more.iter().find(|(name, _)| name == "iss").map(|(_, issuer)| issuer.clone());
    assert_eq!(issuer, emulator.issuer());
    value.clone()
}

/// Exchanges a code with a sound form, but for those members that `changed` names; an empty one counts as left out.
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
    let (media_type, body) = match emulator.service() {
        Service::Trakt => ("application/json", json!(BTreeMap::from_iter(pairs)).to_string()),
        _ => {
            let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
            ("application/x-www-form-urlencoded", form)
        }
    };
    Browser::new().send("POST", &emulator.token_url(), &[("content-type", media_type), ("accept", accept)], &body).await
}

/// How each refuses a code, a client's id, its secret and its redirect URI: the status, and the error code or message.
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

/// What a refusal says: its error code, or its message if it has none.
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
async fn a_code_is_exchanged_once_within_its_time() {
    for service in others() {
        let emulator = emulator_of(service).await;
        let spent = code(&emulator).await;
        let answer = exchanged(&emulator, &spent, &[]).await;
        assert!(answer["access_token"].is_string(), "{service:?}: {answer}");

        let [(status, error), ..] = refusals(service);
        let refused = (status, error.to_owned());
        let exchange =
            async |code: &str, changed: &[_]| reason(&exchange(&emulator, code, "application/json", changed).await);
        assert_eq!(exchange(&spent, &[]).await, refused, "{service:?}: used up");
        let late = code(&emulator).await;
        emulator.advance(Duration::from_secs(600));
        assert_eq!(exchange(&late, &[]).await, refused, "{service:?}: over");
        emulator.reset();
        let stolen = code(&emulator).await;
        let wrong = [("code_verifier", S256)];
        assert_eq!(exchange(&stolen, &wrong).await, refused, "{service:?}: not proved");
        assert_eq!(exchange(&stolen, &[]).await, refused, "{service:?}: tried already");
    }
}

#[tokio::test]
async fn a_client_that_is_not_registered_so_is_refused() {
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
async fn each_answers_an_exchange_with_what_it_has() {
    let full = ["access_token", "expires_in", "refresh_token", "token_type"];
    for service in others() {
        let (leaves_out, more, lifetime): (&[&str], &[&str], _) = match service {
            Service::AniList => (&[], &[], json!(31_536_000)),
            Service::Annict => (&["expires_in", "refresh_token"], &["scope", "created_at"], Value::Null),
            Service::Auth0 => (&[], &[], json!(86_400)),
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
async fn some_read_only_one_kind_of_token_request() {
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
async fn github_answers_with_a_form_unless_json_is_asked_for() {
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
async fn the_secret_may_stand_in_the_header_too() {
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
async fn whoever_says_no_is_sent_back_with_that() {
    for service in others() {
        let emulator = emulator_of(service).await;
        let told = posted(&login_page(&emulator, &[]), json!({ "deny": true })).await;
        assert_eq!(told.first(), Some(&("error".into(), "access_denied".into())), "{service:?}");
        assert!(told.contains(&("state".into(), "a b&c=d#ä".into())), "{service:?}");
        let page = Browser::new().get(&login_page(&emulator, &[])).await;
        assert!(page.text().contains(r#"id="deny""#) && page.text().contains("This is not "), "{service:?}");
        assert!(page.text().contains(&format!("Log in to the {} emulator", service.name())), "{service:?}");
    }
}

#[tokio::test]
async fn a_request_that_is_not_right_gets_no_login_page() {
    for (service, changed, status, told) in [
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
        // Nobody but the registered address is told anything.
        let expected = if told.is_empty() { String::new() } else { format!("{REDIRECT_URI}?{told}") };
        assert!(location.starts_with(&expected) && location.is_empty() == told.is_empty(), "{service:?}: {location}");
    }
}

#[tokio::test]
async fn each_tells_a_page_who_it_is_in_its_own_shape_or_not_at_all() {
    for service in others() {
        let emulator = emulator_of(service).await;
        let (id, _) = service.client();
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
        let needed: &[(&str, &str)] = match service {
            Service::AniList => &[("referer", "https://app.example/")],
            Service::Shikimori => &[("user-agent", "app")],
            Service::Trakt => &[("trakt-api-version", "2"), ("trakt-api-key", id)],
            Service::Twitch => &[("client-id", id)],
            _ => &[],
        };
        let method = if service == Service::AniList { "POST" } else { "GET" };
        let ask = async |token: &str, more: &[(&str, &str)]| {
            let authorization = format!("Bearer {token}");
            let mut headers = vec![("authorization", authorization.as_str()), ("origin", "https://app.example")];
            headers.extend(more);
            Browser::new().send(method, &emulator.profile_url(), &headers, "").await
        };
        let who = async |token: &str| ask(token, needed).await;
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
