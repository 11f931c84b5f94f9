//! Randomness that is not random: every key, serial number and nonce is derived from one seed and a label.

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{RngCore as _, SeedableRng as _};

/// The one source of "randomness" of an instance.
///
/// Each use names a label, so that adding a use does not shift the values that others get.
#[derive(Clone, Debug)]
pub struct Seed([u8; 32]);

impl Seed {
    /// A seed from a number that a test can write down.
    pub fn new(seed: u64) -> Self {
        Self(sha256(
            &[b"portcullis sandbox".as_slice(), &seed.to_be_bytes()].concat(),
        ))
    }

    /// A seed of its own for one part.
    pub fn child(&self, label: &str) -> Self {
        Self(sha256(&[self.0.as_slice(), label.as_bytes()].concat()))
    }

    /// A generator for the values named `label`.
    pub fn rng(&self, label: &str) -> ChaCha20Rng {
        ChaCha20Rng::from_seed(self.child(label).0)
    }

    /// `N` bytes named `label`.
    pub fn bytes<const N: usize>(&self, label: &str) -> [u8; N] {
        let mut bytes = [0; N];
        self.rng(label).fill_bytes(&mut bytes);
        bytes
    }
}

impl From<u64> for Seed {
    fn from(seed: u64) -> Self {
        Self::new(seed)
    }
}

/// SHA-256 as a plain array.
pub(crate) fn sha256(bytes: &[u8]) -> [u8; 32] {
    *sigstore_crypto::sha256(bytes).as_bytes()
}
