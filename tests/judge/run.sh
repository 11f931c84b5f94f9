#!/bin/sh
# Lets sigstore-python, python-tuf, sigstore-js and model-signing judge what the sandbox mints, and sign on its servers. Exits non-zero on
# any disagreement.
#
# The first run installs the pinned versions into folders under PORTCULLIS_TOOL_CACHE (default: ~/.cache/portcullis-tools);
# later runs need no network. Where npm cannot install sigstore-js, its part is left out with a reason, but not in CI.
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

# The same judges as clients of the sandbox's servers.
modules=$cache/npm-sigstore-$(cksum <"$here/package.json" | cut -d ' ' -f 1)
if [ ! -f "$modules/complete" ]; then
    rm -rf "$modules"
    mkdir -p "$modules"
    cp "$here/package.json" "$modules/"
    if (cd "$modules" && npm install --silent --no-audit --no-fund --ignore-scripts); then
        touch "$modules/complete"
    elif [ -n "${CI:-}" ]; then
        echo "npm cannot install sigstore-js" >&2
        exit 1
    else
        echo "sigstore-js does not judge: npm cannot install it here" >&2
        modules=
    fi
fi
cargo build --quiet --features sandbox --bins
programs=${CARGO_TARGET_DIR:-target}/debug
mkdir "$folder/live"
JUDGE_NODE_MODULES=$modules "$programs/portcullis-sandbox" run --for 5m -- \
    sh "$here/live.sh" "$folder/live" "$venv/bin/python" "$programs/portcullis"
