//! The paths of the service, and the methods that each allows.

use http::Method;

use crate::error::Refusal;

mod provider;
mod session;
mod token;

/// The prefix of the proxy's paths.
const PROVIDER: &str = "/api/provider/";

/// A path that the service has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Route<'a> {
    /// The app's configuration.
    Config,
    /// Exchanges a code.
    Token,
    /// The session in the cookie.
    Session,
    /// The provider's API, with the path below it.
    Provider(&'a str),
    /// Whether the function is running.
    Health,
}

impl<'a> Route<'a> {
    /// The route of a path, exactly as the caller sent it.
    pub(crate) fn of(path: &'a str) -> Option<Self> {
        let routes = [Self::Config, Self::Token, Self::Session, Self::Health];
        let exact = routes.into_iter().find(|route| route.name() == path);
        exact.or_else(|| path.strip_prefix(PROVIDER).map(Self::Provider))
    }

    /// The path, or for the proxy its prefix. It is for the log, which contains nothing from the caller.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Config => "/api/config",
            Self::Token => "/api/token",
            Self::Session => "/api/session",
            Self::Provider(_) => "/api/provider",
            Self::Health => "/api/health",
        }
    }

    pub(crate) fn check_method(self, method: &Method) -> Result<(), Refusal> {
        let allow = match self {
            Self::Config | Self::Health => "GET, HEAD",
            Self::Token => "POST",
            Self::Session => "GET, HEAD, POST, DELETE",
            Self::Provider(_) => "GET, HEAD, POST, PUT, PATCH, DELETE",
        };
        let is_allowed = allow.split(", ").any(|allowed| allowed == method.as_str());
        is_allowed.then_some(()).ok_or(Refusal::MethodNotAllowed(allow))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_match_exactly_except_below_the_proxy() {
        for (path, expected) in [
            ("/api/config", Some(Route::Config)),
            ("/api/session", Some(Route::Session)),
            ("/api/session/", None),
            ("/api/provider/", Some(Route::Provider(""))),
            ("/api/provider/a/b", Some(Route::Provider("a/b"))),
            ("/api/provider//a", Some(Route::Provider("/a"))),
            ("/api/provider", None),
            ("/api/providers/", None),
            ("/api/Provider/", None),
            ("", None),
        ] {
            assert_eq!(Route::of(path), expected, "{path}");
        }
    }
}
