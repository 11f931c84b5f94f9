//! How bad a vulnerability is: words, scores, and what several ratings come to.
//!
//! The words are those of CycloneDX. A score counts by the scale of its method: the qualitative scale of CVSS 3 and 4
//! (CVSS v3.1 section 5, CVSS v4.0 section 6), and the one that the NVD uses for CVSS 2. Where a rating has both, the
//! worse of the two counts.

use std::fmt;

/// How bad a vulnerability is, the mildest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// It was rated, and does no harm.
    None,
    /// Worth knowing.
    Info,
    /// CVSS 0.1 to 3.9.
    Low,
    /// CVSS 4.0 to 6.9.
    Medium,
    /// CVSS 7.0 to 8.9.
    High,
    /// CVSS 9.0 to 10.0.
    Critical,
}

impl Severity {
    /// Every severity, the mildest first.
    pub const ALL: [Self; 6] = [
        Self::None,
        Self::Info,
        Self::Low,
        Self::Medium,
        Self::High,
        Self::Critical,
    ];

    /// The word in documents and policies.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Info => "info",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }

    fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|severity| severity.name() == word)
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What one rating comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Grade {
    /// It says this.
    Rated(Severity),
    /// It says nothing: no severity and no score, or the word `unknown`.
    #[default]
    Unsaid,
    /// It says something that is not to be compared: a vector alone, or a score of a method without a common scale.
    Opaque,
}

/// A rating as a document writes it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Written<'t> {
    /// `critical`, `high` and so on.
    pub severity: Option<&'t str>,
    /// A decimal number.
    pub score: Option<&'t str>,
    /// `CVSSv31` and so on.
    pub method: Option<&'t str>,
    /// Whether there is a vector.
    pub has_vector: bool,
}

/// The word for a severity that nobody knows.
const UNKNOWN: &str = "unknown";

impl Grade {
    /// What a rating comes to; `None` where its severity is no known word, or its score no number on its method's scale.
    pub fn of(rating: Written<'_>) -> Option<Self> {
        let by_word = match rating.severity {
            None | Some(UNKNOWN) => None,
            Some(word) => Some(Severity::of_word(word)?),
        };
        let by_score = match rating.score {
            None => None,
            Some(score) => by_score(rating.method, score)?,
        };
        Some(match by_word.max(by_score) {
            Some(severity) => Self::Rated(severity),
            None if rating.score.is_some() || rating.has_vector => Self::Opaque,
            None => Self::Unsaid,
        })
    }
}

/// The severity of a score. Outer `None`: it is no number on the scale. Inner `None`: its method has no common scale.
fn by_score(method: Option<&str>, score: &str) -> Option<Option<Severity>> {
    let score: f64 = score.parse().ok().filter(|score: &f64| score.is_finite())?;
    let low = match method {
        Some("CVSSv2") => 0.0,
        Some("CVSSv3" | "CVSSv31" | "CVSSv4") => 0.1,
        _ => return Some(None),
    };
    let steps: [(f64, Severity); 5] = [
        (9.0, Severity::Critical),
        (7.0, Severity::High),
        (4.0, Severity::Medium),
        (low, Severity::Low),
        (0.0, Severity::None),
    ];
    let reached = steps.into_iter().find(|(from, _)| score >= *from)?.1;
    // CVSS 2 has no step above high.
    let most = match method {
        Some("CVSSv2") => Severity::High,
        _ => Severity::Critical,
    };
    (score <= 10.0).then_some(Some(reached.min(most)))
}

/// What all ratings of a vulnerability come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Assessment {
    /// The worst that a rating says; `None` where none says any.
    pub worst: Option<Severity>,
    /// Whether there is a rating that may be worse and cannot be compared.
    pub may_be_worse: bool,
}

