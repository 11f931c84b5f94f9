#!/bin/sh
# Signs with sigstore-python and sigstore-js on the sandbox's servers; each verifies what both have signed, and so do we.
#
# Runs inside `portcullis-sandbox run`. Usage: live.sh FOLDER PYTHON PORTCULLIS; JUDGE_NODE_MODULES is the folder in which
# npm has installed sigstore-js, and empty where it could not be installed.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
folder=$1 python=$2 portcullis=$3

printf 'an artifact' >"$folder/artifact"
"$python" "$here/live.py" sign "$folder"
test -z "$JUDGE_NODE_MODULES" || node "$here/live.mjs" sign "$folder"
"$python" "$here/live.py" verify "$folder"
test -z "$JUDGE_NODE_MODULES" || node "$here/live.mjs" verify "$folder"

count=0
for bundle in "$folder"/*.json; do
    case $bundle in
    *workflow*)
        set -- --identity https://github.com/org/app/.github/workflows/release.yml@refs/heads/main \
            --issuer https://token.actions.githubusercontent.com
        ;;
    *) set -- --identity dev@example.com --issuer "$PORTCULLIS_SANDBOX_ISSUER" ;;
    esac
    case $bundle in
    */dsse-*) set -- "$@" --type https://example.com/t ;;
    esac
    "$portcullis" verify "$folder/artifact" --bundle "$bundle" "$@" \
        --trusted-root "$PORTCULLIS_SANDBOX_TRUSTED_ROOT" --quiet >/dev/null
    count=$((count + 1))
done
echo "portcullis verifies $count bundles that were signed on the sandbox"
