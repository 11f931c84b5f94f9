//! The claims that Fulcio copies from an OIDC token into certificate extensions.
//!
//! Names follow Fulcio's `docs/oid-info.md`, the register of the arc `1.3.6.1.4.1.57264.1`.

use std::fmt;
use std::str::FromStr;

use const_oid::ObjectIdentifier;
use der::Decode;
use der::asn1::Utf8StringRef;

/// The arc that Fulcio's extensions live under.
pub(super) const FULCIO_ARC: &str = "1.3.6.1.4.1.57264.1";
const FULCIO_PREFIX: ObjectIdentifier = ObjectIdentifier::new_unwrap(FULCIO_ARC);

/// Longest claim that is read, in bytes. URLs and names stay far below it.
pub const MAX_CLAIM_BYTES: usize = 8 * 1024;

/// Declares [`Claim`] from one line each: variant, last arc of the OID, name on the command line, meaning.
macro_rules! claims {
    ($($variant:ident $arc:literal $name:literal $doc:literal)*) => {
        /// A claim of the signer's OIDC token, as Fulcio wrote it into the certificate.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Claim {
            $(#[doc = $doc] $variant,)*
        }

        impl Claim {
            /// Every claim, in the order of the OIDs.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The name on the command line and in a policy file.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// Last arc of the extension's OID.
            pub fn arc(self) -> u32 {
                match self { $(Self::$variant => $arc,)* }
            }
        }
    };
}

claims! {
    GithubWorkflowTrigger 2 "github-workflow-trigger" "Deprecated form of `build-trigger`."
    GithubWorkflowSha 3 "github-workflow-sha" "Deprecated form of `source-repository-digest`."
    GithubWorkflowName 4 "github-workflow-name" "Display name of the GitHub workflow; deprecated, and without a successor."
    GithubWorkflowRepository 5 "github-workflow-repository" "Deprecated form of `source-repository-uri`, as `owner/repository`."
    GithubWorkflowRef 6 "github-workflow-ref" "Deprecated form of `source-repository-ref`."
    Issuer 8 "issuer" "The OIDC issuer."
    BuildSignerUri 9 "build-signer-uri" "The build instructions that signed: for GitHub, the (reusable) workflow file with its ref."
    BuildSignerDigest 10 "build-signer-digest" "Commit of the build instructions that signed."
    RunnerEnvironment 11 "runner-environment" "`github-hosted` or `self-hosted`, for example."
    SourceRepositoryUri 12 "source-repository-uri" "The repository that was built."
    SourceRepositoryDigest 13 "source-repository-digest" "The commit that was built."
    SourceRepositoryRef 14 "source-repository-ref" "The ref that was built, for example `refs/heads/main`."
    SourceRepositoryIdentifier 15 "source-repository-identifier" "The repository's immutable identifier; survives a rename, and is not reused."
    SourceRepositoryOwnerUri 16 "source-repository-owner-uri" "The owner of the repository."
    SourceRepositoryOwnerIdentifier 17 "source-repository-owner-identifier" "The owner's immutable identifier."
    BuildConfigUri 18 "build-config-uri" "The top-level build configuration."
    BuildConfigDigest 19 "build-config-digest" "Commit of the top-level build configuration."
    BuildTrigger 20 "build-trigger" "What started the build, for example `push`."
    RunInvocationUri 21 "run-invocation-uri" "The run that signed."
    SourceRepositoryVisibility 22 "source-repository-visibility" "Visibility of the repository when it signed: `public`, `private` or `internal`."
    DeploymentEnvironment 23 "deployment-environment" "The deployment environment that the job ran in."
    TokenSubject 24 "token-subject" "The token's `sub` claim, unchanged."
}

impl Claim {
    /// The claim whose extension has this OID.
    pub(super) fn from_oid(oid: &ObjectIdentifier) -> Option<Self> {
        // Compared as bytes: spelling out every OID of a certificate took a third of the time of reading it.
        let [arc] = oid.as_bytes().strip_prefix(FULCIO_PREFIX.as_bytes())? else {
            return None;
        };
        // An arc below 128 is one byte; of a greater one every byte but the last has the highest bit.
        let arc = u32::from(*arc);
        Self::ALL.iter().copied().find(|claim| claim.arc() == arc)
    }

