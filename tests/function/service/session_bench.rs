//! The set-up of the tests of sessions: a browser with a cookie jar, the function in one of its session modes, and a
//! provider with a configurable response for each path, which records every request.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::sync::{Arc, Mutex};
use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use emulator::wire;
use http::{HeaderValue, Method, header};
use lambda_http::{Body, Request};
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use ring::hkdf::{HKDF_SHA256, Salt};
use serde_json::{Value, json};
use shared::secret::{AccessToken, RefreshToken};
use shared::session::StoredSession;

use crate::bench::{Answer, Env, Function, ORIGIN, REDIRECT_URI, SECRET_WITHIN, request};
use crate::server::VERIFIER;

pub const KEY: &str = "0123456789abcdefghijklmnopqrstuv";

/// The name of the cookie at [`ORIGIN`].
pub const COOKIE: &str = "__Host-Http-session";

/// The response of a provider that issues refresh tokens.
pub const TOKEN: &str =
    r#"{"access_token":"hush-access-0","token_type":"Bearer","expires_in":3600,"refresh_token":"hush-refresh-0"}"#;

/// The profile of the person who is signed in.
pub const PROFILE: &str = r#"{"sub":"7","name":"Demo","picture":"https://p.example/x.png"}"#;

#[derive(Default)]
struct Talk {
    answers: Mutex<BTreeMap<String, Vec<u8>>>,
    asked: Mutex<Vec<String>>,
}

/// A provider, with its token endpoint at `/token`, its profile at `/me`, its revocation endpoint at `/revoke`, and its
/// API below `/api`.
pub struct Provider {
    pub url: String,
    talk: Arc<Talk>,
    _server: wire::Server,
}

impl Provider {
    pub async fn start() -> Self {
        let talk = Arc::<Talk>::default();
        let theirs = Arc::clone(&talk);
        let server = wire::Server::start(move |mut socket| {
            while let Ok(Some(request)) = wire::Request::read(&mut socket) {
                let asked = format!("{}\r\n\r\n{}", request.head, String::from_utf8_lossy(&request.body));
                theirs.asked.lock().expect("the lock is not poisoned").push(asked);
                let path = request.target().split('?').next().unwrap_or_default();
                let answers = theirs.answers.lock().expect("the lock is not poisoned").clone();
                let Some(answer) = answers.get(path).or_else(|| answers.get("*")) else { return };
                // If the function has closed the connection, its own response shows that.
                let _ = socket.write_all(answer);
            }
        })
        .expect("a port is free");
        let provider = Self { url: format!("http://{}", server.address()), talk, _server: server };
        provider.answers("/token", 200, TOKEN);
        provider.answers("/me", 200, PROFILE);
        provider.answers("/revoke", 200, "");
        provider
    }

    /// Sets the response to all following requests for this path.
    pub fn answers(&self, path: &str, status: u16, body: &str) {
        self.answers_with(path, status, "", body.as_bytes());
    }

    /// Like [`answers`](Self::answers), with headers that each end in CRLF.
    pub fn answers_with(&self, path: &str, status: u16, headers: &str, body: &[u8]) {
        let head = format!("HTTP/1.1 {status} x\r\n{headers}content-length: {}\r\n\r\n", body.len());
        self.says(path, &[head.as_bytes(), body].concat());
    }

    /// Sets the bytes to send for this path.
    pub fn says(&self, path: &str, bytes: &[u8]) {
        self.talk.answers.lock().expect("the lock is not poisoned").insert(path.into(), bytes.into());
    }

    /// Closes the connection after requests for this path.
    pub fn is_gone(&self, path: &str) {
        self.talk.answers.lock().expect("the lock is not poisoned").remove(path);
    }

    /// Takes the requests received so far, byte for byte.
    pub fn asked(&self) -> Vec<String> {
        std::mem::take(&mut *self.talk.asked.lock().expect("the lock is not poisoned"))
    }

    /// Takes the requests received so far, and returns their methods and targets.
    pub fn asked_for(&self) -> Vec<String> {
        self.asked().iter().filter_map(|request| Some(request.split(" HTTP/").next()?.to_owned())).collect()
    }
}

