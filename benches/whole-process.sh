#!/usr/bin/env bash
# The release binary from outside: time and memory for one bundle, for a batch, and for a file of 4 GiB beside
# openssl and sha256sum. Needs GNU time (Debian: apt-get install time) and openssl.
set -euo pipefail
cd "$(dirname "$0")/.."

for tool in /usr/bin/time openssl sha256sum; do
    command -v "$tool" >/dev/null || { echo "$tool is needed" >&2; exit 1; }
done
bin=${PORTCULLIS:-${CARGO_TARGET_DIR:-target}/release/portcullis}
[ -x "$bin" ] || { echo "no $bin: run cargo build --release, or name the program in PORTCULLIS" >&2; exit 1; }
data=benches/data
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
export HOME=$dir

# measure RUNS NAME COMMAND...: the median wall time, processor time and the peak of memory.
measure() {
    local runs=$1 name=$2
    shift 2
    for _ in $(seq "$runs"); do
        /usr/bin/time -q -f '%e %U %S %M' -a -o "$dir/times" "$@" >/dev/null 2>&1 || true
    done
    awk '{ print $1, $2 + $3, $4 }' "$dir/times" | sort -n | awk -v name="$name" '
        { wall[NR] = $1; cpu[NR] = $2; if ($3 > peak) peak = $3 }
        END { middle = int((NR + 1) / 2)
              printf "%-44s %8.2f s wall %8.2f s cpu %8.1f MB peak\n", name, wall[middle], cpu[middle], peak / 1024 }'
    rm "$dir/times"
}

github=(--issuer https://token.actions.githubusercontent.com
    --identity https://github.com/prefix-dev/sigstore-example/.github/workflows/action.yaml@refs/heads/main
    --type https://schemas.conda.org/attestations-publish-1.schema.json)
subject=sha256:54303491a8418fbed24344b513546182c29b43bf282ceb433af65e2299f9271f
"$bin" verify --offline "${github[@]}" --bundle "$data/rekor-v1.sigstore.json" "$subject" >/dev/null 2>&1 \
    || { echo "the bundle does not verify" >&2; exit 1; }

measure 51 "one bundle" "$bin" verify --offline "${github[@]}" --bundle "$data/rekor-v1.sigstore.json" "$subject"

# Each run is too short for the clock of time(1): a hundred in a row, divided, say more.
for _ in 1 2 3; do
    start=$(date +%s%N)
    for _ in $(seq 100); do
        "$bin" verify --offline "${github[@]}" --bundle "$data/rekor-v1.sigstore.json" "$subject" >/dev/null 2>&1
    done
    echo "one bundle, mean of 100 in a row: $((($(date +%s%N) - start) / 100000)) microseconds"
done

yes "$subject" | head -n 10000 >"$dir/subjects"
measure 3 "10000 subjects" \
    "$bin" verify --offline "${github[@]}" --bundle "$data/rekor-v1.sigstore.json" --from-file "$dir/subjects"
tr -d '\n' <"$data/rekor-v1.sigstore.json" >"$dir/line"
echo >>"$dir/line"
for _ in $(seq 10000); do cat "$dir/line"; done >"$dir/bundles.jsonl"
measure 3 "10000 bundles of one subject" \
    "$bin" verify --offline "${github[@]}" --bundle "$dir/bundles.jsonl" "$subject"

# The bundle is about another artifact, so this ends in a denial; the hashing is what counts.
truncate -s 4G "$dir/large"
cat "$dir/large" >/dev/null # The first reader of a new file pays for its pages.
for _ in 1 2 3; do
    measure 1 "4 GiB: portcullis" \
        "$bin" verify --offline "${github[@]}" --bundle "$data/rekor-v1.sigstore.json" "$dir/large"
    measure 1 "4 GiB: openssl dgst -sha256" openssl dgst -sha256 "$dir/large"
    measure 1 "4 GiB: sha256sum" sha256sum "$dir/large"
done
