//! `demo`: the whole story, each command shown as it runs.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Duration;

use clap::Args;
use serde_json::json;

use crate::Failure;
use crate::image::Image;
use crate::launch::{Launch, Launched};
use crate::stop::Stops;

/// The repository that the demonstration's images are in.
const REPOSITORY: &str = "demo/app";
/// Their tag.
const TAG: &str = "1.0";

/// `portcullis-sandbox demo`
#[derive(Debug, Args)]
pub(crate) struct Demo {
    #[command(flatten)]
    launch: Launch,
    /// The `portcullis` to show; without it, the one next to this program or on the search path
    #[arg(long, value_name = "FILE")]
    portcullis: Option<PathBuf>,
}

/// The demonstration under way.
struct Story {
    launched: Launched,
    stops: Stops,
    portcullis: PathBuf,
    /// Who signs, as `verify` is told.
    who: [String; 4],
    steps: usize,
}

impl Demo {
    pub(crate) fn run(&self) -> Result<ExitCode, Failure> {
        let portcullis = match &self.portcullis {
            Some(file) => file.clone(),
            None => neighbour()?,
        };
        let stops = Stops::listen(self.launch.lifetime, false)?;
        let launched = self.launch.start()?;
        let mut story = Story {
            who: who(&launched)?,
            launched,
            stops,
            portcullis,
            steps: 0,
        };
        story.tell()?;
        Ok(ExitCode::SUCCESS)
    }
}

/// The `portcullis` next to this program, or else the one on the search path.
fn neighbour() -> Result<PathBuf, Failure> {
    let name = format!("portcullis{}", std::env::consts::EXE_SUFFIX);
    let beside = std::env::current_exe()?.with_file_name(&name);
    Ok(if beside.is_file() {
        beside
    } else {
        PathBuf::from(name)
    })
}

/// The identity in the token, as `verify` is told.
fn who(launched: &Launched) -> Result<[String; 4], Failure> {
    let token = std::fs::read_to_string(variable(launched, "TOKEN_FILE")?)?;
    let payload = token.split('.').nth(1).unwrap_or_default();
    let claims = base64::Engine::decode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, payload)?;
    let claims: serde_json::Value = serde_json::from_slice(&claims)?;
    let claim = |name: &str| claims.get(name).and_then(serde_json::Value::as_str);
    let identity = match (claim("email"), claim("job_workflow_ref")) {
        (Some(email), _) => email.to_owned(),
        (None, Some(workflow)) => format!("https://github.com/{workflow}"),
        (None, None) => return Err("the token names nobody".into()),
    };
    let issuer = claim("iss").ok_or("the token names no issuer")?.to_owned();
    Ok(["--identity".to_owned(), identity, "--issuer".to_owned(), issuer])
}

fn variable(launched: &Launched, name: &str) -> Result<String, Failure> {
    let value = launched.environment.get(&format!("PORTCULLIS_SANDBOX_{name}"));
    value
        .cloned()
        .ok_or_else(|| format!("the sandbox has no {name}").into())
}

impl Story {
    fn tell(&mut self) -> Result<(), Failure> {
        let registry = variable(&self.launched, "REGISTRY")?;
        let tagged = format!("{registry}/{REPOSITORY}:{TAG}");
        let first = Image::new("hello\n");
        let second = Image::new("somebody else's hello\n");
        let by_digest = format!("{registry}/{REPOSITORY}@{}", first.digest());

        self.say(&format!("An image is built and pushed as {tagged}."))?;
        first.push(&registry, REPOSITORY, TAG)?;
        self.say("Nobody has signed it, so it may not pass: exit code 3, no evidence.")?;
        self.verify(&tagged, &[], 3)?;

        self.say("Sign it: a short-lived certificate for whoever the token names, and an entry in the log.")?;
        let services = self.services()?;
        let sign: Vec<String> = [
            vec!["sign".into(), tagged.clone(), "--yes".into()],
            services.clone(),
        ]
        .concat();
        self.portcullis(&sign, 0)?;
        self.say("Now it passes, for this signer.")?;
        self.verify(&tagged, &[], 0)?;

        self.say("Somebody moves the tag to another image.")?;
        second.push(&registry, REPOSITORY, TAG)?;
        self.say("The digest that was signed still passes.")?;
        self.verify(&by_digest, &[], 0)?;
        self.say("The tag does not: what it names now was never signed.")?;
        self.verify(&tagged, &[], 3)?;

        self.say("Attest what the first image is made of: a CycloneDX SBOM, signed about its digest.")?;
        let sbom = self.sbom(&first.digest(), "MIT")?;
        self.attest(&by_digest, &sbom, &services, 0)?;
        self.say("And demand it.")?;
        self.verify(&by_digest, &["--type", "cyclonedx"], 0)?;

        let policy = self.policy()?;
        self.say("What may an image be made of? A policy says it: nothing under the AGPL.")?;
        write!(std::io::stdout(), "{}", std::fs::read_to_string(&policy)?)?;
        self.say("The SBOM is verified, held against the digest, and then against the policy.")?;
        self.sbom_check(&by_digest, &policy, 0)?;

        self.say("Somebody offers the same SBOM for the other image. It is about another digest, so nothing is signed.")?;
        self.attest(&tagged, &sbom, &services, 1)?;
        self.say(
            "The other image gets an SBOM of its own, and what that says is not what the policy allows.",
        )?;
        let sbom = self.sbom(&second.digest(), "AGPL-3.0-only")?;
        self.attest(&tagged, &sbom, &services, 0)?;
        self.sbom_check(&tagged, &policy, 1)?;
        self.say(&format!(
            "That was all: {} commands, each with the exit code it had to have.",
            self.steps
        ))
    }

