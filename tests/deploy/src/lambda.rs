//! The parts of Lambda that moto lacks: the alias that CloudFormation creates, versions as AWS numbers them, and
//! invocations, for which moto needs Docker. Everything else is forwarded to moto. An invocation runs the function's
//! own program with the variables of the requested version.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::{Context as _, Result, ensure};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use emulator::wire::{Request, Server};
use serde_json::{Value as Json, json};

use crate::instance;

const FUNCTIONS: &str = "/2015-03-31/functions/";

/// The quota of a new account, which moto does not know.
const INSTANCES: u64 = 10;

/// Lambda, in front of moto.
pub struct Lambda {
    server: Server,
    state: Arc<Mutex<State>>,
}

/// The state of the one function.
struct State {
    /// Moto's address, as `host:port`.
    moto: String,
    /// Variables that Lambda sets in every instance.
    environment: BTreeMap<String, String>,
    /// The published versions that still exist.
    versions: Vec<Json>,
    /// The version that was published last, even if it was deleted.
    last: Option<Json>,
    /// The version to which `live` points, and how often it was moved.
    live: (String, usize),
    /// The hash of other code than was uploaded, in `$LATEST`.
    tampered: Option<String>,
    /// Whether moto enforces signatures and policies.
    enforces: bool,
    /// Additional variables of one version, or of all.
    added: Vec<(Option<u64>, String, String)>,
}

impl Lambda {
    /// Starts it in front of moto, with the environment of every instance.
    ///
    /// # Errors
    /// If no port is free.
    pub fn start(moto: &str, environment: BTreeMap<String, String>) -> Result<Self> {
        let state = State {
            moto: moto.to_owned(),
            environment,
            versions: Vec::new(),
            last: None,
            live: ("$LATEST".to_owned(), 0),
            tampered: None,
            enforces: false,
            added: Vec::new(),
        };
        let state = Arc::new(Mutex::new(state));
        let shared = Arc::clone(&state);
        let server = Server::start(move |mut socket| {
            // One request per connection, as in moto.
            let Ok(Some(request)) = Request::read(&mut socket) else { return };
            let answer = locked(&shared).answer(&request);
            let answer = answer.unwrap_or_else(|error| refused(500, "ServiceException", &format!("{error:#}")));
            let _ = socket.write_all(&answer);
        })?;
        Ok(Self { server, state })
    }

    /// Its address.
    pub fn url(&self) -> String {
        self.server.url()
    }

    /// The numbers of the published versions.
    pub fn versions(&self) -> Vec<u64> {
        locked(&self.state).versions.iter().filter_map(number).collect()
    }

    /// The version to which `live` points.
    pub fn live(&self) -> String {
        locked(&self.state).live.0.clone()
    }

    /// Publishes copies of the last version.
    pub fn publish_copies(&self, copies: usize) {
        let mut state = locked(&self.state);
        for _ in 0..copies {
            let copy = state.last.clone().unwrap_or_default();
            let _ = state.add(copy);
        }
    }

    /// Sets the code hash of `$LATEST`; `None` restores its own.
    pub fn tamper(&self, code: Option<&str>) {
        locked(&self.state).tampered = code.map(str::to_owned);
    }

    /// Tells this server that moto enforces signatures and policies from now on. Lambda's own requests are exempt.
    pub(crate) fn enforce_policies(&self) {
        locked(&self.state).enforces = true;
    }

    /// Sets a variable in instances of one version, or of all, regardless of the deployment.
    pub fn set(&self, version: Option<u64>, name: &str, value: &str) {
        locked(&self.state).added.push((version, name.to_owned(), value.to_owned()));
    }
}

