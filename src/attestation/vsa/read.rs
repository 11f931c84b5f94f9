//! The fields of a verification summary that a rule can ask for.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::Value;

use super::VSA_TYPE;
use crate::subject::{Algorithm, Digest};

/// What a verifier says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// Who verified: `verifier.id`.
    pub verifier: String,
    /// When, by the verifier's own word.
    pub time_verified: Timestamp,
    /// What the artifact was verified as.
    pub resource_uri: String,
    /// Digests of the policy, by algorithm.
    pub policy_digests: BTreeMap<String, String>,
    /// Whether the artifact met the policy.
    pub passed: bool,
    /// The levels that it met.
    pub levels: Vec<String>,
}

impl Summary {
    /// Reads a predicate that was verified.
    ///
    /// # Errors
    ///
    /// The member that is missing or not what the specification says: a summary that cannot be read says nothing.
    pub fn parse(predicate_type: &str, predicate: &str) -> Result<Self, String> {
        if predicate_type != VSA_TYPE {
            return Err(format!(
                "summaries of version 1 can be read, and this one is {predicate_type}"
            ));
        }
        let value: Value = serde_json::from_str(predicate).map_err(|error| error.to_string())?;
        let text = |pointer: &str| {
            let found = value.pointer(pointer).and_then(Value::as_str);
            found.ok_or_else(|| format!("{pointer} is missing or no text"))
        };
        let time = text("/timeVerified")?;
        let passed = match text("/verificationResult")? {
            "PASSED" => true,
            "FAILED" => false,
            other => {
                return Err(format!(
                    "/verificationResult is {other:?}, neither PASSED nor FAILED"
                ));
            }
        };
        Ok(Self {
            verifier: text("/verifier/id")?.to_owned(),
            time_verified: time
                .parse()
                .map_err(|_| format!("/timeVerified is {time:?}, no time"))?,
            resource_uri: text("/resourceUri")?.to_owned(),
            policy_digests: digests(value.pointer("/policy/digest")),
            passed,
            levels: levels(&value)?,
        })
    }

    /// Whether a level was met: it, or a higher one of the same track. A summary that failed met none.
    pub fn reaches(&self, level: &str) -> bool {
        self.passed
            && self.levels.iter().any(|met| match (track(met), track(level)) {
                (Some((met, height)), Some((wanted, least))) => met == wanted && height >= least,
                _ => met == level,
            })
    }

    /// Whether the policy was this one, by a digest of the same algorithm.
    pub fn is_by_policy(&self, digest: &Digest) -> bool {
        let algorithm: Algorithm = digest.algorithm();
        self.policy_digests
            .get(algorithm.name())
            .and_then(|hex| Digest::parse_hex(algorithm, hex).ok())
            .is_some_and(|found| found == *digest)
    }
}

fn digests(value: Option<&Value>) -> BTreeMap<String, String> {
    let members = value.and_then(Value::as_object).into_iter().flatten();
    members
        .filter_map(|(name, hex)| Some((name.clone(), hex.as_str()?.to_owned())))
        .collect()
}

fn levels(value: &Value) -> Result<Vec<String>, String> {
    let levels = value.get("verifiedLevels").and_then(Value::as_array);
    let levels = levels.ok_or("/verifiedLevels is missing or no list")?;
    levels
        .iter()
        .map(|level| level.as_str().map(str::to_owned))
        .collect::<Option<_>>()
        .ok_or_else(|| "/verifiedLevels has something that is no text".to_owned())
}

/// `SLSA_BUILD_LEVEL_3` as its track and its height. Levels of others are not ordered.
fn track(level: &str) -> Option<(&str, u32)> {
    let (track, height) = level.strip_prefix("SLSA_")?.rsplit_once("_LEVEL_")?;
    let is_plain = !height.is_empty() && height.bytes().all(|byte| byte.is_ascii_digit());
    is_plain.then_some(())?;
    Some((track, height.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn predicate() -> Value {
        json!({
            "verifier": {"id": "https://v.example"},
            "timeVerified": "2026-01-31T12:00:00Z",
            "resourceUri": "pkg:oci/app",
            "policy": {"uri": "https://p.example", "digest": {"sha256": Digest::sha256(b"policy").to_hex()}},
            "verificationResult": "PASSED",
            "verifiedLevels": ["SLSA_BUILD_LEVEL_2", "OWN_LEVEL_3"],
        })
    }

    fn parse(value: &Value) -> Result<Summary, String> {
        Summary::parse(VSA_TYPE, &value.to_string())
    }

    #[test]
    fn levels_of_a_track_imply_those_below() {
        let summary = parse(&predicate()).unwrap();
        for (level, expected) in [
            ("SLSA_BUILD_LEVEL_1", true),
            ("SLSA_BUILD_LEVEL_2", true),
            ("SLSA_BUILD_LEVEL_3", false),
            ("SLSA_SOURCE_LEVEL_1", false),
            ("SLSA_BUILD_LEVEL_", false),
            ("SLSA_BUILD_LEVEL_+1", false),
            ("OWN_LEVEL_3", true),
            ("OWN_LEVEL_2", false),
            ("", false),
        ] {
            assert_eq!(summary.reaches(level), expected, "{level}");
        }
        let failed = Summary {
            passed: false,
            ..summary
        };
        assert!(!failed.reaches("SLSA_BUILD_LEVEL_1"));
    }

    #[test]
    fn the_policy_is_compared_by_algorithm_and_bytes() {
        let summary = parse(&predicate()).unwrap();
        assert!(summary.is_by_policy(&Digest::sha256(b"policy")));
        assert!(!summary.is_by_policy(&Digest::sha256(b"another")));
        assert!(!summary.is_by_policy(&Digest::of(Algorithm::Sha512, b"policy")));
        let mut without = predicate();
        without["policy"] = json!({"uri": "https://p.example"});
        assert!(!parse(&without).unwrap().is_by_policy(&Digest::sha256(b"policy")));
    }

    #[test]
    fn what_cannot_be_read_says_nothing() {
        for (member, value) in [
            ("verifier", json!("https://v.example")),
            ("verifier", json!(["https://v.example"])),
            ("verificationResult", json!("passed")),
            ("verificationResult", json!(true)),
            ("timeVerified", json!("yesterday")),
            ("resourceUri", Value::Null),
            ("verifiedLevels", json!("SLSA_BUILD_LEVEL_3")),
            ("verifiedLevels", json!([3])),
        ] {
            let mut changed = predicate();
            changed[member] = value;
            assert!(parse(&changed).unwrap_err().contains(member), "{changed}");
        }
        let old = Summary::parse("https://slsa.dev/verification_summary/v0.2", "{}");
        assert!(old.unwrap_err().contains("v0.2"));
        assert!(Summary::parse(VSA_TYPE, "[]").is_err());
    }
}
