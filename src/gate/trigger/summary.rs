//! A signed verification summary of the decision, attached to the image: a cluster, or anybody, can check it again without
//! the gate.

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use jiff::Timestamp;

use super::secret::missing;
use super::{Fired, Order, SecretFile, Trigger};
use crate::attestation::vsa::{Maker, Recorded, make_of_record};
use crate::gate::config::RegistryConfig;
use crate::gate::decide::{Trust, TrustKeeper};
use crate::http::Web;
use crate::ops::publish::Image;
use crate::ops::sign::{By, Destination, Services, Session, summary_statement};
use crate::registry::Source as _;
use crate::registry::client::Client;
use crate::report::{Code, Finding};
use crate::sigstore::keys::PrivateKey;
use crate::sigstore::sign::{Complete, Content, SigningConfig, Subject};
use crate::sigstore::trust::TrustChoice;

/// How long the registry may take for one attempt.
const REGISTRY_TIME: Duration = Duration::from_secs(60);

/// What a summary calls things. Each is a URI.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Naming {
    /// Who verified. Whoever relies on a summary compares it exactly.
    pub verifier: String,
    /// The policy; its digest otherwise.
    pub policy: Option<String>,
}

/// What signs summaries, and with which services.
#[derive(Debug, Clone)]
pub struct Signing {
    /// The file with the private key.
    pub key: SecretFile,
    /// The file with the password of the key.
    pub password: Option<SecretFile>,
    /// The services. Without a log in it, summaries are not logged; a timestamp authority is needed then.
    pub services: SigningConfig,
}

/// The trust root under which a summary has to verify before it is attached: the gate's own.
#[derive(Debug, Clone)]
pub struct Trusted {
    /// Which it is.
    pub choice: TrustChoice,
    /// The gate's data directory, where what was fetched is kept.
    pub data: PathBuf,
}

/// Signs a summary of each allowed decision, and attaches it to the image.
pub struct Summary {
    naming: Naming,
    signing: Signing,
    trusted: Trusted,
    keeper: OnceLock<TrustKeeper>,
    registry: RegistryConfig,
    web: Web,
}

impl Summary {
    /// A trigger that signs with a key. `web` is how the services are asked.
    ///
    /// # Errors
    ///
    /// When the key cannot be used.
    pub fn new(
        naming: Naming,
        signing: Signing,
        trusted: Trusted,
        registry: RegistryConfig,
        web: Web,
    ) -> Result<Self, Finding> {
        let summary = Self {
            naming,
            signing,
            trusted,
            keeper: OnceLock::new(),
            registry,
            web,
        };
        summary.key()?;
        Ok(summary)
    }

    fn attach(&self, order: &Order) -> Result<Fired, Fired> {
        let key = self.key().map_err(missing)?;
        let (about, content) = self.statement(order).map_err(Fired::Refused)?;
        let image = Image::parse(&order.image()).ok_or_else(|| {
            let message = format!("{} is in no registry", order.image());
            Fired::Refused(Finding::new(Code::InternalError, message))
        })?;
        let client = self.client().map_err(again)?;
        // A registry that does not answer is found out before a signature is in a log.
        client
            .open(image.reference())
            .and_then(|store| store.describe(image.digest()))
            .map_err(|finding| again(*finding))?;
        let complete = self.sign(&key, about, content)?;
        let destination = Destination::bundle(image, order.decided());
        let (_, published) = destination
            .publish(&client, complete)
            .map_err(|failed| perhaps(*failed.finding))?;
        let place = destination.place(&published);
        Ok(Fired::Done(format!("the summary is {place}")))
    }

    fn key(&self) -> Result<PrivateKey, Finding> {
        self.signing.key.private_key(self.signing.password.as_ref())
    }

    fn statement(&self, order: &Order) -> Result<(Subject, Content), Finding> {
        let bug = |detail: String| Finding::new(Code::InternalError, detail);
        let name = order.image();
        let policy = order.details().policy.as_ref();
        let recorded = Recorded {
            name: &name,
            digest: order.digest(),
            time: order.decided(),
            policy: policy.ok_or_else(|| bug("the decision names no policy".to_owned()))?,
            evidence: &order.proof().evidence,
        };
        let maker = Maker {
            verifier: &self.naming.verifier,
            policy_uri: self.naming.policy.as_deref(),
            resource_uri: None,
        };
        let made = make_of_record(&recorded, &maker).map_err(|problem| bug(problem.to_string()))?;
        summary_statement(&name, made)
    }

    fn client(&self) -> Result<Client, Finding> {
        let now = Instant::now();
        let deadline = now.checked_add(REGISTRY_TIME).unwrap_or(now);
        Client::new(self.registry.client(deadline))
            .map_err(|error| Finding::new(Code::InternalError, format!("no threads: {error}")))
    }

