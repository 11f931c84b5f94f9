//! `portcullis load`.

use super::copying::{Cargo, Failure, Named, fail};
use super::output::Console;
use super::registry::RegistryArgs;
use super::{Global, Problem};
use crate::registry::Sink;
use crate::report::ExitCode;
use crate::subject::{Digest, PathKind, Platform, Subject};

/// Name of the command in its report.
const COMMAND: &str = "load";

/// Arguments of `load`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// oci-layout:DIR[:tag|@digest], a file as docker save writes it (docker-archive:FILE[:image]), or an image of another registry
    #[arg(value_name = "SOURCE")]
    source: String,
    /// Where to: registry/repository:tag, or registry/repository@digest to push without a tag
    #[arg(long, value_name = "IMAGE")]
    to: String,
    /// Only the image of an index for this platform, for example linux/amd64
    #[arg(long, value_name = "OS/ARCH")]
    platform: Option<Platform>,

    #[command(flatten)]
    registry: RegistryArgs,
}

/// What the command does, at length.
pub(super) const LONG_ABOUT: &str = "\
Pushes an image with all its evidence to a registry: from an OCI layout, such as portcullis save and cosign save make, from \
an archive that docker save made, or from another registry.

The evidence is attached as the registry can take it: by the referrers API, or else in the list under the referrers tag, \
beside what is there; signatures in cosign's first form are added to those under its tags. The tag is written last. Every \
byte is hashed on the way, and what the registry took is read back. Nothing is verified: verify the image where it is used. \
Standard output has the pushed image by its digest, with exit code 0 and only then.";

const EXAMPLES: &str = "\
Examples:
  Into a registry behind an air gap:
    portcullis load oci-layout:app --to registry.internal/org/app:v1

  From one registry to another, with everything that is attached:
    portcullis load ghcr.io/org/app:v1 --to registry.internal/mirror/app:v1

  What docker save wrote:
    docker save app:v1 -o app.tar && portcullis load app.tar --to registry.internal/org/app:v1";

pub(super) fn run(args: &Args, global: &Global, console: &Console) -> ExitCode {
    match load(args, global, console) {
        Ok(code) => code,
        Err(failure) => fail(COMMAND, failure, console),
    }
}

/// Where the image goes.
enum Goal {
    Tag(String),
    Digest(Digest),
}

fn load(args: &Args, global: &Global, console: &Console) -> Result<ExitCode, Failure> {
    let named = Named::parse(&args.source)?;
    let (to, goal) = goal(&args.to)?;
    let subjects = [(args.to.clone(), to.clone()), named.subject()];
    let client = args.registry.client(&subjects, false, global)?;
    let (Some(client), Subject::Image(reference)) = (&client, &to) else {
        return Err(Problem::usage(format!("{} is no image of a registry", args.to)).into());
    };
    let cargo = Cargo::collect(&named, args.platform.as_ref(), Some(client), global)?;
    let tag = match &goal {
        Goal::Tag(tag) => Some(tag.as_str()),
        Goal::Digest(digest) if digest == cargo.digest() => None,
        Goal::Digest(_) => {
            let problem = Problem::usage(format!("{} has the digest {}", args.source, cargo.digest()));
            return Err(problem
                .help("--to names another digest; leave it out and give a tag")
                .into());
        }
    };
    let sink = client.open(reference)?;
    let moved = cargo.ship(&sink, tag, global, console)?;
    let pushed = format!("{}@{}", sink.place(), cargo.digest());
    let summary = cargo.summary(COMMAND, &named, args.to.clone(), pushed, moved);
    Ok(summary.show(console))
}

/// Reads `--to`. Without a tag it would be `latest`, which nobody should move by leaving something out.
fn goal(text: &str) -> Result<(Subject, Goal), Problem> {
    let subject = Subject::parse(text, |_| PathKind::Missing);
    let Ok(Subject::Image(reference)) = subject else {
        return Err(Problem::usage(format!("--to {text} is no image of a registry"))
            .help("write registry/repository:tag"));
    };
    let digest = reference.digest().map(str::parse::<Digest>).transpose();
    let digest = digest.map_err(|error| Problem::usage(error.to_string()))?;
    let has_tag = text
        .rsplit('/')
        .next()
        .is_some_and(|name| name.split('@').next().is_some_and(|name| name.contains(':')));
    let goal = match (digest, reference.tag()) {
        (Some(digest), _) => Goal::Digest(digest),
        (None, Some(tag)) if has_tag => Goal::Tag(tag.to_owned()),
        _ => {
            return Err(
                Problem::usage(format!("--to {text} has no tag")).help("write registry/repository:tag")
            );
        }
    };
    Ok((Subject::Image(reference), goal))
}
