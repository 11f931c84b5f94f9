//! `portcullis trust`, and the flags that choose a trust root.

use std::path::PathBuf;

use jiff::Timestamp;

use super::output::Console;
use super::{Global, Problem};
use crate::report::{ExitCode, Finding};
use crate::sigstore::trust::{TrustChoice, TrustMaterial, TrustOptions, default_cache_dir, describe, load};

/// Which trust root signatures are checked against.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Trust")]
pub struct TrustArgs {
    /// Sigstore instance whose root is trusted [default: public-good]
    #[arg(long, value_name = "INSTANCE", value_parser = ["public-good", "staging", "github"])]
    trust: Option<String>,
    /// Trusted root in a file (trusted_root.json or a client trust configuration)
    #[arg(long, value_name = "FILE", conflicts_with_all = ["trust", "tuf_url"])]
    trusted_root: Option<PathBuf>,
    /// TUF repository that publishes the trusted root of a private instance
    #[arg(long, value_name = "URL", requires = "tuf_root", conflicts_with = "trust")]
    tuf_url: Option<String>,
    /// TUF root that the repository is verified from
    #[arg(long, value_name = "FILE", requires = "tuf_url")]
    tuf_root: Option<PathBuf>,
    /// Directory for the cache of trust roots
    #[arg(long, value_name = "DIR")]
    trust_cache: Option<PathBuf>,
}

impl TrustArgs {
    /// What the flags choose, if they choose anything.
    pub(super) fn choice(&self) -> Option<TrustChoice> {
        if let Some(path) = &self.trusted_root {
            return Some(TrustChoice::File(path.clone()));
        }
        if let (Some(url), Some(root)) = (&self.tuf_url, &self.tuf_root) {
            return Some(TrustChoice::Tuf {
                url: url.clone(),
                bootstrap_root: root.clone(),
            });
        }
        match self.trust.as_deref()? {
            "staging" => Some(TrustChoice::Staging),
            "github" => Some(TrustChoice::GitHub),
            _ => Some(TrustChoice::PublicGood),
        }
    }

    /// Loads what the flags choose, else what the policy says, else the public-good root.
    pub(super) fn load(
        &self,
        from_policy: Option<&TrustChoice>,
        global: &Global,
        now: Timestamp,
    ) -> Result<TrustMaterial, Finding> {
        let choice = self
            .choice()
            .or_else(|| from_policy.cloned())
            .unwrap_or(TrustChoice::PublicGood);
        load(&choice, &self.options(global), now).map_err(|error| error.finding().clone())
    }

    fn options(&self, global: &Global) -> TrustOptions {
        TrustOptions {
            offline: global.offline,
            cache_dir: self.trust_cache.clone().or_else(default_cache_dir),
            timeout: global.timeout.min(crate::sigstore::trust::DEFAULT_TIMEOUT),
            signing_config: false,
        }
    }
}

/// Arguments of `trust`.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// What the trust root holds, where it came from and how old it is
    Show(TrustArgs),
}

pub(super) fn run(args: Args, global: &Global, console: &Console) -> ExitCode {
    let now = Timestamp::now();
    let Command::Show(trust) = args.command;
    match trust.load(None, global, now) {
        Ok(material) => {
            let description = describe(&material, now);
            let text = if console.wants_json() {
                serde_json::to_string_pretty(&description).unwrap_or_default() + "\n"
            } else {
                description.lines().join("\n") + "\n"
            };
            console.print_and_exit(&text, ExitCode::Allowed)
        }
        Err(finding) => console.fail(&Problem {
            code: finding.code.verdict().into(),
            ..Problem::usage(finding.message)
        }),
    }
}
