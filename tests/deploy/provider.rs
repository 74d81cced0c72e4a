//! `cargo xtask provider`: which variables a server's metadata becomes, and what is rejected.

use std::io::Write as _;
use std::sync::{Arc, OnceLock};

use anyhow::Result;
use deploy::provider::variables;
use emulator::wire::{Request, Server};

/// Starts a server and returns its issuer. It responds to each path as given, with `ISSUER` replaced by the issuer, and
/// to all others with 404. It runs until the tests end.
fn server(path: &str, answers: Vec<(&'static str, u16, String)>) -> String {
    let own = Arc::new(OnceLock::<String>::new());
    let issuer = Arc::clone(&own);
    let server = Server::start(move |mut socket| {
        let Ok(Some(request)) = Request::read(&mut socket) else { return };
        let answer = answers.iter().find(|(path, ..)| *path == request.target());
        let (status, body) = answer.map_or((404, String::new()), |(_, status, body)| (*status, body.clone()));
        let body = body.replace("ISSUER", issuer.get().expect("it is set before any request"));
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

/// The variables for the metadata with the members in `more` replaced.
fn variables_with(more: &str) -> Result<String> {
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

/// The lines that set a variable.
fn set(text: &str) -> Vec<&str> {
    text.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).collect()
}

#[test]
fn metadata_becomes_the_variables_to_set() {
    let text = variables_with("{}").expect("it is valid");
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
fn each_member_decides_one_variable() {
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
        let text = variables(&issuer).expect("it is valid");
        let variable = variable.replace("HERE", &issuer);
        assert!(text.lines().any(|line| line == variable), "{more}: no {variable} in {text}");
    }
}

#[test]
fn metadata_is_requested_at_both_well_known_addresses() {
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
fn missing_or_redirected_metadata_is_reported() {
    for (status, words) in [(404, "responds with 404"), (302, "which is not followed"), (500, "responds with 500")] {
        let issuer = server("", vec![(OPENID, status, metadata("{}"))]);
        let error = format!("{:#}", variables(&issuer).expect_err("there is no metadata"));
        assert!(error.contains(words) && error.contains("oauth-authorization-server responds with 404"), "{error}");
        assert!(!error.contains('\x1b'), "no terminal control sequences: {error:?}");
    }
    assert!(variables("http://127.0.0.1:1").is_err(), "no server listens there");
}

#[test]
fn unusable_metadata_is_reported_and_not_printed() {
    for (more, words) in [
        (r#"{"issuer":"https://other.example"}"#, "it is the metadata of"),
        (r#"{"issuer":"ISSUER/"}"#, "pass exactly that"),
        (
            r#"{"issuer":"https://login.microsoftonline.com/{tenantid}/v2.0"}"#,
            "Set OAUTH_PROVIDER=microsoft and OAUTH_BASE_URL=",
        ),
        (r#"{"issuer":"https://tenant.b2clogin.com/1/v2.0/"}"#, "leave OAUTH_ISSUER out"),
        (r#"{"issuer":null}"#, "has no issuer"),
        (r#"{"authorization_endpoint":null}"#, "has no authorization_endpoint"),
        (r#"{"token_endpoint":null}"#, "has no token_endpoint"),
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
        (r#"{"token_endpoint_auth_methods_supported":["private_key_jwt"]}"#, "client_secret_post"),
        (r#"{"scopes_supported":"openid"}"#, "not metadata"),
        (r#"{"token_endpoint":7}"#, "not metadata"),
    ] {
        let error = format!("{:#}", variables_with(more).expect_err(more));
        assert!(error.contains(words) && !error.contains('\x1b') && !error.contains('\n'), "{more}: {error:?}");
    }
    for body in ["", "<!doctype html>", "[]", "null", r#"{"issuer":"ISSUER","issuer":"ISSUER"}"#] {
        let error = variables(&server("", vec![(OPENID, 200, body.to_owned())])).expect_err(body);
        assert!(format!("{error:#}").contains("not metadata"), "{body}: {error:#}");
    }
    let several =
        variables_with(r#"{"token_endpoint":"x","authorization_endpoint":"y"}"#).expect_err("both are invalid");
    assert!(["token_endpoint", "authorization_endpoint"].iter().all(|name| format!("{several:#}").contains(name)));
}

#[test]
fn endless_response_is_abandoned() {
    let endless = metadata("{}") + &" ".repeat(20 * 1024 * 1024);
    let error = variables(&server("", vec![(OPENID, 200, endless)])).expect_err("it is too long");
    assert!(format!("{error:#}").contains("more than 16 MiB"), "{error:#}");
}

#[test]
fn invalid_issuer_is_rejected_before_any_request() {
    for (issuer, words) in [
        ("", "not an address"),
        ("login.example.com", "not an address"),
        ("http://login.example.com", "not an address"),
        ("ftp://login.example.com", "not an address"),
        ("https://", "not an address"),
        ("https://user@login.example.com", "not an address"),
        ("https://login.example.com/#x", "not an address"),
        ("https://login.example.com/\x1b[2J", "not an address"),
        ("https://login.example.com/?tenant=7", "has a query"),
        ("https://login.example.com/.well-known/openid-configuration", "which may be https://login.example.com"),
    ] {
        let error = variables(issuer).expect_err(issuer).to_string();
        assert!(error.contains(words) && !error.contains('\x1b'), "{issuer}: {error}");
    }
}
