//! Alpine versions: `number{.number}{letter}{_suffix{number}}{~hash}{-r#}` (apk-tools, version.c).

use std::cmp::Ordering;

use super::digits::{self, split_run};

/// Suffixes in their order; the plain version stands between `rc` and `cvs`.
const SUFFIXES: [&str; 10] = ["alpha", "beta", "pre", "rc", "", "cvs", "svn", "git", "hg", "p"];
/// The place of the plain version in [`SUFFIXES`].
const PLAIN: usize = 4;

/// An Alpine version in its parts.
#[derive(Debug, Clone)]
pub(super) struct ApkVersion {
    numbers: Vec<String>,
    letter: Option<u8>,
    suffixes: Vec<(usize, String)>,
    revision: String,
}

impl ApkVersion {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (text, revision) = match text.rsplit_once("-r") {
            Some((text, revision)) if is_number(revision) => (text, revision),
            Some(_) => return None,
            None => (text, ""),
        };
        // The hash of a commit has no order.
        let (text, hash) = text.split_once('~').unwrap_or((text, ""));
        if !hash.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        let mut parts = text.split('_');
        let (numbers, letter) = split_run(parts.next()?, |byte| byte.is_ascii_digit() || byte == b'.');
        let numbers: Vec<String> = numbers.split('.').map(str::to_owned).collect();
        let letter = match letter.as_bytes() {
            [] => None,
            [letter] if letter.is_ascii_lowercase() => Some(*letter),
            _ => return None,
        };
        let suffix = |part: &str| {
            let (word, number) = split_run(part, |byte| byte.is_ascii_lowercase());
            let rank = SUFFIXES
                .iter()
                .position(|known| !word.is_empty() && *known == word)?;
            (number.is_empty() || is_number(number)).then(|| (rank, number.to_owned()))
        };
        let suffixes = parts.map(suffix).collect::<Option<_>>()?;
        numbers.iter().all(|number| is_number(number)).then(|| Self {
            numbers,
            letter,
            suffixes,
            revision: revision.to_owned(),
        })
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The first number by value; a later one with a leading zero as digits behind a decimal point, so `1.02` is older
/// than `1.1`.
fn numbers(a: &[String], b: &[String]) -> Ordering {
    for (at, (a, b)) in a.iter().zip(b).enumerate() {
        let is_fraction = at > 0 && (a.starts_with('0') || b.starts_with('0'));
        let order = if is_fraction {
            a.cmp(b)
        } else {
            digits::compare(a, b)
        };
        if order.is_ne() {
            return order;
        }
    }
    a.len().cmp(&b.len())
}

fn suffixes(a: &[(usize, String)], b: &[(usize, String)]) -> Ordering {
    let plain = (PLAIN, String::new());
    for at in 0..a.len().max(b.len()) {
        let (a, b) = (a.get(at).unwrap_or(&plain), b.get(at).unwrap_or(&plain));
        let order = a.0.cmp(&b.0).then_with(|| digits::compare(&a.1, &b.1));
        if order.is_ne() {
            return order;
        }
    }
    Ordering::Equal
}

impl Ord for ApkVersion {
    fn cmp(&self, other: &Self) -> Ordering {
        numbers(&self.numbers, &other.numbers)
            .then_with(|| self.letter.cmp(&other.letter))
            .then_with(|| suffixes(&self.suffixes, &other.suffixes))
            .then_with(|| digits::compare(&self.revision, &other.revision))
    }
}

impl PartialOrd for ApkVersion {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for ApkVersion {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for ApkVersion {}
