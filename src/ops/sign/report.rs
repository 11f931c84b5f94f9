//! What a run of signing says: one document, the same on success and failure.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use super::{Destination, Failed, ImageForm, Published};
use crate::report::{ExitCode, Finding, LogReference, SignerReport, Verdict, schema_of, visible};
use crate::sigstore::sign::{Complete, Form, Sizes, Step, Verifier};
use crate::subject::Digest;

/// The version of the document.
const SCHEMA_VERSION: u32 = 1;

/// A run of `sign`.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SignReport {
    schema_version: u32,
    command: &'static str,
    /// The exit code of the run.
    pub exit_code: ExitCode,
    /// What was signed.
    pub signed: Vec<SignedReport>,
    /// What was not.
    pub failed: Vec<FailureReport>,
}

/// The JSON Schema of the document.
pub fn sign_report_schema() -> String {
    schema_of::<SignReport>()
}

/// Who signed.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SignerSummary {
    /// Somebody whom a certificate names.
    Certificate(SignerReport),
    /// A key, by the SHA-256 of its SubjectPublicKeyInfo.
    Key(String),
}

/// A timestamp that is in the bundle.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct TimestampReport {
    /// The authority's address.
    pub authority: String,
    /// The time it states.
    #[schemars(with = "String")]
    pub time: Timestamp,
}

/// A subject that was signed; its bundle verified before it was published.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SignedReport {
    /// The subject as it was named.
    pub subject: String,
    /// Its digest.
    pub digest: String,
    /// What the signature is over.
    pub form: Form,
    /// The kind of the key.
    pub key_type: String,
    /// Who signed.
    pub signer: SignerSummary,
    /// Where it was logged.
    pub log_entries: Vec<LogReference>,
    /// When, by whose word.
    pub timestamps: Vec<TimestampReport>,
    /// How large its parts are, in bytes.
    pub sizes: Sizes,
    /// The image by its digest, for an image.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
    /// Where the bundle is: a file, or `registry/repository@digest` of the manifest that holds it. For cosign's older form,
    /// which is no bundle, the tag.
    pub bundle: String,
    /// The SHA-256 of the bundle's bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bundle_digest: Option<String>,
}

/// Where a signature was put.
#[derive(Debug, Clone, Copy)]
pub enum Where<'a> {
    /// In a file.
    File(&'a Path),
    /// In a registry.
    Registry(&'a Destination, &'a Published),
}

/// A subject that was not signed.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct FailureReport {
    /// The subject as it was named.
    pub subject: String,
    /// The step that failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub step: Option<Step>,
    /// Why.
    pub finding: Finding,
    /// The file with what was reached.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resume: Option<String>,
    /// Why what was reached could not be kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_kept: Option<String>,
}

impl SignReport {
    /// Puts a report together. The exit code is that of the worst failure.
    pub fn new(command: &'static str, signed: Vec<SignedReport>, failed: Vec<FailureReport>) -> Self {
        let verdicts = failed.iter().map(|failure| match failure.finding.code.verdict() {
            Verdict::Misconfigured => Verdict::Misconfigured,
            // Nothing was examined, so nothing is denied: it could not be done.
            _ => Verdict::Undecided,
        });
        let exit_code = match failed.is_empty() {
            // Nothing is not everything.
            true if signed.is_empty() => ExitCode::Undecided,
            true => ExitCode::Allowed,
            false => Verdict::worst(verdicts).into(),
        };
        Self {
            schema_version: SCHEMA_VERSION,
            command,
            exit_code,
            signed,
            failed,
        }
    }

    /// The report for people.
    pub fn lines(&self) -> String {
        let mut out = String::new();
        for signed in &self.signed {
            signed.write(&mut out);
        }
        for failure in &self.failed {
            failure.write(&mut out);
        }
        out
    }

    /// One line for each subject, for standard output; none unless everything was signed.
    pub fn stdout_lines(&self) -> String {
        let line = |signed: &SignedReport| match &signed.image {
            Some(image) => format!("{}\n", visible(image)),
            None => format!("{}  {}\n", signed.digest, visible(&signed.subject)),
        };
        let mut lines: Vec<String> = Vec::new();
        if self.exit_code == ExitCode::Allowed {
            for line in self.signed.iter().map(line) {
                // An image that is signed in two forms is one subject.
                if !lines.contains(&line) {
                    lines.push(line);
                }
            }
        }
        lines.concat()
    }
}

