//! OpenVEX documents as values: what their author says about vulnerabilities of a product (github.com/openvex/spec,
//! version 0.2.0 and what came before).
//!
//! A document is read as a whole or not at all. A statement that cannot be read may be the one that takes back another,
//! so nothing of such a document counts.

mod read;

use jiff::Timestamp;

pub use read::{MAX_PRODUCTS, MAX_STATEMENTS};

/// One document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// Its IRI, the same for all its versions.
    pub id: String,
    /// Who says all this, by their own word. Who signed it is what counts.
    pub author: String,
    /// Which of its versions this is.
    pub version: u64,
    /// What it says, in its order.
    pub statements: Vec<Statement>,
}

/// What a document says about one vulnerability of some products.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// The vulnerability's name, and its names elsewhere.
    pub names: Vec<String>,
    /// What it is said about, at least one.
    pub products: Vec<Product>,
    /// What is said.
    pub status: Status,
    /// Why a product is not affected: the justification, or else the impact statement.
    pub reason: Option<String>,
    /// Since when it is said: the statement's time, or else the document's.
    pub time: Timestamp,
}

/// What is said about a vulnerability.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// It does no harm in this product.
    NotAffected,
    /// It does.
    Affected,
    /// It did, and these versions have the fix.
    Fixed,
    /// Nobody knows yet.
    UnderInvestigation,
}

impl Status {
    /// Every status.
    pub const ALL: [Self; 4] = [
        Self::NotAffected,
        Self::Affected,
        Self::Fixed,
        Self::UnderInvestigation,
    ];

    /// The label in a document.
    pub fn label(self) -> &'static str {
        match self {
            Self::NotAffected => "not_affected",
            Self::Affected => "affected",
            Self::Fixed => "fixed",
            Self::UnderInvestigation => "under_investigation",
        }
    }
}

/// A product, and the parts of it that a statement is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Product {
    /// What it is; `None` where the document leaves that to what the attestation is about (OpenVEX, Attesting).
    pub identity: Option<Identity>,
    /// Parts of it; none means all of it.
    pub parts: Vec<Identity>,
}

/// What a product or a part is, by every identifier that is given. Empty lists mean that it is given in another way.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Identity {
    /// Package URLs, as written.
    pub purls: Vec<String>,
    /// Hashes: algorithm as written (`sha-256`), and hexadecimal digits.
    pub hashes: Vec<(String, String)>,
}
