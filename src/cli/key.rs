//! `portcullis key`: generate, public, import.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use clap::builder::{PossibleValuesParser, TypedValueParser};
use tempfile::{Builder, NamedTempFile};
use zeroize::Zeroizing;

use super::Problem;
use super::output::Console;
use super::password::{self, PasswordArgs};
use super::signing_key::{self, Found, KeySource, parse_source};
use crate::report::ExitCode;
use crate::sigstore::keys::{KeyKind, Password, PrivateKey, public_pem};

/// Arguments of `key`.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Make a new key pair: PREFIX.key, encrypted under a password, and PREFIX.pub
    Generate(Generate),
    /// Print the public key of a private key
    Public(Public),
    /// Read a private key of another form, and write it as PREFIX.key and PREFIX.pub
    Import(Import),
}

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  portcullis key generate
  portcullis key generate --type ed25519 --prefix release --password-file password.txt

The private key is written as an ENCRYPTED SIGSTORE PRIVATE KEY, which cosign 2 and 3 read too.")]
struct Generate {
    /// Kind of key
    #[arg(long = "type", value_name = "TYPE", default_value = "p256", value_parser = kinds())]
    kind: KeyKind,
    #[command(flatten)]
    target: TargetArgs,
    #[command(flatten)]
    password: PasswordArgs,
}

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  portcullis key public release.key > release.pub\n  portcullis key public env://SIGNING_KEY"
)]
struct Public {
    /// The private key: a PEM file, `-` for standard input, or env://NAME for an environment variable
    #[arg(value_name = "KEY", value_parser = parse_source)]
    key: KeySource,
    #[command(flatten)]
    password: PasswordArgs,
}

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  portcullis key import openssl.pem --prefix release
  portcullis key import cosign.key --prefix release --password-file old.txt --new-password-file new.txt

Read are PKCS #8, encrypted or not, SEC 1 (EC PRIVATE KEY), PKCS #1 (RSA PRIVATE KEY), and the encrypted keys of cosign. A
key that was encrypted keeps its password unless --new-password-file gives another.")]
struct Import {
    /// The private key: a PEM file, `-` for standard input, or env://NAME for an environment variable
    #[arg(value_name = "KEY", value_parser = parse_source)]
    key: KeySource,
    #[command(flatten)]
    target: TargetArgs,
    #[command(flatten)]
    password: PasswordArgs,
    /// File whose first line is the password for the new file, where it is not that of the old one
    #[arg(long, value_name = "FILE", conflicts_with = "unencrypted")]
    new_password_file: Option<PathBuf>,
}

/// Where a key pair goes.
#[derive(Debug, clap::Args)]
struct TargetArgs {
    /// Path of the new files without .key and .pub; nothing is overwritten
    #[arg(
        long,
        value_name = "PREFIX",
        visible_alias = "output-key-prefix",
        default_value = "portcullis"
    )]
    prefix: PathBuf,
    /// Write the private key without a password, as PKCS #8: whoever can read the file can sign
    #[arg(long)]
    unencrypted: bool,
}

/// Reads a kind by its name, and lets help and completions name all of them.
fn kinds() -> impl TypedValueParser<Value = KeyKind> {
    PossibleValuesParser::new(KeyKind::ALL.map(KeyKind::name)).try_map(|text| {
        let mut kinds = KeyKind::ALL.into_iter();
        kinds
            .find(|kind| kind.name() == text)
            .ok_or("there is no such type")
    })
}

pub(super) fn run(args: Args, console: &Console) -> ExitCode {
    let outcome = match args.command {
        Command::Generate(args) => generate(&args),
        Command::Public(args) => public(&args, console),
        Command::Import(args) => import(&args, console),
    };
    match outcome {
        Ok(text) => console.print_and_exit(&text, ExitCode::Allowed),
        Err(problem) => console.fail(&problem),
    }
}

fn generate(args: &Generate) -> Result<String, Problem> {
    if args.target.unencrypted && args.password.password_file.is_some() {
        return Err(Problem::usage(
            "--password-file is given, and --unencrypted uses no password",
        ));
    }
    let target = Target::new(&args.target)?;
    let password = match args.target.unencrypted {
        true => None,
        false => Some(args.password.to_seal(&target.private.display().to_string())?),
    };
    let key = PrivateKey::generate(args.kind).map_err(|error| Problem::undecided(error.to_string()))?;
    target.write(&key, password.as_ref())
}

