#!/usr/bin/env bash
# Portcullis beside cosign, sigstore-python and sigstore-js: the same bundle, image and registry, in one run. Prints a
# table as Markdown for docs/performance.md, with the machine. Needs what tests/live/setup.sh installs, and GNU time.
#
# Usage: benches/side-by-side.sh [RUNS], where RUNS (default 30) is how often each program runs.
set -euo pipefail
cd "$(dirname "$0")/.."

programs=${PORTCULLIS_LIVE_PROGRAMS:-$HOME/.cache/portcullis-live}
target=${CARGO_TARGET_DIR:-target}
for program in "$programs/bin/cosign" "$programs/bin/registry" "$programs/bin/crane" /usr/bin/time; do
    test -x "$program" || { echo "$program is needed: run tests/live/setup.sh" >&2; exit 1; }
done
installed=$(tests/judge/install.sh)
cargo build --locked --quiet --release
cargo build --locked --quiet --features sandbox --bin portcullis-sandbox
exec "$target/debug/portcullis-sandbox" run --for 30m -- \
    python3 benches/side-by-side.py "$target/release/portcullis" "$programs/bin" \
    "$(sed -n 1p <<<"$installed")" "$(sed -n 2p <<<"$installed")" "${1:-30}"
