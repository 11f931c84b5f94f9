//! Whom a certificate names: the subject alternative name, with its kind, and only when it is exactly one.

use std::fmt;
use std::str::FromStr;

use const_oid::ObjectIdentifier;
use der::asn1::{Any, Ia5StringRef, Utf8StringRef};
use der::{Decode, Encode, Tag, Tagged};

use super::claim::text_problem;

/// The otherName type under which Fulcio writes user names: `1.3.6.1.4.1.57264.1.7`, a UTF8String.
const USERNAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.57264.1.7");

/// Most entries that are described when a certificate has several.
const MAX_DESCRIBED: usize = 16;

/// Longest identity that is read, in bytes.
pub const MAX_IDENTITY_BYTES: usize = 8 * 1024;

/// The kind of an identity. The same text under two kinds names two different signers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SanKind {
    /// An e-mail address (rfc822Name): a person.
    Email,
    /// A URI: a workload, such as a CI workflow or a SPIFFE ID.
    Uri,
    /// Fulcio's user name (otherName `1.3.6.1.4.1.57264.1.7`).
    OtherName,
}

impl SanKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Email, Self::Uri, Self::OtherName];

    /// The name on the command line, in a policy file and in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Uri => "uri",
            Self::OtherName => "other-name",
        }
    }

    /// The kind in words, with its article.
    pub fn words(self) -> &'static str {
        match self {
            Self::Email => "an e-mail address",
            Self::Uri => "a URI",
            Self::OtherName => "a user name",
        }
    }
}

impl fmt::Display for SanKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A name that is no kind of identity.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a kind of identity: write email, uri or other-name")]
pub struct UnknownSanKind(pub String);

impl FromStr for SanKind {
    type Err = UnknownSanKind;

    fn from_str(text: &str) -> Result<Self, UnknownSanKind> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.name() == text)
            .ok_or_else(|| UnknownSanKind(text.to_owned()))
    }
}

/// One identity with its kind.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct San {
    /// What kind of name it is.
    pub kind: SanKind,
    /// The name, byte for byte as it stands in the certificate.
    pub value: String,
}

/// Whom a certificate names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SanFacts {
    /// Nobody: no subject alternative name, or none of a kind that identifies a signer.
    None,
    /// Exactly one name and nothing beside it, as Fulcio issues them.
    One(San),
    /// More than one name; each is described. None of them is believed.
    Several(Vec<String>),
    /// The extension cannot be read, stands twice, or its name is not a plain text.
    Malformed(String),
}

/// One entry of the extension.
enum Entry {
    Name(San),
    Foreign(&'static str),
}

impl SanFacts {
    /// Reads the values of every subject-alternative-name extension of a certificate.
    pub(super) fn read(extensions: &[&[u8]]) -> Self {
        let bytes = match extensions {
            [] => return Self::None,
            [bytes] => bytes,
            _ => return Self::Malformed("there are several subjectAltName extensions".to_owned()),
        };
        let names = match Vec::<Any>::from_der(bytes) {
            Ok(names) => names,
            Err(error) => return Self::Malformed(format!("subjectAltName cannot be read ({error})")),
        };
        let entries = match names.iter().map(Entry::read).collect::<Result<Vec<_>, _>>() {
            Ok(entries) => entries,
            Err(problem) => return Self::Malformed(problem),
        };
        if !entries.iter().any(|entry| matches!(entry, Entry::Name(_))) {
            return Self::None;
        }
        let mut entries = entries.into_iter();
        match (entries.next(), entries.next()) {
            (Some(Entry::Name(san)), None) => Self::One(san),
            (first, second) => Self::Several(
                first
                    .into_iter()
                    .chain(second)
                    .chain(entries)
                    .take(MAX_DESCRIBED)
                    .map(|entry| entry.describe())
                    .collect(),
            ),
        }
    }

    /// The one identity, when there is exactly one.
    pub fn one(&self) -> Option<&San> {
        match self {
            Self::One(san) => Some(san),
            Self::None | Self::Several(_) | Self::Malformed(_) => None,
        }
    }
}

impl Entry {
    /// Reads one GeneralName (RFC 5280, section 4.2.1.6) by its context-specific tag.
    fn read(name: &Any) -> Result<Self, String> {
        let Tag::ContextSpecific { number, .. } = name.tag() else {
            return Err("subjectAltName holds something that is no GeneralName".to_owned());
        };
        Ok(Self::Foreign(match number.value() {
            0 => return other_name(name),
            1 => return text(SanKind::Email, name.value()),
            6 => return text(SanKind::Uri, name.value()),
            2 => "a DNS name",
            3 => "an X.400 address",
            4 => "a directory name",
            5 => "an EDI party name",
            7 => "an IP address",
            8 => "a registered id",
            _ => return Err("subjectAltName holds something that is no GeneralName".to_owned()),
        }))
    }

    fn describe(&self) -> String {
        match self {
            Self::Name(san) => format!("{} ({})", san.value, san.kind),
            Self::Foreign(kind) => (*kind).to_owned(),
        }
    }
}

fn text(kind: SanKind, bytes: &[u8]) -> Result<Entry, String> {
    let text = Ia5StringRef::new(bytes).map_err(|_| format!("{kind} identity is not ASCII"))?;
    checked(kind, text.as_str()).map(Entry::Name)
}

/// otherName is `[0] IMPLICIT SEQUENCE { type-id, value [0] EXPLICIT ANY }`.
fn other_name(name: &Any) -> Result<Entry, String> {
    let malformed = |error: der::Error| format!("otherName cannot be read ({error})");
    let sequence = Any::new(Tag::Sequence, name.value())
        .and_then(|any| any.to_der())
        .map_err(malformed)?;
    let other = x509_cert::ext::pkix::name::OtherName::from_der(&sequence).map_err(malformed)?;
    if other.type_id != USERNAME {
        return Ok(Entry::Foreign("an otherName of another type"));
    }
    let text = other
        .value
        .decode_as::<Utf8StringRef<'_>>()
        .map_err(|_| "the user name is not a UTF8String".to_owned())?;
    checked(SanKind::OtherName, text.as_str()).map(Entry::Name)
}

fn checked(kind: SanKind, value: &str) -> Result<San, String> {
    if value.len() > MAX_IDENTITY_BYTES {
        return Err(format!(
            "the {kind} identity is longer than {MAX_IDENTITY_BYTES} bytes"
        ));
    }
    match text_problem(value) {
        Some(problem) => Err(format!("the {kind} identity cannot be used: {problem}")),
        None => Ok(San {
            kind,
            value: value.to_owned(),
        }),
    }
}
