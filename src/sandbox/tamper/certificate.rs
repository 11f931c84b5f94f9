//! Mutations of the signing certificate and its chain.

use const_oid::ObjectIdentifier;
use der::{Decode as _, Encode as _};
use serde_json::{Value, json};
use x509_cert::Certificate;

use super::edit;
use crate::sandbox::b64;
use crate::sandbox::ca::CertificateAuthority;
use crate::sandbox::keys::KeyKind;
use crate::sandbox::seed::Seed;
use crate::sandbox::x509::SUBJECT_ALT_NAME;

/// Fulcio's issuer extensions, the newer first.
const ISSUERS: [ObjectIdentifier; 2] = [
    ObjectIdentifier::new_unwrap("1.3.6.1.4.1.57264.1.8"),
    ObjectIdentifier::new_unwrap("1.3.6.1.4.1.57264.1.1"),
];
const CHAIN: &str = "/verificationMaterial/x509CertificateChain/certificates";

fn edit_der(bundle: &mut Value, change: impl FnOnce(&mut Vec<u8>, &Certificate) -> bool) -> bool {
    edit::bytes(edit::certificate(bundle), |der| {
        match Certificate::from_der(der) {
            Ok(certificate) => change(der, &certificate),
            Err(_) => false,
        }
    })
}

fn flip_extension(bundle: &mut Value, oids: &[ObjectIdentifier]) -> bool {
    edit_der(bundle, |der, certificate| {
        let extensions = certificate.tbs_certificate.extensions.iter().flatten();
        let mut found = extensions
            .filter(|extension| oids.contains(&extension.extn_id))
            .peekable();
        found.peek().is_some() && found.all(|extension| edit::flip_in(der, extension.extn_value.as_bytes()))
    })
}

pub(super) fn signature_bit(bundle: &mut Value) -> bool {
    edit_der(bundle, |der, _| edit::flip_last(der))
}

pub(super) fn identity(bundle: &mut Value) -> bool {
    flip_extension(bundle, &[SUBJECT_ALT_NAME])
}

pub(super) fn oidc_issuer(bundle: &mut Value) -> bool {
    flip_extension(bundle, &ISSUERS)
}

pub(super) fn public_key(bundle: &mut Value) -> bool {
    edit_der(bundle, |der, certificate| {
        let key = &certificate
            .tbs_certificate
            .subject_public_key_info
            .subject_public_key;
        edit::flip_in(der, key.raw_bytes())
    })
}

pub(super) fn truncated(bundle: &mut Value) -> bool {
    edit_der(bundle, |der, _| {
        der.truncate(der.len() / 2);
        true
    })
}

pub(super) fn trailing_bytes(bundle: &mut Value) -> bool {
    edit_der(bundle, |der, _| {
        der.extend_from_slice(&[0; 4]);
        true
    })
}

pub(super) fn dropped(bundle: &mut Value) -> bool {
    edit::remove(bundle, "/verificationMaterial", "certificate")
        || edit::remove(bundle, "/verificationMaterial", "x509CertificateChain")
}

pub(super) fn public_key_as_certificate(bundle: &mut Value) -> bool {
    edit_der(bundle, |der, certificate| {
        match certificate.tbs_certificate.subject_public_key_info.to_der() {
            Ok(key) => {
                *der = key;
                true
            }
            Err(_) => false,
        }
    })
}

pub(super) fn hint_for_certificate(bundle: &mut Value) -> bool {
    dropped(bundle)
        && edit::insert(
            bundle,
            "/verificationMaterial",
            "publicKey",
            json!({"hint": "trust-this-key"}),
        )
}

pub(super) fn public_key_hint(bundle: &mut Value) -> bool {
    let hint = bundle.pointer_mut("/verificationMaterial/publicKey/hint");
    edit::text(hint, |hint| Some(format!("{hint} or another")))
}

pub(super) fn chain_in_v03(bundle: &mut Value) -> bool {
    let Some(material) = edit::object(bundle, "/verificationMaterial") else {
        return false;
    };
    let Some(certificate) = material.remove("certificate") else {
        return false;
    };
    material.insert(
        "x509CertificateChain".to_owned(),
        json!({"certificates": [certificate]}),
    );
    true
}

pub(super) fn chain_empty(bundle: &mut Value) -> bool {
    edit::set(bundle.pointer_mut(CHAIN), json!([]))
}

pub(super) fn chain_truncated(bundle: &mut Value) -> bool {
    edit::array(bundle, CHAIN).is_some_and(|chain| {
        chain.truncate(1);
        true
    })
}

pub(super) fn chain_reversed(bundle: &mut Value) -> bool {
    edit::array(bundle, CHAIN).is_some_and(|chain| {
        chain.reverse();
        true
    })
}

pub(super) fn root_in_chain(bundle: &mut Value) -> bool {
    let Some(chain) = edit::array(bundle, CHAIN) else {
        return false;
    };
    let root = CertificateAuthority::new(&Seed::new(0), KeyKind::P256, jiff::Timestamp::UNIX_EPOCH)
        .and_then(|authority| Ok(authority.root().to_der()?));
    root.is_ok_and(|root| {
        chain.push(json!({"rawBytes": b64(root)}));
        true
    })
}
