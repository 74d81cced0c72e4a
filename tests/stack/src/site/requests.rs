//! Which headers, cookies and queries of a request reach an origin, according to its origin request policy.
//!
//! `cargo lambda watch` 1.9.2 splits the first `Cookie` header at `"; "` into the event's `cookies`, and sends one
//! `Set-Cookie` header for each of the response's `cookies`, so several cookies pass in both directions. It requires
//! that there is only one `Cookie` header.

use anyhow::{Context as _, Result, bail};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use deploy::template::at;
use serde_json::Value;

use super::distribution::Behaviour;

/// The session cookie's name with TLS. Without TLS the name contains the app's port.
const SECURE: &str = "__Host-Http-session";

/// An origin request policy.
#[derive(Clone, Debug)]
pub(super) struct Requests {
    headers: Names,
    cookies: Names,
    query: Names,
}

/// A set of names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Names {
    None,
    All,
    Only(Vec<String>),
    Except(Vec<String>),
}

impl Names {
    /// Reads a setting such as `CookiesConfig`, in which `kind` is `Cookie` and `list` is `Cookies`.
    pub(super) fn of(config: &Value, kind: &str, list: &str) -> Result<Self> {
        let settings = at(config, &[&format!("{list}Config")])?;
        let names = || -> Result<Vec<String>> {
            let names = at(settings, &[list])?.as_array().context("the names are not a list")?;
            Ok(names.iter().filter_map(Value::as_str).map(str::to_owned).collect())
        };
        Ok(match at(settings, &[&format!("{kind}Behavior")])?.as_str().unwrap_or_default() {
            "none" => Self::None,
            "all" | "allViewer" => Self::All,
            "whitelist" => Self::Only(names()?),
            "allExcept" => Self::Except(names()?),
            other => bail!("this behaviour is not supported by the local edge: {other}"),
        })
    }

    pub(super) fn has(&self, name: &str) -> bool {
        let is_in = |names: &[String]| names.iter().any(|known| known.eq_ignore_ascii_case(name));
        match self {
            Self::None => false,
            Self::All => true,
            Self::Only(names) => is_in(names),
            Self::Except(names) => !is_in(names),
        }
    }

    /// The same for cookies. On this machine, without TLS, the session cookie's name contains the app's port.
    pub(super) fn has_cookie(&self, name: &str, port: u16) -> bool {
        let deployed = name.strip_prefix(&format!("session-{port}")).map(|rest| format!("{SECURE}{rest}"));
        let is_in = |names: &[String]| names.iter().any(|known| known == name || deployed.as_ref() == Some(known));
        match self {
            Self::Only(names) => is_in(names),
            Self::Except(names) => !is_in(names),
            other => *other == Self::All,
        }
    }
}

impl Requests {
    pub(super) fn of(id: &Value, template: &Value) -> Result<Self> {
        match id.as_str() {
            // The managed policies AllViewerExceptHostHeader and AllViewer.
            Some("b689b0a8-53d0-40ab-baf2-68738e2966ac") => {
                let headers = Names::Except(vec!["Host".to_owned()]);
                return Ok(Self { headers, cookies: Names::All, query: Names::All });
            }
            Some("216adef6-5c7f-47e4-b989-5492eafa07d3") => {
                return Ok(Self { headers: Names::All, cookies: Names::All, query: Names::All });
            }
            Some(other) => bail!("this origin request policy is not supported by the local edge: {other}"),
            None => {}
        }
        let name = id["Ref"].as_str().context("an origin request policy must be an id or a Ref")?;
        let config = at(template, &["Resources", name, "Properties", "OriginRequestPolicyConfig"])?;
        Ok(Self {
            headers: Names::of(config, "Header", "Headers")?,
            cookies: Names::of(config, "Cookie", "Cookies")?,
            query: Names::of(config, "QueryString", "QueryStrings")?,
        })
    }
}

