//! The private key that signs: the flags that name it, and reading it.

use std::io::Read;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::Problem;
use super::output::{Console, to_stderr};
use super::password::PasswordArgs;
#[cfg(feature = "pkcs11")]
use crate::sigstore::keys::pkcs11::{DeviceKey, KeyUri};
use crate::sigstore::keys::{KeyFile, MAX_KEY_FILE_BYTES, Password, PrivateKey, Signer};

/// What stands before the name of an environment variable that holds a key, as cosign writes it.
const ENVIRONMENT: &str = "env://";

/// What the address of a key in a device begins with (RFC 7512).
const DEVICE: &str = "pkcs11:";

/// Where a private key is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum KeySource {
    /// In a file.
    File(PathBuf),
    /// On standard input.
    Stdin,
    /// In this environment variable, as the text of a file.
    Environment(String),
    /// In a device.
    #[cfg(feature = "pkcs11")]
    Device(KeyUri),
}

/// Reads a `FILE`, `-`, `env://NAME` or `pkcs11:…`.
pub(super) fn parse_source(text: &str) -> Result<KeySource, String> {
    if text.starts_with(DEVICE) {
        return device(text);
    }
    if let Some(name) = text.strip_prefix(ENVIRONMENT) {
        return match name.is_empty() || name.contains('=') {
            true => Err("env:// is followed by the name of an environment variable".to_owned()),
            false => Ok(KeySource::Environment(name.to_owned())),
        };
    }
    match text.split_once("://") {
        _ if text == "-" => Ok(KeySource::Stdin),
        Some((scheme, _)) => Err(format!(
            "keys are read from files, from - and from env://NAME, not from {scheme}://"
        )),
        None => Ok(KeySource::File(PathBuf::from(text))),
    }
}

#[cfg(feature = "pkcs11")]
fn device(text: &str) -> Result<KeySource, String> {
    KeyUri::parse(text)
        .map(KeySource::Device)
        .map_err(|error| error.to_string())
}

#[cfg(not(feature = "pkcs11"))]
fn device(_: &str) -> Result<KeySource, String> {
    Err("this build cannot use keys in devices: build it with cargo install --features pkcs11".to_owned())
}

impl std::fmt::Display for KeySource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Stdin => f.write_str("the key on standard input"),
            Self::Environment(name) => write!(f, "{ENVIRONMENT}{name}"),
            #[cfg(feature = "pkcs11")]
            Self::Device(uri) => write!(f, "{uri}"),
        }
    }
}

/// Which key signs.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Key")]
pub(crate) struct SigningKeyArgs {
    /// Private key to sign with: a PEM file, `-` for standard input, env://NAME for an environment variable, or a pkcs11: URI
    /// where this build has the feature
    #[arg(long, value_name = "KEY", value_parser = parse_source)]
    key: Option<KeySource>,
    #[command(flatten)]
    password: PasswordArgs,
}

impl SigningKeyArgs {
    /// Whether a key was named.
    pub(crate) fn is_given(&self) -> bool {
        self.key.is_some()
    }

    /// Whether key or password come from standard input.
    pub(crate) fn takes_stdin(&self) -> bool {
        self.key == Some(KeySource::Stdin) || self.password.takes_stdin()
    }

    /// The key that was named; `None` when none was.
    ///
    /// # Errors
    ///
    /// A usage problem for a password without a key, a configuration problem for a key that cannot be used.
    pub(crate) fn load(&self, console: &Console) -> Result<Option<Box<dyn Signer>>, Problem> {
        match &self.key {
            Some(source) => open(source, &self.password, console).map(Some),
            None if self.password.password_file.is_some() => Err(Problem::usage(
                "--password-file is for a key, and --key names none",
            )),
            None => Ok(None),
        }
    }
}

/// A key file that was read and not opened yet.
pub(super) struct Found {
    label: String,
    file: KeyFile,
}

impl Found {
    /// Reads the file. Says so when others can read it too.
    pub(super) fn read(source: &KeySource, console: &Console) -> Result<Self, Problem> {
        let label = source.to_string();
        let bytes = bytes(source)?;
        let file = KeyFile::parse(&bytes).map_err(|error| {
            Problem::configuration(format!("{label} cannot be used as a private key: {error}"))
        })?;
        if let KeySource::File(path) = source {
            warn_if_readable(path, file.is_encrypted(), console);
        }
        Ok(Self { label, file })
    }

    /// Whether it takes a password.
    pub(super) fn is_encrypted(&self) -> bool {
        self.file.is_encrypted()
    }

    /// What people know it by.
    pub(super) fn label(&self) -> &str {
        &self.label
    }

