//! Registries over TLS: whose certificate is believed, to whom ours is shown, and that nothing gives TLS up.

use std::sync::Arc;

use portcullis::http::Secret;
use portcullis::registry::client::{ClientConfig, TlsConfig};
use portcullis::report::{Code, Verdict};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};

use crate::content::{Spot, config, config_for, locked, signed, verify};
use crate::fake::{Login, Misdeed, REPOSITORY, Registry, Step};

/// A certificate authority of our own.
struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
}

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        Self { issuer }
    }

    fn pem(&self) -> Vec<u8> {
        self.issuer.pem().into_bytes()
    }

    /// A certificate for this machine with its key.
    fn issue(&self) -> (rcgen::Certificate, KeyPair) {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
        (params.signed_by(&key, &self.issuer).unwrap(), key)
    }

    /// A server; with `clients` it takes only clients with a certificate by that authority.
    fn server(&self, clients: Option<&Self>) -> Arc<ServerConfig> {
        let (certificate, key) = self.issue();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .unwrap();
        let builder = match clients {
            None => builder.with_no_client_auth(),
            Some(clients) => {
                let mut roots = RootCertStore::empty();
                roots.add(clients.issuer.der().clone()).unwrap();
                let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
                builder.with_client_cert_verifier(verifier.build().unwrap())
            }
        };
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let chain = vec![certificate.der().clone()];
        Arc::new(builder.with_single_cert(chain, key).unwrap())
    }

    /// Settings that believe this authority.
    fn believed(&self, config: ClientConfig) -> ClientConfig {
        ClientConfig {
            tls: TlsConfig {
                authorities: Some(self.pem()),
                client: None,
            },
            ..config
        }
    }
}

#[test]
fn a_private_authority_is_believed_when_it_was_named() {
    let authority = Authority::new();
    let registry = Registry::start_tls(signed(Spot::Referrers), authority.server(None));
    let answer = verify(&registry, authority.believed(config()));
    assert_eq!(answer.verdict(), Verdict::Allowed, "{}", answer.explain());

    let stranger = verify(&registry, Authority::new().believed(config()));
    assert_eq!(
        stranger.reason(),
        Some(Code::RegistryUnreachable),
        "{}",
        stranger.explain()
    );
    assert_eq!(stranger.verdict(), Verdict::Undecided);
}

#[test]
fn nothing_gives_tls_up() {
    let authority = Authority::new();
    let thief = Registry::thief();
    for (step, misdeed) in [
        (
            Step::Manifest,
            Misdeed::redirect(307, &thief.url("/v2/org/app/manifests/v1")),
        ),
        (Step::CandidateBlob, Misdeed::redirect(302, &thief.url("/blob"))),
    ] {
        let mut contents = locked(signed(Spot::Referrers));
        contents.login = Login::Basic;
        contents.misbehave(step, misdeed);
        let registry = Registry::start_tls(contents, authority.server(None));
        let answer = verify(&registry, authority.believed(config_for(&registry)));
        assert_eq!(answer.verdict(), Verdict::Undecided, "{}", answer.explain());
        assert!(
            answer.codes().contains(&Code::RegistryRefusedDestination),
            "{}",
            answer.explain()
        );
    }
    let mut contents = signed(Spot::Referrers);
    contents.login = Login::Bearer {
        realm: Some(thief.url("/token")),
    };
    let registry = Registry::start_tls(contents, authority.server(None));
    for named in [false, true] {
        let mut config = authority.believed(config_for(&registry));
        // Not even for a host that may be reached without TLS, and that may be told credentials.
        if named {
            config.auth_hosts = vec![thief.host().parse().unwrap()];
            config.allow_http = vec![thief.host().parse().unwrap()];
        }
        let answer = verify(&registry, config);
        assert_eq!(
            answer.reason(),
            Some(Code::RegistryRefusedDestination),
            "{}",
            answer.explain()
        );
    }
    assert!(thief.seen().is_empty());
}

#[test]
fn our_certificate_is_shown_to_the_registry_and_to_nobody_else() {
    let (authority, clients) = (Authority::new(), Authority::new());
    let (certificate, key) = clients.issue();
    let identity = format!("{}{}", certificate.pem(), key.serialize_pem());
    let mut contents = signed(Spot::Referrers);
    // It would take our certificate and give everything, if we showed it.
    let elsewhere = Registry::start_tls(contents.clone(), authority.server(Some(&clients)));
    let with_identity = |redirected: bool| {
        let mut config = authority.believed(config());
        config.tls.client = Some(Secret::new(identity.clone()));
        if redirected {
            let target = format!("https://{}/v2/{REPOSITORY}/manifests/v1", elsewhere.host());
            contents.misbehave(Step::Manifest, Misdeed::redirect(307, &target));
        }
        let registry = Registry::start_tls(contents.clone(), authority.server(Some(&clients)));
        verify(&registry, config)
    };
    let mut with_identity = with_identity;
    let answer = with_identity(false);
    assert_eq!(answer.verdict(), Verdict::Allowed, "{}", answer.explain());
    let answer = with_identity(true);
    assert_eq!(
        answer.reason(),
        Some(Code::RegistryUnreachable),
        "{}",
        answer.explain()
    );
    assert!(elsewhere.seen().is_empty());
}
