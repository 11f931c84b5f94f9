//! The platform that picks one child of an image index.

use std::fmt;
use std::str::FromStr;

/// An operating system and architecture as OCI image indexes name them, for example `linux/arm64/v8`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Platform {
    /// `os` of the platform, for example `linux`.
    pub os: String,
    /// `architecture`, for example `amd64`.
    pub architecture: String,
    /// `variant`, for example `v8`; when absent any variant is taken if only one child fits.
    pub variant: Option<String>,
}

/// A platform that is not written `os/architecture[/variant]`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a platform is written os/architecture or os/architecture/variant, for example linux/amd64")]
pub struct PlatformError;

impl FromStr for Platform {
    type Err = PlatformError;

    fn from_str(text: &str) -> Result<Self, PlatformError> {
        let mut parts = text.split('/');
        let os = parts
            .next()
            .filter(|part| !part.is_empty())
            .ok_or(PlatformError)?;
        let architecture = parts
            .next()
            .filter(|part| !part.is_empty())
            .ok_or(PlatformError)?;
        let variant = match (parts.next(), parts.next()) {
            (None, _) => None,
            (Some(variant), None) if !variant.is_empty() => Some(variant.to_owned()),
            _ => return Err(PlatformError),
        };
        Ok(Self {
            os: os.to_owned(),
            architecture: architecture.to_owned(),
            variant,
        })
    }
}

impl fmt::Display for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.os, self.architecture)?;
        match &self.variant {
            Some(variant) => write!(f, "/{variant}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn platforms_are_read_and_written_alike() {
        for text in ["linux/amd64", "linux/arm64/v8"] {
            assert_eq!(text.parse::<Platform>().unwrap().to_string(), text);
        }
        for text in ["", "linux", "linux/", "/amd64", "linux/arm/v7/x", "linux/arm/"] {
            assert_eq!(text.parse::<Platform>(), Err(PlatformError), "{text}");
        }
    }
}
