//! Callers with client certificates, and what a forger tries.

use std::io::{Read, Write};
use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    SanType,
};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, ServerName};
use rustls::{ClientConfig, ClientConnection, HandshakeKind, RootCertStore, StreamOwned};

use crate::client::{Answer, Ask, connect, exchange};
use crate::door::{Door, Setup, event, native};

struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    fn issue(&self, params: &CertificateParams) -> Identity {
        let key = KeyPair::generate().unwrap();
        Identity {
            certificate: params.signed_by(&key, &self.0).unwrap(),
            key,
        }
    }
}

struct Identity {
    certificate: rcgen::Certificate,
    key: KeyPair,
}

/// A leaf with these URIs, for clients.
fn workload(uris: &[&str]) -> CertificateParams {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.subject_alt_names = uris
        .iter()
        .map(|uri| SanType::URI((*uri).try_into().unwrap()))
        .collect();
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    params
}

/// Two trust domains with an authority each, and a gate that knows both.
struct World {
    server: Authority,
    prod: Authority,
    test: Authority,
    door: Door,
}

fn callers() -> String {
    let caller = |name: &str, team: &str, names: &str| {
        format!(
            "[[caller]]\nname = \"{name}\"\nrepositories = [\"registry.example/{team}/*\"]\n[caller.certificate]\nauthorities = \"{name}.pem\"\n{names}\n"
        )
    };
    let listen = "[listen]\ncertificate = \"tls.crt\"\nkey = \"tls.key\"\n";
    let prod = "spiffe-ids = [\"spiffe://prod.example/ci/*\"]\nsubjects = [\"CN=builder\"]";
    let test = "spiffe-ids = [\"spiffe://test.example/ci/*\"]";
    format!(
        "{listen}{}{}",
        caller("prod", "team", prod),
        caller("test", "test", test)
    )
}

impl World {
    fn new() -> Self {
        let (server, prod, test) = (Authority::new(), Authority::new(), Authority::new());
        let own = server.issue(&CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap());
        let webhook = crate::door::WEBHOOK.replace("\"ci\"", "\"hook\"");
        let door = Setup::new(&(callers() + &webhook))
            .file("tls.crt", own.certificate.pem())
            .file("tls.key", own.key.serialize_pem())
            .file("prod.pem", prod.0.pem())
            .file("test.pem", test.0.pem())
            .open();
        Self {
            server,
            prod,
            test,
            door,
        }
    }

    fn config(&self, identity: Option<&Identity>) -> Arc<ClientConfig> {
        let mut roots = RootCertStore::empty();
        roots
            .add(CertificateDer::from(self.server.0.der().to_vec()))
            .unwrap();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let builder = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots);
        Arc::new(match identity {
            None => builder.with_no_client_auth(),
            Some(identity) => {
                let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(identity.key.serialize_der()));
                let chain = vec![CertificateDer::from(identity.certificate.der().to_vec())];
                builder.with_client_auth_cert(chain, key).unwrap()
            }
        })
    }

    fn stream(&self, config: &Arc<ClientConfig>) -> impl Read + Write + use<> {
        let name = ServerName::try_from("127.0.0.1").unwrap();
        let connection = ClientConnection::new(Arc::clone(config), name).unwrap();
        StreamOwned::new(connection, connect(self.door.address))
    }

    /// `None` when the handshake fails.
    fn send(&self, identity: Option<&Identity>, ask: &Ask) -> Option<Answer> {
        exchange(self.stream(&self.config(identity)), &ask.bytes())
    }

    fn announce(&self, identity: &Identity, repository: &str) -> Option<u16> {
        let content = identity.certificate.pem();
        let ask = Ask::post("/v1/events", native(repository, &content));
        self.send(Some(identity), &ask).map(|answer| answer.status)
    }
}

const TEAM: &str = "registry.example/team/app";

#[test]
fn a_certificate_speaks_for_its_own_trust_domain() {
    let world = World::new();
    let builder = world.prod.issue(&workload(&["spiffe://prod.example/ci/builder"]));
    assert_eq!(world.announce(&builder, TEAM), Some(202));
    assert_eq!(world.announce(&builder, "registry.example/test/app"), Some(403));
    let tester = world.test.issue(&workload(&["spiffe://test.example/ci/builder"]));
    assert_eq!(world.announce(&tester, "registry.example/test/app"), Some(202));
    assert_eq!(world.announce(&tester, TEAM), Some(403));
    let mut named = workload(&[]);
    named.distinguished_name = rcgen::DistinguishedName::new();
    named.distinguished_name.push(DnType::CommonName, "builder");
    assert_eq!(world.announce(&world.prod.issue(&named), TEAM), Some(202));
}

