//! Callers that show a client certificate.
//!
//! The handshake accepts a certificate of any caller's authority and proves that the peer has its key. Which caller it is
//! is asked again for every request, with that caller's authorities alone: otherwise the authority of one trust domain
//! could speak for another, and a connection could outlive its certificate.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use rustls::RootCertStore;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, UnixTime};
use rustls::server::WebPkiClientVerifier;
use rustls::server::danger::ClientCertVerifier;
use x509_cert::Certificate;
use x509_cert::der::Decode as _;
use x509_cert::ext::pkix::SubjectAltName;
use x509_cert::ext::pkix::name::GeneralName;

use super::spiffe::{SpiffeId, SpiffeRule};

/// Most certificates that a caller's authorities are.
const MAX_AUTHORITIES: usize = 64;

/// Which certificates are those of one caller.
pub(crate) struct Peers {
    authorities: Vec<CertificateDer<'static>>,
    verifier: Arc<dyn ClientCertVerifier>,
    spiffe: Vec<SpiffeRule>,
    /// Whole subjects as RFC 4514 writes them.
    subjects: Vec<String>,
}

impl Peers {
    /// Certificates of `authorities` (PEM) with one of the SPIFFE IDs or subjects.
    ///
    /// # Errors
    ///
    /// When the authorities cannot be read.
    pub(crate) fn new(
        authorities: &[u8],
        spiffe: Vec<SpiffeRule>,
        subjects: Vec<String>,
    ) -> Result<Self, String> {
        let authorities = certificates(authorities)?;
        Ok(Self {
            verifier: verifier(&authorities)?,
            authorities,
            spiffe,
            subjects,
        })
    }

    /// The authorities.
    pub(crate) fn authorities(&self) -> &[CertificateDer<'static>] {
        &self.authorities
    }

    /// Whether a chain, leaf first, is the caller's at `now`.
    ///
    /// # Errors
    ///
    /// Says why not, for the log.
    pub(super) fn check(&self, chain: &[CertificateDer<'_>], now: Timestamp) -> Result<(), String> {
        let (leaf, others) = chain.split_first().ok_or("there is no client certificate")?;
        let seconds = u64::try_from(now.as_second()).unwrap_or_default();
        let time = UnixTime::since_unix_epoch(Duration::from_secs(seconds));
        self.verifier
            .verify_client_cert(leaf, others, time)
            .map_err(|error| format!("the client certificate: {error}"))?;
        let leaf = Certificate::from_der(leaf).map_err(|_| "the client certificate cannot be read")?;
        let subject = leaf.tbs_certificate.subject.to_string();
        if self.subjects.contains(&subject) {
            return Ok(());
        }
        let id = spiffe_id(&leaf)?;
        match id {
            Some(id) if self.spiffe.iter().any(|rule| rule.accepts(&id)) => Ok(()),
            Some(id) => Err(format!("the client certificate of {id} is not accepted")),
            None => Err(format!("the client certificate of {subject:?} is not accepted")),
        }
    }
}

/// The SPIFFE ID of a leaf. An SVID has exactly one URI (X.509-SVID, section 2): with two, readers differ on whose it is.
fn spiffe_id(leaf: &Certificate) -> Result<Option<SpiffeId>, String> {
    let names = leaf.tbs_certificate.get::<SubjectAltName>();
    let names = names.map_err(|_| "the names of the client certificate cannot be read")?;
    let Some((_, SubjectAltName(names))) = names else {
        return Ok(None);
    };
    let mut uris = names.iter().filter_map(|name| match name {
        GeneralName::UniformResourceIdentifier(uri) => Some(uri.as_str()),
        _ => None,
    });
    match (uris.next(), uris.next()) {
        (Some(_), Some(_)) => Err("the client certificate has several URIs".to_owned()),
        (Some(uri), None) => SpiffeId::parse(uri).map(Some).map_err(|error| error.to_string()),
        (None, _) => Ok(None),
    }
}

/// The certificates of a PEM file.
pub(crate) fn certificates(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, String> {
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem)
        .take(MAX_AUTHORITIES + 1)
        .collect();
    match found {
        Ok(found) if found.is_empty() => Err("it holds no certificate in PEM".to_owned()),
        Ok(found) if found.len() > MAX_AUTHORITIES => {
            Err(format!("it holds more than {MAX_AUTHORITIES} certificates"))
        }
        Ok(found) => Ok(found),
        Err(error) => Err(format!("it is not PEM: {error}")),
    }
}

/// Accepts client certificates of these authorities.
pub(crate) fn verifier(
    authorities: &[CertificateDer<'static>],
) -> Result<Arc<dyn ClientCertVerifier>, String> {
    let mut roots = RootCertStore::empty();
    for authority in authorities {
        roots
            .add(authority.clone())
            .map_err(|error| format!("one of the authorities cannot be used: {error}"))?;
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider)
        // Callers that prove who they are in another way show no certificate.
        .allow_unauthenticated()
        .build()
        .map_err(|error| error.to_string())
}
