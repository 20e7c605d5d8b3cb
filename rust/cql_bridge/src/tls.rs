//! TLS by rustls, with the certificates that the settings name.

use std::fmt::Display;
use std::sync::Arc;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore};

use crate::ffi::Settings;

/// Nothing without a CA file: then the connection is in the clear. The driver itself checks that a node's certificate names its address.
pub fn context(settings: &Settings) -> Result<Option<Arc<ClientConfig>>, String> {
    if settings.ca_file.is_empty() {
        return Ok(None);
    }
    let mut roots = RootCertStore::empty();
    for certificate in certificates(&settings.ca_file)? {
        roots.add(certificate).map_err(|error| in_file(&settings.ca_file, error))?;
    }
    // Named, because there is no telling which provider another crate would make the default.
    let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        .with_root_certificates(roots);
    if settings.certificate_file.is_empty() {
        return Ok(Some(Arc::new(config.with_no_client_auth())));
    }
    let chain = certificates(&settings.certificate_file)?;
    let key = PrivateKeyDer::from_pem_file(&settings.key_file).map_err(|error| in_file(&settings.key_file, error))?;
    let config = config.with_client_auth_cert(chain, key).map_err(|error| in_file(&settings.certificate_file, error))?;
    Ok(Some(Arc::new(config)))
}

fn certificates(file: &str) -> Result<Vec<CertificateDer<'static>>, String> {
    let certificates = CertificateDer::pem_file_iter(file)
        .and_then(|found| found.collect::<Result<Vec<_>, _>>())
        .map_err(|error| in_file(file, error))?;
    if certificates.is_empty() { Err(in_file(file, "no certificate in it")) } else { Ok(certificates) }
}

fn in_file(file: &str, error: impl Display) -> String {
    format!("{file}: {error}")
}
