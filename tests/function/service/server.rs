//! An emulated provider that follows RFC 6749: it sends a configurable response, and records every request.

use std::io::Write as _;
use std::sync::{Arc, Mutex};

use emulator::wire;
use serde_json::{Value, json};

use crate::bench::{Answer, Env, Function, REDIRECT_URI, SECRET_WITHIN, post};

/// RFC 7636, appendix B.
pub const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

/// The default response to a token request.
pub const TOKEN: &str = r#"{"access_token":"t","token_type":"Bearer"}"#;

/// The response to send, and the requests received.
#[derive(Default)]
struct Talk {
    answer: Mutex<(u16, String)>,
    asked: Mutex<Vec<String>>,
}

pub struct Server {
    /// The token endpoint.
    pub url: String,
    host: String,
    talk: Arc<Talk>,
    _server: wire::Server,
}

impl Server {
    pub async fn start() -> Self {
        let talk = Arc::<Talk>::default();
        let theirs = Arc::clone(&talk);
        let server = wire::Server::start(move |mut socket| {
            let Ok(Some(request)) = wire::Request::read(&mut socket) else { return };
            let asked = format!("{}\r\n\r\n{}", request.head, String::from_utf8_lossy(&request.body));
            theirs.asked.lock().expect("the lock is not poisoned").push(asked);
            let (status, body) = theirs.answer.lock().expect("the lock is not poisoned").clone();
            let head = format!("HTTP/1.1 {status} x\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
            // If the function has closed the connection, its own response shows that.
            let _ = socket.write_all((head + &body).as_bytes());
        })
        .expect("a port is free");
        let host = server.address().to_string();
        let server = Self { url: format!("http://{host}/token"), host, talk, _server: server };
        server.answers(200, TOKEN);
        server
    }

    /// Sets the response to all following requests.
    pub fn answers(&self, status: u16, body: &str) {
        *self.talk.answer.lock().expect("the lock is not poisoned") = (status, body.to_owned());
    }

    /// Takes the requests received so far, byte for byte, except that the address is replaced by `HOST`.
    pub fn asked(&self) -> Vec<String> {
        let asked = std::mem::take(&mut *self.talk.asked.lock().expect("the lock is not poisoned"));
        asked.into_iter().map(|request| request.replace(&self.host, "HOST")).collect()
    }
}

/// The minimal environment with this provider.
pub fn env(provider: &str, token_url: &str) -> Env {
    let login = if provider == "oauth2" { "https://login.p.example/authorize" } else { "" };
    [
        ("OAUTH_PROVIDER", provider.into()),
        ("OAUTH_CLIENT_ID", "an-id".into()),
        ("OAUTH_CLIENT_SECRET", "hush-secret".into()),
        ("OAUTH_REDIRECT_URIS", REDIRECT_URI.into()),
        ("OAUTH_AUTHORIZE_URL", login.into()),
        ("OAUTH_TOKEN_URL", token_url.into()),
    ]
    .into()
}

/// The function with one such provider.
pub struct Login {
    pub server: Server,
    pub function: Function,
    provider: &'static str,
}

impl Login {
    /// With additional or different variables.
    pub async fn at(provider: &'static str, variables: &[(&'static str, &str)]) -> Self {
        let server = Server::start().await;
        let mut env = env(provider, &server.url);
        env.extend(variables.iter().map(|(name, value)| (*name, (*value).into())));
        let function = Function::start(&env, SECRET_WITHIN).await.expect("the environment is valid");
        Self { server, function, provider }
    }

    /// The body of a token request by the app, with or without a verifier.
    pub fn body(&self, verifier: Option<&str>) -> Value {
        let mut body = json!({ "provider": self.provider, "code": "hush-code", "redirect_uri": REDIRECT_URI });
        if let Some(verifier) = verifier {
            body["code_verifier"] = verifier.into();
        }
        body
    }

    pub async fn finish(&self, verifier: Option<&str>) -> Answer {
        self.function.call(post(&self.body(verifier))).await
    }

    /// The function's response if the provider responds like this. Asserts that one request was sent, and that neither
    /// a secret nor text of the provider is returned or logged.
    pub async fn answered(&self, status: u16, body: &str, verifier: Option<&str>) -> Answer {
        self.server.answers(status, body);
        let answer = self.finish(verifier).await;
        assert_eq!(self.server.asked().len(), 1, "one request: {status} {body}");
        let shown = format!("{}{}", String::from_utf8_lossy(&answer.body), self.function.last_line());
        assert!(!shown.contains("theirs") && !shown.contains("hush"), "{status} {body}: {shown}");
        answer
    }

    /// Checks every row of the documented table of errors, and some errors that are in no table.
    pub async fn assert_refusals(&self, verifier: Option<&str>) {
        const CODE: (u16, &str, &str) = (400, "invalid_code", "login");
        const CLIENT: (u16, &str, &str) = (502, "provider_refused_client", "later");
        const BAD: (u16, &str, &str) = (502, "provider_bad_response", "later");
        // AniList and MyAnimeList report a code that they do not accept in this way.
        let is_own_code = matches!(self.provider, "anilist" | "myanimelist");
        for (error, meaning) in [
            ("invalid_grant", CODE),
            ("bad_verification_code", CODE),
            ("invalid_code", CODE),
            ("invalid_client", CLIENT),
            ("invalid_client: theirs", CLIENT),
            ("invalid_client_id", CLIENT),
            ("bad_client_secret", CLIENT),
            ("unauthorized_client", CLIENT),
            ("incorrect_client_credentials", CLIENT),
            ("redirect_uri_mismatch", CLIENT),
            ("invalid_scope", CLIENT),
            ("unsupported_grant_type", CLIENT),
            ("invalid_request", if is_own_code { CODE } else { CLIENT }),
            ("INVALID_GRANT", BAD),
            ("theirs", BAD),
            ("", BAD),
        ] {
            let body = json!({ "error": error, "error_description": "theirs", "error_uri": "https://theirs.example" });
            for status in [200, 201, 400, 401, 403, 404, 500] {
                let meaning = match (status, meaning) {
                    (500, CODE) => CODE,
                    (500, _) => BAD,
                    (401 | 403, BAD) => CLIENT,
                    _ => meaning,
                };
                let answer = self.answered(status, &body.to_string(), verifier).await;
                answer.assert_refusal(meaning.0, meaning.1, meaning.2, &format!("{status} {error}"));
            }
        }
    }
}

/// The expected request, head and body. `more` is the header that authenticates the client, if any.
pub fn form(more: &str, body: &str) -> String {
    let version = env!("CARGO_PKG_VERSION");
    let len = body.len();
    format!(
        "POST /token HTTP/1.1\r\naccept: application/json\r\naccept-encoding: identity\r\n{more}content-type: application/x-www-form-urlencoded\r\n\
         user-agent: aniapi-login/{version}\r\nhost: HOST\r\ncontent-length: {len}\r\n\r\n{body}"
    )
}
