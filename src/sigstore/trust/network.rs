//! The only place here that touches the network: a runtime of its own, for as long as one refresh takes.

use std::future::Future;
use std::thread;
use std::time::Duration;

use super::TrustError;

/// Runs a future to its end on a thread and a runtime of its own, for at most `limit`.
///
/// The thread makes this callable from inside another runtime, and turns a panic of the HTTP stack into an error. The
/// runtime is dropped without waiting for a name lookup that hangs.
///
/// # Errors
///
/// `trust-root-unavailable` when the time is up or no thread or runtime can be had.
pub(crate) fn run<T, F>(what: &str, limit: Duration, work: impl FnOnce() -> F + Send) -> Result<T, TrustError>
where
    T: Send,
    F: Future<Output = T>,
{
    let on_thread = || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let outcome = runtime.block_on(async { tokio::time::timeout(limit, work()).await });
        runtime.shutdown_background();
        Ok(outcome)
    };
    let joined = thread::scope(|scope| {
        thread::Builder::new()
            .name("trust-root".to_owned())
            .spawn_scoped(scope, on_thread)
            .map(thread::ScopedJoinHandle::join)
    });
    match joined {
        Ok(Ok(Ok(Ok(value)))) => Ok(value),
        Ok(Ok(Ok(Err(_elapsed)))) => Err(TrustError::unavailable(format!(
            "{what} took longer than {} seconds",
            limit.as_secs_f32()
        ))
        .help("try again, or allow more time with --timeout")),
        Ok(Ok(Err(error))) | Err(error) => {
            let error: std::io::Error = error;
            Err(TrustError::unavailable(format!(
                "cannot start the network: {error}"
            )))
        }
        Ok(Err(_panic)) => Err(TrustError::unavailable(format!(
            "{what} ended in a bug: please report it with the output of --verbose"
        ))),
    }
}
