//! The threads that requests are driven on.

use tokio::runtime::{Builder, Runtime};

/// A runtime for code that waits. It ends without waiting for a name lookup that hangs.
#[derive(Debug)]
pub(crate) struct Worker(Option<Runtime>);

impl Worker {
    /// Starts `threads` threads that are called `name`; they mostly wait.
    ///
    /// # Errors
    ///
    /// When the system gives no threads.
    pub(crate) fn start(name: &str, threads: usize) -> std::io::Result<Self> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(threads)
            .thread_name(name)
            .enable_all()
            .build()?;
        Ok(Self(Some(runtime)))
    }

    /// Begins `work`, and does not wait for it.
    pub(crate) fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        if let Some(runtime) = &self.0 {
            drop(runtime.spawn(work));
        }
    }

    /// Waits for `work`. Not for asynchronous code. `None` when the runtime is gone, which is while it is dropped.
    pub(crate) fn block_on<F: Future>(&self, work: F) -> Option<F::Output> {
        self.0.as_ref().map(|runtime| runtime.block_on(work))
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}