impl Behaviour {
    /// The headers that are forwarded to the origin.
    pub(super) fn forwarded(&self, sent: &HeaderMap, port: u16) -> HeaderMap {
        let forwards = |name: &HeaderName| {
            *name != header::COOKIE
                && (self.requests.as_ref().is_some_and(|requests| requests.headers.has(name.as_str()))
                    || self.caching.forwards(name.as_str())
                    // These belong to the body.
                    || [header::CONTENT_LENGTH, header::TRANSFER_ENCODING].contains(name))
        };
        let mut headers: HeaderMap =
            sent.iter().filter(|(name, _)| forwards(name)).map(|(name, value)| (name.clone(), value.clone())).collect();
        headers.remove(header::CONNECTION);
        headers.entry(header::USER_AGENT).or_insert(HeaderValue::from_static("Amazon CloudFront"));
        let is_forwarded = |name: &str| {
            self.requests.as_ref().is_some_and(|requests| requests.cookies.has_cookie(name, port))
                || self.caching.forwards_cookie(name, port)
        };
        let kept: Vec<_> =
            cookies_of(sent).into_iter().filter(|(name, _)| is_forwarded(name)).map(|(_, cookie)| cookie).collect();
        if let Some(kept) = HeaderValue::from_bytes(&kept.join(&b"; "[..])).ok().filter(|kept| !kept.is_empty()) {
            headers.insert(header::COOKIE, kept);
        }
        headers
    }

    /// Whether the query is forwarded to the origin.
    pub(super) fn forwards_query(&self) -> bool {
        self.requests.as_ref().is_some_and(|requests| requests.query != Names::None) || self.caching.forwards_query()
    }
}

/// Each cookie, with its name.
pub(super) fn cookies_of(headers: &HeaderMap) -> Vec<(String, Vec<u8>)> {
    let sent = headers.get_all(header::COOKIE).iter().flat_map(|value| value.as_bytes().split(|byte| *byte == b';'));
    let named = |cookie: &[u8]| {
        let name = cookie.split(|byte| *byte == b'=').next().unwrap_or_default().trim_ascii();
        (String::from_utf8_lossy(name).into_owned(), cookie.trim_ascii().to_vec())
    };
    sent.map(named).collect()
}

#[cfg(test)]
mod tests {
    use deploy::{template, template_path};

    use super::*;
    use crate::site::distribution::Distribution;

    #[test]
    fn only_session_cookies_reach_the_function_in_order() {
        let template = template::read(&template_path()).expect("it is valid");
        let distribution = Distribution::of(&template).expect("it is valid");
        let behaviour = distribution.behaviour("/api/session").expect("there is one");
        for (sent, expected) in [
            (&["session-3000=a"][..], Some("session-3000=a")),
            (&["a=1; session-3000=a=b==; theme=dark; session-3000-1=c"], Some("session-3000=a=b==; session-3000-1=c")),
            (
                &["__Host-Http-session=1;__Host-Http-session-1=2"],
                Some("__Host-Http-session=1; __Host-Http-session-1=2"),
            ),
            // Both values of a duplicate name are forwarded.
            (&["session-3000=a; x=1", "session-3000=b"], Some("session-3000=a; session-3000=b")),
            (&["session-3001=a; session-300=b; session-30000=c; session-3000-2=d; session-3000-1-1=e"], None),
            (&["session=a; __Host-session=b; xsession-3000=c; x=session-3000=d; __host-http-session=e"], None),
            (&["session-3000"], Some("session-3000")),
            (&["", ";;"], None),
            (&[], None),
        ] {
            let mut headers = HeaderMap::new();
            for value in sent {
                headers.append(header::COOKIE, HeaderValue::from_static(value));
            }
            let forwarded = behaviour.forwarded(&headers, 3000);
            let kept: Vec<_> = forwarded.get_all(header::COOKIE).iter().collect();
            assert_eq!(kept, Vec::from_iter(expected), "{sent:?}");
        }
    }
}
