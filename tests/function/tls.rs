//! TLS to the provider: a certificate that nobody we trust has signed gives no exchange.

use std::path::PathBuf;
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use serde_json::json;
use tests::aniapi::{Emulator, Options};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use crate::bench::{Answer, Function, PERSON, REDIRECT_URI, env, post};

/// A certification authority of our own, and the file that a person would name in `OAUTH_CA_FILE`.
struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    file: PathBuf,
}

impl Authority {
    fn new(name: &str) -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().expect("a key")).expect("a certificate");
        let file = std::env::temp_dir().join(format!("{name}-{}.pem", std::process::id()));
        std::fs::write(&file, issuer.pem()).expect("a temporary file");
        Self { issuer, file }
    }

    /// What a server shows to prove that it is `host`.
    fn server(&self, host: &str) -> ServerConfig {
        let key = KeyPair::generate().expect("a key");
        let params = CertificateParams::new([host.to_owned()]).expect("a host name");
        let certificate = params.signed_by(&key, &self.issuer).expect("a certificate");
        let key = PrivateKeyDer::Pkcs8(key.serialize_der().into());
        ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("ring has them")
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)
            .expect("the key is the certificate's")
    }
}

/// Makes one exchange with an emulator behind a TLS server of that certificate; gives the answer and how many
/// exchanges got through.
async fn exchange(server: ServerConfig, trusted: Option<&Authority>) -> (Answer, usize) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let emulator_address = listener.local_addr().expect("it is bound");
    let options = Options { redirect_uri: REDIRECT_URI.into(), ..Options::default() };
    let emulator = Emulator::start(listener, options).await.expect("the emulator starts");

    let front = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let port = front.local_addr().expect("it is bound").port();
    let acceptor = TlsAcceptor::from(Arc::new(server));
    let terminator = tokio::spawn(async move {
        let (socket, _) = front.accept().await.expect("the function connects");
        // A handshake that the function breaks off is what some of these tests are about.
        let Ok(mut tls) = acceptor.accept(socket).await else { return };
        let mut plain = TcpStream::connect(emulator_address).await.expect("the emulator listens");
        let _ = tokio::io::copy_bidirectional(&mut tls, &mut plain).await;
    });

    let mut env = env(&format!("https://localhost:{port}"));
    if let Some(authority) = trusted {
        env.insert("OAUTH_CA_FILE", authority.file.clone().into());
    }
    let body = json!({ "provider": "aniapi", "code": emulator.issue_code(PERSON), "redirect_uri": REDIRECT_URI });
    let answer = Function::new(&env).call(post(&body)).await;
    let exchanges = emulator.exchanges();
    terminator.abort();
    (answer, exchanges)
}

#[tokio::test]
async fn a_certificate_of_a_trusted_root_is_good() {
    let authority = Authority::new("trusted");
    let (answer, exchanges) = exchange(authority.server("localhost"), Some(&authority)).await;
    assert_eq!((answer.status.as_u16(), exchanges), (200, 1));
}

#[tokio::test]
async fn a_certificate_that_nobody_vouches_for_is_refused() {
    let (ours, theirs) = (Authority::new("ours"), Authority::new("theirs"));
    for trusted in [None, Some(&ours)] {
        let (answer, exchanges) = exchange(theirs.server("localhost"), trusted).await;
        answer.assert_refusal(502, "provider_unreachable", "later", "an unknown issuer");
        assert_eq!(exchanges, 0);
    }
}

#[tokio::test]
async fn a_certificate_of_another_host_is_refused() {
    let authority = Authority::new("host");
    let (answer, exchanges) = exchange(authority.server("other.example"), Some(&authority)).await;
    answer.assert_refusal(502, "provider_unreachable", "later", "another host's certificate");
    assert_eq!(exchanges, 0);
}
