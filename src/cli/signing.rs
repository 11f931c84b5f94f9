//! Who signs and with which services: the session that the flags of commands that sign come to.

use jiff::Timestamp;

use super::identity::IdentityArgs;
use super::output::{Console, to_stderr};
use super::progress::Steps;
use super::services::ServiceArgs;
use super::{Global, Problem};
use crate::http::{Endpoint, Web};
use crate::ops::sign::{By, Services, Session};
use crate::sigstore::Engine;
use crate::sigstore::keys::Signer;
use crate::sigstore::oidc::Obtained;
use crate::sigstore::sign::{Identity, SigningConfig, Step};
use crate::sigstore::trust::TrustMaterial;

/// What signs, and how services are asked.
pub(super) struct Signing<'a> {
    /// The key, or nothing where an identity signs.
    pub(super) signer: Option<Box<dyn Signer>>,
    /// What bundles call the key.
    pub(super) key_hint: Option<&'a str>,
    /// Whether signatures of the key are logged.
    pub(super) log: bool,
    /// Where the identity token comes from.
    pub(super) identity: &'a IdentityArgs,
    /// The services.
    pub(super) services: &'a ServiceArgs,
    /// Services that are reached without TLS.
    pub(super) allow_http: &'a [Endpoint],
}

impl Signing<'_> {
    /// Gets what is needed to sign under this trust root, the identity token included, and lets `work` sign.
    ///
    /// # Errors
    ///
    /// When the services cannot be used, or when there is no token.
    pub(super) fn session<T>(
        &self,
        material: &TrustMaterial,
        global: &Global,
        console: &Console,
        work: impl FnOnce(&mut Session<'_>) -> T,
    ) -> Result<T, Problem> {
        let problem = |finding| Problem::finding(&finding);
        let web = self.services.web(global, self.allow_http)?;
        let engine = Engine::new(material.root(), material.relaxations()).map_err(problem)?;
        let config = self.services.config(material).map_err(problem)?;
        let token = token(self.signer.as_deref(), self.identity, &config, &web, global)?;
        let by = by(self.signer.as_deref(), token.as_ref(), self.key_hint, self.log)?;
        let steps = Steps::new(console.shows_progress());
        let on_step = |step: Step, service: &str| {
            let text = format!("{step} {service}");
            if global.verbose {
                to_stderr(&format!("{}\n", text.trim_end()));
            }
            steps.step(&text);
        };
        let services = Services {
            web: &web,
            config: &config,
            engine: &engine,
            version: self.services.version(),
            now: Timestamp::now,
            on_step: &on_step,
        };
        let result = work(&mut Session::new(services, by));
        steps.clear();
        Ok(result)
    }
}

/// The token of whoever signs without a key, from the issuer that the services believe.
///
/// # Errors
///
/// When there is no token.
pub(super) fn token(
    signer: Option<&dyn Signer>,
    identity: &IdentityArgs,
    config: &SigningConfig,
    web: &Web,
    global: &Global,
) -> Result<Option<Obtained>, Problem> {
    if signer.is_some() {
        return Ok(None);
    }
    let issuer = config.issuers.first().map(|service| &service.url);
    identity.obtain(issuer, web, global).map(Some)
}

/// Who signs: the key, or else whom the token names.
///
/// # Errors
///
/// A usage error when there is neither.
pub(super) fn by<'a>(
    signer: Option<&'a dyn Signer>,
    token: Option<&'a Obtained>,
    hint: Option<&'a str>,
    log: bool,
) -> Result<By<'a>, Problem> {
    match (signer, token) {
        (Some(signer), _) => Ok(By::Key { signer, hint, log }),
        (None, Some(obtained)) => Ok(By::Identity(Identity::from(&obtained.token))),
        (None, None) => Err(Problem::usage("nobody signs: name a key or a token")),
    }
}
