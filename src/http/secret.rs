//! Secrets, and the header values that are made of them.

use std::fmt;

use reqwest::header::HeaderValue;
use zeroize::Zeroizing;

/// A password or token: never printed, and wiped from memory when it is dropped (promise 8).
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Keeps `text` as a secret.
    pub fn new(text: impl Into<String>) -> Self {
        Self(Zeroizing::new(text.into()))
    }

    /// The text itself, to be put into a request and nowhere else.
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// The value of an `Authorization` header with a user name and password.
pub(crate) fn basic(username: &Secret, password: &Secret) -> Option<HeaderValue> {
    use base64::Engine as _;
    let pair = Zeroizing::new(format!("{}:{}", username.expose(), password.expose()));
    let encoded = Zeroizing::new(base64::engine::general_purpose::STANDARD.encode(pair.as_bytes()));
    sensitive(&Zeroizing::new(format!("Basic {}", encoded.as_str())))
}

/// The value of an `Authorization` header with a token. `None` when the token has characters that no header has.
pub(crate) fn bearer(token: &Secret) -> Option<HeaderValue> {
    sensitive(&Zeroizing::new(format!("Bearer {}", token.expose())))
}

fn sensitive(text: &str) -> Option<HeaderValue> {
    let mut value = HeaderValue::from_str(text).ok()?;
    value.set_sensitive(true);
    Some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_prints_a_secret() {
        let (username, password) = (Secret::new("robot"), Secret::new("hunter2"));
        let printed = format!("{username:?} {password:?} {:?}", basic(&username, &password));
        assert!(
            !printed.contains("hunter2") && !printed.contains("robot"),
            "{printed}"
        );
        assert!(!printed.contains("cm9ib3Q6aHVudGVyMg"), "{printed}");
    }

    #[test]
    fn a_token_that_would_break_out_of_its_header_makes_none() {
        assert_eq!(bearer(&Secret::new("a\r\nX-Evil: 1")), None);
        assert_eq!(
            bearer(&Secret::new("abc")).and_then(|value| value.to_str().ok().map(str::to_owned)),
            Some("Bearer abc".to_owned())
        );
    }
}
