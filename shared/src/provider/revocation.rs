//! Revoking a token at the provider when the person logs out.

use alloc::format;
use alloc::string::String;

use form_urlencoded::Serializer;

use super::{ClientCredentials, UpstreamMethod, UpstreamRequest, rfc6749};
use crate::secret::{AccessToken, RefreshToken};

/// How a token is revoked at a provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Revocation {
    /// At its revocation endpoint (RFC 7009), if it has one.
    Rfc7009,
    /// At its API, as GitHub does, unless a revocation endpoint is configured ("Delete an app token",
    /// <https://docs.github.com/en/rest/apps/oauth-applications>).
    GitHub,
}

/// The tokens of a session. There is always an access token.
#[derive(Clone, Copy, Debug)]
pub struct Revocable<'a> {
    /// The access token.
    pub access_token: &'a AccessToken,
    /// The refresh token, if there is one. Revoking it also revokes the access token (RFC 7009, 2.1).
    pub refresh_token: Option<&'a RefreshToken>,
}

impl Revocation {
    /// The request that revokes the session's tokens. `None` if the provider does not support that.
    pub fn request(
        self,
        revoke_url: Option<&str>,
        api_url: Option<&str>,
        client: &ClientCredentials,
        tokens: Revocable<'_>,
    ) -> Option<UpstreamRequest> {
        match (self, revoke_url) {
            (_, Some(url)) => Some(rfc7009(url, client, tokens)),
            (Self::Rfc7009, None) => None,
            (Self::GitHub, None) => Some(github(api_url.unwrap_or("https://api.github.com"), client, tokens)),
        }
    }
}

/// RFC 7009, 2.1.
fn rfc7009(url: &str, client: &ClientCredentials, tokens: Revocable<'_>) -> UpstreamRequest {
    let (token, hint) = match tokens.refresh_token {
        Some(token) => (token.expose(), "refresh_token"),
        None => (tokens.access_token.expose(), "access_token"),
    };
    let mut form = Serializer::new(String::new());
    form.append_pair("token", token).append_pair("token_type_hint", hint);
    rfc6749::authenticated(url, client, form)
}

fn github(api_url: &str, client: &ClientCredentials, tokens: Revocable<'_>) -> UpstreamRequest {
    let id: String = form_urlencoded::byte_serialize(client.id.as_bytes()).collect();
    UpstreamRequest {
        method: UpstreamMethod::Delete,
        url: format!("{api_url}/applications/{id}/token"),
        authorization: Some(rfc6749::basic(&client.id, &client.secret)),
        // A token may contain characters that JSON escapes.
        body: serde_json::to_string(tokens.access_token)
            .ok()
            .map(|token| ("application/json", format!("{{\"access_token\":{token}}}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider::ClientAuth;
    use crate::secret::ClientSecret;

    fn client(auth: ClientAuth) -> ClientCredentials {
        ClientCredentials { id: "an id".into(), secret: ClientSecret::new("s"), auth: Some(auth) }
    }

    #[test]
    fn refresh_token_is_revoked_if_there_is_one() {
        let (access, refresh) = (AccessToken::new("a&c"), RefreshToken::new("r"));
        let with = Revocable { access_token: &access, refresh_token: Some(&refresh) };
        let without = Revocable { refresh_token: None, ..with };
        let body = |tokens, auth| {
            let request = Revocation::Rfc7009.request(Some("https://p.example/revoke"), None, &client(auth), tokens);
            let request = request.expect("revocation is supported");
            assert_eq!((request.method, &*request.url), (UpstreamMethod::Post, "https://p.example/revoke"));
            (request.authorization, request.body.expect("it has a body").1)
        };
        let secret = "&client_id=an+id&client_secret=s";
        assert_eq!(body(with, ClientAuth::Post), (None, format!("token=r&token_type_hint=refresh_token{secret}")));
        assert_eq!(body(without, ClientAuth::Post).1, format!("token=a%26c&token_type_hint=access_token{secret}"));
        let (authorization, form) = body(with, ClientAuth::Basic);
        assert_eq!(
            (authorization.as_deref(), &*form),
            (Some("Basic YW4raWQ6cw=="), "token=r&token_type_hint=refresh_token")
        );
        assert!(
            Revocation::Rfc7009.request(None, Some("https://p.example"), &client(ClientAuth::Post), with).is_none()
        );
    }

    #[test]
    fn github_revokes_the_access_token_at_its_api() {
        let (access, refresh) = (AccessToken::new("a\"c"), RefreshToken::new("r"));
        let tokens = Revocable { access_token: &access, refresh_token: Some(&refresh) };
        let request = |revoke_url, api_url| {
            Revocation::GitHub
                .request(revoke_url, api_url, &client(ClientAuth::Post), tokens)
                .expect("revocation is supported")
        };
        let own = request(None, Some("https://github.example/api/v3"));
        assert_eq!(
            (own.method, &*own.url),
            (UpstreamMethod::Delete, "https://github.example/api/v3/applications/an+id/token")
        );
        assert_eq!(own.authorization.as_deref(), Some("Basic YW4raWQ6cw=="));
        assert_eq!(own.body, Some(("application/json", r#"{"access_token":"a\"c"}"#.into())));
        assert_eq!(request(None, None).url, "https://api.github.com/applications/an+id/token");
        assert_eq!(request(Some("https://p.example/revoke"), None).method, UpstreamMethod::Post);
    }
}
