//! Flags that say who may sign, turned into pins. Without an identity and an issuer, or a key, there is no pin and the
//! command line is wrong (S0.7): that is found out before anything is read or fetched.

use std::path::{Path, PathBuf};

use clap::Args;

use super::Problem;
use crate::report::{Code, Finding, Origin};
use crate::sigstore::certificate::{Claim, SanKind};
use crate::sigstore::pin::{
    ClaimRule, Combine, IdentityRule, IssuerRule, LogRequirement, MAX_KEY_BYTES, Pin, PinSet, PublicKey,
    TextRule, Who,
};

/// Name of the pin that the flags make.
const PIN_NAME: &str = "command line";

/// Who may sign.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Who may sign")]
pub(crate) struct PinArgs {
    /// Exact identity of the signer: the workflow URI or e-mail address in the certificate
    #[arg(
        long,
        value_name = "SAN",
        visible_alias = "certificate-identity",
        conflicts_with = "identity_regex"
    )]
    identity: Option<String>,
    /// Pattern for the whole identity; a match of a part of it is no match
    #[arg(long, value_name = "REGEX", visible_alias = "certificate-identity-regexp")]
    identity_regex: Option<String>,
    /// Kind of identity, where its text does not tell
    #[arg(long, value_name = "KIND", value_parser = ["email", "uri", "other-name"])]
    identity_kind: Option<String>,
    /// Exact OIDC issuer that vouches for the identity
    #[arg(
        long,
        value_name = "URL",
        visible_alias = "certificate-oidc-issuer",
        conflicts_with = "issuer_regex"
    )]
    issuer: Option<String>,
    /// Pattern for the whole issuer
    #[arg(long, value_name = "REGEX", visible_alias = "certificate-oidc-issuer-regexp")]
    issuer_regex: Option<String>,
    /// Exact value of a certificate claim, for example source-repository-ref=refs/heads/main; repeatable
    #[arg(long, value_name = "NAME=VALUE")]
    claim: Vec<String>,
    /// Pattern for the whole value of a certificate claim; repeatable
    #[arg(long, value_name = "NAME=REGEX")]
    claim_regex: Vec<String>,
    /// Public key of the signer (PEM), instead of an identity
    #[arg(long, value_name = "FILE", conflicts_with_all = ["identity", "identity_regex", "issuer", "issuer_regex"])]
    key: Option<PathBuf>,
    /// Accept signatures of the key that are in no transparency log: weaker, and the report says so
    #[arg(long, requires = "key")]
    key_without_log: bool,
    /// Accept any signer at all: proves that somebody signed, and everybody can
    #[arg(long, conflicts_with_all = ["identity", "identity_regex", "issuer", "issuer_regex", "key"])]
    unsafe_any_identity: bool,
}

impl PinArgs {
    /// The first flag that was given, for saying what it conflicts with.
    pub(super) fn first_flag(&self) -> Option<&'static str> {
        [
            ("--identity", self.identity.is_some()),
            ("--identity-regex", self.identity_regex.is_some()),
            ("--identity-kind", self.identity_kind.is_some()),
            ("--issuer", self.issuer.is_some()),
            ("--issuer-regex", self.issuer_regex.is_some()),
            ("--claim", !self.claim.is_empty()),
            ("--claim-regex", !self.claim_regex.is_empty()),
            ("--key", self.key.is_some()),
            ("--unsafe-any-identity", self.unsafe_any_identity),
        ]
        .into_iter()
        .find_map(|(flag, given)| given.then_some(flag))
    }

    /// The pin that the flags make.
    pub(super) fn pins(&self) -> Result<PinSet, Failure> {
        let claims = self.claims()?;
        let who = self.who()?;
        let pin = Pin::new(PIN_NAME, who, claims).map_err(|error| Problem::usage(error.to_string()))?;
        let pins = PinSet::new(vec![pin], Combine::Any, None);
        Ok(pins.map_err(|error| Problem::usage(error.to_string()))?)
    }

    fn who(&self) -> Result<Who, Failure> {
        if self.unsafe_any_identity {
            return Ok(Who::AnyUnsafe {
                origin: Origin::flag("--unsafe-any-identity"),
            });
        }
        if let Some(path) = &self.key {
            let log = if self.key_without_log {
                LogRequirement::MayBeAbsent
            } else {
                LogRequirement::Required
            };
            return Ok(Who::Key {
                key: read_key(path)?,
                log,
                origin: Origin::flag("--key"),
            });
        }
        let identity = self.identity_rule()?;
        let issuer = self.issuer_rule()?;
        match (identity, issuer) {
            (Some(identity), Some(issuer)) => Ok(Who::Identity { identity, issuer }),
            (Some(_), None) => Err(Problem::usage("an identity is given without the issuer that vouches for it")
                .help("add --issuer, for example --issuer https://token.actions.githubusercontent.com for GitHub Actions")
                .into()),
            (None, Some(_)) => Err(Problem::usage("an issuer is given without the identity that it vouches for")
                .help("add --identity or --identity-regex")
                .into()),
            (None, None) => Err(Problem::usage("it is not said who may sign")
                .help(
                    "give --identity (or --identity-regex) and --issuer, or --key FILE, or --policy FILE; \
                     portcullis inspects nothing without knowing whom to expect",
                )
                .into()),
        }
    }

    fn identity_rule(&self) -> Result<Option<IdentityRule>, Failure> {
        let kind = match &self.identity_kind {
            Some(kind) => Some(
                kind.parse::<SanKind>()
                    .map_err(|error| Problem::usage(error.to_string()))?,
            ),
            None => None,
        };
        let rule = text_rule(
            ("--identity", self.identity.as_deref()),
            ("--identity-regex", self.identity_regex.as_deref()),
        )?;
        let Some((text, flag)) = rule else { return Ok(None) };
        let rule = IdentityRule::new(text, kind, Origin::flag(flag))
            .map_err(|error| Problem::usage(format!("{flag}: {error}")).help("add --identity-kind"))?;
        Ok(Some(rule))
    }

    fn issuer_rule(&self) -> Result<Option<IssuerRule>, Failure> {
        let rule = text_rule(
            ("--issuer", self.issuer.as_deref()),
            ("--issuer-regex", self.issuer_regex.as_deref()),
        )?;
        Ok(rule.map(|(text, flag)| IssuerRule {
            text,
            origin: Origin::flag(flag),
        }))
    }

    fn claims(&self) -> Result<Vec<ClaimRule>, Failure> {
        let mut rules = Vec::new();
        for written in &self.claim {
            let (claim, value) = split_claim("--claim", written)?;
            rules.push(ClaimRule {
                claim,
                text: TextRule::exact(value),
                origin: Origin::flag("--claim"),
            });
        }
        for written in &self.claim_regex {
            let (claim, value) = split_claim("--claim-regex", written)?;
            let text = pattern("--claim-regex", value)?;
            rules.push(ClaimRule {
                claim,
                text,
                origin: Origin::flag("--claim-regex"),
            });
        }
        Ok(rules)
    }
}

