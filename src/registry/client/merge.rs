//! Changing what a tag points to while others do the same.
//!
//! A registry takes whatever is written last. Within this process, changes of one tag wait for each other. Between
//! processes there is a condition on the write (`If-Match`) where the registry knows it, and in any case: read, add what is
//! missing, write, read back, wait, read again. Whoever finds that another write went over its own adds what is missing
//! once more, after a pause that grows and differs from one writer to the next.
//!
//! Without conditions one thing is left: a writer that read before another wrote, and writes only after that one has
//! looked for the last time. The pauses make that unlikely and grow with what was seen of others; they cannot rule it out.

use std::time::Duration;

use super::image::Image;
use super::trouble::{Trouble, Why};
use super::write::{Condition, Tagged, Written};
use crate::http::retry::random;
use crate::registry::content::Content;
use crate::registry::edit::Edit;
use crate::registry::raw::RawManifest;

/// How often a tag is read before it is given up.
const MAX_ROUNDS: u32 = 80;
/// How often what was written has to be found, one pause between each.
const CONFIRMATIONS: u32 = 2;
/// The pause doubles this often at most.
const MAX_DOUBLINGS: u32 = 6;

/// Where a change stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Nothing was written yet, or what was written is gone.
    Open,
    /// It was written, and found this often since.
    Written(u32),
}

impl Image {
    /// Applies `edit` to what `tag` points to, until it holds.
    pub(super) async fn change_tag(&self, tag: &str, edit: &mut dyn Edit) -> Result<(), Trouble> {
        let path = format!("manifests/{tag}");
        let mut state = State::Open;
        let mut lost = 0;
        let mut pause = None;
        for _ in 0..MAX_ROUNDS {
            if let Some(pause) = pause.take() {
                self.rest(pause, &path).await?;
            }
            let turn = self
                .session()
                .turn(&format!("{}/{path}", self.repository()))
                .await;
            let current = self.current(tag, None).await?;
            self.forget_deleted(edit, current.as_ref()).await?;
            let manifest = current.as_ref().map(|tagged| &tagged.manifest);
            let change = edit
                .apply(manifest)
                .map_err(|error| self.trouble(&path, Why::Document(Box::new(error))))?;
            match (change, state) {
                // There was nothing to do.
                (None, State::Open) if lost == 0 => return Ok(()),
                (None, State::Open) => state = State::Written(1),
                (None, State::Written(found)) if found.saturating_add(1) >= CONFIRMATIONS => return Ok(()),
                (None, State::Written(found)) => {
                    state = State::Written(found.saturating_add(1));
                    pause = Some(self.settling(lost));
                }
                (Some(_), State::Written(_)) => {
                    lost = u32::saturating_add(lost, 1);
                    state = State::Open;
                    pause = Some(self.backing_off(lost));
                }
                (Some(change), State::Open) => {
                    for (blob, bytes) in change.blobs {
                        let content: std::sync::Arc<dyn Content> = std::sync::Arc::new(bytes);
                        self.upload(&blob, content).await?;
                    }
                    match self.write_tag(tag, &change.manifest, current.as_ref()).await? {
                        Written::Overtaken => {
                            lost = lost.saturating_add(1);
                            pause = Some(self.backing_off(lost));
                        }
                        Written::Listed | Written::Unlisted => state = State::Written(0),
                    }
                }
            }
            drop(turn);
        }
        let why = Why::Contended(format!(
            "it was read {MAX_ROUNDS} times, and others kept writing over it"
        ));
        Err(self.trouble(&path, why))
    }

    async fn write_tag(
        &self,
        tag: &str,
        manifest: &RawManifest,
        current: Option<&Tagged>,
    ) -> Result<Written, Trouble> {
        self.put_manifest(manifest, tag, Condition::Unchanged(current))
            .await
    }

    /// What is not listed any more and not there either was taken away on purpose.
    async fn forget_deleted(&self, edit: &mut dyn Edit, current: Option<&Tagged>) -> Result<(), Trouble> {
        for digest in edit.dropped(current.map(|tagged| &tagged.manifest)) {
            if !self.has_manifest(&digest).await? {
                edit.forget(&digest);
            }
        }
        Ok(())
    }

    /// How long to wait before looking once more whether what was written is still there.
    fn settling(&self, lost: u32) -> Duration {
        let settle = self.session().settle();
        let longest = settle.saturating_mul(lost.min(MAX_DOUBLINGS).saturating_add(1));
        longest.saturating_add(jitter(settle))
    }

    /// How long to stay away after others went over what was written.
    fn backing_off(&self, lost: u32) -> Duration {
        let settle = self.session().settle();
        jitter(settle.saturating_mul(2_u32.saturating_pow(lost.min(MAX_DOUBLINGS))))
    }

    async fn rest(&self, pause: Duration, path: &str) -> Result<(), Trouble> {
        match self.session().pause(pause).await {
            Ok(true) => Ok(()),
            Ok(false) => {
                let why = Why::Contended(
                    "the time for the whole run is over before it is certain that others did not write over it"
                        .to_owned(),
                );
                Err(self.trouble(path, why))
            }
            Err(why) => Err(self.trouble(path, why)),
        }
    }
}

/// A time between nothing and `longest`.
fn jitter(longest: Duration) -> Duration {
    let micros = u64::try_from(longest.as_micros()).unwrap_or(u64::MAX);
    Duration::from_micros(random().checked_rem(micros.saturating_add(1)).unwrap_or_default())
}
