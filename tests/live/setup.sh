#!/usr/bin/env bash
# Installs the programs that the live tests start: pinned releases, once, into a folder outside the repository; running it
# again installs what is missing or pinned anew, so it may be stopped at any time. Needs Go, and as root Debian's packages.
# Go's own caches are temporary: the programs take a tenth of the space.
set -euo pipefail
cd "$(dirname "$0")"

folder=${PORTCULLIS_LIVE_PROGRAMS:-$HOME/.cache/portcullis-live}
mkdir -p "$folder/bin"
command -v go >/dev/null || { echo 'Go builds most of the programs, and it is not installed' >&2; exit 1; }
caches=$(mktemp -d)
trap 'rm -rf "$caches"' EXIT
export GOPATH=$caches/path GOCACHE=$caches/build GOFLAGS='-modcacherw -buildvcs=false -gcflags=all=-dwarf=false'

# FILE MODULE VERSION: whether a program was built from that release. Go writes it into the program.
is_release() {
    test -x "$1" && [[ $(go version -m "$1") == *$'\tmod\t'"$2"$'\t'"$3"$'\t'* ]]
}

# WHAT: says when it was ready, for whoever wonders which takes so long.
installed() { echo "installed after $SECONDS s: $*"; }

# FOLDER MODULE VERSION PACKAGE…: the programs of one module are built together. `go install` names each after the last
# part of its package's path.
install_programs() {
    local bin=$folder/$1 module=$2 version=$3 package missing=()
    shift 3
    for package in "$@"; do
        package=$module${package:+/$package}
        is_release "$bin/${package##*/}" "$module" "$version" || missing+=("$package@$version")
    done
    if [ ${#missing[@]} -gt 0 ]; then
        echo "installing: ${missing[*]}"
        # Renamed when it is whole: half a program would pass for the release.
        rm -rf "$bin/new"
        GOBIN=$bin/new go install -ldflags '-s -w' "${missing[@]}"
        mv "$bin/new/"* "$bin/"
        rmdir "$bin/new"
        installed "${missing[@]}"
    fi
}

# Debian's: the reference registry of the older generation, skopeo, and MariaDB's server without its service. Outside CI a
# test whose program is not there says so itself.
mapfile -t packages <debian.txt
../../.ci/debian "${packages[@]}" || [ "${CI:-}" != true ]

install_programs bin github.com/google/go-containerregistry v0.21.9 cmd/crane cmd/registry
# The registries with the referrers API, out of a few lines of ours around modules of others.
sum=$(cat referrers-registry/* | cksum)
if [ "$(cat "$folder/bin/referrers-registry.cksum" 2>/dev/null)" != "$sum" ]; then
    (cd referrers-registry && go build -mod=readonly -ldflags '-s -w' -o "$folder/bin/")
    echo "$sum" >"$folder/bin/referrers-registry.cksum"
    installed referrers-registry
fi
trillian=v1.7.3
# Without the databases and the election that the tests have no use for, which are most of it.
GOFLAGS="$GOFLAGS -tags=mysql,etcd" install_programs bin github.com/google/trillian "$trillian" cmd/trillian_log_server cmd/trillian_log_signer
# The tables of its database come with the module.
if ! [ -s "$folder/trillian-$trillian.sql" ]; then
    go mod download "github.com/google/trillian@$trillian"
    cp "$GOPATH/pkg/mod/github.com/google/trillian@$trillian/storage/mysql/schema/storage.sql" "$folder/trillian-$trillian.sql"
fi
install_programs bin github.com/sigstore/timestamp-authority/v2 v2.1.3 cmd/timestamp-server
# Another package's program is called `posix` too, so this one has a folder of its own.
install_programs rekor github.com/sigstore/rekor-tiles/v2 v2.3.0 cmd/rekor-server/posix
install_programs bin github.com/sigstore/rekor v1.5.4 cmd/rekor-server
install_programs bin github.com/sigstore/fulcio v1.8.8 ''
install_programs bin github.com/sigstore/cosign/v3 v3.1.2 cmd/cosign

# The judges of tests/judge sign and verify here as well.
installed=$(../judge/install.sh)
mkdir -p "$folder/judge"
ln -sfn "$(sed -n 1p <<<"$installed")" "$folder/judge/python"
modules=$(sed -n 2p <<<"$installed")
[ -z "$modules" ] || ln -sfn "$modules" "$folder/judge/node"
echo "the programs of the live tests are in $folder"
