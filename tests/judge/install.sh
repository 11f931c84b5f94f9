#!/bin/sh
# Installs the pinned sigstore-python, python-tuf, model-signing and sigstore-js into folders under PORTCULLIS_TOOL_CACHE
# (default: ~/.cache/portcullis-tools), once. Prints two lines: the Python environment, and the folder in which npm has
# installed sigstore-js. The second is empty where npm cannot install it; in CI that is a failure.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
cache=${PORTCULLIS_TOOL_CACHE:-$HOME/.cache/portcullis-tools}

# A changed pin gets an environment of its own.
venv=$cache/venv-sigstore-$(cksum <"$here/requirements.txt" | cut -d ' ' -f 1)
if [ ! -f "$venv/complete" ]; then
    rm -rf "$venv"
    mkdir -p "$cache"
    python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check --requirement "$here/requirements.txt" >&2
    touch "$venv/complete"
fi

modules=$cache/npm-sigstore-$(cksum <"$here/package.json" | cut -d ' ' -f 1)
if [ ! -f "$modules/complete" ]; then
    rm -rf "$modules"
    mkdir -p "$modules"
    cp "$here/package.json" "$modules/"
    if (cd "$modules" && npm install --silent --no-audit --no-fund --ignore-scripts >&2); then
        touch "$modules/complete"
    elif [ -n "${CI:-}" ]; then
        echo "npm cannot install sigstore-js" >&2
        exit 1
    else
        echo "sigstore-js does not judge: npm cannot install it here" >&2
        modules=
    fi
fi
printf '%s\n%s\n' "$venv" "$modules"