impl FromIterator<Grade> for Assessment {
    fn from_iter<I: IntoIterator<Item = Grade>>(grades: I) -> Self {
        let mut all = Self::default();
        for grade in grades {
            match grade {
                Grade::Rated(severity) => all.worst = all.worst.max(Some(severity)),
                Grade::Opaque => all.may_be_worse = true,
                Grade::Unsaid => {}
            }
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Severity::{Critical, High, Info, Low, Medium};

    fn grade(severity: &str, score: &str, method: &str, has_vector: bool) -> Option<Grade> {
        let said = |text| Some(text).filter(|text: &&str| !text.is_empty());
        Grade::of(Written {
            severity: said(severity),
            score: said(score),
            method: said(method),
            has_vector,
        })
    }

    #[test]
    fn a_rating_counts_by_its_word_and_its_score_whichever_is_worse() {
        let rated = |severity| Some(Grade::Rated(severity));
        for (severity, score, method, vector, expected) in [
            ("high", "", "", false, rated(High)),
            ("none", "", "", false, rated(Severity::None)),
            ("info", "", "", false, rated(Info)),
            ("low", "9.8", "CVSSv31", true, rated(Critical)),
            ("high", "2.0", "CVSSv31", true, rated(High)),
            ("", "0.0", "CVSSv3", false, rated(Severity::None)),
            ("", "0", "CVSSv2", false, rated(Low)),
            ("", "0.1", "CVSSv3", false, rated(Low)),
            ("", "3.9", "CVSSv4", false, rated(Low)),
            ("", "4.0", "CVSSv4", false, rated(Medium)),
            ("", "6.9", "CVSSv4", false, rated(Medium)),
            ("", "7", "CVSSv3", false, rated(High)),
            ("", "8.9", "CVSSv3", false, rated(High)),
            ("", "9.0", "CVSSv3", false, rated(Critical)),
            ("", "10.0", "CVSSv31", false, rated(Critical)),
            ("", "10.0", "CVSSv2", false, rated(High)),
            ("unknown", "7.5", "CVSSv31", false, rated(High)),
            ("", "", "", false, Some(Grade::Unsaid)),
            ("unknown", "", "CVSSv31", false, Some(Grade::Unsaid)),
            ("", "", "CVSSv31", true, Some(Grade::Opaque)),
            ("unknown", "", "CVSSv31", true, Some(Grade::Opaque)),
            ("", "55", "OWASP", false, Some(Grade::Opaque)),
            ("", "7.5", "", false, Some(Grade::Opaque)),
            ("low", "55", "OWASP", false, rated(Low)),
        ] {
            assert_eq!(
                grade(severity, score, method, vector),
                expected,
                "{severity} {score} {method}"
            );
        }
    }

    #[test]
    fn what_cannot_be_read_is_no_rating_at_all() {
        for (severity, score, method) in [
            ("High", "", ""),
            ("moderate", "", ""),
            ("very bad", "", ""),
            ("low", "10.1", "CVSSv31"),
            ("low", "-1", "CVSSv31"),
            ("low", "NaN", "CVSSv31"),
            ("low", "inf", "OWASP"),
            ("low", "nine", "CVSSv31"),
        ] {
            assert_eq!(
                grade(severity, score, method, false),
                None,
                "{severity} {score} {method}"
            );
        }
    }

    #[test]
    fn the_worst_rating_counts_in_any_order() {
        let of = |grades: &[Grade]| grades.iter().copied().collect::<Assessment>();
        let mut grades = [
            Grade::Rated(Low),
            Grade::Unsaid,
            Grade::Rated(High),
            Grade::Rated(Medium),
        ];
        for _ in 0..grades.len() {
            grades.rotate_left(1);
            assert_eq!(
                of(&grades),
                Assessment {
                    worst: Some(High),
                    may_be_worse: false
                }
            );
        }
        assert_eq!(of(&[]), Assessment::default());
        assert_eq!(of(&[Grade::Unsaid]), Assessment::default());
        let open = of(&[Grade::Rated(Low), Grade::Opaque]);
        assert!(open.may_be_worse && open.worst == Some(Low));
    }
}