impl State {
    fn answer(&mut self, request: &Request) -> Result<Vec<u8>> {
        let method = request.head.split(' ').next().unwrap_or_default();
        let (path, query) = request.target().split_once('?').unwrap_or((request.target(), ""));
        let qualifier = query.split('&').find_map(|pair| pair.strip_prefix("Qualifier="));
        let qualifier = qualifier.map(|qualifier| qualifier.replace("%24", "$"));
        let rest = path.strip_prefix(FUNCTIONS).unwrap_or_default();
        let (_, what) = rest.split_once('/').unwrap_or((rest, ""));
        let body: Json = serde_json::from_slice(&request.body).unwrap_or_default();
        if path.trim_end_matches('/').ends_with("/account-settings") {
            return Ok(ok(&json!({ "AccountLimit": { "UnreservedConcurrentExecutions": INSTANCES } })));
        }
        match (method, what, qualifier.as_deref()) {
            ("GET", "configuration", Some(qualifier)) => {
                Ok(self.version(request, qualifier)?.map_or_else(gone, |v| ok(&v)))
            }
            ("POST", "versions", _) => self.publish(request, &body),
            ("GET", "versions", _) => {
                let latest = self.latest(request)?;
                let versions: Vec<_> = latest.iter().chain(&self.versions).collect();
                Ok(ok(&json!({ "Versions": versions })))
            }
            ("GET", "aliases", _) => Ok(ok(&json!({ "Aliases": [self.alias()] }))),
            ("GET", "aliases/live", _) => Ok(self.latest(request)?.map_or_else(gone, |_| ok(&self.alias()))),
            ("PUT", "aliases/live", _) => Ok(self.switch(&body)),
            ("DELETE", "", Some(version)) if self.live.0 == version => {
                Ok(refused(409, "ResourceConflictException", "an alias uses it"))
            }
            ("DELETE", "", Some(version)) => {
                self.versions.retain(|one| one["Version"] != version);
                Ok(head(204, "", b""))
            }
            ("POST", "invocations", Some(qualifier)) => match self.version(request, qualifier)? {
                None => Ok(gone()),
                Some(version) => self.invoke(&version, &String::from_utf8_lossy(&request.body)),
            },
            _ => self.forward(request, request.target()),
        }
    }

    /// The configuration of `$LATEST`.
    fn latest(&self, request: &Request) -> Result<Option<Json>> {
        let name = request.target().strip_prefix(FUNCTIONS).unwrap_or_default();
        let name = name.split(['/', '?']).next().unwrap_or_default();
        let answer = self.forward(request, &format!("{FUNCTIONS}{name}/configuration"))?;
        let text = String::from_utf8(answer)?;
        let Some((_, body)) = text.split_once("\r\n\r\n").filter(|(head, _)| head.contains(" 200 ")) else {
            return Ok(None);
        };
        let mut latest: Json = serde_json::from_str(body)?;
        latest["Version"] = "$LATEST".into();
        if let Some(code) = &self.tampered {
            latest["CodeSha256"] = code.as_str().into();
        }
        Ok(Some(latest))
    }

    /// A version by its number, `$LATEST` or `live`.
    fn version(&self, request: &Request, qualifier: &str) -> Result<Option<Json>> {
        let name = if qualifier == "live" { self.live.0.as_str() } else { qualifier };
        if name == "$LATEST" {
            return self.latest(request);
        }
        Ok(self.versions.iter().find(|version| version["Version"] == name).cloned())
    }

    fn publish(&mut self, request: &Request, body: &Json) -> Result<Vec<u8>> {
        let Some(latest) = self.latest(request)? else { return Ok(gone()) };
        if body["CodeSha256"].as_str().is_some_and(|code| latest["CodeSha256"] != code) {
            return Ok(refused(400, "InvalidParameterValueException", "CodeSHA256 is different from $LATEST"));
        }
        // "Lambda doesn't publish a version if the function's configuration and code haven't changed since the last version."
        let is_same =
            |last: &Json| ["CodeSha256", "Environment", "MemorySize"].iter().all(|name| last[*name] == latest[*name]);
        let published = match self.last.clone().filter(is_same) {
            Some(last) => last,
            None => self.add(latest)?,
        };
        // A new version is pending at first.
        let pending = json!({ "State": "Pending" });
        let members = published.as_object().into_iter().chain(pending.as_object()).flatten();
        Ok(ok(&members.map(|(name, value)| (name.clone(), value.clone())).collect()))
    }

    fn add(&mut self, mut version: Json) -> Result<Json> {
        let next = self.last.as_ref().and_then(number).unwrap_or_default() + 1;
        version["Version"] = next.to_string().into();
        let arn = version["FunctionArn"].as_str().context("a function has a name")?;
        let name: Vec<_> = arn.split(':').take(7).collect();
        version["FunctionArn"] = format!("{}:{next}", name.join(":")).into();
        self.versions.push(version.clone());
        self.last = Some(version.clone());
        Ok(version)
    }

    fn alias(&self) -> Json {
        json!({ "Name": "live", "FunctionVersion": self.live.0, "RevisionId": self.live.1.to_string() })
    }

