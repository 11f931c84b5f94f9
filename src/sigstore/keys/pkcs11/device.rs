//! A key in a device: found, logged in to, and signed with.

use std::fmt;
use std::sync::Mutex;

use aws_lc_rs::digest::{SHA256, SHA384, digest};
use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::error::{Error, RvError};
use cryptoki::mechanism::Mechanism;
use cryptoki::object::{Attribute, AttributeType, KeyType, ObjectClass, ObjectHandle};
use cryptoki::session::{Session, UserType};
use cryptoki::slot::Slot;
use cryptoki::types::AuthPin;
use sigstore_crypto::VerificationKey;
use sigstore_types::{DerPublicKey, SignatureBytes};

use super::encoding::{digest_info, ec_public, ecdsa_signature, rsa_public};
use super::uri::KeyUri;
use crate::sigstore::keys::{KeyError, KeyKind, Password, Signer};

/// Longest module of an RSA key, longest point: no attribute that is read is longer, in bytes.
const MAX_ATTRIBUTE_BYTES: usize = 4096;

/// Why a key in a device cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DeviceError {
    /// The library cannot be loaded or started.
    #[error("the library {0} cannot be used: {1}")]
    Library(String, String),
    /// No token, or several, that the URI could mean.
    #[error("{0} tokens are meant by it, and it has to be one: name token= or serial=")]
    Tokens(usize),
    /// No key, or several, that the URI could mean.
    #[error("{0} private keys are meant by it, and it has to be one: name object= and id=")]
    Keys(usize),
    /// The public half is not in the device.
    #[error("the device has no public key that belongs to it: import the public key under the same id")]
    NoPublic,
    /// The PIN is wrong.
    #[error("the PIN is wrong")]
    WrongPin,
    /// The PIN is locked, or has one try left, which is not spent here.
    #[error(
        "the PIN is locked, or one try is left, which is not spent here: check the PIN with the device's own program"
    )]
    Locked,
    /// The device needs a PIN that is text.
    #[error("the PIN is not text")]
    PinNotText,
    /// The key cannot be used.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The device said no; the text is the name of its answer.
    #[error("the device refused: {0}")]
    Refused(String),
}

/// A key in a device that was logged in to. It is logged out of when it is dropped.
pub struct DeviceKey {
    kind: KeyKind,
    public: Vec<u8>,
    key: ObjectHandle,
    session: Mutex<Session>,
}

impl DeviceKey {
    /// Loads the library, finds the token and the key, and logs in with the PIN: once, since devices lock after a few wrong
    /// ones.
    ///
    /// # Errors
    ///
    /// [`DeviceError`].
    pub fn open(uri: &KeyUri, pin: &Password) -> Result<Self, DeviceError> {
        let library =
            |error: Error| DeviceError::Library(uri.module.display().to_string(), error.to_string());
        let pkcs11 = Pkcs11::new(&uri.module).map_err(library)?;
        match pkcs11.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK)) {
            Ok(()) | Err(Error::Pkcs11(RvError::CryptokiAlreadyInitialized, _)) => {}
            Err(error) => return Err(library(error)),
        }
        let slot = find_token(&pkcs11, uri)?;
        let session = pkcs11.open_ro_session(slot).map_err(refused)?;
        let pin = std::str::from_utf8(pin.expose()).map_err(|_| DeviceError::PinNotText)?;
        match session.login(UserType::User, Some(&AuthPin::from(pin))) {
            Ok(()) | Err(Error::Pkcs11(RvError::UserAlreadyLoggedIn, _)) => {}
            Err(Error::Pkcs11(RvError::PinIncorrect | RvError::PinLenRange, _)) => {
                return Err(DeviceError::WrongPin);
            }
            Err(Error::Pkcs11(RvError::PinLocked, _)) => return Err(DeviceError::Locked),
            Err(error) => return Err(refused(error)),
        }
        let (key, public) = find_key(&session, uri)?;
        Ok(Self {
            kind: KeyKind::of_spki(&public)?,
            public,
            key,
            session: Mutex::new(session),
        })
    }
}

impl Signer for DeviceKey {
    fn kind(&self) -> KeyKind {
        self.kind
    }

