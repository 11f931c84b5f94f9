//! Caps for one SBOM. Each has a default that no honest document reaches and that a hostile one cannot make costly.

/// Caps for one document.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Most bytes of a document that is read in memory.
    pub bytes: usize,
    /// Most bytes of a document that is streamed.
    pub streamed_bytes: u64,
    /// Most bytes of one element of a streamed document: a component with everything nested in it.
    pub element_bytes: usize,
    /// Most levels of arrays, objects or XML elements.
    pub depth: usize,
    /// Most components, nested ones included.
    pub components: usize,
    /// Most edges between components; most components, with their versions, that vulnerabilities are about.
    pub edges: usize,
    /// Most vulnerabilities.
    pub vulnerabilities: usize,
    /// Most hashes, and most licences, of one component; most ratings, and most references, of one vulnerability; most
    /// roots.
    pub per_component: usize,
    /// Most bytes of a string that the model keeps. A longer one cannot be read and is a problem of its field.
    pub text: usize,
    /// Most bytes of any string. A longer one refuses the document.
    pub string: usize,
    /// Most problems that are kept; the rest is counted.
    pub problems: usize,
}

/// Default of [`Limits::bytes`]: 64 MiB.
pub const MAX_BYTES: usize = 64 << 20;
/// Default of [`Limits::streamed_bytes`]: 1 GiB.
pub const MAX_STREAMED_BYTES: u64 = 1 << 30;
/// Default of [`Limits::element_bytes`]: 16 MiB.
pub const MAX_ELEMENT_BYTES: usize = 16 << 20;
/// Default of [`Limits::depth`].
pub const MAX_DEPTH: usize = 100;
/// Default of [`Limits::components`].
pub const MAX_COMPONENTS: usize = 250_000;
/// Default of [`Limits::edges`].
pub const MAX_EDGES: usize = 2_000_000;
/// Default of [`Limits::vulnerabilities`].
pub const MAX_VULNERABILITIES: usize = 200_000;
/// [`Limits::components`] where nothing is kept.
pub const MAX_STREAMED_COMPONENTS: usize = 4_000_000;
/// [`Limits::edges`] where nothing is kept.
pub const MAX_STREAMED_EDGES: usize = 40_000_000;
/// Default of [`Limits::per_component`].
pub const MAX_PER_COMPONENT: usize = 1_000;
/// Default of [`Limits::text`]: 64 KiB.
pub const MAX_TEXT_BYTES: usize = 64 << 10;
/// Default of [`Limits::string`]: 8 MiB. CycloneDX embeds licence texts and attachments.
pub const MAX_STRING_BYTES: usize = 8 << 20;
/// Default of [`Limits::problems`].
pub const MAX_PROBLEMS: usize = 1_000;

/// What [`Limits::bytes`] is about, in refusals.
pub(super) const WHOLE: &str = "a document in memory";
/// What [`Limits::streamed_bytes`] is about, in refusals.
pub(super) const STREAMED: &str = "a streamed document";

impl Limits {
    /// Caps for a document of which nothing is kept.
    pub fn streaming() -> Self {
        Self::default().streamed()
    }

    /// These caps for a document of which nothing is kept: those that nobody changed are wider.
    #[must_use]
    pub fn streamed(self) -> Self {
        let wider = |cap: usize, usual: usize, streamed: usize| if cap == usual { streamed } else { cap };
        Self {
            components: wider(self.components, MAX_COMPONENTS, MAX_STREAMED_COMPONENTS),
            edges: wider(self.edges, MAX_EDGES, MAX_STREAMED_EDGES),
            ..self
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            bytes: MAX_BYTES,
            streamed_bytes: MAX_STREAMED_BYTES,
            element_bytes: MAX_ELEMENT_BYTES,
            depth: MAX_DEPTH,
            components: MAX_COMPONENTS,
            edges: MAX_EDGES,
            vulnerabilities: MAX_VULNERABILITIES,
            per_component: MAX_PER_COMPONENT,
            text: MAX_TEXT_BYTES,
            string: MAX_STRING_BYTES,
            problems: MAX_PROBLEMS,
        }
    }
}
