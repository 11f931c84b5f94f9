//! Asking a person before something about a tag is signed: tags move, and a signature does not.

use std::io::{BufRead, IsTerminal};

use super::output::to_stderr;
use crate::ops::publish::Image;
use crate::report::{Code, Finding, visible};

/// Shows which image a tag points to now, and wants somebody to say that this is the one. `yes` says so beforehand.
///
/// # Errors
///
/// `confirmation-missing` when nobody said yes.
pub(super) fn confirm(tag: &str, image: &Image, yes: bool) -> Result<(), Box<Finding>> {
    let shown = format!("{} is {} now", visible(tag), visible(&image.name()));
    if yes {
        to_stderr(&format!("{shown}\n"));
        return Ok(());
    }
    let missing = |message: String| {
        Err(Box::new(Finding::new(Code::ConfirmationMissing, message).help(
            format!("name the image by its digest, {}, or say --yes", image.name()),
        )))
    };
    if !std::io::stdin().is_terminal() || !std::io::stderr().is_terminal() {
        return missing(format!("{shown}, and nobody can be asked whether that is meant"));
    }
    to_stderr(&format!("{shown}. Sign a statement about it? [y/N] "));
    let mut answer = String::new();
    let said = std::io::stdin().lock().read_line(&mut answer);
    match said.is_ok() && matches!(answer.trim(), "y" | "Y" | "yes") {
        true => Ok(()),
        false => missing(format!("{shown}, and the answer was not yes")),
    }
}
