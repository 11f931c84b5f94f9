//! From an image's name to digests, once, and somebody's word that they are the ones.

use std::io::{BufRead, Read};

use super::jobs::asks;
use crate::cli::output::{Console, to_stderr};
use crate::ops::publish::Image;
use crate::registry::PlatformChoice;
use crate::registry::client::Client;
use crate::report::{Code, Finding, visible};
use crate::subject::Reference;

/// Bytes of an answer that are read.
const MAX_ANSWER_BYTES: u64 = 64;

/// How images are looked up.
pub(in crate::cli) struct Lookup<'a> {
    pub(in crate::cli) client: &'a Client,
    /// Whether an index is signed with its images.
    pub(in crate::cli) recursive: bool,
    /// Whether it was said beforehand that the tag is right.
    pub(in crate::cli) yes: bool,
    pub(in crate::cli) console: &'a Console,
}

impl Lookup<'_> {
    /// The images that an argument stands for, by digest over bytes that were hashed here. A tag is resolved once, and is
    /// not looked at again.
    pub(in crate::cli) fn resolve(
        &self,
        text: &str,
        reference: &Reference,
    ) -> Result<Vec<Image>, Box<Finding>> {
        let choice = match self.recursive {
            true => PlatformChoice::All,
            false => PlatformChoice::AsIs,
        };
        let resolved = self.client.open(reference)?.resolve(&choice)?;
        let images: Vec<Image> = resolved
            .into_iter()
            .map(|resolved| Image::new(reference, resolved.digest))
            .collect();
        if let (None, Some(image)) = (reference.digest(), images.first()) {
            self.confirm(text, image)?;
        }
        Ok(images)
    }

    fn confirm(&self, text: &str, image: &Image) -> Result<(), Box<Finding>> {
        let shown = format!(
            "{} is a tag, and points now to\n  {}\n",
            visible(text),
            visible(&image.name())
        );
        if self.yes {
            self.console.tell(&shown);
            return Ok(());
        }
        match asks() && says_yes(&shown) {
            true => Ok(()),
            false => Err(Box::new(
                Finding::new(
                    Code::ConfirmationMissing,
                    format!(
                        "nobody confirmed that {text} should be signed as {}",
                        image.name()
                    ),
                )
                .help("name the image by digest, or say --yes"),
            )),
        }
    }
}

/// Asks the person at the terminal. Anything but yes is no.
fn says_yes(shown: &str) -> bool {
    to_stderr(&format!("{shown}Sign that? [y/N] "));
    let mut answer = String::new();
    let stdin = std::io::stdin().lock();
    let read = std::io::BufReader::new(stdin.take(MAX_ANSWER_BYTES)).read_line(&mut answer);
    read.is_ok() && matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes")
}
