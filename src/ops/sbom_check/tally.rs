//! How many objections there are, and how many of them are new.

use crate::report::{Code, Finding};

/// Objections of the rules, counted before a long list is cut.
#[derive(Debug, Default)]
pub(super) struct Tally {
    new: usize,
    audited: usize,
    known: usize,
}

impl Tally {
    /// Counts a finding, if a rule about ingredients made it.
    pub(super) fn count(&mut self, finding: &Finding) {
        if finding.fingerprint.is_none() {
            return;
        }
        match (&finding.accepted, finding.audited) {
            (Some(_), _) => self.known += 1,
            (None, true) => self.audited += 1,
            (None, false) => self.new += 1,
        }
    }

    /// The numbers in one sentence; nothing where there is no objection.
    pub(super) fn finding(&self) -> Option<Finding> {
        let total = self.new + self.audited + self.known;
        if total == 0 {
            return None;
        }
        let noun = if total == 1 { "objection" } else { "objections" };
        let message = format!(
            "{total} {noun} to the SBOM: {} new, {} audited, {} known",
            self.new, self.audited, self.known
        );
        Some(Finding::new(Code::SbomObjections, message))
    }
}
