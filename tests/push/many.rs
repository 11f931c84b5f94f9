//! Many who publish for the same image at the same time, in a registry that keeps one list of them. None may be lost.

use std::collections::BTreeSet;
use std::time::Duration;

use portcullis::registry::client::Client;
use portcullis::registry::publish;

use crate::content::{REPOSITORY, bundle, client_for, listed, subject};
use crate::warehouse::{Nature, Warehouse};

/// Publishes `count` bundles at the same time, each by the client that `client` gives.
fn publish_all<'c>(registry: &Warehouse, count: usize, client: impl Fn(usize) -> &'c Client + Sync) {
    let reference = registry.reference(REPOSITORY, "v1").parse().unwrap();
    let published: BTreeSet<String> = std::thread::scope(|scope| {
        let publishers: Vec<_> = (0..count)
            .map(|number| {
                let (client, reference) = (&client, &reference);
                scope.spawn(move || {
                    let store = client(number).open(reference).unwrap();
                    let bundle = bundle(&format!("bundle {number}"));
                    publish::bundle(&store, &subject(), &bundle)
                        .unwrap()
                        .digest
                        .to_string()
                })
            })
            .collect();
        publishers
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .collect()
    });
    assert_eq!(published.len(), count);
    let found: BTreeSet<String> = listed(registry).into_iter().collect();
    let lost: Vec<&String> = published.difference(&found).collect();
    assert!(lost.is_empty(), "{} of {count} were lost", lost.len());
    assert_eq!(listed(registry).len(), count, "an entry stands twice");
}

#[test]
fn two_hundred_publishers_of_one_process_lose_nothing() {
    let registry = Warehouse::start(Nature::default());
    let client = client_for(&registry.host(), Duration::from_millis(20));
    publish_all(&registry, 200, |_| &client);
}

/// Each has a client of its own, so nothing but the registry is shared, as between processes.
fn separately(nature: Nature, count: usize, settle: Duration) {
    let registry = Warehouse::start(nature);
    let clients: Vec<Client> = (0..count).map(|_| client_for(&registry.host(), settle)).collect();
    publish_all(&registry, count, |number| &clients[number]);
}

#[test]
fn two_hundred_separate_publishers_lose_nothing_where_writes_can_have_conditions() {
    let nature = Nature {
        has_conditions: true,
        ..Nature::default()
    };
    separately(nature, 200, Duration::from_millis(100));
}

#[test]
fn two_hundred_separate_publishers_lose_nothing_in_a_plain_registry() {
    separately(Nature::default(), 200, Duration::from_millis(400));
}

#[test]
fn writes_that_take_their_time_to_show_lose_nothing() {
    let nature = Nature {
        slow: Duration::from_millis(50),
        ..Nature::default()
    };
    separately(nature, 8, Duration::from_millis(300));
}
