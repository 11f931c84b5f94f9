//! What a registry may be told about who asks.

use crate::http::Secret;

/// What a registry, or its token server, is told about who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Credential {
    /// A user name and a password or access token.
    Password {
        /// The user name. Not printed either: some registries take a token in its place.
        username: Secret,
        /// The password.
        password: Secret,
    },
    /// An OAuth2 refresh token, exchanged for an access token at the token server (`identitytoken`).
    IdentityToken(Secret),
    /// A bearer token for the registry itself, used as it is (`registrytoken`).
    RegistryToken(Secret),
}
