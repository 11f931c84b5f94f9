//! Under which key a verdict is kept, and until when it holds.

use std::time::Duration;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};

use super::trust::Trust;
use crate::gate::config::Route;
use crate::gate::record::Proof;
use crate::gate::store::VerdictKey;
use crate::report::ToolReport;
use crate::subject::{Digest, Reference, Subject};

/// SHA-256 over everything that an *allowed* depends on, so that another image, route, policy, trust root or build has
/// another key.
pub(super) fn of(route: &Route, repository: &str, digest: &Digest, trust: &Trust) -> VerdictKey {
    let relaxed = trust.material().relaxations();
    let parts = [
        "portcullis gate verdict key 2",
        ToolReport::THIS.version,
        &route.name,
        repository,
        &digest.to_string(),
        // The policy's rules and pins, and every file that they were read from.
        &route.inputs.to_string(),
        if route.deny_warnings { "deny-warnings" } else { "" },
        &trust.digest().to_string(),
        // The same root asks for less when it is named as an instance without logs than when it is named as a file.
        if relaxed.log_entry { "no-log-entry" } else { "" },
        if relaxed.certificate_timestamp {
            "no-certificate-timestamp"
        } else {
            ""
        },
    ];
    let mut bytes = Vec::new();
    for part in parts {
        // With its length in front, no part can reach into the next.
        bytes.extend_from_slice(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        bytes.extend_from_slice(part.as_bytes());
    }
    *sigstore_crypto::sha256(&bytes).as_bytes()
}

/// The earliest time at which an *allowed* could be otherwise: what the configuration gives it, the end of the day (on
/// which exceptions of a policy end, in UTC), the age that a demand gives evidence, and the time until which the trust root
/// is believed without having been refreshed.
pub(super) fn expiry(
    route: &Route,
    reference: &Reference,
    proof: &Proof,
    trust: &Trust,
    longest: Duration,
    now: Timestamp,
) -> Timestamp {
    let after = |start: Timestamp, duration: Duration| {
        let duration = SignedDuration::try_from(duration).unwrap_or(SignedDuration::MAX);
        start.checked_add(duration).unwrap_or(Timestamp::MAX)
    };
    let day = now.to_zoned(TimeZone::UTC).start_of_day();
    let midnight = day
        .and_then(|day| day.checked_add(1.day()))
        .map_or(now, |next| next.timestamp());
    let demands = route
        .policy()
        .map(|policy| policy.demands_for(&Subject::Image(reference.clone())));
    let Some(Ok(demands)) = demands else {
        return now;
    };
    let ages = demands.iter().filter_map(|demand| demand.max_age.as_ref());
    // Measured from the oldest evidence: earlier than needed at worst.
    let aged = ages
        .map(|age| proof.signed.map_or(now, |signed| after(signed, age.value)))
        .min();
    let ends = [
        after(now, longest),
        midnight,
        trust.until(),
        aged.unwrap_or(Timestamp::MAX),
    ];
    ends.into_iter().min().unwrap_or(now)
}
