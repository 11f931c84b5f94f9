//! Which part of an identity each piece of a pattern stands in.

use super::super::shape::{Piece, Shape};
use super::PatternUse;

/// Which part of an identity a piece of a pattern stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Zone {
    /// Before `://`, or all of a text that has none.
    Scheme,
    Separator,
    Host,
    Owner,
    /// Everything behind the owner.
    Path,
    /// Behind the `@` of a workflow.
    Ref,
    Mailbox,
}

/// The zone of each piece of a shape.
pub(super) fn zones(shape: &Shape, usage: PatternUse) -> Vec<Zone> {
    let literals: Vec<Option<char>> = shape.pieces.iter().map(Piece::literal).collect();
    match usage {
        PatternUse::Email => {
            let at = literals
                .iter()
                .rposition(|c| *c == Some('@'))
                .unwrap_or(literals.len());
            (0..literals.len())
                .map(|index| match index.cmp(&at) {
                    std::cmp::Ordering::Less => Zone::Mailbox,
                    std::cmp::Ordering::Equal => Zone::Separator,
                    std::cmp::Ordering::Greater => Zone::Host,
                })
                .collect()
        }
        PatternUse::OtherName => vec![Zone::Path; literals.len()],
        PatternUse::Uri | PatternUse::Issuer => uri_zones(&literals),
    }
}

fn uri_zones(literals: &[Option<char>]) -> Vec<Zone> {
    let scheme = literals
        .windows(3)
        .position(|window| window == [Some(':'), Some('/'), Some('/')]);
    let Some(scheme) = scheme else {
        // No host is fixed, but a ref may be.
        let at = literals
            .iter()
            .position(|c| *c == Some('@'))
            .unwrap_or(literals.len());
        return (0..literals.len())
            .map(|index| if index > at { Zone::Ref } else { Zone::Scheme })
            .collect();
    };
    let mut zone = Zone::Host;
    let mut zones = vec![Zone::Scheme; scheme];
    zones.extend([Zone::Separator; 3]);
    for literal in literals.iter().skip(scheme + 3) {
        let next = match (zone, literal) {
            (Zone::Host, Some('/')) => Zone::Owner,
            (Zone::Owner, Some('/')) => Zone::Path,
            (Zone::Owner | Zone::Path, Some('@')) => Zone::Ref,
            _ => {
                zones.push(zone);
                continue;
            }
        };
        zones.push(Zone::Separator);
        zone = next;
    }
    zones
}
