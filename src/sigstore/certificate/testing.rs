//! Certificates for tests: a real one with its extensions replaced. Its signature is then wrong, which nothing here
//! looks at.

use const_oid::ObjectIdentifier;
use der::asn1::{Any, Ia5String, OctetString, Utf8StringRef};
use der::{Decode, DecodePem, Encode, Tag, TagNumber};
use x509_cert::Certificate;
use x509_cert::ext::Extension;

use super::CertificateFacts;

/// The DER of a certificate in `fixtures/certificates`.
pub(crate) fn fixture(name: &str) -> Vec<u8> {
    let path = format!("{}/fixtures/certificates/{name}", env!("CARGO_MANIFEST_DIR"));
    let certificate = Certificate::from_pem(std::fs::read(path).unwrap()).unwrap();
    certificate.to_der().unwrap()
}

/// A certificate under construction.
#[derive(Default)]
pub(crate) struct TestCertificate {
    names: Vec<Vec<u8>>,
    extensions: Vec<Extension>,
}

impl TestCertificate {
    /// A GitHub workflow's certificate with the claims that deciding needs.
    pub(crate) fn workflow(san: &str) -> Self {
        Self::default()
            .uri(san)
            .claim(8, "https://token.actions.githubusercontent.com")
    }

    pub(crate) fn uri(self, value: &str) -> Self {
        self.name(6, value.as_bytes())
    }

    pub(crate) fn email(self, value: &str) -> Self {
        self.name(1, value.as_bytes())
    }

    /// An otherName of this type that holds a UTF8String.
    pub(crate) fn other_name(self, oid: &str, value: &str) -> Self {
        let text = Utf8StringRef::new(value).unwrap();
        let oid = ObjectIdentifier::new(oid).unwrap();
        let other = x509_cert::ext::pkix::name::OtherName {
            type_id: oid,
            value: Any::encode_from(&text).unwrap(),
        };
        let sequence = Any::from_der(&other.to_der().unwrap()).unwrap();
        self.general_name(0, true, sequence.value())
    }

    /// A primitive GeneralName with this tag number.
    pub(crate) fn name(self, number: u8, value: &[u8]) -> Self {
        self.general_name(number, false, value)
    }

    fn general_name(mut self, number: u8, constructed: bool, value: &[u8]) -> Self {
        let tag = Tag::ContextSpecific {
            constructed,
            number: TagNumber::new(number),
        };
        self.names.push(Any::new(tag, value).unwrap().to_der().unwrap());
        self
    }

    /// A claim as a DER UTF8String under `1.3.6.1.4.1.57264.1.<arc>`.
    pub(crate) fn claim(self, arc: u32, value: &str) -> Self {
        self.raw(arc, &Utf8StringRef::new(value).unwrap().to_der().unwrap())
    }

    /// An extension with these bytes under the same arc.
    pub(crate) fn raw(self, arc: u32, value: &[u8]) -> Self {
        self.extension(&format!("1.3.6.1.4.1.57264.1.{arc}"), value)
    }

    pub(crate) fn extension(mut self, oid: &str, value: &[u8]) -> Self {
        let extn_value = OctetString::new(value).unwrap();
        let extn_id = ObjectIdentifier::new(oid).unwrap();
        self.extensions.push(Extension {
            extn_id,
            critical: false,
            extn_value,
        });
        self
    }

    pub(crate) fn der(mut self) -> Vec<u8> {
        if !self.names.is_empty() {
            let names = Any::new(Tag::Sequence, self.names.concat())
                .unwrap()
                .to_der()
                .unwrap();
            self = self.extension("2.5.29.17", &names);
        }
        let mut certificate = Certificate::from_der(&fixture("github-actions.pem")).unwrap();
        certificate.tbs_certificate.extensions = Some(self.extensions);
        certificate.to_der().unwrap()
    }

    pub(crate) fn facts(self) -> CertificateFacts {
        CertificateFacts::from_der(&self.der()).unwrap()
    }
}

/// The DER of a SubjectAltName value with one URI, for doubled extensions.
pub(crate) fn san_value(uri: &str) -> Vec<u8> {
    let text = Ia5String::new(uri).unwrap();
    let tag = Tag::ContextSpecific {
        constructed: false,
        number: TagNumber::new(6),
    };
    let name = Any::new(tag, text.as_bytes()).unwrap().to_der().unwrap();
    Any::new(Tag::Sequence, name).unwrap().to_der().unwrap()
}
