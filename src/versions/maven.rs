//! Maven versions, ordered as its ComparableVersion orders them (Maven 3.9 and 4).
//!
//! That order is not transitive for some versions that nobody publishes: `0.x-a` comes before `0final`, which equals
//! `0`, which comes before `0.x-a`. It is kept as it is, because a range asks about one version and one bound, as
//! Maven does.

use std::cmp::Ordering;

use super::digits::{self, split_run};

/// Qualifiers in their order; the release itself stands between `snapshot` and `sp`, unknown words come last.
const QUALIFIERS: [&str; 7] = ["alpha", "beta", "milestone", "rc", "snapshot", "", "sp"];
/// The place of the release in [`QUALIFIERS`].
const RELEASE: usize = 5;

/// A Maven version: numbers and words, and what a hyphen or a change between digits and letters makes less important
/// in a list of its own at the end.
#[derive(Debug, Clone)]
pub(super) struct MavenVersion {
    items: Vec<Item>,
    /// The numbers in front, as written.
    numbers: String,
}

#[derive(Debug, Clone)]
enum Item {
    /// Decimal digits without leading zeros.
    Number(String),
    Word(String),
    /// A word with the number that belongs to it, such as `rc1`.
    Numbered(String, String),
    List(Vec<Item>),
}

impl MavenVersion {
    pub(super) fn parse(text: &str) -> Option<Self> {
        // Letters beyond ASCII would need Java's idea of them.
        if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return None;
        }
        let text = text.to_ascii_lowercase();
        let (numbers, _) = split_run(&text, |byte| byte.is_ascii_digit() || byte == b'.');
        let levels = Reader::read(&text);
        let nest = |inner: Option<Vec<Item>>, mut level: Vec<Item>| {
            level.extend(inner.map(Item::List));
            normalise(&mut level);
            Some(level)
        };
        Some(Self {
            items: levels.into_iter().rev().fold(None, nest).unwrap_or_default(),
            numbers: numbers.trim_end_matches('.').to_owned(),
        })
    }

    /// The release that this comes before by a qualifier.
    pub(super) fn release_ahead(&self) -> Option<Self> {
        let release = Self::parse(&self.numbers)?;
        (*self < release).then_some(release)
    }
}

/// Cuts a version into items. Every list but the outermost is the last item of the one before, so a list of lists is
/// enough.
struct Reader<'a> {
    text: &'a str,
    levels: Vec<Vec<Item>>,
    start: usize,
    in_digits: bool,
    numbered: bool,
}

impl<'a> Reader<'a> {
    fn read(text: &'a str) -> Vec<Vec<Item>> {
        let mut reader = Self {
            text,
            levels: vec![Vec::new()],
            start: 0,
            in_digits: false,
            numbered: false,
        };
        for (at, byte) in text.bytes().enumerate() {
            let next = text.as_bytes().get(at + 1);
            match byte {
                b'.' => reader.end_item(at, at + 1),
                // The hyphen in `rc-1` says nothing.
                b'-' if at > reader.start && !reader.in_digits && next.is_some_and(u8::is_ascii_digit) => {
                    reader.numbered = true;
                }
                b'-' => {
                    reader.end_item(at, at + 1);
                    reader.open();
                }
                b'0'..=b'9' => {
                    if !reader.in_digits && at > reader.start {
                        reader.numbered = true;
                        reader.open();
                    }
                    reader.in_digits = true;
                }
                _ => {
                    if reader.in_digits && at > reader.start {
                        reader.end_item(at, at);
                        reader.levels.push(Vec::new());
                    }
                    reader.in_digits = false;
                }
            }
        }
        if text.len() > reader.start {
            if !reader.in_digits {
                reader.open();
            }
            reader.end_item(text.len(), text.len());
        }
        reader.levels
    }

    /// Begins a list, unless the current one is still empty.
    fn open(&mut self) {
        if self.levels.last().is_some_and(|level| !level.is_empty()) {
            self.levels.push(Vec::new());
        }
    }

