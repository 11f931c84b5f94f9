//! An inspection for people, as a tree, and as JSON.

use super::text::shown;
use crate::report::{
    Attached, ClaimedLogEntry, Claims, EvidenceKind, Finding, Inspected, InspectedPlace, Inspection, Node,
    PlaceOutcome,
};

/// Most attachments of one place that the tree shows; the JSON document has more of them.
const MAX_SHOWN_ATTACHED: usize = 40;

/// The signs that the tree is drawn with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signs {
    /// Nothing beyond ASCII, for pipes, files and old terminals.
    Ascii,
    /// Box-drawing signs.
    Boxes,
}

impl Signs {
    /// Before an entry that others follow, and before the last one.
    fn entry(self, last: bool) -> &'static str {
        match (self, last) {
            (Self::Ascii, false) => "|-- ",
            (Self::Ascii, true) => "`-- ",
            (Self::Boxes, false) => "├── ",
            (Self::Boxes, true) => "└── ",
        }
    }

    /// Before what belongs to such an entry.
    fn inside(self, last: bool) -> &'static str {
        match (self, last) {
            (_, true) => "    ",
            (Self::Ascii, false) => "|   ",
            (Self::Boxes, false) => "│   ",
        }
    }
}

/// One entry: its lines, and the entries below it.
struct Branch {
    lines: Vec<String>,
    below: Vec<Self>,
}

impl Branch {
    fn leaf(lines: Vec<String>) -> Self {
        Self {
            lines,
            below: Vec::new(),
        }
    }

    fn draw(&self, signs: Signs, first: &str, rest: &str, out: &mut String) {
        let trunk = if self.below.is_empty() {
            "  "
        } else {
            signs.inside(false)
        };
        for (number, line) in self.lines.iter().enumerate() {
            let (before, trunk) = if number == 0 { (first, "") } else { (rest, trunk) };
            out.push_str(format!("{before}{trunk}{line}").trim_end());
            out.push('\n');
        }
        for (number, branch) in self.below.iter().enumerate() {
            let last = number.saturating_add(1) == self.below.len();
            let (own, inner) = (signs.entry(last), signs.inside(last));
            branch.draw(signs, &format!("{rest}{own}"), &format!("{rest}{inner}"), out);
        }
    }
}

/// The inspection as an indented JSON document.
pub fn inspection_json(inspection: &Inspection) -> String {
    super::json_document(inspection)
}

/// The inspection as a tree. It begins and ends with the word `UNVERIFIED`.
pub fn inspection_tree(inspection: &Inspection, signs: Signs) -> String {
    let mut out = format!("UNVERIFIED: {}\n", inspection.notice);
    for subject in &inspection.subjects {
        out.push('\n');
        match &subject.outcome {
            Inspected::Tree(root) => {
                node(root, None).draw(signs, "", "", &mut out);
                if root.attached() == 0 && subject.is_complete() {
                    out.push_str(nothing_attached(root));
                }
            }
            Inspected::Problem(finding) => {
                out.push_str(&format!("{}: NOT LOOKED AT\n", shown(&subject.input)));
                for line in problem(finding) {
                    out.push_str(&format!("  {line}\n"));
                }
            }
        }
    }
    if !inspection.complete {
        out.push_str("\nINCOMPLETE: not everything could be looked at, so more may be attached\n");
    }
    out.push_str("\nUNVERIFIED: to decide anything, say portcullis verify\n");
    out
}

fn nothing_attached(root: &Node) -> &'static str {
    match root.media_type {
        Some(_) => {
            "\nNothing is attached to this image: if it is a copy, the mirror may have dropped what was attached to the \
             original.\n"
        }
        None => "\nNo bundle was found: name it with --bundle if it is kept elsewhere.\n",
    }
}

fn node(node: &Node, platform: Option<&str>) -> Branch {
    let mut lines = vec![match platform {
        Some(platform) => format!("{}: {}", shown(platform), node.digest),
        None => shown(&node.name),
    }];
    let mut facts = Vec::new();
    if platform.is_none() && !node.name.contains(&node.digest.to_string()) {
        lines.push(node.digest.to_string());
    }
    facts.extend(node.media_type.as_deref().map(shown));
    facts.extend(node.size.map(|size| format!("{size} bytes")));
    if !facts.is_empty() {
        lines.push(facts.join(", "));
    }
    lines.extend(node.problem.iter().flat_map(problem));
    let mut below: Vec<Branch> = node.places.iter().filter_map(place).collect();
    below.extend(empty_places(node));
    below.extend(node.images.iter().map(|image| {
        let platform = image.platform.as_deref().unwrap_or("no platform");
        self::node(image, Some(platform))
    }));
    Branch { lines, below }
}

