//! Flags that cap what is read of an SBOM.

use crate::sbom::Limits;

/// Caps for one SBOM.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Limits")]
pub(crate) struct LimitArgs {
    /// Most bytes of an SBOM [default: 64 MiB in memory, 1 GiB where a file can be streamed]
    #[arg(long, value_name = "BYTES")]
    max_sbom_bytes: Option<u64>,
    /// Most components of an SBOM [default: 250000, or 4000000 where a file is streamed]
    #[arg(long, value_name = "COUNT")]
    max_sbom_components: Option<usize>,
}

impl LimitArgs {
    /// These caps, where no flag says otherwise.
    pub(super) fn or(&self, usual: Limits) -> Limits {
        let mut limits = usual;
        if let Some(bytes) = self.max_sbom_bytes {
            limits.bytes = usize::try_from(bytes).unwrap_or(usize::MAX);
            limits.streamed_bytes = bytes;
        }
        if let Some(components) = self.max_sbom_components {
            limits.components = components;
        }
        limits
    }
}
