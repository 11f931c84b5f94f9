//! Reading and writing package URLs: `pkg:type/namespace/name@version?qualifiers#subpath`.

use std::borrow::Cow;
use std::fmt::{self, Write};

use super::names;

/// Longest package URL that is read, in bytes.
pub const MAX_PURL_BYTES: usize = 4096;
/// Most segments of namespace and name together.
pub const MAX_SEGMENTS: usize = 32;

/// Key and value.
type Qualifier<'a> = (Cow<'a, str>, Cow<'a, str>);

/// A package URL, decoded and spelt as its registry spells it. Text is borrowed where nothing had to be changed.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Purl<'a> {
    kind: Cow<'a, str>,
    /// The segments of the namespace, then the name.
    path: Vec<Cow<'a, str>>,
    version: Option<Cow<'a, str>>,
    /// By key, ascending.
    qualifiers: Vec<Qualifier<'a>>,
    subpath: Option<Cow<'a, str>>,
}

/// Why a text is no package URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PurlError {
    /// It does not begin with `pkg:`.
    #[error("it does not begin with pkg:")]
    Scheme,
    /// The type is missing or has letters that a type cannot have.
    #[error("its type is not a letter followed by letters, digits, dots, pluses and dashes")]
    Type,
    /// No name.
    #[error("it has no name")]
    Name,
    /// An empty segment, `.`, `..`, or a `/` in a segment behind its encoding.
    #[error("a part of it is empty, or would be read as another path")]
    Segment,
    /// `%` without two hexadecimal digits, or bytes that are no UTF-8.
    #[error("its percent-encoding is broken")]
    Encoding,
    /// A control character.
    #[error("it holds a control character")]
    Control,
    /// A `/` in a version, which other readers take for the end of a namespace.
    #[error("its version holds an unencoded /, so its name can be read in two ways")]
    Version,
    /// A qualifier without a value, with a key that none can have, or given twice.
    #[error("a qualifier is malformed or given twice")]
    Qualifier,
    /// A limit is exceeded.
    #[error("it is longer than {MAX_PURL_BYTES} bytes, or has more than {MAX_SEGMENTS} segments")]
    TooLarge,
}

impl<'a> Purl<'a> {
    /// Reads a package URL.
    ///
    /// # Errors
    ///
    /// The text is none, or could be read as two different ones.
    pub fn parse(text: &'a str) -> Result<Self, PurlError> {
        if text.len() > MAX_PURL_BYTES {
            return Err(PurlError::TooLarge);
        }
        let (scheme, rest) = text.split_once(':').ok_or(PurlError::Scheme)?;
        if !scheme.eq_ignore_ascii_case("pkg") {
            return Err(PurlError::Scheme);
        }
        let (rest, subpath) = split_off(rest, '#');
        let (rest, qualifiers) = split_off(rest, '?');
        // `pkg://type` is read as well, as the specification demands.
        let rest = rest.trim_start_matches('/');
        let (kind, path) = rest.split_once('/').ok_or(PurlError::Name)?;
        let kind = kind_of(kind)?;
        let (path, version) = split_version(path.trim_matches('/'))?;
        let path = path_of(&kind, path)?;
        let version = match version {
            Some(version) => Some(decode(version)?).filter(|version| !version.is_empty()),
            None => None,
        };
        Ok(Self {
            kind,
            path,
            version,
            qualifiers: qualifiers_of(qualifiers.unwrap_or_default())?,
            subpath: subpath_of(subpath.unwrap_or_default())?,
        })
    }

    /// The type, in lower case: `npm`, `deb`.
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// The segments of the namespace; none where there is no namespace.
    pub fn namespace(&self) -> &[Cow<'a, str>] {
        self.path.split_last().map_or(&[], |(_, namespace)| namespace)
    }

    /// The name.
    pub fn name(&self) -> &str {
        self.path.last().map_or("", |name| name)
    }

    /// The namespace's segments and the name.
    pub(super) fn path(&self) -> &[Cow<'a, str>] {
        &self.path
    }

    /// The version as it is written.
    pub fn version(&self) -> Option<&str> {
        self.version.as_deref()
    }

    /// The version to compare by: for RPM with the epoch, which package URLs keep among the qualifiers.
    pub fn comparable_version(&self) -> Option<Cow<'_, str>> {
        let version = self.version()?;
        match self.qualifier("epoch") {
            Some(epoch) if self.kind == "rpm" && !version.contains(':') => {
                Some(format!("{epoch}:{version}").into())
            }
            _ => Some(version.into()),
        }
    }

    /// A qualifier by its key in lower case.
    pub fn qualifier(&self, key: &str) -> Option<&str> {
        let found = self.qualifiers.iter().find(|(name, _)| name == key);
        found.map(|(_, value)| value.as_ref())
    }

    /// All qualifiers, by key in lower case, ascending.
    pub fn qualifiers(&self) -> impl Iterator<Item = (&str, &str)> {
        let pairs = self.qualifiers.iter();
        pairs.map(|(key, value)| (key.as_ref(), value.as_ref()))
    }

    /// The path inside the package.
    pub fn subpath(&self) -> Option<&str> {
        self.subpath.as_deref()
    }

    /// What stays the same from version to version: `pkg:type/namespace/name`, in canonical form.
    pub fn package(&self) -> String {
        let mut text = format!("pkg:{}", self.kind);
        for segment in &self.path {
            text.push('/');
            encode(&mut text, segment, b"");
        }
        text
    }
}

