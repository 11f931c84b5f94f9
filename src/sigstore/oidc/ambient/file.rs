//! A token that somebody mounted where cosign looks for one.

use std::io::ErrorKind;

use super::Asking;
use crate::http::Secret;
use crate::sigstore::oidc::error::{OidcError, Reason};
use crate::sigstore::oidc::file::read;

pub(super) const NAME: &str = "mounted token";

pub(super) fn ask(asking: &Asking<'_>) -> Option<Result<Secret, OidcError>> {
    let path = asking.around.token_path;
    match path.symlink_metadata() {
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => None,
        _ => Some(read(path).map_err(|detail| {
            OidcError::new(
                NAME,
                Reason::Configuration(format!("{}: {detail}", path.display())),
            )
        })),
    }
}
