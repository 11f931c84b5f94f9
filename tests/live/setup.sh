#!/usr/bin/env bash
# Installs the programs that the live tests start: pinned releases, once, into a folder outside the repository; running it
# again installs what is missing or pinned anew. Needs Go, and as root Debian's packages. Go's own caches are temporary: the
# programs take a tenth of the space.
set -euo pipefail
cd "$(dirname "$0")"

folder=${PORTCULLIS_LIVE_PROGRAMS:-$HOME/.cache/portcullis-live}
mkdir -p "$folder"
caches=$(mktemp -d)
trap 'rm -rf "$caches"' EXIT
export GOPATH=$caches/path GOCACHE=$caches/build GOFLAGS='-modcacherw -buildvcs=false' CGO_ENABLED=0

# Whether a program was built from a release of a module: Go writes both into it.
is_release() {
    test -x "$1" && go version -m "$1" | grep -qP "^\tmod\t\Q$2\E\t\Q$3\E\t"
}

# FOLDER MODULE VERSION PACKAGE…: programs of one module are built together. `go install` names each after the last part of
# its package's path.
install_programs() {
    local bin=$folder/$1 module=$2 version=$3 package missing=()
    shift 3
    for package in "$@"; do
        is_release "$bin/${package##*/}" "$module" "$version" || missing+=("$module/$package@$version")
    done
    if [ ${#missing[@]} -gt 0 ]; then
        GOBIN=$bin go install -ldflags '-s -w' "${missing[@]}"
        echo "installed after $SECONDS s: ${missing[*]}"
    fi
}

# Debian's: a registry of the older generation, skopeo, and MariaDB without its service.
debian=(docker-registry skopeo mariadb-server-core)
if ! command -v docker-registry skopeo mariadbd mariadb-install-db >/dev/null || ! [ -x /usr/sbin/mariadbd ]; then
    if [ "$(id -u)" = 0 ]; then
        apt-get update -qq
        DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "${debian[@]}"
    else
        echo "only root installs Debian's ${debian[*]}" >&2
    fi
fi

install_programs bin github.com/google/go-containerregistry v0.21.9 cmd/crane cmd/registry
install_programs bin github.com/google/trillian v1.7.3 cmd/trillian_log_server cmd/trillian_log_signer cmd/createtree
install_programs bin github.com/sigstore/timestamp-authority/v2 v2.1.3 cmd/timestamp-server
# Another package's program is called `posix` too, so this one has a folder of its own.
install_programs rekor github.com/sigstore/rekor-tiles/v2 v2.3.0 cmd/rekor-server/posix
install_programs bin github.com/sigstore/rekor v1.5.4 cmd/rekor-server
install_programs bin github.com/sigstore/fulcio v1.8.8 .
install_programs bin github.com/sigstore/cosign/v3 v3.1.2 cmd/cosign

# The judges of tests/judge sign and verify here as well.
installed=$(../judge/install.sh)
mkdir -p "$folder/judge"
ln -sfn "$(sed -n 1p <<<"$installed")" "$folder/judge/python"
modules=$(sed -n 2p <<<"$installed")
[ -z "$modules" ] || ln -sfn "$modules" "$folder/judge/node"
echo "the programs of the live tests are in $folder"
