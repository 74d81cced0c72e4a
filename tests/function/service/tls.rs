//! TLS to the provider: with a certificate that has no trusted issuer or that is not valid for this use, nothing is
//! exchanged.

use std::path::PathBuf;
use std::sync::Arc;

use emulator::aniapi::{Emulator, Options};
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    date_time_ymd,
};
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use serde_json::json;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use crate::bench::{Answer, Function, PERSON, REDIRECT_URI, env, post};

/// A certification authority for tests, and the file with its certificate for `OAUTH_CA_FILE`.
pub struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    pub file: PathBuf,
}

impl Authority {
    pub fn new(name: &str) -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().expect("a key can be generated"))
            .expect("the certificate can be issued");
        let file = std::env::temp_dir().join(format!("{name}-{}.pem", std::process::id()));
        std::fs::write(&file, issuer.pem()).expect("a temporary file can be written");
        Self { issuer, file }
    }

    /// The configuration of a server with a certificate for `host`.
    pub fn server(&self, host: &str) -> ServerConfig {
        self.certify(CertificateParams::new([host.to_owned()]).expect("a valid host name"))
    }

    /// The configuration of a server with a certificate that this authority issues from these parameters.
    fn certify(&self, params: CertificateParams) -> ServerConfig {
        let key = KeyPair::generate().expect("a key can be generated");
        let certificate = params.signed_by(&key, &self.issuer).expect("the certificate can be issued");
        server(vec![certificate.der().clone()], &key)
    }
}

/// The configuration of a server that presents this chain.
fn server(chain: Vec<CertificateDer<'static>>, key: &KeyPair) -> ServerConfig {
    let key = PrivateKeyDer::Pkcs8(key.serialize_der().into());
    ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("ring supports them")
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .expect("the key is the certificate's")
}

/// The parameters of a valid certificate for `localhost`, for tests to change.
fn localhost() -> CertificateParams {
    CertificateParams::new(["localhost".to_owned()]).expect("a valid host name")
}

/// Makes one exchange with an emulator behind a TLS server with this configuration. Returns the response, and the
/// number of exchanges that reached the emulator.
async fn exchange(server: ServerConfig, trusted: Option<&Authority>) -> (Answer, usize) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
    let emulator_address = listener.local_addr().expect("the socket is bound");
    let options = Options { redirect_uri: REDIRECT_URI.into(), ..Options::default() };
    let emulator = Emulator::start(listener, options).await.expect("the emulator starts");

    let front = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
    let port = front.local_addr().expect("the socket is bound").port();
    let acceptor = TlsAcceptor::from(Arc::new(server));
    let terminator = tokio::spawn(async move {
        let (socket, _) = front.accept().await.expect("the function connects");
        // In some of these tests, the function aborts the handshake.
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
async fn certificate_from_a_trusted_root_is_accepted() {
    let authority = Authority::new("trusted");
    let (answer, exchanges) = exchange(authority.server("localhost"), Some(&authority)).await;
    assert_eq!((answer.status.as_u16(), exchanges), (200, 1));
}

#[tokio::test]
async fn certificate_from_an_unknown_issuer_is_rejected() {
    let (ours, theirs) = (Authority::new("ours"), Authority::new("theirs"));
    for trusted in [None, Some(&ours)] {
        let (answer, exchanges) = exchange(theirs.server("localhost"), trusted).await;
        answer.assert_refusal(502, "provider_unreachable", "later", "an unknown issuer");
        assert_eq!(exchanges, 0);
    }
}

#[tokio::test]
async fn certificate_for_another_host_is_rejected() {
    let authority = Authority::new("host");
    for host in [
        "other.example",
        "localhost.other.example",
        "other.localhost",
        "*.localhost",
        "localhos",
        "localhostt",
        "localhost.localdomain",
        "127.0.0.1",
        "::1",
    ] {
        let (answer, exchanges) = exchange(authority.server(host), Some(&authority)).await;
        answer.assert_refusal(502, "provider_unreachable", "later", host);
        assert_eq!(exchanges, 0, "{host}");
    }
}

#[tokio::test]
async fn certificate_for_another_time_or_purpose_is_rejected() {
    let authority = Authority::new("purpose");
    let with = |change: fn(&mut CertificateParams)| {
        let mut params = localhost();
        change(&mut params);
        params
    };
    for (case, params) in [
        ("expired", with(|params| params.not_after = date_time_ymd(2020, 1, 1))),
        ("not valid yet", with(|params| params.not_before = date_time_ymd(4000, 1, 1))),
        ("for clients", with(|params| params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth])),
        ("for code", with(|params| params.extended_key_usages = vec![ExtendedKeyUsagePurpose::CodeSigning])),
        ("an authority's", with(|params| params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained))),
        (
            "the host only as a common name",
            with(|params| {
                params.subject_alt_names.clear();
                params.distinguished_name.push(DnType::CommonName, "localhost");
            }),
        ),
    ] {
        let (answer, exchanges) = exchange(authority.certify(params), Some(&authority)).await;
        answer.assert_refusal(502, "provider_unreachable", "later", case);
        assert_eq!(exchanges, 0, "{case}");
    }
    let (answer, _) = exchange(authority.certify(localhost()), Some(&authority)).await;
    assert_eq!(answer.status, 200, "it is valid without the change");
}

#[tokio::test]
async fn self_signed_certificate_is_rejected() {
    let authority = Authority::new("itself");
    let key = KeyPair::generate().expect("a key can be generated");
    let certificate = localhost().self_signed(&key).expect("the certificate can be issued");
    for trusted in [None, Some(&authority)] {
        let (answer, exchanges) = exchange(server(vec![certificate.der().clone()], &key), trusted).await;
        answer.assert_refusal(502, "provider_unreachable", "later", "self-signed");
        assert_eq!(exchanges, 0);
    }
}

/// The intermediate certificate is issued by a trusted authority. It may issue others only if it is marked as an
/// authority.
#[tokio::test]
async fn certificate_from_an_issuer_that_is_no_authority_is_rejected() {
    let authority = Authority::new("chain");
    for (is_ca, status) in
        [(IsCa::Ca(BasicConstraints::Constrained(0)), 200), (IsCa::NoCa, 502), (IsCa::ExplicitNoCa, 502)]
    {
        let mut middle = CertificateParams::new(["middle.example".to_owned()]).expect("a valid host name");
        middle.distinguished_name.push(DnType::CommonName, "middle");
        middle.is_ca = is_ca;
        let middle_key = KeyPair::generate().expect("a key can be generated");
        let middle_certificate =
            middle.signed_by(&middle_key, &authority.issuer).expect("the certificate can be issued");
        let key = KeyPair::generate().expect("a key can be generated");
        let certificate =
            localhost().signed_by(&key, &Issuer::new(middle, &middle_key)).expect("the certificate can be issued");
        let chain = vec![certificate.der().clone(), middle_certificate.der().clone()];
        let (answer, exchanges) = exchange(server(chain, &key), Some(&authority)).await;
        assert_eq!((answer.status.as_u16(), exchanges), (status, usize::from(status == 200)), "{is_ca:?}");
    }
}
