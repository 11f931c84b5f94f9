//! Debian versions: `[epoch:]upstream[-revision]` (deb-version(7)).

use std::cmp::Ordering;

use super::digits::{self, split_epoch, split_run};

/// A Debian version in its parts.
#[derive(Debug, Clone)]
pub(super) struct DebVersion {
    pub(super) epoch: Option<u32>,
    upstream: String,
    /// Empty where there is none, which is the same as `0`.
    revision: String,
}

impl DebVersion {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (epoch, rest) = split_epoch(text)?;
        let (upstream, revision) = rest.rsplit_once('-').unwrap_or((rest, ""));
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b".+~".contains(&byte);
        // dpkg asks for a digit in front, and distributions do not keep to it.
        let is_upstream = !upstream.is_empty()
            && upstream
                .bytes()
                .all(|byte| plain(byte) || byte == b'-' || (byte == b':' && epoch.is_some()));
        let ends_well = !rest.ends_with('-');
        (is_upstream && ends_well && revision.bytes().all(plain)).then(|| Self {
            epoch,
            upstream: upstream.to_owned(),
            revision: revision.to_owned(),
        })
    }
}

impl Ord for DebVersion {
    fn cmp(&self, other: &Self) -> Ordering {
        self.epoch
            .unwrap_or(0)
            .cmp(&other.epoch.unwrap_or(0))
            .then_with(|| parts(&self.upstream, &other.upstream))
            .then_with(|| parts(&self.revision, &other.revision))
    }
}

/// Runs of non-digits and of digits in turn.
fn parts(mut a: &str, mut b: &str) -> Ordering {
    while !a.is_empty() || !b.is_empty() {
        let ((words_a, rest_a), (words_b, rest_b)) = (
            split_run(a, |byte| !byte.is_ascii_digit()),
            split_run(b, |byte| !byte.is_ascii_digit()),
        );
        let ((number_a, rest_a), (number_b, rest_b)) = (
            split_run(rest_a, |byte| byte.is_ascii_digit()),
            split_run(rest_b, |byte| byte.is_ascii_digit()),
        );
        let order = words(words_a, words_b).then_with(|| digits::compare(number_a, number_b));
        if order != Ordering::Equal {
            return order;
        }
        (a, b) = (rest_a, rest_b);
    }
    Ordering::Equal
}

/// `~` before the end, the end before letters, letters before everything else.
fn words(a: &str, b: &str) -> Ordering {
    let weight = |byte: Option<u8>| match byte {
        Some(b'~') => -1,
        None => 0,
        Some(letter) if letter.is_ascii_alphabetic() => i32::from(letter),
        Some(other) => i32::from(other) + 256,
    };
    let (mut a, mut b) = (a.bytes(), b.bytes());
    loop {
        let (next_a, next_b) = (a.next(), b.next());
        let order = weight(next_a).cmp(&weight(next_b));
        if order != Ordering::Equal || (next_a.is_none() && next_b.is_none()) {
            return order;
        }
    }
}

impl PartialOrd for DebVersion {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for DebVersion {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for DebVersion {}
