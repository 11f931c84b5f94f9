//! A timestamp authority (RFC 3161) with a chain of its own.

use cms::cert::{CertificateChoices, IssuerAndSerialNumber};
use cms::content_info::{CmsVersion, ContentInfo};
use cms::signed_data::{
    CertificateSet, EncapsulatedContentInfo, SignedData, SignerIdentifier, SignerInfo, SignerInfos,
};
use const_oid::ObjectIdentifier;
use const_oid::db::{rfc5911, rfc5912};
use der::asn1::{GeneralizedTime, Int, OctetString, SetOfVec, UtcTime};
use der::{Any, Decode as _, Encode, Sequence};
use jiff::{SignedDuration, Timestamp};
use sigstore_types::HashAlgorithm;
use spki::AlgorithmIdentifierOwned;
use x509_cert::attr::Attribute;
use x509_cert::certificate::Certificate;
use x509_tsp::{MessageImprint, TimeStampReq, TspVersion, TstInfo};

use super::keys::{KeyKind, PrivateKey, digest};
use super::seed::{Seed, sha256};
use super::x509::{self, Template, since_epoch};
use super::{Error, Result};

/// id-ct-TSTInfo (RFC 3161 section 2.4.2).
const TST_INFO: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.1.4");
/// The policy that Sigstore's timestamp authorities state.
const POLICY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.57264.2");

/// Status and token (RFC 3161 section 2.4.2), with the only status that carries a token.
#[derive(Sequence)]
struct Response {
    status: Status,
    token: ContentInfo,
}

#[derive(Sequence)]
struct Status {
    status: u8,
}

/// SigningCertificateV2 (RFC 5816) with one certificate, hashed with the default SHA-256.
#[derive(Sequence)]
struct SigningCertificateV2 {
    certificates: Vec<CertificateId>,
}

#[derive(Sequence)]
struct CertificateId {
    hash: OctetString,
}

/// How a token is made.
#[derive(Clone, Debug)]
pub struct TokenOptions {
    /// The hash of the message and of the token's own signature.
    pub hash: HashAlgorithm,
    /// Put the authority's certificate into the token.
    pub embed_certificate: bool,
    /// The requester's nonce.
    pub nonce: Option<Int>,
}

impl Default for TokenOptions {
    fn default() -> Self {
        Self {
            hash: HashAlgorithm::Sha2256,
            embed_certificate: true,
            nonce: None,
        }
    }
}

/// A timestamp authority: a root and the certificate that signs tokens.
#[derive(Clone, Debug)]
pub struct TimestampAuthority {
    seed: Seed,
    key: PrivateKey,
    certificate: Certificate,
    root: Certificate,
    issued: u64,
}

impl TimestampAuthority {
    /// An authority valid from `not_before` on for ten years.
    pub fn new(seed: &Seed, kind: KeyKind, not_before: Timestamp) -> Result<Self> {
        Self::with_extended_key_usage(seed, kind, not_before, x509::TIME_STAMPING)
    }

    /// An authority whose certificate is for another purpose than timestamps, when `usage` says so.
    pub fn with_extended_key_usage(
        seed: &Seed,
        kind: KeyKind,
        not_before: Timestamp,
        usage: ObjectIdentifier,
    ) -> Result<Self> {
        let root_key = PrivateKey::derive(seed, "tsa root", KeyKind::P384)?;
        let key = PrivateKey::derive(seed, "tsa", kind)?;
        let root_name = x509::name("sandbox.example", "sandbox-tsa-selfsigned")?;
        let not_after = not_before + SignedDuration::from_hours(24 * 3650);

        let mut extensions = x509::authority_extensions(Some(0))?;
        extensions.extend(x509::key_identifiers(&root_key.spki()?, &root_key.spki()?)?);
        let root = Template {
            serial: x509::derive_serial(seed, "tsa root"),
            issuer: root_name.clone(),
            subject: root_name.clone(),
            not_before,
            not_after,
            public_key: root_key.spki()?,
            extensions,
        }
        .sign(&root_key)?;

        let mut extensions = vec![x509::digital_signature()?];
        extensions.extend(x509::key_identifiers(&key.spki()?, &root_key.spki()?)?);
        // The only usage, and critical (RFC 3161 section 2.3).
        extensions.push(x509::extended_key_usage(&[usage], true)?);
        let certificate = Template {
            serial: x509::derive_serial(seed, "tsa"),
            issuer: root_name,
            subject: x509::name("sandbox.example", "sandbox-tsa")?,
            not_before,
            not_after,
            public_key: key.spki()?,
            extensions,
        }
        .sign(&root_key)?;
        Ok(Self {
            seed: seed.clone(),
            key,
            certificate,
            root,
            issued: 0,
        })
    }

    /// Passes over serial numbers, for an authority that has issued before.
    pub fn skip(&mut self, numbers: u64) {
        self.issued = self.issued.saturating_add(numbers);
    }

    /// The certificates from the signing one up, as DER.
    pub fn chain_der(&self) -> Result<Vec<Vec<u8>>> {
        Ok(vec![self.certificate.to_der()?, self.root.to_der()?])
    }

