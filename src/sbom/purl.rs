//! Package URLs, as far as an SBOM needs them: parse, and compare without version and qualifiers.

use std::borrow::Cow;

/// A parsed package URL. Parts are as written, still percent-encoded; the methods decode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Purl<'a> {
    kind: &'a str,
    namespace: &'a str,
    name: &'a str,
    version: Option<&'a str>,
    qualifiers: &'a str,
}

impl<'a> Purl<'a> {
    /// Parses `pkg:type/namespace/name@version?qualifiers#subpath`, or `None` where it is none.
    pub fn parse(text: &'a str) -> Option<Self> {
        let (scheme, rest) = text.split_once(':')?;
        if !scheme.eq_ignore_ascii_case("pkg") {
            return None;
        }
        let rest = rest.trim_start_matches('/');
        let rest = rest.split_once('#').map_or(rest, |(before, _)| before);
        let (rest, qualifiers) = rest.split_once('?').unwrap_or((rest, ""));
        let (kind, path) = rest.split_once('/')?;
        let kind_is_good = kind.starts_with(|letter: char| letter.is_ascii_alphabetic())
            && kind
                .chars()
                .all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '+' | '-'));
        if !kind_is_good {
            return None;
        }
        let path = path.trim_matches('/');
        // An unencoded scope (`@angular/core`) has its at sign before the last slash: that one begins no version.
        let last = path.rfind('/').map_or(0, |slash| slash + 1);
        let at = path
            .get(last..)?
            .rfind('@')
            .map(|at| last + at)
            .filter(|at| *at > last);
        let (path, version) = match at {
            Some(at) => (
                path.get(..at)?,
                path.get(at + 1..).filter(|version| !version.is_empty()),
            ),
            None => (path, None),
        };
        let (namespace, name) = path.rsplit_once('/').unwrap_or(("", path));
        if name.is_empty()
            || [namespace, name]
                .into_iter()
                .chain(version)
                .any(|part| decode(part).is_none())
        {
            return None;
        }
        Some(Self {
            kind,
            namespace: namespace.trim_matches('/'),
            name,
            version,
            qualifiers,
        })
    }

    /// The type, in lower case.
    pub fn kind(&self) -> Cow<'a, str> {
        lower(self.kind)
    }

    /// The namespace, decoded; empty where there is none.
    pub fn namespace(&self) -> Cow<'a, str> {
        decode(self.namespace).unwrap_or_default()
    }

    /// The name, decoded.
    pub fn name(&self) -> Cow<'a, str> {
        decode(self.name).unwrap_or_default()
    }

    /// The version, decoded.
    pub fn version(&self) -> Option<Cow<'a, str>> {
        self.version.and_then(decode)
    }

    /// A qualifier, decoded.
    pub fn qualifier(&self, key: &str) -> Option<Cow<'a, str>> {
        self.qualifiers
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .find(|(name, _)| name.eq_ignore_ascii_case(key))
            .and_then(|(_, value)| decode(value))
    }

    /// What stays the same from version to version: type, namespace and name, decoded, and folded where the type's
    /// names are case-insensitive (purl specification, "known types").
    pub fn package(&self) -> String {
        let kind = self.kind();
        let (mut namespace, mut name) = (self.namespace(), self.name());
        if matches!(
            &*kind,
            "github" | "bitbucket" | "pypi" | "deb" | "apk" | "oci" | "composer"
        ) {
            namespace = namespace.to_lowercase().into();
            name = name.to_lowercase().into();
        }
        if kind == "pypi" {
            name = name.replace('_', "-").into();
        }
        if namespace.is_empty() {
            format!("pkg:{kind}/{name}")
        } else {
            format!("pkg:{kind}/{namespace}/{name}")
        }
    }
}

fn lower(text: &str) -> Cow<'_, str> {
    if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        text.to_ascii_lowercase().into()
    } else {
        text.into()
    }
}

/// Undoes percent-encoding, or `None` where it is broken or not UTF-8.
fn decode(text: &str) -> Option<Cow<'_, str>> {
    if !text.contains('%') {
        return Some(text.into());
    }
    let mut parts = text.split('%');
    let mut bytes = parts.next()?.as_bytes().to_vec();
    for part in parts {
        let digits = part.get(..2)?;
        // `from_str_radix` would take a sign.
        if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return None;
        }
        bytes.push(u8::from_str_radix(digits, 16).ok()?);
        bytes.extend_from_slice(part.get(2..)?.as_bytes());
    }
    String::from_utf8(bytes).ok().map(Cow::Owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_told_apart() {
        for (text, package, version) in [
            ("pkg:npm/ms@2.1.3", "pkg:npm/ms", Some("2.1.3")),
            ("pkg:npm/@angular/core@1.0", "pkg:npm/@angular/core", Some("1.0")),
            ("pkg:npm/@angular/core", "pkg:npm/@angular/core", None),
            (
                "pkg:npm/%40angular/core@1.0",
                "pkg:npm/@angular/core",
                Some("1.0"),
            ),
            (
                "pkg:PyPI/Typing_Extensions@4",
                "pkg:pypi/typing-extensions",
                Some("4"),
            ),
            (
                "pkg:cargo/demo@0.1.0?download_url=file://.",
                "pkg:cargo/demo",
                Some("0.1.0"),
            ),
            (
                "pkg:cargo/demo@0.1.0?download_url=file://.#src/main.rs",
                "pkg:cargo/demo",
                Some("0.1.0"),
            ),
            (
                "pkg:oci/app@sha256%3Aab?arch=amd64",
                "pkg:oci/app",
                Some("sha256:ab"),
            ),
            (
                "pkg:oci/localhost:5055/team/app@sha256:ab?tag=1.0",
                "pkg:oci/localhost:5055/team/app",
                Some("sha256:ab"),
            ),
            (
                "pkg:deb/debian/libc6@2.36-9%2Bdeb12u4",
                "pkg:deb/debian/libc6",
                Some("2.36-9+deb12u4"),
            ),
            (
                "pkg:golang/github.com/a/b@v1.0.0",
                "pkg:golang/github.com/a/b",
                Some("v1.0.0"),
            ),
            ("pkg://npm/ms@2", "pkg:npm/ms", Some("2")),
            ("pkg:npm/ms@", "pkg:npm/ms", None),
        ] {
            let purl = Purl::parse(text).unwrap_or_else(|| panic!("{text} does not parse"));
            assert_eq!(purl.package(), package, "{text}");
            assert_eq!(purl.version().as_deref(), version, "{text}");
        }
    }

    #[test]
    fn qualifiers_are_decoded() {
        let purl =
            Purl::parse("pkg:oci/a@sha256%3Aab?arch=amd64&repository_url=localhost%3A5055%2Fa").unwrap();
        assert_eq!(
            purl.qualifier("repository_url").as_deref(),
            Some("localhost:5055/a")
        );
        assert_eq!(purl.qualifier("tag"), None);
    }

    #[test]
    fn others_are_refused() {
        for text in [
            "",
            "npm/ms",
            "pkg:",
            "pkg:npm",
            "pkg:npm/",
            "pkg:/ms@1",
            "pkg:n pm/ms",
            "pkg:npm/%zz",
            "pkg:npm/%",
            "pkg:npm/%+1",
            "pkg:npm/%ff",
            "pkg:1npm/a",
        ] {
            assert_eq!(Purl::parse(text), None, "{text}");
        }
    }
}
