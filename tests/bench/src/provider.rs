//! A provider that behaves like AniAPI, with any simulated latency, with or without TLS.

use std::io::{self, Read, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, Result, ensure};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use super::distant::{Distant, Far, Theirs};
use emulator::wire::{Request, Server};

/// The client's id in the function's environment.
pub(super) const CLIENT_ID: &str = "11111111-2222-3333-4444-555555555555";
/// The client's secret.
pub(super) const CLIENT_SECRET: &str = "11111111-2222-3333-4444-666666666666";

/// A running provider.
pub(super) struct Provider {
    server: Server,
    secure: bool,
    token: String,
    far: Arc<Far>,
    exchanges: Arc<AtomicUsize>,
}

impl Provider {
    /// A provider without TLS, with this round-trip time.
    pub(super) fn start(round_trip: Duration) -> Result<Self> {
        Self::with(round_trip, None)
    }

    /// A provider with TLS, with a certificate of its own authority, whose certificate is written to this file.
    pub(super) fn secure(round_trip: Duration, authority: &Path) -> Result<Self> {
        Self::with(round_trip, Some(Arc::new(certified(authority)?)))
    }

    fn with(round_trip: Duration, tls: Option<Arc<ServerConfig>>) -> Result<Self> {
        let token = token();
        let (far, exchanges) = (Arc::new(Far::new(round_trip)), Arc::new(AtomicUsize::new(0)));
        let (secure, answer, place, counted) =
            (tls.is_some(), answer(&token), Arc::clone(&far), Arc::clone(&exchanges));
        let server = Server::start(move |socket| {
            let socket = Distant::new(socket, Arc::clone(&place));
            // The connection ends when the other side closes it, in whatever way.
            let _ = match &tls {
                None => converse(socket, &answer, &counted),
                Some(config) => ServerConnection::new(Arc::clone(config))
                    .map_err(io::Error::other)
                    .and_then(|tls| converse(StreamOwned::new(tls, socket), &answer, &counted)),
            };
        });
        Ok(Self { server: server.context("starting a provider")?, secure, token, far, exchanges })
    }

    /// The address for `OAUTH_TOKEN_URL`.
    pub(super) fn token_url(&self) -> String {
        let scheme = if self.secure { "https" } else { "http" };
        format!("{scheme}://{}/v1/oauth/token", self.server.address())
    }

    /// The token that it issues to everyone.
    pub(super) fn token(&self) -> &str {
        &self.token
    }

    /// Its share of the measured time since the last call.
    pub(super) fn theirs(&self) -> Theirs {
        self.far.theirs()
    }

    /// The number of valid exchanges.
    pub(super) fn exchanges(&self) -> usize {
        self.exchanges.load(Ordering::SeqCst)
    }

    /// Waits shortly until there were this many exchanges: an exchange is counted after its response.
    ///
    /// # Errors
    /// If there were fewer or more.
    pub(super) fn has_exchanged(&self, wanted: usize) -> Result<()> {
        let deadline = Instant::now() + Duration::from_secs(2);
        while self.exchanges() < wanted && Instant::now() < deadline {
            thread::sleep(Duration::from_millis(1));
        }
        ensure!(self.exchanges() == wanted, "there were {} exchanges, expected {wanted}", self.exchanges());
        Ok(())
    }
}

fn converse(mut connection: impl Read + Write, answer: &str, exchanges: &AtomicUsize) -> io::Result<()> {
    while let Some(request) = Request::read(&mut connection)? {
        connection.write_all(answer.as_bytes())?;
        connection.flush()?;
        // The request is checked after the response, so that this does not delay it.
        let has = |name: &str, value: &str| request.head.contains(&format!("{name}={value}"));
        if request.head.starts_with("POST /v1/oauth/token?")
            && has("client_id", CLIENT_ID)
            && has("client_secret", CLIENT_SECRET)
            && has("code", "")
            && has("redirect_uri", "https%3A%2F%2Fapp.example%2Fauth")
        {
            exchanges.fetch_add(1, Ordering::SeqCst);
        }
    }
    Ok(())
}

/// A certificate for this machine, and its authority's certificate in a file.
fn certified(authority: &Path) -> Result<ServerConfig> {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate()?)?;
    std::fs::write(authority, issuer.pem()).with_context(|| format!("writing {}", authority.display()))?;
    let key = KeyPair::generate()?;
    let certificate = CertificateParams::new(["127.0.0.1".to_owned()])?.signed_by(&key, &issuer)?;
    let mut config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], PrivateKeyDer::Pkcs8(key.serialize_der().into()))?;
    // Session tickets would be an additional message that the client waits for.
    config.send_tls13_tickets = 0;
    Ok(config)
}

/// A token like AniAPI's, valid for 30 days.
fn token() -> String {
    let month = Duration::from_secs(30 * 24 * 60 * 60);
    let expires = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default() + month;
    let part = |text: &str| BASE64_URL_SAFE_NO_PAD.encode(text);
    let header = part(r#"{"alg":"HS256","typ":"JWT"}"#);
    let claims = part(&format!(r#"{{"id":"3","nbf":1,"exp":{},"iat":1}}"#, expires.as_secs()));
    format!("{header}.{claims}.{}", part("a signature that is not checked"))
}

fn answer(token: &str) -> String {
    let body = format!(r#"{{"status_code":200,"message":"Code verified","data":"{token}","version":"1"}}"#);
    format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json; charset=utf-8\r\nx-ratelimit-limit: 90\r\n\
         x-ratelimit-remaining: 89\r\nx-ratelimit-reset: 60\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
}

#[cfg(test)]
mod tests {
    use std::net::TcpStream;

    use rustls::pki_types::{CertificateDer, ServerName, pem::PemObject as _};
    use rustls::{ClientConfig, ClientConnection, RootCertStore};

    use super::*;

    #[test]
    fn tls_exchange_has_three_round_trips_and_the_authority_is_written() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let file = folder.path().join("authority.pem");
        let provider = Provider::secure(Duration::ZERO, &file).expect("a free port");
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_file(&file).expect("a certificate")).expect("an authority");
        let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("ring supports them")
            .with_root_certificates(roots)
            .with_no_client_auth();
        let name = ServerName::try_from("127.0.0.1").expect("a name");
        let client = ClientConnection::new(Arc::new(config), name).expect("a configuration");
        let socket = TcpStream::connect(provider.server.address()).expect("the provider listens");
        let mut connection = StreamOwned::new(client, socket);
        let request = format!(
            "POST /v1/oauth/token?client_id={CLIENT_ID}&client_secret={CLIENT_SECRET}&code=x\
             &redirect_uri=https%3A%2F%2Fapp.example%2Fauth HTTP/1.1\r\n\r\n"
        );
        connection.write_all(request.as_bytes()).expect("the request is sent");
        let mut answer = vec![0; provider.token().len() + 400];
        let length = connection.read(&mut answer).expect("there is a response");
        assert!(String::from_utf8_lossy(&answer[..length]).contains(provider.token()));
        provider.has_exchanged(1).expect("the exchange is valid");
        assert_eq!(provider.theirs().trips, 3, "for the connection, the handshake and the request");
    }
}
