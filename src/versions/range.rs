//! Ranges of versions: the syntax and the answers are in the documentation of the module above.

use std::cmp::Ordering;
use std::fmt;

use super::scheme::{PreReleases, Scheme};
use super::version::Version;

/// Most bounds in one range, over all alternatives.
pub const MAX_BOUNDS: usize = 32;

/// A range of versions of one scheme.
#[derive(Debug, Clone)]
pub struct Range {
    text: String,
    scheme: Scheme,
    /// `None` is every version.
    alternatives: Option<Vec<Vec<Bound>>>,
}

#[derive(Debug, Clone)]
struct Bound {
    operator: Operator,
    version: Version,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operator {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    /// `^`
    Caret,
    /// `~`
    Tilde,
    /// `~=`
    Compatible,
    /// `~>`
    Pessimistic,
}

/// Longest first, so that `>=` is not read as `>`.
const OPERATORS: [(&str, Operator); 11] = [
    ("==", Operator::Equal),
    ("!=", Operator::NotEqual),
    ("<=", Operator::LessOrEqual),
    (">=", Operator::GreaterOrEqual),
    ("~=", Operator::Compatible),
    ("~>", Operator::Pessimistic),
    ("=", Operator::Equal),
    ("<", Operator::Less),
    (">", Operator::Greater),
    ("^", Operator::Caret),
    ("~", Operator::Tilde),
];

/// Whether a version is in a range.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "use permits() for a rule that allows and condemns() for a rule that denies"]
pub enum Answer {
    /// It is.
    In,
    /// It is not.
    Out,
    /// It cannot be said.
    Unknown(Doubt),
}

/// Why it cannot be said whether a version is in a range.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doubt {
    /// There is no version.
    Absent,
    /// The version is none of its ecosystem.
    Unreadable,
    /// A pre-release that lies between the bounds, and no bound names a pre-release of the same release.
    PreRelease,
    /// A post-release of the version that it has to be greater than (PEP 440).
    PostRelease,
    /// The version has an epoch, which outweighs every other number, and no bound names one.
    Epoch,
}

impl Answer {
    /// For a rule that allows: only what is certainly in the range.
    pub fn permits(self) -> bool {
        self == Self::In
    }

    /// For a rule that denies: everything that is not certainly outside the range.
    pub fn condemns(self) -> bool {
        self != Self::Out
    }
}

impl fmt::Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Absent => "there is no version",
            Self::Unreadable => "the version cannot be read as one of its ecosystem",
            Self::PreRelease => "it is a pre-release, and the range names no pre-release of the same release",
            Self::PostRelease => "it is a post-release of the version that the range begins behind",
            Self::Epoch => "it has an epoch, and the range names none",
        })
    }
}

/// Why a text is no range.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RangeError {
    /// A bound without an operator.
    #[error("{0:?} has no operator")]
    NoOperator(String),
    /// The operator belongs to other ecosystems.
    #[error("{0} is not used for versions of this kind")]
    ForeignOperator(String),
    /// Versions of this kind have no order.
    #[error("versions of this kind have no order that is known here, so only =, != and * can be decided")]
    NoOrder,
    /// The version in a bound is none of its ecosystem.
    #[error("{0:?} is no version of this kind")]
    Version(String),
    /// Too few numbers to mean one version.
    #[error("{0:?} could mean a version or all that begin with it; write all three numbers")]
    Partial(String),
    /// More than [`MAX_BOUNDS`].
    #[error("there are more than {MAX_BOUNDS} bounds")]
    TooMany,
}

impl Range {
    /// Reads a range.
    ///
    /// # Errors
    ///
    /// The text is no range for versions of this scheme.
    pub fn parse(scheme: Scheme, text: &str) -> Result<Self, RangeError> {
        let alternatives = match text.trim() {
            "*" => None,
            some => {
                let alternatives = some
                    .split("||")
                    .map(|bounds| alternative(scheme, bounds))
                    .collect::<Result<Vec<_>, _>>()?;
                if alternatives.iter().map(Vec::len).sum::<usize>() > MAX_BOUNDS {
                    return Err(RangeError::TooMany);
                }
                Some(alternatives)
            }
        };
        Ok(Self {
            text: text.trim().to_owned(),
            scheme,
            alternatives,
        })
    }

