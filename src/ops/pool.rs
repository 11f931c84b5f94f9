//! Bounded parallel work that keeps its order.

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;

/// Applies `work` to every item on at most `jobs` threads and returns the results in the order of the items.
///
/// A panic in `work` is passed on to the caller: a check that ended without an answer is never taken for one.
pub fn map<'a, T: Sync, R: Send>(
    jobs: NonZeroUsize,
    items: &'a [T],
    work: impl Fn(&'a T) -> R + Sync,
) -> Vec<R> {
    let workers = jobs.get().min(items.len());
    if workers <= 1 {
        return items.iter().map(work).collect();
    }
    let next = AtomicUsize::new(0);
    let (sender, receiver) = mpsc::channel();
    let mut results: Vec<(usize, R)> = std::thread::scope(|scope| {
        for _ in 0..workers {
            let (sender, next, work) = (sender.clone(), &next, &work);
            scope.spawn(move || {
                loop {
                    let place = next.fetch_add(1, Ordering::Relaxed);
                    let Some(item) = items.get(place) else { break };
                    if sender.send((place, work(item))).is_err() {
                        break;
                    }
                }
            });
        }
        drop(sender);
        receiver.iter().collect()
    });
    results.sort_unstable_by_key(|(place, _)| *place);
    results.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_keep_the_order_of_the_items_and_none_is_lost() {
        let items: Vec<u32> = (0..1000).collect();
        for jobs in [1, 2, 7, 5000] {
            let doubled = map(NonZeroUsize::new(jobs).unwrap(), &items, |item| item * 2);
            assert_eq!(doubled, items.iter().map(|item| item * 2).collect::<Vec<_>>());
        }
        assert_eq!(
            map(NonZeroUsize::MIN, &[] as &[u32], |item| *item),
            Vec::<u32>::new()
        );
    }

    #[test]
    fn no_more_than_the_given_number_run_at_once() {
        let (running, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
        map(NonZeroUsize::new(3).unwrap(), &[(); 60], |()| {
            most.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            std::thread::yield_now();
            running.fetch_sub(1, Ordering::SeqCst);
        });
        assert!((1..=3).contains(&most.load(Ordering::SeqCst)));
    }

    #[test]
    fn a_panic_reaches_the_caller() {
        let outcome = std::panic::catch_unwind(|| {
            map(NonZeroUsize::new(2).unwrap(), &[1, 2, 3], |item| {
                assert_ne!(*item, 2)
            });
        });
        assert!(outcome.is_err());
    }
}
