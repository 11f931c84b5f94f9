//! A certificate authority like Fulcio: short-lived code signing certificates with an identity and CI claims in them.

use std::collections::BTreeMap;

use const_oid::ObjectIdentifier;
use der::asn1::{Ia5String, Utf8StringRef};
use der::{Any, Encode as _};
use jiff::{SignedDuration, Timestamp};
use sigstore_types::HashAlgorithm;
use spki::SubjectPublicKeyInfoOwned;
use x509_cert::certificate::Certificate;
use x509_cert::ext::Extension;
use x509_cert::ext::pkix::SubjectAltName;
use x509_cert::ext::pkix::name::{GeneralName, OtherName};

use super::Result;
use super::ct::{CtLog, sct_list_extension};
use super::keys::{KeyKind, PrivateKey};
use super::seed::Seed;
use super::x509::{self, Template};

/// The arc of Fulcio's certificate extensions.
const FULCIO: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.57264.1");
/// Fulcio's otherName type for user names (its `.7`).
const OTHER_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.57264.1.7");
/// How long Fulcio's certificates live.
pub const LEAF_LIFETIME: SignedDuration = SignedDuration::from_mins(10);

/// One subject alternative name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum San {
    /// rfc822Name, as for people.
    Email(String),
    /// uniformResourceIdentifier, as for workloads.
    Uri(String),
    /// Fulcio's otherName for user names without an e-mail address.
    OtherName(String),
}

impl San {
    fn general_name(&self) -> Result<GeneralName> {
        Ok(match self {
            Self::Email(email) => GeneralName::Rfc822Name(Ia5String::new(email)?),
            Self::Uri(uri) => GeneralName::UniformResourceIdentifier(Ia5String::new(uri)?),
            Self::OtherName(name) => GeneralName::OtherName(OtherName {
                type_id: OTHER_NAME,
                value: Any::encode_from(&Utf8StringRef::new(name)?)?,
            }),
        })
    }
}

/// What a certificate shall say.
#[derive(Clone, Debug)]
pub struct CertificateRequest {
    /// The subject alternative names, in order.
    pub sans: Vec<San>,
    /// Fulcio's extensions by the last arc of their OID: 1 to 6 become bare strings, 8 and above DER UTF8Strings.
    pub claims: BTreeMap<u32, String>,
    /// Extensions as they are, after all others: for doubled and malformed ones.
    pub extra_extensions: Vec<Extension>,
    /// Extended key usages.
    pub extended_key_usages: Vec<ObjectIdentifier>,
    /// First second of validity; the time of issue if absent.
    pub not_before: Option<Timestamp>,
    /// How long it is valid.
    pub lifetime: SignedDuration,
    /// How many SCTs to embed: Fulcio embeds one.
    pub scts: usize,
    /// Sign with the root instead of the intermediate.
    pub from_root: bool,
}

impl CertificateRequest {
    /// A certificate for one identity that `issuer` (an OIDC provider's URL) vouched for.
    pub fn new(san: San, issuer: &str) -> Self {
        Self {
            sans: vec![san],
            claims: BTreeMap::from([(1, issuer.to_owned()), (8, issuer.to_owned())]),
            extra_extensions: Vec::new(),
            extended_key_usages: vec![x509::CODE_SIGNING],
            not_before: None,
            lifetime: LEAF_LIFETIME,
            scts: 1,
            from_root: false,
        }
    }

    /// A certificate as GitHub Actions workflows get it: `workflow` is a path like `.github/workflows/release.yml`.
    pub fn github_workflow(repository: &str, workflow: &str, git_ref: &str, commit: &str) -> Self {
        let uri = format!("https://github.com/{repository}");
        let owner = uri
            .rsplit_once('/')
            .map_or(uri.as_str(), |(owner, _)| owner)
            .to_owned();
        let san = format!("{uri}/{workflow}@{git_ref}");
        let mut request = Self::new(
            San::Uri(san.clone()),
            "https://token.actions.githubusercontent.com",
        );
        let claims = [
            (2, "push"),
            (3, commit),
            (4, "Release"),
            (5, repository),
            (6, git_ref),
            (9, &san),
            (10, commit),
            (11, "github-hosted"),
            (12, &uri),
            (13, commit),
            (14, git_ref),
            (15, "1000001"),
            (16, &owner),
            (17, "2000002"),
            (18, &san),
            (19, commit),
            (20, "push"),
            (21, &format!("{uri}/actions/runs/3000003/attempts/1")),
            (22, "public"),
            (23, "production"),
            (24, &format!("repo:{repository}:environment:production")),
        ];
        request
            .claims
            .extend(claims.map(|(arc, value)| (arc, value.to_owned())));
        request
    }

    /// Sets one claim, by the last arc of its OID.
    #[must_use]
    pub fn claim(mut self, arc: u32, value: &str) -> Self {
        self.claims.insert(arc, value.to_owned());
        self
    }

    /// Adds an extension as it is.
    #[must_use]
    pub fn extension(mut self, extension: Extension) -> Self {
        self.extra_extensions.push(extension);
        self
    }

