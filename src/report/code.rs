//! The stable codes of findings, each with the long form that `portcullis explain` prints.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Verdict;

/// How much a finding weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Passes, but probably not as its author thinks; `--deny-warnings` makes it fail.
    Warning,
    /// Rejects a candidate, or decides the subject.
    Deny,
}

/// Declares [`Group`] and [`Code`]: groups of codes, each code with one line of name and severity, and the long
/// explanation.
macro_rules! codes {
    ($($group:ident $heading:literal {
        $($variant:ident $name:literal $severity:ident $verdict:ident $title:literal $long:literal)*
    })*) => {
        /// What a code is about; the order of the documentation and of the checks.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Group {
            $(#[doc = $heading] $group,)*
        }

        impl Group {
            /// Every group, in the order of the documentation.
            pub const ALL: &'static [Self] = &[$(Self::$group,)*];

            /// The heading of the group.
            pub fn heading(self) -> &'static str {
                match self { $(Self::$group => $heading,)* }
            }
        }

        /// The stable code of a finding, in kebab-case everywhere it is written.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
        #[serde(rename_all = "kebab-case")]
        pub enum Code {
            $($(#[doc = $title] #[serde(rename = $name)] $variant,)*)*
        }

        impl Code {
            /// Every code, in the order of the documentation.
            pub const ALL: &'static [Self] = &[$($(Self::$variant,)*)*];

            /// The code as it is written in every output.
            pub fn name(self) -> &'static str {
                match self { $($(Self::$variant => $name,)*)* }
            }

            /// What the code is about.
            pub fn group(self) -> Group {
                match self { $($(Self::$variant => Group::$group,)*)* }
            }

            /// What the code means, in one line.
            pub fn title(self) -> &'static str {
                match self { $($(Self::$variant => $title,)*)* }
            }

            /// What leads to it, why it matters and what to do.
            pub fn explanation(self) -> &'static str {
                match self { $($(Self::$variant => $long,)*)* }
            }

            /// The severity that a finding with this code has.
            pub fn severity(self) -> Severity {
                match self { $($(Self::$variant => Severity::$severity,)*)* }
            }

            /// The verdict of a subject that this code decides.
            pub fn verdict(self) -> Verdict {
                match self { $($(Self::$variant => Verdict::$verdict,)*)* }
            }
        }
    };
}

impl Code {
    /// Whether somebody may accept such a finding for a while: only what rules about ingredients object to.
    pub fn can_be_accepted(self) -> bool {
        self.group() == Group::Ingredients
    }
}

