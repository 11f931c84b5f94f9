//! Reading a trusted root document: from a file, from TUF, or built in.

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use serde::Deserialize;
use sigstore_trust_root::{SigningConfig, TrustedRoot};
use sigstore_verify::Verifier;

use super::TrustError;
use super::audit::{self, CheckState};
use super::error::chain;
use crate::report::Origin;
use crate::strict_json;
use crate::subject::Digest;

/// Largest trusted root or signing configuration, in bytes. The public-good root has 7 kB, GitHub's 34 kB.
pub const MAX_TRUST_DOCUMENT_BYTES: u64 = 4 * 1024 * 1024;

/// Most levels of nesting in such a document; real ones have eight.
const MAX_TRUST_DOCUMENT_DEPTH: usize = 32;

/// The media types of a trusted root, the current one first (protobuf-specs `trustroot.v1.TrustedRoot`).
pub const TRUSTED_ROOT_MEDIA_TYPES: [&str; 3] = [
    "application/vnd.dev.sigstore.trustedroot.v0.2+json",
    "application/vnd.dev.sigstore.trustedroot.v0.1+json",
    "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
];

/// A trusted root together with a signing configuration (protobuf-specs `trustroot.v1.ClientTrustConfig`).
const CLIENT_TRUST_CONFIG_MEDIA_TYPE: &str = "application/vnd.dev.sigstore.clienttrustconfig.v0.1+json";

/// A document that parsed. Whether its keys and certificates are fit for use is said by [`TrustDocument::check`].
#[derive(Debug, Clone)]
pub(crate) struct TrustDocument {
    pub(crate) root: TrustedRoot,
    /// Only a client trust configuration has one.
    pub(crate) signing_config: Option<SigningConfig>,
    /// SHA-256 of the whole document.
    pub(crate) digest: Digest,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Head {
    media_type: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ClientTrustConfig {
    trusted_root: TrustedRoot,
    #[serde(default)]
    signing_config: Option<SigningConfig>,
}

/// Reads a file of at most `limit` bytes; `what` names it in messages.
pub(crate) fn read_bounded(path: &Path, limit: u64, what: &str) -> Result<Vec<u8>, TrustError> {
    let read = || -> std::io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        File::open(path)?
            .take(limit.saturating_add(1))
            .read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    let bytes = read().map_err(|error| {
        TrustError::invalid(format!("cannot read the {what} {}: {error}", path.display()))
            .help("check the path and its permissions")
    })?;
    if bytes.len() as u64 > limit {
        return Err(too_large(&format!("the {what} {}", path.display()), limit));
    }
    Ok(bytes)
}

pub(crate) fn too_large(what: &str, limit: u64) -> TrustError {
    TrustError::invalid(format!("{what} is larger than {limit} bytes"))
}

impl TrustDocument {
    /// Parses a trusted root or a client trust configuration. `name` stands for the document in messages.
    pub(crate) fn parse(name: &str, bytes: &[u8]) -> Result<Self, TrustError> {
        if bytes.len() as u64 > MAX_TRUST_DOCUMENT_BYTES {
            return Err(too_large(name, MAX_TRUST_DOCUMENT_BYTES));
        }
        let text = Text::new(name, bytes)?;
        text.check()?;
        let head: Head = text.read()?;
        let (root, signing_config) = if head.media_type == CLIENT_TRUST_CONFIG_MEDIA_TYPE {
            let config: ClientTrustConfig = text.read()?;
            (config.trusted_root, config.signing_config)
        } else {
            text.check_media_type(&head.media_type)?;
            (text.read()?, None)
        };
        text.check_media_type(&root.media_type)?;
        Ok(Self {
            root,
            signing_config,
            digest: Digest::sha256(bytes),
        })
    }

    /// Refuses a root that verification could not use: a key or certificate that does not parse, a doubled log id, a
    /// period that ends before it begins, or nothing in it at all.
    ///
    /// # Errors
    ///
    /// `trust-root-invalid`, naming the first entry that is wrong.
    pub(crate) fn check(&self, name: &str) -> Result<(), TrustError> {
        let root = &self.root;
        let empty = root.tlogs.is_empty()
            && root.certificate_authorities.is_empty()
            && root.ctlogs.is_empty()
            && root.timestamp_authorities.is_empty();
        if empty {
            return Err(TrustError::invalid(format!(
                "{name} lists no authority and no log: nothing could be verified"
            ))
            .help("check that it is a whole trusted_root.json"));
        }
        let Err(error) = Verifier::new(root) else {
            return Ok(());
        };
        // The library says what is wrong but not where; our own pass over the entries does.
        let place = audit::entries(root)
            .into_iter()
            .find(|check| check.state == CheckState::Fail)
            .map_or_else(
                || chain(&error),
                |check| format!("{}: {}", check.name, check.detail),
            );
        Err(TrustError::invalid(format!("{name} cannot be used: {place}"))
            .help("`portcullis trust doctor` checks every entry"))
    }
}

/// Parses a signing configuration; `name` stands for it in messages.
pub(crate) fn parse_signing_config(name: &str, bytes: &[u8]) -> Result<SigningConfig, TrustError> {
    if bytes.len() as u64 > MAX_TRUST_DOCUMENT_BYTES {
        return Err(too_large(name, MAX_TRUST_DOCUMENT_BYTES));
    }
    let text = Text::new(name, bytes)?;
    text.check()?;
    SigningConfig::from_json(&text.text)
        .map_err(|error| TrustError::invalid(format!("{name} cannot be read: {}", chain(&error))))
}

/// A document's text with its name, for messages that point into it.
struct Text<'a> {
    name: &'a str,
    text: Arc<str>,
}

impl<'a> Text<'a> {
    fn new(name: &'a str, bytes: &[u8]) -> Result<Self, TrustError> {
        match std::str::from_utf8(bytes) {
            Ok(text) => Ok(Self {
                name,
                text: text.into(),
            }),
            Err(error) => Err(TrustError::invalid(format!(
                "{name} is not text: byte {} is not UTF-8",
                error.valid_up_to()
            ))),
        }
    }