    fn services(&self) -> Result<Vec<String>, Failure> {
        let file = |option: &str, name: &str| -> Result<[String; 2], Failure> {
            Ok([option.to_owned(), variable(&self.launched, name)?])
        };
        Ok([
            file("--signing-config", "SIGNING_CONFIG")?,
            file("--trusted-root", "TRUSTED_ROOT")?,
            file("--identity-token-file", "TOKEN_FILE")?,
        ]
        .concat())
    }

    /// A small SBOM about the image, in the sandbox's folder: one package under this licence.
    fn sbom(&self, digest: &str, licence: &str) -> Result<PathBuf, Failure> {
        let hex = digest.trim_start_matches("sha256:");
        let sbom = json!({
            "bomFormat": "CycloneDX",
            "specVersion": "1.6",
            "version": 1,
            "metadata": {"component": {
                "type": "container", "name": REPOSITORY, "version": TAG,
                "hashes": [{"alg": "SHA-256", "content": hex}],
            }},
            "components": [{
                "type": "library", "name": "hello", "version": "2.12", "purl": "pkg:generic/hello@2.12",
                "licenses": [{"license": {"id": licence}}],
            }],
        });
        let path = self.launched.sandbox.dir().join("sbom.cdx.json");
        std::fs::write(&path, serde_json::to_vec_pretty(&sbom)?)?;
        Ok(path)
    }

    /// A policy that demands an SBOM by whoever the token names, in the sandbox's folder.
    fn policy(&self) -> Result<PathBuf, Failure> {
        let [_, identity, _, issuer] = &self.who;
        // A JSON string is a TOML string too.
        let text = |text: &str| serde_json::Value::from(text).to_string();
        let policy = format!(
            "version = 1\n\n[trust]\nfile = {}\n\n[[pin]]\nname = \"builder\"\nidentity = {}\nissuer = {}\n\n\
             [[attestation]]\ntype = \"cyclonedx\"\npins = [\"builder\"]\n\n[sbom]\nrequire-root-digest = true\n\n\
             [sbom.licences]\ndeny = [\"AGPL-3.0-only\"]\n",
            text(&variable(&self.launched, "TRUSTED_ROOT")?),
            text(identity),
            text(issuer),
        );
        let path = self.launched.sandbox.dir().join("portcullis.toml");
        std::fs::write(&path, policy)?;
        Ok(path)
    }

    fn attest(
        &mut self,
        subject: &str,
        sbom: &Path,
        services: &[String],
        expected: i32,
    ) -> Result<(), Failure> {
        let words = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect::<Vec<_>>();
        let attest = [
            words(&["attest", subject, "--yes", "--type", "cyclonedx", "--predicate"]),
            vec![sbom.display().to_string()],
            services.to_vec(),
        ];
        self.portcullis(&attest.concat(), expected)
    }

    fn sbom_check(&mut self, subject: &str, policy: &Path, expected: i32) -> Result<(), Failure> {
        let arguments = ["sbom-check".to_owned(), subject.to_owned(), "--policy".to_owned()];
        self.portcullis(
            &[&arguments[..], &[policy.display().to_string()]].concat(),
            expected,
        )
    }

    fn verify(&mut self, subject: &str, more: &[&str], expected: i32) -> Result<(), Failure> {
        let root = variable(&self.launched, "TRUSTED_ROOT")?;
        let mut arguments = vec!["verify".to_owned(), subject.to_owned()];
        arguments.extend(self.who.iter().cloned());
        arguments.extend(["--trusted-root".to_owned(), root]);
        arguments.extend(more.iter().map(|&argument| argument.to_owned()));
        self.portcullis(&arguments, expected)
    }

    fn say(&self, text: &str) -> Result<(), Failure> {
        Ok(writeln!(std::io::stdout(), "\n# {text}")?)
    }

    /// Shows a command, runs it, and fails unless it ends as the story has it.
    fn portcullis(&mut self, arguments: &[String], expected: i32) -> Result<(), Failure> {
        let shown: Vec<String> = arguments.iter().map(|argument| quoted(argument)).collect();
        let program = quoted(&self.portcullis.display().to_string());
        writeln!(std::io::stdout(), "$ {program} {}", shown.join(" "))?;
        let status = Command::new(&self.portcullis)
            .args(arguments)
            // What a user's own environment says is not part of the story.
            .env_remove("SIGSTORE_ID_TOKEN")
            .status()
            .map_err(|error| format!("cannot run {}: {error}", self.portcullis.display()))?;
        self.steps += 1;
        if self.stops.wait_for(Duration::ZERO).is_some() {
            return Err("the demonstration was stopped".into());
        }
        if status.code() != Some(expected) {
            return Err(format!("that ended with {status}; the story has exit code {expected}").into());
        }
        Ok(())
    }
}

/// An argument as a shell takes it.
fn quoted(argument: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./:@=+,".contains(&byte);
    if !argument.is_empty() && argument.bytes().all(is_plain) {
        argument.to_owned()
    } else {
        format!("'{}'", argument.replace('\'', r"'\''"))
    }
}
