# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_portcullis_global_optspecs
    string join \n format= o/output= q/quiet v/verbose color= timeout= jobs= offline h/help V/version
end

function __fish_portcullis_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_portcullis_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_portcullis_using_subcommand
    set -l cmd (__fish_portcullis_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c portcullis -n "__fish_portcullis_needs_command" -l format -d 'Output format [default: human]: human, json, sarif, junit or github; repeatable, each with a file of its own if it is followed by `=FILE`. The human report goes to standard error; another format without a file goes to standard output' -r
complete -c portcullis -n "__fish_portcullis_needs_command" -s o -l output -d 'File for the one format that names none' -r -F
complete -c portcullis -n "__fish_portcullis_needs_command" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c portcullis -n "__fish_portcullis_needs_command" -l timeout -d 'Limit for the whole run, for example 30s or 2m; what was not found out by then is undecided' -r
complete -c portcullis -n "__fish_portcullis_needs_command" -l jobs -d 'Subjects examined at once [default: number of processors]' -r
complete -c portcullis -n "__fish_portcullis_needs_command" -s q -l quiet -d 'Say nothing about what passed'
complete -c portcullis -n "__fish_portcullis_needs_command" -s v -l verbose -d 'Show every check and every place'
complete -c portcullis -n "__fish_portcullis_needs_command" -l offline -d 'Never use the network; a cached or built-in trust root is used as it is, and the report gives its age'
complete -c portcullis -n "__fish_portcullis_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c portcullis -n "__fish_portcullis_needs_command" -s V -l version -d 'Print version'
complete -c portcullis -n "__fish_portcullis_needs_command" -f -a "verify" -d 'Verify signatures and attestations of images, files, digests and OCI layouts'
complete -c portcullis -n "__fish_portcullis_needs_command" -f -a "sign" -d 'Sign images and files'
complete -c portcullis -n "__fish_portcullis_needs_command" -f -a "attest" -d 'Sign a statement about images and files: an SBOM, provenance, a scan'
complete -c portcullis -n "__fish_portcullis_needs_command" -f -a "sbom-check" -d 'Decide what an artifact is made of, by its attested SBOMs'
complete -c portcullis -n "__fish_portcullis_needs_command" -f -a "sbom" -d 'Compare SBOMs, make them smaller, suggest an allow-list'
complete -c portcullis -n "__fish_portcullis_needs_command" -f -a "pin" -d 'Verify every image of deployment files, and put digests in'
complete -c portcullis -n "__fish_portcullis_needs_command" -f -a "inspect" -d 'Show everything attached to a subject, unverified'
complete -c portcullis -n "__fish_portcullis_needs_command" -f -a "save" -d 'Save an image with all its evidence to an OCI layout'
complete -c portcullis -n "__fish_portcullis_needs_command" -f -a "load" -d 'Push an image with all its evidence to a registry'
complete -c portcullis -n "__fish_portcullis_needs_command" -f -a "gate" -d 'Let deployments begin only for what was verified'
complete -c portcullis -n "__fish_portcullis_needs_command" -f -a "build" -d 'What a build says of itself: variables for its deployment'
complete -c portcullis -n "__fish_portcullis_needs_command" -f -a "key" -d 'Make private keys, import them, print their public keys'
complete -c portcullis -n "__fish_portcullis_needs_command" -f -a "policy" -d 'Lint a policy, write a starting one, show what a pattern accepts'
complete -c portcullis -n "__fish_portcullis_needs_command" -f -a "trust" -d 'Show, refresh and check the trust roots in use'
complete -c portcullis -n "__fish_portcullis_needs_command" -f -a "explain" -d 'The long form of a diagnostic code'
complete -c portcullis -n "__fish_portcullis_needs_command" -f -a "completions" -d 'Print shell completions'
complete -c portcullis -n "__fish_portcullis_needs_command" -f -a "man" -d 'Print the man page'
complete -c portcullis -n "__fish_portcullis_needs_command" -f -a "conformance" -d 'Sigstore client conformance protocol'
complete -c portcullis -n "__fish_portcullis_needs_command" -f -a "generate" -d 'Write or check the generated files of the repository'
complete -c portcullis -n "__fish_portcullis_needs_command" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c portcullis -n "__fish_portcullis_using_subcommand verify" -l from-file -d 'Read more subjects from a file, one on each line, # begins a comment; `-` is standard input' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand verify" -l identity -l certificate-identity -d 'Exact identity of the signer: the workflow URI or e-mail address in the certificate' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand verify" -l identity-regex -l certificate-identity-regexp -d 'Pattern for the whole identity; a match of a part of it is no match' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand verify" -l identity-kind -d 'Kind of identity, where its text does not tell' -r -f -a "email\t''
uri\t''
other-name\t''"
complete -c portcullis -n "__fish_portcullis_using_subcommand verify" -l issuer -l certificate-oidc-issuer -d 'Exact OIDC issuer that vouches for the identity' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand verify" -l issuer-regex -l certificate-oidc-issuer-regexp -d 'Pattern for the whole issuer' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand verify" -l claim -d 'Exact value of a certificate claim, for example source-repository-ref=refs/heads/main; repeatable' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand verify" -l claim-regex -d 'Pattern for the whole value of a certificate claim; repeatable' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand verify" -l key -d 'Public key of the signer (PEM), instead of an identity' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand verify" -l require -d 'Which of several candidates have to meet what is asked [default: any]' -r -f -a "any\t'One that meets the demand is enough'
all\t'Every one has to meet it'
latest\t'Only the newest by an accepted signer counts'"
complete -c portcullis -n "__fish_portcullis_using_subcommand verify" -l type -d 'Demand an attestation of this type: a short name, a URI, or any; repeatable' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand verify" -l max-age -d 'Oldest allowed evidence by verified time, for example 30d' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand verify" -l builder-id -d 'Exact builder id of SLSA provenance' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand verify" -l source-repository -d 'Exact source repository of SLSA provenance' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand verify" -l source-ref -d 'Exact source ref of SLSA provenance' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand verify" -l verifier -d 'Exact id of the verifier whose SLSA verification summary (--type vsa) is relied on' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand verify" -l resource-uri -d 'Exact resource that the summary was made for' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand verify" -l verified-policy -d 'Digest of the policy that the summary has to name' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand verify" -l verified-level -d 'Level that the summary has to reach, for example SLSA_BUILD_LEVEL_2' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand verify" -l expect-commit -d 'Commit that was audited (all of its hex digits); certificate and provenance have to name it' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand verify" -l policy -d 'Policy file: who may sign what, and which attestations are demanded' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand verify" -l policy-digest -d 'Digest that the policy file has to have, so that a change cannot edit its own judge' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand verify" -l bundle -d 'Bundle file, repeatable; JSON Lines hold several. Without it, FILE.sigstore.json and FILE.sigstore are read' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand verify" -l ignore -d 'Name in a directory that does not count, repeatable; for example .git. Bundles that are named never count' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand verify" -l platform -d 'Image of an index to verify, for example linux/amd64' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand verify" -l predicate-out -d 'Write the verified predicate of the newest accepted attestation' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand verify" -l trust -d 'Sigstore instance whose root is trusted [default: public-good]' -r -f -a "public-good\t''
staging\t''
github\t''"
complete -c portcullis -n "__fish_portcullis_using_subcommand verify" -l trusted-root -d 'Trusted root in a file (trusted_root.json or a client trust configuration)' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand verify" -l tuf-url -d 'TUF repository that publishes the trusted root of a private instance' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand verify" -l tuf-root -d 'TUF root that the repository is verified from' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand verify" -l trust-cache -d 'Directory for the cache of trust roots' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand verify" -l registry-username -d 'User name for the registry; with --registry-password-stdin' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand verify" -l registry-token-file -d 'File with a bearer token for the registry, sent to it as it is' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand verify" -l registry-auth-host -d 'Token server that may be told the credentials although it is of another site than the registry; repeatable' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand verify" -l registry-egress -d 'Go to these hosts and to no other: registry, token server, content delivery network; repeatable' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand verify" -l registry-ca -d 'PEM certificates of authorities that are trusted for registries, besides the system\'s' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand verify" -l registry-cert -d 'PEM client certificate for the registry; with --registry-key' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand verify" -l registry-key -d 'PEM key of the client certificate' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand verify" -l allow-http -d 'Registry or signing service that is reached without TLS; repeatable. Loopback needs no such flag' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand verify" -l vsa-out -d 'Write a signed SLSA verification summary, once the subject is allowed' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand verify" -l vsa-verifier -d 'Who verifies: the id that the summary names' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand verify" -l vsa-policy -d 'What the summary calls the policy [default: the path of its file]' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand verify" -l vsa-resource -d 'What the summary calls the artifact [default: the image\'s package URL, the file, or the digest]' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand verify" -l vsa-key -d 'Private key that signs the summary, as sign\'s --key [default: an identity token]' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand verify" -l password-file -d 'File whose first line is the password of the key; `-` is standard input [default: PORTCULLIS_KEY_PASSWORD or COSIGN_PASSWORD in the environment, else the terminal is asked]' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand verify" -l identity-token-file -d 'File with an identity token; `-` is standard input [default: what the surroundings offer (SIGSTORE_ID_TOKEN, the CI system, the cloud), else a login in the browser]' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand verify" -l oidc-issuer -d 'Log in at this issuer, whatever the surroundings offer' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand verify" -l oidc-client-id -d 'Client id for a login, and the audience that every token has to have' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand verify" -l oidc-client-secret-file -d 'Log in as a client whose secret is the first line of this file' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand verify" -l oidc-redirect-url -d 'Log in, and come back to this address on loopback [default: http://localhost:0/auth/callback]' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand verify" -l signing-config -d 'Services to sign with (signing_config.json) [default: those that the instance publishes]' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand verify" -l fulcio-url -d 'Certificate authority (Fulcio) to use instead' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand verify" -l rekor-url -d 'Signature log (Rekor) to use instead; with --rekor-version' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand verify" -l rekor-version -d 'Generation of Rekor: with --rekor-url what it is, else the only one to use' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand verify" -l timestamp-url -l timestamp-server-url -d 'Timestamp authority to use instead, its whole address; repeatable' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand verify" -l service-ca -d 'PEM certificates of authorities that are trusted for services, besides the system\'s' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand verify" -l format -d 'Output format [default: human]: human, json, sarif, junit or github; repeatable, each with a file of its own if it is followed by `=FILE`. The human report goes to standard error; another format without a file goes to standard output' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand verify" -s o -l output -d 'File for the one format that names none' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand verify" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c portcullis -n "__fish_portcullis_using_subcommand verify" -l timeout -d 'Limit for the whole run, for example 30s or 2m; what was not found out by then is undecided' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand verify" -l jobs -d 'Subjects examined at once [default: number of processors]' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand verify" -l key-without-log -d 'Accept signatures of the key that are in no transparency log: weaker, and the report says so'
complete -c portcullis -n "__fish_portcullis_using_subcommand verify" -l unsafe-any-identity -d 'Accept any signer at all: proves that somebody signed, and everybody can'
complete -c portcullis -n "__fish_portcullis_using_subcommand verify" -l deny-warnings -d 'Deny where there are warnings'
complete -c portcullis -n "__fish_portcullis_using_subcommand verify" -l all-platforms -d 'Verify an index and every image in it'
complete -c portcullis -n "__fish_portcullis_using_subcommand verify" -l registry-password-stdin -d 'Read the password for the registry from standard input'
complete -c portcullis -n "__fish_portcullis_using_subcommand verify" -l attach-vsa -d 'Attach a signed SLSA verification summary to every image, once everything is allowed'
complete -c portcullis -n "__fish_portcullis_using_subcommand verify" -l oidc-device -d 'Log in with a code that is entered on any device'
complete -c portcullis -n "__fish_portcullis_using_subcommand verify" -l no-browser -d 'Log in, and show the address instead of opening a browser'
complete -c portcullis -n "__fish_portcullis_using_subcommand verify" -s q -l quiet -d 'Say nothing about what passed'
complete -c portcullis -n "__fish_portcullis_using_subcommand verify" -s v -l verbose -d 'Show every check and every place'
complete -c portcullis -n "__fish_portcullis_using_subcommand verify" -l offline -d 'Never use the network; a cached or built-in trust root is used as it is, and the report gives its age'
complete -c portcullis -n "__fish_portcullis_using_subcommand verify" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c portcullis -n "__fish_portcullis_using_subcommand verify" -s V -l version -d 'Print version'
complete -c portcullis -n "__fish_portcullis_using_subcommand sign" -l bundle -d 'Where the bundle of a file goes [default: FILE.sigstore.json]; for one file' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand sign" -l ignore -d 'Name in a directory that is left out and named as such, repeatable; for example .git' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand sign" -l resume -d 'Finish and publish a signature that a failed service or registry interrupted' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand sign" -s a -l annotation -d 'Something to sign along with the digest; repeatable' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand sign" -l identity-token-file -d 'File with an identity token; `-` is standard input [default: what the surroundings offer (SIGSTORE_ID_TOKEN, the CI system, the cloud), else a login in the browser]' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand sign" -l oidc-issuer -d 'Log in at this issuer, whatever the surroundings offer' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand sign" -l oidc-client-id -d 'Client id for a login, and the audience that every token has to have' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand sign" -l oidc-client-secret-file -d 'Log in as a client whose secret is the first line of this file' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand sign" -l oidc-redirect-url -d 'Log in, and come back to this address on loopback [default: http://localhost:0/auth/callback]' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand sign" -l key -d 'Private key to sign with: a PEM file, `-` for standard input, env://NAME for an environment variable, or a pkcs11: URI where this build has the feature' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand sign" -l password-file -d 'File whose first line is the password of the key; `-` is standard input [default: PORTCULLIS_KEY_PASSWORD or COSIGN_PASSWORD in the environment, else the terminal is asked]' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand sign" -l key-hint -d 'What bundles call the key [default: the SHA-256 of the public key]' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand sign" -l signing-config -d 'Services to sign with (signing_config.json) [default: those that the instance publishes]' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand sign" -l fulcio-url -d 'Certificate authority (Fulcio) to use instead' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand sign" -l rekor-url -d 'Signature log (Rekor) to use instead; with --rekor-version' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand sign" -l rekor-version -d 'Generation of Rekor: with --rekor-url what it is, else the only one to use' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand sign" -l timestamp-url -l timestamp-server-url -d 'Timestamp authority to use instead, its whole address; repeatable' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand sign" -l service-ca -d 'PEM certificates of authorities that are trusted for services, besides the system\'s' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand sign" -l trust -d 'Sigstore instance whose root is trusted [default: public-good]' -r -f -a "public-good\t''
staging\t''
github\t''"
complete -c portcullis -n "__fish_portcullis_using_subcommand sign" -l trusted-root -d 'Trusted root in a file (trusted_root.json or a client trust configuration)' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand sign" -l tuf-url -d 'TUF repository that publishes the trusted root of a private instance' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand sign" -l tuf-root -d 'TUF root that the repository is verified from' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand sign" -l trust-cache -d 'Directory for the cache of trust roots' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand sign" -l registry-username -d 'User name for the registry; with --registry-password-stdin' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand sign" -l registry-token-file -d 'File with a bearer token for the registry, sent to it as it is' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand sign" -l registry-auth-host -d 'Token server that may be told the credentials although it is of another site than the registry; repeatable' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand sign" -l registry-egress -d 'Go to these hosts and to no other: registry, token server, content delivery network; repeatable' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand sign" -l registry-ca -d 'PEM certificates of authorities that are trusted for registries, besides the system\'s' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand sign" -l registry-cert -d 'PEM client certificate for the registry; with --registry-key' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand sign" -l registry-key -d 'PEM key of the client certificate' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand sign" -l allow-http -d 'Registry or signing service that is reached without TLS; repeatable. Loopback needs no such flag' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand sign" -l format -d 'Output format [default: human]: human, json, sarif, junit or github; repeatable, each with a file of its own if it is followed by `=FILE`. The human report goes to standard error; another format without a file goes to standard output' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand sign" -s o -l output -d 'File for the one format that names none' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand sign" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c portcullis -n "__fish_portcullis_using_subcommand sign" -l timeout -d 'Limit for the whole run, for example 30s or 2m; what was not found out by then is undecided' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand sign" -l jobs -d 'Subjects examined at once [default: number of processors]' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand sign" -l overwrite -d 'Replace a bundle that is there'
complete -c portcullis -n "__fish_portcullis_using_subcommand sign" -s y -l yes -d 'Sign what a tag points to now, without asking'
complete -c portcullis -n "__fish_portcullis_using_subcommand sign" -l require-digest -d 'Refuse images that are not named by digest'
complete -c portcullis -n "__fish_portcullis_using_subcommand sign" -l recursive -d 'Sign an index and every image in it'
complete -c portcullis -n "__fish_portcullis_using_subcommand sign" -l legacy-tag -d 'Write cosign\'s older form under the .sig tag too, for verifiers that know no bundles'
complete -c portcullis -n "__fish_portcullis_using_subcommand sign" -l oidc-device -d 'Log in with a code that is entered on any device'
complete -c portcullis -n "__fish_portcullis_using_subcommand sign" -l no-browser -d 'Log in, and show the address instead of opening a browser'
complete -c portcullis -n "__fish_portcullis_using_subcommand sign" -l no-log -d 'Make no log entry, only a timestamp; verify then wants --key-without-log'
complete -c portcullis -n "__fish_portcullis_using_subcommand sign" -l registry-password-stdin -d 'Read the password for the registry from standard input'
complete -c portcullis -n "__fish_portcullis_using_subcommand sign" -s q -l quiet -d 'Say nothing about what passed'
complete -c portcullis -n "__fish_portcullis_using_subcommand sign" -s v -l verbose -d 'Show every check and every place'
complete -c portcullis -n "__fish_portcullis_using_subcommand sign" -l offline -d 'Never use the network; a cached or built-in trust root is used as it is, and the report gives its age'
complete -c portcullis -n "__fish_portcullis_using_subcommand sign" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c portcullis -n "__fish_portcullis_using_subcommand sign" -s V -l version -d 'Print version'
complete -c portcullis -n "__fish_portcullis_using_subcommand attest" -l bundle -d 'Where the bundle goes [default for one file: FILE.TYPE.sigstore.json; that of an image goes to its registry]' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand attest" -l predicate -d 'File with the predicate as JSON; `-` is standard input' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand attest" -l type -d 'What the predicate is: a short name or a URI' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand attest" -l max-predicate-bytes -d 'Most bytes that the predicate may have' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand attest" -l identity-token-file -d 'File with an identity token; `-` is standard input [default: what the surroundings offer (SIGSTORE_ID_TOKEN, the CI system, the cloud), else a login in the browser]' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand attest" -l oidc-issuer -d 'Log in at this issuer, whatever the surroundings offer' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand attest" -l oidc-client-id -d 'Client id for a login, and the audience that every token has to have' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand attest" -l oidc-client-secret-file -d 'Log in as a client whose secret is the first line of this file' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand attest" -l oidc-redirect-url -d 'Log in, and come back to this address on loopback [default: http://localhost:0/auth/callback]' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand attest" -l key -d 'Private key to sign with: a PEM file, `-` for standard input, env://NAME for an environment variable, or a pkcs11: URI where this build has the feature' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand attest" -l password-file -d 'File whose first line is the password of the key; `-` is standard input [default: PORTCULLIS_KEY_PASSWORD or COSIGN_PASSWORD in the environment, else the terminal is asked]' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand attest" -l key-hint -d 'What bundles call the key [default: the SHA-256 of the public key]' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand attest" -l signing-config -d 'Services to sign with (signing_config.json) [default: those that the instance publishes]' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand attest" -l fulcio-url -d 'Certificate authority (Fulcio) to use instead' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand attest" -l rekor-url -d 'Signature log (Rekor) to use instead; with --rekor-version' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand attest" -l rekor-version -d 'Generation of Rekor: with --rekor-url what it is, else the only one to use' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand attest" -l timestamp-url -l timestamp-server-url -d 'Timestamp authority to use instead, its whole address; repeatable' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand attest" -l service-ca -d 'PEM certificates of authorities that are trusted for services, besides the system\'s' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand attest" -l trust -d 'Sigstore instance whose root is trusted [default: public-good]' -r -f -a "public-good\t''
staging\t''
github\t''"
complete -c portcullis -n "__fish_portcullis_using_subcommand attest" -l trusted-root -d 'Trusted root in a file (trusted_root.json or a client trust configuration)' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand attest" -l tuf-url -d 'TUF repository that publishes the trusted root of a private instance' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand attest" -l tuf-root -d 'TUF root that the repository is verified from' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand attest" -l trust-cache -d 'Directory for the cache of trust roots' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand attest" -l registry-username -d 'User name for the registry; with --registry-password-stdin' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand attest" -l registry-token-file -d 'File with a bearer token for the registry, sent to it as it is' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand attest" -l registry-auth-host -d 'Token server that may be told the credentials although it is of another site than the registry; repeatable' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand attest" -l registry-egress -d 'Go to these hosts and to no other: registry, token server, content delivery network; repeatable' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand attest" -l registry-ca -d 'PEM certificates of authorities that are trusted for registries, besides the system\'s' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand attest" -l registry-cert -d 'PEM client certificate for the registry; with --registry-key' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand attest" -l registry-key -d 'PEM key of the client certificate' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand attest" -l allow-http -d 'Registry or signing service that is reached without TLS; repeatable. Loopback needs no such flag' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand attest" -l format -d 'Output format [default: human]: human, json, sarif, junit or github; repeatable, each with a file of its own if it is followed by `=FILE`. The human report goes to standard error; another format without a file goes to standard output' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand attest" -s o -l output -d 'File for the one format that names none' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand attest" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c portcullis -n "__fish_portcullis_using_subcommand attest" -l timeout -d 'Limit for the whole run, for example 30s or 2m; what was not found out by then is undecided' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand attest" -l jobs -d 'Subjects examined at once [default: number of processors]' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand attest" -l yes -d 'Image named by a tag: take what it points to now, without asking'
complete -c portcullis -n "__fish_portcullis_using_subcommand attest" -l replace -d 'Image: remove earlier attestations of this type by the same signer, once the new one is there'
complete -c portcullis -n "__fish_portcullis_using_subcommand attest" -l overwrite -d 'Replace a bundle that is there'
complete -c portcullis -n "__fish_portcullis_using_subcommand attest" -l from-ci -d 'Make the predicate from the environment of this CI job; for --type slsa-provenance'
complete -c portcullis -n "__fish_portcullis_using_subcommand attest" -l oidc-device -d 'Log in with a code that is entered on any device'
complete -c portcullis -n "__fish_portcullis_using_subcommand attest" -l no-browser -d 'Log in, and show the address instead of opening a browser'
complete -c portcullis -n "__fish_portcullis_using_subcommand attest" -l no-log -d 'Make no log entry, only a timestamp; verify then wants --key-without-log'
complete -c portcullis -n "__fish_portcullis_using_subcommand attest" -l registry-password-stdin -d 'Read the password for the registry from standard input'
complete -c portcullis -n "__fish_portcullis_using_subcommand attest" -s q -l quiet -d 'Say nothing about what passed'
complete -c portcullis -n "__fish_portcullis_using_subcommand attest" -s v -l verbose -d 'Show every check and every place'
complete -c portcullis -n "__fish_portcullis_using_subcommand attest" -l offline -d 'Never use the network; a cached or built-in trust root is used as it is, and the report gives its age'
complete -c portcullis -n "__fish_portcullis_using_subcommand attest" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c portcullis -n "__fish_portcullis_using_subcommand attest" -s V -l version -d 'Print version'
complete -c portcullis -n "__fish_portcullis_using_subcommand sbom-check" -l policy -d 'Policy file: who signs the SBOM, and what may stand in it (its [sbom] table)' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand sbom-check" -l policy-digest -d 'Digest that the policy file has to have, so that a change cannot edit its own judge' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand sbom-check" -l accepted -d 'File of accepted findings, each with a reason, an owner and its last day; they stay in the report and do not deny' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand sbom-check" -l accepted-digest -d 'Digest that the file of accepted findings has to have; needed where the policy is pinned' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand sbom-check" -l bundle -d 'Bundle file, repeatable; JSON Lines hold several. Without it, FILE.sigstore.json and FILE.sigstore are read' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand sbom-check" -l platform -d 'Image of an index to check, for example linux/amd64' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand sbom-check" -l sbom -d 'SBOM to check instead of the attested one; `-` is standard input. Without a SUBJECT only the rules are asked' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand sbom-check" -l sbom-bundle -d 'Bundle over the SBOM file itself, repeatable. Without it, FILE.sigstore.json and FILE.sigstore are read' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand sbom-check" -l baseline -d 'SBOM file that was accepted before, or the artifact whose attested SBOM it is (an image, oci-layout:…, sha256:…)' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand sbom-check" -l baseline-bundle -d 'Bundle with the attested SBOM of the baseline, repeatable: --baseline names the artifact then, also where it is a file' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand sbom-check" -l max-sbom-bytes -d 'Most bytes of an SBOM [default: 64 MiB in memory, 1 GiB where a file can be streamed]' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand sbom-check" -l max-sbom-components -d 'Most components of an SBOM [default: 250000, or 4000000 where a file is streamed]' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand sbom-check" -l trust -d 'Sigstore instance whose root is trusted [default: public-good]' -r -f -a "public-good\t''
staging\t''
github\t''"
complete -c portcullis -n "__fish_portcullis_using_subcommand sbom-check" -l trusted-root -d 'Trusted root in a file (trusted_root.json or a client trust configuration)' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand sbom-check" -l tuf-url -d 'TUF repository that publishes the trusted root of a private instance' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand sbom-check" -l tuf-root -d 'TUF root that the repository is verified from' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand sbom-check" -l trust-cache -d 'Directory for the cache of trust roots' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand sbom-check" -l registry-username -d 'User name for the registry; with --registry-password-stdin' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand sbom-check" -l registry-token-file -d 'File with a bearer token for the registry, sent to it as it is' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand sbom-check" -l registry-auth-host -d 'Token server that may be told the credentials although it is of another site than the registry; repeatable' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand sbom-check" -l registry-egress -d 'Go to these hosts and to no other: registry, token server, content delivery network; repeatable' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand sbom-check" -l registry-ca -d 'PEM certificates of authorities that are trusted for registries, besides the system\'s' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand sbom-check" -l registry-cert -d 'PEM client certificate for the registry; with --registry-key' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand sbom-check" -l registry-key -d 'PEM key of the client certificate' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand sbom-check" -l allow-http -d 'Registry or signing service that is reached without TLS; repeatable. Loopback needs no such flag' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand sbom-check" -l format -d 'Output format [default: human]: human, json, sarif, junit or github; repeatable, each with a file of its own if it is followed by `=FILE`. The human report goes to standard error; another format without a file goes to standard output' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand sbom-check" -s o -l output -d 'File for the one format that names none' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand sbom-check" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c portcullis -n "__fish_portcullis_using_subcommand sbom-check" -l timeout -d 'Limit for the whole run, for example 30s or 2m; what was not found out by then is undecided' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand sbom-check" -l jobs -d 'Subjects examined at once [default: number of processors]' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand sbom-check" -l deny-warnings -d 'Deny where there are warnings'
complete -c portcullis -n "__fish_portcullis_using_subcommand sbom-check" -l all-platforms -d 'Check an index and every image in it'
complete -c portcullis -n "__fish_portcullis_using_subcommand sbom-check" -l registry-password-stdin -d 'Read the password for the registry from standard input'
complete -c portcullis -n "__fish_portcullis_using_subcommand sbom-check" -s q -l quiet -d 'Say nothing about what passed'
complete -c portcullis -n "__fish_portcullis_using_subcommand sbom-check" -s v -l verbose -d 'Show every check and every place'
complete -c portcullis -n "__fish_portcullis_using_subcommand sbom-check" -l offline -d 'Never use the network; a cached or built-in trust root is used as it is, and the report gives its age'
complete -c portcullis -n "__fish_portcullis_using_subcommand sbom-check" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c portcullis -n "__fish_portcullis_using_subcommand sbom-check" -s V -l version -d 'Print version'
complete -c portcullis -n "__fish_portcullis_using_subcommand sbom; and not __fish_seen_subcommand_from diff trim suggest help" -l format -d 'Output format [default: human]: human, json, sarif, junit or github; repeatable, each with a file of its own if it is followed by `=FILE`. The human report goes to standard error; another format without a file goes to standard output' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand sbom; and not __fish_seen_subcommand_from diff trim suggest help" -s o -l output -d 'File for the one format that names none' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand sbom; and not __fish_seen_subcommand_from diff trim suggest help" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c portcullis -n "__fish_portcullis_using_subcommand sbom; and not __fish_seen_subcommand_from diff trim suggest help" -l timeout -d 'Limit for the whole run, for example 30s or 2m; what was not found out by then is undecided' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand sbom; and not __fish_seen_subcommand_from diff trim suggest help" -l jobs -d 'Subjects examined at once [default: number of processors]' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand sbom; and not __fish_seen_subcommand_from diff trim suggest help" -s q -l quiet -d 'Say nothing about what passed'
complete -c portcullis -n "__fish_portcullis_using_subcommand sbom; and not __fish_seen_subcommand_from diff trim suggest help" -s v -l verbose -d 'Show every check and every place'
complete -c portcullis -n "__fish_portcullis_using_subcommand sbom; and not __fish_seen_subcommand_from diff trim suggest help" -l offline -d 'Never use the network; a cached or built-in trust root is used as it is, and the report gives its age'
complete -c portcullis -n "__fish_portcullis_using_subcommand sbom; and not __fish_seen_subcommand_from diff trim suggest help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c portcullis -n "__fish_portcullis_using_subcommand sbom; and not __fish_seen_subcommand_from diff trim suggest help" -s V -l version -d 'Print version'
complete -c portcullis -n "__fish_portcullis_using_subcommand sbom; and not __fish_seen_subcommand_from diff trim suggest help" -f -a "diff" -d 'What differs between two SBOMs, package by package, whatever their formats'
complete -c portcullis -n "__fish_portcullis_using_subcommand sbom; and not __fish_seen_subcommand_from diff trim suggest help" -f -a "trim" -d 'A smaller SBOM that says the same to every check'
complete -c portcullis -n "__fish_portcullis_using_subcommand sbom; and not __fish_seen_subcommand_from diff trim suggest help" -f -a "suggest" -d 'An allow-list that accepts what SBOMs say, as the start of a policy'
complete -c portcullis -n "__fish_portcullis_using_subcommand sbom; and not __fish_seen_subcommand_from diff trim suggest help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c portcullis -n "__fish_portcullis_using_subcommand sbom; and __fish_seen_subcommand_from diff" -l format -d 'Output format [default: human]: human, json, sarif, junit or github; repeatable, each with a file of its own if it is followed by `=FILE`. The human report goes to standard error; another format without a file goes to standard output' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand sbom; and __fish_seen_subcommand_from diff" -s o -l output -d 'File for the one format that names none' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand sbom; and __fish_seen_subcommand_from diff" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c portcullis -n "__fish_portcullis_using_subcommand sbom; and __fish_seen_subcommand_from diff" -l timeout -d 'Limit for the whole run, for example 30s or 2m; what was not found out by then is undecided' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand sbom; and __fish_seen_subcommand_from diff" -l jobs -d 'Subjects examined at once [default: number of processors]' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand sbom; and __fish_seen_subcommand_from diff" -s q -l quiet -d 'Say nothing about what passed'
complete -c portcullis -n "__fish_portcullis_using_subcommand sbom; and __fish_seen_subcommand_from diff" -s v -l verbose -d 'Show every check and every place'
complete -c portcullis -n "__fish_portcullis_using_subcommand sbom; and __fish_seen_subcommand_from diff" -l offline -d 'Never use the network; a cached or built-in trust root is used as it is, and the report gives its age'
complete -c portcullis -n "__fish_portcullis_using_subcommand sbom; and __fish_seen_subcommand_from diff" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c portcullis -n "__fish_portcullis_using_subcommand sbom; and __fish_seen_subcommand_from diff" -s V -l version -d 'Print version'
complete -c portcullis -n "__fish_portcullis_using_subcommand sbom; and __fish_seen_subcommand_from trim" -l format -d 'Output format [default: human]: human, json, sarif, junit or github; repeatable, each with a file of its own if it is followed by `=FILE`. The human report goes to standard error; another format without a file goes to standard output' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand sbom; and __fish_seen_subcommand_from trim" -s o -l output -d 'File for the one format that names none' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand sbom; and __fish_seen_subcommand_from trim" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c portcullis -n "__fish_portcullis_using_subcommand sbom; and __fish_seen_subcommand_from trim" -l timeout -d 'Limit for the whole run, for example 30s or 2m; what was not found out by then is undecided' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand sbom; and __fish_seen_subcommand_from trim" -l jobs -d 'Subjects examined at once [default: number of processors]' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand sbom; and __fish_seen_subcommand_from trim" -s q -l quiet -d 'Say nothing about what passed'
complete -c portcullis -n "__fish_portcullis_using_subcommand sbom; and __fish_seen_subcommand_from trim" -s v -l verbose -d 'Show every check and every place'
complete -c portcullis -n "__fish_portcullis_using_subcommand sbom; and __fish_seen_subcommand_from trim" -l offline -d 'Never use the network; a cached or built-in trust root is used as it is, and the report gives its age'
complete -c portcullis -n "__fish_portcullis_using_subcommand sbom; and __fish_seen_subcommand_from trim" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c portcullis -n "__fish_portcullis_using_subcommand sbom; and __fish_seen_subcommand_from trim" -s V -l version -d 'Print version'
complete -c portcullis -n "__fish_portcullis_using_subcommand sbom; and __fish_seen_subcommand_from suggest" -l format -d 'Output format [default: human]: human, json, sarif, junit or github; repeatable, each with a file of its own if it is followed by `=FILE`. The human report goes to standard error; another format without a file goes to standard output' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand sbom; and __fish_seen_subcommand_from suggest" -s o -l output -d 'File for the one format that names none' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand sbom; and __fish_seen_subcommand_from suggest" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c portcullis -n "__fish_portcullis_using_subcommand sbom; and __fish_seen_subcommand_from suggest" -l timeout -d 'Limit for the whole run, for example 30s or 2m; what was not found out by then is undecided' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand sbom; and __fish_seen_subcommand_from suggest" -l jobs -d 'Subjects examined at once [default: number of processors]' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand sbom; and __fish_seen_subcommand_from suggest" -s q -l quiet -d 'Say nothing about what passed'
complete -c portcullis -n "__fish_portcullis_using_subcommand sbom; and __fish_seen_subcommand_from suggest" -s v -l verbose -d 'Show every check and every place'
complete -c portcullis -n "__fish_portcullis_using_subcommand sbom; and __fish_seen_subcommand_from suggest" -l offline -d 'Never use the network; a cached or built-in trust root is used as it is, and the report gives its age'
complete -c portcullis -n "__fish_portcullis_using_subcommand sbom; and __fish_seen_subcommand_from suggest" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c portcullis -n "__fish_portcullis_using_subcommand sbom; and __fish_seen_subcommand_from suggest" -s V -l version -d 'Print version'
complete -c portcullis -n "__fish_portcullis_using_subcommand sbom; and __fish_seen_subcommand_from help" -f -a "diff" -d 'What differs between two SBOMs, package by package, whatever their formats'
complete -c portcullis -n "__fish_portcullis_using_subcommand sbom; and __fish_seen_subcommand_from help" -f -a "trim" -d 'A smaller SBOM that says the same to every check'
complete -c portcullis -n "__fish_portcullis_using_subcommand sbom; and __fish_seen_subcommand_from help" -f -a "suggest" -d 'An allow-list that accepts what SBOMs say, as the start of a policy'
complete -c portcullis -n "__fish_portcullis_using_subcommand sbom; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c portcullis -n "__fish_portcullis_using_subcommand pin" -l identity -l certificate-identity -d 'Exact identity of the signer: the workflow URI or e-mail address in the certificate' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand pin" -l identity-regex -l certificate-identity-regexp -d 'Pattern for the whole identity; a match of a part of it is no match' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand pin" -l identity-kind -d 'Kind of identity, where its text does not tell' -r -f -a "email\t''
uri\t''
other-name\t''"
complete -c portcullis -n "__fish_portcullis_using_subcommand pin" -l issuer -l certificate-oidc-issuer -d 'Exact OIDC issuer that vouches for the identity' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand pin" -l issuer-regex -l certificate-oidc-issuer-regexp -d 'Pattern for the whole issuer' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand pin" -l claim -d 'Exact value of a certificate claim, for example source-repository-ref=refs/heads/main; repeatable' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand pin" -l claim-regex -d 'Pattern for the whole value of a certificate claim; repeatable' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand pin" -l key -d 'Public key of the signer (PEM), instead of an identity' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand pin" -l require -d 'Which of several candidates have to meet what is asked [default: any]' -r -f -a "any\t'One that meets the demand is enough'
all\t'Every one has to meet it'
latest\t'Only the newest by an accepted signer counts'"
complete -c portcullis -n "__fish_portcullis_using_subcommand pin" -l type -d 'Demand an attestation of this type: a short name, a URI, or any; repeatable' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand pin" -l max-age -d 'Oldest allowed evidence by verified time, for example 30d' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand pin" -l builder-id -d 'Exact builder id of SLSA provenance' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand pin" -l source-repository -d 'Exact source repository of SLSA provenance' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand pin" -l source-ref -d 'Exact source ref of SLSA provenance' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand pin" -l verifier -d 'Exact id of the verifier whose SLSA verification summary (--type vsa) is relied on' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand pin" -l resource-uri -d 'Exact resource that the summary was made for' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand pin" -l verified-policy -d 'Digest of the policy that the summary has to name' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand pin" -l verified-level -d 'Level that the summary has to reach, for example SLSA_BUILD_LEVEL_2' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand pin" -l expect-commit -d 'Commit that was audited (all of its hex digits); certificate and provenance have to name it' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand pin" -l policy -d 'Policy file: who may sign what, and which attestations are demanded' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand pin" -l policy-digest -d 'Digest that the policy file has to have, so that a change cannot edit its own judge' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand pin" -l trust -d 'Sigstore instance whose root is trusted [default: public-good]' -r -f -a "public-good\t''
staging\t''
github\t''"
complete -c portcullis -n "__fish_portcullis_using_subcommand pin" -l trusted-root -d 'Trusted root in a file (trusted_root.json or a client trust configuration)' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand pin" -l tuf-url -d 'TUF repository that publishes the trusted root of a private instance' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand pin" -l tuf-root -d 'TUF root that the repository is verified from' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand pin" -l trust-cache -d 'Directory for the cache of trust roots' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand pin" -l registry-username -d 'User name for the registry; with --registry-password-stdin' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand pin" -l registry-token-file -d 'File with a bearer token for the registry, sent to it as it is' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand pin" -l registry-auth-host -d 'Token server that may be told the credentials although it is of another site than the registry; repeatable' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand pin" -l registry-egress -d 'Go to these hosts and to no other: registry, token server, content delivery network; repeatable' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand pin" -l registry-ca -d 'PEM certificates of authorities that are trusted for registries, besides the system\'s' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand pin" -l registry-cert -d 'PEM client certificate for the registry; with --registry-key' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand pin" -l registry-key -d 'PEM key of the client certificate' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand pin" -l allow-http -d 'Registry or signing service that is reached without TLS; repeatable. Loopback needs no such flag' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand pin" -l format -d 'Output format [default: human]: human, json, sarif, junit or github; repeatable, each with a file of its own if it is followed by `=FILE`. The human report goes to standard error; another format without a file goes to standard output' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand pin" -s o -l output -d 'File for the one format that names none' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand pin" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c portcullis -n "__fish_portcullis_using_subcommand pin" -l timeout -d 'Limit for the whole run, for example 30s or 2m; what was not found out by then is undecided' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand pin" -l jobs -d 'Subjects examined at once [default: number of processors]' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand pin" -l check -d 'Only verify the images; nothing is rewritten'
complete -c portcullis -n "__fish_portcullis_using_subcommand pin" -l write -d 'Rewrite the files in place instead of printing the one that is given'
complete -c portcullis -n "__fish_portcullis_using_subcommand pin" -l drop-tag -d 'Write repository@digest, without the tag that people see'
complete -c portcullis -n "__fish_portcullis_using_subcommand pin" -l allow-no-images -d 'Let files without images pass beside files with images'
complete -c portcullis -n "__fish_portcullis_using_subcommand pin" -l key-without-log -d 'Accept signatures of the key that are in no transparency log: weaker, and the report says so'
complete -c portcullis -n "__fish_portcullis_using_subcommand pin" -l unsafe-any-identity -d 'Accept any signer at all: proves that somebody signed, and everybody can'
complete -c portcullis -n "__fish_portcullis_using_subcommand pin" -l deny-warnings -d 'Deny where there are warnings'
complete -c portcullis -n "__fish_portcullis_using_subcommand pin" -l registry-password-stdin -d 'Read the password for the registry from standard input'
complete -c portcullis -n "__fish_portcullis_using_subcommand pin" -s q -l quiet -d 'Say nothing about what passed'
complete -c portcullis -n "__fish_portcullis_using_subcommand pin" -s v -l verbose -d 'Show every check and every place'
complete -c portcullis -n "__fish_portcullis_using_subcommand pin" -l offline -d 'Never use the network; a cached or built-in trust root is used as it is, and the report gives its age'
complete -c portcullis -n "__fish_portcullis_using_subcommand pin" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c portcullis -n "__fish_portcullis_using_subcommand pin" -s V -l version -d 'Print version'
complete -c portcullis -n "__fish_portcullis_using_subcommand inspect" -l bundle -d 'Bundle file, repeatable; JSON Lines hold several. Without it, FILE.sigstore.json and FILE.sigstore are read' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand inspect" -l platform -d 'Only this image of an index, for example linux/amd64; without it, the index and every image in it' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand inspect" -l registry-username -d 'User name for the registry; with --registry-password-stdin' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand inspect" -l registry-token-file -d 'File with a bearer token for the registry, sent to it as it is' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand inspect" -l registry-auth-host -d 'Token server that may be told the credentials although it is of another site than the registry; repeatable' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand inspect" -l registry-egress -d 'Go to these hosts and to no other: registry, token server, content delivery network; repeatable' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand inspect" -l registry-ca -d 'PEM certificates of authorities that are trusted for registries, besides the system\'s' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand inspect" -l registry-cert -d 'PEM client certificate for the registry; with --registry-key' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand inspect" -l registry-key -d 'PEM key of the client certificate' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand inspect" -l allow-http -d 'Registry or signing service that is reached without TLS; repeatable. Loopback needs no such flag' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand inspect" -l format -d 'Output format [default: human]: human, json, sarif, junit or github; repeatable, each with a file of its own if it is followed by `=FILE`. The human report goes to standard error; another format without a file goes to standard output' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand inspect" -s o -l output -d 'File for the one format that names none' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand inspect" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c portcullis -n "__fish_portcullis_using_subcommand inspect" -l timeout -d 'Limit for the whole run, for example 30s or 2m; what was not found out by then is undecided' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand inspect" -l jobs -d 'Subjects examined at once [default: number of processors]' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand inspect" -l registry-password-stdin -d 'Read the password for the registry from standard input'
complete -c portcullis -n "__fish_portcullis_using_subcommand inspect" -s q -l quiet -d 'Say nothing about what passed'
complete -c portcullis -n "__fish_portcullis_using_subcommand inspect" -s v -l verbose -d 'Show every check and every place'
complete -c portcullis -n "__fish_portcullis_using_subcommand inspect" -l offline -d 'Never use the network; a cached or built-in trust root is used as it is, and the report gives its age'
complete -c portcullis -n "__fish_portcullis_using_subcommand inspect" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c portcullis -n "__fish_portcullis_using_subcommand inspect" -s V -l version -d 'Print version'
complete -c portcullis -n "__fish_portcullis_using_subcommand save" -l to -d 'Folder for the OCI layout, which is made or added to' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand save" -l platform -d 'Only the image of an index for this platform, for example linux/amd64' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand save" -l registry-username -d 'User name for the registry; with --registry-password-stdin' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand save" -l registry-token-file -d 'File with a bearer token for the registry, sent to it as it is' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand save" -l registry-auth-host -d 'Token server that may be told the credentials although it is of another site than the registry; repeatable' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand save" -l registry-egress -d 'Go to these hosts and to no other: registry, token server, content delivery network; repeatable' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand save" -l registry-ca -d 'PEM certificates of authorities that are trusted for registries, besides the system\'s' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand save" -l registry-cert -d 'PEM client certificate for the registry; with --registry-key' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand save" -l registry-key -d 'PEM key of the client certificate' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand save" -l allow-http -d 'Registry or signing service that is reached without TLS; repeatable. Loopback needs no such flag' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand save" -l format -d 'Output format [default: human]: human, json, sarif, junit or github; repeatable, each with a file of its own if it is followed by `=FILE`. The human report goes to standard error; another format without a file goes to standard output' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand save" -s o -l output -d 'File for the one format that names none' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand save" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c portcullis -n "__fish_portcullis_using_subcommand save" -l timeout -d 'Limit for the whole run, for example 30s or 2m; what was not found out by then is undecided' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand save" -l jobs -d 'Subjects examined at once [default: number of processors]' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand save" -l registry-password-stdin -d 'Read the password for the registry from standard input'
complete -c portcullis -n "__fish_portcullis_using_subcommand save" -s q -l quiet -d 'Say nothing about what passed'
complete -c portcullis -n "__fish_portcullis_using_subcommand save" -s v -l verbose -d 'Show every check and every place'
complete -c portcullis -n "__fish_portcullis_using_subcommand save" -l offline -d 'Never use the network; a cached or built-in trust root is used as it is, and the report gives its age'
complete -c portcullis -n "__fish_portcullis_using_subcommand save" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c portcullis -n "__fish_portcullis_using_subcommand save" -s V -l version -d 'Print version'
complete -c portcullis -n "__fish_portcullis_using_subcommand load" -l to -d 'Where to: registry/repository:tag, or registry/repository@digest to push without a tag' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand load" -l platform -d 'Only the image of an index for this platform, for example linux/amd64' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand load" -l registry-username -d 'User name for the registry; with --registry-password-stdin' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand load" -l registry-token-file -d 'File with a bearer token for the registry, sent to it as it is' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand load" -l registry-auth-host -d 'Token server that may be told the credentials although it is of another site than the registry; repeatable' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand load" -l registry-egress -d 'Go to these hosts and to no other: registry, token server, content delivery network; repeatable' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand load" -l registry-ca -d 'PEM certificates of authorities that are trusted for registries, besides the system\'s' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand load" -l registry-cert -d 'PEM client certificate for the registry; with --registry-key' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand load" -l registry-key -d 'PEM key of the client certificate' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand load" -l allow-http -d 'Registry or signing service that is reached without TLS; repeatable. Loopback needs no such flag' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand load" -l format -d 'Output format [default: human]: human, json, sarif, junit or github; repeatable, each with a file of its own if it is followed by `=FILE`. The human report goes to standard error; another format without a file goes to standard output' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand load" -s o -l output -d 'File for the one format that names none' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand load" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c portcullis -n "__fish_portcullis_using_subcommand load" -l timeout -d 'Limit for the whole run, for example 30s or 2m; what was not found out by then is undecided' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand load" -l jobs -d 'Subjects examined at once [default: number of processors]' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand load" -l registry-password-stdin -d 'Read the password for the registry from standard input'
complete -c portcullis -n "__fish_portcullis_using_subcommand load" -s q -l quiet -d 'Say nothing about what passed'
complete -c portcullis -n "__fish_portcullis_using_subcommand load" -s v -l verbose -d 'Show every check and every place'
complete -c portcullis -n "__fish_portcullis_using_subcommand load" -l offline -d 'Never use the network; a cached or built-in trust root is used as it is, and the report gives its age'
complete -c portcullis -n "__fish_portcullis_using_subcommand load" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c portcullis -n "__fish_portcullis_using_subcommand load" -s V -l version -d 'Print version'
complete -c portcullis -n "__fish_portcullis_using_subcommand gate; and not __fish_seen_subcommand_from serve submit decisions replay routes help" -l format -d 'Output format [default: human]: human, json, sarif, junit or github; repeatable, each with a file of its own if it is followed by `=FILE`. The human report goes to standard error; another format without a file goes to standard output' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand gate; and not __fish_seen_subcommand_from serve submit decisions replay routes help" -s o -l output -d 'File for the one format that names none' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand gate; and not __fish_seen_subcommand_from serve submit decisions replay routes help" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c portcullis -n "__fish_portcullis_using_subcommand gate; and not __fish_seen_subcommand_from serve submit decisions replay routes help" -l timeout -d 'Limit for the whole run, for example 30s or 2m; what was not found out by then is undecided' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand gate; and not __fish_seen_subcommand_from serve submit decisions replay routes help" -l jobs -d 'Subjects examined at once [default: number of processors]' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand gate; and not __fish_seen_subcommand_from serve submit decisions replay routes help" -s q -l quiet -d 'Say nothing about what passed'
complete -c portcullis -n "__fish_portcullis_using_subcommand gate; and not __fish_seen_subcommand_from serve submit decisions replay routes help" -s v -l verbose -d 'Show every check and every place'
complete -c portcullis -n "__fish_portcullis_using_subcommand gate; and not __fish_seen_subcommand_from serve submit decisions replay routes help" -l offline -d 'Never use the network; a cached or built-in trust root is used as it is, and the report gives its age'
complete -c portcullis -n "__fish_portcullis_using_subcommand gate; and not __fish_seen_subcommand_from serve submit decisions replay routes help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c portcullis -n "__fish_portcullis_using_subcommand gate; and not __fish_seen_subcommand_from serve submit decisions replay routes help" -s V -l version -d 'Print version'
complete -c portcullis -n "__fish_portcullis_using_subcommand gate; and not __fish_seen_subcommand_from serve submit decisions replay routes help" -f -a "serve" -d 'Listen for events, verify what they are about, and let deployments begin for what is allowed'
complete -c portcullis -n "__fish_portcullis_using_subcommand gate; and not __fish_seen_subcommand_from serve submit decisions replay routes help" -f -a "submit" -d 'Tell a gate of an image, as a build system does'
complete -c portcullis -n "__fish_portcullis_using_subcommand gate; and not __fish_seen_subcommand_from serve submit decisions replay routes help" -f -a "decisions" -d 'What was accepted, decided and triggered'
complete -c portcullis -n "__fish_portcullis_using_subcommand gate; and not __fish_seen_subcommand_from serve submit decisions replay routes help" -f -a "replay" -d 'Have a dead event, or one whose trigger is dead, decided again'
complete -c portcullis -n "__fish_portcullis_using_subcommand gate; and not __fish_seen_subcommand_from serve submit decisions replay routes help" -f -a "routes" -d 'The routes of the gate, and who may call each'
complete -c portcullis -n "__fish_portcullis_using_subcommand gate; and not __fish_seen_subcommand_from serve submit decisions replay routes help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c portcullis -n "__fish_portcullis_using_subcommand gate; and __fish_seen_subcommand_from serve" -l config -d 'Configuration of the gate' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand gate; and __fish_seen_subcommand_from serve" -l format -d 'Output format [default: human]: human, json, sarif, junit or github; repeatable, each with a file of its own if it is followed by `=FILE`. The human report goes to standard error; another format without a file goes to standard output' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand gate; and __fish_seen_subcommand_from serve" -s o -l output -d 'File for the one format that names none' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand gate; and __fish_seen_subcommand_from serve" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c portcullis -n "__fish_portcullis_using_subcommand gate; and __fish_seen_subcommand_from serve" -l timeout -d 'Limit for the whole run, for example 30s or 2m; what was not found out by then is undecided' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand gate; and __fish_seen_subcommand_from serve" -l jobs -d 'Subjects examined at once [default: number of processors]' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand gate; and __fish_seen_subcommand_from serve" -l check -d 'Check everything that the gate would start with, and start nothing'
complete -c portcullis -n "__fish_portcullis_using_subcommand gate; and __fish_seen_subcommand_from serve" -l deny-warnings -d 'With --check: deny where there are warnings'
complete -c portcullis -n "__fish_portcullis_using_subcommand gate; and __fish_seen_subcommand_from serve" -s q -l quiet -d 'Say nothing about what passed'
complete -c portcullis -n "__fish_portcullis_using_subcommand gate; and __fish_seen_subcommand_from serve" -s v -l verbose -d 'Show every check and every place'
complete -c portcullis -n "__fish_portcullis_using_subcommand gate; and __fish_seen_subcommand_from serve" -l offline -d 'Never use the network; a cached or built-in trust root is used as it is, and the report gives its age'
complete -c portcullis -n "__fish_portcullis_using_subcommand gate; and __fish_seen_subcommand_from serve" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c portcullis -n "__fish_portcullis_using_subcommand gate; and __fish_seen_subcommand_from serve" -s V -l version -d 'Print version'
complete -c portcullis -n "__fish_portcullis_using_subcommand gate; and __fish_seen_subcommand_from submit" -l gate -d 'Address of the gate' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand gate; and __fish_seen_subcommand_from submit" -l secret-file -d 'File with the secret that the gate knows this caller by (whsec_…); requests are signed with it' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand gate; and __fish_seen_subcommand_from submit" -l token-file -d 'File with a token that the gate knows this caller by' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand gate; and __fish_seen_subcommand_from submit" -l audience -d 'Send the token of this CI job, made for this audience' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand gate; and __fish_seen_subcommand_from submit" -l delivery -d 'Name of this delivery: the same one again is taken for the first [default: made up]' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand gate; and __fish_seen_subcommand_from submit" -l gate-ca -d 'PEM certificates of authorities that are trusted for the gate, besides the system\'s' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand gate; and __fish_seen_subcommand_from submit" -l format -d 'Output format [default: human]: human, json, sarif, junit or github; repeatable, each with a file of its own if it is followed by `=FILE`. The human report goes to standard error; another format without a file goes to standard output' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand gate; and __fish_seen_subcommand_from submit" -s o -l output -d 'File for the one format that names none' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand gate; and __fish_seen_subcommand_from submit" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c portcullis -n "__fish_portcullis_using_subcommand gate; and __fish_seen_subcommand_from submit" -l timeout -d 'Limit for the whole run, for example 30s or 2m; what was not found out by then is undecided' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand gate; and __fish_seen_subcommand_from submit" -l jobs -d 'Subjects examined at once [default: number of processors]' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand gate; and __fish_seen_subcommand_from submit" -l wait -d 'Wait until it is decided, at most for --timeout; the caller needs the right to read'
complete -c portcullis -n "__fish_portcullis_using_subcommand gate; and __fish_seen_subcommand_from submit" -s q -l quiet -d 'Say nothing about what passed'
complete -c portcullis -n "__fish_portcullis_using_subcommand gate; and __fish_seen_subcommand_from submit" -s v -l verbose -d 'Show every check and every place'
complete -c portcullis -n "__fish_portcullis_using_subcommand gate; and __fish_seen_subcommand_from submit" -l offline -d 'Never use the network; a cached or built-in trust root is used as it is, and the report gives its age'
complete -c portcullis -n "__fish_portcullis_using_subcommand gate; and __fish_seen_subcommand_from submit" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c portcullis -n "__fish_portcullis_using_subcommand gate; and __fish_seen_subcommand_from submit" -s V -l version -d 'Print version'
complete -c portcullis -n "__fish_portcullis_using_subcommand gate; and __fish_seen_subcommand_from decisions" -l format -d 'Output format [default: human]: human, json, sarif, junit or github; repeatable, each with a file of its own if it is followed by `=FILE`. The human report goes to standard error; another format without a file goes to standard output' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand gate; and __fish_seen_subcommand_from decisions" -s o -l output -d 'File for the one format that names none' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand gate; and __fish_seen_subcommand_from decisions" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c portcullis -n "__fish_portcullis_using_subcommand gate; and __fish_seen_subcommand_from decisions" -l timeout -d 'Limit for the whole run, for example 30s or 2m; what was not found out by then is undecided' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand gate; and __fish_seen_subcommand_from decisions" -l jobs -d 'Subjects examined at once [default: number of processors]' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand gate; and __fish_seen_subcommand_from decisions" -s q -l quiet -d 'Say nothing about what passed'
complete -c portcullis -n "__fish_portcullis_using_subcommand gate; and __fish_seen_subcommand_from decisions" -s v -l verbose -d 'Show every check and every place'
complete -c portcullis -n "__fish_portcullis_using_subcommand gate; and __fish_seen_subcommand_from decisions" -l offline -d 'Never use the network; a cached or built-in trust root is used as it is, and the report gives its age'
complete -c portcullis -n "__fish_portcullis_using_subcommand gate; and __fish_seen_subcommand_from decisions" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c portcullis -n "__fish_portcullis_using_subcommand gate; and __fish_seen_subcommand_from decisions" -s V -l version -d 'Print version'
complete -c portcullis -n "__fish_portcullis_using_subcommand gate; and __fish_seen_subcommand_from decisions" -f -a "list" -d 'The last records, the newest first'
complete -c portcullis -n "__fish_portcullis_using_subcommand gate; and __fish_seen_subcommand_from decisions" -f -a "show" -d 'One event: where it is in its life, and everything that was recorded about it'
complete -c portcullis -n "__fish_portcullis_using_subcommand gate; and __fish_seen_subcommand_from decisions" -f -a "follow" -d 'Every new record as one line of JSON, until you end it'
complete -c portcullis -n "__fish_portcullis_using_subcommand gate; and __fish_seen_subcommand_from decisions" -f -a "verify" -d 'Check the whole chain of records, and print the last hash'
complete -c portcullis -n "__fish_portcullis_using_subcommand gate; and __fish_seen_subcommand_from decisions" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c portcullis -n "__fish_portcullis_using_subcommand gate; and __fish_seen_subcommand_from replay" -l config -d 'Configuration of the gate, which names its data directory' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand gate; and __fish_seen_subcommand_from replay" -l data -d 'Data directory of the gate' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand gate; and __fish_seen_subcommand_from replay" -l format -d 'Output format [default: human]: human, json, sarif, junit or github; repeatable, each with a file of its own if it is followed by `=FILE`. The human report goes to standard error; another format without a file goes to standard output' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand gate; and __fish_seen_subcommand_from replay" -s o -l output -d 'File for the one format that names none' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand gate; and __fish_seen_subcommand_from replay" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c portcullis -n "__fish_portcullis_using_subcommand gate; and __fish_seen_subcommand_from replay" -l timeout -d 'Limit for the whole run, for example 30s or 2m; what was not found out by then is undecided' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand gate; and __fish_seen_subcommand_from replay" -l jobs -d 'Subjects examined at once [default: number of processors]' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand gate; and __fish_seen_subcommand_from replay" -s q -l quiet -d 'Say nothing about what passed'
complete -c portcullis -n "__fish_portcullis_using_subcommand gate; and __fish_seen_subcommand_from replay" -s v -l verbose -d 'Show every check and every place'
complete -c portcullis -n "__fish_portcullis_using_subcommand gate; and __fish_seen_subcommand_from replay" -l offline -d 'Never use the network; a cached or built-in trust root is used as it is, and the report gives its age'
complete -c portcullis -n "__fish_portcullis_using_subcommand gate; and __fish_seen_subcommand_from replay" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c portcullis -n "__fish_portcullis_using_subcommand gate; and __fish_seen_subcommand_from replay" -s V -l version -d 'Print version'
complete -c portcullis -n "__fish_portcullis_using_subcommand gate; and __fish_seen_subcommand_from routes" -l format -d 'Output format [default: human]: human, json, sarif, junit or github; repeatable, each with a file of its own if it is followed by `=FILE`. The human report goes to standard error; another format without a file goes to standard output' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand gate; and __fish_seen_subcommand_from routes" -s o -l output -d 'File for the one format that names none' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand gate; and __fish_seen_subcommand_from routes" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c portcullis -n "__fish_portcullis_using_subcommand gate; and __fish_seen_subcommand_from routes" -l timeout -d 'Limit for the whole run, for example 30s or 2m; what was not found out by then is undecided' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand gate; and __fish_seen_subcommand_from routes" -l jobs -d 'Subjects examined at once [default: number of processors]' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand gate; and __fish_seen_subcommand_from routes" -s q -l quiet -d 'Say nothing about what passed'
complete -c portcullis -n "__fish_portcullis_using_subcommand gate; and __fish_seen_subcommand_from routes" -s v -l verbose -d 'Show every check and every place'
complete -c portcullis -n "__fish_portcullis_using_subcommand gate; and __fish_seen_subcommand_from routes" -l offline -d 'Never use the network; a cached or built-in trust root is used as it is, and the report gives its age'
complete -c portcullis -n "__fish_portcullis_using_subcommand gate; and __fish_seen_subcommand_from routes" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c portcullis -n "__fish_portcullis_using_subcommand gate; and __fish_seen_subcommand_from routes" -s V -l version -d 'Print version'
complete -c portcullis -n "__fish_portcullis_using_subcommand gate; and __fish_seen_subcommand_from help" -f -a "serve" -d 'Listen for events, verify what they are about, and let deployments begin for what is allowed'
complete -c portcullis -n "__fish_portcullis_using_subcommand gate; and __fish_seen_subcommand_from help" -f -a "submit" -d 'Tell a gate of an image, as a build system does'
complete -c portcullis -n "__fish_portcullis_using_subcommand gate; and __fish_seen_subcommand_from help" -f -a "decisions" -d 'What was accepted, decided and triggered'
complete -c portcullis -n "__fish_portcullis_using_subcommand gate; and __fish_seen_subcommand_from help" -f -a "replay" -d 'Have a dead event, or one whose trigger is dead, decided again'
complete -c portcullis -n "__fish_portcullis_using_subcommand gate; and __fish_seen_subcommand_from help" -f -a "routes" -d 'The routes of the gate, and who may call each'
complete -c portcullis -n "__fish_portcullis_using_subcommand gate; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c portcullis -n "__fish_portcullis_using_subcommand build; and not __fish_seen_subcommand_from env help" -l format -d 'Output format [default: human]: human, json, sarif, junit or github; repeatable, each with a file of its own if it is followed by `=FILE`. The human report goes to standard error; another format without a file goes to standard output' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand build; and not __fish_seen_subcommand_from env help" -s o -l output -d 'File for the one format that names none' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand build; and not __fish_seen_subcommand_from env help" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c portcullis -n "__fish_portcullis_using_subcommand build; and not __fish_seen_subcommand_from env help" -l timeout -d 'Limit for the whole run, for example 30s or 2m; what was not found out by then is undecided' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand build; and not __fish_seen_subcommand_from env help" -l jobs -d 'Subjects examined at once [default: number of processors]' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand build; and not __fish_seen_subcommand_from env help" -s q -l quiet -d 'Say nothing about what passed'
complete -c portcullis -n "__fish_portcullis_using_subcommand build; and not __fish_seen_subcommand_from env help" -s v -l verbose -d 'Show every check and every place'
complete -c portcullis -n "__fish_portcullis_using_subcommand build; and not __fish_seen_subcommand_from env help" -l offline -d 'Never use the network; a cached or built-in trust root is used as it is, and the report gives its age'
complete -c portcullis -n "__fish_portcullis_using_subcommand build; and not __fish_seen_subcommand_from env help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c portcullis -n "__fish_portcullis_using_subcommand build; and not __fish_seen_subcommand_from env help" -s V -l version -d 'Print version'
complete -c portcullis -n "__fish_portcullis_using_subcommand build; and not __fish_seen_subcommand_from env help" -f -a "env" -d 'Print what was verified as environment variables for the deployment'
complete -c portcullis -n "__fish_portcullis_using_subcommand build; and not __fish_seen_subcommand_from env help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c portcullis -n "__fish_portcullis_using_subcommand build; and __fish_seen_subcommand_from env" -l report -d 'JSON report of a verification that allowed; `-` is standard input' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand build; and __fish_seen_subcommand_from env" -l subject -d 'Subject of the report, by its name, argument or digest; needed where there are several' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand build; and __fish_seen_subcommand_from env" -l prefix -d 'What the names begin with' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand build; and __fish_seen_subcommand_from env" -l as -d 'Form of the output' -r -f -a "shell\t'`export NAME=\'value\'` lines for a POSIX shell'
json\t'One JSON object'
dotenv\t'NAME=value lines'
ecs-taskdef\t'The task definition with the variables in it'"
complete -c portcullis -n "__fish_portcullis_using_subcommand build; and __fish_seen_subcommand_from env" -l task-definition -d 'ECS task definition to put the variables into' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand build; and __fish_seen_subcommand_from env" -l container -d 'Container of the task definition; needed where there are several' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand build; and __fish_seen_subcommand_from env" -l format -d 'Output format [default: human]: human, json, sarif, junit or github; repeatable, each with a file of its own if it is followed by `=FILE`. The human report goes to standard error; another format without a file goes to standard output' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand build; and __fish_seen_subcommand_from env" -s o -l output -d 'File for the one format that names none' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand build; and __fish_seen_subcommand_from env" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c portcullis -n "__fish_portcullis_using_subcommand build; and __fish_seen_subcommand_from env" -l timeout -d 'Limit for the whole run, for example 30s or 2m; what was not found out by then is undecided' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand build; and __fish_seen_subcommand_from env" -l jobs -d 'Subjects examined at once [default: number of processors]' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand build; and __fish_seen_subcommand_from env" -s q -l quiet -d 'Say nothing about what passed'
complete -c portcullis -n "__fish_portcullis_using_subcommand build; and __fish_seen_subcommand_from env" -s v -l verbose -d 'Show every check and every place'
complete -c portcullis -n "__fish_portcullis_using_subcommand build; and __fish_seen_subcommand_from env" -l offline -d 'Never use the network; a cached or built-in trust root is used as it is, and the report gives its age'
complete -c portcullis -n "__fish_portcullis_using_subcommand build; and __fish_seen_subcommand_from env" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c portcullis -n "__fish_portcullis_using_subcommand build; and __fish_seen_subcommand_from env" -s V -l version -d 'Print version'
complete -c portcullis -n "__fish_portcullis_using_subcommand build; and __fish_seen_subcommand_from help" -f -a "env" -d 'Print what was verified as environment variables for the deployment'
complete -c portcullis -n "__fish_portcullis_using_subcommand build; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c portcullis -n "__fish_portcullis_using_subcommand key; and not __fish_seen_subcommand_from generate public import help" -l format -d 'Output format [default: human]: human, json, sarif, junit or github; repeatable, each with a file of its own if it is followed by `=FILE`. The human report goes to standard error; another format without a file goes to standard output' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand key; and not __fish_seen_subcommand_from generate public import help" -s o -l output -d 'File for the one format that names none' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand key; and not __fish_seen_subcommand_from generate public import help" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c portcullis -n "__fish_portcullis_using_subcommand key; and not __fish_seen_subcommand_from generate public import help" -l timeout -d 'Limit for the whole run, for example 30s or 2m; what was not found out by then is undecided' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand key; and not __fish_seen_subcommand_from generate public import help" -l jobs -d 'Subjects examined at once [default: number of processors]' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand key; and not __fish_seen_subcommand_from generate public import help" -s q -l quiet -d 'Say nothing about what passed'
complete -c portcullis -n "__fish_portcullis_using_subcommand key; and not __fish_seen_subcommand_from generate public import help" -s v -l verbose -d 'Show every check and every place'
complete -c portcullis -n "__fish_portcullis_using_subcommand key; and not __fish_seen_subcommand_from generate public import help" -l offline -d 'Never use the network; a cached or built-in trust root is used as it is, and the report gives its age'
complete -c portcullis -n "__fish_portcullis_using_subcommand key; and not __fish_seen_subcommand_from generate public import help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c portcullis -n "__fish_portcullis_using_subcommand key; and not __fish_seen_subcommand_from generate public import help" -s V -l version -d 'Print version'
complete -c portcullis -n "__fish_portcullis_using_subcommand key; and not __fish_seen_subcommand_from generate public import help" -f -a "generate" -d 'Make a new key pair: PREFIX.key, encrypted under a password, and PREFIX.pub'
complete -c portcullis -n "__fish_portcullis_using_subcommand key; and not __fish_seen_subcommand_from generate public import help" -f -a "public" -d 'Print the public key of a private key'
complete -c portcullis -n "__fish_portcullis_using_subcommand key; and not __fish_seen_subcommand_from generate public import help" -f -a "import" -d 'Read a private key of another form, and write it as PREFIX.key and PREFIX.pub'
complete -c portcullis -n "__fish_portcullis_using_subcommand key; and not __fish_seen_subcommand_from generate public import help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c portcullis -n "__fish_portcullis_using_subcommand key; and __fish_seen_subcommand_from generate" -l type -d 'Kind of key' -r -f -a "p256\t''
p384\t''
ed25519\t''
rsa2048\t''
rsa3072\t''
rsa4096\t''"
complete -c portcullis -n "__fish_portcullis_using_subcommand key; and __fish_seen_subcommand_from generate" -l prefix -l output-key-prefix -d 'Path of the new files without .key and .pub; nothing is overwritten' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand key; and __fish_seen_subcommand_from generate" -l password-file -d 'File whose first line is the password of the key; `-` is standard input [default: PORTCULLIS_KEY_PASSWORD or COSIGN_PASSWORD in the environment, else the terminal is asked]' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand key; and __fish_seen_subcommand_from generate" -l format -d 'Output format [default: human]: human, json, sarif, junit or github; repeatable, each with a file of its own if it is followed by `=FILE`. The human report goes to standard error; another format without a file goes to standard output' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand key; and __fish_seen_subcommand_from generate" -s o -l output -d 'File for the one format that names none' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand key; and __fish_seen_subcommand_from generate" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c portcullis -n "__fish_portcullis_using_subcommand key; and __fish_seen_subcommand_from generate" -l timeout -d 'Limit for the whole run, for example 30s or 2m; what was not found out by then is undecided' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand key; and __fish_seen_subcommand_from generate" -l jobs -d 'Subjects examined at once [default: number of processors]' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand key; and __fish_seen_subcommand_from generate" -l unencrypted -d 'Write the private key without a password, as PKCS #8: whoever can read the file can sign'
complete -c portcullis -n "__fish_portcullis_using_subcommand key; and __fish_seen_subcommand_from generate" -s q -l quiet -d 'Say nothing about what passed'
complete -c portcullis -n "__fish_portcullis_using_subcommand key; and __fish_seen_subcommand_from generate" -s v -l verbose -d 'Show every check and every place'
complete -c portcullis -n "__fish_portcullis_using_subcommand key; and __fish_seen_subcommand_from generate" -l offline -d 'Never use the network; a cached or built-in trust root is used as it is, and the report gives its age'
complete -c portcullis -n "__fish_portcullis_using_subcommand key; and __fish_seen_subcommand_from generate" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c portcullis -n "__fish_portcullis_using_subcommand key; and __fish_seen_subcommand_from generate" -s V -l version -d 'Print version'
complete -c portcullis -n "__fish_portcullis_using_subcommand key; and __fish_seen_subcommand_from public" -l password-file -d 'File whose first line is the password of the key; `-` is standard input [default: PORTCULLIS_KEY_PASSWORD or COSIGN_PASSWORD in the environment, else the terminal is asked]' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand key; and __fish_seen_subcommand_from public" -l format -d 'Output format [default: human]: human, json, sarif, junit or github; repeatable, each with a file of its own if it is followed by `=FILE`. The human report goes to standard error; another format without a file goes to standard output' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand key; and __fish_seen_subcommand_from public" -s o -l output -d 'File for the one format that names none' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand key; and __fish_seen_subcommand_from public" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c portcullis -n "__fish_portcullis_using_subcommand key; and __fish_seen_subcommand_from public" -l timeout -d 'Limit for the whole run, for example 30s or 2m; what was not found out by then is undecided' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand key; and __fish_seen_subcommand_from public" -l jobs -d 'Subjects examined at once [default: number of processors]' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand key; and __fish_seen_subcommand_from public" -s q -l quiet -d 'Say nothing about what passed'
complete -c portcullis -n "__fish_portcullis_using_subcommand key; and __fish_seen_subcommand_from public" -s v -l verbose -d 'Show every check and every place'
complete -c portcullis -n "__fish_portcullis_using_subcommand key; and __fish_seen_subcommand_from public" -l offline -d 'Never use the network; a cached or built-in trust root is used as it is, and the report gives its age'
complete -c portcullis -n "__fish_portcullis_using_subcommand key; and __fish_seen_subcommand_from public" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c portcullis -n "__fish_portcullis_using_subcommand key; and __fish_seen_subcommand_from public" -s V -l version -d 'Print version'
complete -c portcullis -n "__fish_portcullis_using_subcommand key; and __fish_seen_subcommand_from import" -l prefix -l output-key-prefix -d 'Path of the new files without .key and .pub; nothing is overwritten' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand key; and __fish_seen_subcommand_from import" -l password-file -d 'File whose first line is the password of the key; `-` is standard input [default: PORTCULLIS_KEY_PASSWORD or COSIGN_PASSWORD in the environment, else the terminal is asked]' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand key; and __fish_seen_subcommand_from import" -l new-password-file -d 'File whose first line is the password for the new file, where it is not that of the old one' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand key; and __fish_seen_subcommand_from import" -l format -d 'Output format [default: human]: human, json, sarif, junit or github; repeatable, each with a file of its own if it is followed by `=FILE`. The human report goes to standard error; another format without a file goes to standard output' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand key; and __fish_seen_subcommand_from import" -s o -l output -d 'File for the one format that names none' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand key; and __fish_seen_subcommand_from import" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c portcullis -n "__fish_portcullis_using_subcommand key; and __fish_seen_subcommand_from import" -l timeout -d 'Limit for the whole run, for example 30s or 2m; what was not found out by then is undecided' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand key; and __fish_seen_subcommand_from import" -l jobs -d 'Subjects examined at once [default: number of processors]' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand key; and __fish_seen_subcommand_from import" -l unencrypted -d 'Write the private key without a password, as PKCS #8: whoever can read the file can sign'
complete -c portcullis -n "__fish_portcullis_using_subcommand key; and __fish_seen_subcommand_from import" -s q -l quiet -d 'Say nothing about what passed'
complete -c portcullis -n "__fish_portcullis_using_subcommand key; and __fish_seen_subcommand_from import" -s v -l verbose -d 'Show every check and every place'
complete -c portcullis -n "__fish_portcullis_using_subcommand key; and __fish_seen_subcommand_from import" -l offline -d 'Never use the network; a cached or built-in trust root is used as it is, and the report gives its age'
complete -c portcullis -n "__fish_portcullis_using_subcommand key; and __fish_seen_subcommand_from import" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c portcullis -n "__fish_portcullis_using_subcommand key; and __fish_seen_subcommand_from import" -s V -l version -d 'Print version'
complete -c portcullis -n "__fish_portcullis_using_subcommand key; and __fish_seen_subcommand_from help" -f -a "generate" -d 'Make a new key pair: PREFIX.key, encrypted under a password, and PREFIX.pub'
complete -c portcullis -n "__fish_portcullis_using_subcommand key; and __fish_seen_subcommand_from help" -f -a "public" -d 'Print the public key of a private key'
complete -c portcullis -n "__fish_portcullis_using_subcommand key; and __fish_seen_subcommand_from help" -f -a "import" -d 'Read a private key of another form, and write it as PREFIX.key and PREFIX.pub'
complete -c portcullis -n "__fish_portcullis_using_subcommand key; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c portcullis -n "__fish_portcullis_using_subcommand policy; and not __fish_seen_subcommand_from check init explain help" -l format -d 'Output format [default: human]: human, json, sarif, junit or github; repeatable, each with a file of its own if it is followed by `=FILE`. The human report goes to standard error; another format without a file goes to standard output' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand policy; and not __fish_seen_subcommand_from check init explain help" -s o -l output -d 'File for the one format that names none' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand policy; and not __fish_seen_subcommand_from check init explain help" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c portcullis -n "__fish_portcullis_using_subcommand policy; and not __fish_seen_subcommand_from check init explain help" -l timeout -d 'Limit for the whole run, for example 30s or 2m; what was not found out by then is undecided' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand policy; and not __fish_seen_subcommand_from check init explain help" -l jobs -d 'Subjects examined at once [default: number of processors]' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand policy; and not __fish_seen_subcommand_from check init explain help" -s q -l quiet -d 'Say nothing about what passed'
complete -c portcullis -n "__fish_portcullis_using_subcommand policy; and not __fish_seen_subcommand_from check init explain help" -s v -l verbose -d 'Show every check and every place'
complete -c portcullis -n "__fish_portcullis_using_subcommand policy; and not __fish_seen_subcommand_from check init explain help" -l offline -d 'Never use the network; a cached or built-in trust root is used as it is, and the report gives its age'
complete -c portcullis -n "__fish_portcullis_using_subcommand policy; and not __fish_seen_subcommand_from check init explain help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c portcullis -n "__fish_portcullis_using_subcommand policy; and not __fish_seen_subcommand_from check init explain help" -s V -l version -d 'Print version'
complete -c portcullis -n "__fish_portcullis_using_subcommand policy; and not __fish_seen_subcommand_from check init explain help" -f -a "check" -d 'Every mistake in a policy file at once, and what is wider than it looks'
complete -c portcullis -n "__fish_portcullis_using_subcommand policy; and not __fish_seen_subcommand_from check init explain help" -f -a "init" -d 'Write a commented starting policy'
complete -c portcullis -n "__fish_portcullis_using_subcommand policy; and not __fish_seen_subcommand_from check init explain help" -f -a "explain" -d 'Show which identities a pattern or an exact identity accepts'
complete -c portcullis -n "__fish_portcullis_using_subcommand policy; and not __fish_seen_subcommand_from check init explain help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c portcullis -n "__fish_portcullis_using_subcommand policy; and __fish_seen_subcommand_from check" -l policy-digest -d 'Digest that the file has to have' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand policy; and __fish_seen_subcommand_from check" -l against -d 'SBOM to hold the policy against, repeatable: tells which entries of [sbom] nothing in them is met by. Not verified' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand policy; and __fish_seen_subcommand_from check" -l format -d 'Output format [default: human]: human, json, sarif, junit or github; repeatable, each with a file of its own if it is followed by `=FILE`. The human report goes to standard error; another format without a file goes to standard output' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand policy; and __fish_seen_subcommand_from check" -s o -l output -d 'File for the one format that names none' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand policy; and __fish_seen_subcommand_from check" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c portcullis -n "__fish_portcullis_using_subcommand policy; and __fish_seen_subcommand_from check" -l timeout -d 'Limit for the whole run, for example 30s or 2m; what was not found out by then is undecided' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand policy; and __fish_seen_subcommand_from check" -l jobs -d 'Subjects examined at once [default: number of processors]' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand policy; and __fish_seen_subcommand_from check" -l deny-warnings -d 'Fail where there are warnings'
complete -c portcullis -n "__fish_portcullis_using_subcommand policy; and __fish_seen_subcommand_from check" -s q -l quiet -d 'Say nothing about what passed'
complete -c portcullis -n "__fish_portcullis_using_subcommand policy; and __fish_seen_subcommand_from check" -s v -l verbose -d 'Show every check and every place'
complete -c portcullis -n "__fish_portcullis_using_subcommand policy; and __fish_seen_subcommand_from check" -l offline -d 'Never use the network; a cached or built-in trust root is used as it is, and the report gives its age'
complete -c portcullis -n "__fish_portcullis_using_subcommand policy; and __fish_seen_subcommand_from check" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c portcullis -n "__fish_portcullis_using_subcommand policy; and __fish_seen_subcommand_from check" -s V -l version -d 'Print version'
complete -c portcullis -n "__fish_portcullis_using_subcommand policy; and __fish_seen_subcommand_from init" -l format -d 'Output format [default: human]: human, json, sarif, junit or github; repeatable, each with a file of its own if it is followed by `=FILE`. The human report goes to standard error; another format without a file goes to standard output' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand policy; and __fish_seen_subcommand_from init" -s o -l output -d 'File for the one format that names none' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand policy; and __fish_seen_subcommand_from init" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c portcullis -n "__fish_portcullis_using_subcommand policy; and __fish_seen_subcommand_from init" -l timeout -d 'Limit for the whole run, for example 30s or 2m; what was not found out by then is undecided' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand policy; and __fish_seen_subcommand_from init" -l jobs -d 'Subjects examined at once [default: number of processors]' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand policy; and __fish_seen_subcommand_from init" -s q -l quiet -d 'Say nothing about what passed'
complete -c portcullis -n "__fish_portcullis_using_subcommand policy; and __fish_seen_subcommand_from init" -s v -l verbose -d 'Show every check and every place'
complete -c portcullis -n "__fish_portcullis_using_subcommand policy; and __fish_seen_subcommand_from init" -l offline -d 'Never use the network; a cached or built-in trust root is used as it is, and the report gives its age'
complete -c portcullis -n "__fish_portcullis_using_subcommand policy; and __fish_seen_subcommand_from init" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c portcullis -n "__fish_portcullis_using_subcommand policy; and __fish_seen_subcommand_from init" -s V -l version -d 'Print version'
complete -c portcullis -n "__fish_portcullis_using_subcommand policy; and __fish_seen_subcommand_from explain" -l identity-regex -l certificate-identity-regexp -d 'Pattern for the whole identity' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand policy; and __fish_seen_subcommand_from explain" -l identity -l certificate-identity -d 'Exact identity' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand policy; and __fish_seen_subcommand_from explain" -l identity-kind -d 'Kind of identity, where the text does not tell' -r -f -a "email\t''
uri\t''
other-name\t''"
complete -c portcullis -n "__fish_portcullis_using_subcommand policy; and __fish_seen_subcommand_from explain" -l san -d 'An identity to try, repeatable' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand policy; and __fish_seen_subcommand_from explain" -l format -d 'Output format [default: human]: human, json, sarif, junit or github; repeatable, each with a file of its own if it is followed by `=FILE`. The human report goes to standard error; another format without a file goes to standard output' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand policy; and __fish_seen_subcommand_from explain" -s o -l output -d 'File for the one format that names none' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand policy; and __fish_seen_subcommand_from explain" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c portcullis -n "__fish_portcullis_using_subcommand policy; and __fish_seen_subcommand_from explain" -l timeout -d 'Limit for the whole run, for example 30s or 2m; what was not found out by then is undecided' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand policy; and __fish_seen_subcommand_from explain" -l jobs -d 'Subjects examined at once [default: number of processors]' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand policy; and __fish_seen_subcommand_from explain" -s q -l quiet -d 'Say nothing about what passed'
complete -c portcullis -n "__fish_portcullis_using_subcommand policy; and __fish_seen_subcommand_from explain" -s v -l verbose -d 'Show every check and every place'
complete -c portcullis -n "__fish_portcullis_using_subcommand policy; and __fish_seen_subcommand_from explain" -l offline -d 'Never use the network; a cached or built-in trust root is used as it is, and the report gives its age'
complete -c portcullis -n "__fish_portcullis_using_subcommand policy; and __fish_seen_subcommand_from explain" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c portcullis -n "__fish_portcullis_using_subcommand policy; and __fish_seen_subcommand_from explain" -s V -l version -d 'Print version'
complete -c portcullis -n "__fish_portcullis_using_subcommand policy; and __fish_seen_subcommand_from help" -f -a "check" -d 'Every mistake in a policy file at once, and what is wider than it looks'
complete -c portcullis -n "__fish_portcullis_using_subcommand policy; and __fish_seen_subcommand_from help" -f -a "init" -d 'Write a commented starting policy'
complete -c portcullis -n "__fish_portcullis_using_subcommand policy; and __fish_seen_subcommand_from help" -f -a "explain" -d 'Show which identities a pattern or an exact identity accepts'
complete -c portcullis -n "__fish_portcullis_using_subcommand policy; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c portcullis -n "__fish_portcullis_using_subcommand trust; and not __fish_seen_subcommand_from show update doctor endpoints help" -l format -d 'Output format [default: human]: human, json, sarif, junit or github; repeatable, each with a file of its own if it is followed by `=FILE`. The human report goes to standard error; another format without a file goes to standard output' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand trust; and not __fish_seen_subcommand_from show update doctor endpoints help" -s o -l output -d 'File for the one format that names none' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand trust; and not __fish_seen_subcommand_from show update doctor endpoints help" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c portcullis -n "__fish_portcullis_using_subcommand trust; and not __fish_seen_subcommand_from show update doctor endpoints help" -l timeout -d 'Limit for the whole run, for example 30s or 2m; what was not found out by then is undecided' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand trust; and not __fish_seen_subcommand_from show update doctor endpoints help" -l jobs -d 'Subjects examined at once [default: number of processors]' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand trust; and not __fish_seen_subcommand_from show update doctor endpoints help" -s q -l quiet -d 'Say nothing about what passed'
complete -c portcullis -n "__fish_portcullis_using_subcommand trust; and not __fish_seen_subcommand_from show update doctor endpoints help" -s v -l verbose -d 'Show every check and every place'
complete -c portcullis -n "__fish_portcullis_using_subcommand trust; and not __fish_seen_subcommand_from show update doctor endpoints help" -l offline -d 'Never use the network; a cached or built-in trust root is used as it is, and the report gives its age'
complete -c portcullis -n "__fish_portcullis_using_subcommand trust; and not __fish_seen_subcommand_from show update doctor endpoints help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c portcullis -n "__fish_portcullis_using_subcommand trust; and not __fish_seen_subcommand_from show update doctor endpoints help" -s V -l version -d 'Print version'
complete -c portcullis -n "__fish_portcullis_using_subcommand trust; and not __fish_seen_subcommand_from show update doctor endpoints help" -f -a "show" -d 'What the trust root holds, where it came from and how old it is'
complete -c portcullis -n "__fish_portcullis_using_subcommand trust; and not __fish_seen_subcommand_from show update doctor endpoints help" -f -a "update" -d 'Refresh the trust root now, and say what changed'
complete -c portcullis -n "__fish_portcullis_using_subcommand trust; and not __fish_seen_subcommand_from show update doctor endpoints help" -f -a "doctor" -d 'Check every part of the trust root and of the repository that it comes from'
complete -c portcullis -n "__fish_portcullis_using_subcommand trust; and not __fish_seen_subcommand_from show update doctor endpoints help" -f -a "endpoints" -d 'The hosts to let through a firewall, and what for'
complete -c portcullis -n "__fish_portcullis_using_subcommand trust; and not __fish_seen_subcommand_from show update doctor endpoints help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c portcullis -n "__fish_portcullis_using_subcommand trust; and __fish_seen_subcommand_from show" -l trust -d 'Sigstore instance whose root is trusted [default: public-good]' -r -f -a "public-good\t''
staging\t''
github\t''"
complete -c portcullis -n "__fish_portcullis_using_subcommand trust; and __fish_seen_subcommand_from show" -l trusted-root -d 'Trusted root in a file (trusted_root.json or a client trust configuration)' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand trust; and __fish_seen_subcommand_from show" -l tuf-url -d 'TUF repository that publishes the trusted root of a private instance' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand trust; and __fish_seen_subcommand_from show" -l tuf-root -d 'TUF root that the repository is verified from' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand trust; and __fish_seen_subcommand_from show" -l trust-cache -d 'Directory for the cache of trust roots' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand trust; and __fish_seen_subcommand_from show" -l format -d 'Output format [default: human]: human, json, sarif, junit or github; repeatable, each with a file of its own if it is followed by `=FILE`. The human report goes to standard error; another format without a file goes to standard output' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand trust; and __fish_seen_subcommand_from show" -s o -l output -d 'File for the one format that names none' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand trust; and __fish_seen_subcommand_from show" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c portcullis -n "__fish_portcullis_using_subcommand trust; and __fish_seen_subcommand_from show" -l timeout -d 'Limit for the whole run, for example 30s or 2m; what was not found out by then is undecided' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand trust; and __fish_seen_subcommand_from show" -l jobs -d 'Subjects examined at once [default: number of processors]' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand trust; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Say nothing about what passed'
complete -c portcullis -n "__fish_portcullis_using_subcommand trust; and __fish_seen_subcommand_from show" -s v -l verbose -d 'Show every check and every place'
complete -c portcullis -n "__fish_portcullis_using_subcommand trust; and __fish_seen_subcommand_from show" -l offline -d 'Never use the network; a cached or built-in trust root is used as it is, and the report gives its age'
complete -c portcullis -n "__fish_portcullis_using_subcommand trust; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c portcullis -n "__fish_portcullis_using_subcommand trust; and __fish_seen_subcommand_from show" -s V -l version -d 'Print version'
complete -c portcullis -n "__fish_portcullis_using_subcommand trust; and __fish_seen_subcommand_from update" -l trust -d 'Sigstore instance whose root is trusted [default: public-good]' -r -f -a "public-good\t''
staging\t''
github\t''"
complete -c portcullis -n "__fish_portcullis_using_subcommand trust; and __fish_seen_subcommand_from update" -l trusted-root -d 'Trusted root in a file (trusted_root.json or a client trust configuration)' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand trust; and __fish_seen_subcommand_from update" -l tuf-url -d 'TUF repository that publishes the trusted root of a private instance' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand trust; and __fish_seen_subcommand_from update" -l tuf-root -d 'TUF root that the repository is verified from' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand trust; and __fish_seen_subcommand_from update" -l trust-cache -d 'Directory for the cache of trust roots' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand trust; and __fish_seen_subcommand_from update" -l format -d 'Output format [default: human]: human, json, sarif, junit or github; repeatable, each with a file of its own if it is followed by `=FILE`. The human report goes to standard error; another format without a file goes to standard output' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand trust; and __fish_seen_subcommand_from update" -s o -l output -d 'File for the one format that names none' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand trust; and __fish_seen_subcommand_from update" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c portcullis -n "__fish_portcullis_using_subcommand trust; and __fish_seen_subcommand_from update" -l timeout -d 'Limit for the whole run, for example 30s or 2m; what was not found out by then is undecided' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand trust; and __fish_seen_subcommand_from update" -l jobs -d 'Subjects examined at once [default: number of processors]' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand trust; and __fish_seen_subcommand_from update" -s q -l quiet -d 'Say nothing about what passed'
complete -c portcullis -n "__fish_portcullis_using_subcommand trust; and __fish_seen_subcommand_from update" -s v -l verbose -d 'Show every check and every place'
complete -c portcullis -n "__fish_portcullis_using_subcommand trust; and __fish_seen_subcommand_from update" -l offline -d 'Never use the network; a cached or built-in trust root is used as it is, and the report gives its age'
complete -c portcullis -n "__fish_portcullis_using_subcommand trust; and __fish_seen_subcommand_from update" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c portcullis -n "__fish_portcullis_using_subcommand trust; and __fish_seen_subcommand_from update" -s V -l version -d 'Print version'
complete -c portcullis -n "__fish_portcullis_using_subcommand trust; and __fish_seen_subcommand_from doctor" -l trust -d 'Sigstore instance whose root is trusted [default: public-good]' -r -f -a "public-good\t''
staging\t''
github\t''"
complete -c portcullis -n "__fish_portcullis_using_subcommand trust; and __fish_seen_subcommand_from doctor" -l trusted-root -d 'Trusted root in a file (trusted_root.json or a client trust configuration)' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand trust; and __fish_seen_subcommand_from doctor" -l tuf-url -d 'TUF repository that publishes the trusted root of a private instance' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand trust; and __fish_seen_subcommand_from doctor" -l tuf-root -d 'TUF root that the repository is verified from' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand trust; and __fish_seen_subcommand_from doctor" -l trust-cache -d 'Directory for the cache of trust roots' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand trust; and __fish_seen_subcommand_from doctor" -l format -d 'Output format [default: human]: human, json, sarif, junit or github; repeatable, each with a file of its own if it is followed by `=FILE`. The human report goes to standard error; another format without a file goes to standard output' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand trust; and __fish_seen_subcommand_from doctor" -s o -l output -d 'File for the one format that names none' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand trust; and __fish_seen_subcommand_from doctor" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c portcullis -n "__fish_portcullis_using_subcommand trust; and __fish_seen_subcommand_from doctor" -l timeout -d 'Limit for the whole run, for example 30s or 2m; what was not found out by then is undecided' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand trust; and __fish_seen_subcommand_from doctor" -l jobs -d 'Subjects examined at once [default: number of processors]' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand trust; and __fish_seen_subcommand_from doctor" -s q -l quiet -d 'Say nothing about what passed'
complete -c portcullis -n "__fish_portcullis_using_subcommand trust; and __fish_seen_subcommand_from doctor" -s v -l verbose -d 'Show every check and every place'
complete -c portcullis -n "__fish_portcullis_using_subcommand trust; and __fish_seen_subcommand_from doctor" -l offline -d 'Never use the network; a cached or built-in trust root is used as it is, and the report gives its age'
complete -c portcullis -n "__fish_portcullis_using_subcommand trust; and __fish_seen_subcommand_from doctor" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c portcullis -n "__fish_portcullis_using_subcommand trust; and __fish_seen_subcommand_from doctor" -s V -l version -d 'Print version'
complete -c portcullis -n "__fish_portcullis_using_subcommand trust; and __fish_seen_subcommand_from endpoints" -l trust -d 'Sigstore instance whose root is trusted [default: public-good]' -r -f -a "public-good\t''
staging\t''
github\t''"
complete -c portcullis -n "__fish_portcullis_using_subcommand trust; and __fish_seen_subcommand_from endpoints" -l trusted-root -d 'Trusted root in a file (trusted_root.json or a client trust configuration)' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand trust; and __fish_seen_subcommand_from endpoints" -l tuf-url -d 'TUF repository that publishes the trusted root of a private instance' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand trust; and __fish_seen_subcommand_from endpoints" -l tuf-root -d 'TUF root that the repository is verified from' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand trust; and __fish_seen_subcommand_from endpoints" -l trust-cache -d 'Directory for the cache of trust roots' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand trust; and __fish_seen_subcommand_from endpoints" -l format -d 'Output format [default: human]: human, json, sarif, junit or github; repeatable, each with a file of its own if it is followed by `=FILE`. The human report goes to standard error; another format without a file goes to standard output' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand trust; and __fish_seen_subcommand_from endpoints" -s o -l output -d 'File for the one format that names none' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand trust; and __fish_seen_subcommand_from endpoints" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c portcullis -n "__fish_portcullis_using_subcommand trust; and __fish_seen_subcommand_from endpoints" -l timeout -d 'Limit for the whole run, for example 30s or 2m; what was not found out by then is undecided' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand trust; and __fish_seen_subcommand_from endpoints" -l jobs -d 'Subjects examined at once [default: number of processors]' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand trust; and __fish_seen_subcommand_from endpoints" -s q -l quiet -d 'Say nothing about what passed'
complete -c portcullis -n "__fish_portcullis_using_subcommand trust; and __fish_seen_subcommand_from endpoints" -s v -l verbose -d 'Show every check and every place'
complete -c portcullis -n "__fish_portcullis_using_subcommand trust; and __fish_seen_subcommand_from endpoints" -l offline -d 'Never use the network; a cached or built-in trust root is used as it is, and the report gives its age'
complete -c portcullis -n "__fish_portcullis_using_subcommand trust; and __fish_seen_subcommand_from endpoints" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c portcullis -n "__fish_portcullis_using_subcommand trust; and __fish_seen_subcommand_from endpoints" -s V -l version -d 'Print version'
complete -c portcullis -n "__fish_portcullis_using_subcommand trust; and __fish_seen_subcommand_from help" -f -a "show" -d 'What the trust root holds, where it came from and how old it is'
complete -c portcullis -n "__fish_portcullis_using_subcommand trust; and __fish_seen_subcommand_from help" -f -a "update" -d 'Refresh the trust root now, and say what changed'
complete -c portcullis -n "__fish_portcullis_using_subcommand trust; and __fish_seen_subcommand_from help" -f -a "doctor" -d 'Check every part of the trust root and of the repository that it comes from'
complete -c portcullis -n "__fish_portcullis_using_subcommand trust; and __fish_seen_subcommand_from help" -f -a "endpoints" -d 'The hosts to let through a firewall, and what for'
complete -c portcullis -n "__fish_portcullis_using_subcommand trust; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c portcullis -n "__fish_portcullis_using_subcommand explain" -l format -d 'Output format [default: human]: human, json, sarif, junit or github; repeatable, each with a file of its own if it is followed by `=FILE`. The human report goes to standard error; another format without a file goes to standard output' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand explain" -s o -l output -d 'File for the one format that names none' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand explain" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c portcullis -n "__fish_portcullis_using_subcommand explain" -l timeout -d 'Limit for the whole run, for example 30s or 2m; what was not found out by then is undecided' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand explain" -l jobs -d 'Subjects examined at once [default: number of processors]' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand explain" -l list -d 'List every code with its one-line meaning'
complete -c portcullis -n "__fish_portcullis_using_subcommand explain" -s q -l quiet -d 'Say nothing about what passed'
complete -c portcullis -n "__fish_portcullis_using_subcommand explain" -s v -l verbose -d 'Show every check and every place'
complete -c portcullis -n "__fish_portcullis_using_subcommand explain" -l offline -d 'Never use the network; a cached or built-in trust root is used as it is, and the report gives its age'
complete -c portcullis -n "__fish_portcullis_using_subcommand explain" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c portcullis -n "__fish_portcullis_using_subcommand explain" -s V -l version -d 'Print version'
complete -c portcullis -n "__fish_portcullis_using_subcommand completions" -l format -d 'Output format [default: human]: human, json, sarif, junit or github; repeatable, each with a file of its own if it is followed by `=FILE`. The human report goes to standard error; another format without a file goes to standard output' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand completions" -s o -l output -d 'File for the one format that names none' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand completions" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c portcullis -n "__fish_portcullis_using_subcommand completions" -l timeout -d 'Limit for the whole run, for example 30s or 2m; what was not found out by then is undecided' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand completions" -l jobs -d 'Subjects examined at once [default: number of processors]' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand completions" -s q -l quiet -d 'Say nothing about what passed'
complete -c portcullis -n "__fish_portcullis_using_subcommand completions" -s v -l verbose -d 'Show every check and every place'
complete -c portcullis -n "__fish_portcullis_using_subcommand completions" -l offline -d 'Never use the network; a cached or built-in trust root is used as it is, and the report gives its age'
complete -c portcullis -n "__fish_portcullis_using_subcommand completions" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c portcullis -n "__fish_portcullis_using_subcommand completions" -s V -l version -d 'Print version'
complete -c portcullis -n "__fish_portcullis_using_subcommand man" -l format -d 'Output format [default: human]: human, json, sarif, junit or github; repeatable, each with a file of its own if it is followed by `=FILE`. The human report goes to standard error; another format without a file goes to standard output' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand man" -s o -l output -d 'File for the one format that names none' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand man" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c portcullis -n "__fish_portcullis_using_subcommand man" -l timeout -d 'Limit for the whole run, for example 30s or 2m; what was not found out by then is undecided' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand man" -l jobs -d 'Subjects examined at once [default: number of processors]' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand man" -s q -l quiet -d 'Say nothing about what passed'
complete -c portcullis -n "__fish_portcullis_using_subcommand man" -s v -l verbose -d 'Show every check and every place'
complete -c portcullis -n "__fish_portcullis_using_subcommand man" -l offline -d 'Never use the network; a cached or built-in trust root is used as it is, and the report gives its age'
complete -c portcullis -n "__fish_portcullis_using_subcommand man" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c portcullis -n "__fish_portcullis_using_subcommand man" -s V -l version -d 'Print version'
complete -c portcullis -n "__fish_portcullis_using_subcommand conformance; and not __fish_seen_subcommand_from sign-bundle verify-bundle help" -l format -d 'Output format [default: human]: human, json, sarif, junit or github; repeatable, each with a file of its own if it is followed by `=FILE`. The human report goes to standard error; another format without a file goes to standard output' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand conformance; and not __fish_seen_subcommand_from sign-bundle verify-bundle help" -s o -l output -d 'File for the one format that names none' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand conformance; and not __fish_seen_subcommand_from sign-bundle verify-bundle help" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c portcullis -n "__fish_portcullis_using_subcommand conformance; and not __fish_seen_subcommand_from sign-bundle verify-bundle help" -l timeout -d 'Limit for the whole run, for example 30s or 2m; what was not found out by then is undecided' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand conformance; and not __fish_seen_subcommand_from sign-bundle verify-bundle help" -l jobs -d 'Subjects examined at once [default: number of processors]' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand conformance; and not __fish_seen_subcommand_from sign-bundle verify-bundle help" -s q -l quiet -d 'Say nothing about what passed'
complete -c portcullis -n "__fish_portcullis_using_subcommand conformance; and not __fish_seen_subcommand_from sign-bundle verify-bundle help" -s v -l verbose -d 'Show every check and every place'
complete -c portcullis -n "__fish_portcullis_using_subcommand conformance; and not __fish_seen_subcommand_from sign-bundle verify-bundle help" -l offline -d 'Never use the network; a cached or built-in trust root is used as it is, and the report gives its age'
complete -c portcullis -n "__fish_portcullis_using_subcommand conformance; and not __fish_seen_subcommand_from sign-bundle verify-bundle help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c portcullis -n "__fish_portcullis_using_subcommand conformance; and not __fish_seen_subcommand_from sign-bundle verify-bundle help" -s V -l version -d 'Print version'
complete -c portcullis -n "__fish_portcullis_using_subcommand conformance; and not __fish_seen_subcommand_from sign-bundle verify-bundle help" -f -a "sign-bundle" -d 'Sign one file'
complete -c portcullis -n "__fish_portcullis_using_subcommand conformance; and not __fish_seen_subcommand_from sign-bundle verify-bundle help" -f -a "verify-bundle" -d 'Verify one bundle'
complete -c portcullis -n "__fish_portcullis_using_subcommand conformance; and not __fish_seen_subcommand_from sign-bundle verify-bundle help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c portcullis -n "__fish_portcullis_using_subcommand conformance; and __fish_seen_subcommand_from sign-bundle" -l identity-token -d 'Identity token' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand conformance; and __fish_seen_subcommand_from sign-bundle" -l bundle -d 'Where the bundle goes' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand conformance; and __fish_seen_subcommand_from sign-bundle" -l trusted-root -d 'Trusted root' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand conformance; and __fish_seen_subcommand_from sign-bundle" -l signing-config -d 'Signing configuration' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand conformance; and __fish_seen_subcommand_from sign-bundle" -l format -d 'Output format [default: human]: human, json, sarif, junit or github; repeatable, each with a file of its own if it is followed by `=FILE`. The human report goes to standard error; another format without a file goes to standard output' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand conformance; and __fish_seen_subcommand_from sign-bundle" -s o -l output -d 'File for the one format that names none' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand conformance; and __fish_seen_subcommand_from sign-bundle" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c portcullis -n "__fish_portcullis_using_subcommand conformance; and __fish_seen_subcommand_from sign-bundle" -l timeout -d 'Limit for the whole run, for example 30s or 2m; what was not found out by then is undecided' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand conformance; and __fish_seen_subcommand_from sign-bundle" -l jobs -d 'Subjects examined at once [default: number of processors]' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand conformance; and __fish_seen_subcommand_from sign-bundle" -l staging -d 'Use the staging instance'
complete -c portcullis -n "__fish_portcullis_using_subcommand conformance; and __fish_seen_subcommand_from sign-bundle" -l in-toto -d 'The file is an in-toto statement, to be signed as it is'
complete -c portcullis -n "__fish_portcullis_using_subcommand conformance; and __fish_seen_subcommand_from sign-bundle" -s q -l quiet -d 'Say nothing about what passed'
complete -c portcullis -n "__fish_portcullis_using_subcommand conformance; and __fish_seen_subcommand_from sign-bundle" -s v -l verbose -d 'Show every check and every place'
complete -c portcullis -n "__fish_portcullis_using_subcommand conformance; and __fish_seen_subcommand_from sign-bundle" -l offline -d 'Never use the network; a cached or built-in trust root is used as it is, and the report gives its age'
complete -c portcullis -n "__fish_portcullis_using_subcommand conformance; and __fish_seen_subcommand_from sign-bundle" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c portcullis -n "__fish_portcullis_using_subcommand conformance; and __fish_seen_subcommand_from sign-bundle" -s V -l version -d 'Print version'
complete -c portcullis -n "__fish_portcullis_using_subcommand conformance; and __fish_seen_subcommand_from verify-bundle" -l bundle -d 'The bundle' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand conformance; and __fish_seen_subcommand_from verify-bundle" -l certificate-identity -d 'Expected identity' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand conformance; and __fish_seen_subcommand_from verify-bundle" -l certificate-oidc-issuer -d 'Expected issuer' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand conformance; and __fish_seen_subcommand_from verify-bundle" -l key -d 'Expected key' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand conformance; and __fish_seen_subcommand_from verify-bundle" -l trusted-root -d 'Trusted root' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand conformance; and __fish_seen_subcommand_from verify-bundle" -l format -d 'Output format [default: human]: human, json, sarif, junit or github; repeatable, each with a file of its own if it is followed by `=FILE`. The human report goes to standard error; another format without a file goes to standard output' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand conformance; and __fish_seen_subcommand_from verify-bundle" -s o -l output -d 'File for the one format that names none' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand conformance; and __fish_seen_subcommand_from verify-bundle" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c portcullis -n "__fish_portcullis_using_subcommand conformance; and __fish_seen_subcommand_from verify-bundle" -l timeout -d 'Limit for the whole run, for example 30s or 2m; what was not found out by then is undecided' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand conformance; and __fish_seen_subcommand_from verify-bundle" -l jobs -d 'Subjects examined at once [default: number of processors]' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand conformance; and __fish_seen_subcommand_from verify-bundle" -l staging -d 'Use the staging instance'
complete -c portcullis -n "__fish_portcullis_using_subcommand conformance; and __fish_seen_subcommand_from verify-bundle" -s q -l quiet -d 'Say nothing about what passed'
complete -c portcullis -n "__fish_portcullis_using_subcommand conformance; and __fish_seen_subcommand_from verify-bundle" -s v -l verbose -d 'Show every check and every place'
complete -c portcullis -n "__fish_portcullis_using_subcommand conformance; and __fish_seen_subcommand_from verify-bundle" -l offline -d 'Never use the network; a cached or built-in trust root is used as it is, and the report gives its age'
complete -c portcullis -n "__fish_portcullis_using_subcommand conformance; and __fish_seen_subcommand_from verify-bundle" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c portcullis -n "__fish_portcullis_using_subcommand conformance; and __fish_seen_subcommand_from verify-bundle" -s V -l version -d 'Print version'
complete -c portcullis -n "__fish_portcullis_using_subcommand conformance; and __fish_seen_subcommand_from help" -f -a "sign-bundle" -d 'Sign one file'
complete -c portcullis -n "__fish_portcullis_using_subcommand conformance; and __fish_seen_subcommand_from help" -f -a "verify-bundle" -d 'Verify one bundle'
complete -c portcullis -n "__fish_portcullis_using_subcommand conformance; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c portcullis -n "__fish_portcullis_using_subcommand generate" -l format -d 'Output format [default: human]: human, json, sarif, junit or github; repeatable, each with a file of its own if it is followed by `=FILE`. The human report goes to standard error; another format without a file goes to standard output' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand generate" -s o -l output -d 'File for the one format that names none' -r -F
complete -c portcullis -n "__fish_portcullis_using_subcommand generate" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c portcullis -n "__fish_portcullis_using_subcommand generate" -l timeout -d 'Limit for the whole run, for example 30s or 2m; what was not found out by then is undecided' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand generate" -l jobs -d 'Subjects examined at once [default: number of processors]' -r
complete -c portcullis -n "__fish_portcullis_using_subcommand generate" -l check -d 'Only compare; exit with 1 if a file differs'
complete -c portcullis -n "__fish_portcullis_using_subcommand generate" -s q -l quiet -d 'Say nothing about what passed'
complete -c portcullis -n "__fish_portcullis_using_subcommand generate" -s v -l verbose -d 'Show every check and every place'
complete -c portcullis -n "__fish_portcullis_using_subcommand generate" -l offline -d 'Never use the network; a cached or built-in trust root is used as it is, and the report gives its age'
complete -c portcullis -n "__fish_portcullis_using_subcommand generate" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c portcullis -n "__fish_portcullis_using_subcommand generate" -s V -l version -d 'Print version'
complete -c portcullis -n "__fish_portcullis_using_subcommand help; and not __fish_seen_subcommand_from verify sign attest sbom-check sbom pin inspect save load gate build key policy trust explain completions man conformance generate help" -f -a "verify" -d 'Verify signatures and attestations of images, files, digests and OCI layouts'
complete -c portcullis -n "__fish_portcullis_using_subcommand help; and not __fish_seen_subcommand_from verify sign attest sbom-check sbom pin inspect save load gate build key policy trust explain completions man conformance generate help" -f -a "sign" -d 'Sign images and files'
complete -c portcullis -n "__fish_portcullis_using_subcommand help; and not __fish_seen_subcommand_from verify sign attest sbom-check sbom pin inspect save load gate build key policy trust explain completions man conformance generate help" -f -a "attest" -d 'Sign a statement about images and files: an SBOM, provenance, a scan'
complete -c portcullis -n "__fish_portcullis_using_subcommand help; and not __fish_seen_subcommand_from verify sign attest sbom-check sbom pin inspect save load gate build key policy trust explain completions man conformance generate help" -f -a "sbom-check" -d 'Decide what an artifact is made of, by its attested SBOMs'
complete -c portcullis -n "__fish_portcullis_using_subcommand help; and not __fish_seen_subcommand_from verify sign attest sbom-check sbom pin inspect save load gate build key policy trust explain completions man conformance generate help" -f -a "sbom" -d 'Compare SBOMs, make them smaller, suggest an allow-list'
complete -c portcullis -n "__fish_portcullis_using_subcommand help; and not __fish_seen_subcommand_from verify sign attest sbom-check sbom pin inspect save load gate build key policy trust explain completions man conformance generate help" -f -a "pin" -d 'Verify every image of deployment files, and put digests in'
complete -c portcullis -n "__fish_portcullis_using_subcommand help; and not __fish_seen_subcommand_from verify sign attest sbom-check sbom pin inspect save load gate build key policy trust explain completions man conformance generate help" -f -a "inspect" -d 'Show everything attached to a subject, unverified'
complete -c portcullis -n "__fish_portcullis_using_subcommand help; and not __fish_seen_subcommand_from verify sign attest sbom-check sbom pin inspect save load gate build key policy trust explain completions man conformance generate help" -f -a "save" -d 'Save an image with all its evidence to an OCI layout'
complete -c portcullis -n "__fish_portcullis_using_subcommand help; and not __fish_seen_subcommand_from verify sign attest sbom-check sbom pin inspect save load gate build key policy trust explain completions man conformance generate help" -f -a "load" -d 'Push an image with all its evidence to a registry'
complete -c portcullis -n "__fish_portcullis_using_subcommand help; and not __fish_seen_subcommand_from verify sign attest sbom-check sbom pin inspect save load gate build key policy trust explain completions man conformance generate help" -f -a "gate" -d 'Let deployments begin only for what was verified'
complete -c portcullis -n "__fish_portcullis_using_subcommand help; and not __fish_seen_subcommand_from verify sign attest sbom-check sbom pin inspect save load gate build key policy trust explain completions man conformance generate help" -f -a "build" -d 'What a build says of itself: variables for its deployment'
complete -c portcullis -n "__fish_portcullis_using_subcommand help; and not __fish_seen_subcommand_from verify sign attest sbom-check sbom pin inspect save load gate build key policy trust explain completions man conformance generate help" -f -a "key" -d 'Make private keys, import them, print their public keys'
complete -c portcullis -n "__fish_portcullis_using_subcommand help; and not __fish_seen_subcommand_from verify sign attest sbom-check sbom pin inspect save load gate build key policy trust explain completions man conformance generate help" -f -a "policy" -d 'Lint a policy, write a starting one, show what a pattern accepts'
complete -c portcullis -n "__fish_portcullis_using_subcommand help; and not __fish_seen_subcommand_from verify sign attest sbom-check sbom pin inspect save load gate build key policy trust explain completions man conformance generate help" -f -a "trust" -d 'Show, refresh and check the trust roots in use'
complete -c portcullis -n "__fish_portcullis_using_subcommand help; and not __fish_seen_subcommand_from verify sign attest sbom-check sbom pin inspect save load gate build key policy trust explain completions man conformance generate help" -f -a "explain" -d 'The long form of a diagnostic code'
complete -c portcullis -n "__fish_portcullis_using_subcommand help; and not __fish_seen_subcommand_from verify sign attest sbom-check sbom pin inspect save load gate build key policy trust explain completions man conformance generate help" -f -a "completions" -d 'Print shell completions'
complete -c portcullis -n "__fish_portcullis_using_subcommand help; and not __fish_seen_subcommand_from verify sign attest sbom-check sbom pin inspect save load gate build key policy trust explain completions man conformance generate help" -f -a "man" -d 'Print the man page'
complete -c portcullis -n "__fish_portcullis_using_subcommand help; and not __fish_seen_subcommand_from verify sign attest sbom-check sbom pin inspect save load gate build key policy trust explain completions man conformance generate help" -f -a "conformance" -d 'Sigstore client conformance protocol'
complete -c portcullis -n "__fish_portcullis_using_subcommand help; and not __fish_seen_subcommand_from verify sign attest sbom-check sbom pin inspect save load gate build key policy trust explain completions man conformance generate help" -f -a "generate" -d 'Write or check the generated files of the repository'
complete -c portcullis -n "__fish_portcullis_using_subcommand help; and not __fish_seen_subcommand_from verify sign attest sbom-check sbom pin inspect save load gate build key policy trust explain completions man conformance generate help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c portcullis -n "__fish_portcullis_using_subcommand help; and __fish_seen_subcommand_from sbom" -f -a "diff" -d 'What differs between two SBOMs, package by package, whatever their formats'
complete -c portcullis -n "__fish_portcullis_using_subcommand help; and __fish_seen_subcommand_from sbom" -f -a "trim" -d 'A smaller SBOM that says the same to every check'
complete -c portcullis -n "__fish_portcullis_using_subcommand help; and __fish_seen_subcommand_from sbom" -f -a "suggest" -d 'An allow-list that accepts what SBOMs say, as the start of a policy'
complete -c portcullis -n "__fish_portcullis_using_subcommand help; and __fish_seen_subcommand_from gate" -f -a "serve" -d 'Listen for events, verify what they are about, and let deployments begin for what is allowed'
complete -c portcullis -n "__fish_portcullis_using_subcommand help; and __fish_seen_subcommand_from gate" -f -a "submit" -d 'Tell a gate of an image, as a build system does'
complete -c portcullis -n "__fish_portcullis_using_subcommand help; and __fish_seen_subcommand_from gate" -f -a "decisions" -d 'What was accepted, decided and triggered'
complete -c portcullis -n "__fish_portcullis_using_subcommand help; and __fish_seen_subcommand_from gate" -f -a "replay" -d 'Have a dead event, or one whose trigger is dead, decided again'
complete -c portcullis -n "__fish_portcullis_using_subcommand help; and __fish_seen_subcommand_from gate" -f -a "routes" -d 'The routes of the gate, and who may call each'
complete -c portcullis -n "__fish_portcullis_using_subcommand help; and __fish_seen_subcommand_from build" -f -a "env" -d 'Print what was verified as environment variables for the deployment'
complete -c portcullis -n "__fish_portcullis_using_subcommand help; and __fish_seen_subcommand_from key" -f -a "generate" -d 'Make a new key pair: PREFIX.key, encrypted under a password, and PREFIX.pub'
complete -c portcullis -n "__fish_portcullis_using_subcommand help; and __fish_seen_subcommand_from key" -f -a "public" -d 'Print the public key of a private key'
complete -c portcullis -n "__fish_portcullis_using_subcommand help; and __fish_seen_subcommand_from key" -f -a "import" -d 'Read a private key of another form, and write it as PREFIX.key and PREFIX.pub'
complete -c portcullis -n "__fish_portcullis_using_subcommand help; and __fish_seen_subcommand_from policy" -f -a "check" -d 'Every mistake in a policy file at once, and what is wider than it looks'
complete -c portcullis -n "__fish_portcullis_using_subcommand help; and __fish_seen_subcommand_from policy" -f -a "init" -d 'Write a commented starting policy'
complete -c portcullis -n "__fish_portcullis_using_subcommand help; and __fish_seen_subcommand_from policy" -f -a "explain" -d 'Show which identities a pattern or an exact identity accepts'
complete -c portcullis -n "__fish_portcullis_using_subcommand help; and __fish_seen_subcommand_from trust" -f -a "show" -d 'What the trust root holds, where it came from and how old it is'
complete -c portcullis -n "__fish_portcullis_using_subcommand help; and __fish_seen_subcommand_from trust" -f -a "update" -d 'Refresh the trust root now, and say what changed'
complete -c portcullis -n "__fish_portcullis_using_subcommand help; and __fish_seen_subcommand_from trust" -f -a "doctor" -d 'Check every part of the trust root and of the repository that it comes from'
complete -c portcullis -n "__fish_portcullis_using_subcommand help; and __fish_seen_subcommand_from trust" -f -a "endpoints" -d 'The hosts to let through a firewall, and what for'
complete -c portcullis -n "__fish_portcullis_using_subcommand help; and __fish_seen_subcommand_from conformance" -f -a "sign-bundle" -d 'Sign one file'
complete -c portcullis -n "__fish_portcullis_using_subcommand help; and __fish_seen_subcommand_from conformance" -f -a "verify-bundle" -d 'Verify one bundle'
