//! Which pairs of programs have met. `pairs.txt` lists those that have to; `run.sh` fails unless each of them did.

/// The list.
const LISTED: &str = include_str!("pairs.txt");
/// The folder in which each pair that met leaves an empty file of its name.
const VARIABLE: &str = "PORTCULLIS_LIVE_PAIRS";

/// Says that these two met and that every answer was the expected one: the last line of a test. A test that is skipped or
/// that fails does not come so far.
pub(crate) fn met(pair: &str) {
    assert!(
        LISTED.lines().any(|line| line == pair),
        "{pair:?} is not in tests/live/pairs.txt"
    );
    println!("met: {pair}");
    if let Some(folder) = std::env::var_os(VARIABLE) {
        std::fs::write(std::path::Path::new(&folder).join(pair), "").unwrap();
    }
}