/// The canonical form.
impl fmt::Display for Purl<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = self.package();
        if let Some(version) = &self.version {
            text.push('@');
            encode(&mut text, version, b":");
        }
        for (index, (key, value)) in self.qualifiers.iter().enumerate() {
            text.push(if index == 0 { '?' } else { '&' });
            text.push_str(key);
            text.push('=');
            encode(&mut text, value, b":/");
        }
        if let Some(subpath) = &self.subpath {
            text.push('#');
            encode(&mut text, subpath, b":/");
        }
        f.write_str(&text)
    }
}

/// The text before the first `mark`, and the text behind it.
fn split_off(text: &str, mark: char) -> (&str, Option<&str>) {
    match text.split_once(mark) {
        Some((before, after)) => (before, Some(after)),
        None => (text, None),
    }
}

/// Reads a type.
pub(super) fn kind_of(text: &str) -> Result<Cow<'_, str>, PurlError> {
    let begins_well = text.starts_with(|letter: char| letter.is_ascii_alphabetic());
    let is_type = begins_well
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b".+-".contains(&byte));
    is_type.then(|| names::lower(text.into())).ok_or(PurlError::Type)
}

/// Splits the path from the version. The `@` of an unencoded npm scope begins a segment that is not the last one.
fn split_version(path: &str) -> Result<(&str, Option<&str>), PurlError> {
    let Some((before, after)) = path.rsplit_once('@') else {
        return Ok((path, None));
    };
    let begins_segment = before.is_empty() || before.ends_with('/');
    match (after.contains('/'), begins_segment) {
        (true, true) => Ok((path, None)),
        (true, false) => Err(PurlError::Version),
        (false, true) => Err(PurlError::Name),
        (false, false) => Ok((before, Some(after))),
    }
}

fn path_of<'a>(kind: &str, path: &'a str) -> Result<Vec<Cow<'a, str>>, PurlError> {
    let mut segments = Vec::new();
    for segment in path.split('/') {
        if segments.len() == MAX_SEGMENTS {
            return Err(PurlError::TooLarge);
        }
        segments.push(segment_of(segment)?);
    }
    let name = segments.pop().ok_or(PurlError::Name)?;
    let namespace = segments
        .into_iter()
        .map(|segment| names::namespace(kind, segment));
    let mut path: Vec<_> = namespace.collect();
    path.push(names::name(kind, name));
    Ok(path)
}

/// One decoded segment that is a name and no path.
pub(super) fn segment_of(text: &str) -> Result<Cow<'_, str>, PurlError> {
    let segment = decode(text)?;
    match segment.is_empty() || segment == "." || segment == ".." || segment.contains('/') {
        true => Err(PurlError::Segment),
        false => Ok(segment),
    }
}

fn qualifiers_of(text: &str) -> Result<Vec<Qualifier<'_>>, PurlError> {
    let mut qualifiers = Vec::new();
    for pair in text.split('&').filter(|pair| !pair.is_empty()) {
        let (key, value) = pair.split_once('=').ok_or(PurlError::Qualifier)?;
        let begins_well = key.starts_with(|letter: char| letter.is_ascii_alphabetic());
        let is_key = key
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte));
        if !begins_well || !is_key {
            return Err(PurlError::Qualifier);
        }
        let value = decode(value)?;
        // An empty value is the same as no qualifier.
        if !value.is_empty() {
            qualifiers.push((names::lower(key.into()), value));
        }
    }
    qualifiers.sort();
    let is_doubled = qualifiers
        .iter()
        .zip(qualifiers.iter().skip(1))
        .any(|((first, _), (second, _))| first == second);
    if is_doubled {
        return Err(PurlError::Qualifier);
    }
    Ok(qualifiers)
}

fn subpath_of(text: &str) -> Result<Option<Cow<'_, str>>, PurlError> {
    let text = text.trim_matches('/');
    if text.is_empty() {
        return Ok(None);
    }
    // Checked segment by segment: an encoded slash would make another path.
    for segment in text.split('/') {
        segment_of(segment)?;
    }
    decode(text).map(Some)
}

/// Undoes percent-encoding.
fn decode(text: &str) -> Result<Cow<'_, str>, PurlError> {
    let decoded = if text.contains('%') {
        let mut bytes = Vec::with_capacity(text.len());
        let mut parts = text.split('%');
        bytes.extend_from_slice(parts.next().unwrap_or_default().as_bytes());
        for part in parts {
            let (code, rest) = part.split_at_checked(2).ok_or(PurlError::Encoding)?;
            bytes.extend(hex::decode(code).map_err(|_| PurlError::Encoding)?);
            bytes.extend_from_slice(rest.as_bytes());
        }
        Cow::Owned(String::from_utf8(bytes).map_err(|_| PurlError::Encoding)?)
    } else {
        Cow::Borrowed(text)
    };
    let has_control = if decoded.is_ascii() {
        decoded.bytes().any(|byte| byte.is_ascii_control())
    } else {
        decoded.chars().any(char::is_control)
    };
    match has_control {
        true => Err(PurlError::Control),
        false => Ok(decoded),
    }
}

/// Adds percent-encoded text; letters, digits, `-._~` and `plain` stay as they are.
fn encode(text: &mut String, value: &str, plain: &[u8]) {
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) || plain.contains(&byte) {
            text.push(char::from(byte));
        } else {
            // Writing to a string does not fail.
            let _ = write!(text, "%{byte:02X}");
        }
    }
}