/// Why a request could not be built: the command line is wrong, or a file that it names is.
#[derive(Debug)]
pub(super) enum Failure {
    /// The command line; exit code 2.
    Usage(Problem),
    /// A key, policy or trust root; exit code 5 (or 4 when it could not be had). Goes into a report.
    Findings(Vec<Finding>),
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Self::Usage(problem)
    }
}

impl From<Finding> for Failure {
    fn from(finding: Finding) -> Self {
        Self::Findings(vec![finding])
    }
}

type Flag<'a> = (&'static str, Option<&'a str>);

fn text_rule(exact: Flag<'_>, regex: Flag<'_>) -> Result<Option<(TextRule, &'static str)>, Failure> {
    match (exact, regex) {
        ((flag, Some("")), _) | (_, (flag, Some(""))) => {
            Err(Problem::usage(format!("{flag} is empty")).into())
        }
        ((flag, Some(text)), _) => Ok(Some((TextRule::exact(text), flag))),
        (_, (flag, Some(text))) => Ok(Some((pattern(flag, text)?, flag))),
        _ => Ok(None),
    }
}

/// A bad pattern is a wrong command line when it stands on the command line.
fn pattern(flag: &str, text: &str) -> Result<TextRule, Failure> {
    TextRule::pattern(text).map_err(|error| Problem::usage(format!("{flag}: {error}")).into())
}

fn split_claim<'a>(flag: &str, written: &'a str) -> Result<(Claim, &'a str), Failure> {
    let (name, value) = written
        .split_once('=')
        .ok_or_else(|| Problem::usage(format!("{flag} {written}: write NAME=VALUE")))?;
    let claim = name.parse::<Claim>().map_err(|unknown| {
        let problem = Problem::usage(format!("{flag}: there is no claim {name:?}"));
        match unknown.suggestion {
            Some(claim) => problem.help(format!("did you mean {}?", claim.name())),
            None => problem.help(format!(
                "the claims are {}",
                Claim::ALL
                    .iter()
                    .map(|claim| claim.name())
                    .collect::<Vec<_>>()
                    .join(", ")
            )),
        }
    })?;
    Ok((claim, value))
}

/// Reads a public key that was named. What the file holds is never echoed: it may be a private key by mistake.
pub(super) fn read_key(path: &Path) -> Result<PublicKey, Finding> {
    use std::io::Read;
    let refuse = |detail: String| Finding::new(Code::KeyInvalid, format!("{}: {detail}", path.display()));
    let file = std::fs::File::open(path).map_err(|error| refuse(error.to_string()))?;
    let mut bytes = Vec::new();
    let limit = u64::try_from(MAX_KEY_BYTES).unwrap_or(u64::MAX);
    file.take(limit + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| refuse(error.to_string()))?;
    PublicKey::from_pem(&bytes).map_err(|error| refuse(error.to_string()))
}
