#!/bin/sh
# Installs the programs that the live tests start and that are long to build: pinned releases, once, into a folder outside
# the repository. Needs Go 1.26 and half an hour of two processors; running it again installs what is missing.
set -eu

folder=${PORTCULLIS_LIVE_PROGRAMS:-$HOME/.cache/portcullis-live}

# PLACE PACKAGE@VERSION: `go install` names the program after the last part of the package's path.
install_program() {
    if test -x "$folder/$1"; then
        echo "there: $folder/$1"
        return
    fi
    mkdir -p "$folder/$(dirname "$1")"
    GOBIN="$folder/$(dirname "$1")" go install "$2"
    test -x "$folder/$1"
    echo "installed: $folder/$1"
}

install_program bin/cosign github.com/sigstore/cosign/v3/cmd/cosign@v3.1.2
install_program bin/registry github.com/google/go-containerregistry/cmd/registry@v0.21.9
install_program bin/fulcio github.com/sigstore/fulcio@v1.8.8
install_program bin/timestamp-server github.com/sigstore/timestamp-authority/v2/cmd/timestamp-server@v2.1.3
# Another package's program is called `posix` too, so this one has a folder of its own.
install_program rekor/posix github.com/sigstore/rekor-tiles/v2/cmd/rekor-server/posix@v2.3.0
