//! What is demanded of a subject: by flags or by a policy file, in one form.

mod demand;
pub mod duration;

pub use demand::{Demand, DemandKind, FieldRules, RepositoryBinding, Require, Written};
