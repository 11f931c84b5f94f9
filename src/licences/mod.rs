//! SPDX licence expressions, read and decided truly.
//!
//! An [`Expression`] is what a document states about one component; [`LicenceLists`] is what a policy allows and
//! denies. [`LicenceLists::decide`] answers whether the licensee can meet the lists, and if not, which part is in the
//! way:
//!
//! - `A OR B` offers a choice, so the better part decides. `A AND B` demands both, so the worse part decides.
//! - `GPL-2.0-or-later` and `Apache-2.0+` offer the choice of every published version from the named one on.
//! - What a deny entry matches is denied, whatever an allow entry says. Other choices of an `OR` stay open.
//! - An exception of the SPDX list (`WITH Classpath-exception-2.0`) only adds permission, and its holder may do
//!   without. So who allows a licence allows it with such an exception, and not the other way round. Who denies a
//!   licence denies it with any exception, apart from combinations that the allow list names in full. What is not on
//!   the SPDX list may take permission away, so it has to be allowed by its full name.
//! - `NONE`, `NOASSERTION`, `LicenseRef-…` and ids that SPDX does not list are unknown: neither allowed nor denied,
//!   unless an entry names exactly them.
//!
//! Deprecated ids mean their successors (`GPL-2.0+` is `GPL-2.0-or-later`), in policies as in documents. Ids and
//! operators follow the letter case rules of SPDX 3: ids in any case, operators all upper or all lower. Evaluation
//! walks the expression once and never multiplies it out, so its cost grows with its length alone.

mod catalogue;
mod decide;
mod expression;
mod parse;
mod term;

pub use decide::{Because, Entry, EntryError, LicenceDecision, LicenceLists, Objection};
pub use expression::Expression;
pub use parse::{MAX_DEPTH, MAX_EXPRESSION_BYTES, MAX_TERMS, SyntaxError};
pub use term::{Addition, Licence, Term};

#[cfg(test)]
mod tests;
