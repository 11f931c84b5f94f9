//! What a TUF repository can do wrong.

/// What a repository does to its clients. Each is something that a client must notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Hostile {
    /// A timestamp older than what clients have seen (TUF section 5.4.3.1; CVE-2022-29173).
    TimestampRolledBack,
    /// A new timestamp that names an old snapshot (5.4.3.2).
    SnapshotRolledBack,
    /// A new snapshot that names old targets (5.5.5).
    TargetsRolledBack,
    /// An expired root (5.3.10).
    RootExpired,
    /// An expired timestamp: a freeze attack (5.4.4).
    TimestampExpired,
    /// An expired snapshot (5.5.6).
    SnapshotExpired,
    /// Expired targets (5.6.6).
    TargetsExpired,
    /// One key signs twice under its id, to meet a threshold of two (GHSA-3633-5h82-39pq, CVE-2020-15093).
    DuplicateSignatures,
    /// Too few signatures.
    BelowThreshold,
    /// Signatures by keys that the root does not list, under the ids of those it does.
    WrongKey,
    /// A threshold of zero in the newest root (CVE-2026-23992).
    ZeroThreshold,
    /// A new root that the previous root's keys did not sign (5.3.4).
    RootNotSignedByPredecessor,
    /// A root file under the name of another version (5.3.5).
    RootVersionSkipped,
    /// A snapshot whose bytes are not those that the timestamp names: mix and match (5.5.2).
    SnapshotMixed,
    /// A target whose bytes are not those that the targets name (5.7.2).
    WrongTargetHash,
    /// A target longer than the targets say: endless data (5.7.2).
    OversizedTarget,
    /// The target under a name that leads out of a cache directory (CVE-2026-24137, CVE-2026-24686).
    PathTraversal,
    /// Metadata that is not JSON (CVE-2026-23991).
    MalformedTimestamp,
}

impl Hostile {
    /// Every variant.
    pub const ALL: [Self; 18] = [
        Self::TimestampRolledBack,
        Self::SnapshotRolledBack,
        Self::TargetsRolledBack,
        Self::RootExpired,
        Self::TimestampExpired,
        Self::SnapshotExpired,
        Self::TargetsExpired,
        Self::DuplicateSignatures,
        Self::BelowThreshold,
        Self::WrongKey,
        Self::ZeroThreshold,
        Self::RootNotSignedByPredecessor,
        Self::RootVersionSkipped,
        Self::SnapshotMixed,
        Self::WrongTargetHash,
        Self::OversizedTarget,
        Self::PathTraversal,
        Self::MalformedTimestamp,
    ];

    /// The role that is expired.
    pub(super) fn expired(self) -> Option<&'static str> {
        match self {
            Self::RootExpired => Some("root"),
            Self::TimestampExpired => Some("timestamp"),
            Self::SnapshotExpired => Some("snapshot"),
            Self::TargetsExpired => Some("targets"),
            _ => None,
        }
    }
}
