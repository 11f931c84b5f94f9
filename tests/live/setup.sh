#!/usr/bin/env bash
# Installs the programs that the live tests start: pinned releases, once, into a folder outside the repository; running it
# again installs what is missing or pinned anew. Needs Go, and as root Debian's packages. Go's own caches are temporary: the
# programs take a tenth of the space.
set -euo pipefail
cd "$(dirname "$0")"

folder=${PORTCULLIS_LIVE_PROGRAMS:-$HOME/.cache/portcullis-live}
mkdir -p "$folder/bin"
command -v go >/dev/null || { echo 'Go builds most of the programs, and it is not installed' >&2; exit 1; }
caches=$(mktemp -d)
trap 'rm -rf "$caches"' EXIT
export GOPATH=$caches/path GOCACHE=$caches/build GOFLAGS='-modcacherw -buildvcs=false'

# FILE MODULE VERSION: whether a program was built from that release. Go writes it into the program.
is_release() {
    test -x "$1" && [[ $(go version -m "$1") == *$'\tmod\t'"$2"$'\t'"$3"$'\t'* ]]
}

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
        GOBIN=$bin go install -ldflags '-s -w' "${missing[@]}"
        echo "installed after $SECONDS s: ${missing[*]}"
    fi
}

# Debian's: the reference registry of the older generation, skopeo, and MariaDB's server without its service.
debian=(docker-registry skopeo mariadb-server-core)
if ! dpkg --status "${debian[@]}" >/dev/null 2>&1; then
    if [ "$(id -u)" = 0 ]; then
        apt-get update -qq
        DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "${debian[@]}" >/dev/null
        echo "installed after $SECONDS s: ${debian[*]}"
    else
        echo "not installed, for want of root: Debian's ${debian[*]}" >&2
    fi
fi

install_programs bin github.com/google/go-containerregistry v0.21.9 cmd/crane cmd/registry
# The registries with the referrers API, out of a few lines of ours around modules of others.
sum=$(cat referrers-registry/* | cksum)
if [ "$(cat "$folder/bin/referrers-registry.cksum" 2>/dev/null)" != "$sum" ]; then
    (cd referrers-registry && go build -mod=readonly -ldflags '-s -w' -o "$folder/bin/")
    echo "$sum" >"$folder/bin/referrers-registry.cksum"
    echo "installed after $SECONDS s: referrers-registry"
fi
trillian=v1.7.3
install_programs bin github.com/google/trillian "$trillian" cmd/trillian_log_server cmd/trillian_log_signer
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
