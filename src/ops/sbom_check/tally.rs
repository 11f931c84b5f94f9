//! How many objections there are, and how many of them are new.

use std::collections::BTreeSet;

use crate::report::{Code, Finding};

/// Objections of the rules, counted before a long list is cut.
#[derive(Debug, Default)]
pub(super) struct Tally {
    new: usize,
    audited: usize,
    known: usize,
    packages: BTreeSet<String>,
}

impl Tally {
    /// Counts a finding, if a rule about ingredients made it.
    pub(super) fn count(&mut self, finding: &Finding) {
        if finding.fingerprint.is_none() {
            return;
        }
        self.packages.extend(finding.package.clone());
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
        let plural = |count: usize| if count == 1 { "" } else { "s" };
        let packages = self.packages.len();
        let message = format!(
            "{total} objection{} to {packages} package{} of the SBOM: {} new, {} audited, {} known",
            plural(total),
            plural(packages),
            self.new,
            self.audited,
            self.known
        );
        Some(Finding::new(Code::SbomObjections, message))
    }
}
