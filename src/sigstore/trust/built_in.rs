//! The trust material that is part of the program.

use jiff::Timestamp;
use sigstore_trust_root::{SigningConfig, SigstoreInstance};

use super::TrustError;
use super::document::parse_signing_config;

/// When the built-in trusted roots were published: 2026-10-23, the release of sigstore-trust-root 0.15.1, which
/// refreshed them.
///
/// The documents themselves carry no date. The newest `validFor.start` in them would not do: keys are announced months
/// before they are used and stay for years. A test compares the documents' digests, so that an upgrade of the library
/// fails until this date is looked up again.
pub const BUILT_IN_AS_OF: Timestamp = Timestamp::constant(1_792_713_600, 0);

/// The built-in trusted root of an instance.
pub(crate) fn trusted_root(instance: SigstoreInstance) -> &'static str {
    instance.embedded_trusted_root_json()
}

/// The built-in service addresses of an instance, if it publishes any.
pub(crate) fn signing_config(instance: SigstoreInstance) -> Result<Option<SigningConfig>, TrustError> {
    instance
        .embedded_signing_config_json()
        .map(|text| parse_signing_config("the built-in signing configuration", text.as_bytes()))
        .transpose()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::subject::Digest;

    #[test]
    fn the_date_belongs_to_these_documents() {
        let rows = [
            (
                SigstoreInstance::PublicGood,
                "6494e21ea73fa7ee769f85f57d5a3e6a08725eae1e38c755fc3517c9e6bc0b66",
            ),
            (
                SigstoreInstance::Staging,
                "44deb991d4bbf2150751ccee235d9810bce4434383c26d8898c1bcadbace6ed8",
            ),
            (
                SigstoreInstance::GitHub,
                "484cdfe1a7c65479c5ba2a22193d1be90f0020db1997de696ab207434c62fbb7",
            ),
        ];
        for (instance, digest) in rows {
            assert_eq!(
                Digest::sha256(trusted_root(instance).as_bytes()).to_hex(),
                digest,
                "{instance:?} changed: look up when, and correct BUILT_IN_AS_OF"
            );
        }
        assert_eq!(BUILT_IN_AS_OF.to_string(), "2026-10-23T00:00:00Z");
    }
}
