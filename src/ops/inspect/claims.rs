//! What a candidate says of itself.

use crate::ops::verify::candidate::{Candidate, Material};
use crate::report::{Attached, Claims};
use crate::sigstore::ParsedBundle;
use crate::sigstore::certificate::CertificateFacts;
use crate::subject::Digest;

/// Most characters of a claim that are repeated.
const MAX_CLAIM_CHARS: usize = 2_000;

/// A candidate that was found with `about`; `digest` and `size` are those of the bytes that it was read from.
pub(super) fn attached(
    candidate: Candidate,
    about: &Digest,
    digest: Digest,
    size: u64,
    media_type: Option<String>,
) -> Attached {
    let claimed = Claims {
        about: (candidate.about != *about).then(|| candidate.about.clone()),
        predicate_type: candidate.claimed_predicate_type().map(bounded),
        media_type: media_type.as_deref().map(bounded),
        ..candidate.bundle().map(of_bundle).unwrap_or_default()
    };
    let form = candidate.kind();
    let problem = match candidate.material {
        Material::Unreadable(finding) => Some(finding),
        Material::Bundle(_)
        | Material::OverPayload { .. }
        | Material::OverFiles { .. }
        | Material::Unsigned(_) => None,
    };
    Attached {
        location: candidate.location,
        form,
        format: candidate.format,
        digest,
        size,
        claimed,
        problem: problem.map(|finding| *finding),
    }
}

fn of_bundle(bundle: &ParsedBundle) -> Claims {
    let claims = Claims {
        logs: bundle.claimed_log_entries(),
        timestamps: bundle.timestamps(),
        ..Claims::default()
    };
    match bundle.certificate() {
        Some(der) => with_certificate(claims, der),
        None => claims,
    }
}

/// Adds what a certificate in DER says.
pub(super) fn with_certificate(claims: Claims, der: &[u8]) -> Claims {
    let Ok(facts) = CertificateFacts::from_der(der) else {
        return claims;
    };
    Claims {
        signer: Some(facts.report()),
        certificate_from: Some(facts.not_before),
        certificate_until: Some(facts.not_after),
        ..claims
    }
}

fn bounded(text: &str) -> String {
    match text.char_indices().nth(MAX_CLAIM_CHARS) {
        None => text.to_owned(),
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or_default()),
    }
}
