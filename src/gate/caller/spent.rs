//! Tokens that were used: each is good for one event.
//!
//! What is kept here lasts as long as the process. After a restart the queue still knows the delivery by its token, so a
//! token that is used again then brings nothing about.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;

use super::secret::sha256;
use crate::gate::Fingerprint;

/// Most tokens that are remembered. They live for minutes.
const MAX_TOKENS: usize = 65_536;

/// The tokens that were used and have not ended.
#[derive(Default)]
pub struct SpentTokens(Mutex<HashMap<[u8; 32], Use>>);

struct Use {
    body: [u8; 32],
    expires: Timestamp,
}

/// Whether a token may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spending {
    /// For the first time, or again for the same body: the sender got no answer and tries again.
    Fine,
    /// It was used for something else.
    Spent,
    /// So many tokens were used that this one could not be remembered.
    Full,
}

impl SpentTokens {
    /// Uses a token for a body.
    pub fn spend(&self, token: Fingerprint, expires: Timestamp, body: &[u8], now: Timestamp) -> Spending {
        let body = sha256(&[body]);
        let mut spent = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(earlier) = spent.get(&token.0) {
            return match earlier.body == body {
                true => Spending::Fine,
                false => Spending::Spent,
            };
        }
        if spent.len() >= MAX_TOKENS {
            spent.retain(|_, usage| usage.expires > now);
        }
        if spent.len() >= MAX_TOKENS {
            return Spending::Full;
        }
        spent.insert(token.0, Use { body, expires });
        Spending::Fine
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_good_for_one_body() {
        let spent = SpentTokens::default();
        let now = Timestamp::UNIX_EPOCH;
        let later = Timestamp::from_second(600).unwrap();
        let (one, other) = (Fingerprint([1; 32]), Fingerprint([2; 32]));
        assert_eq!(spent.spend(one, later, b"a", now), Spending::Fine);
        assert_eq!(spent.spend(one, later, b"a", now), Spending::Fine);
        assert_eq!(spent.spend(one, later, b"b", now), Spending::Spent);
        assert_eq!(spent.spend(other, later, b"b", now), Spending::Fine);
    }

    #[test]
    fn memory_is_bounded_and_ended_tokens_make_room() {
        let spent = SpentTokens::default();
        let at = |second| Timestamp::from_second(second).unwrap();
        for number in 0..MAX_TOKENS {
            let token = Fingerprint(sha256(&[&number.to_le_bytes()]));
            assert_eq!(spent.spend(token, at(60), b"", at(0)), Spending::Fine);
        }
        let next = Fingerprint([9; 32]);
        assert_eq!(spent.spend(next, at(60), b"", at(0)), Spending::Full);
        assert_eq!(spent.spend(next, at(120), b"", at(61)), Spending::Fine);
    }
}