    /// Moves the alias, if the caller knows its current revision.
    fn switch(&mut self, body: &Json) -> Vec<u8> {
        if body["RevisionId"].as_str() != Some(&self.live.1.to_string()) {
            return refused(412, "PreconditionFailedException", "the alias has been moved");
        }
        let version = body["FunctionVersion"].as_str().unwrap_or_default();
        if !self.versions.iter().any(|one| one["Version"] == version) {
            return gone();
        }
        self.live = (version.to_owned(), self.live.1 + 1);
        ok(&self.alias())
    }

    fn invoke(&self, version: &Json, event: &str) -> Result<Vec<u8>> {
        let mut variables: BTreeMap<String, String> =
            serde_json::from_value(version["Environment"]["Variables"].clone())?;
        variables.extend(self.environment.clone());
        let added = self.added.iter().filter(|(of, ..)| of.is_none() || *of == number(version));
        variables.extend(added.map(|(_, name, value)| (name.clone(), value.clone())));
        let invoked = instance::invoke(&variables, event)?;
        let log = format!("START RequestId: x\n{}END RequestId: x\nREPORT RequestId: x\tDuration: 1 ms\n", invoked.log);
        let mut headers = format!("x-amz-log-result: {}\r\n", STANDARD.encode(log));
        headers += &format!("x-amz-executed-version: {}\r\n", version["Version"].as_str().unwrap_or_default());
        Ok(match invoked.answer {
            Ok(answer) => head(200, &headers, &answer),
            Err(error) => {
                let answer = json!({ "errorType": "Runtime.ExitError", "errorMessage": error.to_string() });
                head(200, &format!("{headers}x-amz-function-error: Unhandled\r\n"), answer.to_string().as_bytes())
            }
        })
    }

    /// Turns moto's checks on or off, if they are used at all.
    fn check(&self, checks: bool) -> Result<()> {
        if !self.enforces {
            return Ok(());
        }
        let unchecked = if checks { "0" } else { "1000" };
        let request = format!(
            "POST /moto-api/reset-auth HTTP/1.1\r\nhost: {}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{unchecked}",
            self.moto,
            unchecked.len()
        );
        let mut moto = TcpStream::connect(&self.moto)?;
        moto.write_all(request.as_bytes())?;
        let mut answer = String::new();
        moto.read_to_string(&mut answer)?;
        ensure!(answer.contains(" 200 "), "{answer}");
        Ok(())
    }

    /// Forwards a request to moto, unchecked, because it was signed for this address and not for moto's.
    fn forward(&self, request: &Request, target: &str) -> Result<Vec<u8>> {
        self.check(false)?;
        let answer = self.pass_on(request, target);
        self.check(true)?;
        answer
    }

    fn pass_on(&self, request: &Request, target: &str) -> Result<Vec<u8>> {
        let (line, headers) = request.head.split_once("\r\n").context("a request has headers")?;
        let is_own = target == request.target();
        let method = if is_own { line.split(' ').next().unwrap_or_default() } else { "GET" };
        let kept = |line: &&str| {
            let name = line.split(':').next().unwrap_or_default().to_ascii_lowercase();
            name != "connection" && (is_own || !["content-length", "content-type"].contains(&name.as_str()))
        };
        let headers: Vec<_> = headers.lines().filter(kept).collect();
        let head = format!("{method} {target} HTTP/1.1\r\n{}\r\nconnection: close\r\n\r\n", headers.join("\r\n"));
        let mut moto = TcpStream::connect(&self.moto)?;
        moto.write_all(head.as_bytes())?;
        if is_own {
            moto.write_all(&request.body)?;
        }
        let mut answer = Vec::new();
        moto.read_to_end(&mut answer)?;
        Ok(answer)
    }
}

fn number(version: &Json) -> Option<u64> {
    version["Version"].as_str()?.parse().ok()
}

fn ok(body: &Json) -> Vec<u8> {
    head(200, "", body.to_string().as_bytes())
}

fn gone() -> Vec<u8> {
    refused(404, "ResourceNotFoundException", "it does not exist")
}

fn refused(status: u16, code: &str, message: &str) -> Vec<u8> {
    let body = json!({ "Type": "User", "Message": message }).to_string();
    head(status, &format!("x-amzn-errortype: {code}\r\n"), body.as_bytes())
}

fn head(status: u16, headers: &str, body: &[u8]) -> Vec<u8> {
    let head = format!(
        "HTTP/1.1 {status} x\r\ncontent-type: application/json\r\n{headers}content-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

/// The state is consistent even after a panic.
fn locked(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}
