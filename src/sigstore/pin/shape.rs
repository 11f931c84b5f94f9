//! The shape of a pattern: what it accepts, as sequences of characters and repetitions.
//!
//! Warnings about a pattern have to show an identity that it lets in. From the parsed pattern (not from its text) come
//! a few flat shapes, one for each way through its alternatives; a shape can be spelt out as an example, with chosen
//! parts replaced. Whatever is spelt is a guess until the pattern itself has accepted it.

use regex_syntax::hir::{Class, ClassUnicode, ClassUnicodeRange, Hir, HirKind};

use super::pattern::WholePattern;

/// Most ways through a pattern's alternatives that are looked at.
const MAX_SHAPES: usize = 32;

/// Longest shape that is looked at, in pieces.
const MAX_PIECES: usize = 2048;

/// Most characters that a repetition is spelt with.
const MAX_SPELT: u32 = 64;

/// Characters of one class, repeated.
#[derive(Debug, Clone)]
pub(super) struct Piece {
    class: ClassUnicode,
    min: u32,
    max: Option<u32>,
}

/// One way through a pattern.
#[derive(Debug, Clone, Default)]
pub(super) struct Shape {
    pub(super) pieces: Vec<Piece>,
}

impl Piece {
    fn once(class: ClassUnicode) -> Self {
        Self {
            class,
            min: 1,
            max: Some(1),
        }
    }

    fn literal_char(c: char) -> Self {
        Self::once(ClassUnicode::new([ClassUnicodeRange::new(c, c)]))
    }

    /// Whether the class has this character.
    pub(super) fn has(&self, c: char) -> bool {
        self.class
            .ranges()
            .iter()
            .any(|range| range.start() <= c && c <= range.end())
    }

    /// Whether it can be more than one character.
    pub(super) fn repeats(&self) -> bool {
        self.max.is_none_or(|max| max > 1)
    }

    /// Whether its class accepts next to everything, as `.` does.
    pub(super) fn is_any(&self) -> bool {
        ['a', 'Z', '0', '-', '.', '/', '@', ':']
            .into_iter()
            .all(|c| self.has(c))
    }

    /// The one character it stands for; letters in both cases count as one.
    pub(super) fn literal(&self) -> Option<char> {
        if self.min != 1 || self.max != Some(1) {
            return None;
        }
        let first = self.class.ranges().first()?.start();
        let folded = first.to_ascii_lowercase();
        let ascii_end = ('\u{0}'..='\u{7f}')
            .filter(|c| self.has(*c))
            .all(|c| c.to_ascii_lowercase() == folded);
        let few = self.class.ranges().iter().map(|range| range.len()).sum::<usize>() <= 4;
        (ascii_end && few).then_some(folded)
    }

    /// A readable character of the class.
    fn sample(&self) -> char {
        // One bare `.` most often stands for a dot that was not escaped.
        if self.is_any() && !self.repeats() {
            return '.';
        }
        let liked = std::iter::once('x')
            .chain('a'..='z')
            .chain('0'..='9')
            .chain('A'..='Z');
        liked
            .chain(['-', '_', '/', '.', '@', ':'])
            .find(|c| self.has(*c))
            .or_else(|| self.class.ranges().first().map(ClassUnicodeRange::start))
            .unwrap_or('x')
    }

    fn spell(&self, into: &mut String) {
        let count = if self.max == Some(0) {
            0
        } else {
            self.min.clamp(1, MAX_SPELT)
        };
        let sample = self.sample();
        into.extend(std::iter::repeat_n(sample, count as usize));
    }
}

impl Shape {
    /// The shapes of a pattern, at most [`MAX_SHAPES`]; none when it is too large to look at.
    pub(super) fn of(pattern: &WholePattern) -> Vec<Self> {
        regex_syntax::parse(pattern.as_str())
            .ok()
            .and_then(|hir| expand(&hir))
            .unwrap_or_default()
    }

    /// An example of what the shape accepts.
    pub(super) fn spell(&self) -> String {
        self.spell_with(usize::MAX, "")
    }

    /// An example with the piece at `index` replaced.
    pub(super) fn spell_with(&self, index: usize, replacement: &str) -> String {
        let mut text = String::new();
        for (at, piece) in self.pieces.iter().enumerate() {
            if at == index {
                text.push_str(replacement);
            } else {
                piece.spell(&mut text);
            }
        }
        text
    }

    /// An example of the pieces before `index`.
    pub(super) fn spell_before(&self, index: usize) -> String {
        let mut text = String::new();
        for piece in self.pieces.iter().take(index) {
            piece.spell(&mut text);
        }
        text
    }
}