/// The function in one of its session modes, with a provider and a browser.
pub struct Visit {
    pub provider: Provider,
    pub function: Function,
    pub jar: Jar,
    env: Env,
}

impl Visit {
    pub async fn cookie() -> Self {
        Self::with(&[]).await
    }

    pub async fn proxy() -> Self {
        Self::with(&[("OAUTH_SESSION", "proxy")]).await
    }

    /// In `cookie` mode, with additional or different variables. `{url}` is replaced with the provider's address.
    pub async fn with(variables: &[(&'static str, &str)]) -> Self {
        let provider = Provider::start().await;
        let mut env: Env = [
            ("OAUTH_PROVIDER", "oauth2"),
            ("OAUTH_CLIENT_ID", "an-id"),
            ("OAUTH_CLIENT_SECRET", "hush-secret"),
            ("OAUTH_REDIRECT_URIS", REDIRECT_URI),
            ("OAUTH_AUTHORIZE_URL", "https://login.p.example/authorize"),
            ("OAUTH_TOKEN_URL", "{url}/token"),
            ("OAUTH_PROFILE_URL", "{url}/me"),
            ("OAUTH_REVOKE_URL", "{url}/revoke"),
            ("OAUTH_API_URL", "{url}/api"),
            ("OAUTH_SESSION", "cookie"),
            ("OAUTH_SESSION_KEY", KEY),
        ]
        .map(|(name, value)| (name, value.into()))
        .into();
        env.extend(variables.iter().map(|(name, value)| (*name, (*value).into())));
        for value in env.values_mut() {
            *value = value.to_string_lossy().replace("{url}", &provider.url).into();
        }
        let function = Function::start(&env, SECRET_WITHIN).await.expect("the environment is valid");
        Self { provider, function, jar: Jar::default(), env }
    }

    /// Changes variables of the deployment and restarts the function.
    pub async fn redeploy(&mut self, variables: &[(&'static str, &str)]) {
        self.env.extend(variables.iter().map(|(name, value)| (*name, (*value).into())));
        self.function = Function::start(&self.env, SECRET_WITHIN).await.expect("the environment is valid");
    }

    /// A request in the form that the page sends, with the browser's cookies.
    pub fn request(&self, method: Method, path: &str, session: Option<&str>, body: Option<&Value>) -> Request {
        let mut request = request(method.clone(), path);
        let headers = request.headers_mut();
        if !matches!(method, Method::GET | Method::HEAD) {
            headers.insert(header::ORIGIN, HeaderValue::from_static(ORIGIN));
        }
        headers.insert("sec-fetch-site", HeaderValue::from_static("same-origin"));
        headers.insert("sec-fetch-dest", HeaderValue::from_static("empty"));
        if let Some(id) = session {
            headers.insert("x-session", id.parse().expect("a valid value"));
        }
        if let Some(cookies) = self.jar.header() {
            headers.insert(header::COOKIE, cookies.parse().expect("a valid value"));
        }
        if let Some(body) = body {
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
            *request.body_mut() = Body::Text(body.to_string());
        }
        request
    }

    /// Sends a request, and stores the cookies of the response.
    pub async fn send(&mut self, request: Request) -> Answer {
        let answer = self.function.call(request).await;
        self.jar.take(&answer);
        answer
    }

    /// Logs in, and returns the response.
    pub async fn login(&mut self) -> Answer {
        let body = json!({
            "provider": "oauth2", "code": "hush-code", "redirect_uri": REDIRECT_URI, "code_verifier": VERIFIER,
        });
        let request = self.request(Method::POST, "/api/token", None, Some(&body));
        self.send(request).await
    }

    /// Logs in, discards the recorded requests, and returns the session's id.
    pub async fn signed_in(&mut self) -> String {
        let answer = self.login().await;
        assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
        self.provider.asked();
        answer.json()["id"].as_str().expect("a session has an id").to_owned()
    }

    /// Gives the browser the cookie of a session with this login time, whose token expires that many seconds from now.
    pub fn came_back(&mut self, logged_in_at: u64, token_ends_in: Option<i64>, refresh_token: Option<&str>) -> String {
        let session = StoredSession {
            id: [7; 16],
            logged_in_at,
            renewals: 3,
            access_token: AccessToken::new("hush-access"),
            token_ends_at: token_ends_in.map(|seconds| now().saturating_add_signed(seconds)),
            refresh_token: refresh_token.map(RefreshToken::new),
            profile: None,
            profile_error: None,
        };
        self.jar.0.insert(COOKIE.into(), sealed(&session, KEY, COOKIE, "oauth2", "an-id"));
        session.id()
    }

    /// `GET /api/session`.
    pub async fn session(&mut self) -> Value {
        let request = self.request(Method::GET, "/api/session", None, None);
        let answer = self.send(request).await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.header("set-cookie"), None, "GET sets no cookie");
        answer.json()["session"].clone()
    }

    /// `POST /api/session`.
    pub async fn post(&mut self, id: &str, body: Value) -> Answer {
        let request = self.request(Method::POST, "/api/session", Some(id), Some(&body));
        self.send(request).await
    }

    /// `DELETE /api/session`.
    pub async fn delete(&mut self, id: &str) -> Answer {
        let request = self.request(Method::DELETE, "/api/session", Some(id), None);
        self.send(request).await
    }

    /// Calls the API through the proxy.
    pub async fn call(&mut self, method: Method, path: &str, id: &str) -> Answer {
        let request = self.request(method, &format!("/api/provider/{path}"), Some(id), None);
        self.send(request).await
    }
}

/// Seals a session like the function, in an independent implementation, so that a test can have a session of any age:
/// with the first key, AES-256-GCM, and everything that the cookie is bound to.
pub fn sealed(session: &StoredSession, key: &str, cookie: &str, provider: &str, client_id: &str) -> String {
    let secret = Salt::new(HKDF_SHA256, b"aniapi-login session cookie").extract(key.as_bytes());
    let key = secret.expand(&[b"1"], &AES_256_GCM).map(UnboundKey::from).expect("the key has the right length");
    let mut bound = b"1".to_vec();
    for part in [cookie, provider, client_id] {
        bound.extend((part.len() as u64).to_be_bytes());
        bound.extend(part.as_bytes());
    }
    let mut bytes = session.to_bytes();
    let nonce = [7; 12];
    LessSafeKey::new(key)
        .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(bound), &mut bytes)
        .expect("the session is short enough");
    format!("11{}", BASE64_URL_SAFE_NO_PAD.encode([&nonce, &*bytes].concat()))
}

/// Seconds since the Unix epoch.
pub fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).expect("the clock is after 1970").as_secs()
}

/// A browser's cookies for the app's host.
#[derive(Clone, Debug, Default)]
pub struct Jar(pub BTreeMap<String, String>);

impl Jar {
    pub fn header(&self) -> Option<String> {
        let pairs: Vec<_> = self.0.iter().map(|(name, value)| format!("{name}={value}")).collect();
        (!pairs.is_empty()).then(|| pairs.join("; "))
    }

    fn take(&mut self, answer: &Answer) {
        for cookie in set_cookies(answer) {
            let (pair, attributes) = cookie.split_once("; ").expect("a cookie has attributes");
            let (name, value) = pair.split_once('=').expect("a cookie has a name and a value");
            if attributes.split("; ").any(|attribute| attribute == "Max-Age=0") {
                self.0.remove(name);
            } else {
                self.0.insert(name.into(), value.into());
            }
        }
    }

    /// The value of the first cookie.
    pub fn value(&self) -> &str {
        &self.0[COOKIE]
    }
}

/// The `Set-Cookie` headers of a response.
pub fn set_cookies(answer: &Answer) -> Vec<String> {
    let values = answer.headers.get_all(header::SET_COOKIE).iter();
    values.map(|value| value.to_str().expect("the text is UTF-8").to_owned()).collect()
}