    fn read<'de, T: Deserialize<'de>>(&'de self) -> Result<T, TrustError> {
        serde_json::from_str(&self.text)
            .map_err(|error| self.refuse("is not a trusted root", &error, (error.line(), error.column())))
    }

    /// Refuses what two readers could read differently, before anything is read.
    fn check(&self) -> Result<(), TrustError> {
        let bytes = usize::try_from(MAX_TRUST_DOCUMENT_BYTES).unwrap_or(usize::MAX);
        let limits = strict_json::Limits {
            bytes,
            depth: MAX_TRUST_DOCUMENT_DEPTH,
        };
        strict_json::check(self.text.as_bytes(), limits)
            .map_err(|problem| self.refuse("cannot be read", &problem, problem.place()))
    }

    fn refuse(
        &self,
        what: &str,
        error: &dyn std::fmt::Display,
        (line, column): (usize, usize),
    ) -> TrustError {
        let start = offset_of(&self.text, line, column);
        let rest = self.text.get(start..).unwrap_or_default();
        let width = rest.chars().next().map_or(0, char::len_utf8);
        TrustError::invalid(format!("{} {what}: {error}", self.name))
            .at(Origin::file(self.name, &self.text, start..start + width))
            .help("expected is a Sigstore trusted_root.json or a client trust configuration")
    }

