//! The PEM block of a private key file, taken out of its armour without leaving copies behind.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::file::KeyFileError;

/// What stands before the label of a block.
const BEGIN: &str = "-----BEGIN ";

/// One PEM block: its label and its bytes.
pub(super) struct Block<'a> {
    pub(super) label: &'a str,
    pub(super) bytes: Zeroizing<Vec<u8>>,
}

/// Finds the one block of `text` (RFC 7468, lax about widths and white space).
///
/// `EC PARAMETERS`, which `openssl ecparam -genkey` writes before a key, is passed over: the key repeats its curve.
pub(super) fn only_block(text: &str) -> Result<Block<'_>, KeyFileError> {
    let mut found = Vec::new();
    for part in text.split(BEGIN).skip(1) {
        let (label, rest) = part.split_once("-----").ok_or(KeyFileError::DamagedPem)?;
        if label != "EC PARAMETERS" {
            found.push((label, rest));
        }
    }
    match found.as_slice() {
        [] => Err(KeyFileError::NotPem),
        [(label, rest)] => {
            refuse_label(label)?;
            let end = format!("-----END {label}-----");
            let (body, _) = rest.split_once(&end).ok_or(KeyFileError::DamagedPem)?;
            Ok(Block {
                label,
                bytes: decode(body)?,
            })
        }
        several => Err(KeyFileError::Several(several.len())),
    }
}

/// Says what a block is that is no private key, or one in a form that is not read.
fn refuse_label(label: &str) -> Result<(), KeyFileError> {
    match label {
        "PUBLIC KEY" | "RSA PUBLIC KEY" => Err(KeyFileError::Public),
        "OPENSSH PRIVATE KEY" => Err(KeyFileError::OpenSsh),
        other if other.ends_with("CERTIFICATE") => Err(KeyFileError::Certificate),
        _ => Ok(()),
    }
}

fn decode(body: &str) -> Result<Zeroizing<Vec<u8>>, KeyFileError> {
    // The old OpenSSL encryption (RFC 1421 headers): one round of MD5 over the password.
    if body.contains("Proc-Type:") {
        return Err(KeyFileError::OldEncryption);
    }
    let mut packed = Zeroizing::new(Vec::with_capacity(body.len()));
    packed.extend(body.bytes().filter(|byte| !byte.is_ascii_whitespace()));
    let mut bytes = Zeroizing::new(Vec::with_capacity(packed.len()));
    STANDARD
        .decode_vec(packed.as_slice(), &mut bytes)
        .map_err(|_| KeyFileError::DamagedPem)?;
    Ok(bytes)
}
