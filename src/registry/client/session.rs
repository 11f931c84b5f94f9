//! One registry: its connections, who asks it, and the way from a question to an answer: attempts, redirects, and a
//! token where one is wanted.

use std::collections::HashMap;
use std::sync::Arc;

use reqwest::header::{ACCEPT, AUTHORIZATION, HeaderMap, HeaderValue, LOCATION};
use reqwest::{StatusCode, Url};
use serde::Deserialize;
use tokio::sync::{Mutex, Semaphore};

use super::challenge::{self, Challenge, ChallengeError};
use super::config::ClientConfig;
use super::credential::Credential;
use super::credentials::{Found, Keyring};
use super::egress::Guard;
use super::token::{self, TokenRequest, asked};
use super::trouble::{Trouble, Why};
use super::wire::{Answer, Ask, Wire};
use crate::http::retry::{may_pass, random};
use crate::http::{Origin, basic, bearer, is_loopback, is_redirect, out_of_time};
use crate::registry::limits::{MAX_REDIRECTS, MAX_REQUESTS_IN_FLIGHT};

/// Bytes of a redirect's target. Signed addresses of object stores are long.
const MAX_LOCATION_BYTES: usize = 8 * 1024;

/// What to do when an answer points elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Redirects {
    /// Go there: manifests and blobs are recognised by their digest, wherever they are kept.
    Follow,
    /// Take it for no answer: nothing vouches for a list but who gives it.
    Refuse,
}

/// A question to the registry.
#[derive(Debug, Clone, Copy)]
pub(super) struct Question<'a> {
    /// The repository, for the token's scope.
    pub(super) repository: &'a str,
    /// Path and query on the registry.
    pub(super) path: &'a str,
    /// The media types that are understood.
    pub(super) accept: Option<&'static str>,
    /// Bytes of a body that are accepted.
    pub(super) limit: u64,
    /// Whether redirects are followed.
    pub(super) redirects: Redirects,
}

/// A registry that is asked about one or more repositories.
#[derive(Debug)]
pub(super) struct Session {
    /// Its name as references have it.
    name: String,
    home: Origin,
    wire: Wire,
    config: Arc<ClientConfig>,
    keyring: Arc<Keyring>,
    /// What each repository is to be told, once it is known.
    passes: Mutex<HashMap<String, Arc<Mutex<Option<Pass>>>>>,
    permits: Semaphore,
}

/// The value of an `Authorization` header that a registry took, or may take.
#[derive(Debug, Clone)]
struct Pass {
    value: HeaderValue,
    /// Tells one token from the next.
    serial: u64,
}

impl Session {
    pub(super) fn new(name: &str, config: Arc<ClientConfig>, keyring: Arc<Keyring>) -> Result<Self, Trouble> {
        let asked = || format!("registry {name}");
        let over_tls = config.tls.authorities.is_some() || config.tls.client.is_some();
        let plain = |host: &str, port: u16| {
            let mut named = config.allow_http.iter();
            named.any(|endpoint| endpoint.covers(host, port)) || (!over_tls && is_loopback(host))
        };
        let home = Origin::of_registry(name, plain)
            .ok_or_else(|| Trouble::new(asked(), Why::Refused("its name is no host".to_owned())))?;
        let guard = Guard {
            home: home.clone(),
            only: config.egress.clone(),
            named: config.auth_hosts.clone(),
            plain: config.allow_http.clone(),
            proxies: config.proxies.hosts(),
        };
        let wire =
            Wire::new(Arc::new(guard), Arc::clone(&config)).map_err(|why| Trouble::new(asked(), why))?;
        Ok(Self {
            name: name.to_owned(),
            home,
            wire,
            config,
            keyring,
            passes: Mutex::default(),
            permits: Semaphore::new(MAX_REQUESTS_IN_FLIGHT),
        })
    }

    /// Its name as references have it.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Its origin.
    pub(super) fn home(&self) -> &Origin {
        &self.home
    }

    /// Asks, with a token if the registry wants one. The answer has status 200.
    pub(super) async fn ask(&self, question: Question<'_>) -> Result<Answer, Trouble> {
        let url = self.home.url(question.path);
        let Some(url) = url.filter(|url| Origin::of(url).as_ref() == Some(&self.home)) else {
            let why = Why::Protocol("no address can be made of it".to_owned());
            return Err(Trouble::new(format!("GET {}", self.home), why));
        };
        let trouble = |why| Trouble::new(asked("GET", &url), why);
        let slot = self.slot(question.repository).await;
        let pass = slot.lock().await.clone();
        let (answer, at_home) = self.follow(&url, question, pass.as_ref()).await?;
        if answer.status != StatusCode::UNAUTHORIZED || !at_home {
            return judge(answer).map_err(trouble);
        }
        let pass = self.pass(&slot, question.repository, &answer, pass, &url).await?;
        let (answer, _) = self.follow(&url, question, Some(&pass)).await?;
        judge(answer).map_err(trouble)
    }

