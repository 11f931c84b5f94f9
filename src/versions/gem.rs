//! RubyGems versions, ordered as Gem::Version orders them.

use std::cmp::Ordering;

use super::digits::{self, split_run};

/// The segments of a gem's version.
#[derive(Debug, Clone)]
pub(super) struct GemVersion {
    /// The numbers in front, without zeros at the end.
    numbers: Vec<String>,
    /// From the first word on, without zeros at the end: what makes it a pre-release.
    rest: Vec<String>,
}

impl GemVersion {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let begins_well = text.starts_with(|letter: char| letter.is_ascii_digit());
        let parts_are_words = text.replacen('-', ".", 1).split('.').all(|part| {
            !part.is_empty()
                && part
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || (byte == b'-' && text.contains('-')))
        });
        if !begins_well || !parts_are_words {
            return None;
        }
        let mut segments = Vec::new();
        let dotted = text.replace('-', ".pre.");
        let mut rest = dotted.as_str();
        while !rest.is_empty() {
            let is_number = rest.starts_with(|letter: char| letter.is_ascii_digit());
            let (segment, after) = split_run(rest, |byte| {
                byte != b'.' && byte.is_ascii_alphanumeric() && byte.is_ascii_digit() == is_number
            });
            if !segment.is_empty() {
                segments.push(segment.to_owned());
            }
            rest = after.strip_prefix('.').unwrap_or(after);
        }
        let first_word = segments.iter().position(|segment| !is_number(segment));
        let mut rest = segments.split_off(first_word.unwrap_or(segments.len()));
        for part in [&mut segments, &mut rest] {
            while part.last().is_some_and(|segment| is_zero(segment)) {
                part.pop();
            }
        }
        Some(Self {
            numbers: segments,
            rest,
        })
    }

    /// The release that this is a pre-release of: the numbers in front.
    pub(super) fn release_ahead(&self) -> Option<Self> {
        (!self.rest.is_empty()).then(|| Self {
            numbers: self.numbers.clone(),
            rest: Vec::new(),
        })
    }
}

fn is_number(segment: &str) -> bool {
    !segment.is_empty() && segment.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_zero(segment: &str) -> bool {
    segment.bytes().all(|byte| byte == b'0')
}

impl Ord for GemVersion {
    fn cmp(&self, other: &Self) -> Ordering {
        let mut a = self.numbers.iter().chain(&self.rest);
        let mut b = other.numbers.iter().chain(&other.rest);
        let zero = "0".to_owned();
        loop {
            let (a, b) = match (a.next(), b.next()) {
                (None, None) => return Ordering::Equal,
                (a, b) => (a.unwrap_or(&zero), b.unwrap_or(&zero)),
            };
            let order = match (is_number(a), is_number(b)) {
                (true, true) => digits::compare(a, b),
                (false, false) => a.cmp(b),
                // A word is older than a number.
                (a_is_number, _) => a_is_number.cmp(&!a_is_number),
            };
            if order.is_ne() {
                return order;
            }
        }
    }
}

impl PartialOrd for GemVersion {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for GemVersion {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for GemVersion {}
