//! The Merkle tree of a log (RFC 6962 section 2.1): roots and proofs at any size it ever had.

use super::seed::sha256;

/// A node of the tree.
pub type Hash = [u8; 32];

/// An append-only tree that keeps its leaf hashes.
#[derive(Clone, Debug, Default)]
pub struct MerkleTree {
    leaves: Vec<Hash>,
}

impl MerkleTree {
    /// Appends an entry and gives its index.
    pub fn append(&mut self, entry: &[u8]) -> u64 {
        self.leaves.push(leaf_hash(entry));
        self.size() - 1
    }

    /// How many entries there are.
    pub fn size(&self) -> u64 {
        self.leaves.len() as u64
    }

    /// The tree head over all entries.
    pub fn root(&self) -> Hash {
        root(&self.leaves)
    }

    /// The hashes of the entries, in order.
    pub fn leaves(&self) -> &[Hash] {
        &self.leaves
    }

    /// The audit path of entry `index` in the tree of all entries (RFC 6962 section 2.1.1), leaf side first.
    pub fn inclusion_proof(&self, index: u64) -> Option<Vec<Hash>> {
        let index = usize::try_from(index)
            .ok()
            .filter(|index| *index < self.leaves.len())?;
        Some(path(index, &self.leaves))
    }
}

/// The hash of an entry.
pub fn leaf_hash(entry: &[u8]) -> Hash {
    sha256(&[&[0], entry].concat())
}

fn node_hash(left: &Hash, right: &Hash) -> Hash {
    sha256(&[&[1], left.as_slice(), right.as_slice()].concat())
}

/// The largest power of two smaller than `n`, where RFC 6962 splits a tree.
fn split(n: usize) -> usize {
    n.next_power_of_two() / 2
}

/// The head of the tree over `leaves`.
pub fn root(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => sha256(b""),
        [leaf] => *leaf,
        _ => {
            let (left, right) = leaves.split_at(split(leaves.len()));
            node_hash(&root(left), &root(right))
        }
    }
}

fn path(index: usize, leaves: &[Hash]) -> Vec<Hash> {
    if leaves.len() < 2 {
        return Vec::new();
    }
    let middle = split(leaves.len());
    let (left, right) = leaves.split_at(middle);
    let (mut hashes, sibling) = if index < middle {
        (path(index, left), root(right))
    } else {
        (path(index - middle, right), root(left))
    };
    hashes.push(sibling);
    hashes
}
