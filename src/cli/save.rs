//! `portcullis save`.

use std::path::Path;

use super::Global;
use super::copying::{Cargo, Failure, Named, Summary, fail};
use super::output::Console;
use super::registry::RegistryArgs;
use crate::registry::LayoutWriter;
use crate::report::ExitCode;
use crate::subject::Platform;

/// Name of the command in its report.
const COMMAND: &str = "save";

/// Arguments of `save`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// Image (registry/repository:tag), oci-layout:DIR[:tag|@digest], or a file as docker save writes it
    #[arg(value_name = "SUBJECT")]
    subject: String,
    /// Folder for the OCI layout, which is made or added to
    #[arg(long, value_name = "DIR")]
    to: String,
    /// Only the image of an index for this platform, for example linux/amd64
    #[arg(long, value_name = "OS/ARCH")]
    platform: Option<Platform>,

    #[command(flatten)]
    registry: RegistryArgs,
}

/// What the command does, at length.
pub(super) const LONG_ABOUT: &str = "\
Saves an image with all its evidence to an OCI layout, for a mirror or a machine without a network.

Copied are the image, every image of an index, and what is attached to each of them: signatures, attestations and SBOMs by \
the referrers API, the referrers tag, cosign's tags and BuildKit's attestations, and evidence about that evidence. Every byte \
is hashed on the way. Nothing is verified: verify the layout where it is used. Standard output has the saved image by its \
digest, with exit code 0 and only then. cosign load reads the first image of a layout.";

const EXAMPLES: &str = "\
Examples:
  Carry an image over an air gap, and verify it on the other side:
    portcullis save ghcr.io/org/app:v1 --to app
    portcullis verify oci-layout:app --offline --policy portcullis.toml

  One platform of many:
    portcullis save ghcr.io/org/app:v1 --to app --platform linux/amd64";

pub(super) fn run(args: &Args, global: &Global, console: &Console) -> ExitCode {
    match save(args, global, console) {
        Ok(code) => code,
        Err(failure) => fail(COMMAND, failure, console),
    }
}

fn save(args: &Args, global: &Global, console: &Console) -> Result<ExitCode, Failure> {
    let named = Named::parse(&args.subject)?;
    let client = args.registry.client(&[named.subject()], false, global)?;
    let folder = args.to.strip_prefix("oci-layout:").unwrap_or(&args.to);
    let cargo = Cargo::collect(&named, args.platform.as_ref(), client.as_ref(), global)?;
    let writer = LayoutWriter::open(Path::new(folder))?;
    let moved = cargo.ship(&writer, cargo.tag(), global, console)?;
    writer.finish()?;
    let reference = format!("oci-layout:{folder}@{}", cargo.digest());
    let summary: Summary<'_> = cargo.summary(COMMAND, &named, folder.to_owned(), reference, moved);
    Ok(summary.show(console))
}
