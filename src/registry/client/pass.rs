//! What a registry is told about who asks: a pass for each thing that is to be done, got once and used by all requests.

use std::sync::Arc;

use reqwest::header::HeaderValue;
use tokio::sync::Mutex;

use super::challenge::{self, Challenge, ChallengeError};
use super::credential::Credential;
use super::credentials::Found;
use super::session::Session;
use super::token::{self, TokenRequest};
use super::trouble::{Trouble, Why};
use super::wire::Answer;
use crate::http::{basic, bearer};

/// The place of a pass: empty until somebody needs it.
pub(super) type Slot = Arc<Mutex<Option<Pass>>>;

/// What is to be done. A token is asked for that, and for no more.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Scope {
    repository: String,
    access: Access,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Access {
    Pull,
    Push,
    /// Push, and pull from another repository of the same registry.
    Mount(String),
}

impl Scope {
    /// Reading a repository.
    pub(super) fn pull(repository: &str) -> Self {
        Self::new(repository, Access::Pull)
    }

    /// Reading and writing a repository.
    pub(super) fn push(repository: &str) -> Self {
        Self::new(repository, Access::Push)
    }

    /// Reading and writing a repository, with blobs that are in another one.
    pub(super) fn mount(repository: &str, from: &str) -> Self {
        Self::new(repository, Access::Mount(from.to_owned()))
    }

    fn new(repository: &str, access: Access) -> Self {
        Self {
            repository: repository.to_owned(),
            access,
        }
    }

    /// The scopes to ask a token for, whatever the challenge says. A scope that is a single word and names no repository
    /// is some registries' own and is passed on.
    fn wanted(&self, offered: Option<&str>) -> Vec<String> {
        if let Some(word) = offered
            && !word.is_empty()
            && word.bytes().all(|byte| byte.is_ascii_lowercase())
        {
            return vec![word.to_owned()];
        }
        let Self { repository, access } = self;
        let push = || format!("repository:{repository}:pull,push");
        match access {
            Access::Pull => vec![format!("repository:{repository}:pull")],
            Access::Push => vec![push()],
            Access::Mount(from) => vec![push(), format!("repository:{from}:pull")],
        }
    }
}

/// The value of an `Authorization` header that a registry took, or may take.
#[derive(Debug, Clone)]
pub(super) struct Pass {
    pub(super) value: HeaderValue,
    /// Tells one token from the next.
    serial: u64,
}

impl Session {
    /// Where the pass for a scope is kept.
    pub(super) async fn slot(&self, scope: &Scope) -> Slot {
        let mut passes = self.passes.lock().await;
        Arc::clone(passes.entry(scope.clone()).or_default())
    }

    /// Gets what the registry wants to be told. While one request does so, others for the same repository wait and
    /// take what it got.
    pub(super) async fn pass(
        &self,
        slot: &Mutex<Option<Pass>>,
        scope: &Scope,
        refusal: &Answer,
        used: Option<Pass>,
        asked: &str,
    ) -> Result<Pass, Trouble> {
        let mut slot = slot.lock().await;
        let used = used.map_or(0, |pass| pass.serial);
        if let Some(newer) = slot.as_ref().filter(|pass| pass.serial != used) {
            return Ok(newer.clone());
        }
        let found = self
            .keyring
            .find(self.name(), &scope.repository)
            .await
            .map_err(|why| Trouble::new(format!("registry {}", self.name()), why))?;
        let value = self.authorize(scope, refusal, &found, asked).await?;
        let pass = Pass {
            value,
            serial: used.wrapping_add(1),
        };
        *slot = Some(pass.clone());
        Ok(pass)
    }

    async fn authorize(
        &self,
        scope: &Scope,
        refusal: &Answer,
        found: &Found,
        asked: &str,
    ) -> Result<HeaderValue, Trouble> {
        let trouble = |why| Trouble::new(asked, why);
        let unauthorised =
            |detail: String| trouble(Why::Unauthorised(format!("{detail}; {}", found.words())));
        let malformed = || trouble(Why::Credentials(format!("{} cannot be sent", found.words())));
        if let Some(Credential::RegistryToken(token)) = &found.credential {
            return bearer(token).ok_or_else(malformed);
        }
        match challenge::choose(&refusal.headers) {
            Ok(Challenge::Basic) => match &found.credential {
                Some(Credential::Password { username, password }) => {
                    basic(username, password).ok_or_else(malformed)
                }
                _ => Err(unauthorised("it wants a user name and password".to_owned())),
            },
            Ok(Challenge::Bearer {
                realm,
                service,
                scope: offered,
            }) => {
                let scopes = scope.wanted(offered.as_deref());
                let request = TokenRequest::new(
                    self.wire.guard(),
                    &self.config.auth_hosts,
                    &realm,
                    service.as_deref(),
                    &scopes,
                    found.credential.as_ref(),
                );
                let request = request.map_err(trouble)?;
                let answer = self.persist(&request.asked(), || request.ask()).await?;
                token::read(&answer).map_err(|why| match why {
                    Why::Unauthorised(detail) => {
                        let detail = format!("{detail}; {}", found.words());
                        Trouble::new(request.asked(), Why::Unauthorised(detail))
                    }
                    other => Trouble::new(request.asked(), other),
                })
            }
            Err(ChallengeError::Absent) => Err(unauthorised("it does not say how to log in".to_owned())),
            Err(ChallengeError::Unknown) => Err(unauthorised(
                "it wants a kind of login that is unknown".to_owned(),
            )),
            Err(ChallengeError::Malformed) => Err(trouble(Why::Protocol(
                "its WWW-Authenticate header cannot be read".to_owned(),
            ))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_for_our_own_repository_and_to_write_only_where_something_is_written() {
        let pull = ["repository:org/app:pull"];
        for (scope, offered, wanted) in [
            (Scope::pull("org/app"), None, &pull[..]),
            (
                Scope::pull("org/app"),
                Some("repository:victim/app:pull,push"),
                &pull,
            ),
            (
                Scope::pull("org/app"),
                Some("repository:org/app:pull,push"),
                &pull,
            ),
            (Scope::pull("org/app"), Some("registry:catalog:*"), &pull),
            (Scope::pull("org/app"), Some(""), &pull),
            (Scope::pull("org/app"), Some("aws"), &["aws"]),
            (
                Scope::push("org/app"),
                Some("repository:org/app:pull"),
                &["repository:org/app:pull,push"],
            ),
            (
                Scope::mount("org/app", "base"),
                None,
                &["repository:org/app:pull,push", "repository:base:pull"],
            ),
        ] {
            assert_eq!(scope.wanted(offered), wanted, "{scope:?} {offered:?}");
        }
    }
}
