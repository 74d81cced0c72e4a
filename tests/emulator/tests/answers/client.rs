//! The registered client of an emulator: logs the demo person in, renews, revokes, and calls the API.

use std::collections::BTreeMap;
use std::time::Duration;

use emulator::{Emulator, Options, REDIRECT_URI, Service, Tokens};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::http::{Answer, Browser, with_query};

/// RFC 7636, appendix B.
pub(crate) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub(crate) const S256: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// All services except AniAPI.
pub(crate) fn others() -> impl Iterator<Item = Service> {
    Service::ALL.into_iter().filter(|service| *service != Service::AniApi)
}

pub(crate) async fn emulator_of(service: Service) -> Emulator {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
    Emulator::start(listener, Options::of(service)).await.expect("the listener is on a loopback address")
}

/// An emulator that issues refresh tokens, with or without rotation.
pub(crate) async fn renewing(service: Service, rotate: bool) -> Emulator {
    let emulator = emulator_of(service).await;
    emulator.set_tokens(Tokens { refresh: Some(true), rotate: Some(rotate), access_token_s: None });
    emulator
}

/// The challenge that the service supports, with its method.
pub(crate) fn challenge(service: Service) -> Option<(&'static str, &'static str)> {
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

/// A request of the client, in the format that the service requires.
pub(crate) async fn send(url: &str, service: Service, accept: &str, pairs: Vec<(&str, &str)>) -> Answer {
    let (media_type, body) = match service {
        Service::Trakt => ("application/json", json!(BTreeMap::from_iter(pairs)).to_string()),
        _ => {
            let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
            ("application/x-www-form-urlencoded", form)
        }
    };
    Browser::new().send("POST", url, &[("content-type", media_type), ("accept", accept)], &body).await
}

/// The tokens of a login, with additional parameters in the authorization request.
pub(crate) async fn log_in_with(emulator: &Emulator, more: &[(&str, &str)]) -> Value {
    let service = emulator.service();
    let (id, secret) = service.client();
    let mut query = vec![("response_type", "code"), ("client_id", id), ("redirect_uri", REDIRECT_URI), ("state", "S")];
    query.extend(
        challenge(service)
            .into_iter()
            .flat_map(|(method, challenge)| [("code_challenge", challenge), ("code_challenge_method", method)]),
    );
    query.extend(more.iter().chain(&[("scope", "openid")]));
    let page = with_query(&emulator.authorize_url(), &query);
    let posted = json!({ "email": "demo@aniapi.test", "password": "demo" }).to_string();
    let answer = Browser::new().post(&page, &posted).await.json();
    let address = answer["data"].as_str().expect("an address");
    let (_, query) = address.split_once('?').expect("a query");
    let (_, code) = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "code").expect("a code");
    let mut pairs = vec![
        ("grant_type", "authorization_code"),
        ("code", &code),
        ("client_id", id),
        ("client_secret", secret),
        ("redirect_uri", REDIRECT_URI),
    ];
    pairs.extend(challenge(service).map(|_| ("code_verifier", VERIFIER)));
    send(&emulator.token_url(), service, "application/json", pairs).await.json()
}

pub(crate) async fn log_in(emulator: &Emulator) -> Value {
    log_in_with(emulator, &[]).await
}

pub(crate) async fn renew(emulator: &Emulator, refresh_token: &str) -> Answer {
    renew_as(emulator, emulator.service().client(), refresh_token).await
}

pub(crate) async fn renew_as(emulator: &Emulator, (id, secret): (&str, &str), refresh_token: &str) -> Answer {
    let pairs = vec![
        ("grant_type", "refresh_token"),
        ("refresh_token", refresh_token),
        ("client_id", id),
        ("client_secret", secret),
    ];
    send(&emulator.token_url(), emulator.service(), "application/json", pairs).await
}

/// A member that is a string.
pub(crate) fn text<'a>(answer: &'a Value, name: &str) -> &'a str {
    answer[name].as_str().unwrap_or_else(|| panic!("no {name} in {answer}"))
}

/// The headers that a request to the service's API needs besides the token.
pub(crate) fn needed(service: Service) -> Vec<(&'static str, &'static str)> {
    let (id, _) = service.client();
    match service {
        Service::AniList => vec![("referer", "https://app.example/")],
        Service::Shikimori => vec![("user-agent", "app")],
        Service::Trakt => vec![("trakt-api-version", "2"), ("trakt-api-key", id)],
        Service::Twitch => vec![("client-id", id)],
        _ => vec![],
    }
}

/// Calls the API, or requests the profile, with a token.
pub(crate) async fn call(emulator: &Emulator, method: &str, url: &str, token: &str) -> Answer {
    let authorization = format!("Bearer {token}");
    let mut headers = vec![("authorization", authorization.as_str())];
    headers.extend(needed(emulator.service()));
    Browser::new().send(method, url, &headers, "").await
}

/// Whether the profile and the API accept the token; they must agree.
pub(crate) async fn is_accepted(emulator: &Emulator, token: &str) -> bool {
    let service = emulator.service();
    let method = if service == Service::AniList { "POST" } else { "GET" };
    let profile = call(emulator, method, &emulator.profile_url(), token).await.status;
    let api = call(emulator, method, &echo(emulator), token).await.status;
    assert_eq!(profile, api, "{service:?}: profile and API");
    api == 200
}

/// An address of the API, with the query that each request needs.
pub(crate) fn echo(emulator: &Emulator) -> String {
    let query = if emulator.service() == Service::Simkl { "?client_id=emulator-simkl-client" } else { "" };
    format!("{}/echo/anime/1{query}", emulator.api_url())
}

/// Longer than the lifetime of any access token.
pub(crate) const TWO_YEARS: Duration = Duration::from_secs(2 * 365 * 24 * 60 * 60);
