//! `/api/session`: reads, renews and ends a session.

use std::time::Instant;

use http::Method;
use lambda_http::{Body, Request, Response};
use shared::provider::{Renewal, Revocable};
use shared::redirect;
use shared::session::{EndRequest, SessionMode, SessionRequest, SessionResponse};
use shared::token::MAX_BODY;

use crate::app::App;
use crate::error::Refusal;
use crate::log::Upstream;
use crate::session::Opened;
use crate::upstream::exchange::renew;
use crate::upstream::revoke::revoke;
use crate::{caller, clock, reply};

impl App {
    pub(crate) async fn session(&self, request: &Request, upstream: &mut Upstream) -> Result<Response<Body>, Refusal> {
        let origin = caller::check_page(&self.config, request)?;
        match (request.method(), origin) {
            (&Method::POST, Some(origin)) => self.renew_session(request, origin, upstream).await,
            (&Method::DELETE, Some(_)) => self.end_session(request, upstream).await,
            _ => Ok(self.read_session(request)),
        }
    }

    /// `GET`: never contacts the provider.
    fn read_session(&self, request: &Request) -> Response<Body> {
        let now = clock::now();
        let opened = self.sessions.open(&self.config, request.headers(), now);
        reply::json(&SessionResponse { session: opened.and_then(|opened| self.sessions.state(&opened, now)) })
    }

    /// `POST`: renews the session, reads the profile, does both, or neither.
    async fn renew_session(
        &self,
        request: &Request,
        origin: &str,
        upstream: &mut Upstream,
    ) -> Result<Response<Body>, Refusal> {
        let id = self.requested_id(request)?;
        let wanted = match caller::json_body(request, MAX_BODY)? {
            [] => SessionRequest::default(),
            body => SessionRequest::parse(body).map_err(|_| Refusal::InvalidRequest)?,
        };
        let Opened { provider, mut session } =
            self.sessions.open(&self.config, request.headers(), clock::now()).ok_or(Refusal::InvalidSession)?;
        check_id(&session.id(), id)?;

        upstream.provider = Some(provider.app.id.clone());
        let refresh_token = session.refresh_token.clone().filter(|_| wanted.renewals == Some(session.renewals));
        let is_renewal = refresh_token.is_some();
        if let Some(refresh_token) = refresh_token {
            let is_here = |uri: &&String| redirect::origin(uri) == Some(origin);
            let redirect_uri = provider.app.redirect_uris.iter().find(is_here).map_or("", String::as_str);
            let renewal = Renewal { refresh_token: &refresh_token, redirect_uri };
            let started = Instant::now();
            let token = renew(&self.client, provider, renewal, self.time_left(request), upstream).await;
            upstream.took(started.elapsed());
            session.renew(token?, clock::now());
        }
        let mut is_changed = is_renewal;
        if wanted.profile {
            let is_over = session.is_token_over(clock::now());
            // The result of a renewal is kept, even if the new token has already expired.
            if is_over && !is_renewal {
                return Err(Refusal::TokenExpired);
            }
            is_changed |=
                !is_over && self.read_profile(provider, &mut session, origin, self.budget(request), upstream).await;
        }

        let now = clock::now();
        if !is_changed {
            let session = self.sessions.state(&Opened { provider, session }, now);
            return Ok(reply::json(&SessionResponse { session }));
        }
        let kept = self.sessions.keep(provider, session, request.headers(), now);
        let kept = kept.map_err(|refusal| match refusal {
            // The refresh token in the cookie has been used.
            Refusal::SessionTooLarge(_) if is_renewal => Refusal::SessionTooLarge(self.sessions.clear()),
            refusal => refusal,
        })?;
        Ok(reply::json_with(&SessionResponse { session: Some(kept.state) }, &kept.cookies))
    }

    /// `DELETE`: clears the cookies, whether or not there is a session, and revokes the tokens. If the revocation
    /// fails, the request still succeeds.
    async fn end_session(&self, request: &Request, upstream: &mut Upstream) -> Result<Response<Body>, Refusal> {
        let id = self.requested_id(request)?;
        let wanted = match caller::json_body(request, MAX_BODY)? {
            [] => None,
            body => Some(EndRequest::parse(body).map_err(|_| Refusal::InvalidRequest)?),
        };
        let opened = self.sessions.open(&self.config, request.headers(), clock::now());
        let (provider, tokens) = match (&opened, &wanted) {
            (Some(Opened { provider, session }), _) => {
                check_id(&session.id(), id)?;
                let refresh_token = session.refresh_token.as_ref();
                (*provider, Revocable { access_token: &session.access_token, refresh_token })
            }
            // In `tab` mode the page has the token.
            (None, Some(ended)) if self.sessions.mode == SessionMode::Tab => {
                let provider = self.config.provider(&ended.provider).ok_or(Refusal::InvalidRequest)?;
                (provider, Revocable { access_token: &ended.access_token, refresh_token: None })
            }
            (None, _) => return Ok(reply::empty(&self.sessions.clear())),
        };
        upstream.provider = Some(provider.app.id.clone());
        let started = Instant::now();
        revoke(&self.client, provider, tokens, self.budget(request), upstream).await;
        upstream.took(started.elapsed());
        Ok(reply::empty(&self.sessions.clear()))
    }

    /// The id of the session that the request is for. In `tab` mode there is none.
    pub(crate) fn requested_id<'a>(&self, request: &'a Request) -> Result<&'a str, Refusal> {
        match self.sessions.mode {
            SessionMode::Tab => Ok(""),
            SessionMode::Cookie | SessionMode::Proxy => caller::session_id(request.headers()),
        }
    }
}

/// Checks that the request is for the cookie's session. Ids are not secret: the page has them, and they grant no
/// access.
pub(crate) fn check_id(id: &str, requested: &str) -> Result<(), Refusal> {
    if id == requested { Ok(()) } else { Err(Refusal::SessionChanged) }
}
