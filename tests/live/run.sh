#!/usr/bin/env bash
# The live tier: installs what it needs, runs it, and fails unless every pair in pairs.txt met.
set -euo pipefail
cd "$(dirname "$0")/../.."

tests/live/setup.sh
pairs=$(mktemp -d)
trap 'rm -rf "$pairs"' EXIT
cargo test --locked --test live --no-run
# A service that hangs ends with its test.
PORTCULLIS_LIVE=1 PORTCULLIS_LIVE_PAIRS=$pairs timeout 25m cargo test --locked --test live -- "$@"

# By name: what is listed and did not happen, or happened and is not listed.
if ! diff <(grep -Ev '^(#|$)' tests/live/pairs.txt | LC_ALL=C sort) <(ls "$pairs" | LC_ALL=C sort); then
    echo 'these pairs (<) did not meet' >&2
    exit 1
fi