    async fn slot(&self, repository: &str) -> Arc<Mutex<Option<Pass>>> {
        let mut passes = self.passes.lock().await;
        Arc::clone(passes.entry(repository.to_owned()).or_default())
    }

    /// Gets what the registry wants to be told. While one request does so, others for the same repository wait and
    /// take what it got.
    async fn pass(
        &self,
        slot: &Mutex<Option<Pass>>,
        repository: &str,
        refusal: &Answer,
        used: Option<Pass>,
        url: &Url,
    ) -> Result<Pass, Trouble> {
        let mut slot = slot.lock().await;
        let used = used.map_or(0, |pass| pass.serial);
        if let Some(newer) = slot.as_ref().filter(|pass| pass.serial != used) {
            return Ok(newer.clone());
        }
        let found = self
            .keyring
            .find(&self.name, repository)
            .await
            .map_err(|why| Trouble::new(format!("registry {}", self.name), why))?;
        let value = self.authorize(repository, refusal, &found, url).await?;
        let pass = Pass {
            value,
            serial: used.wrapping_add(1),
        };
        *slot = Some(pass.clone());
        Ok(pass)
    }

    async fn authorize(
        &self,
        repository: &str,
        refusal: &Answer,
        found: &Found,
        url: &Url,
    ) -> Result<HeaderValue, Trouble> {
        let trouble = |why| Trouble::new(asked("GET", url), why);
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
                scope,
            }) => {
                let scope = wanted_scope(repository, scope.as_deref());
                let request = TokenRequest::new(
                    self.wire.guard(),
                    &self.config.auth_hosts,
                    &realm,
                    service.as_deref(),
                    &scope,
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

    /// Sends a question, and goes where it is pointed to. Tells whether the answer is the registry's own.
    ///
    /// What was to be told to the registry is told to nobody else, and not to the registry either once another origin
    /// had a say in the address.
    async fn follow(
        &self,
        url: &Url,
        question: Question<'_>,
        pass: Option<&Pass>,
    ) -> Result<(Answer, bool), Trouble> {
        let mut url = url.clone();
        let mut at_home = true;
        for _ in 0..=MAX_REDIRECTS {
            let mut headers = HeaderMap::new();
            if let Some(accept) = question.accept {
                headers.insert(ACCEPT, HeaderValue::from_static(accept));
            }
            if let Some(pass) = pass.filter(|_| at_home) {
                headers.insert(AUTHORIZATION, pass.value.clone());
            }
            let ask = || Ask {
                url: url.clone(),
                headers: headers.clone(),
                limit: question.limit,
                form: None,
            };
            let answer = self.persist(&asked("GET", &url), ask).await?;
            if !is_redirect(answer.status) || question.redirects == Redirects::Refuse {
                return Ok((answer, at_home));
            }
            let trouble = |why| Trouble::new(asked("GET", &url), why);
            let next = target(&url, &answer.headers).map_err(trouble)?;
            let origin = self
                .wire
                .guard()
                .check(&next)
                .map_err(|refused| trouble(Why::Refused(refused.0)))?;
            if url.scheme() == "https" && !origin.secure {
                let why = Why::Refused(format!("a redirect to {origin} gives up TLS"));
                return Err(trouble(why));
            }
            at_home = at_home && origin == self.home;
            url = next;
        }
        let why = Why::Protocol(format!("more than {MAX_REDIRECTS} redirects"));
        Err(Trouble::new(asked("GET", &url), why))
    }

    /// Sends one request as often as it makes sense to.
    async fn persist<'a>(&self, asked: &str, ask: impl Fn() -> Ask<'a>) -> Result<Answer, Trouble> {
        let mut attempt = 0;
        loop {
            attempt += 1;
            let result = {
                let _permit = self.permits.acquire().await;
                self.wire.exchange(ask()).await
            };
            let wait = match &result {
                Ok(answer) if may_pass(answer.status) => answer.retry_after(),
                Err(Why::Unreachable(_)) => None,
                _ => return result.map_err(|why| Trouble::new(asked, why)),
            };
            let pause = self.wire.patience().retry.pause(attempt, wait, random());
            // A pause that would use up the time is not begun.
            let Some(pause) =
                pause.filter(|pause| self.wire.time_for(*pause).is_some_and(|left| left >= *pause))
            else {
                return result.map_err(|why| Trouble::new(asked, why));
            };
            tokio::time::sleep(pause).await;
            if self.wire.time_for(pause).is_none() {
                return Err(Trouble::new(asked, out_of_time().into()));
            }
        }
    }
}

