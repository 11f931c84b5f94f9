//! How much a key file may make us compute before its password is known to be right.

/// Most iterations of PBKDF2: some seconds.
pub(super) const MAX_PBKDF2_ITERATIONS: u32 = 5_000_000;

/// Most memory for scrypt, in bytes: 128 · N · r (RFC 7914).
const MAX_SCRYPT_MEMORY: u64 = 256 * 1024 * 1024;

/// Most work for scrypt, as 128 · N · r · p, in bytes that are mixed: some seconds.
const MAX_SCRYPT_WORK: u64 = 1024 * 1024 * 1024;

/// Refuses parameters of scrypt that cost too much, or that are none; the error says which.
pub(super) fn check_scrypt(n: u64, r: u64, p: u64) -> Result<(), String> {
    if n < 2 || !n.is_power_of_two() || r == 0 || p == 0 {
        return Err(format!("N = {n}, r = {r}, p = {p} are no parameters of scrypt"));
    }
    let memory = 128_u64.saturating_mul(n).saturating_mul(r);
    if memory > MAX_SCRYPT_MEMORY || memory.saturating_mul(p) > MAX_SCRYPT_WORK {
        return Err(format!(
            "scrypt with N = {n}, r = {r}, p = {p} takes too much memory or time (at most {} MiB and {} MiB of work)",
            MAX_SCRYPT_MEMORY >> 20,
            MAX_SCRYPT_WORK >> 20,
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usual_costs_are_accepted_and_hostile_ones_are_not() {
        for (n, r, p) in [
            (2, 1, 1),
            (16384, 8, 1),
            (32768, 8, 1),
            (65536, 8, 1),
            (131_072, 8, 1),
            (262_144, 8, 1),
        ] {
            assert_eq!(check_scrypt(n, r, p), Ok(()), "{n} {r} {p}");
        }
        for (n, r, p) in [
            (0, 8, 1),
            (1, 8, 1),
            (99, 99, 99),
            (16384, 0, 1),
            (16384, 8, 0),
            (1 << 30, 8, 1),
            (1 << 63, u64::MAX, u64::MAX),
            (2, 1 << 40, 1),
            (16384, 8, 1 << 20),
        ] {
            assert!(check_scrypt(n, r, p).is_err(), "{n} {r} {p}");
        }
    }
}
