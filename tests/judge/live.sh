#!/bin/sh
# Signs with sigstore-python and sigstore-js on the sandbox's servers; each verifies what both have signed, and so do we.
# Then a directory with model-signing, both ways.
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

# Directories, both ways, with the tool whose form of a list of files it is.
model_signing=$(dirname "$python")/model_signing
model=$folder/model
mkdir -p "$model/d" "$model/d-e"
for name in config.json d/0.bin d-e/1.bin d/größe; do
    printf '%s' "$name" >"$model/$name"
done
printf '%s' "$SIGSTORE_ID_TOKEN" >"$folder/token"
"$portcullis" sign "$model" --identity-token-file "$folder/token" \
    --signing-config "$PORTCULLIS_SANDBOX_SIGNING_CONFIG" --trusted-root "$PORTCULLIS_SANDBOX_TRUSTED_ROOT" >/dev/null
judge() {
    "$model_signing" verify sigstore "$model" --signature "$model.sigstore.json" --identity dev@example.com \
        --identity_provider "$PORTCULLIS_SANDBOX_ISSUER" --trust_config "$PORTCULLIS_SANDBOX_TRUST_CONFIG"
}
judge
printf evil >"$model/d/1.bin"
if judge 2>/dev/null; then
    echo "model-signing takes a file that was not signed" >&2
    exit 1
fi
rm "$model/d/1.bin"
"$model_signing" sign sigstore "$model" --signature "$folder/theirs.sig" \
    --identity_token "$SIGSTORE_ID_TOKEN" --trust_config "$PORTCULLIS_SANDBOX_TRUST_CONFIG"
"$portcullis" verify "$model" --bundle "$folder/theirs.sig" --identity dev@example.com \
    --issuer "$PORTCULLIS_SANDBOX_ISSUER" --trusted-root "$PORTCULLIS_SANDBOX_TRUSTED_ROOT" --quiet >/dev/null
echo "model-signing verifies the directory that was signed here, and portcullis the one that it signed"
