//! Mutations of inclusion proofs and checkpoints.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::edit::{self, ENTRY};
use crate::sandbox::b64;

const HASHES: &str = "/inclusionProof/hashes";
const CHECKPOINT: &str = "/inclusionProof/checkpoint/envelope";

fn edit_hashes(bundle: &mut Value, change: impl FnOnce(&mut Vec<Value>) -> bool) -> bool {
    edit::array(bundle, &format!("{ENTRY}{HASHES}")).is_some_and(change)
}

pub(super) fn dropped(bundle: &mut Value) -> bool {
    edit::remove(bundle, ENTRY, "inclusionProof")
}

pub(super) fn hash(bundle: &mut Value) -> bool {
    edit_hashes(bundle, |hashes| {
        edit::bytes(hashes.first_mut(), |bytes| edit::flip_last(bytes))
    })
}

pub(super) fn truncated(bundle: &mut Value) -> bool {
    edit_hashes(bundle, |hashes| hashes.pop().is_some())
}

pub(super) fn extended(bundle: &mut Value) -> bool {
    edit_hashes(bundle, |hashes| {
        hashes.push(json!(b64([0; 32])));
        true
    })
}

pub(super) fn empty(bundle: &mut Value) -> bool {
    edit_hashes(bundle, |hashes| {
        hashes.clear();
        true
    })
}

pub(super) fn index(bundle: &mut Value) -> bool {
    edit::integer(edit::entry(bundle, "/inclusionProof/logIndex"), |index| index ^ 1)
}

pub(super) fn tree_size(bundle: &mut Value) -> bool {
    // Twice as many plus one: another depth, so that it shows even where the audit path would fit.
    edit::integer(edit::entry(bundle, "/inclusionProof/treeSize"), |size| {
        size * 2 + 1
    })
}

pub(super) fn root(bundle: &mut Value) -> bool {
    edit::bytes(edit::entry(bundle, "/inclusionProof/rootHash"), |bytes| {
        edit::flip_last(bytes)
    })
}

pub(super) fn checkpoint_dropped(bundle: &mut Value) -> bool {
    edit::remove(bundle, &format!("{ENTRY}/inclusionProof"), "checkpoint")
}

/// Changes the lines of the signed text.
fn edit_lines(bundle: &mut Value, change: impl FnOnce(&mut Vec<String>) -> Option<()>) -> bool {
    edit::text(edit::entry(bundle, CHECKPOINT), |note| {
        let (body, signatures) = note.split_once("\n\n")?;
        let mut lines: Vec<_> = body.lines().map(str::to_owned).collect();
        change(&mut lines)?;
        Some(format!("{}\n\n{signatures}", lines.join("\n")))
    })
}

pub(super) fn checkpoint_origin(bundle: &mut Value) -> bool {
    edit_lines(bundle, |lines| lines.first_mut().map(|origin| origin.push('x')))
}

pub(super) fn checkpoint_size(bundle: &mut Value) -> bool {
    edit_lines(bundle, |lines| {
        let size = lines.get_mut(1)?;
        *size = (size.parse::<u64>().ok()? + 1).to_string();
        Some(())
    })
}

pub(super) fn checkpoint_root(bundle: &mut Value) -> bool {
    edit_lines(bundle, |lines| {
        let line = lines.get_mut(2)?;
        let mut root = STANDARD.decode(line.as_str()).ok()?;
        edit::flip_last(&mut root);
        *line = b64(root);
        Some(())
    })
}

fn drop_line(bundle: &mut Value, number: usize) -> bool {
    edit_lines(bundle, |lines| {
        lines.get(number)?;
        lines.remove(number);
        Some(())
    })
}

pub(super) fn checkpoint_no_origin(bundle: &mut Value) -> bool {
    drop_line(bundle, 0)
}

pub(super) fn checkpoint_no_size(bundle: &mut Value) -> bool {
    drop_line(bundle, 1)
}

pub(super) fn checkpoint_no_root(bundle: &mut Value) -> bool {
    drop_line(bundle, 2)
}

pub(super) fn checkpoint_origin_not_first(bundle: &mut Value) -> bool {
    edit_lines(bundle, |lines| {
        lines.get(1)?;
        lines.swap(0, 1);
        Some(())
    })
}

pub(super) fn checkpoint_extra_line(bundle: &mut Value) -> bool {
    edit_lines(bundle, |lines| {
        lines.push("Timestamp: 1".to_owned());
        Some(())
    })
}

/// Changes the bytes (key hint and signature) of every signature line.
fn edit_signatures(bundle: &mut Value, change: fn(&mut Vec<u8>) -> bool) -> bool {
    edit::text(edit::entry(bundle, CHECKPOINT), |note| {
        let (body, signatures) = note.split_once("\n\n")?;
        let mut lines = String::new();
        for line in signatures.lines() {
            let (name, encoded) = line.rsplit_once(' ')?;
            let mut bytes = STANDARD.decode(encoded).ok()?;
            change(&mut bytes).then_some(())?;
            lines.push_str(&format!("{name} {}\n", b64(bytes)));
        }
        Some(format!("{body}\n\n{lines}"))
    })
}

pub(super) fn checkpoint_signature(bundle: &mut Value) -> bool {
    edit_signatures(bundle, |bytes| edit::flip_last(bytes))
}

pub(super) fn checkpoint_key_hint(bundle: &mut Value) -> bool {
    edit_signatures(bundle, |bytes| bytes.first_mut().map(|byte| *byte ^= 1).is_some())
}

pub(super) fn checkpoint_unsigned(bundle: &mut Value) -> bool {
    edit::text(edit::entry(bundle, CHECKPOINT), |note| {
        let (body, _) = note.split_once("\n\n")?;
        Some(format!("{body}\n\n"))
    })
}

pub(super) fn checkpoint_stranger(bundle: &mut Value) -> bool {
    edit::text(edit::entry(bundle, CHECKPOINT), |note| {
        let line = format!("\u{2014} stranger.example {}\n", b64([7; 68]));
        Some(format!("{note}{line}"))
    })
}