codes! {
    Bundle "The bundle as a document" {
        BundleMalformed "bundle-malformed" Deny Denied
            "The bundle cannot be read"
            "The file is not a Sigstore bundle, or a part of it is missing, doubled or of the wrong type. Nothing in it is believed. Fetch it again from where it was published; if it was made by hand, compare it with the Sigstore bundle specification."
        BundleTooLarge "bundle-too-large" Deny Denied
            "The bundle exceeds a limit"
            "The document is larger, deeper or holds more entries than a bundle ever needs. Limits keep a hostile bundle from costing memory or time (CVE-2024-29902, CVE-2024-29903, CVE-2024-45395). The message names the limit."
        DuplicateKey "duplicate-json-key" Deny Denied
            "A JSON object has the same key twice"
            "Two readers may take different values from such a document, so one of them can be shown something that was never signed. It is refused whole (CVE-2026-44309)."
        BundleUnsupported "bundle-unsupported" Deny Denied
            "The bundle is well formed, but of a kind that cannot be verified"
            "The verification library does not know this version, content or combination, and what cannot be checked is denied. Sign again with a current Sigstore client."
        UnsupportedLogEntry "unsupported-log-entry" Deny Denied
            "The log entry is of a kind that does not bind the signature"
            "Entries of kind `intoto` 0.0.1 log no signature and `rekord` entries are obsolete: neither proves that this signature was logged. Sign again with a current Sigstore client, which makes `hashedrekord` or `dsse` entries."
        UnsupportedKeyType "unsupported-key-type" Deny Denied
            "The key is of a type that cannot be verified"
            "Accepted are ECDSA P-256 and P-384, Ed25519 and RSA of at least 2048 bits. Sign with one of these."
        ArtifactFormUnsupported "artifact-form-unsupported" Deny Denied
            "This signature cannot be checked against the form of the subject that was given"
            "A pure Ed25519 signature covers the bytes themselves, so a digest alone is not enough; a signature over a SHA-512 digest needs that digest. Name the file itself, or the digest with the algorithm that the message names."
    }

    Signature "The signature and what it covers" {
        SignatureInvalid "signature-invalid" Deny Denied
            "The signature does not verify"
            "The signature was not made by the bundle's certificate or key over this content. The artifact or the bundle was changed, or they belong to different releases."
        ArtifactMismatch "artifact-mismatch" Deny Denied
            "The bundle is about another artifact"
            "A digest in the bundle, its log entry or its statement's subjects is not the digest of this subject. Check that artifact and bundle come from the same release."
        PayloadMalformed "payload-malformed" Deny Denied
            "The signed payload cannot be read"
            "The signature covers a statement or a simple-signing payload that does not parse. A payload that cannot be read proves nothing and is never accepted (CVE-2026-39395)."
        DirectoryFileMissing "directory-file-missing" Deny Denied
            "A signed file is not in the directory"
            "The signature covers a list of files, and this one is not there under this name. Get the directory again, whole."
        DirectoryFileChanged "directory-file-changed" Deny Denied
            "A file of the directory has other bytes"
            "The signature covers a list of files, and this one has another digest than the list says. Get the directory again; if it differs again, somebody changed it after it was signed."
        DirectoryFileAdded "directory-file-added" Deny Denied
            "A file of the directory was not signed"
            "The signature covers a list of files, and this one is not on it, so anybody may have put it there. Remove it; if it has to be there and is never used, leave it out by name with --ignore."
        DirectoryUnrepresentable "directory-unrepresentable" Deny Denied
            "The directory holds what no list of files can say"
            "A symbolic link, a socket or device, a name that is not UTF-8, too many files or none. Such a thing is never left out in silence. Remove it, or leave it out by name with --ignore."
        PayloadDigestMismatch "payload-digest-mismatch" Deny Denied
            "The signed payload names another image"
            "The simple-signing payload is genuinely signed, but its docker-manifest-digest is not the digest of this image: a signature that was copied to another image."
        RepositoryMismatch "repository-mismatch" Deny Denied
            "The signed payload names another repository"
            "The policy binds signatures to their repository, and the docker-reference in the signed payload names a different one."
    }

    Certificate "The signing certificate" {
        CertificateMalformed "certificate-malformed" Deny Denied
            "The signing certificate cannot be read"
            "What stands in the bundle's certificate field is no X.509 certificate. A bare public key in its place is refused too (GHSA-fx35-mq7g-6g98)."
        CertificateUntrusted "certificate-untrusted" Deny Denied
            "The signing certificate was not issued by a trusted authority"
            "A signature was found, but its certificate does not chain to the certificate authorities of the trust root in use. If your organisation runs its own Fulcio, name its root with --trusted-root; `portcullis trust show` prints the one in use."
        AuthorityNotValid "authority-not-valid" Deny Denied
            "No certificate authority was valid at the signing time"
            "The trust root lists its authorities with the periods in which they may be believed, and the signature falls into none. A newer trust root may be needed: run `portcullis trust update`."
        CertificateExpired "certificate-expired" Deny Denied
            "The certificate had expired when the signature was made"
            "Signing certificates live for minutes. A verified time outside that life means that the key was used later, or that the time is not the signature's own."
        CertificateNotYetValid "certificate-not-yet-valid" Deny Denied
            "The certificate was not yet valid when the signature was made"
            "A verified time before the certificate's notBefore cannot be right: the evidence was put together from different signatures, or a clock is wrong."
        SctInvalid "sct-invalid" Deny Denied
            "The certificate's transparency timestamp is missing or invalid"
            "Every certificate of the public-good instance is logged before it is issued and carries a signed certificate timestamp. Without a valid one the certificate may have been issued in secret."
    }

    Log "The transparency log" {
        LogUnknown "log-unknown" Deny Denied
            "The log is not in the trust root"
            "The entry names a transparency log that the trust root does not list. Keys are only ever taken from the trust root, never from the log itself (CVE-2023-47122)."
        LogEntryMissing "log-entry-missing" Deny Denied
            "The bundle has no log entry"
            "Signatures have to be logged. A key whose signatures are not logged can be accepted with --key-without-log, which the report then spells out."
        InclusionProofInvalid "inclusion-proof-invalid" Deny Denied
            "The inclusion proof does not lead to the log's root"
            "The proof that the entry is in the log is missing or wrong."
        CheckpointInvalid "checkpoint-invalid" Deny Denied
            "The log's checkpoint is missing, malformed or not signed by the log"
            "The checkpoint is the log's signed statement of its state; the inclusion proof is only worth anything under it."
        SetInvalid "set-invalid" Deny Denied
            "The log's inclusion promise is missing or invalid"
            "The signed entry timestamp (SET) does not verify with the log's key, so neither the entry's time nor its place in the log can be believed."
        LogEntryMismatch "log-entry-mismatch" Deny Denied
            "The log entry belongs to another signature"
            "The entry is genuine but its signature, key or digest is not the bundle's: evidence that was moved from one signature to another (CVE-2022-36056, CVE-2026-22703)."
        LogEntryMalformed "log-entry-malformed" Deny Denied
            "The log entry cannot be read"
            "The entry's body or ids do not parse."
        IntegratedTimeInvalid "integrated-time-invalid" Deny Denied
            "The log's time is in the future or outside the certificate's life"
            "The time at which the log took the entry has to lie within the life of the certificate and not in the future."
    }

    Time "Timestamps" {
        TimestampInvalid "timestamp-invalid" Deny Denied
            "A signed timestamp does not verify"
            "An RFC 3161 timestamp in the bundle is not from a trusted authority, covers another signature or was changed. Evidence that is present must verify, even where it is not needed."
        TimestampOutsideValidity "timestamp-outside-authority-validity" Deny Denied
            "A signed timestamp is outside its authority's validity"
            "The timestamp is authentic, but the trust root does not believe that authority at that time."
        NoVerifiedTime "no-verified-time" Deny Denied
            "Nothing proves when the signature was made"
            "A short-lived certificate can only be checked against a verified time: a Rekor v1 entry with its promise, or an RFC 3161 timestamp. The bundle has neither."
    }

    Signer "Who signed" {
        IdentityMismatch "identity-mismatch" Deny Denied
            "Somebody else signed"
            "The signature is genuine, but the certificate's identity is not the expected one. The comparison shows which part differs. Check whether the artifact comes from the workflow that you expect; if the release process moved, change the pin to its new exact identity after you have confirmed it."
        IdentityKindMismatch "identity-kind-mismatch" Deny Denied
            "The identity reads the same but is of another kind"
            "An e-mail address, a URI and a user name can be spelled alike and are different people. The pin asks for one kind and the certificate has another."
        IssuerMismatch "issuer-mismatch" Deny Denied
            "Another issuer vouches for the identity"
            "The identity is the expected one, but it was asserted by another OIDC issuer. Anybody can run an issuer that asserts any name, so the issuer is compared exactly, down to the last slash."
        MultipleIdentities "multiple-identities" Deny Denied
            "The certificate names more than one identity"
            "Fulcio issues certificates with exactly one subject alternative name. With several it is unclear who signed, so none of them matches."
        NoIdentity "no-identity" Deny Denied
            "The certificate names nobody"
            "The certificate has no subject alternative name that could be an identity, or no issuer extension."
        IdentityMalformed "identity-malformed" Deny Denied
            "The certificate's identity cannot be read"
            "The subject alternative name does not parse, stands twice, or holds characters that no identity has (line breaks, zero-width or direction marks), which make two names look alike. It matches nothing."
        SignerKindMismatch "signer-kind-mismatch" Deny Denied
            "Signed with a key where a certificate is expected, or the reverse"
            "The bundle's signer is a bare key and the pin names an identity, or the bundle has a certificate and the pin is a key. One never stands in for the other."
        ClaimMismatch "claim-mismatch" Deny Denied
            "A certificate claim has another value"
            "A Fulcio extension, which the issuer vouches for, does not have the demanded value."
        ClaimMissing "claim-missing" Deny Denied
            "A demanded certificate claim is absent"
            "The certificate does not carry the Fulcio extension. Older certificates and issuers other than CI systems carry few."
        ClaimMalformed "claim-malformed" Deny Denied
            "A certificate extension is malformed or doubled"
            "A Fulcio extension stands twice in the certificate or is not the string it should be. It is never treated as absent: a demand on it cannot be met."
        PinThreshold "pin-threshold-not-met" Deny Denied
            "Too few of the demanded signers have signed"
            "The policy demands several pins, each met by a signer of its own, and not enough of them were met."
    }

    Attestation "Attestations" {
        PredicateTypeMismatch "predicate-type-mismatch" Info NoEvidence
            "The attestation is of another type"
            "A verified attestation of one type says nothing about another; zero attestations of the demanded type is never success (CVE-2022-35929)."
        NotASignature "attestation-is-not-a-signature" Info NoEvidence
            "There are attestations, but no signature"
            "A statement about an artifact, such as a scan result, is not its maker's approval, so it does not count where a signature is asked for. Ask for the attestation by its type with --type."
        PredicateMalformed "predicate-malformed" Deny Denied
            "The predicate cannot be read"
            "A rule needs a field of the predicate that is missing or of the wrong type."
        BuilderMismatch "builder-mismatch" Deny Denied
            "Built by another builder"
            "The SLSA provenance names a builder other than the demanded one."
        SourceMismatch "source-mismatch" Deny Denied
            "Built from another source"
            "The SLSA provenance names another source repository or ref than the demanded one."
        CommitMismatch "commit-mismatch" Deny Denied
            "Built from another commit"
            "The certificate's source repository digest, or the provenance's, is not the commit that you audited."
        SummaryFailed "summary-failed" Deny Denied
            "The verification summary says that the artifact failed"
            "A verification summary is a verifier's word on an artifact, and this one says FAILED: the artifact did not meet the verifier's policy. Ask the verifier for its report."
        SummaryVerifierMismatch "summary-verifier-mismatch" Deny Denied
            "Another verifier made the summary"
            "Whoever may sign for one verifier may not sign for another: the signer and the verifier's id are relied on as a pair, and the id is compared exactly."
        SummaryResourceMismatch "summary-resource-mismatch" Deny Denied
            "The artifact was verified as another resource"
            "The summary is about this artifact, but it was verified for another name or environment. What may run in a test environment may not run in production."
        SummaryPolicyMismatch "summary-policy-mismatch" Deny Denied
            "The artifact was verified by another policy"
            "The summary names the digest of the policy that was met, and it is not the demanded one, or it names none by that algorithm."
        SummaryLevelTooLow "summary-level-too-low" Deny Denied
            "The summary does not reach the demanded level"
            "Levels of one SLSA track imply those below them. Other levels are compared exactly."
        EvidenceTooOld "evidence-too-old" Deny Denied
            "The evidence is older than allowed"
            "The earliest verified time of the evidence lies further back than --max-age permits: a signature that is stamped anew is no younger. Times that are only claimed do not count."
        NotLatest "not-the-latest" Info Denied
            "A later attestation decides"
            "With `require = \"latest\"` only the newest attestation by an accepted signer counts."
    }

    Predicate "Predicates before they are signed" {
        PredicateInvalid "predicate-invalid" Deny Denied
            "The predicate file is not what its type says"
            "The file is not JSON, has a key twice, lacks a member that the specification requires, or has one of the wrong type or format. What is signed is kept for good, so it is refused before. Each mistake is listed with its place, up to a limit."
        PredicateTooLarge "predicate-too-large" Deny Denied
            "The predicate file exceeds the limit"
            "Everybody who verifies the artifact has to fetch and read the whole attestation, and logs and registries have limits of their own. The message names the size and the limit."
        ProvenanceIncomplete "provenance-incomplete" Info Allowed
            "Parts of the provenance could not be known"
            "Provenance from a CI's environment says what the environment says, and nothing is guessed. The message names what is left out; the predicate names it too."
        EnvelopeNotStoredByLog "envelope-not-stored-by-log" Info Allowed
            "The log keeps a digest of the attestation only"
            "A Rekor v1 log that stores attestations stores them up to 100 KiB; a Rekor v2 log stores none. The entry proves when the attestation was made, and the attestation itself has to be kept in the registry or beside the file."
    }

    Sbom "The SBOM" {
        SbomMalformed "sbom-malformed" Deny Denied
            "The SBOM cannot be read"
            "The document is not well-formed JSON, XML or tag-value in UTF-8, or it can be read as two formats with different components. What cannot be read in one way only proves nothing."
        SbomUnsupported "sbom-unsupported" Deny Denied
            "The SBOM is of a format or version that is not read"
            "Read are CycloneDX 1.2 to 1.7 as JSON and XML, SPDX 2.2 and 2.3 as JSON and tag-value, and SPDX 3.0 as JSON-LD. Have the generator write one of these."
        SbomTooLarge "sbom-too-large" Deny Denied
            "The SBOM exceeds a limit"
            "The document is larger, deeper or holds more components or edges than is read. Limits keep a hostile document from costing memory or time. The message names the limit."
        SbomEmpty "sbom-empty" Deny Denied
            "There is nothing in the SBOM"
            "The document has no component at all, not even one that it describes. An empty list satisfies every rule, so it is never taken for an answer."
        SbomNoComponents "sbom-no-components" Deny Denied
            "The SBOM lists no component beside what it describes"
            "The document names what it is about and nothing in it. Either the artifact really has no parts, or the generator found none: it may have been given the wrong folder, or run before the dependencies were there."
        SbomCyclic "sbom-cyclic" Deny Denied
            "The SBOM's dependencies form a cycle"
            "A component depends on itself by way of others, so there is no path from the root that explains it. The message shows the cycle."
        SbomFieldUnreadable "sbom-field-unreadable" Deny Denied
            "A field that the decision needs cannot be read"
            "A licence, package URL, hash or id is of the wrong type, malformed, missing or given twice. What stands there could be what a rule denies, so it is not passed over. The message names the field and its line."
        SbomDigestMismatch "sbom-digest-mismatch" Deny Denied
            "The SBOM is about another artifact"
            "The root component of the SBOM names a digest, and it is not that of the verified artifact, nor that of its image configuration. The SBOM may be genuinely signed and still describe another build. Generate it from the published artifact, by digest. Tools that read `docker save` archives name a digest that no registry ever shows."
        SbomRootUnbound "sbom-root-unbound" Warning Denied
            "The SBOM's root names no digest"
            "The signed statement binds the SBOM to this artifact, but the document itself does not say which artifact it describes, so a mistake in signing would go unnoticed. Denies where `sbom.require-root-digest` is true."
        SbomUnauthenticated "sbom-unauthenticated" Warning Denied
            "Nobody signed the SBOM that was given"
            "The file named by `--sbom` is covered by no signature: it is no attested SBOM of the subject, no accepted statement names its digest, and no bundle of its own verifies. For an image that denies. For a file the rules are held against it all the same, and whoever gave the file answers for it; it denies where `sbom.unauthenticated` is \"deny\", and where a signature beside it is bad."
        SbomWithoutSubject "sbom-without-subject" Warning Denied
            "The SBOM was checked without an artifact"
            "No subject was named, so the rules were held against the document and nothing else: no artifact was hashed or verified, and what the document says it is about was compared with nothing."
        SbomNotCounted "sbom-not-counted" Info Allowed
            "This SBOM did not count"
            "Where several SBOMs of a subject are attested by accepted signers, `sbom.require` says which of them have to pass. The message names one that did not count, and why: a newer one of its format is there, or another one passed where any of them is enough."
        SbomNotChecked "sbom-not-checked" Info Allowed
            "The policy's rules about SBOMs were not asked"
            "The policy has an `[sbom]` table, and none of its rules that demand an SBOM covers this subject. So nothing was said about what is in it."
        SbomBaseline "sbom-baseline" Info Allowed
            "What the SBOM was compared with"
            "The message names the SBOM that the differences are counted from. A file is taken as it is: nobody signed it as far as this program knows, and whoever names it on the command line answers for it. The SBOM of a subject was verified by the same rules."
        BaselineUnverified "baseline-unverified" Deny Denied
            "The baseline is no accepted artifact"
            "The subject that `--baseline` names was verified by the same policy, and was not accepted, or has no SBOM that is signed and about it. Differences to something that nobody vouches for prove nothing."
        BaselineUndecided "baseline-undecided" Deny Undecided
            "The baseline could not be examined"
            "It could not be found out whether the subject that `--baseline` names is accepted, or what its SBOM is: a place did not answer. Try again."
        BaselineMissing "baseline-missing" Deny Misconfigured
            "The policy needs a baseline, and there is none"
            "`[sbom.drift]` denies differences to an SBOM that was accepted before, and nothing was named to compare with. `sbom-check --baseline` names it; `required = false` in the table says that a check without a baseline is meant to pass, for the first release and for commands that have no baseline."
        SbomDrift "sbom-drift" Deny Denied
            "The SBOM differs from the baseline"
            "A package is new, gone, or in another version; or at a version that stayed it has other licences, another supplier or other hashes. `[sbom.drift]` says which of these pass, which are recorded and which deny. Other hashes at the same version mean that somebody replaced what was published, or that the generator hashes something else."
        SbomDriftUnchecked "sbom-drift-unchecked" Info Allowed
            "The SBOM was compared with nothing"
            "The policy has rules about differences, says that a baseline is not required, and none was named."
        SbomChecked "sbom-checked" Info Allowed
            "This SBOM counted"
            "Where several SBOMs of a subject are attested by accepted signers, `sbom.require` says which of them have to pass. The message names each that did count, and what ties it to the artifact."
    }

    Ingredients "What the artifact is made of" {
        ComponentDenied "component-denied" Deny Denied
            "A component is on the deny list"
            "A rule denies this package, or this version of it. Deny rules beat allow rules. A version that cannot be read, and a pre-release between the bounds of a range, count as denied, because they cannot be told from what the rule is about."
        ComponentNotAllowed "component-not-allowed" Deny Denied
            "A component is not on the allow list"
            "There is an allow list of packages, and no entry of it accepts this one. Where an entry names the package, the message says what did not fit: the version, the hash or the supplier."
        ComponentUnidentified "component-unidentified" Deny Denied
            "A component has no package URL that can be read"
            "Without a package URL nothing says which package this is, so rules about packages cannot decide it. Have the generator write package URLs, or name the component with its supplier in the policy."
        LicenceDenied "licence-denied" Deny Denied
            "A component's licence is on the deny list"
            "The licence expression of the component leaves no choice that the deny list permits. The message names the part that decided."
        LicenceNotAllowed "licence-not-allowed" Deny Denied
            "A component's licence is not on the allow list"
            "The licence expression of the component leaves no choice that the allow list permits. The message names the part that decided."
        LicenceUnknown "licence-unknown" Deny Denied
            "A component's licence is not known"
            "The document states no licence, `NONE` or `NOASSERTION`, or a licence that neither SPDX nor the policy knows. What that means is for the policy to say, and without a word from it such a component is denied."
        VulnerabilityDenied "vulnerability-denied" Deny Denied
            "The SBOM states a vulnerability that is too severe"
            "The worst rating of the vulnerability is at least the severity that `sbom.vulnerabilities.deny` names. Portcullis looks for no vulnerabilities: whoever made the SBOM stated this one. The message says why a VEX statement about it did not excuse it, where there is one."
        VulnerabilityUnrated "vulnerability-unrated" Deny Denied
            "Nobody knows how bad a stated vulnerability is"
            "The SBOM states a vulnerability without a rating, or with one that cannot be compared: a vector alone, or a score of a method that has no common scale. It may be as bad as any, so it is denied unless `sbom.vulnerabilities.unknown` says otherwise."
        VulnerabilityExcused "vulnerability-excused" Info Allowed
            "A stated vulnerability does no harm here"
            "The policy would object to the vulnerability, but an OpenVEX statement by an accepted signer says that this artifact is not affected, or that it is fixed; or the SBOM itself says so and the policy believes it. The message names who says it and why."
        VexUnreadable "vex-unreadable" Deny Denied
            "A VEX document by an accepted signer cannot be read"
            "Somebody whom the policy accepts signed an OpenVEX document about this artifact, and it is malformed. It may take back what another one says, so without it nothing is excused and the artifact is denied. Have its author attest a document that is well-formed; `portcullis attest --type openvex` checks it before it signs."
        VexIncomplete "vex-incomplete" Deny Undecided
            "Not every place was read in which a later VEX statement may be"
            "A vulnerability is excused by a VEX statement, and a place did not answer, or a VEX attestation could not be examined. There may be a later statement that takes the excuse back. Try again."
        SbomIncomplete "sbom-incomplete" Deny Denied
            "An element that the policy demands is missing from the SBOM"
            "`sbom.completeness` demands it: a name, version, supplier, unique id or relationship of every component, or the author or timestamp of the document. The message counts the components without it and names some. Have the generator write it; some need a flag for that."
        SbomTooOld "sbom-too-old" Deny Denied
            "The SBOM is older than the policy permits"
            "The document's timestamp is further back than `sbom.completeness.max-age`. Generate the SBOM in the build that makes the artifact."
        SbomTimestampInvalid "sbom-timestamp-invalid" Deny Denied
            "The SBOM does not say credibly when it was made"
            "An age is demanded, and the document's timestamp is missing, is no RFC 3339 time, or lies in the future by more than five minutes. A time in the future would stay fresh for as long as its author likes."
        SbomGeneratorMismatch "sbom-generator-mismatch" Deny Denied
            "The SBOM was not made by a demanded generator"
            "`sbom.completeness.generator` lists tools and their versions, and the document names none of them as what made it. The message shows what it names."
    }

    Acceptances "What was accepted before" {
        AcceptedInvalid "accepted-invalid" Deny Misconfigured
            "The file of acceptances is invalid"
            "Every mistake is listed with its place. Nothing was examined. Only findings of rules about ingredients can be accepted, each with a reason, an owner and an end."
        AcceptedDigestMismatch "accepted-digest-mismatch" Deny Misconfigured
            "The file of acceptances is not the pinned one"
            "Its digest differs from `--accepted-digest`. Whoever can edit the acceptances can take findings out of the way, so they are pinned like the policy. Read what changed before pinning the new digest."
        AcceptanceEnded "acceptance-ended" Warning Allowed
            "An acceptance has ended"
            "Its last day is over, so what it accepted counts again. Put right what was accepted; a longer term is a decision of its owner, not a way around it."
        AcceptanceUnmatched "acceptance-unmatched" Info Allowed
            "An acceptance matches nothing that was found"
            "What it accepted is gone, or it is about another artifact. An entry that nothing needs would hide the same finding when it comes back."
        SbomObjections "sbom-objections" Info Allowed
            "How many objections there are, and how many of them are known"
            "New ones deny. Audited ones are recorded by a rule in mode `audit`, or by an `unknown` or `unidentified` of `audit`. Known ones are accepted in the file that `--accepted` names, and stay in the report."
    }

    Search "What was looked for and where" {
        NoEvidence "no-evidence" Deny NoEvidence
            "There is nothing of the demanded kind"
            "Every place answered and none holds a signature or attestation of the demanded kind. If this is a mirror, it may have dropped what was attached to the original."
        UnsignedEvidence "unsigned-evidence" Info NoEvidence
            "There are statements that nobody signed"
            "BuildKit's attestation manifests and cosign's `.sbom` tags carry no signature. They are listed, and never counted."
        PlaceFailed "place-failed" Deny Undecided
            "A place did not answer"
            "What could not be read may hold the very signature that is missing, or the one that would deny. Trying again may help."
        EvidenceUnreadable "evidence-unreadable" Deny Undecided
            "Attached evidence cannot be read"
            "A signature or attestation is listed, but its file could not be read. It may be the very one that is missing, or the one that would deny. Check that everything was copied."
        TimedOut "timed-out" Deny Undecided
            "The run did not finish in time"
            "The deadline of --timeout passed before everything was found out, so nothing is decided. Try again, or allow more time."
        SubjectUnreadable "subject-unreadable" Deny Undecided
            "The subject cannot be read"
            "The file or layout could not be read to its end, or changed while it was being read."
        SubjectNotFound "subject-not-found" Deny Undecided
            "The layout has no such image"
            "The tag, digest or platform is not in the layout's index. The message lists what is there."
        LayoutMalformed "layout-malformed" Deny Denied
            "The OCI layout is malformed"
            "A manifest, index or blob does not parse, is too large, or does not have the digest under which it is stored."
    }

    Registry "Registries" {
        RegistryUnreachable "registry-unreachable" Deny Undecided
            "The registry gave no answer"
            "No connection, no answer in time, an answer that broke off, or a server error, after several attempts. Nothing is known about what is there. Try again; behind a proxy check HTTPS_PROXY."
        RegistryCertificate "registry-certificate-untrusted" Deny Undecided
            "The certificate of a registry or token server is not trusted"
            "The host that was asked over TLS showed a certificate that has expired, is for another name, or comes from no authority that is trusted here. Nothing was sent to it, and asking again cannot help: it may be a mistake of whoever runs the host, or somebody in between. For a private certificate authority name its certificate with --registry-ca. There is no way to go on without checking."
        RegistryUnauthorised "registry-unauthorised" Deny Undecided
            "The registry does not let us look"
            "It answered 401 or 403, or its token server gave no token. That says nothing about whether the image is signed. Log in with an account that may pull; --verbose shows which credentials were used."
        RegistryThrottled "registry-throttled" Deny Undecided
            "The registry answers too many requests"
            "It answered 429 and went on doing so, or asks to wait for longer than a check should take. A throttle is never taken for `no signatures`. Try again later, or log in."
        RegistryNotFound "registry-not-found" Deny Undecided
            "The repository has no such manifest or blob"
            "The repository answered that it does not hold this tag or digest. Check the reference. Not found is not unsigned: nothing was examined."
        RegistryNoRepository "registry-repository-not-found" Deny Undecided
            "The registry has no such repository"
            "The registry answered that it does not know the name. Many registries say so as well about repositories that the asker may not see."
        RegistryDigestMismatch "registry-digest-mismatch" Deny Denied
            "The registry sent other bytes than were asked for"
            "Every manifest and blob is hashed here and compared with the digest and size that it was asked by (CVE-2023-33959). Other bytes mean that the registry, or something in between, changed them or is broken. Do not use the image."
        RegistryRefusedDestination "registry-refused-destination" Deny Undecided
            "The registry points to a place that is not gone to"
            "A token server, redirect or page lies at an address that credentials must not go to, that is not reached over TLS, that is not on the egress list, or that leads into a private network (CVE-2020-15157, CVE-2026-48978). Nothing was sent there. If the address is right, whoever runs this check can name it with --registry-auth-host or --registry-egress."
        RegistryResponseTooLarge "registry-response-too-large" Deny Undecided
            "The registry's answer is longer than is read"
            "Manifests, lists, tokens and evidence have limits far above what real ones need. Reading was stopped at the limit."
        RegistryProtocol "registry-protocol" Deny Undecided
            "The answer is not one that a registry gives"
            "The status, a header or the body is not what HTTP and the OCI distribution specification allow: a compressed answer, pages that lead in a circle, a list that is none. A proxy or a login page may have answered instead."
        RegistryContended "registry-contended" Deny Undecided
            "Others kept writing to the same place of the registry"
            "A registry without a referrers API keeps what is attached to an image in one list under a tag, and signatures of cosign's first form are layers under one tag. Whoever adds to it writes the whole of it, and most registries do not tell when somebody else did so in between. It was read back, others had overwritten it, and that went on for every attempt. What was published is in the registry under the digest that the message names, and is not listed yet. Try again."
        RegistryCredentials "registry-credentials-invalid" Deny Misconfigured
            "The configured registry credentials cannot be used"
            "A credential file does not parse, or a certificate, key or proxy address is malformed. The message names the file; its content is not repeated."
        ManifestMalformed "manifest-malformed" Deny Denied
            "A manifest in the registry is malformed"
            "A manifest or index does not parse, could be read as both, exceeds a limit, is of an obsolete kind, or is not of the kind that points to it (CVE-2021-41190). What cannot be read in one way only is denied."
    }

    Copying "Copying images" {
        NothingAttached "nothing-attached" Warning Allowed
            "The image was copied, and nothing is attached to it"
            "Every place that evidence is kept in answered, and none has any about this image: no signature, no attestation, no SBOM. Whoever verifies the copy will find no evidence. If there should be some, look where the image came from first: many mirrors and copying tools leave out what is attached."
        NotCopied "not-copied" Warning Allowed
            "Something that is listed with the image was not copied"
            "A list of referrers names a manifest that is about something else, or a layer may not be distributed. It was left out; it would not count as evidence about this image."
        LayoutTagTaken "layout-tag-taken" Deny Undecided
            "The layout has another image under this tag"
            "Images of a layout are told apart by their tags, and one with this tag and another digest is there. It is not overwritten. Save to another folder."
        CopyWriteFailed "copy-write-failed" Deny Undecided
            "What was copied could not be written"
            "The disk is full, the folder may not be written to, or something else stands where a file has to go. What is there looks as it did before: the list of images is written last."
        ArchiveMalformed "archive-malformed" Deny Undecided
            "The image archive cannot be read"
            "The file is no archive as `docker save` writes it: names that lead out of it, names that stand twice, more entries than an image has, a configuration that does not go with its layers. Nothing of it was written anywhere. Save the image again; a compressed archive has to be uncompressed first."
    }

    DeploymentFile "Deployment files whose images are pinned" {
        DeploymentFileMalformed "deployment-file-malformed" Deny Denied
            "The deployment file cannot be read"
            "The file is not YAML or JSON, is neither Kubernetes manifests nor a Compose file, or exceeds a limit. What cannot be read whole is not pinned in part. Templates have to be rendered first."
        DeploymentFileAmbiguous "deployment-file-ambiguous" Deny Denied
            "Readers of YAML take the deployment file differently"
            "What deploys the file may find other images in it than those that were verified: a key stands twice, a merge meets a key that stands before it, a tag or a line end means different things to different readers, or one text is an image in one place and something else in another. The message names the place; written plainly, it has one meaning."
        DeploymentFileNoImages "deployment-file-no-images" Deny NoEvidence
            "The deployment file names no image"
            "Everything was read and there is nothing to verify. A step that pins nothing must not pass, for it may have been given the wrong file or an empty rendering. Where files without images are expected, say so with --allow-no-images."
        ImageReferenceInvalid "image-reference-invalid" Deny Denied
            "A field names no image"
            "A deployment would take what stands there for an image, and it is not a reference that every tool reads alike. It cannot be verified."
        ImageReferenceVariable "image-reference-variable" Deny Denied
            "The name of an image depends on variables"
            "What is run is decided later, by an environment or a template that was not verified. Render the file first, and pin what comes out."
        ImageNotCovered "image-not-covered" Warning Allowed
            "Something may run that was not verified"
            "A service is built where it runs, comes from a file that was not given, or a custom resource names an image in a field of its own. It was left as it is. --deny-warnings makes this fail."
    }

    Caution "Warnings and things worth knowing" {
        UnsafeAnyIdentity "unsafe-any-identity" Warning Allowed
            "Any signer was accepted"
            "--unsafe-any-identity was given: the signature proves that somebody signed, and everybody can. Name the signer with --identity and --issuer."
        KeyWithoutLog "key-without-log" Warning Allowed
            "Accepted without a log entry"
            "--key-without-log was given and the signature is not logged: nobody can notice that the key was misused. Its time rests on a timestamp authority alone."
        WeakerTrust "trust-without-log" Info Allowed
            "This trust root has no transparency log"
            "GitHub's own Sigstore instance logs neither certificates nor signatures publicly; its timestamps stand in. Evidence that is present is still verified."
        WarningsDenied "warnings-denied" Deny Denied
            "A warning was given, and warnings deny"
            "--deny-warnings was given and there is at least one warning. Everything else that was asked for holds; the warnings beside this finding say what to put right."
        PackagePatternBroad "package-pattern-broad" Warning Allowed
            "The pattern accepts packages of anybody"
            "A rule that allows packages has a wildcard where the registry lets anybody choose a name, so it accepts packages that an attacker publishes tomorrow. Write out the type and the namespace or owner that you trust in front of the wildcard, or name the packages."
        PatternNoRef "pattern-without-ref" Warning Allowed
            "The pattern accepts any ref"
            "A workflow identity ends in `@ref`. A pattern that accepts any ref accepts every branch, tag and pull request that can run the workflow."
        PatternUnescapedDot "pattern-unescaped-dot" Warning Allowed
            "A dot in a host name accepts any character"
            "In a regular expression `.` accepts any character, so `github.com` also accepts `githubXcom`. Write `\\.`."
        PatternCrossesSlash "pattern-crosses-slash" Warning Allowed
            "A wildcard crosses path separators"
            "`.*` also accepts `/`, so what looks like one name can be any path. Write `[^/]*`."
        PatternBarePrefix "pattern-bare-prefix" Warning Allowed
            "The pattern accepts look-alike owners"
            "An owner or host that ends in a wildcard also accepts every longer name that starts the same way, which anybody can register."
        PatternPartOnly "pattern-matched-part-only" Info Denied
            "The pattern matches only a part of the identity"
            "Patterns are matched against the whole identity here. Other tools accept a match anywhere in it, so this pattern would have passed there."
        TrustStale "trust-not-refreshed" Warning Allowed
            "The trust root was not refreshed"
            "--offline was given, so a cached or built-in trust root was used as it is. Keys that were withdrawn since are still believed. The report gives its age."
        LargeListTruncated "details-omitted" Info Allowed
            "Some details were left out"
            "There were more candidates than a report should hold; the limit is named."
    }

    Signing "Making signatures" {
        SigningConfigInvalid "signing-config-invalid" Deny Misconfigured
            "The signing configuration cannot be used"
            "A signing configuration says which services an instance signs with. The message names the member that is missing or wrong. Nothing was signed."
        SigningUnsupported "signing-unsupported" Deny Misconfigured
            "What was asked for could not be verified afterwards"
            "The kind of the key, the logs and what is to be signed do not go together, or no service that is in use now is configured. Nothing is signed that `verify` would refuse. The table in docs/signing.md says which kind of key works with which log."
        SigningFailed "signing-failed" Deny Undecided
            "The key did not sign"
            "The cryptography library or the device that holds the key refused. Nothing was published."
        SigningTooLate "signing-too-late" Deny Undecided
            "The certificate has ended before its signature was logged"
            "A certificate lives for ten minutes, and every time that a bundle states has to lie within them. What was kept in a resume file can be finished later only if a timestamp was made in time and the log is Rekor v2. Sign again."
        ServiceUnreachable "service-unreachable" Deny Undecided
            "A signing service could not be reached"
            "There was no answer in time, or one that asks to come back later, after every attempt. What was made until then is kept in the resume file, if the message names one."
        ServiceRefused "service-refused" Deny Undecided
            "A signing service refused the request"
            "Fulcio refuses tokens that are expired, that are for another audience, or that come from an issuer it does not know; Rekor refuses entries that it cannot check."
        ServiceRefusedDestination "service-refused-destination" Deny Misconfigured
            "A signing service's address is not gone to"
            "Services are asked over https, or over http on loopback and where that was allowed by name. Redirects are not followed: a token is meant for the service that was named."
        ServiceAnswerInvalid "service-answer-invalid" Deny Undecided
            "A signing service answered with something else than it was asked for"
            "A certificate has to be for our key, a log entry has to record our signature, and a timestamp has to be for it and repeat our number. An answer that is anything else is not made into a bundle: the service, or something in between, is broken or hostile."
        LogEntryTooLarge "log-entry-too-large" Deny Undecided
            "The log refuses an entry of this size"
            "Whoever runs a log limits what it takes (HTTP 413, or 500 from Rekor 1.5). Rekor v1 is sent the whole envelope, predicate included; Rekor v2 is sent a digest."
        LogEntryExists "log-entry-exists" Deny Undecided
            "The log has the entry already and gives no proof of it"
            "An earlier attempt arrived at the log and its answer was lost. Rekor v2 then gives the proof no more, so a new signature is made once; when that is not possible, as for a resume file, sign again."
        MadeBundleRefused "made-bundle-refused" Deny Undecided
            "The bundle that was made does not verify"
            "Everything that is made is verified before it is published, against the trust root in use. This one does not verify, and the message says why. Most often the services and the trust root belong to different instances."
        ResultUnwritable "result-unwritable" Deny Undecided
            "The result could not be written"
            "The bundle was made and verified, and could not be put into its file, or what was read back was something else. The signature may be in the log already; sign again into another place."
        PublishedNotFound "published-not-found" Deny Undecided
            "What was published is not found"
            "The registry took the bundle and its manifest, and then did not list it with the image, so nobody who looks for signatures would find it. Lists of some registries lag behind, so it was looked for several times. What was made is kept in the resume file; publish it again with `portcullis sign --resume`."
        ConfirmationMissing "confirmation-missing" Deny Undecided
            "Nobody confirmed what the tag points to"
            "A tag can be moved between building and signing, so the digest that it points to is shown and somebody has to say that this is the one. The answer was not yes. Nothing was signed. Where nobody can be asked, name the digest, or say --yes."
        ResumeFileInvalid "resume-file-invalid" Deny Misconfigured
            "The resume file cannot be used"
            "It is not a file that an interrupted run of `portcullis sign` wrote, or it was changed since."
    }

    Gate "The gate" {
        GateConfigInvalid "gate-config-invalid" Deny Misconfigured
            "The configuration of the gate is invalid"
            "Every mistake is listed with its place. At the start the gate does not begin to listen; at a reload it goes on with the configuration that it has."
        GateDataUnusable "gate-data-unusable" Deny Misconfigured
            "The data directory of the gate cannot be used"
            "It is open in another process, others may read it, its database is damaged, or the chain of its records is broken. The gate does not start, because it could no longer tell what was accepted, decided and triggered. The message says which, and what to do."
        GateCannotStart "gate-cannot-start" Deny Undecided
            "The gate cannot start"
            "The system refuses something that the gate needs, such as its address or a thread. Nothing was accepted."
        NoRoute "no-route" Deny Denied
            "No route of the gate is for the image"
            "The configuration says for which repositories the gate lets deployments begin. This one is not among them, so nothing was fetched and nothing is triggered."
        Rollback "rollback" Info Allowed
            "An older image is deployed again"
            "It was allowed for this route and repository before, or was signed before the one that was allowed last. It still meets the policy, so it is allowed, and the record names the image that it takes the place of."
        RollbackDenied "rollback-denied" Deny Denied
            "The route refuses older images"
            "The image meets the policy, but it is older than the one that was allowed last for this route and repository, and the route says that this is not to be, or not this far back. An attacker who can send events cannot bring back an image with a known hole in this way (CVE-2024-23332)."
        DeadlinePassed "deadline-passed" Deny Undecided
            "It could not be found out in time"
            "Every attempt until the deadline of the route ended without an answer, so nothing is deployed. The findings beside this one say what kept it. Once that is put right, `portcullis gate replay` has it decided again."
    }
    Trigger "Setting deployments off" {
        TriggerSecretUnreadable "trigger-secret-unreadable" Deny Undecided
            "The secret of a trigger cannot be used"
            "The file that the configuration names for the token or key of a trigger is missing, empty, too large or not in the form that the trigger needs. Nothing was sent. The file is read again at the next attempt, so it can be replaced while the gate runs."
        TriggerUnauthorized "trigger-unauthorized" Deny Undecided
            "The target does not let the gate in"
            "The target of a trigger answered 401 or 403: the token is wrong or has expired, lacks a permission, or the target keeps a time in which nothing is deployed. Nothing was deployed. The order is tried again until its deadline; the token is read from its file each time."
        TriggerUnreachable "trigger-unreachable" Deny Undecided
            "The target of a trigger gives no answer"
            "There was no connection, no answer in time, or an answer that tells of a fault of the target. Where the order was sent already, it may have been carried out; a target whose state can be read is asked before it is sent again."
        TriggerBusy "trigger-busy" Deny Undecided
            "The target of a trigger is busy"
            "Something else is going on there, such as another operation on the same application. The order waits and is tried again."
        TriggerRefused "trigger-refused" Deny Denied
            "The target refuses the order"
            "The target of a trigger gave an answer that will be the same next time. The order is not tried again by itself; replay it when the cause is removed."
        TriggerAutoSync "trigger-auto-sync" Deny Denied
            "The application deploys by itself"
            "Automated sync is on for the application in Argo CD, so what stands in its repository is deployed without waiting for a decision. The gate would guard nothing. Switch it off, or write auto-sync = \"accept\" if that is wanted."
        TriggerImagesDiffer "trigger-images-differ" Deny Denied
            "The manifests do not name what was verified"
            "A sync deploys what the manifests of a revision say. These name an image that no decision allows, name one by its tag, or do not name the verified digest. Nothing was synced."
        TriggerFailed "trigger-failed" Deny Denied
            "The deployment was begun and failed"
            "The target began to carry the order out and says that it failed. What is deployed now is for a person to see; replay the decision to try again."
    }
    Configuration "Configuration" {
        PolicyInvalid "policy-invalid" Deny Misconfigured
            "The policy file is invalid"
            "Every mistake is listed with its place. Nothing was examined."
        PolicyRuleUnused "policy-rule-unused" Warning Allowed
            "A rule of the policy matches nothing in the SBOMs it was held against"
            "`policy check --against` found no component that this entry is about. An allow entry or an exception that nothing needs lets something in one day that nobody looked at. A deny entry that matches nothing does its work, and is only mentioned."
        PolicyRuleShadowed "policy-rule-shadowed" Warning Allowed
            "A rule of the policy never decides"
            "Another entry of the same list is about everything that this one is about. Take out one of the two, or what the narrower one was meant to restrict stays open."
        PolicyRuleContradicted "policy-rule-contradicted" Warning Allowed
            "A rule of the policy allows what another one denies as a whole"
            "Deny beats allow, so the allow entry does nothing. Either the deny entry is wider than it was meant to be, or the allow entry is left over."
        PolicyExceptionEnded "policy-exception-ended" Warning Allowed
            "An exception of the policy has ended"
            "Its last day is over, so it does nothing any more. Take it out, or have its owner decide anew."
        SubjectNotCovered "subject-not-covered" Deny Misconfigured
            "No rule of the policy covers the subject"
            "A policy says for which subjects its rules hold. What none of them covers is refused, never passed. If the subject belongs to this policy, add it to the `subjects` of the rule that is meant for it."
        ExactLooksLikePattern "exact-looks-like-pattern" Warning Allowed
            "An exact text reads like a pattern"
            "`identity`, `issuer` and exact claims are compared byte for byte, so `.*` or `^…$` in them match nothing but themselves. If a pattern is meant, write it under the key that says so (`identity-regex`)."
        PolicyDigestMismatch "policy-digest-mismatch" Deny Misconfigured
            "The policy file is not the pinned one"
            "--policy-digest pins the bytes of the policy, so that a change under review cannot edit its own judge. The file has another digest."
        PatternInvalid "pattern-invalid" Deny Misconfigured
            "A pattern is not a valid regular expression"
            "Patterns are compiled on their own before they are anchored, so a pattern cannot break out of its group."
        TrustInvalid "trust-root-invalid" Deny Misconfigured
            "The trust root is invalid or expired"
            "The trusted root or the TUF metadata that leads to it does not parse, does not verify or has expired. `portcullis trust doctor` shows which part."
        TrustUnavailable "trust-root-unavailable" Deny Undecided
            "The trust root could not be fetched"
            "The TUF repository did not answer and no stale copy is used in silence. Try again, or choose --offline knowingly, or name a --trusted-root file."
        KeyInvalid "key-invalid" Deny Misconfigured
            "The public key cannot be used"
            "Accepted are PEM public keys: ECDSA P-256 and P-384, Ed25519, RSA of at least 2048 bits."
        InternalError "internal-error" Deny Undecided
            "Something in Portcullis failed"
            "A check ended without an answer, so nothing is allowed. Please report it with the output of --verbose."
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Code {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL
            .iter()
            .copied()
            .find(|code| code.name() == text)
            .ok_or(())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn codes_are_kebab_case_and_unique() {
        let names: BTreeSet<&str> = Code::ALL.iter().map(|code| code.name()).collect();
        assert_eq!(names.len(), Code::ALL.len());
        for name in names {
            assert!(name.chars().all(|c| c.is_ascii_lowercase() || c == '-'), "{name}");
            assert_eq!(name.parse::<Code>().map(Code::name), Ok(name));
        }
    }

    #[test]
    fn every_code_explains_itself() {
        for code in Code::ALL {
            assert!(code.explanation().len() > code.title().len(), "{code}");
            assert!(!code.title().ends_with('.'), "{code}");
        }
    }

    #[test]
    fn a_code_that_denies_never_leads_to_allowed() {
        for code in Code::ALL {
            assert!(
                code.severity() != Severity::Deny || code.verdict() != Verdict::Allowed,
                "{code}"
            );
        }
    }
}
