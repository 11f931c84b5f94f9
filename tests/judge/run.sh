#!/bin/sh
# Lets sigstore-python and python-tuf judge what the sandbox mints. Exits non-zero on any disagreement.
#
# The first run installs the pinned versions into a virtual environment under PORTCULLIS_TOOL_CACHE
# (default: ~/.cache/portcullis-tools); later runs need no network.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
repository=$(cd "$here/../.." && pwd)
cache=${PORTCULLIS_TOOL_CACHE:-$HOME/.cache/portcullis-tools}

# A changed pin gets an environment of its own.
pin=$(cksum <"$here/requirements.txt" | cut -d ' ' -f 1)
venv=$cache/venv-sigstore-$pin
if [ ! -f "$venv/complete" ]; then
    rm -rf "$venv"
    mkdir -p "$cache"
    python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check --requirement "$here/requirements.txt"
    touch "$venv/complete"
fi

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
trap 'exit 1' HUP INT TERM

cd "$repository"
PORTCULLIS_SANDBOX_EXPORT=$folder cargo test --quiet --features sandbox --test sandbox_export
# An export that silently did nothing must not count as agreement.
test -s "$folder/cases.json"
"$venv/bin/python" "$here/judge.py" "$folder"
