//! Requests that change something, and those that go with them: one exchange with the registry's own origin, with a pass
//! that allows to write.
//!
//! Nothing that is written follows a redirect, and nothing is written to another origin, not even without credentials:
//! every registry that is in use takes uploads at its own origin, and an address elsewhere is how credentials and private
//! layers are led astray (CVE-2026-50151). The same holds for an address that gives up TLS.

use reqwest::header::{AUTHORIZATION, HeaderMap};
use reqwest::{Method, StatusCode, Url};

use super::feed::Load;
use super::pass::{Pass, Scope};
use super::session::{Session, target};
use super::token::asked;
use super::trouble::{Trouble, Why};
use super::wire::{Answer, Ask};
use crate::http::{Origin, is_redirect};

/// A request to the registry's own origin.
pub(super) struct Order<'a> {
    /// What is to be done.
    pub(super) method: Method,
    /// Where; has to be at the registry's origin.
    pub(super) url: Url,
    /// What the pass is for.
    pub(super) scope: &'a Scope,
    /// What it says about itself.
    pub(super) headers: HeaderMap,
    /// What is sent.
    pub(super) load: Load<'a>,
    /// Bytes of a body that are accepted.
    pub(super) limit: u64,
    /// How often it is sent.
    pub(super) attempts: Attempts,
}

/// How often a request is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Attempts {
    /// As often as the retry policy says.
    Several,
    /// Once: what it is a part of is repeated as a whole.
    One,
}

impl Session {
    /// Sends a request that a pass is needed for, and gets the pass if the registry wants one. Any status is an answer.
    pub(super) async fn order(&self, order: &Order<'_>) -> Result<Answer, Trouble> {
        let slot = self.slot(order.scope).await;
        let pass = slot.lock().await.clone();
        let answer = self.carry_out(order, pass.as_ref()).await?;
        if answer.status != StatusCode::UNAUTHORIZED {
            return Ok(answer);
        }
        let pass = self
            .pass(&slot, order.scope, &answer, pass, &order.asked())
            .await?;
        self.carry_out(order, Some(&pass)).await
    }

    async fn carry_out(&self, order: &Order<'_>, pass: Option<&Pass>) -> Result<Answer, Trouble> {
        let trouble = |why| Trouble::new(order.asked(), why);
        if Origin::of(&order.url).as_ref() != Some(self.home()) {
            return Err(trouble(elsewhere()));
        }
        let mut headers = order.headers.clone();
        if let Some(pass) = pass {
            headers.insert(AUTHORIZATION, pass.value.clone());
        }
        let ask = || Ask {
            method: order.method.clone(),
            url: order.url.clone(),
            headers: headers.clone(),
            limit: order.limit,
            load: order.load.clone(),
        };
        let answer = match order.attempts {
            Attempts::Several => self.persist(&order.asked(), ask).await?,
            Attempts::One => self.once(ask(), &mut Vec::new()).await.map_err(trouble)?,
        };
        match is_redirect(answer.status) && order.method != Method::HEAD {
            true => Err(trouble(elsewhere())),
            false => Ok(answer),
        }
    }

    /// Where an upload goes on, which has to be at the registry's origin.
    pub(super) fn upload_address(&self, from: &Url, answer: &Answer) -> Result<Url, Why> {
        let url = target(from, &answer.headers)?;
        match Origin::of(&url).as_ref() == Some(self.home()) && url.username().is_empty() {
            true => Ok(url),
            false => Err(elsewhere()),
        }
    }
}

impl Order<'_> {
    /// What is asked, for reports.
    pub(super) fn asked(&self) -> String {
        asked(self.method.as_str(), &self.url)
    }
}

fn elsewhere() -> Why {
    Why::Refused("it points to another origin, and nothing is written anywhere else than asked".to_owned())
}
