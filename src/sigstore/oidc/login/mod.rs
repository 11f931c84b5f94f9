//! A person logs in at an issuer: in a browser on this machine, or on any device with a code that is typed in.
//!
//! Both flows are OAuth 2.0 with PKCE (RFC 6749, RFC 7636, RFC 8628) and OpenID Connect. The protocol is small enough to be
//! written here over the bounded HTTP client of this crate, with every secret wiped; a library would bring its own copies.

mod browser;
mod device;
mod issuer;
mod listener;
mod random;

use std::time::Duration;

use jiff::Timestamp;
use reqwest::Url;

use super::error::{OidcError, Reason};
use super::token::IdentityToken;
use crate::http::{Secret, Web};
use issuer::Issuer;

/// The issuer of the public Sigstore instance.
pub const PUBLIC_ISSUER: &str = "https://oauth2.sigstore.dev/auth";
/// The client that programs are at the public instance's issuer.
pub const PUBLIC_CLIENT: &str = "sigstore";
/// Where the browser comes back to, on a port that is free.
pub const DEFAULT_REDIRECT: &str = "http://localhost:0/auth/callback";
/// How long a person may take in the browser.
pub const BROWSER_TIMEOUT: Duration = Duration::from_secs(240);

/// Asks for the e-mail address too.
const SCOPE: &str = "openid email";

/// Where and as which client a person logs in.
#[derive(Debug, Clone)]
pub struct LoginOptions {
    /// Address of the issuer.
    pub issuer: Url,
    /// Client id at the issuer; the audience of the token.
    pub client_id: String,
    /// The client's secret, where the issuer wants one.
    pub client_secret: Option<Secret>,
    /// Loopback address that the browser comes back to; port 0 is a free one.
    pub redirect: Url,
    /// Limit for the browser flow.
    pub patience: Duration,
}

/// The person who logs in.
pub struct Person<'a> {
    /// Shows a text, a line or more.
    pub tell: &'a (dyn Fn(&str) + Sync),
    /// Opens an address in the browser; false if there is none. Nothing at all: the person opens it.
    pub open: Option<&'a (dyn Fn(&Url) -> bool + Sync)>,
    /// Waits.
    pub pause: &'a (dyn Fn(Duration) + Sync),
}

/// What a flow is run with.
struct Flow<'a> {
    options: &'a LoginOptions,
    issuer: Issuer,
    web: &'a Web,
    person: &'a Person<'a>,
}

/// Name of the browser flow.
pub(super) const BROWSER: &str = "login in the browser";
/// Name of the device flow.
pub(super) const DEVICE: &str = "login on another device";

/// Logs in with the browser of this machine.
pub(super) fn with_browser(
    options: &LoginOptions,
    web: &Web,
    person: &Person<'_>,
    now: fn() -> Timestamp,
) -> Result<IdentityToken, OidcError> {
    run(BROWSER, options, web, person, |flow| browser::run(flow, now))
}

/// Logs in with a code that is typed in anywhere.
pub(super) fn with_device(
    options: &LoginOptions,
    web: &Web,
    person: &Person<'_>,
    now: fn() -> Timestamp,
) -> Result<IdentityToken, OidcError> {
    run(DEVICE, options, web, person, |flow| device::run(flow, now))
}

fn run(
    name: &'static str,
    options: &LoginOptions,
    web: &Web,
    person: &Person<'_>,
    flow: impl FnOnce(&Flow<'_>) -> Result<IdentityToken, Reason>,
) -> Result<IdentityToken, OidcError> {
    let login = || {
        let issuer = Issuer::discover(&options.issuer, web)?;
        flow(&Flow {
            options,
            issuer,
            web,
            person,
        })
    };
    login().map_err(|reason| OidcError::new(name, reason))
}

impl Flow<'_> {
    /// Exchanges a code for a token and checks that it is the issuer's, for this client, and from this login.
    fn token(&self, token: &Secret, nonce: Option<&Secret>, now: Timestamp) -> Result<IdentityToken, Reason> {
        let token = IdentityToken::parse(token.expose(), &self.options.client_id, now)?;
        if token.issuer() != self.issuer.name {
            return Err(Reason::Refused(format!(
                "the token is by {}, and {} was asked",
                token.issuer(),
                self.issuer.name
            )));
        }
        if let Some(nonce) = nonce
            && !token
                .nonce()
                .is_some_and(|found| random::same(found, nonce.expose()))
        {
            return Err(Reason::Refused(
                "the token is not from this login (its nonce differs)".to_owned(),
            ));
        }
        Ok(token)
    }
}