    fn sign(&self, key: &PrivateKey, about: Subject, content: Content) -> Result<Complete, Fired> {
        let trust = self.trust().map_err(again)?;
        let services = Services {
            web: &self.web,
            config: &self.signing.services,
            engine: trust.engine(),
            version: None,
            now: Timestamp::now,
            on_step: &|_, _| {},
        };
        let by = By::Key {
            signer: key,
            hint: None,
            log: !self.signing.services.logs.is_empty(),
        };
        let signed = Session::new(services, by).sign_content(about, content);
        signed.map_err(|failed| match failed.finding.code {
            Code::SigningUnsupported | Code::MadeBundleRefused | Code::InternalError => {
                Fired::Refused(*failed.finding)
            }
            _ => again(*failed.finding),
        })
    }

    /// The trust root, fetched at the first order: a configuration is read without the network.
    fn trust(&self) -> Result<Arc<Trust>, Finding> {
        let now = Timestamp::now();
        let keeper = match self.keeper.get() {
            Some(keeper) => keeper,
            None => {
                let options = TrustKeeper::options(Some(&self.trusted.data));
                let keeper = TrustKeeper::load(self.trusted.choice.clone(), options, now)?;
                self.keeper.get_or_init(|| keeper)
            }
        };
        keeper.current(now)
    }
}

impl Trigger for Summary {
    fn fire(&self, order: &Order) -> Fired {
        self.attach(order).unwrap_or_else(|fired| fired)
    }
}

/// Nothing was attached.
fn again(finding: Finding) -> Fired {
    let finding = match finding.code {
        Code::RegistryUnauthorised => Finding {
            code: Code::TriggerUnauthorized,
            ..finding
        }
        .help("give the account in [registry] credentials the permission to push to the repository"),
        _ => finding,
    };
    Fired::Retry { finding, after: None }
}

/// The registry failed while it was given the summary: it may have it.
fn perhaps(finding: Finding) -> Fired {
    match finding.code {
        Code::RegistryUnauthorised => again(finding),
        _ => Fired::Unknown(finding),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::gate::trigger::testing::{digest, order, order_in};
    use crate::http::WebConfig;
    use crate::sigstore::keys::KeyKind;

    const SERVICES: &str = r#"{"mediaType": "application/vnd.dev.sigstore.signingconfig.v0.2+json"}"#;

    fn trigger(folder: &std::path::Path) -> Summary {
        let key = PrivateKey::generate(KeyKind::EcdsaP256).unwrap();
        let path = folder.join("key");
        std::fs::write(&path, key.to_plain_pem().unwrap().as_bytes()).unwrap();
        Summary::new(
            Naming {
                verifier: "https://gate.example".to_owned(),
                policy: None,
            },
            Signing {
                key: SecretFile::new(path),
                password: None,
                services: SigningConfig::parse("services", SERVICES.as_bytes()).unwrap(),
            },
            Trusted {
                choice: TrustChoice::File(folder.join("none")),
                data: folder.to_owned(),
            },
            RegistryConfig::default(),
            Web::new(WebConfig::default()).unwrap(),
        )
        .unwrap()
    }

    #[test]
    fn a_summary_says_what_was_recorded_and_no_more() {
        let folder = tempfile::tempdir().unwrap();
        let (about, content) = trigger(folder.path()).statement(&order(&[])).unwrap();
        assert_eq!(about.digest, digest('a'));
        let Content::Statement(statement) = content else {
            panic!()
        };
        let statement: Value = serde_json::from_slice(&statement).unwrap();
        let image = digest('a').to_hex();
        assert_eq!(statement["subject"][0]["digest"]["sha256"], image);
        let predicate = &statement["predicate"];
        assert_eq!(predicate["verifier"]["id"], "https://gate.example");
        assert_eq!(predicate["timeVerified"], "1970-01-01T00:00:00Z");
        assert_eq!(predicate["verificationResult"], "PASSED");
        assert_eq!(predicate["verifiedLevels"][0], "SLSA_BUILD_LEVEL_0");
        assert_eq!(predicate["policy"]["uri"], digest('f').to_string());
        assert_eq!(
            predicate["resourceUri"],
            format!("pkg:oci/app@sha256%3A{image}?repository_url=registry.example/team/app")
        );
    }

    #[test]
    fn what_may_have_been_attached_is_told_from_what_was_not() {
        let of = |code| perhaps(Finding::new(code, "the registry answers 403"));
        let Fired::Retry { finding, .. } = of(Code::RegistryUnauthorised) else {
            panic!()
        };
        assert_eq!(finding.code, Code::TriggerUnauthorized);
        assert!(matches!(of(Code::RegistryUnreachable), Fired::Unknown(_)));
    }

    #[test]
    fn without_registry_or_key_it_is_tried_again() {
        let folder = tempfile::tempdir().unwrap();
        let trigger = trigger(folder.path());
        let code = || match trigger.fire(&order_in("127.0.0.1:1/team/app")) {
            Fired::Retry { finding, .. } => finding.code,
            other => panic!("{other:?}"),
        };
        assert_eq!(code(), Code::RegistryUnreachable);
        std::fs::write(folder.path().join("key"), "in the middle of a rotation").unwrap();
        assert_eq!(code(), Code::TriggerSecretUnreadable);
    }
}
