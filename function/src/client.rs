//! The HTTP client for requests to providers. Every feature is off that would send a second request, reveal an address
//! or trust another party.

use std::sync::Arc;
use std::time::Duration;

use reqwest::{Client, redirect, retry};
use rustls::pki_types::CertificateDer;
use rustls::{ClientConfig, RootCertStore};

/// How long an idle connection stays in the pool. After an instance was frozen, the other side may have closed its
/// connections long ago; this drops them first.
const POOL_IDLE: Duration = Duration::from_secs(10);

/// Builds the client. It trusts the public roots that are compiled in and `extra_roots`.
///
/// # Errors
/// If an extra root cannot be used as one; [`Config`](crate::config::Config) has already checked that.
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
