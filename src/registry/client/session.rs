//! One registry: its connections, who asks it, and the way from a question to an answer: attempts, redirects, and a
//! token where one is wanted.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{ACCEPT, AUTHORIZATION, HeaderMap, HeaderValue, LOCATION};
use reqwest::{Method, StatusCode, Url};
use serde::Deserialize;
use tokio::sync::{Mutex, OwnedMutexGuard, Semaphore};

use super::config::ClientConfig;
use super::credentials::Keyring;
use super::egress::Guard;
use super::feed::Load;
use super::pass::{Pass, Scope, Slot};
use super::token::asked;
use super::trouble::{Trouble, Why};
use super::wire::{Answer, Ask, Wire};
use crate::http::retry::{may_pass, random};
use crate::http::{Origin, Vessel, is_loopback, is_redirect, out_of_time};
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
    pub(super) wire: Wire,
    pub(super) config: Arc<ClientConfig>,
    pub(super) keyring: Arc<Keyring>,
    /// What the registry is to be told about each repository, once it is known.
    pub(super) passes: Mutex<HashMap<Scope, Slot>>,
    permits: Semaphore,
    /// Those who change the same tag do so one after another.
    turns: Mutex<HashMap<String, Arc<Mutex<()>>>>,
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
            turns: Mutex::default(),
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

    /// The turn of whoever changes the tag at `path`. It lasts until it is dropped.
    pub(super) async fn turn(&self, path: &str) -> OwnedMutexGuard<()> {
        let turn = Arc::clone(self.turns.lock().await.entry(path.to_owned()).or_default());
        turn.lock_owned().await
    }

    /// Asks, with a token if the registry wants one. The answer has status 200.
    pub(super) async fn ask(&self, question: Question<'_>) -> Result<Answer, Trouble> {
        let mut body = Vec::new();
        let mut answer = self.ask_into(question, &mut body).await?;
        answer.body = body;
        Ok(answer)
    }

    /// The same for an answer whose body goes to `vessel`.
    pub(super) async fn ask_into(
        &self,
        question: Question<'_>,
        vessel: &mut impl Vessel<Error: Into<Why>>,
    ) -> Result<Answer, Trouble> {
        let url = self.home.url(question.path);
        let Some(url) = url.filter(|url| Origin::of(url).as_ref() == Some(&self.home)) else {
            let why = Why::Protocol("no address can be made of it".to_owned());
            return Err(Trouble::new(format!("GET {}", self.home), why));
        };
        let trouble = |why| Trouble::new(asked("GET", &url), why);
        let scope = Scope::pull(question.repository);
        let slot = self.slot(&scope).await;
        let pass = slot.lock().await.clone();
        let (answer, at_home) = self.follow(&url, question, pass.as_ref(), vessel).await?;
        if answer.status != StatusCode::UNAUTHORIZED || !at_home {
            return judge(answer, &[StatusCode::OK]).map_err(trouble);
        }
        let pass = self
            .pass(&slot, &scope, &answer, pass, &asked("GET", &url))
            .await?;
        let (answer, _) = self.follow(&url, question, Some(&pass), vessel).await?;
        judge(answer, &[StatusCode::OK]).map_err(trouble)
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
        vessel: &mut impl Vessel<Error: Into<Why>>,
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
                method: Method::GET,
                url: url.clone(),
                headers: headers.clone(),
                limit: question.limit,
                load: Load::Nothing,
            };
            let answer = self.persist_into(&asked("GET", &url), ask, vessel).await?;
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
    pub(super) async fn persist<'a>(
        &self,
        asked: &str,
        ask: impl Fn() -> Ask<'a>,
    ) -> Result<Answer, Trouble> {
        let mut body = Vec::new();
        let mut answer = self.persist_into(asked, ask, &mut body).await?;
        if answer.status.is_success() {
            answer.body = body;
        }
        Ok(answer)
    }

    async fn persist_into<'a>(
        &self,
        asked: &str,
        ask: impl Fn() -> Ask<'a>,
        vessel: &mut impl Vessel<Error: Into<Why>>,
    ) -> Result<Answer, Trouble> {
        let mut attempt = 0;
        loop {
            attempt += 1;
            vessel.restart();
            let result = self.once(ask(), vessel).await;
            let again = self.again(attempt, result.as_ref()).await;
            if !again.map_err(|why| Trouble::new(asked, why))? {
                return result.map_err(|why| Trouble::new(asked, why));
            }
        }
    }

    /// Sends one request, when it is its turn.
    pub(super) async fn once(
        &self,
        ask: Ask<'_>,
        vessel: &mut impl Vessel<Error: Into<Why>>,
    ) -> Result<Answer, Why> {
        let _permit = self.permits.acquire().await;
        self.wire.exchange(ask, vessel).await
    }

    /// How long to wait before looking whether another writer came in between.
    pub(super) fn settle(&self) -> Duration {
        self.config.settle.0
    }

    /// Whether to try once more after attempt number `attempt`; the pause before that has then passed.
    pub(super) async fn again(&self, attempt: u32, result: Result<&Answer, &Why>) -> Result<bool, Why> {
        let asked_to_wait = match result {
            Ok(answer) if may_pass(answer.status) => answer.retry_after(),
            Err(Why::Unreachable(_)) => None,
            _ => return Ok(false),
        };
        match self.wire.patience().retry.pause(attempt, asked_to_wait, random()) {
            Some(pause) => self.pause(pause).await,
            None => Ok(false),
        }
    }

    /// Waits, unless that would use up the time: then there is no wait, and the answer is false.
    pub(super) async fn pause(&self, pause: Duration) -> Result<bool, Why> {
        if self.wire.time_for(pause).is_none_or(|left| left < pause) {
            return Ok(false);
        }
        tokio::time::sleep(pause).await;
        match self.wire.time_for(pause) {
            Some(_) => Ok(true),
            None => Err(out_of_time().into()),
        }
    }
}

/// Where an answer points to.
pub(super) fn target(from: &Url, headers: &HeaderMap) -> Result<Url, Why> {
    let unusable = || Why::Protocol("it points elsewhere and does not say where".to_owned());
    let location = headers
        .get(LOCATION)
        .filter(|value| value.len() <= MAX_LOCATION_BYTES)
        .and_then(|value| value.to_str().ok())
        .ok_or_else(unusable)?;
    from.join(location).map_err(|_| unusable())
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
pub(super) fn judge(answer: Answer, accepted: &[StatusCode]) -> Result<Answer, Why> {
    let status = answer.status;
    if accepted.contains(&status) {
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
    fn statuses_are_told_apart() {
        let says = |status: u16, body: &str| {
            judge(
                Answer {
                    status: StatusCode::from_u16(status).unwrap(),
                    headers: HeaderMap::new(),
                    body: body.as_bytes().to_vec(),
                },
                &[StatusCode::OK],
            )
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