impl SignedReport {
    /// What is said about a signature that was published.
    pub fn new(
        subject: &str,
        complete: &Complete,
        place: Where<'_>,
        public_log_url: impl Fn(&str, u64) -> Option<String>,
    ) -> Self {
        let record = complete.record();
        let signer = match (complete.certificate(), &record.verifier) {
            (Some(facts), _) => SignerSummary::Certificate(facts.report()),
            (None, Verifier::Key { spki, .. }) => SignerSummary::Key(Digest::sha256(spki).to_string()),
            (None, Verifier::Certificate(der)) => SignerSummary::Key(Digest::sha256(der).to_string()),
        };
        let bundle_digest = Digest::sha256(complete.json().as_bytes()).to_string();
        let (digest, image, bundle, bundle_digest) = match place {
            Where::File(path) => {
                let digest = &complete.subject().digest;
                (digest, None, path.display().to_string(), Some(bundle_digest))
            }
            Where::Registry(destination, published) => {
                let image = &destination.image;
                let is_bundle = destination.form == ImageForm::Bundle;
                let place = destination.place(published);
                (
                    image.digest(),
                    Some(image.name()),
                    place,
                    is_bundle.then_some(bundle_digest),
                )
            }
        };
        Self {
            subject: subject.to_owned(),
            digest: digest.to_string(),
            form: record.content.form(),
            key_type: record.kind.to_string(),
            signer,
            log_entries: complete.log_entries(public_log_url),
            timestamps: complete
                .timestamps()
                .map(|(url, time)| TimestampReport {
                    authority: url.to_string(),
                    time,
                })
                .collect(),
            sizes: complete.sizes(),
            image,
            bundle,
            bundle_digest,
        }
    }

    pub(crate) fn write(&self, out: &mut String) {
        out.push_str(&format!("signed {}\n  {}\n", visible(&self.subject), self.digest));
        match &self.signer {
            SignerSummary::Certificate(signer) => {
                let issuer = signer.issuer.as_deref().unwrap_or("nobody");
                out.push_str(&format!(
                    "  by     {}\n  issuer {}\n",
                    visible(&signer.identity),
                    visible(issuer)
                ));
            }
            SignerSummary::Key(fingerprint) => {
                out.push_str(&format!("  by     {} key {fingerprint}\n", self.key_type));
            }
        }
        for entry in &self.log_entries {
            out.push_str(&format!(
                "  log    index {} of {} ({})\n",
                entry.index, entry.log_id, entry.entry
            ));
            if let Some(url) = &entry.url {
                out.push_str(&format!("         {url}\n"));
            }
        }
        for stamp in &self.timestamps {
            out.push_str(&format!(
                "  time   {} by {}\n",
                stamp.time,
                visible(&stamp.authority)
            ));
        }
        let part = |what: &str, size: Option<usize>| size.map(|size| format!("{what} {size} bytes"));
        let sizes: Vec<String> = [
            part("envelope", self.sizes.envelope),
            part("log entry", self.sizes.log_entry),
            part("bundle", Some(self.sizes.bundle)),
        ]
        .into_iter()
        .flatten()
        .collect();
        out.push_str(&format!("  size   {}\n", sizes.join(", ")));
        out.push_str(&format!("  bundle {}\n", visible(&self.bundle)));
    }
}

impl FailureReport {
    /// A subject that could not be signed, and what became of what was reached: the file that it was kept in, or why it
    /// could not be.
    pub fn new(subject: &str, failed: &Failed, kept: Option<&Result<PathBuf, String>>) -> Self {
        let (resume, not_kept) = match kept {
            Some(Ok(path)) => (Some(path.display().to_string()), None),
            Some(Err(why)) => (None, Some(why.clone())),
            None => (None, None),
        };
        Self {
            subject: subject.to_owned(),
            step: Some(failed.step),
            finding: (*failed.finding).clone(),
            resume,
            not_kept,
        }
    }

    /// A subject that could not be read, or a bundle that could not be written.
    pub fn plain(subject: &str, finding: Finding) -> Self {
        Self {
            subject: subject.to_owned(),
            step: None,
            finding,
            resume: None,
            not_kept: None,
        }
    }

    pub(crate) fn write(&self, out: &mut String) {
        let step = self.step.map(|step| format!(" while {step}")).unwrap_or_default();
        out.push_str(&format!(
            "not signed {}{step}\n  {}: {}\n",
            visible(&self.subject),
            self.finding.code,
            visible(&self.finding.message)
        ));
        if let Some(help) = &self.finding.help {
            out.push_str(&format!("  help: {}\n", visible(help)));
        }
        if let Some(resume) = &self.resume {
            out.push_str(&format!(
                "  what was reached is kept: portcullis sign --resume {}\n",
                visible(resume)
            ));
        }
        if let Some(why) = &self.not_kept {
            out.push_str(&format!("  what was reached is lost: {}\n", visible(why)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_in_which_nothing_was_signed_is_no_success() {
        let report = SignReport::new("sign", Vec::new(), Vec::new());
        assert_eq!(report.exit_code, ExitCode::Undecided);
    }
}
