//! RPM versions: `[epoch:]version[-release]` (rpm-version(7)).

use std::cmp::Ordering;

use super::digits::{self, split_epoch, split_run};

/// An RPM version in its parts.
#[derive(Debug, Clone)]
pub(super) struct RpmVersion {
    pub(super) epoch: Option<u32>,
    version: String,
    /// `None` in a bound means any release, as in RPM's own dependencies.
    pub(super) release: Option<String>,
}

impl RpmVersion {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (epoch, rest) = split_epoch(text)?;
        let (version, release) = match rest.rsplit_once('-') {
            Some((version, release)) => (version, Some(release)),
            None => (rest, None),
        };
        let plain = |text: &str| {
            !text.is_empty()
                && text
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"._+~^%{}".contains(&byte))
                && text.bytes().any(|byte| byte.is_ascii_alphanumeric())
        };
        (plain(version) && release.is_none_or(plain)).then(|| Self {
            epoch,
            version: version.to_owned(),
            release: release.map(str::to_owned),
        })
    }

    /// This version without its release.
    pub(super) fn without_release(&self) -> Self {
        Self {
            release: None,
            ..self.clone()
        }
    }
}

impl Ord for RpmVersion {
    fn cmp(&self, other: &Self) -> Ordering {
        self.epoch
            .unwrap_or(0)
            .cmp(&other.epoch.unwrap_or(0))
            .then_with(|| compare(&self.version, &other.version))
            .then_with(|| match (&self.release, &other.release) {
                (Some(a), Some(b)) => compare(a, b),
                (a, b) => a.is_some().cmp(&b.is_some()),
            })
    }
}

/// Segments of digits or letters in turn; everything else only separates, apart from `~` (before the end) and `^`
/// (behind the end, before anything that goes on).
fn compare(mut a: &str, mut b: &str) -> Ordering {
    loop {
        let separates = |byte: u8| !byte.is_ascii_alphanumeric() && byte != b'~' && byte != b'^';
        (a, b) = (split_run(a, separates).1, split_run(b, separates).1);
        match (a.strip_prefix('~'), b.strip_prefix('~')) {
            (Some(rest_a), Some(rest_b)) => {
                (a, b) = (rest_a, rest_b);
                continue;
            }
            (Some(_), None) => return Ordering::Less,
            (None, Some(_)) => return Ordering::Greater,
            (None, None) => {}
        }
        match (a.strip_prefix('^'), b.strip_prefix('^')) {
            (Some(rest_a), Some(rest_b)) => {
                (a, b) = (rest_a, rest_b);
                continue;
            }
            (Some(_), None) if b.is_empty() => return Ordering::Greater,
            (Some(_), None) => return Ordering::Less,
            (None, Some(_)) if a.is_empty() => return Ordering::Less,
            (None, Some(_)) => return Ordering::Greater,
            (None, None) => {}
        }
        let order = match (a.bytes().next(), b.bytes().next()) {
            (None, None) => return Ordering::Equal,
            (None, Some(_)) => return Ordering::Less,
            (Some(_), None) => return Ordering::Greater,
            (Some(x), Some(y)) => match (x.is_ascii_digit(), y.is_ascii_digit()) {
                // A number is newer than a word.
                (true, false) => return Ordering::Greater,
                (false, true) => return Ordering::Less,
                (is_number, _) => {
                    let belongs = |byte: u8| {
                        if is_number {
                            byte.is_ascii_digit()
                        } else {
                            byte.is_ascii_alphabetic()
                        }
                    };
                    let ((run_a, rest_a), (run_b, rest_b)) = (split_run(a, belongs), split_run(b, belongs));
                    (a, b) = (rest_a, rest_b);
                    if is_number {
                        digits::compare(run_a, run_b)
                    } else {
                        run_a.cmp(run_b)
                    }
                }
            },
        };
        if order != Ordering::Equal {
            return order;
        }
    }
}

impl PartialOrd for RpmVersion {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for RpmVersion {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for RpmVersion {}
