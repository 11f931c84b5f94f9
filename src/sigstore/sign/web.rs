//! What the services have in common: their addresses, and their names in messages.

use std::ops::Deref;

use reqwest::Url;
use serde::{Deserialize, Serialize};

/// The address of a service, as text in a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Address(Url);

impl Deref for Address {
    type Target = Url;

    fn deref(&self) -> &Url {
        &self.0
    }
}

impl From<Url> for Address {
    fn from(url: Url) -> Self {
        Self(url)
    }
}

impl From<Address> for String {
    fn from(address: Address) -> Self {
        address.0.into()
    }
}

impl TryFrom<String> for Address {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Url::parse(&text)
            .map(Self)
            .map_err(|error| format!("{text:?} is not an address: {error}"))
    }
}

/// The address of an endpoint below a service's base address, which may have a path of its own.
pub(super) fn endpoint(base: &Url, path: &str) -> Url {
    let mut url = base.clone();
    url.set_query(None);
    url.set_fragment(None);
    let joined = format!("{}/{path}", base.path().trim_end_matches('/'));
    url.set_path(&joined);
    url
}

/// A service in a message: what it is and where, without anything that could be a secret.
pub(super) fn service_name(what: &str, url: &Url) -> String {
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    format!("the {what} {}{port}", url.host_str().unwrap_or("without a name"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endpoints_are_below_the_base_address() {
        for (base, expected) in [
            ("https://r.example", "https://r.example/api/v2/x"),
            ("https://r.example/", "https://r.example/api/v2/x"),
            (
                "https://r.example:8443/rekor/?a=b#c",
                "https://r.example:8443/rekor/api/v2/x",
            ),
        ] {
            assert_eq!(
                endpoint(&Url::parse(base).unwrap(), "api/v2/x").as_str(),
                expected,
                "{base}"
            );
        }
    }
}
