//! `cargo xtask provider`: what a server's metadata becomes, and what of it is refused.

use std::io::Write as _;
use std::sync::{Arc, OnceLock};

use anyhow::Result;
use deploy::provider::variables;
use emulator::wire::{Request, Server};

/// The issuer of a server that answers each path as told, `ISSUER` being itself, and everything else with 404. It listens as
/// long as the tests run.
fn server(path: &str, answers: Vec<(&'static str, u16, String)>) -> String {
    let own = Arc::new(OnceLock::<String>::new());
    let issuer = Arc::clone(&own);
    let server = Server::start(move |mut socket| {
        let Ok(Some(request)) = Request::read(&mut socket) else { return };
        let answer = answers.iter().find(|(path, ..)| *path == request.target());
        let (status, body) = answer.map_or((404, String::new()), |(_, status, body)| (*status, body.clone()));
        let body = body.replace("ISSUER", issuer.get().expect("it is known before anything is asked"));
        let head =
            format!("HTTP/1.1 {status} x\r\nlocation: https://evil.example/\x1b[2J\r\nconnection: close\r\n\r\n");
        // A client that has read enough hangs up.
        let _ = socket.write_all((head + &body).as_bytes());
    })
    .expect("a free port");
    let issuer = format!("{}{path}", server.url());
    own.set(issuer.clone()).expect("it is set once");
    std::mem::forget(server);
    issuer
}

const OPENID: &str = "/.well-known/openid-configuration";

/// What is said where the metadata is that, with `more` in place of its members of the same names.
fn told(more: &str) -> Result<String> {
    variables(&server("", vec![(OPENID, 200, metadata(more))]))
}

fn metadata(more: &str) -> String {
    let mut whole: serde_json::Value = serde_json::from_str(
        r#"{"issuer":"ISSUER","authorization_endpoint":"https://p.example/authorize","token_endpoint":"https://p.example/token",
            "userinfo_endpoint":"https://p.example/me","response_types_supported":["code"],"scopes_supported":["openid","profile"]}"#,
    )
    .expect("it is JSON");
    let more: serde_json::Value = serde_json::from_str(more).expect("it is JSON");
    for (name, value) in more.as_object().expect("it is an object") {
        whole[name] = value.clone();
    }
    whole.to_string()
}

/// The lines that set something.
fn set(text: &str) -> Vec<&str> {
    text.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).collect()
}

#[test]
fn a_servers_metadata_becomes_the_variables_to_set() {
    let text = told("{}").expect("it is good");
    assert_eq!(
        set(&text),
        [
            "OAUTH_PROVIDER=oauth2",
            "OAUTH_AUTHORIZE_URL=https://p.example/authorize",
            "OAUTH_TOKEN_URL=https://p.example/token",
            "OAUTH_PROFILE_URL=https://p.example/me",
            "OAUTH_CLIENT_AUTH=basic",
            "OAUTH_PKCE=S256",
            "OAUTH_SCOPE=\"openid profile\"",
            "OAUTH_REDIRECT_URIS=http://localhost:3000/auth",
            "OAUTH_CLIENT_ID=",
            "OAUTH_CLIENT_SECRET=",
        ]
    );
}

