//! `POST /api/token`: exchanges a code for a token, and starts a session if sessions are kept in cookies.

use std::time::Instant;

use lambda_http::{Body, Request, Response};
use shared::provider::{Grant, Token};
use shared::redirect;
use shared::session::{SessionMode, StoredSession};
use shared::token::{MAX_BODY, TokenRequest, TokenResponse, TokenType};

use crate::app::App;
use crate::config::Provider;
use crate::error::Refusal;
use crate::log::Upstream;
use crate::upstream::exchange::exchange;
use crate::upstream::profile;
use crate::{caller, clock, reply};

impl App {
    /// Exchanges a code. Faults of the caller come first, in the documented order; the provider is contacted only if
    /// there are none.
    pub(crate) async fn token(&self, request: &Request, upstream: &mut Upstream) -> Result<Response<Body>, Refusal> {
        let origin = caller::check_page(&self.config, request)?.ok_or(Refusal::OriginNotAllowed)?;
        let body = caller::json_body(request, MAX_BODY)?;
        let token_request = TokenRequest::parse(body).map_err(|_| Refusal::InvalidRequest)?;
        let provider = self.config.provider(&token_request.provider).ok_or(Refusal::InvalidRequest)?;
        // A verifier that the provider does not check proves nothing. A login without one, at a provider that uses
        // PKCE, was not started by our app.
        if token_request.code_verifier.is_some() != provider.app.pkce.is_some() {
            return Err(Refusal::InvalidRequest);
        }
        let redirect_uri = &token_request.redirect_uri;
        if !provider.app.redirect_uris.contains(redirect_uri) || redirect::origin(redirect_uri) != Some(origin) {
            return Err(Refusal::RedirectUriNotAllowed);
        }

        let code_verifier = token_request.code_verifier.as_ref();
        let grant = Grant { code: &token_request.code, redirect_uri, code_verifier };
        let budget = self.budget(request);
        upstream.provider = Some(provider.app.id.clone());
        let started = Instant::now();
        let token = exchange(&self.client, provider, grant, budget, upstream).await;
        upstream.took(started.elapsed());
        match (self.sessions.mode, token?) {
            (SessionMode::Tab, token) => Ok(self.token_response(token)),
            (SessionMode::Cookie | SessionMode::Proxy, token) => {
                let mut session = StoredSession::new(id()?, token, clock::now());
                self.read_profile(provider, &mut session, origin, budget.saturating_sub(started.elapsed()), upstream)
                    .await;
                let kept = self.sessions.keep(provider, session, request.headers(), clock::now())?;
                Ok(reply::json_with(&kept.state, &kept.cookies))
            }
        }
    }

    /// The response that gives the access token to the page. A refresh token is dropped.
    fn token_response(&self, token: Token) -> Response<Body> {
        let ends_in = token.expires_in.is_none().then(|| self.sessions.lifetime.seconds());
        reply::json(&TokenResponse {
            access_token: token.access_token,
            token_type: TokenType::Bearer,
            expires_in: token.expires_in,
            ends_in,
        })
    }

    /// Reads the profile, if the provider has an address for it. Returns whether there is a new profile.
    pub(crate) async fn read_profile(
        &self,
        provider: &Provider,
        session: &mut StoredSession,
        origin: &str,
        budget: std::time::Duration,
        upstream: &mut Upstream,
    ) -> bool {
        let Some(endpoint) = &provider.profile else { return false };
        let started = Instant::now();
        let read = profile::fetch(&self.client, endpoint, &session.access_token, origin, budget).await;
        upstream.took(started.elapsed());
        let is_new = read.is_ok();
        session.note_profile(read.map_err(|(error, detail)| {
            upstream.detail = Some(detail);
            error
        }));
        is_new
    }
}

/// A random id for a new session.
fn id() -> Result<[u8; 16], Refusal> {
    let mut id = [0; 16];
    getrandom::fill(&mut id).map_err(|_| Refusal::Internal)?;
    Ok(id)
}
