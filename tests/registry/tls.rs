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
        self.issue_with(this_machine())
    }

    fn issue_with(&self, params: CertificateParams) -> (rcgen::Certificate, KeyPair) {
        let key = KeyPair::generate().unwrap();
        (params.signed_by(&key, &self.issuer).unwrap(), key)
    }

    /// A server; with `clients` it takes only clients with a certificate by that authority.
    fn server(&self, clients: Option<&Self>) -> Arc<ServerConfig> {
        server_with(self.issue(), clients)
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

/// What a good certificate for this machine says.
fn this_machine() -> CertificateParams {
    CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap()
}

/// A server with a certificate; with `clients` it takes only clients with a certificate by that authority.
fn server_with(
    (certificate, key): (rcgen::Certificate, KeyPair),
    clients: Option<&Authority>,
) -> Arc<ServerConfig> {
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

#[test]
fn a_private_authority_is_believed_when_it_was_named() {
    let authority = Authority::new();
    let registry = Registry::start_tls(signed(Spot::Referrers), authority.server(None));
    let answer = verify(&registry, authority.believed(config()));
    assert_eq!(answer.verdict(), Verdict::Allowed, "{}", answer.explain());

    let stranger = verify(&registry, Authority::new().believed(config()));
    assert_eq!(
        stranger.reason(),
        Some(Code::RegistryCertificate),
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

#[test]
fn a_certificate_that_is_not_trusted_has_a_finding_of_its_own_and_is_asked_once() {
    let authority = Authority::new();
    let on = |year| rcgen::date_time_ymd(year, 1, 1);
    let with = |change: &dyn Fn(&mut CertificateParams)| {
        let mut params = this_machine();
        change(&mut params);
        authority.issue_with(params)
    };
    let expired = with(&|params| (params.not_before, params.not_after) = (on(2001), on(2002)));
    let early = with(&|params| (params.not_before, params.not_after) = (on(2200), on(2201)));
    let other_name = authority.issue_with(CertificateParams::new(vec!["r.example".to_owned()]).unwrap());
    let own_key = KeyPair::generate().unwrap();
    let by_itself = (this_machine().self_signed(&own_key).unwrap(), own_key);
    let by_another = Authority::new().issue();
    let of_authority = with(&|params| params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained));
    for (certificate, words, help) in [
        (
            expired,
            "its certificate expired on 2002-01-01T00:00:00Z",
            "clock",
        ),
        (early, "its certificate is not valid yet", "clock"),
        (
            other_name,
            "its certificate is for another host name",
            "issued for",
        ),
        (
            by_itself,
            "its certificate was issued by no authority",
            "--registry-ca",
        ),
        (
            by_another,
            "its certificate was issued by no authority",
            "--registry-ca",
        ),
        (
            of_authority,
            "its certificate is no usable certificate for a server",
            "replace",
        ),
    ] {
        let registry = Registry::start_tls(locked(signed(Spot::Referrers)), server_with(certificate, None));
        let answer = verify(&registry, authority.believed(config_for(&registry)));
        assert_eq!(answer.verdict(), Verdict::Undecided, "{}", answer.explain());
        let [finding] = answer.report.findings.as_slice() else {
            panic!("{}", answer.explain());
        };
        assert_eq!(finding.code, Code::RegistryCertificate, "{finding:?}");
        let host = format!("GET https://{}/", registry.host());
        assert!(finding.message.starts_with(&host), "{finding:?}");
        assert!(finding.message.contains(words), "{finding:?}");
        assert!(finding.help.as_deref().unwrap().contains(help), "{finding:?}");
        assert_eq!(registry.connections(), 1, "{words}");
        assert!(registry.seen().is_empty());
    }
}

#[test]
fn a_token_server_and_a_redirect_are_not_trusted_either_and_are_told_nothing() {
    let (authority, other) = (Authority::new(), Authority::new());
    let elsewhere = Registry::start_tls(signed(Spot::Referrers), other.server(None));
    let url = |path: &str| format!("https://{}{path}", elsewhere.host());
    let mut realm = signed(Spot::Referrers);
    realm.login = Login::Bearer {
        realm: Some(url("/token")),
    };
    let mut redirect = locked(signed(Spot::Referrers));
    redirect.login = Login::Basic;
    redirect.misbehave(
        Step::CandidateBlob,
        Misdeed::redirect(307, &url("/v2/org/app/blobs/x")),
    );
    for contents in [realm, redirect] {
        let registry = Registry::start_tls(contents, authority.server(None));
        let mut config = authority.believed(config_for(&registry));
        config.auth_hosts = vec![elsewhere.host().parse().unwrap()];
        let answer = verify(&registry, config);
        assert_eq!(answer.verdict(), Verdict::Undecided, "{}", answer.explain());
        assert!(
            answer.codes().contains(&Code::RegistryCertificate),
            "{}",
            answer.explain()
        );
        assert!(
            answer.explain().contains(&elsewhere.host()),
            "{}",
            answer.explain()
        );
    }
    assert!(elsewhere.seen().is_empty());
}