/// Every way through `hir`, or `None` where a shape would become too long.
fn expand(hir: &Hir) -> Option<Vec<Shape>> {
    let single = |piece| Some(vec![Shape { pieces: vec![piece] }]);
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => Some(vec![Shape::default()]),
        HirKind::Literal(literal) => {
            let text = std::str::from_utf8(&literal.0).ok()?;
            Some(vec![Shape {
                pieces: text.chars().map(Piece::literal_char).collect(),
            }])
        }
        HirKind::Class(Class::Unicode(class)) => single(Piece::once(class.clone())),
        HirKind::Class(Class::Bytes(class)) => single(Piece::once(class.to_unicode_class()?)),
        HirKind::Capture(capture) => expand(&capture.sub),
        HirKind::Repetition(repetition) => repeat(expand(&repetition.sub)?, repetition.min, repetition.max),
        HirKind::Concat(parts) => {
            let mut shapes = vec![Shape::default()];
            for part in parts {
                shapes = join(shapes, &expand(part)?)?;
            }
            Some(shapes)
        }
        HirKind::Alternation(parts) => {
            let mut shapes = Vec::new();
            for part in parts {
                if shapes.len() < MAX_SHAPES {
                    shapes.extend(expand(part)?);
                }
            }
            shapes.truncate(MAX_SHAPES);
            Some(shapes)
        }
    }
}

/// Every pair of a way through the left and one through the right. Where those are too many, every way through either
/// side still occurs in some pair.
fn join(mut left: Vec<Shape>, right: &[Shape]) -> Option<Vec<Shape>> {
    let (ways, others) = (left.len(), right.len());
    let pairs = ways.checked_mul(others)?;
    if ways == 0 || others == 0 {
        return Some(Vec::new());
    }
    for index in ways..pairs.min(MAX_SHAPES) {
        let again = left.get(index % ways)?.clone();
        left.push(again);
    }
    for (index, shape) in left.iter_mut().enumerate() {
        let other = if pairs <= MAX_SHAPES {
            index / ways
        } else {
            index % others
        };
        let other = right.get(other)?;
        if shape.pieces.len() + other.pieces.len() > MAX_PIECES {
            return None;
        }
        shape.pieces.extend_from_slice(&other.pieces);
    }
    Some(left)
}

fn repeat(subs: Vec<Shape>, min: u32, max: Option<u32>) -> Option<Vec<Shape>> {
    if let [Shape { pieces }] = subs.as_slice()
        && let [piece] = pieces.as_slice()
        && (piece.min, piece.max) == (1, Some(1))
    {
        return Some(vec![Shape {
            pieces: vec![Piece {
                min,
                max,
                ..piece.clone()
            }],
        }]);
    }
    // A repeated group: once where it may be absent, and as often as it has to be there.
    let mut shapes = vec![Shape::default()];
    for _ in 0..min.clamp(1, MAX_SPELT) {
        shapes = join(shapes, &subs)?;
    }
    if min == 0 {
        shapes.truncate(MAX_SHAPES - 1);
        shapes.push(Shape::default());
    }
    Some(shapes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn examples_are_accepted_by_the_pattern_they_come_from() {
        for text in [
            "abc",
            r"https://github\.com/org/[^/]+/\.github/workflows/[a-z-]+\.ya?ml@refs/(heads/main|tags/v\d+)",
            "(?i)abc",
            "(?:ab){3}",
            "(?:a|b)?c",
            r"[[:alpha:]]+@example\.com",
            "^(a|b|)$",
            r"\d{4,}-\pL",
            "(?-u:[a-z])+x",
        ] {
            let pattern = WholePattern::new(text).unwrap();
            let shapes = Shape::of(&pattern);
            assert!(!shapes.is_empty(), "{text}");
            for shape in shapes {
                assert!(pattern.is_match(&shape.spell()), "{text}: {}", shape.spell());
            }
        }
    }

    #[test]
    fn letters_in_both_cases_are_one_literal() {
        let literal = |text: &str| Shape::of(&WholePattern::new(text).unwrap())[0].pieces[0].literal();
        assert_eq!(literal("a"), Some('a'));
        assert_eq!(literal("(?i)k"), Some('k'));
        assert_eq!(literal("(?i)s"), Some('s'));
        assert_eq!(literal("[./]"), None);
        assert_eq!(literal("."), None);
        assert_eq!(literal("a?"), None);
    }

    #[test]
    fn every_way_through_is_a_shape_and_in_a_flood_every_alternative_occurs() {
        let spelt = |text: &str| -> Vec<String> {
            Shape::of(&WholePattern::new(text).unwrap())
                .iter()
                .map(Shape::spell)
                .collect()
        };
        let mut all = spelt("(aa|b)(cc|dd|)");
        all.sort();
        assert_eq!(all, ["aa", "aacc", "aadd", "b", "bcc", "bdd"]);
        let flood = spelt("(11|22|33)(44|55|66)(77|88|99)(aa|bb|cc)(dd|ee|ff)");
        for part in ["11", "33", "44", "66", "77", "99", "aa", "cc", "dd", "ff"] {
            assert!(flood.iter().any(|text| text.contains(part)), "{part}");
        }
    }

    #[test]
    fn a_flood_of_alternatives_stays_bounded() {
        let pattern = WholePattern::new(&"(a|bb|ccc)".repeat(20)).unwrap();
        assert!(Shape::of(&pattern).len() <= MAX_SHAPES);
        let nested = WholePattern::new("((a|bb){3}){3}");
        assert!(nested.is_ok_and(|pattern| Shape::of(&pattern).len() <= MAX_SHAPES));
    }
}
