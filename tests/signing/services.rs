//! Which services a signing configuration comes to, and what is wrong with the others.

use jiff::Timestamp;
use portcullis::sigstore::keys::KeyKind;
use portcullis::sigstore::sign::{Form, LogVersion, Need, SigningConfig, authority, plan};
use serde_json::{Value, json};

const NOW: i64 = 1_750_000_000;

fn now() -> Timestamp {
    Timestamp::from_second(NOW).unwrap()
}

fn service(url: &str, version: u32, operator: &str) -> Value {
    json!({"url": url, "majorApiVersion": version, "validFor": {"start": "2020-01-01T00:00:00Z"}, "operator": operator})
}

fn over(url: &str) -> Value {
    let mut service = service(url, 1, "past");
    service["validFor"]["end"] = "2021-01-01T00:00:00Z".into();
    service
}

fn yet_to_come(url: &str) -> Value {
    let mut service = service(url, 1, "future");
    service["validFor"]["start"] = "2090-01-01T00:00:00Z".into();
    service
}

fn document() -> Value {
    json!({
        "mediaType": "application/vnd.dev.sigstore.signingconfig.v0.2+json",
        "caUrls": [over("https://old.example"), service("https://ca2.example", 2, "a"), service("https://ca.example", 1, "a")],
        "oidcUrls": [service("https://oidc.example", 1, "a")],
        "rekorTlogUrls": [
            yet_to_come("https://later.example"),
            service("https://v1.example", 1, "a"),
            service("https://v3.example", 3, "a"),
            service("https://v2a.example", 2, "a"),
            service("https://v2b.example", 2, "b"),
        ],
        "rekorTlogConfig": {"selector": "ANY"},
        "tsaUrls": [service("https://t1.example/a", 1, "a"), service("https://t2.example/a", 1, "a"), service("https://t3.example/a", 1, "b")],
        "tsaConfig": {"selector": "EXACT", "count": 1},
    })
}

fn need() -> Need {
    Need {
        kind: KeyKind::EcdsaP256,
        form: Form::Message,
        certificate: true,
        log: true,
        version: None,
    }
}

fn parse(document: &Value) -> SigningConfig {
    SigningConfig::parse("signing_config.json", document.to_string().as_bytes()).unwrap()
}

/// The hosts that a plan comes to, logs and timestamp authorities.
fn hosts(document: &Value, need: Need) -> Result<(String, String), String> {
    let plan = plan(&parse(document), need, now()).map_err(|error| error.finding.message.clone())?;
    let join = |hosts: Vec<&str>| hosts.join(" ");
    Ok((
        join(plan.logs.iter().map(|log| log.url.host_str().unwrap()).collect()),
        join(
            plan.timestampers
                .iter()
                .map(|url| url.host_str().unwrap())
                .collect(),
        ),
    ))
}

#[test]
fn windows_versions_and_operators_decide() {
    let config = parse(&document());
    assert_eq!(authority(&config, now()).unwrap().as_str(), "https://ca.example/");
    for (selector, count, logs) in [
        ("ANY", None, Ok("v2a.example")),
        ("ALL", None, Ok("v2a.example v2b.example")),
        ("EXACT", Some(1), Ok("v2a.example")),
        ("EXACT", Some(2), Ok("v2a.example v2b.example")),
        ("EXACT", Some(3), Err("wants 3 logs and names 2")),
    ] {
        let mut document = document();
        document["rekorTlogConfig"] = json!({"selector": selector, "count": count});
        match (hosts(&document, need()), logs) {
            (Ok((found, _)), Ok(expected)) => assert_eq!(found, expected, "{selector} {count:?}"),
            (Err(message), Err(expected)) => assert!(message.contains(expected), "{message}"),
            other => panic!("{selector} {count:?} {other:?}"),
        }
    }
    let mut two = document();
    two["tsaConfig"]["count"] = 2.into();
    assert_eq!(hosts(&two, need()).unwrap().1, "t1.example t3.example");
}

#[test]
fn a_log_that_the_key_cannot_be_used_with_is_passed_over() {
    let with = |kind, form, version| {
        let need = Need {
            kind,
            form,
            certificate: false,
            version,
            ..need()
        };
        hosts(&document(), need)
    };
    let v1 = Some(LogVersion::V1);
    assert_eq!(
        with(KeyKind::EcdsaP256, Form::Message, None).unwrap().0,
        "v2a.example"
    );
    assert_eq!(
        with(KeyKind::EcdsaP256, Form::Message, v1).unwrap().0,
        "v1.example"
    );
    assert_eq!(
        with(KeyKind::Rsa2048, Form::Message, None).unwrap().0,
        "v1.example"
    );
    assert_eq!(
        with(KeyKind::Ed25519, Form::Statement, None).unwrap().0,
        "v1.example"
    );
    let message = with(KeyKind::Ed25519, Form::Message, None).unwrap_err();
    assert!(
        message.contains("Ed25519 cannot sign the artifact itself"),
        "{message}"
    );
    let message = with(KeyKind::Rsa2048, Form::Message, Some(LogVersion::V2)).unwrap_err();
    assert!(message.contains("RSA 2048"), "{message}");
}

