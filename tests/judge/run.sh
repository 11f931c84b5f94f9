#!/bin/sh
# Lets sigstore-python, python-tuf, sigstore-js and model-signing judge what the sandbox mints, and sign on its servers. Exits non-zero on
# any disagreement.
#
# install.sh installs them; later runs need no network. Where npm cannot install sigstore-js, its part is left out with a
# reason, but not in CI.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
repository=$(cd "$here/../.." && pwd)
installed=$(sh "$here/install.sh")
venv=$(printf '%s\n' "$installed" | sed -n 1p)
modules=$(printf '%s\n' "$installed" | sed -n 2p)

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
trap 'exit 1' HUP INT TERM

cd "$repository"
PORTCULLIS_SANDBOX_EXPORT=$folder cargo test --quiet --features sandbox --test sandbox_export
# An export that silently did nothing must not count as agreement.
test -s "$folder/cases.json"
"$venv/bin/python" "$here/judge.py" "$folder"

# The same judges as clients of the sandbox's servers.
cargo build --quiet --features sandbox --bins
programs=${CARGO_TARGET_DIR:-target}/debug
mkdir "$folder/live"
JUDGE_NODE_MODULES=$modules "$programs/portcullis-sandbox" run --for 5m -- \
    sh "$here/live.sh" "$folder/live" "$venv/bin/python" "$programs/portcullis"