#[test]
fn each_thing_it_says_decides_one_variable() {
    for (more, variable) in [
        (
            r#"{"token_endpoint_auth_methods_supported":["private_key_jwt","client_secret_post"]}"#,
            "OAUTH_CLIENT_AUTH=post",
        ),
        (
            r#"{"token_endpoint_auth_methods_supported":["client_secret_post","client_secret_basic"]}"#,
            "OAUTH_CLIENT_AUTH=post",
        ),
        (r#"{"code_challenge_methods_supported":["plain","S256"]}"#, "OAUTH_PKCE=S256"),
        (r#"{"code_challenge_methods_supported":["plain"]}"#, "OAUTH_PKCE=plain"),
        (r#"{"code_challenge_methods_supported":[]}"#, "OAUTH_PKCE=none"),
        (r#"{"authorization_response_iss_parameter_supported":true}"#, "OAUTH_ISSUER=HERE"),
        (r#"{"authorization_response_iss_parameter_supported":false}"#, "#OAUTH_ISSUER=HERE"),
        (r#"{"scopes_supported":["openid","email"]}"#, "OAUTH_SCOPE=openid"),
        (r#"{"scopes_supported":["read"]}"#, "#OAUTH_SCOPE="),
        (r#"{"userinfo_endpoint":null}"#, "#OAUTH_PROFILE_URL="),
        (
            r#"{"authorization_endpoint":"http://localhost:8080/a?tenant=7"}"#,
            "OAUTH_AUTHORIZE_URL=\"http://localhost:8080/a?tenant=7\"",
        ),
        (
            r#"{"token_endpoint":"https://p.example/t;v=(1)&x=!*"}"#,
            "OAUTH_TOKEN_URL=\"https://p.example/t;v=(1)&x=!*\"",
        ),
    ] {
        let issuer = server("", vec![(OPENID, 200, metadata(more))]);
        let text = variables(&issuer).expect("it is good");
        let variable = variable.replace("HERE", &issuer);
        assert!(text.lines().any(|line| line == variable), "{more}: no {variable} in {text}");
    }
}

#[test]
fn the_metadata_is_looked_for_where_each_of_the_two_has_it() {
    for (path, at) in [
        ("", OPENID),
        ("/tenant", "/tenant/.well-known/openid-configuration"),
        ("/tenant/", "/tenant/.well-known/openid-configuration"),
        ("", "/.well-known/oauth-authorization-server"),
        ("/tenant", "/.well-known/oauth-authorization-server/tenant"),
        ("/a/b/", "/.well-known/oauth-authorization-server/a/b"),
    ] {
        let text = variables(&server(path, vec![(at, 200, metadata("{}"))]));
        assert!(text.is_ok_and(|text| text.contains(at)), "{path} {at}");
    }
}

#[test]
fn a_server_that_says_nothing_or_leads_elsewhere_is_told_as_that() {
    for (status, words) in [(404, "answers 404"), (302, "where nobody follows"), (500, "answers 500")] {
        let issuer = server("", vec![(OPENID, status, metadata("{}"))]);
        let error = format!("{:#}", variables(&issuer).expect_err("there is nothing"));
        assert!(error.contains(words) && error.contains("oauth-authorization-server answers 404"), "{error}");
        assert!(!error.contains('\x1b'), "what a terminal would obey: {error:?}");
    }
    assert!(variables("http://127.0.0.1:1").is_err(), "nobody listens there");
}

#[test]
fn what_cannot_be_used_is_told_and_not_printed_as_if_it_could() {
    for (more, words) in [
        (r#"{"issuer":"https://other.example"}"#, "it speaks for"),
        (r#"{"issuer":"ISSUER/"}"#, "ask with exactly that"),
        (
            r#"{"issuer":"https://login.microsoftonline.com/{tenantid}/v2.0"}"#,
            "Set OAUTH_PROVIDER=microsoft and OAUTH_BASE_URL=",
        ),
        (r#"{"issuer":"https://tenant.b2clogin.com/1/v2.0/"}"#, "leave OAUTH_ISSUER out"),
        (r#"{"issuer":null}"#, "names no issuer"),
        (r#"{"authorization_endpoint":null}"#, "names no authorization_endpoint"),
        (r#"{"token_endpoint":null}"#, "names no token_endpoint"),
        (r#"{"token_endpoint":"http://p.example/token"}"#, "its token_endpoint is"),
        (r#"{"authorization_endpoint":"javascript:alert(1)"}"#, "its authorization_endpoint is"),
        (r#"{"authorization_endpoint":"https://p.example/a\nOAUTH_CA_FILE=/tmp/x"}"#, "its authorization_endpoint is"),
        (r#"{"token_endpoint":"https://p.example/${HOME}"}"#, "its token_endpoint is"),
        (r#"{"token_endpoint":"https://p.example/\u001b[2J"}"#, "its token_endpoint is"),
        (r#"{"token_endpoint":"https://p.example@evil.example/"}"#, "its token_endpoint is"),
        (r#"{"userinfo_endpoint":"https://p.example/me#x"}"#, "its userinfo_endpoint is"),
        (r#"{"response_types_supported":["id_token"]}"#, "response type code"),
        (r#"{"response_modes_supported":["form_post"]}"#, "response mode query"),
        (r#"{"grant_types_supported":["implicit"]}"#, "grant type authorization_code"),
        (r#"{"token_endpoint_auth_methods_supported":["private_key_jwt"]}"#, "a client's secret"),
        (r#"{"scopes_supported":"openid"}"#, "no metadata"),
        (r#"{"token_endpoint":7}"#, "no metadata"),
    ] {
        let error = format!("{:#}", told(more).expect_err(more));
        assert!(error.contains(words) && !error.contains('\x1b') && !error.contains('\n'), "{more}: {error:?}");
    }
    for body in ["", "<!doctype html>", "[]", "null", r#"{"issuer":"ISSUER","issuer":"ISSUER"}"#] {
        let error = variables(&server("", vec![(OPENID, 200, body.to_owned())])).expect_err(body);
        assert!(format!("{error:#}").contains("no metadata"), "{body}: {error:#}");
    }
    let several = told(r#"{"token_endpoint":"x","authorization_endpoint":"y"}"#).expect_err("both are bad");
    assert!(["token_endpoint", "authorization_endpoint"].iter().all(|name| format!("{several:#}").contains(name)));
}

#[test]
fn an_answer_without_an_end_is_given_up() {
    let endless = metadata("{}") + &" ".repeat(20 * 1024 * 1024);
    let error = variables(&server("", vec![(OPENID, 200, endless)])).expect_err("it is too long");
    assert!(format!("{error:#}").contains("more than 16 MiB"), "{error:#}");
}

#[test]
fn what_is_no_issuer_is_told_before_anybody_is_asked() {
    for (issuer, words) in [
        ("", "no address"),
        ("login.example.com", "no address"),
        ("http://login.example.com", "no address"),
        ("ftp://login.example.com", "no address"),
        ("https://", "no address"),
        ("https://user@login.example.com", "no address"),
        ("https://login.example.com/#x", "no address"),
        ("https://login.example.com/\x1b[2J", "no address"),
        ("https://login.example.com/?tenant=7", "has a query"),
        ("https://login.example.com/.well-known/openid-configuration", "which may be https://login.example.com"),
    ] {
        let error = variables(issuer).expect_err(issuer).to_string();
        assert!(error.contains(words) && !error.contains('\x1b'), "{issuer}: {error}");
    }
}
