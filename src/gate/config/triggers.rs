//! The `[[trigger]]` tables: what an allowed image sets off. Every trigger proves who we are; one that does not is refused.

use std::collections::BTreeSet;
use std::sync::Arc;

use reqwest::Url;

use super::routes::{Route, name};
use crate::gate::order::Trigger;
use crate::gate::trigger::{NamedTrigger, Webhook};
use crate::policy::Files;
use crate::policy::strict_toml::{Reader, Section, quote};

const KEYS: [&str; 4] = ["name", "kind", "url", "secret-file"];

/// Most triggers. Each may have a thread of its own while it works.
const MAX_TRIGGERS: usize = 256;

#[derive(Clone, Copy)]
enum Kind {
    Webhook,
}

pub(super) fn read_all(reader: &mut Reader<'_>, root: &Section<'_>, files: &Files<'_>) -> Vec<NamedTrigger> {
    let tables = root.tables(reader, "trigger");
    if let Some(first) = tables.get(MAX_TRIGGERS) {
        let message = format!("there are more than {MAX_TRIGGERS} triggers");
        reader.mistake(&first.span(), message, "run a second gate for some of them");
        return Vec::new();
    }
    let mut names = BTreeSet::new();
    let mut triggers = Vec::new();
    for table in tables {
        if let Some(section) = Section::open(reader, "[[trigger]]", table, &KEYS) {
            let name = name(reader, &section, &mut names);
            let trigger = trigger(reader, &section, files);
            if let (Some(name), Some(trigger)) = (name, trigger) {
                triggers.push(NamedTrigger { name, trigger });
            }
        }
    }
    triggers
}

fn trigger(reader: &mut Reader<'_>, section: &Section<'_>, files: &Files<'_>) -> Option<Arc<dyn Trigger>> {
    if section.get("kind").is_none() {
        reader.missing(
            &section.span,
            "[[trigger]] has no kind",
            "write kind = \"webhook\"",
        );
    }
    match section.choice(reader, "kind", &[("webhook", Kind::Webhook)])? {
        Kind::Webhook => webhook(reader, section, files),
    }
}

fn webhook(reader: &mut Reader<'_>, section: &Section<'_>, files: &Files<'_>) -> Option<Arc<dyn Trigger>> {
    let url = section.needed_text(reader, "url", "write the https address of the receiver");
    let help = "name the file with the secret that the receiver checks: a trigger that anybody could set off is none";
    let secret = section.needed_text(reader, "secret-file", help)?;
    let url = url?;
    let Ok(address) = Url::parse(url.value) else {
        let message = format!("{} is no address", quote(url.value));
        reader.mistake(&url.span, message, "write an https address");
        return None;
    };
    match Webhook::new(address, files.folder.join(secret.value)) {
        Ok(webhook) => Some(Arc::new(webhook)),
        Err(error) => {
            let help =
                "write an https address, and name a file with a secret such as openssl rand -base64 32 makes";
            reader.mistake(
                &section.span,
                format!("the trigger cannot be used: {error}"),
                help,
            );
            None
        }
    }
}

/// Every trigger that a route names is there.
pub(super) fn check_routes(
    reader: &mut Reader<'_>,
    root: &Section<'_>,
    routes: &[Route],
    triggers: &[NamedTrigger],
) {
    for route in routes {
        for name in &route.triggers {
            if !triggers.iter().any(|trigger| trigger.name == *name) {
                let span = root.key_span("route").unwrap_or_default();
                let message = format!(
                    "the route {:?} names the trigger {}, and there is none",
                    route.name,
                    quote(name)
                );
                reader.mistake(
                    &span,
                    message,
                    "add a [[trigger]] of that name, or take it out of the route",
                );
            }
        }
    }
}
