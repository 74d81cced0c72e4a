//! The HTTP client that speaks to the provider, with every convenience taken out that would make a second request,
//! tell an address, or trust somebody else.

use std::sync::Arc;
use std::time::Duration;

use reqwest::{Client, redirect, retry};
use rustls::pki_types::CertificateDer;
use rustls::{ClientConfig, RootCertStore};

/// A Lambda that was frozen holds sockets that the other side closed long ago; the pool lets go of them first.
const POOL_IDLE: Duration = Duration::from_secs(10);

/// Builds the client. It trusts the public roots that are compiled in, and `extra_roots`.
///
/// # Errors
/// Where an extra root cannot be one; [`Config`](crate::config::Config) has checked that already.
pub fn build(extra_roots: &[CertificateDer<'static>]) -> Result<Client, Box<dyn std::error::Error + Send + Sync>> {
    let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.into() };
    for root in extra_roots {
        roots.add(root.clone())?;
    }
    let tls = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let client = Client::builder()
        .tls_backend_preconfigured(tls)
        .user_agent(concat!("aniapi-login/", env!("CARGO_PKG_VERSION")))
        .redirect(redirect::Policy::none())
        .retry(retry::never())
        .no_proxy()
        .referer(false)
        .pool_idle_timeout(POOL_IDLE)
        .build()?;
    Ok(client)
}
