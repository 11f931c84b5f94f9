//! Content digests, compared by algorithm and bytes and never by prefix.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A digest algorithm that Portcullis accepts for a subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Algorithm {
    /// SHA-256, what registries and almost every signature use.
    Sha256,
    /// SHA-384, used by signatures made with P-384 keys.
    Sha384,
    /// SHA-512, used by some in-toto statements and OCI registries.
    Sha512,
}

impl Algorithm {
    /// Every accepted algorithm.
    pub const ALL: [Self; 3] = [Self::Sha256, Self::Sha384, Self::Sha512];

    /// The name in front of the colon of a written digest.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sha256 => "sha256",
            Self::Sha384 => "sha384",
            Self::Sha512 => "sha512",
        }
    }

    /// Length of the digest in bytes.
    pub fn length(self) -> usize {
        match self {
            Self::Sha256 => 32,
            Self::Sha384 => 48,
            Self::Sha512 => 64,
        }
    }
}

/// A digest: an algorithm and exactly as many bytes as it produces.
///
/// Written as `sha256:<hex>`; upper-case hex is read and printed in lower case, so two digests are equal when their
/// bytes are.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Digest {
    algorithm: Algorithm,
    bytes: Vec<u8>,
}

/// Why a text is not a digest.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DigestError {
    /// No `algorithm:` in front.
    #[error("a digest is written algorithm:hex, for example sha256:9f86d0…")]
    NoAlgorithm,
    /// An algorithm that is not accepted.
    #[error("digest algorithm {0:?} is not supported: use sha256, sha384 or sha512")]
    UnknownAlgorithm(String),
    /// Too few or too many hex digits; a shortened digest names more than one artifact.
    #[error(
        "a {algorithm} digest has {expected} hex digits, this one has {found}: a shortened digest is never accepted"
    )]
    Length {
        /// Name of the algorithm.
        algorithm: &'static str,
        /// Hex digits that the algorithm needs.
        expected: usize,
        /// Hex digits that were given.
        found: usize,
    },
    /// A character that is not a hex digit.
    #[error("{0:?} is not a hex digit")]
    NotHex(char),
}

impl Digest {
    /// Builds a digest from raw bytes, or `None` when the length does not fit the algorithm.
    pub fn new(algorithm: Algorithm, bytes: impl Into<Vec<u8>>) -> Option<Self> {
        let bytes = bytes.into();
        (bytes.len() == algorithm.length()).then_some(Self { algorithm, bytes })
    }

    /// A SHA-256 digest that was computed elsewhere.
    pub fn from_sha256(bytes: [u8; 32]) -> Self {
        Self {
            algorithm: Algorithm::Sha256,
            bytes: bytes.to_vec(),
        }
    }

    /// Hashes `data` in memory.
    pub fn of(algorithm: Algorithm, data: &[u8]) -> Self {
        let bytes = match algorithm {
            Algorithm::Sha256 => sigstore_crypto::sha256(data).as_bytes().to_vec(),
            Algorithm::Sha384 => sigstore_crypto::sha384(data).as_bytes().to_vec(),
            Algorithm::Sha512 => sigstore_crypto::sha512(data).as_bytes().to_vec(),
        };
        Self { algorithm, bytes }
    }

    /// SHA-256 of `data`.
    pub fn sha256(data: &[u8]) -> Self {
        Self::of(Algorithm::Sha256, data)
    }

    /// Reads hex that stands without its algorithm, as in an in-toto subject. Never a prefix.
    pub fn parse_hex(algorithm: Algorithm, text: &str) -> Result<Self, DigestError> {
        format!("{}:{text}", algorithm.name()).parse()
    }

    /// The algorithm.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The raw digest.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Lower-case hex without the algorithm.
    pub fn to_hex(&self) -> String {
        hex::encode(&self.bytes)
    }
}

impl FromStr for Digest {
    type Err = DigestError;

    fn from_str(text: &str) -> Result<Self, DigestError> {
        let (name, hex_text) = text.split_once(':').ok_or(DigestError::NoAlgorithm)?;
        let algorithm = Algorithm::ALL
            .into_iter()
            .find(|algorithm| algorithm.name() == name)
            .ok_or_else(|| DigestError::UnknownAlgorithm(name.to_owned()))?;
        let expected = algorithm.length() * 2;
        let hex_digits = hex_text.chars().take_while(char::is_ascii_hexdigit).count();
        if let Some(other) = hex_text.chars().nth(hex_digits) {
            // An ellipsis or three dots is how web pages shorten a digest: say that, not "not a hex digit".
            if other == '.' || other == '…' {
                return Err(DigestError::Length {
                    algorithm: algorithm.name(),
                    expected,
                    found: hex_digits,
                });
            }
            return Err(DigestError::NotHex(other));
        }
        if hex_digits != expected {
            return Err(DigestError::Length {
                algorithm: algorithm.name(),
                expected,
                found: hex_digits,
            });
        }
        let bytes = hex::decode(hex_text).map_err(|_| DigestError::NoAlgorithm)?;
        Ok(Self { algorithm, bytes })
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.algorithm.name(), self.to_hex())
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Digest {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl schemars::JsonSchema for Digest {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Digest".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "description": "A digest, algorithm and lower-case hex.",
            "pattern": "^(sha256:[0-9a-f]{64}|sha384:[0-9a-f]{96}|sha512:[0-9a-f]{128})$"
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EMPTY: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    #[test]
    fn upper_case_hex_names_the_same_digest() {
        let upper: Digest = format!("sha256:{}", EMPTY.to_uppercase()).parse().unwrap();
        assert_eq!(upper, Digest::sha256(b""));
        assert_eq!(upper.to_string(), format!("sha256:{EMPTY}"));
    }

    #[test]
    fn a_shortened_digest_is_refused_with_its_length() {
        for text in ["sha256:eef8d1b...", "sha256:eef8d1b…", "sha256:eef8d1b"] {
            let error = text.parse::<Digest>().unwrap_err();
            assert_eq!(
                error,
                DigestError::Length {
                    algorithm: "sha256",
                    expected: 64,
                    found: 7
                },
                "{text}"
            );
        }
        let long = format!("sha256:{EMPTY}00");
        assert!(matches!(
            long.parse::<Digest>(),
            Err(DigestError::Length { found: 66, .. })
        ));
    }

    #[test]
    fn algorithms_do_not_compare_by_prefix() {
        let long = Digest::of(Algorithm::Sha512, b"");
        let cut = Digest::new(Algorithm::Sha256, &long.as_bytes()[..32]).unwrap();
        assert_ne!(cut, long);
        assert_eq!(Digest::new(Algorithm::Sha256, long.as_bytes()), None);
    }

    #[test]
    fn other_texts_are_not_digests() {
        assert_eq!("abc".parse::<Digest>(), Err(DigestError::NoAlgorithm));
        assert_eq!(
            "md5:00".parse::<Digest>(),
            Err(DigestError::UnknownAlgorithm("md5".into()))
        );
        assert_eq!(
            "SHA256:00".parse::<Digest>(),
            Err(DigestError::UnknownAlgorithm("SHA256".into()))
        );
        let bad = format!("sha256:{}g", &EMPTY[1..]);
        assert_eq!(bad.parse::<Digest>(), Err(DigestError::NotHex('g')));
    }
}
