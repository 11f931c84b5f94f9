//! `portcullis trust`, and the flags that choose a trust root.

use std::path::PathBuf;

use jiff::Timestamp;
use serde::Serialize;

use super::output::Console;
use super::{Global, Problem};
use crate::report::{ExitCode, Finding};
use crate::sigstore::trust::{
    CheckState, DEFAULT_TIMEOUT, Endpoint, TrustChoice, TrustMaterial, TrustOptions, default_cache_dir,
    describe, diagnose, endpoints, load, update,
};

/// Which trust root signatures are checked against.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Trust")]
pub(crate) struct TrustArgs {
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
    #[arg(long, value_name = "DIR", conflicts_with = "trusted_root")]
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

    /// Loads what the flags choose, else the public-good root, with the services that the instance signs with.
    pub(super) fn load_for_signing(&self, global: &Global, now: Timestamp) -> Result<TrustMaterial, Finding> {
        self.load_with_services(None, global, now)
    }

    /// Like [`Self::load`], with the services that the instance signs with.
    pub(super) fn load_with_services(
        &self,
        from_policy: Option<&TrustChoice>,
        global: &Global,
        now: Timestamp,
    ) -> Result<TrustMaterial, Finding> {
        let options = TrustOptions {
            signing_config: true,
            ..self.options(global)
        };
        let choice = self.choice().or_else(|| from_policy.cloned());
        let choice = choice.unwrap_or(TrustChoice::PublicGood);
        load(&choice, &options, now).map_err(|error| error.finding().clone())
    }

    fn chosen(&self) -> TrustChoice {
        self.choice().unwrap_or(TrustChoice::PublicGood)
    }

    fn options(&self, global: &Global) -> TrustOptions {
        TrustOptions {
            offline: global.offline,
            cache_dir: self.trust_cache.clone().or_else(default_cache_dir),
            timeout: global.timeout.min(DEFAULT_TIMEOUT),
            signing_config: false,
        }
    }
}

/// Arguments of `trust`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  portcullis trust show --offline\n  portcullis trust doctor --trusted-root trusted_root.json\n  portcullis trust endpoints --format json"
)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// What the trust root holds, where it came from and how old it is
    Show(TrustArgs),
    /// Refresh the trust root now, and say what changed
    Update(TrustArgs),
    /// Check every part of the trust root and of the repository that it comes from
    Doctor(TrustArgs),
    /// The hosts to let through a firewall, and what for
    Endpoints(TrustArgs),
}

pub(super) fn run(args: Args, global: &Global, console: &Console) -> ExitCode {
    let now = Timestamp::now();
    let outcome = match args.command {
        Command::Show(trust) => trust.load(None, global, now).map(|material| {
            let description = describe(&material, now);
            (
                answer(console, &description, || description.lines()),
                ExitCode::Allowed,
            )
        }),
        Command::Update(trust) => {
            if global.offline {
                return console.fail(&Problem::usage(
                    "trust update needs the network, and --offline forbids it",
                ));
            }
            update(&trust.chosen(), &trust.options(global), now)
                .map(|done| (answer(console, &done, || done.lines()), ExitCode::Allowed))
                .map_err(|error| error.finding().clone())
        }
        Command::Doctor(trust) => {
            let diagnosis = diagnose(&trust.chosen(), &trust.options(global), now);
            let code = match diagnosis.worst() {
                CheckState::Fail => ExitCode::Configuration,
                CheckState::Ok | CheckState::Warn => ExitCode::Allowed,
            };
            Ok((answer(console, &diagnosis, || diagnosis.lines()), code))
        }
        Command::Endpoints(trust) => {
            let choice = trust.chosen();
            let options = TrustOptions {
                signing_config: true,
                ..trust.options(global)
            };
            load(&choice, &options, now)
                .map(|material| {
                    let endpoints = endpoints(&choice, &material, now);
                    let lines = || endpoints.iter().map(Endpoint::line).collect();
                    (answer(console, &endpoints, lines), ExitCode::Allowed)
                })
                .map_err(|error| error.finding().clone())
        }
    };
    match outcome {
        Ok((text, code)) => console.print_and_exit(&text, code),
        Err(finding) => console.fail(&Problem::finding(&finding)),
    }
}

/// The answer as lines for people, or as JSON where that was asked for.
fn answer(console: &Console, value: &impl Serialize, lines: impl FnOnce() -> Vec<String>) -> String {
    let json = console
        .wants_json()
        .then(|| serde_json::to_string_pretty(value).ok())
        .flatten();
    json.unwrap_or_else(|| lines().join("\n")) + "\n"
}