    /// Every version, and none too.
    pub fn any(scheme: Scheme) -> Self {
        Self {
            text: "*".to_owned(),
            scheme,
            alternatives: None,
        }
    }

    /// Whether this is `*`.
    pub fn is_any(&self) -> bool {
        self.alternatives.is_none()
    }

    /// Whether a version, as a document states it, is in this range.
    pub fn contains(&self, version: Option<&str>) -> Answer {
        let Some(alternatives) = &self.alternatives else {
            return Answer::In;
        };
        let Some(text) = version.filter(|text| !text.is_empty()) else {
            return Answer::Unknown(Doubt::Absent);
        };
        let Some(version) = Version::parse(self.scheme, text) else {
            return Answer::Unknown(Doubt::Unreadable);
        };
        let mut answer = Answer::Out;
        for bounds in alternatives {
            match meets(self.scheme, bounds, &version) {
                Answer::In => return Answer::In,
                Answer::Out => {}
                unknown => answer = unknown,
            }
        }
        answer
    }
}

/// As it was written.
impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

fn alternative(scheme: Scheme, text: &str) -> Result<Vec<Bound>, RangeError> {
    let mut bounds = Vec::new();
    for part in text.split(',') {
        let part = part.trim();
        let found = OPERATORS
            .iter()
            .find_map(|(sign, operator)| Some((sign, *operator, part.strip_prefix(sign)?)));
        let Some((sign, operator, version)) = found else {
            return Err(RangeError::NoOperator(part.to_owned()));
        };
        bounds.extend(bound(scheme, sign, operator, version.trim())?);
        if bounds.len() > MAX_BOUNDS {
            return Err(RangeError::TooMany);
        }
    }
    Ok(bounds)
}

fn bound(scheme: Scheme, sign: &str, operator: Operator, text: &str) -> Result<Vec<Bound>, RangeError> {
    let is_equality = matches!(operator, Operator::Equal | Operator::NotEqual);
    if scheme == Scheme::Text && !is_equality {
        return Err(RangeError::NoOrder);
    }
    let is_at_home = match operator {
        Operator::Caret | Operator::Tilde => scheme == Scheme::Semver,
        Operator::Compatible => scheme == Scheme::Pep440,
        Operator::Pessimistic => scheme == Scheme::Gem,
        _ => true,
    };
    if !is_at_home {
        return Err(RangeError::ForeignOperator(sign.to_owned()));
    }
    let unreadable = || RangeError::Version(text.to_owned());
    let (full, written) = complete(scheme, text);
    let is_partial = scheme.full_length().is_some_and(|length| written < length);
    let starts_or_ends = matches!(
        operator,
        Operator::GreaterOrEqual | Operator::Less | Operator::Caret | Operator::Tilde
    );
    if is_partial && !starts_or_ends {
        return Err(RangeError::Partial(text.to_owned()));
    }
    let version = Version::parse(scheme, &full).ok_or_else(unreadable)?;
    let end = match operator {
        Operator::Caret | Operator::Tilde => semver_end(&full, written, operator),
        Operator::Compatible | Operator::Pessimistic => family_end(text, operator),
        _ => return Ok(vec![Bound { operator, version }]),
    };
    let end = end
        .and_then(|end| Version::parse(scheme, &end))
        .ok_or_else(unreadable)?;
    Ok(vec![
        Bound {
            operator: Operator::GreaterOrEqual,
            version,
        },
        Bound {
            operator: Operator::Less,
            version: end,
        },
    ])
}

/// A bound with all numbers that its scheme demands, and how many were written.
fn complete(scheme: Scheme, text: &str) -> (String, usize) {
    let Some(length) = scheme.full_length() else {
        return (text.to_owned(), 0);
    };
    let numbers = text
        .strip_prefix('v')
        .filter(|_| scheme == Scheme::Go)
        .unwrap_or(text);
    let written = numbers.split('.').count();
    let are_numbers = numbers.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    match length.checked_sub(written) {
        Some(missing) if are_numbers => (format!("{numbers}{}", ".0".repeat(missing)), written),
        _ => (text.to_owned(), length),
    }
}

