//! Answers that are kept, so that each question is asked once, also when several ask it at the same time.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::OnceCell;

use super::trouble::Trouble;

/// An answer, or its place until it comes.
type Cell<T> = Arc<OnceCell<Result<T, Trouble>>>;

/// Answers by question. A failure is kept like any other answer: it was the outcome of all attempts.
#[derive(Debug)]
pub(super) struct Memo<K, T>(Mutex<HashMap<K, Cell<T>>>);

impl<K, T> Default for Memo<K, T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Clone + Eq + Hash, T: Clone> Memo<K, T> {
    /// Runs `fetch` unless the answer is already there, or on its way.
    pub(super) async fn once<F>(&self, key: &K, fetch: impl FnOnce() -> F) -> Result<T, Trouble>
    where
        F: Future<Output = Result<T, Trouble>>,
    {
        let cell = Arc::clone(self.lock().entry(key.clone()).or_default());
        cell.get_or_init(fetch).await.clone()
    }

    /// Keeps an answer that came by another way, unless there is one.
    pub(super) fn keep(&self, key: K, answer: T) {
        let cell = || Arc::new(OnceCell::new_with(Some(Ok(answer))));
        self.lock().entry(key).or_insert_with(cell);
    }

    /// The answer to a question, if it was asked and answered.
    pub(super) fn known(&self, key: &K) -> Option<T> {
        let cell = Arc::clone(self.lock().get(key)?);
        cell.get()?.as_ref().ok().cloned()
    }

    /// Every answer so far.
    pub(super) fn all(&self) -> Vec<(K, T)> {
        let cells: Vec<_> = self
            .lock()
            .iter()
            .map(|(key, cell)| (key.clone(), Arc::clone(cell)))
            .collect();
        let answer = |(key, cell): (K, Cell<T>)| Some((key, cell.get()?.as_ref().ok()?.clone()));
        cells.into_iter().filter_map(answer).collect()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<K, Cell<T>>> {
        // Nothing is left half done under this lock.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