    /// Whether the extension holds bare bytes, as the deprecated ones do, or a DER UTF8String.
    pub fn is_deprecated(self) -> bool {
        self.arc() < 8
    }

    /// The claim that says the same in the other generation of extensions.
    pub fn twin(self) -> Option<Self> {
        Some(match self {
            Self::GithubWorkflowTrigger => Self::BuildTrigger,
            Self::GithubWorkflowSha => Self::SourceRepositoryDigest,
            Self::GithubWorkflowRepository => Self::SourceRepositoryUri,
            Self::GithubWorkflowRef => Self::SourceRepositoryRef,
            Self::BuildTrigger => Self::GithubWorkflowTrigger,
            Self::SourceRepositoryDigest => Self::GithubWorkflowSha,
            Self::SourceRepositoryUri => Self::GithubWorkflowRepository,
            Self::SourceRepositoryRef => Self::GithubWorkflowRef,
            _ => return None,
        })
    }
}

impl fmt::Display for Claim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A name that is no claim.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{name:?} is not a claim that Fulcio certificates carry{}", suggestion_text(.suggestion))]
pub struct UnknownClaim {
    /// What was written.
    pub name: String,
    /// The claim whose name is most alike.
    pub suggestion: Option<Claim>,
}

fn suggestion_text(suggestion: &Option<Claim>) -> String {
    suggestion.map_or_else(String::new, |claim| format!(": did you mean {claim}?"))
}

/// How alike two names have to be for one to be suggested for the other, from 0 to 1.
const ALIKE: f64 = 0.8;

impl FromStr for Claim {
    type Err = UnknownClaim;

    fn from_str(text: &str) -> Result<Self, UnknownClaim> {
        let same = Self::ALL.iter().copied().find(|claim| claim.name() == text);
        same.ok_or_else(|| UnknownClaim {
            name: text.to_owned(),
            suggestion: Self::ALL
                .iter()
                .copied()
                .map(|claim| (strsim::jaro_winkler(claim.name(), text), claim))
                .filter(|(alike, _)| *alike > ALIKE)
                .max_by(|a, b| a.0.total_cmp(&b.0))
                .map(|(_, claim)| claim),
        })
    }
}

/// What a certificate says for one claim. A claim that is there but unreadable is never the same as an absent one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClaimValue {
    /// The text of the claim.
    Value(String),
    /// The extension is there and is not what it should be.
    Malformed(String),
    /// The extension stands in the certificate more than once.
    Duplicated,
}

impl ClaimValue {
    /// Reads the bytes of one extension.
    pub(super) fn read(claim: Claim, bytes: &[u8]) -> Self {
        if bytes.len() > MAX_CLAIM_BYTES {
            return Self::Malformed(format!("it is longer than {MAX_CLAIM_BYTES} bytes"));
        }
        if claim.is_deprecated() {
            return Self::read_raw(bytes);
        }
        match Utf8StringRef::from_der(bytes) {
            Ok(text) => Self::checked(text.as_str()),
            Err(error) => Self::Malformed(format!("it is not a DER UTF8String ({error})")),
        }
    }

    /// Reads the bare bytes of the first generation of extensions.
    pub(super) fn read_raw(bytes: &[u8]) -> Self {
        if bytes.len() > MAX_CLAIM_BYTES {
            return Self::Malformed(format!("it is longer than {MAX_CLAIM_BYTES} bytes"));
        }
        match std::str::from_utf8(bytes) {
            Ok(text) => Self::checked(text),
            Err(_) => Self::Malformed("it is not UTF-8".to_owned()),
        }
    }

    fn checked(text: &str) -> Self {
        match text_problem(text) {
            Some(problem) => Self::Malformed(problem.to_owned()),
            None => Self::Value(text.to_owned()),
        }
    }