fn public(args: &Public, console: &Console) -> Result<String, Problem> {
    let key = signing_key::open(&args.key, &args.password, console)?;
    public_pem(key.as_ref()).map_err(|error| Problem::configuration(format!("{}: {error}", args.key)))
}

fn import(args: &Import, console: &Console) -> Result<String, Problem> {
    let readers = [
        args.key == KeySource::Stdin,
        args.password.takes_stdin(),
        password::is_stdin(args.new_password_file.as_deref()),
    ];
    if readers.into_iter().filter(|reads| *reads).count() > 1 {
        return Err(Problem::usage("standard input can be read only once"));
    }
    let target = Target::new(&args.target)?;
    let found = Found::read(&args.key, console)?;
    if !found.is_encrypted() && args.target.unencrypted && args.password.password_file.is_some() {
        return Err(Problem::usage(format!(
            "--password-file is given, {} is not encrypted, and --unencrypted uses no password",
            found.label()
        )));
    }
    let old = match found.is_encrypted() {
        true => Some(args.password.to_open(found.label())?),
        false => None,
    };
    let key = found.open(old.as_ref())?;
    let sealed = target.private.display().to_string();
    let new = match (&args.new_password_file, old) {
        _ if args.target.unencrypted => None,
        (Some(path), _) => Some(password::protecting(password::read(path)?, &sealed)?),
        (None, Some(old)) => Some(password::protecting(old, &sealed)?),
        (None, None) => Some(args.password.to_seal(&sealed)?),
    };
    target.write(&key, new.as_ref())
}

/// The two files of a key pair, which are not there yet.
struct Target {
    private: PathBuf,
    public: PathBuf,
}

impl Target {
    fn new(args: &TargetArgs) -> Result<Self, Problem> {
        let with = |ending: &str| {
            let mut path = args.prefix.clone().into_os_string();
            path.push(ending);
            PathBuf::from(path)
        };
        let target = Self {
            private: with(".key"),
            public: with(".pub"),
        };
        for path in [&target.private, &target.public] {
            // Asked before anybody types a password; the write itself refuses too.
            if path.symlink_metadata().is_ok() {
                return Err(is_there(path));
            }
        }
        Ok(target)
    }

    /// Writes both files, or none. The private one is never readable by anybody else, not even for a moment.
    fn write(&self, key: &PrivateKey, password: Option<&Password>) -> Result<String, Problem> {
        let failed = |error: crate::sigstore::keys::KeyError| Problem::undecided(error.to_string());
        let public = public_pem(key).map_err(failed)?;
        let private = match password {
            Some(password) => Zeroizing::new(key.to_sealed_pem(password).map_err(failed)?),
            None => key.to_plain_pem().map_err(failed)?,
        };
        let private = prepare(&self.private, &private, 0o600)?;
        let public = prepare(&self.public, &public, 0o644)?;
        persist(public, &self.public)?;
        if let Err(problem) = persist(private, &self.private) {
            // It was made a moment ago and belongs to a key that nobody has.
            let _ = std::fs::remove_file(&self.public);
            return Err(problem);
        }
        Ok(format!("{}\n{}\n", self.private.display(), self.public.display()))
    }
}

/// Writes `text` beside `path`, whole, under another name.
fn prepare(path: &Path, text: &str, mode: u32) -> Result<NamedTempFile, Problem> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let mut builder = Builder::new();
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(mode));
    #[cfg(not(unix))]
    let _ = mode;
    let written = builder.tempfile_in(folder).and_then(|mut file| {
        file.write_all(text.as_bytes())?;
        file.as_file().sync_all()?;
        Ok(file)
    });
    written.map_err(|error| Problem::undecided(format!("{}: cannot write: {error}", path.display())))
}

fn persist(file: NamedTempFile, path: &Path) -> Result<(), Problem> {
    match file.persist_noclobber(path) {
        Ok(_) => Ok(()),
        Err(error) if error.error.kind() == std::io::ErrorKind::AlreadyExists => Err(is_there(path)),
        Err(error) => Err(Problem::undecided(format!(
            "{}: cannot write: {}",
            path.display(),
            error.error
        ))),
    }
}

fn is_there(path: &Path) -> Problem {
    Problem::usage(format!(
        "{} is there already, and nothing is overwritten",
        path.display()
    ))
    .help("choose another --prefix, or move the file away if its key is not needed")
}
