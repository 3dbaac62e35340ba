//! TLS to registries, with the certificate authorities that this machine trusts.

use std::sync::Arc;

use anyhow::{Context, ensure};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::aws_lc_rs::default_provider;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

/// A connector with the authorities of this machine, or of the file that `SSL_CERT_FILE` names.
///
/// # Errors
/// Where there are none.
pub(super) fn connector() -> anyhow::Result<TlsConnector> {
    let mut roots = RootCertStore::empty();
    // One that cannot be read is one authority less.
    let (taken, _) =
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    ensure!(
        taken > 0,
        "this machine trusts no certificate authority: install `ca-certificates`, or name a file with \
         some by SSL_CERT_FILE"
    );
    let config = ClientConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}

/// Speaks TLS over `stream` to the server that has a certificate for `host`.
pub(super) async fn wrap(
    connector: &TlsConnector,
    host: &str,
    stream: TcpStream,
) -> anyhow::Result<TlsStream<TcpStream>> {
    let name = ServerName::try_from(host.to_owned()).context("that is no name of a server")?;
    Ok(connector.connect(name, stream).await?)
}