/// The places that answered and hold nothing, in one line.
fn empty_places(node: &Node) -> Option<Branch> {
    let empty: Vec<&str> = node
        .places
        .iter()
        .filter(|place| place.place.outcome == PlaceOutcome::Nothing)
        .map(|place| place.place.kind.words())
        .collect();
    (!empty.is_empty()).then(|| Branch::leaf(vec![format!("nothing: {}", empty.join(", "))]))
}

/// A place that holds something or did not answer.
fn place(place: &InspectedPlace) -> Option<Branch> {
    let name = place.place.kind.words();
    let mut lines = Vec::new();
    match &place.place.outcome {
        PlaceOutcome::Nothing => return None,
        PlaceOutcome::Found { count } => lines.push(format!("{name}: {count} found")),
        PlaceOutcome::Failed { code, detail } => {
            lines.push(format!(
                "{name}: NO ANSWER ({code}), so nothing is known about it"
            ));
            lines.push(shown(detail));
        }
    }
    let mut below: Vec<Branch> = place
        .attached
        .iter()
        .take(MAX_SHOWN_ATTACHED)
        .map(attached)
        .collect();
    if let PlaceOutcome::Found { count } = place.place.outcome
        && let Some(others) = count
            .checked_sub(place.attached.len().saturating_add(place.omitted))
            .filter(|others| *others > 0)
    {
        below.push(Branch::leaf(vec![format!(
            "{others} listed elsewhere: by an earlier place, or with the image that they name"
        )]));
    }
    let hidden = place
        .attached
        .len()
        .saturating_sub(MAX_SHOWN_ATTACHED)
        .saturating_add(place.omitted);
    if hidden > 0 {
        below.push(Branch::leaf(vec![format!(
            "and {hidden} more (--format json has up to 1000 of a subject)"
        )]));
    }
    Some(Branch { lines, below })
}

fn attached(attached: &Attached) -> Branch {
    let form = match attached.form {
        EvidenceKind::Signature => "signature",
        EvidenceKind::Attestation => "attestation",
        EvidenceKind::Unsigned => "unsigned",
        EvidenceKind::Unreadable => "UNREADABLE",
    };
    let mut lines = vec![
        format!("{form}: {}, {} bytes", shown(&attached.format), attached.size),
        attached.digest.to_string(),
    ];
    lines.extend(attached.problem.iter().flat_map(problem));
    lines.extend(claims(&attached.claimed));
    Branch::leaf(lines)
}

fn claims(claims: &Claims) -> Vec<String> {
    let mut lines = Vec::new();
    let mut claim = |what: &str, text: String| lines.push(format!("claims {what}: {text}"));
    if let Some(about) = &claims.about {
        claim("to be about", about.to_string());
    }
    if let Some(predicate_type) = &claims.predicate_type {
        claim("type", shown(predicate_type));
    }
    if let Some(media_type) = &claims.media_type {
        claim("media type", shown(media_type));
    }
    if let Some(signer) = &claims.signer {
        claim("signer", format!("{} ({})", shown(&signer.identity), signer.kind));
        if let Some(issuer) = &signer.issuer {
            claim("issuer", shown(issuer));
        }
    }
    if let (Some(from), Some(until)) = (claims.certificate_from, claims.certificate_until) {
        claim("certificate", format!("{from} to {until}"));
    }
    for entry in &claims.logs {
        claim("log entry", log_entry(entry));
    }
    if claims.timestamps > 0 {
        claim("timestamps", claims.timestamps.to_string());
    }
    lines
}

fn log_entry(claimed: &ClaimedLogEntry) -> String {
    let entry = &claimed.entry;
    let time = claimed.time.map_or("no time".to_owned(), |time| time.to_string());
    format!(
        "index {}, {time}, {}, log {}",
        entry.index,
        shown(&entry.entry),
        entry.log_id
    )
}

fn problem(finding: &Finding) -> Vec<String> {
    let mut lines = vec![format!("{}: {}", finding.code, shown(&finding.message))];
    lines.extend(
        finding
            .found
            .iter()
            .map(|found| format!("found: {}", shown(found))),
    );
    let expected = finding.expected.iter();
    lines.extend(expected.map(|expected| format!("expected: {}", shown(expected))));
    lines.extend(finding.help.iter().map(|help| format!("help: {}", shown(help))));
    lines
}
