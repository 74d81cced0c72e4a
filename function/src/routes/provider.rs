//! `/api/provider/…`: the provider's API, called with the session's token, which the page never gets.

use std::time::Instant;

use lambda_http::{Body, Request, Response};
use shared::api_path::is_unambiguous;
use shared::redirect;
use shared::session::SessionMode;
use url::Url;

use super::session::check_id;
use crate::app::App;
use crate::config::Provider;
use crate::error::Refusal;
use crate::log::Upstream;
use crate::session::Opened;
use crate::upstream::proxy::{Call, forward};
use crate::upstream::within;
use crate::{caller, clock};

/// The maximum size of a body that is sent to an API, in bytes.
const MAX_BODY: usize = 256 * 1024;

impl App {
    /// Whether the proxy is enabled: in `proxy` mode, if a provider has an API.
    pub(crate) fn has_proxy(&self) -> bool {
        let has_api = |provider: &Provider| provider.app.api_url.is_some();
        self.sessions.mode == SessionMode::Proxy && self.config.providers.iter().any(has_api)
    }

    /// Forwards a call to the API. Faults of the caller come first, in the documented order.
    pub(crate) async fn provider(
        &self,
        request: &Request,
        path: &str,
        upstream: &mut Upstream,
    ) -> Result<Response<Body>, Refusal> {
        let origin = caller::check_page(&self.config, request)?;
        let id = self.requested_id(request)?;
        let body = caller::body(request, MAX_BODY)?;
        let query = request.uri().query();
        // The session determines the provider. A path that no provider allows is rejected without a session.
        let is_possible = |provider: &Provider| address(provider, path, query).is_some();
        if !is_unambiguous(path) || !self.config.providers.iter().any(is_possible) {
            return Err(Refusal::InvalidRequest);
        }
        let now = clock::now();
        let Opened { provider, session } =
            self.sessions.open(&self.config, request.headers(), now).ok_or(Refusal::InvalidSession)?;
        if provider.app.api_url.is_none() {
            return Err(Refusal::NotFound);
        }
        let address = address(provider, path, query).ok_or(Refusal::InvalidRequest)?;
        check_id(&session.id(), id)?;
        if session.is_token_over(now) {
            return Err(Refusal::TokenExpired);
        }

        let origin = origin.or_else(|| provider.app.redirect_uris.iter().find_map(|uri| redirect::origin(uri)));
        let origin = origin.unwrap_or_default();
        let call = Call { method: request.method(), address, headers: request.headers(), body, origin };
        upstream.provider = Some(provider.app.id.clone());
        let started = Instant::now();
        let answer = forward(&self.client, provider, &session.access_token, call, upstream);
        let answer = within(self.budget(request), answer).await;
        upstream.took(started.elapsed());
        answer
    }
}

/// The address of a call: the API's address with the path and query as the caller sent them. `None` if they are not
/// allowed, or if a URL parser would print the address differently.
fn address(provider: &Provider, path: &str, query: Option<&str>) -> Option<String> {
    let base = provider.app.api_url.as_deref()?;
    let mut address = [base, "/", path].concat();
    if let Some(query) = query {
        address.extend(["?", query]);
    }
    let is_exact = Url::parse(&address).is_ok_and(|url| url.as_str() == address && url.fragment().is_none());
    (is_exact && provider.api_paths.allow(path)).then_some(address)
}
