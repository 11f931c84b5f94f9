//! How much of a manifest is read. A file beyond a limit is refused whole, never read in part.

/// Most bytes of one file. Rendered charts with all their definitions stay below a third of it.
pub const MAX_MANIFEST_BYTES: usize = 16 << 20;
/// Most YAML documents in one file.
pub const MAX_DOCUMENTS: usize = 10_000;
/// Most values (scalars, sequences, mappings, aliases) in one file.
pub const MAX_NODES: usize = 1_000_000;
/// Deepest nesting, aliases followed. The deepest schemas in published definitions need about a quarter of it.
pub const MAX_DEPTH: usize = 200;
/// Most values visited with every alias followed, so that a few lines of aliases to aliases cannot cost minutes.
pub const MAX_VISITS: usize = 4_000_000;
/// Most places in one file that name an image.
pub const MAX_IMAGE_USES: usize = 10_000;
/// Most mistakes that are told about one file.
pub const MAX_TOLD: usize = 50;
/// Most characters of a foreign text in a message.
pub(super) const MAX_QUOTED_CHARS: usize = 200;