    fn public_key_der(&self) -> &[u8] {
        &self.public
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, KeyError> {
        let (mechanism, input) = match self.kind {
            KeyKind::EcdsaP256 => (Mechanism::Ecdsa, digest(&SHA256, message).as_ref().to_vec()),
            KeyKind::EcdsaP384 => (Mechanism::Ecdsa, digest(&SHA384, message).as_ref().to_vec()),
            KeyKind::Rsa2048 | KeyKind::Rsa3072 | KeyKind::Rsa4096 => {
                (Mechanism::RsaPkcs, digest_info(digest(&SHA256, message).as_ref()))
            }
            KeyKind::Ed25519 => return Err(KeyError::Unsupported("Ed25519 in a device".to_owned())),
        };
        let failed = |why: String| KeyError::Signing(why);
        let raw = self
            .session
            .lock()
            .map_err(|_| failed("an earlier signature broke off".to_owned()))?
            .sign(&mechanism, self.key, &input)
            .map_err(|error| failed(name_of(&error)))?;
        let signature = match mechanism {
            Mechanism::Ecdsa => ecdsa_signature(&raw)?,
            _ => raw,
        };
        // The public key that the device shows may belong to another private key, and a device may fail.
        let public = VerificationKey::from_spki(&DerPublicKey::from_bytes(&self.public))
            .map_err(|_| KeyError::Malformed)?;
        public
            .verify(message, &SignatureBytes::from_bytes(&signature))
            .map_err(|_| {
                failed("what the device signed does not verify with the public key that it shows".to_owned())
            })?;
        Ok(signature)
    }
}

/// Shows the kind and nothing of the key.
impl fmt::Debug for DeviceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DeviceKey({})", self.kind)
    }
}

fn find_token(pkcs11: &Pkcs11, uri: &KeyUri) -> Result<Slot, DeviceError> {
    let mut found = Vec::new();
    for slot in pkcs11.get_slots_with_token().map_err(refused)? {
        let info = pkcs11.get_token_info(slot).map_err(refused)?;
        let label = uri.token.as_deref().is_none_or(|label| label == info.label());
        let serial = uri
            .serial
            .as_deref()
            .is_none_or(|serial| serial == info.serial_number());
        if info.token_initialized() && label && serial {
            found.push((slot, info));
        }
    }
    match found.as_slice() {
        [(_, info)] if info.user_pin_locked() || info.user_pin_final_try() => Err(DeviceError::Locked),
        [(slot, _)] => Ok(*slot),
        several => Err(DeviceError::Tokens(several.len())),
    }
}

/// The one private key that is meant, and its public key.
fn find_key(session: &Session, uri: &KeyUri) -> Result<(ObjectHandle, Vec<u8>), DeviceError> {
    let mut wanted = vec![Attribute::Class(ObjectClass::PRIVATE_KEY)];
    wanted.extend(
        uri.object
            .as_ref()
            .map(|label| Attribute::Label(label.as_bytes().to_vec())),
    );
    wanted.extend(uri.id.as_ref().map(|id| Attribute::Id(id.clone())));
    let keys = session.find_objects(&wanted).map_err(refused)?;
    let [key] = keys.as_slice() else {
        return Err(DeviceError::Keys(keys.len()));
    };
    let about = [AttributeType::KeyType, AttributeType::Id];
    let (mut kind, mut id) = (None, None);
    for attribute in session.get_attributes(*key, &about).map_err(refused)? {
        match attribute {
            Attribute::KeyType(found) => kind = Some(found),
            Attribute::Id(found) => id = Some(found),
            _ => {}
        }
    }
    // The public half is the one with the same id (PKCS #11 2.40, section 4.8).
    let mut wanted = vec![Attribute::Class(ObjectClass::PUBLIC_KEY)];
    wanted.extend(id.filter(|id| !id.is_empty()).map(Attribute::Id));
    if let (1, Some(label)) = (wanted.len(), &uri.object) {
        wanted.push(Attribute::Label(label.as_bytes().to_vec()));
    }
    let publics = session.find_objects(&wanted).map_err(refused)?;
    let [public] = publics.as_slice() else {
        return Err(DeviceError::NoPublic);
    };
    let read = |first, second| {
        Ok::<_, DeviceError>((bytes(session, *public, first)?, bytes(session, *public, second)?))
    };
    let der = match kind {
        Some(KeyType::EC) => {
            let (parameters, point) = read(AttributeType::EcParams, AttributeType::EcPoint)?;
            ec_public(&parameters, &point)?
        }
        Some(KeyType::RSA) => {
            let (modulus, exponent) = read(AttributeType::Modulus, AttributeType::PublicExponent)?;
            rsa_public(&modulus, &exponent)?
        }
        _ => return Err(KeyError::Unsupported("neither EC nor RSA in a device".to_owned()).into()),
    };
    Ok((*key, der))
}

/// The bytes of one attribute.
fn bytes(session: &Session, object: ObjectHandle, kind: AttributeType) -> Result<Vec<u8>, DeviceError> {
    let attributes = session.get_attributes(object, &[kind]).map_err(refused)?;
    match attributes.into_iter().next() {
        Some(
            Attribute::EcParams(bytes)
            | Attribute::EcPoint(bytes)
            | Attribute::Modulus(bytes)
            | Attribute::PublicExponent(bytes),
        ) if bytes.len() <= MAX_ATTRIBUTE_BYTES => Ok(bytes),
        _ => Err(DeviceError::NoPublic),
    }
}

fn refused(error: Error) -> DeviceError {
    DeviceError::Refused(name_of(&error))
}

/// The name of a device's answer; the prose around it says nothing more.
fn name_of(error: &Error) -> String {
    match error {
        Error::Pkcs11(answer, function) => format!("{function:?} gave {answer:?}"),
        other => other.to_string(),
    }
}