/// Where a redirect points to.
fn target(from: &Url, headers: &HeaderMap) -> Result<Url, Why> {
    let unusable = || Why::Protocol("it points elsewhere and does not say where".to_owned());
    let location = headers
        .get(LOCATION)
        .filter(|value| value.len() <= MAX_LOCATION_BYTES)
        .and_then(|value| value.to_str().ok())
        .ok_or_else(unusable)?;
    from.join(location).map_err(|_| unusable())
}

/// The scope to ask a token for: pulling this repository, whatever the challenge says. A scope that is a single word
/// and names no repository is some registries' own and is passed on.
fn wanted_scope(repository: &str, offered: Option<&str>) -> String {
    match offered {
        Some(word) if !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase()) => {
            word.to_owned()
        }
        _ => format!("repository:{repository}:pull"),
    }
}

#[derive(Deserialize)]
struct ErrorBody {
    errors: Vec<ErrorItem>,
}

#[derive(Deserialize)]
struct ErrorItem {
    code: String,
}

/// What a final answer means. Of an error's body only known codes are used, and nothing is repeated.
fn judge(answer: Answer) -> Result<Answer, Why> {
    let status = answer.status;
    if status == StatusCode::OK {
        return Ok(answer);
    }
    let says = |code: &str| {
        serde_json::from_slice::<ErrorBody>(&answer.body)
            .is_ok_and(|body| body.errors.iter().any(|error| error.code == code))
    };
    Err(match status.as_u16() {
        429 => Why::Throttled(answer.retry_after()),
        400..=499 if says("TOOMANYREQUESTS") => Why::Throttled(answer.retry_after()),
        401 | 403 => Why::Unauthorised(format!("it answered {status}")),
        404 if says("NAME_UNKNOWN") => Why::NoRepository,
        404 => Why::NotFound,
        408 | 500..=599 => Why::Unreachable(format!("it answered {status}")),
        _ => Why::Protocol(format!("it answered {status}")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_repository_is_asked_for_and_only_to_pull() {
        for (offered, scope) in [
            (None, "repository:org/app:pull"),
            (Some("repository:victim/app:pull,push"), "repository:org/app:pull"),
            (Some("registry:catalog:*"), "repository:org/app:pull"),
            (Some(""), "repository:org/app:pull"),
            (Some("aws"), "aws"),
        ] {
            assert_eq!(wanted_scope("org/app", offered), scope, "{offered:?}");
        }
    }

    #[test]
    fn statuses_are_told_apart() {
        let says = |status: u16, body: &str| {
            judge(Answer {
                status: StatusCode::from_u16(status).unwrap(),
                headers: HeaderMap::new(),
                body: body.as_bytes().to_vec(),
            })
            .map(|_| ())
            .map_err(|why| why.code().name())
        };
        let errors =
            |code: &str| format!(r#"{{"errors":[{{"code":"{code}","message":"hunter2","detail":null}}]}}"#);
        for (status, body, code) in [
            (404, errors("MANIFEST_UNKNOWN"), "registry-not-found"),
            (404, errors("NAME_UNKNOWN"), "registry-repository-not-found"),
            (404, "<html>".to_owned(), "registry-not-found"),
            (401, errors("UNAUTHORIZED"), "registry-unauthorised"),
            (403, errors("DENIED"), "registry-unauthorised"),
            (403, errors("TOOMANYREQUESTS"), "registry-throttled"),
            (429, String::new(), "registry-throttled"),
            (503, String::new(), "registry-unreachable"),
            (501, String::new(), "registry-unreachable"),
            (206, String::new(), "registry-protocol"),
            (303, String::new(), "registry-protocol"),
            (418, String::new(), "registry-protocol"),
        ] {
            assert_eq!(says(status, &body), Err(code), "{status} {body}");
        }
        assert_eq!(says(200, ""), Ok(()));
    }
}
