//! The table of routes against the server, both ways.

use portcullis::gate::server::{Endpoint, Verb, Who};

use crate::client::Ask;
use crate::door::Door;

fn ask(endpoint: Endpoint) -> Ask {
    let route = endpoint.route();
    let path = route.path.replace("{event}", "1");
    match route.verb {
        Verb::Get => Ask::get(path),
        Verb::Post => Ask::post(path, "{}"),
    }
}

#[test]
fn every_route_of_the_table_is_served_and_asks_who_calls_unless_it_is_public() {
    let door = Door::with_webhook();
    for endpoint in Endpoint::ALL {
        let answer = ask(*endpoint).send(door.address);
        let expected = match endpoint.route().who {
            Who::Public => 200,
            Who::Caller(_) => 401,
        };
        assert_eq!(answer.status, expected, "{endpoint:?}: {answer:?}");
        assert_eq!(door.waiting(), 0);
    }
}

#[test]
fn another_method_is_refused_by_name_and_an_unknown_path_is_not_found() {
    let door = Door::with_webhook();
    for endpoint in Endpoint::ALL {
        let own = endpoint.route().verb;
        for method in ["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"] {
            if method == own.method().as_str() {
                continue;
            }
            let answer = ask(*endpoint).method(method).send(door.address);
            assert_eq!(answer.status, 405, "{method} {endpoint:?}");
            let allow = format!("allow: {}", own.method()).to_ascii_lowercase();
            assert!(answer.head.contains(&allow), "{answer:?}");
        }
    }
    for path in [
        "/",
        "/v1",
        "/v1/",
        "/v1/events/",
        "/v1/events/ci",
        "/v2/events",
        "/v1/decisions/1/2",
        "/metrics",
        "//healthz",
        "/healthz/",
    ] {
        let answer = Ask::get(path).send(door.address);
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (404, "not-found"),
            "{path}"
        );
    }
}

/// The router is made from the table, and nothing else adds to it.
#[test]
fn no_route_is_registered_beside_the_table() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/gate/server");
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        let lines = text.lines().filter(|line| {
            [
                ".route(route",
                ".route(\"",
                ".nest(",
                ".merge(",
                ".route_service(",
            ]
            .iter()
            .any(|word| line.contains(word))
        });
        found.extend(lines.map(|line| line.trim().to_owned()));
    }
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].contains("route.path"), "{found:?}");
}

#[test]
fn the_guide_has_every_route() {
    let guide = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/gate-events.md")).unwrap();
    for endpoint in Endpoint::ALL {
        let route = endpoint.route();
        let row = format!("| `{} {}` |", route.verb.method(), route.path);
        assert!(guide.contains(&row), "docs/gate-events.md has no row {row}");
        assert!(
            guide.contains(route.purpose),
            "docs/gate-events.md does not say: {}",
            route.purpose
        );
    }
}

/// A change of what the gate answers to is a change that somebody wrote here too.
#[test]
fn the_routes_that_the_program_prints_are_these() {
    let run = |format: &[&str]| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_portcullis"));
        let output = command.args(["gate", "routes"]).args(format).output().unwrap();
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    let expected = "\
POST /v1/events               announce
GET  /v1/decisions            read
GET  /v1/decisions/stream     read
GET  /v1/decisions/{event}    read
POST /v1/admission            admit
GET  /healthz                 public
GET  /readyz                  public
";
    assert_eq!(run(&[]), expected);
    let rows: serde_json::Value = serde_json::from_str(&run(&["--format", "json"])).unwrap();
    assert_eq!(rows.as_array().unwrap().len(), Endpoint::ALL.len());
    assert_eq!(rows[0]["maxBodyBytes"], 512 * 1024);
}
