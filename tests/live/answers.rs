//! Tables of what both programs answered. They are kept in the guide for users, between marks, so that the guide is right
//! as long as the tests are.

/// The guide.
const GUIDE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/cosign-answers.md");
/// Set to write the tables instead of comparing them.
const UPDATE: &str = "PORTCULLIS_LIVE_UPDATE";

/// Compares a table with the one that the guide has under this name.
pub(crate) fn documented(name: &str, table: &str) {
    println!("{table}");
    let guide = std::fs::read_to_string(GUIDE).unwrap();
    let (begin, end) = (format!("<!-- answers: {name} -->\n"), "<!-- end of answers -->");
    let (before, rest) = guide.split_once(&begin).unwrap();
    let (written, after) = rest.split_once(end).unwrap();
    if std::env::var_os(UPDATE).is_some_and(|value| value == "1") {
        std::fs::write(GUIDE, format!("{before}{begin}{table}{end}{after}")).unwrap();
    } else {
        assert_eq!(written, table, "{name} in {GUIDE}; {UPDATE}=1 writes it anew");
    }
}