    fn check_media_type(&self, found: &str) -> Result<(), TrustError> {
        if TRUSTED_ROOT_MEDIA_TYPES.contains(&found) {
            return Ok(());
        }
        Err(
            TrustError::invalid(format!("{} is of another media type", self.name))
                .instead_of(
                    found.chars().take(200).collect::<String>(),
                    TRUSTED_ROOT_MEDIA_TYPES.join(" or "),
                )
                .help("expected is a Sigstore trusted_root.json or a client trust configuration"),
        )
    }
}

/// Byte offset of a 1-based line and column as serde_json counts them (bytes).
fn offset_of(text: &str, line: usize, column: usize) -> usize {
    let before: usize = text
        .split_inclusive('\n')
        .take(line.saturating_sub(1))
        .map(str::len)
        .sum();
    let mut offset = (before + column.saturating_sub(1)).min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use sigstore_trust_root::{SIGSTORE_GITHUB_TRUSTED_ROOT, SIGSTORE_PRODUCTION_TRUSTED_ROOT};

    use super::*;
    use crate::report::Code;

    #[test]
    fn offsets_stay_inside_the_text() {
        let text = "ab\ncä\n";
        assert_eq!(offset_of(text, 2, 1), 3);
        for (line, column) in [(0, 0), (2, 3), (2, 99), (99, 99), (usize::MAX, usize::MAX / 2)] {
            assert!(text.is_char_boundary(offset_of(text, line, column)));
        }
    }

    fn good() -> Value {
        serde_json::from_str(SIGSTORE_PRODUCTION_TRUSTED_ROOT).unwrap()
    }

    fn read(text: &str) -> Result<TrustDocument, TrustError> {
        let document = TrustDocument::parse("root.json", text.as_bytes())?;
        document.check("root.json").map(|()| document)
    }

    /// The public-good root with one change.
    fn changed(change: impl FnOnce(&mut Value)) -> Result<TrustDocument, TrustError> {
        let mut value = good();
        change(&mut value);
        read(&value.to_string())
    }

    #[test]
    fn the_known_media_types_are_read() {
        for media_type in TRUSTED_ROOT_MEDIA_TYPES {
            assert!(
                changed(|root| root["mediaType"] = json!(media_type)).is_ok(),
                "{media_type}"
            );
        }
        assert!(read(SIGSTORE_GITHUB_TRUSTED_ROOT).is_ok(), "a root without logs");
    }

    #[test]
    fn a_client_trust_configuration_brings_its_signing_configuration() {
        let signing: Value =
            serde_json::from_str(sigstore_trust_root::SIGSTORE_PRODUCTION_SIGNING_CONFIG).unwrap();
        let mut config = json!({
            "mediaType": CLIENT_TRUST_CONFIG_MEDIA_TYPE, "trustedRoot": good(), "signingConfig": signing,
        });
        assert!(read(&config.to_string()).unwrap().signing_config.is_some());
        config["trustedRoot"]["mediaType"] = json!("application/json");
        assert_eq!(read(&config.to_string()).unwrap_err().code(), Code::TrustInvalid);
        config["trustedRoot"] = Value::Null;
        assert_eq!(read(&config.to_string()).unwrap_err().code(), Code::TrustInvalid);
    }

    #[test]
    fn documents_that_are_no_usable_trust_root_are_refused_and_say_why() {
        type Change = fn(&mut Value);
        let rows: &[(&str, Change)] = &[
            ("another media type", |root| {
                root["mediaType"] = json!("application/json")
            }),
            ("missing field `mediaType`", |root| {
                root.as_object_mut().unwrap().remove("mediaType");
            }),
            ("no authority and no log", |root| {
                *root = json!({"mediaType": TRUSTED_ROOT_MEDIA_TYPES[0]});
            }),
            ("certificate authority 1 (https://fulcio.sigstore.dev)", |root| {
                root["certificateAuthorities"][0]["certChain"]["certificates"] = json!([]);
            }),
            ("certificate authority 2 (https://fulcio.sigstore.dev)", |root| {
                root["certificateAuthorities"][1]["certChain"]["certificates"][0]["rawBytes"] = json!("AAAA");
            }),
            ("timestamp authority 1", |root| {
                root["timestampAuthorities"][0]["validFor"] =
                    json!({"start": "2025-01-02T00:00:00Z", "end": "2025-01-01T00:00:00Z"});
            }),
            ("signature log 1 (https://rekor.sigstore.dev)", |root| {
                root["tlogs"][0]["publicKey"]["rawBytes"] = json!("AAAA");
            }),
            ("signature log 1 (https://rekor.sigstore.dev)", |root| {
                root["tlogs"][0]["logId"]["keyId"] = json!("AAAA");
            }),
            (
                "certificate log 2 (https://ctfe.sigstore.dev/2022): another log has the same id",
                |root| {
                    root["ctlogs"][1]["logId"] = root["ctlogs"][0]["logId"].clone();
                },
            ),
            ("invalid type", |root| root["tlogs"] = json!({})),
            ("invalid type", |root| root["tlogs"] = Value::Null),
            ("is not a trusted root", |root| {
                root["tlogs"][0]["publicKey"]["rawBytes"] = json!("%")
            }),
            ("is not a trusted root", |root| {
                root["tlogs"][0]["publicKey"]["validFor"] = json!({})
            }),
            ("missing field `logId`", |root| {
                root["tlogs"][0].as_object_mut().unwrap().remove("logId");
            }),
        ];
        for (expected, change) in rows {
            let error = changed(change).expect_err(expected);
            assert_eq!(error.code(), Code::TrustInvalid);
            assert!(
                error.to_string().contains(expected),
                "{error} should say: {expected}"
            );
            assert!(error.to_string().contains("root.json"), "{error}");
        }
    }

    #[test]
    fn text_that_is_no_json_document_is_refused_with_its_place() {
        let doubled =
            SIGSTORE_PRODUCTION_TRUSTED_ROOT.replacen("\"tlogs\"", "\"mediaType\": 1,\n\"tlogs\"", 1);
        let cut = &SIGSTORE_PRODUCTION_TRUSTED_ROOT[..SIGSTORE_PRODUCTION_TRUSTED_ROOT.len() / 2];
        let deep = "[".repeat(1_000_000);
        for (text, line) in [
            (doubled.as_str(), 3),
            ("", 1),
            ("{", 1),
            (cut, 40),
            ("[]", 1),
            ("\"x\"", 1),
            (&deep, 1),
        ] {
            let error = read(text).unwrap_err();
            assert_eq!(error.code(), Code::TrustInvalid);
            let origin = error.finding().origin.clone().expect("a place");
            assert_eq!(origin.source, "root.json");
            assert!(origin.line >= Some(line), "{error}: {:?}", origin.line);
        }
        let error = TrustDocument::parse("root.json", b"{\"a\xff\"}").unwrap_err();
        assert_eq!(error.to_string(), "root.json is not text: byte 3 is not UTF-8");
        let huge = vec![b' '; MAX_TRUST_DOCUMENT_BYTES as usize + 1];
        assert!(
            TrustDocument::parse("root.json", &huge)
                .unwrap_err()
                .to_string()
                .contains("larger")
        );
    }

    #[test]
    fn no_cut_and_no_changed_byte_makes_it_panic_and_no_cut_is_accepted() {
        let text = SIGSTORE_PRODUCTION_TRUSTED_ROOT.trim_end().as_bytes();
        for cut in (0..text.len()).step_by(41) {
            assert!(TrustDocument::parse("root.json", &text[..cut]).is_err(), "{cut}");
        }
        for (place, byte) in (0..text.len())
            .step_by(23)
            .zip([0, b'"', b'{', b'A', 0xff].into_iter().cycle())
        {
            let mut changed = text.to_vec();
            changed[place] = byte;
            if let Ok(document) = TrustDocument::parse("root.json", &changed) {
                let _ = document.check("root.json");
            }
        }
    }

    #[test]
    fn an_endless_or_missing_file_is_an_error_with_its_name() {
        let endless = read_bounded(Path::new("/dev/zero"), 1000, "trusted root").unwrap_err();
        assert!(
            endless.to_string().contains("larger than 1000 bytes"),
            "{endless}"
        );
        let missing = read_bounded(Path::new("/nowhere/root.json"), 1000, "trusted root").unwrap_err();
        assert!(missing.to_string().contains("/nowhere/root.json"), "{missing}");
    }
}