#[test]
fn a_time_is_always_stated_by_somebody() {
    let mut none = document();
    none["tsaUrls"] = json!([]);
    assert!(
        hosts(&none, need())
            .unwrap_err()
            .contains("Rekor v2 gives no time")
    );
    let v1 = Need {
        version: Some(LogVersion::V1),
        ..need()
    };
    assert_eq!(
        hosts(&none, v1).unwrap(),
        ("v1.example".to_owned(), String::new())
    );
    let without_log = Need {
        certificate: false,
        log: false,
        ..need()
    };
    assert!(
        hosts(&none, without_log)
            .unwrap_err()
            .contains("when it was signed")
    );
    assert_eq!(
        hosts(&document(), without_log).unwrap(),
        (String::new(), "t1.example".to_owned())
    );
    let keyless = Need { log: false, ..need() };
    assert!(
        hosts(&document(), keyless)
            .unwrap_err()
            .contains("has to be logged")
    );
}

#[test]
fn the_first_version_of_the_format_is_read() {
    let first = json!({
        "mediaType": "application/vnd.dev.sigstore.signingconfig.v0.1+json",
        "caUrl": "https://ca.example",
        "oidcUrl": "https://oidc.example",
        "tlogUrls": ["https://v1.example"],
        "tsaUrls": ["https://t.example/api/v1/timestamp"],
    });
    let config = parse(&first);
    assert_eq!(authority(&config, now()).unwrap().as_str(), "https://ca.example/");
    assert_eq!(
        hosts(&first, need()).unwrap(),
        ("v1.example".to_owned(), "t.example".to_owned())
    );
    let inside = json!({
        "mediaType": "application/vnd.dev.sigstore.clienttrustconfig.v0.1+json",
        "trustedRoot": {},
        "signingConfig": document(),
    });
    assert_eq!(parse(&inside), parse(&document()));
}

#[test]
fn the_published_form_is_the_same() {
    let published = sigstore_trust_root::SigningConfig::from_json(&document().to_string()).unwrap();
    let config = SigningConfig::from_published("the signing configuration", &published).unwrap();
    assert_eq!(config, parse(&document()));
    for text in [
        sigstore_trust_root::SIGSTORE_PRODUCTION_SIGNING_CONFIG,
        sigstore_trust_root::SIGSTORE_STAGING_SIGNING_CONFIG,
    ] {
        let config = SigningConfig::parse("built in", text.as_bytes()).unwrap();
        plan(&config, need(), Timestamp::now()).unwrap();
    }
}

#[test]
fn a_mistake_is_named_with_its_document_and_member() {
    type Edit = fn(&mut Value);
    let edits: [(&str, Edit); 14] = [
        ("mediaType", |document| document["mediaType"] = Value::Null),
        ("mediaType", |document| {
            document["mediaType"] = "application/json".into()
        }),
        ("caUrls", |document| {
            document["caUrls"] = "https://ca.example".into()
        }),
        ("caUrls[2].url", |document| {
            document["caUrls"][2]["url"] = Value::Null
        }),
        ("caUrls[2].url", |document| {
            document["caUrls"][2]["url"] = "ftp://ca.example".into()
        }),
        ("caUrls[2].url", |document| {
            document["caUrls"][2]["url"] = "ca.example".into()
        }),
        ("tsaUrls[0].majorApiVersion", |document| {
            document["tsaUrls"][0]["majorApiVersion"] = "1".into()
        }),
        ("tsaUrls[1].validFor", |document| {
            document["tsaUrls"][1].as_object_mut().unwrap().remove("validFor");
        }),
        ("tsaUrls[1].validFor.start", |document| {
            document["tsaUrls"][1]["validFor"]["start"] = Value::Null
        }),
        ("tsaUrls[1].validFor.end", |document| {
            document["tsaUrls"][1]["validFor"]["end"] = "soon".into()
        }),
        ("tsaConfig.selector", |document| {
            document["tsaConfig"]["selector"] = "SOME".into()
        }),
        ("tsaConfig.selector", |document| {
            document["tsaConfig"]["selector"] = "SERVICE_SELECTOR_UNDEFINED".into()
        }),
        ("tsaConfig.count", |document| {
            document["tsaConfig"]["count"] = Value::Null
        }),
        ("rekorTlogUrls", |document| {
            document["rekorTlogUrls"] = Value::Array(vec![service("https://x.example", 1, "a"); 101])
        }),
    ];
    for (member, edit) in edits {
        let mut document = document();
        edit(&mut document);
        let finding = SigningConfig::parse("my.json", document.to_string().as_bytes()).unwrap_err();
        assert_eq!(finding.code.name(), "signing-config-invalid");
        let named = format!("my.json is not a usable signing configuration: {member} ");
        assert!(finding.message.starts_with(&named), "{}", finding.message);
    }
    for bytes in [&b""[..], b"{", b"{\"a\":1,\"a\":1}", &vec![b' '; 300_000]] {
        assert_eq!(
            SigningConfig::parse("x", bytes).unwrap_err().code.name(),
            "signing-config-invalid"
        );
    }
}