    /// Ends the item before `at`; an empty one counts as 0.
    fn end_item(&mut self, at: usize, next: usize) {
        let text = self.text.get(self.start..at).unwrap_or_default();
        let item = match (text.is_empty(), self.numbered, self.in_digits) {
            (true, ..) => Item::Number(String::new()),
            (_, true, _) => {
                let (word, number) = split_run(text, |byte| !byte.is_ascii_digit());
                Item::Numbered(spelt_out(&word.replace('-', "")), number.to_owned())
            }
            (_, _, true) => Item::Number(text.trim_start_matches('0').to_owned()),
            _ => Item::Word(canonical(text).to_owned()),
        };
        if let Some(level) = self.levels.last_mut() {
            level.push(item);
        }
        self.numbered = false;
        self.start = next;
    }
}

/// `a1`, `b1` and `m1` are short for longer words.
fn spelt_out(word: &str) -> String {
    match word {
        "a" => "alpha",
        "b" => "beta",
        "m" => "milestone",
        other => canonical(other),
    }
    .to_owned()
}

fn canonical(word: &str) -> &str {
    if word == "cr" { "rc" } else { word }
}

/// Removes what says nothing: zeros at the end and in front of words, and empty lists.
fn normalise(items: &mut Vec<Item>) {
    for at in (0..items.len()).rev() {
        let is_null = match items.get(at) {
            Some(Item::Number(number)) => number.is_empty(),
            Some(Item::List(inner)) => inner.is_empty(),
            _ => false,
        };
        let says_nothing = match items.get(at + 1) {
            None | Some(Item::Word(_)) => true,
            Some(Item::List(inner)) => matches!(inner.first(), Some(Item::Word(_) | Item::Numbered(..))),
            Some(_) => false,
        };
        if is_null && says_nothing {
            items.remove(at);
        }
    }
}

fn rank(word: &str) -> (usize, &str) {
    if ["ga", "final", "release"].contains(&word) {
        return (RELEASE, "");
    }
    match QUALIFIERS.iter().position(|known| *known == word) {
        Some(rank) => (rank, ""),
        None => (QUALIFIERS.len(), word),
    }
}

impl Item {
    /// The order of this item and none.
    fn compare_to_nothing(&self) -> Ordering {
        match self {
            Self::Number(number) => number.is_empty().cmp(&true).reverse(),
            Self::Word(word) | Self::Numbered(word, _) => rank(word).cmp(&(RELEASE, "")),
            Self::List(items) => items
                .iter()
                .map(Self::compare_to_nothing)
                .find(|order| order.is_ne())
                .unwrap_or(Ordering::Equal),
        }
    }

    /// Numbers before lists before words, from the newest down.
    fn importance(&self) -> u8 {
        match self {
            Self::Word(_) | Self::Numbered(..) => 0,
            Self::List(_) => 1,
            Self::Number(_) => 2,
        }
    }

    fn compare(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Number(a), Self::Number(b)) => digits::compare(a, b),
            (Self::Word(a), Self::Word(b)) => rank(a).cmp(&rank(b)),
            (Self::Numbered(a, x), Self::Numbered(b, y)) => {
                rank(a).cmp(&rank(b)).then_with(|| digits::compare(x, y))
            }
            (Self::Word(a), Self::Numbered(b, _)) => rank(a).cmp(&rank(b)).then(Ordering::Less),
            (Self::Numbered(a, _), Self::Word(b)) => rank(a).cmp(&rank(b)).then(Ordering::Greater),
            (Self::List(a), Self::List(b)) => lists(a, b),
            _ => self.importance().cmp(&other.importance()),
        }
    }
}

fn lists(a: &[Item], b: &[Item]) -> Ordering {
    (0..a.len().max(b.len()))
        .map(|at| match (a.get(at), b.get(at)) {
            (Some(a), Some(b)) => a.compare(b),
            (Some(a), None) => a.compare_to_nothing(),
            (None, Some(b)) => b.compare_to_nothing().reverse(),
            (None, None) => Ordering::Equal,
        })
        .find(|order| order.is_ne())
        .unwrap_or(Ordering::Equal)
}

impl Ord for MavenVersion {
    fn cmp(&self, other: &Self) -> Ordering {
        lists(&self.items, &other.items)
    }
}

impl PartialOrd for MavenVersion {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for MavenVersion {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for MavenVersion {}