/// The first version behind `^` and `~`, as Cargo and npm both read them.
fn semver_end(full: &str, written: usize, operator: Operator) -> Option<String> {
    let version = semver::Version::parse(full).ok()?;
    let (major, minor, patch) = (version.major, version.minor, version.patch);
    let is_tilde = operator == Operator::Tilde;
    let (major, minor, patch) = if written == 1 || (major > 0 && !is_tilde) {
        (major.checked_add(1)?, 0, 0)
    } else if written == 2 || minor > 0 || is_tilde {
        (major, minor.checked_add(1)?, 0)
    } else {
        (major, minor, patch.checked_add(1)?)
    };
    Some(format!("{major}.{minor}.{patch}"))
}

/// The first version behind `~=` and `~>`: the last of the written numbers dropped and the one before it raised. A
/// single number has none before it: Python refuses that, RubyGems raises it itself.
fn family_end(text: &str, operator: Operator) -> Option<String> {
    let (epoch, release) = match text.split_once('!') {
        Some((epoch, release)) => (format!("{epoch}!"), release),
        None => (String::new(), text),
    };
    let mut numbers: Vec<u64> = release
        .split('.')
        .map_while(|part| {
            part.split(|letter: char| !letter.is_ascii_digit())
                .next()?
                .parse()
                .ok()
        })
        .collect();
    match (numbers.len(), operator) {
        (0, _) | (1, Operator::Compatible) => return None,
        (1, _) => {}
        _ => {
            numbers.pop();
        }
    }
    let last = numbers.last_mut()?;
    *last = last.checked_add(1)?;
    let numbers: Vec<String> = numbers.iter().map(u64::to_string).collect();
    Some(format!("{epoch}{}", numbers.join(".")))
}

/// Whether a version meets every bound of one alternative.
fn meets(scheme: Scheme, bounds: &[Bound], version: &Version) -> Answer {
    if version.epoch() != 0 && !bounds.iter().any(|bound| bound.version.names_epoch()) {
        return Answer::Unknown(Doubt::Epoch);
    }
    if !bounds.iter().all(|bound| bound.holds(version)) {
        return Answer::Out;
    }
    let behind =
        |bound: &Bound| bound.operator == Operator::Greater && version.is_post_release_of(&bound.version);
    if bounds.iter().any(behind) {
        return Answer::Unknown(Doubt::PostRelease);
    }
    match version.release_ahead() {
        Some(release) if !means_pre_release(scheme, bounds, &release) => Answer::Unknown(Doubt::PreRelease),
        _ => Answer::In,
    }
}

/// Whether these bounds mean pre-releases of this release.
fn means_pre_release(scheme: Scheme, bounds: &[Bound], release: &Version) -> bool {
    let is_same = |other: &Version| release.compare(other) == Some(Ordering::Equal);
    match scheme.pre_releases() {
        PreReleases::Ordinary => true,
        PreReleases::WhenNamed => bounds
            .iter()
            .any(|bound| bound.version.release_ahead().is_some_and(|named| is_same(&named))),
        PreReleases::NotBelowBound => !bounds
            .iter()
            .any(|bound| bound.operator == Operator::Less && is_same(&bound.version)),
    }
}

impl Bound {
    fn holds(&self, version: &Version) -> bool {
        let order = version.compare_to_bound(&self.version);
        match self.operator {
            Operator::Equal => order == Some(Ordering::Equal),
            Operator::NotEqual => order != Some(Ordering::Equal),
            Operator::Less => order == Some(Ordering::Less),
            Operator::LessOrEqual => order.is_some_and(Ordering::is_le),
            Operator::Greater => order == Some(Ordering::Greater),
            Operator::GreaterOrEqual => order.is_some_and(Ordering::is_ge),
            // Taken apart when the range was read.
            Operator::Caret | Operator::Tilde | Operator::Compatible | Operator::Pessimistic => false,
        }
    }
}