    /// A timestamp response for `message`: in Sigstore, the bytes of a signature.
    pub fn stamp(&mut self, message: &[u8], at: Timestamp, options: &TokenOptions) -> Result<Vec<u8>> {
        let imprint = MessageImprint {
            hash_algorithm: hash_identifier(options.hash)?,
            hashed_message: OctetString::new(digest(options.hash, message)?)?,
        };
        self.respond(imprint, at, options)
    }

    /// The response to a DER encoded request, as an HTTP server answers it.
    pub fn answer(&mut self, request: &[u8], at: Timestamp) -> Result<Vec<u8>> {
        let request = TimeStampReq::from_der(request)?;
        let options = TokenOptions {
            embed_certificate: request.cert_req,
            nonce: request.nonce,
            ..TokenOptions::default()
        };
        self.respond(request.message_imprint, at, &options)
    }

    fn respond(&mut self, imprint: MessageImprint, at: Timestamp, options: &TokenOptions) -> Result<Vec<u8>> {
        self.issued += 1;
        let serial: [u8; 8] = self.seed.bytes(&format!("token {}", self.issued));
        let info = TstInfo {
            version: TspVersion::V1,
            policy: POLICY,
            message_imprint: imprint,
            serial_number: Int::from(der::asn1::Uint::new(&serial)?),
            gen_time: GeneralizedTime::from_unix_duration(since_epoch(at)?)?,
            accuracy: None,
            ordering: false,
            nonce: options.nonce.clone(),
            tsa: None,
            extensions: None,
        };
        let token = self.signed_data(&info.to_der()?, at, options)?;
        let token = ContentInfo {
            content_type: rfc5911::ID_SIGNED_DATA,
            content: Any::encode_from(&token)?,
        };
        Ok(Response {
            status: Status { status: 0 },
            token,
        }
        .to_der()?)
    }

    /// CMS SignedData over the token info (RFC 5652 section 5).
    fn signed_data(&self, info: &[u8], at: Timestamp, options: &TokenOptions) -> Result<SignedData> {
        let attributes = self.signed_attributes(info, at, options.hash)?;
        let digest_alg = hash_identifier(options.hash)?;
        let signer = SignerInfo {
            version: CmsVersion::V1,
            sid: SignerIdentifier::IssuerAndSerialNumber(IssuerAndSerialNumber {
                issuer: self.certificate.tbs_certificate.issuer.clone(),
                serial_number: self.certificate.tbs_certificate.serial_number.clone(),
            }),
            digest_alg: digest_alg.clone(),
            signature_algorithm: self.key.signature_algorithm(options.hash),
            // Signed as a plain SET OF, not with the implicit tag it is stored under (RFC 5652 section 5.4).
            signature: OctetString::new(self.key.sign_with(&attributes.to_der()?, options.hash)?)?,
            signed_attrs: Some(attributes),
            unsigned_attrs: None,
        };
        let certificates = if options.embed_certificate {
            let certificate = CertificateChoices::Certificate(self.certificate.clone());
            Some(CertificateSet(SetOfVec::try_from(vec![certificate])?))
        } else {
            None
        };
        Ok(SignedData {
            version: CmsVersion::V3,
            digest_algorithms: SetOfVec::try_from(vec![digest_alg])?,
            encap_content_info: EncapsulatedContentInfo {
                econtent_type: TST_INFO,
                econtent: Some(Any::encode_from(&OctetString::new(info)?)?),
            },
            certificates,
            crls: None,
            signer_infos: SignerInfos(SetOfVec::try_from(vec![signer])?),
        })
    }

    fn signed_attributes(
        &self,
        info: &[u8],
        at: Timestamp,
        hash: HashAlgorithm,
    ) -> Result<SetOfVec<Attribute>> {
        let certificate = SigningCertificateV2 {
            certificates: vec![CertificateId {
                hash: OctetString::new(sha256(&self.certificate.to_der()?).to_vec())?,
            }],
        };
        let attributes = vec![
            attribute(rfc5911::ID_CONTENT_TYPE, &TST_INFO)?,
            attribute(
                rfc5911::ID_SIGNING_TIME,
                &UtcTime::from_unix_duration(since_epoch(at)?)?,
            )?,
            attribute(
                rfc5911::ID_MESSAGE_DIGEST,
                &OctetString::new(digest(hash, info)?)?,
            )?,
            attribute(rfc5911::ID_AA_SIGNING_CERTIFICATE_V_2, &certificate)?,
        ];
        Ok(SetOfVec::try_from(attributes)?)
    }
}

fn attribute(oid: ObjectIdentifier, value: &(impl Encode + der::Tagged)) -> Result<Attribute> {
    let value = Any::from_der(&value.to_der()?)?;
    Ok(Attribute {
        oid,
        values: SetOfVec::try_from(vec![value])?,
    })
}

fn hash_identifier(hash: HashAlgorithm) -> Result<AlgorithmIdentifierOwned> {
    let oid = match hash {
        HashAlgorithm::Sha2256 => rfc5912::ID_SHA_256,
        HashAlgorithm::Sha2384 => rfc5912::ID_SHA_384,
        HashAlgorithm::Sha2512 => rfc5912::ID_SHA_512,
        _ => return Err(Error::Missing("hash algorithm")),
    };
    Ok(AlgorithmIdentifierOwned {
        oid,
        parameters: None,
    })
}
