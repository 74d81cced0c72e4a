//! The edge's cache: which responses it stores, by which key, and for how long (CloudFront: "Managing how long content
//! stays in the cache").

use std::collections::{BTreeMap, HashMap};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::Response;
use deploy::template::at;
use serde_json::Value;

use super::distribution::ErrorRule;
use super::edge::locked;
use super::requests::{Names, cookies_of};

/// The default time for which errors are cached, in seconds.
const ERROR_TTL: u64 = 10;
/// Errors that are cached whatever `Cache-Control` is. Other errors are cached only if it contains a time.
const KEPT_ERRORS: [u16; 8] = [404, 405, 414, 500, 501, 502, 503, 504];

/// A cache policy.
#[derive(Clone, Debug)]
pub(super) struct Caching {
    min: u64,
    default: u64,
    max: u64,
    cookies: Names,
    headers: Names,
    query: Names,
    /// Whether the key contains the content coding that the browser accepts.
    codings: bool,
}

impl Caching {
    pub(super) fn of(id: &Value, template: &Value) -> Result<Self> {
        let managed = |min, default, max, codings| Self {
            min,
            default,
            max,
            cookies: Names::None,
            headers: Names::None,
            query: Names::None,
            codings,
        };
        match id.as_str() {
            Some("658327ea-f89d-4fab-a63d-7e88639e58f6") => return Ok(managed(1, 86_400, 31_536_000, true)),
            Some("4135ea2d-6df8-44a3-9df3-4b5a84be39ad") => return Ok(managed(0, 0, 0, false)),
            Some(other) => bail!("this cache policy is not supported by the local edge: {other}"),
            None => {}
        }
        let name = id["Ref"].as_str().context("a cache policy must be an id or a Ref")?;
        let config = at(template, &["Resources", name, "Properties", "CachePolicyConfig"])?;
        let ttl = |name: &str| at(config, &[name])?.as_u64().with_context(|| format!("{name} is not a number"));
        let key = at(config, &["ParametersInCacheKeyAndForwardedToOrigin"])?;
        Ok(Self {
            min: ttl("MinTTL")?,
            default: ttl("DefaultTTL")?,
            max: ttl("MaxTTL")?,
            cookies: Names::of(key, "Cookie", "Cookies")?,
            headers: Names::of(key, "Header", "Headers")?,
            query: Names::of(key, "QueryString", "QueryStrings")?,
            codings: key["EnableAcceptEncodingGzip"] == true || key["EnableAcceptEncodingBrotli"] == true,
        })
    }

    /// The key of a response in the cache.
    pub(super) fn key(&self, method: &Method, path: &str, query: &str, headers: &HeaderMap, port: u16) -> String {
        let query = if self.query == Names::None { "" } else { query };
        let cookies: Vec<_> =
            cookies_of(headers).into_iter().filter(|(name, _)| self.cookies.has_cookie(name, port)).collect();
        let headers_in: Vec<_> =
            headers.iter().filter(|(name, _)| self.headers != Names::None && self.headers.has(name.as_str())).collect();
        let coding = if self.codings { coding(headers) } else { "" };
        format!("{method} {path}?{query} {coding} {cookies:?} {headers_in:?}")
    }

    /// Whether a header is forwarded to the origin because it is in the key.
    pub(super) fn forwards(&self, name: &str) -> bool {
        self.headers != Names::None && self.headers.has(name) || self.codings && name == "accept-encoding"
    }

    /// Whether a cookie is forwarded to the origin because it is in the key.
    pub(super) fn forwards_cookie(&self, name: &str, port: u16) -> bool {
        self.cookies.has_cookie(name, port)
    }

    /// Whether the query is forwarded to the origin because it is in the key.
    pub(super) fn forwards_query(&self) -> bool {
        self.query != Names::None
    }

    /// How long a response is cached, in seconds.
    pub(super) fn ttl(&self, status: StatusCode, headers: &HeaderMap, errors: &BTreeMap<u16, ErrorRule>) -> u64 {
        let directive = directive(headers);
        if status.is_client_error() || status.is_server_error() {
            let min = errors.get(&status.as_u16()).and_then(|rule| rule.min_ttl).unwrap_or(ERROR_TTL);
            let is_kept = KEPT_ERRORS.contains(&status.as_u16());
            return match directive {
                Directive::MaxAge(seconds) => seconds.max(min).min(self.max.max(min)),
                _ if is_kept => min,
                _ => 0,
            };
        }
        match directive {
            Directive::None => self.default.clamp(self.min, self.max.max(self.min)),
            Directive::NotCached => self.min,
            Directive::MaxAge(seconds) => seconds.clamp(self.min, self.max.max(self.min)),
        }
    }
}

/// The effect of an origin's `Cache-Control`.
enum Directive {
    None,
    NotCached,
    MaxAge(u64),
}

fn directive(headers: &HeaderMap) -> Directive {
    let values = headers.get_all(header::CACHE_CONTROL).iter().filter_map(|value| value.to_str().ok());
    let all = values.collect::<Vec<_>>().join(",").to_ascii_lowercase();
    let directives: Vec<&str> = all.split(',').map(str::trim).collect();
    let number = |name: &str| {
        directives.iter().find_map(|directive| directive.strip_prefix(name)?.strip_prefix('=')?.parse().ok())
    };
    if ["no-cache", "no-store", "private"].iter().any(|not| directives.contains(not)) {
        return Directive::NotCached;
    }
    number("s-maxage").or_else(|| number("max-age")).map_or(Directive::None, Directive::MaxAge)
}

/// The best content coding that the browser accepts; CloudFront normalizes the header to it.
fn coding(headers: &HeaderMap) -> &'static str {
    let accepted = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    match (accepted.contains("br"), accepted.contains("gzip")) {
        (true, _) => "br",
        (false, true) => "gzip",
        _ => "",
    }
}

/// The cached responses, by their keys.
#[derive(Debug, Default)]
pub(super) struct Cache {
    entries: Mutex<HashMap<String, Cached>>,
}

#[derive(Debug)]
struct Cached {
    /// The path in the browser's request, and that in the request to the origin.
    paths: [String; 2],
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
    since: Instant,
    until: Instant,
}

impl Cache {
    pub(super) fn get(&self, key: &str) -> Option<Response> {
        let entries = locked(&self.entries);
        let found = entries.get(key).filter(|cached| cached.until > Instant::now())?;
        let mut answer = Response::new(Body::from(found.body.clone()));
        *answer.status_mut() = found.status;
        answer.headers_mut().clone_from(&found.headers);
        answer.headers_mut().insert(header::AGE, HeaderValue::from(found.since.elapsed().as_secs()));
        Some(answer)
    }

    pub(super) fn store(&self, key: String, paths: [String; 2], answer: &Response, body: Bytes, ttl: u64) {
        let since = Instant::now();
        let (status, headers) = (answer.status(), answer.headers().clone());
        let until = since + Duration::from_secs(ttl);
        locked(&self.entries).insert(key, Cached { paths, status, headers, body, since, until });
    }

    /// Removes the responses for a path, or for all paths with a prefix that is followed by `*`.
    pub(super) fn invalidate(&self, path: &str) {
        let matches = |cached: &String| match path.strip_suffix('*') {
            Some(prefix) => cached.starts_with(prefix),
            None => cached == path,
        };
        locked(&self.entries).retain(|_, cached| !cached.paths.iter().any(matches));
    }
}
