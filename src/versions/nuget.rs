//! NuGet versions: Semantic Versioning with one to four numbers, and labels in any letter case.

use semver::{BuildMetadata, Prerelease};

/// A NuGet version. The order is that of the fields.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct NugetVersion {
    numbers: [u64; 4],
    label: Label,
}

/// A pre-release comes before its release.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Label {
    Pre(Prerelease),
    Release,
}

impl NugetVersion {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (text, build) = text.split_once('+').unwrap_or((text, ""));
        BuildMetadata::new(build).ok()?;
        let (core, label) = match text.split_once('-') {
            Some((core, label)) if !label.is_empty() => (core, Some(label)),
            Some(_) => return None,
            None => (text, None),
        };
        let mut numbers = [0; 4];
        let parts: Vec<&str> = core.split('.').collect();
        if parts.len() > numbers.len() {
            return None;
        }
        for (number, part) in numbers.iter_mut().zip(parts) {
            let is_number = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
            *number = part.parse().ok().filter(|_| is_number)?;
        }
        let label = match label {
            Some(label) => Label::Pre(Prerelease::new(&label.to_ascii_lowercase()).ok()?),
            None => Label::Release,
        };
        Some(Self { numbers, label })
    }

    pub(super) fn release_ahead(&self) -> Option<Self> {
        (self.label != Label::Release).then(|| Self {
            numbers: self.numbers,
            label: Label::Release,
        })
    }
}