    /// Opens it. A password is needed if it is encrypted.
    pub(super) fn open(&self, password: Option<&Password>) -> Result<PrivateKey, Problem> {
        self.file
            .open(password)
            .map_err(|error| Problem::configuration(format!("{}: {error}", self.label)))
    }
}

/// Reads and opens a key. A password file for a key without password is a usage problem: no flag is ignored.
pub(super) fn open(
    source: &KeySource,
    password: &PasswordArgs,
    console: &Console,
) -> Result<Box<dyn Signer>, Problem> {
    #[cfg(feature = "pkcs11")]
    if let KeySource::Device(uri) = source {
        return open_device(uri, password);
    }
    if *source == KeySource::Stdin && password.takes_stdin() {
        return Err(Problem::usage(
            "standard input can be read only once, and both key and password are to come from it",
        ));
    }
    let found = Found::read(source, console)?;
    if !found.is_encrypted() && password.password_file.is_some() {
        return Err(Problem::usage(format!(
            "--password-file is given, and {} is not encrypted",
            found.label
        )));
    }
    let password = match found.is_encrypted() {
        true => Some(password.to_open(&found.label)?),
        false => None,
    };
    Ok(Box::new(found.open(password.as_ref())?))
}

/// Logs in to a device. Its PIN comes from the file that the address names, or from where passwords come from.
#[cfg(feature = "pkcs11")]
fn open_device(uri: &KeyUri, password: &PasswordArgs) -> Result<Box<dyn Signer>, Problem> {
    let pin = match uri.pin_source() {
        Some(_) if password.password_file.is_some() => {
            return Err(Problem::usage(
                "the PIN is in two places: --password-file and pin-source",
            ));
        }
        Some(path) => super::password::read(path)?,
        None => password.to_open(&uri.to_string())?,
    };
    match DeviceKey::open(uri, &pin) {
        Ok(key) => Ok(Box::new(key)),
        Err(error) => Err(Problem::configuration(format!("{uri}: {error}"))),
    }
}

fn bytes(source: &KeySource) -> Result<Zeroizing<Vec<u8>>, Problem> {
    let problem = |detail: String| Problem::configuration(format!("{source}: {detail}"));
    // One byte more than is accepted, so that what is too large is seen to be; and room, so that no copy is left behind.
    let limit = MAX_KEY_FILE_BYTES as u64 + 1;
    let mut bytes = Zeroizing::new(Vec::with_capacity(MAX_KEY_FILE_BYTES + 1));
    let outcome = match source {
        KeySource::File(path) => {
            std::fs::File::open(path).and_then(|file| file.take(limit).read_to_end(&mut bytes))
        }
        KeySource::Stdin => std::io::stdin().lock().take(limit).read_to_end(&mut bytes),
        KeySource::Environment(name) => {
            let value = std::env::var_os(name)
                .ok_or_else(|| problem("the environment has no such variable".to_owned()))?;
            bytes.extend_from_slice(Zeroizing::new(value.into_encoded_bytes()).as_slice());
            return Ok(bytes);
        }
        #[cfg(feature = "pkcs11")]
        KeySource::Device(_) => return Err(problem("a key in a device stays there".to_owned())),
    };
    outcome.map_err(|error| problem(error.to_string()))?;
    Ok(bytes)
}

/// A key that others can read is not only ours.
#[cfg(unix)]
fn warn_if_readable(path: &Path, encrypted: bool, console: &Console) {
    use std::os::unix::fs::PermissionsExt;
    const GROUP_OR_OTHERS: u32 = 0o044;
    let Ok(metadata) = path.metadata() else { return };
    if metadata.permissions().mode() & GROUP_OR_OTHERS == 0 || !metadata.is_file() || console.is_quiet() {
        return;
    }
    let what = match encrypted {
        true => "its password is all that protects it",
        false => "it has no password: treat it as known to them",
    };
    to_stderr(&format!(
        "warning: other users of this machine can read {path}, and {what} (chmod 600 {path})\n",
        path = path.display()
    ));
}

#[cfg(not(unix))]
fn warn_if_readable(_: &Path, _: bool, _: &Console) {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_named_in_one_of_three_ways() {
        assert_eq!(parse_source("-"), Ok(KeySource::Stdin));
        assert_eq!(parse_source("a.key"), Ok(KeySource::File("a.key".into())));
        assert_eq!(
            parse_source("env://KEY"),
            Ok(KeySource::Environment("KEY".into()))
        );
        for wrong in ["env://", "env://A=B", "awskms://alias/x", "https://example.com/k"] {
            assert!(parse_source(wrong).is_err(), "{wrong}");
        }
    }
}
