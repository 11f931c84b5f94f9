// Registries of others that have the referrers API, which the programs of the same projects do not switch on.
// `referrers-registry ggcr|cuelabs` serves one on a free port of loopback, in memory, and says which port.
package main

import (
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"time"

	"cuelabs.dev/go/oci/ociregistry/ocimem"
	"cuelabs.dev/go/oci/ociregistry/ociserver"
	"github.com/google/go-containerregistry/pkg/registry"
)

func handler(name string) (http.Handler, error) {
	switch name {
	case "ggcr":
		return registry.New(registry.WithReferrersSupport(true)), nil
	case "cuelabs":
		return ociserver.New(ocimem.New(), nil), nil
	}
	return nil, fmt.Errorf("there is no registry called %q", name)
}

func main() {
	if len(os.Args) != 2 {
		log.Fatal("one argument: ggcr or cuelabs")
	}
	registry, err := handler(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	log.Printf("serving on port %d", listener.Addr().(*net.TCPAddr).Port)
	server := &http.Server{Handler: registry, ReadHeaderTimeout: 5 * time.Second}
	log.Fatal(server.Serve(listener))
}
