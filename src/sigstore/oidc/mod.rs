//! Identity tokens: who signs, when it is not a key.
//!
//! [`obtain`] gets a token from where the request says:
//!
//! 1. a file or standard input that was named,
//! 2. the surroundings ([`ambient`]): `SIGSTORE_ID_TOKEN`, the CI system, the cloud, a mounted file,
//! 3. a person who logs in ([`login`]): in the browser, or with a code on another device.
//!
//! Whatever the source, the token is checked the same way: a signed JWT, not expired, for the audience that was asked for.
//! What is wrong with it is known before a key is made or a service is asked.
//!
//! SPIFFE identities come as a JWT-SVID in a file (`spire-agent api fetch jwt -audience sigstore`); the Workload API's
//! socket is not spoken here.

pub mod ambient;
mod ask;
mod error;
mod file;
pub mod login;
mod token;
mod tool;

use std::fmt;

use jiff::Timestamp;

use crate::http::{Secret, Web};
pub use ambient::Surroundings;
pub use error::{OidcError, Reason};
pub use file::from_reader as read_token;
pub use login::{LoginOptions, Person};
pub(crate) use token::numeric_date;
pub use token::{IdentityToken, MAX_TOKEN_BYTES, TokenError};
pub use tool::run as run_tool;

/// The audience of tokens for Sigstore.
pub const AUDIENCE: &str = "sigstore";

/// Where a token is to come from.
pub enum TokenRequest<'a> {
    /// It is here already; the name says where it was.
    Given {
        /// Where it was, for people.
        name: String,
        /// The token.
        token: Secret,
        /// The audience that it has to have.
        audience: &'a str,
    },
    /// From the surroundings, else from a person if there is one.
    Surroundings {
        /// The surroundings.
        around: &'a Surroundings<'a>,
        /// The audience that is asked for.
        audience: &'a str,
        /// Who logs in when the surroundings have nothing, and where.
        person: Option<(&'a LoginOptions, &'a Person<'a>)>,
    },
    /// From a person with a browser.
    Browser(&'a LoginOptions, &'a Person<'a>),
    /// From a person with another device.
    Device(&'a LoginOptions, &'a Person<'a>),
}

/// A token and where it came from.
#[derive(Debug)]
pub struct Obtained {
    /// The token.
    pub token: IdentityToken,
    /// Where it came from.
    pub source: String,
}

/// Says who signs and how that is known; never the token.
impl fmt::Display for Obtained {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "identity {} by {} (from {}, valid until {})",
            self.token.identity(),
            self.token.certificate_issuer(),
            self.source,
            self.token.expires()
        )
    }
}

/// Gets a token that can be used at `now()`.
///
/// # Errors
///
/// When the source that was named or that is meant gives none that can be used. Another source is never tried instead.
pub fn obtain(request: &TokenRequest<'_>, web: &Web, now: fn() -> Timestamp) -> Result<Obtained, OidcError> {
    match request {
        TokenRequest::Given {
            name,
            token,
            audience,
        } => check(name, token, audience, now()),
        TokenRequest::Surroundings {
            around,
            audience,
            person,
        } => match (ambient::find(audience, around, web), person) {
            (Some((name, outcome)), _) => check(name, &outcome?, audience, now()),
            (None, Some((options, person))) => {
                logged_in(login::BROWSER, login::with_browser(options, web, person, now))
            }
            (None, None) => Err(nothing(around)),
        },
        TokenRequest::Browser(options, person) => {
            logged_in(login::BROWSER, login::with_browser(options, web, person, now))
        }
        TokenRequest::Device(options, person) => {
            logged_in(login::DEVICE, login::with_device(options, web, person, now))
        }
    }
}

fn check(name: &str, token: &Secret, audience: &str, now: Timestamp) -> Result<Obtained, OidcError> {
    match IdentityToken::parse(token.expose(), audience, now) {
        Ok(token) => Ok(Obtained {
            token,
            source: name.to_owned(),
        }),
        Err(error) => Err(OidcError::new(name, Reason::Token(error))),
    }
}

fn logged_in(name: &str, outcome: Result<IdentityToken, OidcError>) -> Result<Obtained, OidcError> {
    outcome.map(|token| Obtained {
        token,
        source: name.to_owned(),
    })
}

fn nothing(around: &Surroundings<'_>) -> OidcError {
    let names: Vec<&str> = ambient::source_names().collect();
    let reason = Reason::Configuration(format!("there is none (looked for: {})", names.join(", ")));
    let help = match (around.variable)("SPIFFE_ENDPOINT_SOCKET") {
        Some(_) => {
            "this machine has a SPIFFE agent: spire-agent api fetch jwt -audience sigstore, and give the token with --identity-token-file"
        }
        None => "give --identity-token-file FILE, log in with --oidc-device, or sign with --key",
    };
    OidcError::new("identity token", reason).help(help)
}

#[cfg(test)]
mod testing;