#[test]
fn each_fault_of_a_certificate_is_refused() {
    let world = World::new();
    // The authority of one trust domain names the other.
    let crossed = world.test.issue(&workload(&["spiffe://prod.example/ci/builder"]));
    let several = workload(&[
        "spiffe://prod.example/ci/builder",
        "spiffe://prod.example/ci/other",
    ]);
    let odd = workload(&["spiffe://prod.example/ci/builder", "https://prod.example"]);
    for (name, identity) in [
        ("another domain's authority", crossed),
        ("two IDs", world.prod.issue(&several)),
        ("two URIs", world.prod.issue(&odd)),
        (
            "another path",
            world
                .prod
                .issue(&workload(&["spiffe://prod.example/web/builder"])),
        ),
        (
            "a deeper path",
            world.prod.issue(&workload(&["spiffe://prod.example/ci/a/b"])),
        ),
        (
            "another domain",
            world.prod.issue(&workload(&["spiffe://evil.example/ci/builder"])),
        ),
        ("no path", world.prod.issue(&workload(&["spiffe://prod.example"]))),
        ("no ID", world.prod.issue(&workload(&[]))),
    ] {
        assert_eq!(world.announce(&identity, TEAM), Some(401), "{name}");
    }
    let mut expired = workload(&["spiffe://prod.example/ci/builder"]);
    expired.not_before = rcgen::date_time_ymd(2020, 1, 1);
    expired.not_after = rcgen::date_time_ymd(2021, 1, 1);
    let mut serving = workload(&["spiffe://prod.example/ci/builder"]);
    serving.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    for (name, identity) in [
        (
            "an unknown authority",
            Authority::new().issue(&workload(&["spiffe://prod.example/ci/builder"])),
        ),
        ("expired", world.prod.issue(&expired)),
        ("for servers", world.prod.issue(&serving)),
    ] {
        assert_eq!(
            world.announce(&identity, TEAM),
            None,
            "{name}: there is no connection"
        );
    }
    assert_eq!(world.door.waiting(), 0);
}

#[test]
fn without_a_certificate_other_credentials_count_and_none_is_401() {
    let world = World::new();
    let body = native(TEAM, "1");
    let answer = world.send(None, &Ask::post("/v1/events", body.clone())).unwrap();
    assert_eq!(answer.status, 401);
    assert_eq!(world.send(None, &event("m1", &body)).unwrap().status, 202);
    assert_eq!(world.send(None, &Ask::get("/healthz")).unwrap().status, 200);
    // A bad signature is not mended by a good certificate.
    let builder = world.prod.issue(&workload(&["spiffe://prod.example/ci/builder"]));
    let forged = Ask::post("/v1/events", body).header("webhook-signature", "v1,AAAA");
    assert_eq!(world.send(Some(&builder), &forged).unwrap().status, 401);
}

/// S1.17a: a resumed session brings along a certificate that nobody verifies again, so no session is resumed.
#[test]
fn no_session_is_resumed() {
    let world = World::new();
    let builder = world.prod.issue(&workload(&["spiffe://prod.example/ci/builder"]));
    let config = world.config(Some(&builder));
    for _ in 0..3 {
        let name = ServerName::try_from("127.0.0.1").unwrap();
        let connection = ClientConnection::new(Arc::clone(&config), name).unwrap();
        let mut stream = StreamOwned::new(connection, connect(world.door.address));
        let ask = Ask::post("/v1/events", native(TEAM, "1"));
        let answer = exchange(&mut stream, &ask.bytes()).unwrap();
        assert!(answer.status == 202 || answer.status == 200, "{answer:?}");
        assert_eq!(stream.conn.handshake_kind(), Some(HandshakeKind::Full));
    }
}

#[test]
fn a_reload_takes_an_authority_out_for_connections_that_are_open() {
    let world = World::new();
    let builder = world.prod.issue(&workload(&["spiffe://prod.example/ci/builder"]));
    let mut stream = world.stream(&world.config(Some(&builder)));
    let ask = Ask::post("/v1/events", native(TEAM, "1"));
    let open = String::from_utf8(ask.bytes())
        .unwrap()
        .replace("connection: close\r\n", "");
    stream.write_all(open.as_bytes()).unwrap();
    let mut first = [0; 2048];
    let count = stream.read(&mut first).unwrap();
    assert!(
        first[..count].starts_with(b"HTTP/1.1 202"),
        "{}",
        String::from_utf8_lossy(&first)
    );
    world
        .door
        .reload(&callers().replace("spiffe://prod.example/ci/*", "spiffe://prod.example/other"));
    assert_eq!(exchange(stream, &ask.bytes()).unwrap().status, 401);
}

#[test]
fn plain_http_is_no_answer_where_tls_is_spoken() {
    let world = World::new();
    let bytes = Ask::get("/healthz").bytes();
    assert!(exchange(connect(world.door.address), &bytes).is_none());
}