    /// The text, when there is exactly one well-formed one.
    pub fn value(&self) -> Option<&str> {
        match self {
            Self::Value(text) => Some(text),
            Self::Malformed(_) | Self::Duplicated => None,
        }
    }

    /// Why there is no text to compare.
    pub fn problem(&self) -> Option<&str> {
        match self {
            Self::Value(_) => None,
            Self::Malformed(reason) => Some(reason),
            Self::Duplicated => Some("it stands in the certificate more than once"),
        }
    }
}

/// What makes a text unfit to be an identity or a claim: nothing at all, or characters that a person cannot see.
///
/// A line break or a direction mark in a name makes two different names look alike in a log or a report.
pub(super) fn text_problem(text: &str) -> Option<&'static str> {
    if text.is_empty() {
        Some("it is empty")
    } else if text.chars().any(char::is_control) {
        Some("it holds control characters")
    } else if text.chars().any(is_invisible) {
        Some("it holds invisible characters")
    } else {
        None
    }
}

/// Zero-width characters, direction marks and their kin (Unicode's `Default_Ignorable_Code_Point`, the common part).
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
        | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_read_back() {
        for claim in Claim::ALL {
            assert_eq!(claim.name().parse(), Ok(*claim));
            let oid = ObjectIdentifier::new(&format!("{FULCIO_ARC}.{}", claim.arc())).unwrap();
            assert_eq!(Claim::from_oid(&oid), Some(*claim));
        }
    }

    #[test]
    fn foreign_oids_are_no_claims() {
        for oid in [
            "1.3.6.1.4.1.57264.1.1",
            "1.3.6.1.4.1.57264.1.7",
            "1.3.6.1.4.1.57264.2.9",
            "1.3.6.1.4.1.57264.1.9.1",
            "2.5.29.17",
        ] {
            assert_eq!(
                Claim::from_oid(&ObjectIdentifier::new(oid).unwrap()),
                None,
                "{oid}"
            );
        }
    }

    #[test]
    fn a_misspelt_claim_is_refused_with_the_name_that_was_meant() {
        let error = "source-repo-ref".parse::<Claim>().unwrap_err();
        assert_eq!(error.suggestion, Some(Claim::SourceRepositoryRef));
        assert!(error.to_string().ends_with("did you mean source-repository-ref?"));
        assert_eq!("banana".parse::<Claim>().unwrap_err().suggestion, None);
    }

    #[test]
    fn twins_point_at_each_other() {
        for claim in Claim::ALL {
            if let Some(twin) = claim.twin() {
                assert_eq!(twin.twin(), Some(*claim));
                assert_ne!(twin.is_deprecated(), claim.is_deprecated());
            }
        }
    }

    #[test]
    fn what_is_not_one_readable_string_is_malformed() {
        let new = |bytes: &[u8]| ClaimValue::read(Claim::BuildTrigger, bytes);
        let old = |bytes: &[u8]| ClaimValue::read(Claim::GithubWorkflowTrigger, bytes);
        assert_eq!(new(b"\x0c\x04push"), ClaimValue::Value("push".into()));
        assert_eq!(old(b"push"), ClaimValue::Value("push".into()));
        let too_long = vec![b'a'; MAX_CLAIM_BYTES + 1];
        for value in [
            new(b""),
            new(b"push"),
            new(b"\x0c\x04push\x00"),
            new(b"\x0c\x05push"),
            new(b"\x16\x04push"),
            new(b"\x0c\x02\xff\xfe"),
            new(b"\x0c\x00"),
            new(b"\x0c\x02a\n"),
            new(&too_long),
            old(b""),
            old(b"\xff"),
            old(b"a\0"),
            old("a\u{202e}b".as_bytes()),
            old(&too_long),
        ] {
            assert!(matches!(value, ClaimValue::Malformed(_)), "{value:?}");
            assert!(value.value().is_none() && value.problem().is_some());
        }
    }
}
