//! Two sides timed in turn.

use std::time::{Duration, Instant};

/// How long it takes to do something some times.
pub fn repeat(times: usize, mut work: impl FnMut()) -> Duration {
    let start = Instant::now();
    for _ in 0..times {
        work();
    }
    start.elapsed()
}

/// What came of timing two sides.
pub struct Ratio {
    pub quartiles: [f64; 3],
    pub fastest: f64,
}

/// Times the two sides in turn, each first in every other pair, and compares first with second.
pub fn pairs(
    count: usize,
    mut first: impl FnMut() -> Duration,
    mut second: impl FnMut() -> Duration,
) -> Ratio {
    let (_, _) = (first(), second());
    let times: Vec<(f64, f64)> = (0..count)
        .map(|pair| {
            let (one, other) = if pair % 2 == 0 {
                let one = first();
                (one, second())
            } else {
                let other = second();
                (first(), other)
            };
            (one.as_secs_f64(), other.as_secs_f64())
        })
        .collect();
    let fastest = |side: fn(&(f64, f64)) -> f64| times.iter().map(side).fold(f64::INFINITY, f64::min);
    let mut ratios: Vec<f64> = times.iter().map(|(one, other)| one / other).collect();
    Ratio {
        quartiles: quartiles(&mut ratios),
        fastest: fastest(|pair| pair.0) / fastest(|pair| pair.1),
    }
}

/// The quartiles of some values.
pub fn quartiles(values: &mut [f64]) -> [f64; 3] {
    values.sort_by(f64::total_cmp);
    let at = |part: usize| values.get(values.len() * part / 4).copied().unwrap();
    [at(1), at(2), at(3)]
}

/// Prints a ratio.
pub fn line(case: &str, what: &str, ratio: &Ratio) {
    let name = format!("{case}: {what}");
    let [low, middle, high] = ratio.quartiles;
    println!(
        "{name:<74} {middle:>6.3}   {low:.3} to {high:.3}   {:.3}",
        ratio.fastest
    );
}
