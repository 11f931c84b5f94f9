//! The PKCS #11 URI (RFC 7512) of a key in a device.

use std::fmt;
use std::path::PathBuf;

/// Longest URI, in bytes.
const MAX_URI_BYTES: usize = 4096;

/// A key in a device: `pkcs11:token=NAME;object=LABEL?module-path=LIBRARY`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyUri {
    text: String,
    /// Label of the token.
    pub(super) token: Option<String>,
    /// Serial number of the token.
    pub(super) serial: Option<String>,
    /// Label of the key.
    pub(super) object: Option<String>,
    /// Id of the key.
    pub(super) id: Option<Vec<u8>>,
    /// The library that speaks to the device.
    pub(super) module: PathBuf,
    pin_source: Option<PathBuf>,
}

/// Why a text does not name a key in a device.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UriError {
    /// Too long, or no `pkcs11:` URI.
    #[error("a key in a device is written pkcs11:token=NAME;object=LABEL?module-path=LIBRARY")]
    Form,
    /// An attribute that is not known here: ignoring it might choose another key.
    #[error(
        "the attribute {0} is not supported (known: token, serial, object, id, type=private; module-path, pin-source)"
    )]
    Unknown(String),
    /// The same attribute twice.
    #[error("the attribute {0} is given twice")]
    Twice(String),
    /// A value that is not percent-encoded text, or not what the attribute takes.
    #[error("the value of {0} is malformed")]
    Value(String),
    /// A PIN in the address, where every user of the machine can read it.
    #[error(
        "the PIN stands in the address, where others can read it: use pin-source=file:/PATH, --password-file or PORTCULLIS_KEY_PASSWORD"
    )]
    Pin,
    /// No key, no library.
    #[error("{0} is missing")]
    Missing(&'static str),
}

impl KeyUri {
    /// Reads a URI.
    ///
    /// # Errors
    ///
    /// [`UriError`].
    pub fn parse(text: &str) -> Result<Self, UriError> {
        let rest = text
            .strip_prefix("pkcs11:")
            .filter(|_| text.len() <= MAX_URI_BYTES)
            .ok_or(UriError::Form)?;
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (mut token, mut serial, mut object, mut id, mut kind) = (None, None, None, None, None);
        for (name, value) in attributes(path, ';')? {
            match name {
                "token" => set(&mut token, name, string(name, value)?)?,
                "serial" => set(&mut serial, name, string(name, value)?)?,
                "object" => set(&mut object, name, string(name, value)?)?,
                "id" => set(&mut id, name, decode(name, value)?)?,
                "type" if value == "private" => set(&mut kind, name, ())?,
                "type" => return Err(UriError::Value(name.to_owned())),
                other => return Err(UriError::Unknown(other.to_owned())),
            }
        }
        let (mut module, mut pin_source) = (None, None);
        for (name, value) in attributes(query, '&')? {
            match name {
                "module-path" => set(&mut module, name, PathBuf::from(string(name, value)?))?,
                "pin-source" => set(&mut pin_source, name, file(&string(name, value)?)?)?,
                "pin-value" => return Err(UriError::Pin),
                other => return Err(UriError::Unknown(other.to_owned())),
            }
        }
        if object.is_none() && id.is_none() {
            return Err(UriError::Missing("object=LABEL or id=ID"));
        }
        Ok(Self {
            text: text.to_owned(),
            token,
            serial,
            object,
            id,
            module: module.ok_or(UriError::Missing("?module-path=LIBRARY"))?,
            pin_source,
        })
    }

    /// The file with the PIN, if the address names one.
    pub fn pin_source(&self) -> Option<&PathBuf> {
        self.pin_source.as_ref()
    }
}

impl fmt::Display for KeyUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

fn attributes(text: &str, separator: char) -> Result<Vec<(&str, &str)>, UriError> {
    text.split(separator)
        .filter(|part| !part.is_empty())
        .map(|part| part.split_once('=').ok_or(UriError::Form))
        .collect()
}

fn set<T>(place: &mut Option<T>, name: &str, value: T) -> Result<(), UriError> {
    match place.replace(value) {
        None => Ok(()),
        Some(_) => Err(UriError::Twice(name.to_owned())),
    }
}

/// The path of a `file:` URI, or a plain path (RFC 7512, section 2.4).
fn file(value: &str) -> Result<PathBuf, UriError> {
    let path = value
        .strip_prefix("file://")
        .or(value.strip_prefix("file:"))
        .unwrap_or(value);
    match path.is_empty() || path.starts_with('|') {
        true => Err(UriError::Value("pin-source".to_owned())),
        false => Ok(PathBuf::from(path)),
    }
}

fn string(name: &str, value: &str) -> Result<String, UriError> {
    String::from_utf8(decode(name, value)?).map_err(|_| UriError::Value(name.to_owned()))
}

/// Percent-decoding (RFC 3986, section 2.1).
fn decode(name: &str, value: &str) -> Result<Vec<u8>, UriError> {
    let malformed = || UriError::Value(name.to_owned());
    let mut bytes = Vec::with_capacity(value.len());
    let mut rest = value.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let pair = [
                    rest.next().ok_or_else(malformed)?,
                    rest.next().ok_or_else(malformed)?,
                ];
                let mut out = [0];
                hex::decode_to_slice(pair, &mut out).map_err(|_| malformed())?;
                let [out] = out;
                out
            }
            other => other,
        });
    }
    match bytes.is_empty() {
        true => Err(malformed()),
        false => Ok(bytes),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_named_by_label_or_id() {
        let uri = KeyUri::parse("pkcs11:token=My%20Token;object=release;id=%01%ff;type=private?module-path=/usr/lib/x.so&pin-source=file:/run/pin").unwrap();
        assert_eq!(uri.token.as_deref(), Some("My Token"));
        assert_eq!(uri.object.as_deref(), Some("release"));
        assert_eq!(uri.id, Some(vec![1, 255]));
        assert_eq!(uri.module, PathBuf::from("/usr/lib/x.so"));
        assert_eq!(uri.pin_source(), Some(&PathBuf::from("/run/pin")));
    }

    #[test]
    fn what_might_choose_another_key_or_show_a_pin_is_refused() {
        let name = |text: &str| text.to_owned();
        for (text, error) in [
            ("file:x", UriError::Form),
            ("pkcs11:token", UriError::Form),
            (
                "pkcs11:token=a?module-path=/x",
                UriError::Missing("object=LABEL or id=ID"),
            ),
            ("pkcs11:object=a", UriError::Missing("?module-path=LIBRARY")),
            ("pkcs11:object=a?module-path=/x&pin-value=1234", UriError::Pin),
            (
                "pkcs11:object=a;slot-id=1?module-path=/x",
                UriError::Unknown(name("slot-id")),
            ),
            (
                "pkcs11:object=a;object=b?module-path=/x",
                UriError::Twice(name("object")),
            ),
            (
                "pkcs11:object=a;type=public?module-path=/x",
                UriError::Value(name("type")),
            ),
            ("pkcs11:object=%f?module-path=/x", UriError::Value(name("object"))),
            (
                "pkcs11:object=%zz?module-path=/x",
                UriError::Value(name("object")),
            ),
            ("pkcs11:object=?module-path=/x", UriError::Value(name("object"))),
            (
                "pkcs11:object=a?module-path=/x&pin-source=|sh",
                UriError::Value(name("pin-source")),
            ),
        ] {
            assert_eq!(KeyUri::parse(text), Err(error), "{text}");
        }
    }
}