    fn extensions(&self, subject: &SubjectPublicKeyInfoOwned, issuer: &PrivateKey) -> Result<Vec<Extension>> {
        let mut extensions = vec![
            x509::digital_signature()?,
            x509::extended_key_usage(&self.extended_key_usages, false)?,
        ];
        extensions.extend(x509::key_identifiers(subject, &issuer.spki()?)?);
        if !self.sans.is_empty() {
            let names = self
                .sans
                .iter()
                .map(San::general_name)
                .collect::<Result<Vec<_>>>()?;
            // Critical, because the subject is empty (RFC 5280 section 4.2.1.6).
            let value = SubjectAltName(names).to_der()?;
            extensions.push(x509::raw_extension(x509::SUBJECT_ALT_NAME, true, &value)?);
        }
        for (arc, value) in &self.claims {
            extensions.push(fulcio_extension(*arc, value)?);
        }
        extensions.extend(self.extra_extensions.iter().cloned());
        Ok(extensions)
    }
}

/// A Fulcio extension in the encoding that its number asks for.
pub fn fulcio_extension(arc: u32, value: &str) -> Result<Extension> {
    let oid = FULCIO.push_arc(arc).map_err(der::Error::from)?;
    let bytes = if arc <= 6 {
        value.as_bytes().to_vec()
    } else {
        Utf8StringRef::new(value)?.to_der()?
    };
    x509::raw_extension(oid, false, &bytes)
}

/// A Fulcio extension with any bytes, to make malformed ones.
pub fn raw_fulcio_extension(arc: u32, bytes: &[u8]) -> Result<Extension> {
    x509::raw_extension(FULCIO.push_arc(arc).map_err(der::Error::from)?, false, bytes)
}

/// A certificate authority: a root and the intermediate that issues.
#[derive(Clone, Debug)]
pub struct CertificateAuthority {
    seed: Seed,
    root_key: PrivateKey,
    key: PrivateKey,
    root: Certificate,
    intermediate: Certificate,
    issued: u64,
}

impl CertificateAuthority {
    /// An authority valid from `not_before` on for ten years.
    pub fn new(seed: &Seed, kind: KeyKind, not_before: Timestamp) -> Result<Self> {
        let root_key = PrivateKey::derive(seed, "ca root", kind)?;
        let key = PrivateKey::derive(seed, "ca intermediate", kind)?;
        let root_name = x509::name("sandbox.example", "sandbox")?;
        let not_after = not_before + SignedDuration::from_hours(24 * 3650);

        let mut extensions = x509::authority_extensions(Some(1))?;
        extensions.extend(x509::key_identifiers(&root_key.spki()?, &root_key.spki()?)?);
        let root = Template {
            serial: x509::derive_serial(seed, "ca root"),
            issuer: root_name.clone(),
            subject: root_name.clone(),
            not_before,
            not_after,
            public_key: root_key.spki()?,
            extensions,
        }
        .sign(&root_key)?;

        let mut extensions = x509::authority_extensions(Some(0))?;
        extensions.push(x509::extended_key_usage(&[x509::CODE_SIGNING], false)?);
        extensions.extend(x509::key_identifiers(&key.spki()?, &root_key.spki()?)?);
        let intermediate = Template {
            serial: x509::derive_serial(seed, "ca intermediate"),
            issuer: root_name,
            subject: x509::name("sandbox.example", "sandbox-intermediate")?,
            not_before,
            not_after,
            public_key: key.spki()?,
            extensions,
        }
        .sign(&root_key)?;

        Ok(Self {
            seed: seed.clone(),
            root_key,
            key,
            root,
            intermediate,
            issued: 0,
        })
    }

    /// The self-signed root.
    pub fn root(&self) -> &Certificate {
        &self.root
    }

    /// The issuing intermediate.
    pub fn intermediate(&self) -> &Certificate {
        &self.intermediate
    }

    /// Passes over serial numbers, for an authority that has issued before.
    pub fn skip(&mut self, numbers: u64) {
        self.issued = self.issued.saturating_add(numbers);
    }

    /// The certificates of the authority from the intermediate up, as DER.
    pub fn chain_der(&self) -> Result<Vec<Vec<u8>>> {
        Ok(vec![self.intermediate.to_der()?, self.root.to_der()?])
    }

    /// Issues a certificate for `public_key`, logging the precertificate in `ct`.
    pub fn issue(
        &mut self,
        public_key: &SubjectPublicKeyInfoOwned,
        request: &CertificateRequest,
        ct: &CtLog,
        at: Timestamp,
    ) -> Result<Certificate> {
        let (issuer, issuer_key) = if request.from_root {
            (&self.root, &self.root_key)
        } else {
            (&self.intermediate, &self.key)
        };
        let not_before = request.not_before.unwrap_or(at);
        let mut template = Template {
            serial: x509::derive_serial(&self.seed, &format!("leaf {}", self.issued)),
            issuer: issuer.tbs_certificate.subject.clone(),
            subject: x509_cert::name::RdnSequence::default(),
            not_before,
            not_after: not_before + request.lifetime,
            public_key: public_key.clone(),
            extensions: request.extensions(public_key, issuer_key)?,
        };
        self.issued += 1;
        if request.scts > 0 {
            let hash: HashAlgorithm = issuer_key.kind().default_hash();
            let precertificate = template.tbs(issuer_key, hash)?;
            let scts = (0..request.scts)
                .map(|_| ct.sct(&precertificate, issuer_key.public_der(), at))
                .collect::<Result<Vec<_>>>()?;
            template.extensions.push(sct_list_extension(&scts)?);
        }
        template.sign(issuer_key)
    }
}
