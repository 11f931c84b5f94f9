#compdef portcullis

autoload -U is-at-least

_portcullis() {
    typeset -A opt_args
    typeset -a _arguments_options
    local ret=1

    if is-at-least 5.2; then
        _arguments_options=(-s -S -C)
    else
        _arguments_options=(-s -C)
    fi

    local context curcontext="$curcontext" state line
    _arguments "${_arguments_options[@]}" : \
'*--format=[Output format \[default\: human\]\: human, json, sarif, junit or github; repeatable, each with a file of its own if it is followed by \`=FILE\`. The human report goes to standard error; another format without a file goes to standard output]:FORMAT[=FILE]:_default' \
'-o+[File for the one format that names none]:FILE:_files' \
'--output=[File for the one format that names none]:FILE:_files' \
'--color=[When to use colour]:WHEN:((auto\:"On a terminal, unless NO_COLOR is set"
always\:"Always"
never\:"Never"))' \
'--timeout=[Limit for the whole run, for example 30s or 2m; what was not found out by then is undecided]:DURATION:_default' \
'--jobs=[Subjects examined at once \[default\: number of processors\]]:N:_default' \
'(-v --verbose)-q[Say nothing about what passed]' \
'(-v --verbose)--quiet[Say nothing about what passed]' \
'-v[Show every check and every place]' \
'--verbose[Show every check and every place]' \
'--offline[Never use the network; a cached or built-in trust root is used as it is, and the report gives its age]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'-V[Print version]' \
'--version[Print version]' \
":: :_portcullis_commands" \
"*::: :->portcullis" \
&& ret=0
    case $state in
    (portcullis)
        words=($line[1] "${words[@]}")
        (( CURRENT += 1 ))
        curcontext="${curcontext%:*:*}:portcullis-command-$line[1]:"
        case $line[1] in
            (verify)
_arguments "${_arguments_options[@]}" : \
'--from-file=[Read more subjects from a file, one on each line, # begins a comment; \`-\` is standard input]:LIST:_files' \
'(--identity-regex)--identity=[Exact identity of the signer\: the workflow URI or e-mail address in the certificate]:SAN:_default' \
'(--identity-regex)--certificate-identity=[Exact identity of the signer\: the workflow URI or e-mail address in the certificate]:SAN:_default' \
'--identity-regex=[Pattern for the whole identity; a match of a part of it is no match]:REGEX:_default' \
'--certificate-identity-regexp=[Pattern for the whole identity; a match of a part of it is no match]:REGEX:_default' \
'(--key --unsafe-any-identity)--identity-kind=[Kind of identity, where its text does not tell]:KIND:(email uri other-name)' \
'(--issuer-regex)--issuer=[Exact OIDC issuer that vouches for the identity]:URL:_default' \
'(--issuer-regex)--certificate-oidc-issuer=[Exact OIDC issuer that vouches for the identity]:URL:_default' \
'--issuer-regex=[Pattern for the whole issuer]:REGEX:_default' \
'--certificate-oidc-issuer-regexp=[Pattern for the whole issuer]:REGEX:_default' \
'*--claim=[Exact value of a certificate claim, for example source-repository-ref=refs/heads/main; repeatable]:NAME=VALUE:_default' \
'*--claim-regex=[Pattern for the whole value of a certificate claim; repeatable]:NAME=REGEX:_default' \
'(--identity --identity-regex --issuer --issuer-regex)--key=[Public key of the signer (PEM), instead of an identity]:FILE:_files' \
'--require=[Which of several candidates have to meet what is asked \[default\: any\]]:RULE:((any\:"One that meets the demand is enough"
all\:"Every one has to meet it"
latest\:"Only the newest by an accepted signer counts"))' \
'*--type=[Demand an attestation of this type\: a short name, a URI, or any; repeatable]:TYPE:_default' \
'--max-age=[Oldest allowed evidence by verified time, for example 30d]:DURATION:_default' \
'--builder-id=[Exact builder id of SLSA provenance]:URI:_default' \
'--source-repository=[Exact source repository of SLSA provenance]:URL:_default' \
'--source-ref=[Exact source ref of SLSA provenance]:REF:_default' \
'--verifier=[Exact id of the verifier whose SLSA verification summary (--type vsa) is relied on]:URI:_default' \
'--resource-uri=[Exact resource that the summary was made for]:URI:_default' \
'--verified-policy=[Digest of the policy that the summary has to name]:DIGEST:_default' \
'--verified-level=[Level that the summary has to reach, for example SLSA_BUILD_LEVEL_2]:LEVEL:_default' \
'--expect-commit=[Commit that was audited (all of its hex digits); certificate and provenance have to name it]:SHA:_default' \
'--policy=[Policy file\: who may sign what, and which attestations are demanded]:FILE:_files' \
'--policy-digest=[Digest that the policy file has to have, so that a change cannot edit its own judge]:DIGEST:_default' \
'*--bundle=[Bundle file, repeatable; JSON Lines hold several. Without it, FILE.sigstore.json and FILE.sigstore are read]:FILE:_files' \
'*--ignore=[Name in a directory that does not count, repeatable; for example .git. Bundles that are named never count]:NAME:_default' \
'(--all-platforms)--platform=[Image of an index to verify, for example linux/amd64]:OS/ARCH:_default' \
'--predicate-out=[Write the verified predicate of the newest accepted attestation]:FILE:_files' \
'--trust=[Sigstore instance whose root is trusted \[default\: public-good\]]:INSTANCE:(public-good staging github)' \
'(--trust --tuf-url)--trusted-root=[Trusted root in a file (trusted_root.json or a client trust configuration)]:FILE:_files' \
'(--trust)--tuf-url=[TUF repository that publishes the trusted root of a private instance]:URL:_default' \
'--tuf-root=[TUF root that the repository is verified from]:FILE:_files' \
'(--trusted-root)--trust-cache=[Directory for the cache of trust roots]:DIR:_files' \
'--registry-username=[User name for the registry; with --registry-password-stdin]:NAME:_default' \
'(--registry-username)--registry-token-file=[File with a bearer token for the registry, sent to it as it is]:FILE:_files' \
'*--registry-auth-host=[Token server that may be told the credentials although it is of another site than the registry; repeatable]:HOST[:PORT]:_default' \
'*--registry-egress=[Go to these hosts and to no other\: registry, token server, content delivery network; repeatable]:HOST[:PORT]:_default' \
'--registry-ca=[PEM certificates of authorities that are trusted for registries, besides the system'\''s]:FILE:_files' \
'--registry-cert=[PEM client certificate for the registry; with --registry-key]:FILE:_files' \
'--registry-key=[PEM key of the client certificate]:FILE:_files' \
'*--allow-http=[Registry or signing service that is reached without TLS; repeatable. Loopback needs no such flag]:HOST[:PORT]:_default' \
'--vsa-out=[Write a signed SLSA verification summary, once the subject is allowed]:FILE:_files' \
'--vsa-verifier=[Who verifies\: the id that the summary names]:URI:_default' \
'--vsa-policy=[What the summary calls the policy \[default\: the path of its file\]]:URI:_default' \
'--vsa-resource=[What the summary calls the artifact \[default\: the image'\''s package URL, the file, or the digest\]]:URI:_default' \
'--vsa-key=[Private key that signs the summary, as sign'\''s --key \[default\: an identity token\]]:KEY:_default' \
'--password-file=[File whose first line is the password of the key; \`-\` is standard input \[default\: PORTCULLIS_KEY_PASSWORD or COSIGN_PASSWORD in the environment, else the terminal is asked\]]:FILE:_files' \
'(--oidc-issuer --oidc-client-secret-file --oidc-redirect-url --oidc-device --no-browser)--identity-token-file=[File with an identity token; \`-\` is standard input \[default\: what the surroundings offer (SIGSTORE_ID_TOKEN, the CI system, the cloud), else a login in the browser\]]:FILE:_files' \
'--oidc-issuer=[Log in at this issuer, whatever the surroundings offer]:URL:_default' \
'--oidc-client-id=[Client id for a login, and the audience that every token has to have]:ID:_default' \
'--oidc-client-secret-file=[Log in as a client whose secret is the first line of this file]:FILE:_files' \
'(--oidc-device)--oidc-redirect-url=[Log in, and come back to this address on loopback \[default\: http\://localhost\:0/auth/callback\]]:URL:_default' \
'--signing-config=[Services to sign with (signing_config.json) \[default\: those that the instance publishes\]]:FILE:_files' \
'--fulcio-url=[Certificate authority (Fulcio) to use instead]:URL:_default' \
'--rekor-url=[Signature log (Rekor) to use instead; with --rekor-version]:URL:_default' \
'--rekor-version=[Generation of Rekor\: with --rekor-url what it is, else the only one to use]:1|2:_default' \
'*--timestamp-url=[Timestamp authority to use instead, its whole address; repeatable]:URL:_default' \
'*--timestamp-server-url=[Timestamp authority to use instead, its whole address; repeatable]:URL:_default' \
'--service-ca=[PEM certificates of authorities that are trusted for services, besides the system'\''s]:FILE:_files' \
'*--format=[Output format \[default\: human\]\: human, json, sarif, junit or github; repeatable, each with a file of its own if it is followed by \`=FILE\`. The human report goes to standard error; another format without a file goes to standard output]:FORMAT[=FILE]:_default' \
'-o+[File for the one format that names none]:FILE:_files' \
'--output=[File for the one format that names none]:FILE:_files' \
'--color=[When to use colour]:WHEN:((auto\:"On a terminal, unless NO_COLOR is set"
always\:"Always"
never\:"Never"))' \
'--timeout=[Limit for the whole run, for example 30s or 2m; what was not found out by then is undecided]:DURATION:_default' \
'--jobs=[Subjects examined at once \[default\: number of processors\]]:N:_default' \
'--key-without-log[Accept signatures of the key that are in no transparency log\: weaker, and the report says so]' \
'(--identity --identity-regex --issuer --issuer-regex --key)--unsafe-any-identity[Accept any signer at all\: proves that somebody signed, and everybody can]' \
'--deny-warnings[Deny where there are warnings]' \
'--all-platforms[Verify an index and every image in it]' \
'--registry-password-stdin[Read the password for the registry from standard input]' \
'--attach-vsa[Attach a signed SLSA verification summary to every image, once everything is allowed]' \
'--oidc-device[Log in with a code that is entered on any device]' \
'(--oidc-device)--no-browser[Log in, and show the address instead of opening a browser]' \
'(-v --verbose)-q[Say nothing about what passed]' \
'(-v --verbose)--quiet[Say nothing about what passed]' \
'-v[Show every check and every place]' \
'--verbose[Show every check and every place]' \
'--offline[Never use the network; a cached or built-in trust root is used as it is, and the report gives its age]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'-V[Print version]' \
'--version[Print version]' \
'*::subjects -- Images (registry/repository\:tag), files, directories, `-`, digests (sha256\:<hex>), oci-layout\:DIR\[\:tag|@digest\]:_default' \
&& ret=0
;;
(sign)
_arguments "${_arguments_options[@]}" : \
'--bundle=[Where the bundle of a file goes \[default\: FILE.sigstore.json\]; for one file]:FILE:_files' \
'(--resume)*--ignore=[Name in a directory that is left out and named as such, repeatable; for example .git]:NAME:_default' \
'(--key --key-hint --no-log)--resume=[Finish and publish a signature that a failed service or registry interrupted]:FILE:_files' \
'(--resume)*-a+[Something to sign along with the digest; repeatable]:KEY=VALUE:_default' \
'(--resume)*--annotation=[Something to sign along with the digest; repeatable]:KEY=VALUE:_default' \
'(--oidc-issuer --oidc-client-secret-file --oidc-redirect-url --oidc-device --no-browser)--identity-token-file=[File with an identity token; \`-\` is standard input \[default\: what the surroundings offer (SIGSTORE_ID_TOKEN, the CI system, the cloud), else a login in the browser\]]:FILE:_files' \
'--oidc-issuer=[Log in at this issuer, whatever the surroundings offer]:URL:_default' \
'--oidc-client-id=[Client id for a login, and the audience that every token has to have]:ID:_default' \
'--oidc-client-secret-file=[Log in as a client whose secret is the first line of this file]:FILE:_files' \
'(--oidc-device)--oidc-redirect-url=[Log in, and come back to this address on loopback \[default\: http\://localhost\:0/auth/callback\]]:URL:_default' \
'--key=[Private key to sign with\: a PEM file, \`-\` for standard input, env\://NAME for an environment variable, or a pkcs11\: URI where this build has the feature]:KEY:_default' \
'--password-file=[File whose first line is the password of the key; \`-\` is standard input \[default\: PORTCULLIS_KEY_PASSWORD or COSIGN_PASSWORD in the environment, else the terminal is asked\]]:FILE:_files' \
'--key-hint=[What bundles call the key \[default\: the SHA-256 of the public key\]]:TEXT:_default' \
'--signing-config=[Services to sign with (signing_config.json) \[default\: those that the instance publishes\]]:FILE:_files' \
'--fulcio-url=[Certificate authority (Fulcio) to use instead]:URL:_default' \
'--rekor-url=[Signature log (Rekor) to use instead; with --rekor-version]:URL:_default' \
'--rekor-version=[Generation of Rekor\: with --rekor-url what it is, else the only one to use]:1|2:_default' \
'*--timestamp-url=[Timestamp authority to use instead, its whole address; repeatable]:URL:_default' \
'*--timestamp-server-url=[Timestamp authority to use instead, its whole address; repeatable]:URL:_default' \
'--service-ca=[PEM certificates of authorities that are trusted for services, besides the system'\''s]:FILE:_files' \
'--trust=[Sigstore instance whose root is trusted \[default\: public-good\]]:INSTANCE:(public-good staging github)' \
'(--trust --tuf-url)--trusted-root=[Trusted root in a file (trusted_root.json or a client trust configuration)]:FILE:_files' \
'(--trust)--tuf-url=[TUF repository that publishes the trusted root of a private instance]:URL:_default' \
'--tuf-root=[TUF root that the repository is verified from]:FILE:_files' \
'(--trusted-root)--trust-cache=[Directory for the cache of trust roots]:DIR:_files' \
'--registry-username=[User name for the registry; with --registry-password-stdin]:NAME:_default' \
'(--registry-username)--registry-token-file=[File with a bearer token for the registry, sent to it as it is]:FILE:_files' \
'*--registry-auth-host=[Token server that may be told the credentials although it is of another site than the registry; repeatable]:HOST[:PORT]:_default' \
'*--registry-egress=[Go to these hosts and to no other\: registry, token server, content delivery network; repeatable]:HOST[:PORT]:_default' \
'--registry-ca=[PEM certificates of authorities that are trusted for registries, besides the system'\''s]:FILE:_files' \
'--registry-cert=[PEM client certificate for the registry; with --registry-key]:FILE:_files' \
'--registry-key=[PEM key of the client certificate]:FILE:_files' \
'*--allow-http=[Registry or signing service that is reached without TLS; repeatable. Loopback needs no such flag]:HOST[:PORT]:_default' \
'*--format=[Output format \[default\: human\]\: human, json, sarif, junit or github; repeatable, each with a file of its own if it is followed by \`=FILE\`. The human report goes to standard error; another format without a file goes to standard output]:FORMAT[=FILE]:_default' \
'-o+[File for the one format that names none]:FILE:_files' \
'--output=[File for the one format that names none]:FILE:_files' \
'--color=[When to use colour]:WHEN:((auto\:"On a terminal, unless NO_COLOR is set"
always\:"Always"
never\:"Never"))' \
'--timeout=[Limit for the whole run, for example 30s or 2m; what was not found out by then is undecided]:DURATION:_default' \
'--jobs=[Subjects examined at once \[default\: number of processors\]]:N:_default' \
'--overwrite[Replace a bundle that is there]' \
'(--resume)-y[Sign what a tag points to now, without asking]' \
'(--resume)--yes[Sign what a tag points to now, without asking]' \
'(--resume -y --yes)--require-digest[Refuse images that are not named by digest]' \
'(--resume)--recursive[Sign an index and every image in it]' \
'(--resume)--legacy-tag[Write cosign'\''s older form under the .sig tag too, for verifiers that know no bundles]' \
'--oidc-device[Log in with a code that is entered on any device]' \
'(--oidc-device)--no-browser[Log in, and show the address instead of opening a browser]' \
'--no-log[Make no log entry, only a timestamp; verify then wants --key-without-log]' \
'--registry-password-stdin[Read the password for the registry from standard input]' \
'(-v --verbose)-q[Say nothing about what passed]' \
'(-v --verbose)--quiet[Say nothing about what passed]' \
'-v[Show every check and every place]' \
'--verbose[Show every check and every place]' \
'--offline[Never use the network; a cached or built-in trust root is used as it is, and the report gives its age]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'-V[Print version]' \
'--version[Print version]' \
'*::subjects -- Images (registry/repository@sha256\:<hex>), files, directories, `-` for standard input, or digests; the last two need --bundle:_default' \
&& ret=0
;;
(attest)
_arguments "${_arguments_options[@]}" : \
'--bundle=[Where the bundle goes \[default for one file\: FILE.TYPE.sigstore.json; that of an image goes to its registry\]]:FILE:_files' \
'--predicate=[File with the predicate as JSON; \`-\` is standard input]:FILE:_files' \
'--type=[What the predicate is\: a short name or a URI]:TYPE:_default' \
'--max-predicate-bytes=[Most bytes that the predicate may have]:BYTES:_default' \
'(--oidc-issuer --oidc-client-secret-file --oidc-redirect-url --oidc-device --no-browser)--identity-token-file=[File with an identity token; \`-\` is standard input \[default\: what the surroundings offer (SIGSTORE_ID_TOKEN, the CI system, the cloud), else a login in the browser\]]:FILE:_files' \
'--oidc-issuer=[Log in at this issuer, whatever the surroundings offer]:URL:_default' \
'--oidc-client-id=[Client id for a login, and the audience that every token has to have]:ID:_default' \
'--oidc-client-secret-file=[Log in as a client whose secret is the first line of this file]:FILE:_files' \
'(--oidc-device)--oidc-redirect-url=[Log in, and come back to this address on loopback \[default\: http\://localhost\:0/auth/callback\]]:URL:_default' \
'--key=[Private key to sign with\: a PEM file, \`-\` for standard input, env\://NAME for an environment variable, or a pkcs11\: URI where this build has the feature]:KEY:_default' \
'--password-file=[File whose first line is the password of the key; \`-\` is standard input \[default\: PORTCULLIS_KEY_PASSWORD or COSIGN_PASSWORD in the environment, else the terminal is asked\]]:FILE:_files' \
'--key-hint=[What bundles call the key \[default\: the SHA-256 of the public key\]]:TEXT:_default' \
'--signing-config=[Services to sign with (signing_config.json) \[default\: those that the instance publishes\]]:FILE:_files' \
'--fulcio-url=[Certificate authority (Fulcio) to use instead]:URL:_default' \
'--rekor-url=[Signature log (Rekor) to use instead; with --rekor-version]:URL:_default' \
'--rekor-version=[Generation of Rekor\: with --rekor-url what it is, else the only one to use]:1|2:_default' \
'*--timestamp-url=[Timestamp authority to use instead, its whole address; repeatable]:URL:_default' \
'*--timestamp-server-url=[Timestamp authority to use instead, its whole address; repeatable]:URL:_default' \
'--service-ca=[PEM certificates of authorities that are trusted for services, besides the system'\''s]:FILE:_files' \
'--trust=[Sigstore instance whose root is trusted \[default\: public-good\]]:INSTANCE:(public-good staging github)' \
'(--trust --tuf-url)--trusted-root=[Trusted root in a file (trusted_root.json or a client trust configuration)]:FILE:_files' \
'(--trust)--tuf-url=[TUF repository that publishes the trusted root of a private instance]:URL:_default' \
'--tuf-root=[TUF root that the repository is verified from]:FILE:_files' \
'(--trusted-root)--trust-cache=[Directory for the cache of trust roots]:DIR:_files' \
'--registry-username=[User name for the registry; with --registry-password-stdin]:NAME:_default' \
'(--registry-username)--registry-token-file=[File with a bearer token for the registry, sent to it as it is]:FILE:_files' \
'*--registry-auth-host=[Token server that may be told the credentials although it is of another site than the registry; repeatable]:HOST[:PORT]:_default' \
'*--registry-egress=[Go to these hosts and to no other\: registry, token server, content delivery network; repeatable]:HOST[:PORT]:_default' \
'--registry-ca=[PEM certificates of authorities that are trusted for registries, besides the system'\''s]:FILE:_files' \
'--registry-cert=[PEM client certificate for the registry; with --registry-key]:FILE:_files' \
'--registry-key=[PEM key of the client certificate]:FILE:_files' \
'*--allow-http=[Registry or signing service that is reached without TLS; repeatable. Loopback needs no such flag]:HOST[:PORT]:_default' \
'*--format=[Output format \[default\: human\]\: human, json, sarif, junit or github; repeatable, each with a file of its own if it is followed by \`=FILE\`. The human report goes to standard error; another format without a file goes to standard output]:FORMAT[=FILE]:_default' \
'-o+[File for the one format that names none]:FILE:_files' \
'--output=[File for the one format that names none]:FILE:_files' \
'--color=[When to use colour]:WHEN:((auto\:"On a terminal, unless NO_COLOR is set"
always\:"Always"
never\:"Never"))' \
'--timeout=[Limit for the whole run, for example 30s or 2m; what was not found out by then is undecided]:DURATION:_default' \
'--jobs=[Subjects examined at once \[default\: number of processors\]]:N:_default' \
'--yes[Image named by a tag\: take what it points to now, without asking]' \
'--replace[Image\: remove earlier attestations of this type by the same signer, once the new one is there]' \
'--overwrite[Replace a bundle that is there]' \
'(--predicate)--from-ci[Make the predicate from the environment of this CI job; for --type slsa-provenance]' \
'--oidc-device[Log in with a code that is entered on any device]' \
'(--oidc-device)--no-browser[Log in, and show the address instead of opening a browser]' \
'--no-log[Make no log entry, only a timestamp; verify then wants --key-without-log]' \
'--registry-password-stdin[Read the password for the registry from standard input]' \
'(-v --verbose)-q[Say nothing about what passed]' \
'(-v --verbose)--quiet[Say nothing about what passed]' \
'-v[Show every check and every place]' \
'--verbose[Show every check and every place]' \
'--offline[Never use the network; a cached or built-in trust root is used as it is, and the report gives its age]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'-V[Print version]' \
'--version[Print version]' \
'*::subjects -- Images (registry/repository\:tag), a statement for each; or files, `-` for standard input, and digests (sha256\:<hex>), all in one statement:_default' \
&& ret=0
;;
(sbom-check)
_arguments "${_arguments_options[@]}" : \
'--policy=[Policy file\: who signs the SBOM, and what may stand in it (its \[sbom\] table)]:FILE:_files' \
'--policy-digest=[Digest that the policy file has to have, so that a change cannot edit its own judge]:DIGEST:_default' \
'--accepted=[File of accepted findings, each with a reason, an owner and its last day; they stay in the report and do not deny]:FILE:_files' \
'--accepted-digest=[Digest that the file of accepted findings has to have; needed where the policy is pinned]:DIGEST:_default' \
'*--bundle=[Bundle file, repeatable; JSON Lines hold several. Without it, FILE.sigstore.json and FILE.sigstore are read]:FILE:_files' \
'(--all-platforms)--platform=[Image of an index to check, for example linux/amd64]:OS/ARCH:_default' \
'--sbom=[SBOM to check instead of the attested one; \`-\` is standard input. Without a SUBJECT only the rules are asked]:FILE:_files' \
'*--sbom-bundle=[Bundle over the SBOM file itself, repeatable. Without it, FILE.sigstore.json and FILE.sigstore are read]:FILE:_files' \
'--baseline=[SBOM file that was accepted before, or the artifact whose attested SBOM it is (an image, oci-layout\:…, sha256\:…)]:SBOM|SUBJECT:_default' \
'*--baseline-bundle=[Bundle with the attested SBOM of the baseline, repeatable\: --baseline names the artifact then, also where it is a file]:FILE:_files' \
'--max-sbom-bytes=[Most bytes of an SBOM \[default\: 64 MiB in memory, 1 GiB where a file can be streamed\]]:BYTES:_default' \
'--max-sbom-components=[Most components of an SBOM \[default\: 250000, or 4000000 where a file is streamed\]]:COUNT:_default' \
'--trust=[Sigstore instance whose root is trusted \[default\: public-good\]]:INSTANCE:(public-good staging github)' \
'(--trust --tuf-url)--trusted-root=[Trusted root in a file (trusted_root.json or a client trust configuration)]:FILE:_files' \
'(--trust)--tuf-url=[TUF repository that publishes the trusted root of a private instance]:URL:_default' \
'--tuf-root=[TUF root that the repository is verified from]:FILE:_files' \
'(--trusted-root)--trust-cache=[Directory for the cache of trust roots]:DIR:_files' \
'--registry-username=[User name for the registry; with --registry-password-stdin]:NAME:_default' \
'(--registry-username)--registry-token-file=[File with a bearer token for the registry, sent to it as it is]:FILE:_files' \
'*--registry-auth-host=[Token server that may be told the credentials although it is of another site than the registry; repeatable]:HOST[:PORT]:_default' \
'*--registry-egress=[Go to these hosts and to no other\: registry, token server, content delivery network; repeatable]:HOST[:PORT]:_default' \
'--registry-ca=[PEM certificates of authorities that are trusted for registries, besides the system'\''s]:FILE:_files' \
'--registry-cert=[PEM client certificate for the registry; with --registry-key]:FILE:_files' \
'--registry-key=[PEM key of the client certificate]:FILE:_files' \
'*--allow-http=[Registry or signing service that is reached without TLS; repeatable. Loopback needs no such flag]:HOST[:PORT]:_default' \
'*--format=[Output format \[default\: human\]\: human, json, sarif, junit or github; repeatable, each with a file of its own if it is followed by \`=FILE\`. The human report goes to standard error; another format without a file goes to standard output]:FORMAT[=FILE]:_default' \
'-o+[File for the one format that names none]:FILE:_files' \
'--output=[File for the one format that names none]:FILE:_files' \
'--color=[When to use colour]:WHEN:((auto\:"On a terminal, unless NO_COLOR is set"
always\:"Always"
never\:"Never"))' \
'--timeout=[Limit for the whole run, for example 30s or 2m; what was not found out by then is undecided]:DURATION:_default' \
'--jobs=[Subjects examined at once \[default\: number of processors\]]:N:_default' \
'--deny-warnings[Deny where there are warnings]' \
'--all-platforms[Check an index and every image in it]' \
'--registry-password-stdin[Read the password for the registry from standard input]' \
'(-v --verbose)-q[Say nothing about what passed]' \
'(-v --verbose)--quiet[Say nothing about what passed]' \
'-v[Show every check and every place]' \
'--verbose[Show every check and every place]' \
'--offline[Never use the network; a cached or built-in trust root is used as it is, and the report gives its age]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'-V[Print version]' \
'--version[Print version]' \
'*::subjects -- Images (registry/repository\:tag), files, `-`, digests (sha256\:<hex>), oci-layout\:DIR\[\:tag|@digest\]:_default' \
&& ret=0
;;
(sbom)
_arguments "${_arguments_options[@]}" : \
'*--format=[Output format \[default\: human\]\: human, json, sarif, junit or github; repeatable, each with a file of its own if it is followed by \`=FILE\`. The human report goes to standard error; another format without a file goes to standard output]:FORMAT[=FILE]:_default' \
'-o+[File for the one format that names none]:FILE:_files' \
'--output=[File for the one format that names none]:FILE:_files' \
'--color=[When to use colour]:WHEN:((auto\:"On a terminal, unless NO_COLOR is set"
always\:"Always"
never\:"Never"))' \
'--timeout=[Limit for the whole run, for example 30s or 2m; what was not found out by then is undecided]:DURATION:_default' \
'--jobs=[Subjects examined at once \[default\: number of processors\]]:N:_default' \
'(-v --verbose)-q[Say nothing about what passed]' \
'(-v --verbose)--quiet[Say nothing about what passed]' \
'-v[Show every check and every place]' \
'--verbose[Show every check and every place]' \
'--offline[Never use the network; a cached or built-in trust root is used as it is, and the report gives its age]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'-V[Print version]' \
'--version[Print version]' \
":: :_portcullis__subcmd__sbom_commands" \
"*::: :->sbom" \
&& ret=0

    case $state in
    (sbom)
        words=($line[1] "${words[@]}")
        (( CURRENT += 1 ))
        curcontext="${curcontext%:*:*}:portcullis-sbom-command-$line[1]:"
        case $line[1] in
            (diff)
_arguments "${_arguments_options[@]}" : \
'*--format=[Output format \[default\: human\]\: human, json, sarif, junit or github; repeatable, each with a file of its own if it is followed by \`=FILE\`. The human report goes to standard error; another format without a file goes to standard output]:FORMAT[=FILE]:_default' \
'-o+[File for the one format that names none]:FILE:_files' \
'--output=[File for the one format that names none]:FILE:_files' \
'--color=[When to use colour]:WHEN:((auto\:"On a terminal, unless NO_COLOR is set"
always\:"Always"
never\:"Never"))' \
'--timeout=[Limit for the whole run, for example 30s or 2m; what was not found out by then is undecided]:DURATION:_default' \
'--jobs=[Subjects examined at once \[default\: number of processors\]]:N:_default' \
'(-v --verbose)-q[Say nothing about what passed]' \
'(-v --verbose)--quiet[Say nothing about what passed]' \
'-v[Show every check and every place]' \
'--verbose[Show every check and every place]' \
'--offline[Never use the network; a cached or built-in trust root is used as it is, and the report gives its age]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'-V[Print version]' \
'--version[Print version]' \
':old -- The SBOM to compare with:_files' \
':new -- The SBOM that is compared:_files' \
&& ret=0
;;
(trim)
_arguments "${_arguments_options[@]}" : \
'*--format=[Output format \[default\: human\]\: human, json, sarif, junit or github; repeatable, each with a file of its own if it is followed by \`=FILE\`. The human report goes to standard error; another format without a file goes to standard output]:FORMAT[=FILE]:_default' \
'-o+[File for the one format that names none]:FILE:_files' \
'--output=[File for the one format that names none]:FILE:_files' \
'--color=[When to use colour]:WHEN:((auto\:"On a terminal, unless NO_COLOR is set"
always\:"Always"
never\:"Never"))' \
'--timeout=[Limit for the whole run, for example 30s or 2m; what was not found out by then is undecided]:DURATION:_default' \
'--jobs=[Subjects examined at once \[default\: number of processors\]]:N:_default' \
'(-v --verbose)-q[Say nothing about what passed]' \
'(-v --verbose)--quiet[Say nothing about what passed]' \
'-v[Show every check and every place]' \
'--verbose[Show every check and every place]' \
'--offline[Never use the network; a cached or built-in trust root is used as it is, and the report gives its age]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'-V[Print version]' \
'--version[Print version]' \
':file -- The SBOM:_files' \
&& ret=0
;;
(suggest)
_arguments "${_arguments_options[@]}" : \
'*--format=[Output format \[default\: human\]\: human, json, sarif, junit or github; repeatable, each with a file of its own if it is followed by \`=FILE\`. The human report goes to standard error; another format without a file goes to standard output]:FORMAT[=FILE]:_default' \
'-o+[File for the one format that names none]:FILE:_files' \
'--output=[File for the one format that names none]:FILE:_files' \
'--color=[When to use colour]:WHEN:((auto\:"On a terminal, unless NO_COLOR is set"
always\:"Always"
never\:"Never"))' \
'--timeout=[Limit for the whole run, for example 30s or 2m; what was not found out by then is undecided]:DURATION:_default' \
'--jobs=[Subjects examined at once \[default\: number of processors\]]:N:_default' \
'(-v --verbose)-q[Say nothing about what passed]' \
'(-v --verbose)--quiet[Say nothing about what passed]' \
'-v[Show every check and every place]' \
'--verbose[Show every check and every place]' \
'--offline[Never use the network; a cached or built-in trust root is used as it is, and the report gives its age]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'-V[Print version]' \
'--version[Print version]' \
'*::files -- The SBOMs, of any format:_files' \
&& ret=0
;;
(help)
_arguments "${_arguments_options[@]}" : \
":: :_portcullis__subcmd__sbom__subcmd__help_commands" \
"*::: :->help" \
&& ret=0

    case $state in
    (help)
        words=($line[1] "${words[@]}")
        (( CURRENT += 1 ))
        curcontext="${curcontext%:*:*}:portcullis-sbom-help-command-$line[1]:"
        case $line[1] in
            (diff)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(trim)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(suggest)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(help)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
        esac
    ;;
esac
;;
        esac
    ;;
esac
;;
(pin)
_arguments "${_arguments_options[@]}" : \
'(--identity-regex)--identity=[Exact identity of the signer\: the workflow URI or e-mail address in the certificate]:SAN:_default' \
'(--identity-regex)--certificate-identity=[Exact identity of the signer\: the workflow URI or e-mail address in the certificate]:SAN:_default' \
'--identity-regex=[Pattern for the whole identity; a match of a part of it is no match]:REGEX:_default' \
'--certificate-identity-regexp=[Pattern for the whole identity; a match of a part of it is no match]:REGEX:_default' \
'(--key --unsafe-any-identity)--identity-kind=[Kind of identity, where its text does not tell]:KIND:(email uri other-name)' \
'(--issuer-regex)--issuer=[Exact OIDC issuer that vouches for the identity]:URL:_default' \
'(--issuer-regex)--certificate-oidc-issuer=[Exact OIDC issuer that vouches for the identity]:URL:_default' \
'--issuer-regex=[Pattern for the whole issuer]:REGEX:_default' \
'--certificate-oidc-issuer-regexp=[Pattern for the whole issuer]:REGEX:_default' \
'*--claim=[Exact value of a certificate claim, for example source-repository-ref=refs/heads/main; repeatable]:NAME=VALUE:_default' \
'*--claim-regex=[Pattern for the whole value of a certificate claim; repeatable]:NAME=REGEX:_default' \
'(--identity --identity-regex --issuer --issuer-regex)--key=[Public key of the signer (PEM), instead of an identity]:FILE:_files' \
'--require=[Which of several candidates have to meet what is asked \[default\: any\]]:RULE:((any\:"One that meets the demand is enough"
all\:"Every one has to meet it"
latest\:"Only the newest by an accepted signer counts"))' \
'*--type=[Demand an attestation of this type\: a short name, a URI, or any; repeatable]:TYPE:_default' \
'--max-age=[Oldest allowed evidence by verified time, for example 30d]:DURATION:_default' \
'--builder-id=[Exact builder id of SLSA provenance]:URI:_default' \
'--source-repository=[Exact source repository of SLSA provenance]:URL:_default' \
'--source-ref=[Exact source ref of SLSA provenance]:REF:_default' \
'--verifier=[Exact id of the verifier whose SLSA verification summary (--type vsa) is relied on]:URI:_default' \
'--resource-uri=[Exact resource that the summary was made for]:URI:_default' \
'--verified-policy=[Digest of the policy that the summary has to name]:DIGEST:_default' \
'--verified-level=[Level that the summary has to reach, for example SLSA_BUILD_LEVEL_2]:LEVEL:_default' \
'--expect-commit=[Commit that was audited (all of its hex digits); certificate and provenance have to name it]:SHA:_default' \
'--policy=[Policy file\: who may sign what, and which attestations are demanded]:FILE:_files' \
'--policy-digest=[Digest that the policy file has to have, so that a change cannot edit its own judge]:DIGEST:_default' \
'--trust=[Sigstore instance whose root is trusted \[default\: public-good\]]:INSTANCE:(public-good staging github)' \
'(--trust --tuf-url)--trusted-root=[Trusted root in a file (trusted_root.json or a client trust configuration)]:FILE:_files' \
'(--trust)--tuf-url=[TUF repository that publishes the trusted root of a private instance]:URL:_default' \
'--tuf-root=[TUF root that the repository is verified from]:FILE:_files' \
'(--trusted-root)--trust-cache=[Directory for the cache of trust roots]:DIR:_files' \
'--registry-username=[User name for the registry; with --registry-password-stdin]:NAME:_default' \
'(--registry-username)--registry-token-file=[File with a bearer token for the registry, sent to it as it is]:FILE:_files' \
'*--registry-auth-host=[Token server that may be told the credentials although it is of another site than the registry; repeatable]:HOST[:PORT]:_default' \
'*--registry-egress=[Go to these hosts and to no other\: registry, token server, content delivery network; repeatable]:HOST[:PORT]:_default' \
'--registry-ca=[PEM certificates of authorities that are trusted for registries, besides the system'\''s]:FILE:_files' \
'--registry-cert=[PEM client certificate for the registry; with --registry-key]:FILE:_files' \
'--registry-key=[PEM key of the client certificate]:FILE:_files' \
'*--allow-http=[Registry or signing service that is reached without TLS; repeatable. Loopback needs no such flag]:HOST[:PORT]:_default' \
'*--format=[Output format \[default\: human\]\: human, json, sarif, junit or github; repeatable, each with a file of its own if it is followed by \`=FILE\`. The human report goes to standard error; another format without a file goes to standard output]:FORMAT[=FILE]:_default' \
'-o+[File for the one format that names none]:FILE:_files' \
'--output=[File for the one format that names none]:FILE:_files' \
'--color=[When to use colour]:WHEN:((auto\:"On a terminal, unless NO_COLOR is set"
always\:"Always"
never\:"Never"))' \
'--timeout=[Limit for the whole run, for example 30s or 2m; what was not found out by then is undecided]:DURATION:_default' \
'--jobs=[Subjects examined at once \[default\: number of processors\]]:N:_default' \
'(--write --drop-tag)--check[Only verify the images; nothing is rewritten]' \
'--write[Rewrite the files in place instead of printing the one that is given]' \
'--drop-tag[Write repository@digest, without the tag that people see]' \
'--allow-no-images[Let files without images pass beside files with images]' \
'--key-without-log[Accept signatures of the key that are in no transparency log\: weaker, and the report says so]' \
'(--identity --identity-regex --issuer --issuer-regex --key)--unsafe-any-identity[Accept any signer at all\: proves that somebody signed, and everybody can]' \
'--deny-warnings[Deny where there are warnings]' \
'--registry-password-stdin[Read the password for the registry from standard input]' \
'(-v --verbose)-q[Say nothing about what passed]' \
'(-v --verbose)--quiet[Say nothing about what passed]' \
'-v[Show every check and every place]' \
'--verbose[Show every check and every place]' \
'--offline[Never use the network; a cached or built-in trust root is used as it is, and the report gives its age]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'-V[Print version]' \
'--version[Print version]' \
'*::files -- Kubernetes manifests and Compose files; `-` is standard input:_files' \
&& ret=0
;;
(inspect)
_arguments "${_arguments_options[@]}" : \
'*--bundle=[Bundle file, repeatable; JSON Lines hold several. Without it, FILE.sigstore.json and FILE.sigstore are read]:FILE:_files' \
'--platform=[Only this image of an index, for example linux/amd64; without it, the index and every image in it]:OS/ARCH:_default' \
'--registry-username=[User name for the registry; with --registry-password-stdin]:NAME:_default' \
'(--registry-username)--registry-token-file=[File with a bearer token for the registry, sent to it as it is]:FILE:_files' \
'*--registry-auth-host=[Token server that may be told the credentials although it is of another site than the registry; repeatable]:HOST[:PORT]:_default' \
'*--registry-egress=[Go to these hosts and to no other\: registry, token server, content delivery network; repeatable]:HOST[:PORT]:_default' \
'--registry-ca=[PEM certificates of authorities that are trusted for registries, besides the system'\''s]:FILE:_files' \
'--registry-cert=[PEM client certificate for the registry; with --registry-key]:FILE:_files' \
'--registry-key=[PEM key of the client certificate]:FILE:_files' \
'*--allow-http=[Registry or signing service that is reached without TLS; repeatable. Loopback needs no such flag]:HOST[:PORT]:_default' \
'*--format=[Output format \[default\: human\]\: human, json, sarif, junit or github; repeatable, each with a file of its own if it is followed by \`=FILE\`. The human report goes to standard error; another format without a file goes to standard output]:FORMAT[=FILE]:_default' \
'-o+[File for the one format that names none]:FILE:_files' \
'--output=[File for the one format that names none]:FILE:_files' \
'--color=[When to use colour]:WHEN:((auto\:"On a terminal, unless NO_COLOR is set"
always\:"Always"
never\:"Never"))' \
'--timeout=[Limit for the whole run, for example 30s or 2m; what was not found out by then is undecided]:DURATION:_default' \
'--jobs=[Subjects examined at once \[default\: number of processors\]]:N:_default' \
'--registry-password-stdin[Read the password for the registry from standard input]' \
'(-v --verbose)-q[Say nothing about what passed]' \
'(-v --verbose)--quiet[Say nothing about what passed]' \
'-v[Show every check and every place]' \
'--verbose[Show every check and every place]' \
'--offline[Never use the network; a cached or built-in trust root is used as it is, and the report gives its age]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'-V[Print version]' \
'--version[Print version]' \
'*::subjects -- Images (registry/repository\:tag), files, `-`, digests (sha256\:<hex>), oci-layout\:DIR\[\:tag|@digest\]:_default' \
&& ret=0
;;
(save)
_arguments "${_arguments_options[@]}" : \
'--to=[Folder for the OCI layout, which is made or added to]:DIR:_default' \
'--platform=[Only the image of an index for this platform, for example linux/amd64]:OS/ARCH:_default' \
'--registry-username=[User name for the registry; with --registry-password-stdin]:NAME:_default' \
'(--registry-username)--registry-token-file=[File with a bearer token for the registry, sent to it as it is]:FILE:_files' \
'*--registry-auth-host=[Token server that may be told the credentials although it is of another site than the registry; repeatable]:HOST[:PORT]:_default' \
'*--registry-egress=[Go to these hosts and to no other\: registry, token server, content delivery network; repeatable]:HOST[:PORT]:_default' \
'--registry-ca=[PEM certificates of authorities that are trusted for registries, besides the system'\''s]:FILE:_files' \
'--registry-cert=[PEM client certificate for the registry; with --registry-key]:FILE:_files' \
'--registry-key=[PEM key of the client certificate]:FILE:_files' \
'*--allow-http=[Registry or signing service that is reached without TLS; repeatable. Loopback needs no such flag]:HOST[:PORT]:_default' \
'*--format=[Output format \[default\: human\]\: human, json, sarif, junit or github; repeatable, each with a file of its own if it is followed by \`=FILE\`. The human report goes to standard error; another format without a file goes to standard output]:FORMAT[=FILE]:_default' \
'-o+[File for the one format that names none]:FILE:_files' \
'--output=[File for the one format that names none]:FILE:_files' \
'--color=[When to use colour]:WHEN:((auto\:"On a terminal, unless NO_COLOR is set"
always\:"Always"
never\:"Never"))' \
'--timeout=[Limit for the whole run, for example 30s or 2m; what was not found out by then is undecided]:DURATION:_default' \
'--jobs=[Subjects examined at once \[default\: number of processors\]]:N:_default' \
'--registry-password-stdin[Read the password for the registry from standard input]' \
'(-v --verbose)-q[Say nothing about what passed]' \
'(-v --verbose)--quiet[Say nothing about what passed]' \
'-v[Show every check and every place]' \
'--verbose[Show every check and every place]' \
'--offline[Never use the network; a cached or built-in trust root is used as it is, and the report gives its age]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'-V[Print version]' \
'--version[Print version]' \
':subject -- Image (registry/repository\:tag), oci-layout\:DIR\[\:tag|@digest\], or a file as docker save writes it:_default' \
&& ret=0
;;
(load)
_arguments "${_arguments_options[@]}" : \
'--to=[Where to\: registry/repository\:tag, or registry/repository@digest to push without a tag]:IMAGE:_default' \
'--platform=[Only the image of an index for this platform, for example linux/amd64]:OS/ARCH:_default' \
'--registry-username=[User name for the registry; with --registry-password-stdin]:NAME:_default' \
'(--registry-username)--registry-token-file=[File with a bearer token for the registry, sent to it as it is]:FILE:_files' \
'*--registry-auth-host=[Token server that may be told the credentials although it is of another site than the registry; repeatable]:HOST[:PORT]:_default' \
'*--registry-egress=[Go to these hosts and to no other\: registry, token server, content delivery network; repeatable]:HOST[:PORT]:_default' \
'--registry-ca=[PEM certificates of authorities that are trusted for registries, besides the system'\''s]:FILE:_files' \
'--registry-cert=[PEM client certificate for the registry; with --registry-key]:FILE:_files' \
'--registry-key=[PEM key of the client certificate]:FILE:_files' \
'*--allow-http=[Registry or signing service that is reached without TLS; repeatable. Loopback needs no such flag]:HOST[:PORT]:_default' \
'*--format=[Output format \[default\: human\]\: human, json, sarif, junit or github; repeatable, each with a file of its own if it is followed by \`=FILE\`. The human report goes to standard error; another format without a file goes to standard output]:FORMAT[=FILE]:_default' \
'-o+[File for the one format that names none]:FILE:_files' \
'--output=[File for the one format that names none]:FILE:_files' \
'--color=[When to use colour]:WHEN:((auto\:"On a terminal, unless NO_COLOR is set"
always\:"Always"
never\:"Never"))' \
'--timeout=[Limit for the whole run, for example 30s or 2m; what was not found out by then is undecided]:DURATION:_default' \
'--jobs=[Subjects examined at once \[default\: number of processors\]]:N:_default' \
'--registry-password-stdin[Read the password for the registry from standard input]' \
'(-v --verbose)-q[Say nothing about what passed]' \
'(-v --verbose)--quiet[Say nothing about what passed]' \
'-v[Show every check and every place]' \
'--verbose[Show every check and every place]' \
'--offline[Never use the network; a cached or built-in trust root is used as it is, and the report gives its age]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'-V[Print version]' \
'--version[Print version]' \
':source -- oci-layout\:DIR\[\:tag|@digest\], a file as docker save writes it (docker-archive\:FILE\[\:image\]), or an image of another registry:_default' \
&& ret=0
;;
(gate)
_arguments "${_arguments_options[@]}" : \
'*--format=[Output format \[default\: human\]\: human, json, sarif, junit or github; repeatable, each with a file of its own if it is followed by \`=FILE\`. The human report goes to standard error; another format without a file goes to standard output]:FORMAT[=FILE]:_default' \
'-o+[File for the one format that names none]:FILE:_files' \
'--output=[File for the one format that names none]:FILE:_files' \
'--color=[When to use colour]:WHEN:((auto\:"On a terminal, unless NO_COLOR is set"
always\:"Always"
never\:"Never"))' \
'--timeout=[Limit for the whole run, for example 30s or 2m; what was not found out by then is undecided]:DURATION:_default' \
'--jobs=[Subjects examined at once \[default\: number of processors\]]:N:_default' \
'(-v --verbose)-q[Say nothing about what passed]' \
'(-v --verbose)--quiet[Say nothing about what passed]' \
'-v[Show every check and every place]' \
'--verbose[Show every check and every place]' \
'--offline[Never use the network; a cached or built-in trust root is used as it is, and the report gives its age]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'-V[Print version]' \
'--version[Print version]' \
":: :_portcullis__subcmd__gate_commands" \
"*::: :->gate" \
&& ret=0

    case $state in
    (gate)
        words=($line[1] "${words[@]}")
        (( CURRENT += 1 ))
        curcontext="${curcontext%:*:*}:portcullis-gate-command-$line[1]:"
        case $line[1] in
            (serve)
_arguments "${_arguments_options[@]}" : \
'--config=[Configuration of the gate]:FILE:_files' \
'*--format=[Output format \[default\: human\]\: human, json, sarif, junit or github; repeatable, each with a file of its own if it is followed by \`=FILE\`. The human report goes to standard error; another format without a file goes to standard output]:FORMAT[=FILE]:_default' \
'-o+[File for the one format that names none]:FILE:_files' \
'--output=[File for the one format that names none]:FILE:_files' \
'--color=[When to use colour]:WHEN:((auto\:"On a terminal, unless NO_COLOR is set"
always\:"Always"
never\:"Never"))' \
'--timeout=[Limit for the whole run, for example 30s or 2m; what was not found out by then is undecided]:DURATION:_default' \
'--jobs=[Subjects examined at once \[default\: number of processors\]]:N:_default' \
'--check[Check everything that the gate would start with, and start nothing]' \
'--deny-warnings[With --check\: deny where there are warnings]' \
'(-v --verbose)-q[Say nothing about what passed]' \
'(-v --verbose)--quiet[Say nothing about what passed]' \
'-v[Show every check and every place]' \
'--verbose[Show every check and every place]' \
'--offline[Never use the network; a cached or built-in trust root is used as it is, and the report gives its age]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'-V[Print version]' \
'--version[Print version]' \
&& ret=0
;;
(submit)
_arguments "${_arguments_options[@]}" : \
'--gate=[Address of the gate]:URL:_default' \
'--secret-file=[File with the secret that the gate knows this caller by (whsec_…); requests are signed with it]:FILE:_files' \
'--token-file=[File with a token that the gate knows this caller by]:FILE:_files' \
'--audience=[Send the token of this CI job, made for this audience]:AUDIENCE:_default' \
'--delivery=[Name of this delivery\: the same one again is taken for the first \[default\: made up\]]:ID:_default' \
'--gate-ca=[PEM certificates of authorities that are trusted for the gate, besides the system'\''s]:FILE:_files' \
'*--format=[Output format \[default\: human\]\: human, json, sarif, junit or github; repeatable, each with a file of its own if it is followed by \`=FILE\`. The human report goes to standard error; another format without a file goes to standard output]:FORMAT[=FILE]:_default' \
'-o+[File for the one format that names none]:FILE:_files' \
'--output=[File for the one format that names none]:FILE:_files' \
'--color=[When to use colour]:WHEN:((auto\:"On a terminal, unless NO_COLOR is set"
always\:"Always"
never\:"Never"))' \
'--timeout=[Limit for the whole run, for example 30s or 2m; what was not found out by then is undecided]:DURATION:_default' \
'--jobs=[Subjects examined at once \[default\: number of processors\]]:N:_default' \
'--wait[Wait until it is decided, at most for --timeout; the caller needs the right to read]' \
'(-v --verbose)-q[Say nothing about what passed]' \
'(-v --verbose)--quiet[Say nothing about what passed]' \
'-v[Show every check and every place]' \
'--verbose[Show every check and every place]' \
'--offline[Never use the network; a cached or built-in trust root is used as it is, and the report gives its age]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'-V[Print version]' \
'--version[Print version]' \
':image -- The image\: registry, repository and a tag or digest:_default' \
&& ret=0
;;
(decisions)
_arguments "${_arguments_options[@]}" : \
'*--format=[Output format \[default\: human\]\: human, json, sarif, junit or github; repeatable, each with a file of its own if it is followed by \`=FILE\`. The human report goes to standard error; another format without a file goes to standard output]:FORMAT[=FILE]:_default' \
'-o+[File for the one format that names none]:FILE:_files' \
'--output=[File for the one format that names none]:FILE:_files' \
'--color=[When to use colour]:WHEN:((auto\:"On a terminal, unless NO_COLOR is set"
always\:"Always"
never\:"Never"))' \
'--timeout=[Limit for the whole run, for example 30s or 2m; what was not found out by then is undecided]:DURATION:_default' \
'--jobs=[Subjects examined at once \[default\: number of processors\]]:N:_default' \
'(-v --verbose)-q[Say nothing about what passed]' \
'(-v --verbose)--quiet[Say nothing about what passed]' \
'-v[Show every check and every place]' \
'--verbose[Show every check and every place]' \
'--offline[Never use the network; a cached or built-in trust root is used as it is, and the report gives its age]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'-V[Print version]' \
'--version[Print version]' \
":: :_portcullis__subcmd__gate__subcmd__decisions_commands" \
"*::: :->decisions" \
&& ret=0

    case $state in
    (decisions)
        words=($line[1] "${words[@]}")
        (( CURRENT += 1 ))
        curcontext="${curcontext%:*:*}:portcullis-gate-decisions-command-$line[1]:"
        case $line[1] in
            (list)
_arguments "${_arguments_options[@]}" : \
'--config=[Configuration of the gate, which names its data directory]:FILE:_files' \
'--data=[Data directory of the gate]:DIR:_files' \
'--limit=[How many at most]:N:_default' \
'*--format=[Output format \[default\: human\]\: human, json, sarif, junit or github; repeatable, each with a file of its own if it is followed by \`=FILE\`. The human report goes to standard error; another format without a file goes to standard output]:FORMAT[=FILE]:_default' \
'-o+[File for the one format that names none]:FILE:_files' \
'--output=[File for the one format that names none]:FILE:_files' \
'--color=[When to use colour]:WHEN:((auto\:"On a terminal, unless NO_COLOR is set"
always\:"Always"
never\:"Never"))' \
'--timeout=[Limit for the whole run, for example 30s or 2m; what was not found out by then is undecided]:DURATION:_default' \
'--jobs=[Subjects examined at once \[default\: number of processors\]]:N:_default' \
'--undecided[Events that wait or are dead instead, the oldest first]' \
'(-v --verbose)-q[Say nothing about what passed]' \
'(-v --verbose)--quiet[Say nothing about what passed]' \
'-v[Show every check and every place]' \
'--verbose[Show every check and every place]' \
'--offline[Never use the network; a cached or built-in trust root is used as it is, and the report gives its age]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'-V[Print version]' \
'--version[Print version]' \
&& ret=0
;;
(show)
_arguments "${_arguments_options[@]}" : \
'--config=[Configuration of the gate, which names its data directory]:FILE:_files' \
'--data=[Data directory of the gate]:DIR:_files' \
'*--format=[Output format \[default\: human\]\: human, json, sarif, junit or github; repeatable, each with a file of its own if it is followed by \`=FILE\`. The human report goes to standard error; another format without a file goes to standard output]:FORMAT[=FILE]:_default' \
'-o+[File for the one format that names none]:FILE:_files' \
'--output=[File for the one format that names none]:FILE:_files' \
'--color=[When to use colour]:WHEN:((auto\:"On a terminal, unless NO_COLOR is set"
always\:"Always"
never\:"Never"))' \
'--timeout=[Limit for the whole run, for example 30s or 2m; what was not found out by then is undecided]:DURATION:_default' \
'--jobs=[Subjects examined at once \[default\: number of processors\]]:N:_default' \
'(-v --verbose)-q[Say nothing about what passed]' \
'(-v --verbose)--quiet[Say nothing about what passed]' \
'-v[Show every check and every place]' \
'--verbose[Show every check and every place]' \
'--offline[Never use the network; a cached or built-in trust root is used as it is, and the report gives its age]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'-V[Print version]' \
'--version[Print version]' \
':event -- Number of the event, as the gate answered it:_default' \
&& ret=0
;;
(follow)
_arguments "${_arguments_options[@]}" : \
'--config=[Configuration of the gate, which names its data directory]:FILE:_files' \
'--data=[Data directory of the gate]:DIR:_files' \
'--after=[Begin after the record of this number instead of the last]:N:_default' \
'*--format=[Output format \[default\: human\]\: human, json, sarif, junit or github; repeatable, each with a file of its own if it is followed by \`=FILE\`. The human report goes to standard error; another format without a file goes to standard output]:FORMAT[=FILE]:_default' \
'-o+[File for the one format that names none]:FILE:_files' \
'--output=[File for the one format that names none]:FILE:_files' \
'--color=[When to use colour]:WHEN:((auto\:"On a terminal, unless NO_COLOR is set"
always\:"Always"
never\:"Never"))' \
'--timeout=[Limit for the whole run, for example 30s or 2m; what was not found out by then is undecided]:DURATION:_default' \
'--jobs=[Subjects examined at once \[default\: number of processors\]]:N:_default' \
'(-v --verbose)-q[Say nothing about what passed]' \
'(-v --verbose)--quiet[Say nothing about what passed]' \
'-v[Show every check and every place]' \
'--verbose[Show every check and every place]' \
'--offline[Never use the network; a cached or built-in trust root is used as it is, and the report gives its age]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'-V[Print version]' \
'--version[Print version]' \
&& ret=0
;;
(verify)
_arguments "${_arguments_options[@]}" : \
'--config=[Configuration of the gate, which names its data directory]:FILE:_files' \
'--data=[Data directory of the gate]:DIR:_files' \
'--expect=[A hash that was noted earlier, which has to be among the records]:DIGEST:_default' \
'*--format=[Output format \[default\: human\]\: human, json, sarif, junit or github; repeatable, each with a file of its own if it is followed by \`=FILE\`. The human report goes to standard error; another format without a file goes to standard output]:FORMAT[=FILE]:_default' \
'-o+[File for the one format that names none]:FILE:_files' \
'--output=[File for the one format that names none]:FILE:_files' \
'--color=[When to use colour]:WHEN:((auto\:"On a terminal, unless NO_COLOR is set"
always\:"Always"
never\:"Never"))' \
'--timeout=[Limit for the whole run, for example 30s or 2m; what was not found out by then is undecided]:DURATION:_default' \
'--jobs=[Subjects examined at once \[default\: number of processors\]]:N:_default' \
'(-v --verbose)-q[Say nothing about what passed]' \
'(-v --verbose)--quiet[Say nothing about what passed]' \
'-v[Show every check and every place]' \
'--verbose[Show every check and every place]' \
'--offline[Never use the network; a cached or built-in trust root is used as it is, and the report gives its age]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'-V[Print version]' \
'--version[Print version]' \
&& ret=0
;;
(help)
_arguments "${_arguments_options[@]}" : \
":: :_portcullis__subcmd__gate__subcmd__decisions__subcmd__help_commands" \
"*::: :->help" \
&& ret=0

    case $state in
    (help)
        words=($line[1] "${words[@]}")
        (( CURRENT += 1 ))
        curcontext="${curcontext%:*:*}:portcullis-gate-decisions-help-command-$line[1]:"
        case $line[1] in
            (list)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(show)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(follow)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(verify)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(help)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
        esac
    ;;
esac
;;
        esac
    ;;
esac
;;
(replay)
_arguments "${_arguments_options[@]}" : \
'--config=[Configuration of the gate, which names its data directory]:FILE:_files' \
'--data=[Data directory of the gate]:DIR:_files' \
'*--format=[Output format \[default\: human\]\: human, json, sarif, junit or github; repeatable, each with a file of its own if it is followed by \`=FILE\`. The human report goes to standard error; another format without a file goes to standard output]:FORMAT[=FILE]:_default' \
'-o+[File for the one format that names none]:FILE:_files' \
'--output=[File for the one format that names none]:FILE:_files' \
'--color=[When to use colour]:WHEN:((auto\:"On a terminal, unless NO_COLOR is set"
always\:"Always"
never\:"Never"))' \
'--timeout=[Limit for the whole run, for example 30s or 2m; what was not found out by then is undecided]:DURATION:_default' \
'--jobs=[Subjects examined at once \[default\: number of processors\]]:N:_default' \
'(-v --verbose)-q[Say nothing about what passed]' \
'(-v --verbose)--quiet[Say nothing about what passed]' \
'-v[Show every check and every place]' \
'--verbose[Show every check and every place]' \
'--offline[Never use the network; a cached or built-in trust root is used as it is, and the report gives its age]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'-V[Print version]' \
'--version[Print version]' \
':event -- Number of the event, as the gate answered it:_default' \
&& ret=0
;;
(routes)
_arguments "${_arguments_options[@]}" : \
'*--format=[Output format \[default\: human\]\: human, json, sarif, junit or github; repeatable, each with a file of its own if it is followed by \`=FILE\`. The human report goes to standard error; another format without a file goes to standard output]:FORMAT[=FILE]:_default' \
'-o+[File for the one format that names none]:FILE:_files' \
'--output=[File for the one format that names none]:FILE:_files' \
'--color=[When to use colour]:WHEN:((auto\:"On a terminal, unless NO_COLOR is set"
always\:"Always"
never\:"Never"))' \
'--timeout=[Limit for the whole run, for example 30s or 2m; what was not found out by then is undecided]:DURATION:_default' \
'--jobs=[Subjects examined at once \[default\: number of processors\]]:N:_default' \
'(-v --verbose)-q[Say nothing about what passed]' \
'(-v --verbose)--quiet[Say nothing about what passed]' \
'-v[Show every check and every place]' \
'--verbose[Show every check and every place]' \
'--offline[Never use the network; a cached or built-in trust root is used as it is, and the report gives its age]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'-V[Print version]' \
'--version[Print version]' \
&& ret=0
;;
(help)
_arguments "${_arguments_options[@]}" : \
":: :_portcullis__subcmd__gate__subcmd__help_commands" \
"*::: :->help" \
&& ret=0

    case $state in
    (help)
        words=($line[1] "${words[@]}")
        (( CURRENT += 1 ))
        curcontext="${curcontext%:*:*}:portcullis-gate-help-command-$line[1]:"
        case $line[1] in
            (serve)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(submit)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(decisions)
_arguments "${_arguments_options[@]}" : \
":: :_portcullis__subcmd__gate__subcmd__help__subcmd__decisions_commands" \
"*::: :->decisions" \
&& ret=0

    case $state in
    (decisions)
        words=($line[1] "${words[@]}")
        (( CURRENT += 1 ))
        curcontext="${curcontext%:*:*}:portcullis-gate-help-decisions-command-$line[1]:"
        case $line[1] in
            (list)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(show)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(follow)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(verify)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
        esac
    ;;
esac
;;
(replay)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(routes)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(help)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
        esac
    ;;
esac
;;
        esac
    ;;
esac
;;
(build)
_arguments "${_arguments_options[@]}" : \
'*--format=[Output format \[default\: human\]\: human, json, sarif, junit or github; repeatable, each with a file of its own if it is followed by \`=FILE\`. The human report goes to standard error; another format without a file goes to standard output]:FORMAT[=FILE]:_default' \
'-o+[File for the one format that names none]:FILE:_files' \
'--output=[File for the one format that names none]:FILE:_files' \
'--color=[When to use colour]:WHEN:((auto\:"On a terminal, unless NO_COLOR is set"
always\:"Always"
never\:"Never"))' \
'--timeout=[Limit for the whole run, for example 30s or 2m; what was not found out by then is undecided]:DURATION:_default' \
'--jobs=[Subjects examined at once \[default\: number of processors\]]:N:_default' \
'(-v --verbose)-q[Say nothing about what passed]' \
'(-v --verbose)--quiet[Say nothing about what passed]' \
'-v[Show every check and every place]' \
'--verbose[Show every check and every place]' \
'--offline[Never use the network; a cached or built-in trust root is used as it is, and the report gives its age]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'-V[Print version]' \
'--version[Print version]' \
":: :_portcullis__subcmd__build_commands" \
"*::: :->build" \
&& ret=0

    case $state in
    (build)
        words=($line[1] "${words[@]}")
        (( CURRENT += 1 ))
        curcontext="${curcontext%:*:*}:portcullis-build-command-$line[1]:"
        case $line[1] in
            (env)
_arguments "${_arguments_options[@]}" : \
'--report=[JSON report of a verification that allowed; \`-\` is standard input]:FILE:_files' \
'--subject=[Subject of the report, by its name, argument or digest; needed where there are several]:NAME:_default' \
'--prefix=[What the names begin with]:PREFIX:_default' \
'--as=[Form of the output]:FORM:((shell\:"\`export NAME='\''value'\''\` lines for a POSIX shell"
json\:"One JSON object"
dotenv\:"NAME=value lines"
ecs-taskdef\:"The task definition with the variables in it"))' \
'--task-definition=[ECS task definition to put the variables into]:FILE:_files' \
'--container=[Container of the task definition; needed where there are several]:NAME:_default' \
'*--format=[Output format \[default\: human\]\: human, json, sarif, junit or github; repeatable, each with a file of its own if it is followed by \`=FILE\`. The human report goes to standard error; another format without a file goes to standard output]:FORMAT[=FILE]:_default' \
'-o+[File for the one format that names none]:FILE:_files' \
'--output=[File for the one format that names none]:FILE:_files' \
'--color=[When to use colour]:WHEN:((auto\:"On a terminal, unless NO_COLOR is set"
always\:"Always"
never\:"Never"))' \
'--timeout=[Limit for the whole run, for example 30s or 2m; what was not found out by then is undecided]:DURATION:_default' \
'--jobs=[Subjects examined at once \[default\: number of processors\]]:N:_default' \
'(-v --verbose)-q[Say nothing about what passed]' \
'(-v --verbose)--quiet[Say nothing about what passed]' \
'-v[Show every check and every place]' \
'--verbose[Show every check and every place]' \
'--offline[Never use the network; a cached or built-in trust root is used as it is, and the report gives its age]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'-V[Print version]' \
'--version[Print version]' \
&& ret=0
;;
(help)
_arguments "${_arguments_options[@]}" : \
":: :_portcullis__subcmd__build__subcmd__help_commands" \
"*::: :->help" \
&& ret=0

    case $state in
    (help)
        words=($line[1] "${words[@]}")
        (( CURRENT += 1 ))
        curcontext="${curcontext%:*:*}:portcullis-build-help-command-$line[1]:"
        case $line[1] in
            (env)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(help)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
        esac
    ;;
esac
;;
        esac
    ;;
esac
;;
(key)
_arguments "${_arguments_options[@]}" : \
'*--format=[Output format \[default\: human\]\: human, json, sarif, junit or github; repeatable, each with a file of its own if it is followed by \`=FILE\`. The human report goes to standard error; another format without a file goes to standard output]:FORMAT[=FILE]:_default' \
'-o+[File for the one format that names none]:FILE:_files' \
'--output=[File for the one format that names none]:FILE:_files' \
'--color=[When to use colour]:WHEN:((auto\:"On a terminal, unless NO_COLOR is set"
always\:"Always"
never\:"Never"))' \
'--timeout=[Limit for the whole run, for example 30s or 2m; what was not found out by then is undecided]:DURATION:_default' \
'--jobs=[Subjects examined at once \[default\: number of processors\]]:N:_default' \
'(-v --verbose)-q[Say nothing about what passed]' \
'(-v --verbose)--quiet[Say nothing about what passed]' \
'-v[Show every check and every place]' \
'--verbose[Show every check and every place]' \
'--offline[Never use the network; a cached or built-in trust root is used as it is, and the report gives its age]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'-V[Print version]' \
'--version[Print version]' \
":: :_portcullis__subcmd__key_commands" \
"*::: :->key" \
&& ret=0

    case $state in
    (key)
        words=($line[1] "${words[@]}")
        (( CURRENT += 1 ))
        curcontext="${curcontext%:*:*}:portcullis-key-command-$line[1]:"
        case $line[1] in
            (generate)
_arguments "${_arguments_options[@]}" : \
'--type=[Kind of key]:TYPE:(p256 p384 ed25519 rsa2048 rsa3072 rsa4096)' \
'--prefix=[Path of the new files without .key and .pub; nothing is overwritten]:PREFIX:_files' \
'--output-key-prefix=[Path of the new files without .key and .pub; nothing is overwritten]:PREFIX:_files' \
'--password-file=[File whose first line is the password of the key; \`-\` is standard input \[default\: PORTCULLIS_KEY_PASSWORD or COSIGN_PASSWORD in the environment, else the terminal is asked\]]:FILE:_files' \
'*--format=[Output format \[default\: human\]\: human, json, sarif, junit or github; repeatable, each with a file of its own if it is followed by \`=FILE\`. The human report goes to standard error; another format without a file goes to standard output]:FORMAT[=FILE]:_default' \
'-o+[File for the one format that names none]:FILE:_files' \
'--output=[File for the one format that names none]:FILE:_files' \
'--color=[When to use colour]:WHEN:((auto\:"On a terminal, unless NO_COLOR is set"
always\:"Always"
never\:"Never"))' \
'--timeout=[Limit for the whole run, for example 30s or 2m; what was not found out by then is undecided]:DURATION:_default' \
'--jobs=[Subjects examined at once \[default\: number of processors\]]:N:_default' \
'--unencrypted[Write the private key without a password, as PKCS #8\: whoever can read the file can sign]' \
'(-v --verbose)-q[Say nothing about what passed]' \
'(-v --verbose)--quiet[Say nothing about what passed]' \
'-v[Show every check and every place]' \
'--verbose[Show every check and every place]' \
'--offline[Never use the network; a cached or built-in trust root is used as it is, and the report gives its age]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'-V[Print version]' \
'--version[Print version]' \
&& ret=0
;;
(public)
_arguments "${_arguments_options[@]}" : \
'--password-file=[File whose first line is the password of the key; \`-\` is standard input \[default\: PORTCULLIS_KEY_PASSWORD or COSIGN_PASSWORD in the environment, else the terminal is asked\]]:FILE:_files' \
'*--format=[Output format \[default\: human\]\: human, json, sarif, junit or github; repeatable, each with a file of its own if it is followed by \`=FILE\`. The human report goes to standard error; another format without a file goes to standard output]:FORMAT[=FILE]:_default' \
'-o+[File for the one format that names none]:FILE:_files' \
'--output=[File for the one format that names none]:FILE:_files' \
'--color=[When to use colour]:WHEN:((auto\:"On a terminal, unless NO_COLOR is set"
always\:"Always"
never\:"Never"))' \
'--timeout=[Limit for the whole run, for example 30s or 2m; what was not found out by then is undecided]:DURATION:_default' \
'--jobs=[Subjects examined at once \[default\: number of processors\]]:N:_default' \
'(-v --verbose)-q[Say nothing about what passed]' \
'(-v --verbose)--quiet[Say nothing about what passed]' \
'-v[Show every check and every place]' \
'--verbose[Show every check and every place]' \
'--offline[Never use the network; a cached or built-in trust root is used as it is, and the report gives its age]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'-V[Print version]' \
'--version[Print version]' \
':key -- The private key\: a PEM file, `-` for standard input, or env\://NAME for an environment variable:_default' \
&& ret=0
;;
(import)
_arguments "${_arguments_options[@]}" : \
'--prefix=[Path of the new files without .key and .pub; nothing is overwritten]:PREFIX:_files' \
'--output-key-prefix=[Path of the new files without .key and .pub; nothing is overwritten]:PREFIX:_files' \
'--password-file=[File whose first line is the password of the key; \`-\` is standard input \[default\: PORTCULLIS_KEY_PASSWORD or COSIGN_PASSWORD in the environment, else the terminal is asked\]]:FILE:_files' \
'(--unencrypted)--new-password-file=[File whose first line is the password for the new file, where it is not that of the old one]:FILE:_files' \
'*--format=[Output format \[default\: human\]\: human, json, sarif, junit or github; repeatable, each with a file of its own if it is followed by \`=FILE\`. The human report goes to standard error; another format without a file goes to standard output]:FORMAT[=FILE]:_default' \
'-o+[File for the one format that names none]:FILE:_files' \
'--output=[File for the one format that names none]:FILE:_files' \
'--color=[When to use colour]:WHEN:((auto\:"On a terminal, unless NO_COLOR is set"
always\:"Always"
never\:"Never"))' \
'--timeout=[Limit for the whole run, for example 30s or 2m; what was not found out by then is undecided]:DURATION:_default' \
'--jobs=[Subjects examined at once \[default\: number of processors\]]:N:_default' \
'--unencrypted[Write the private key without a password, as PKCS #8\: whoever can read the file can sign]' \
'(-v --verbose)-q[Say nothing about what passed]' \
'(-v --verbose)--quiet[Say nothing about what passed]' \
'-v[Show every check and every place]' \
'--verbose[Show every check and every place]' \
'--offline[Never use the network; a cached or built-in trust root is used as it is, and the report gives its age]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'-V[Print version]' \
'--version[Print version]' \
':key -- The private key\: a PEM file, `-` for standard input, or env\://NAME for an environment variable:_default' \
&& ret=0
;;
(help)
_arguments "${_arguments_options[@]}" : \
":: :_portcullis__subcmd__key__subcmd__help_commands" \
"*::: :->help" \
&& ret=0

    case $state in
    (help)
        words=($line[1] "${words[@]}")
        (( CURRENT += 1 ))
        curcontext="${curcontext%:*:*}:portcullis-key-help-command-$line[1]:"
        case $line[1] in
            (generate)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(public)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(import)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(help)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
        esac
    ;;
esac
;;
        esac
    ;;
esac
;;
(policy)
_arguments "${_arguments_options[@]}" : \
'*--format=[Output format \[default\: human\]\: human, json, sarif, junit or github; repeatable, each with a file of its own if it is followed by \`=FILE\`. The human report goes to standard error; another format without a file goes to standard output]:FORMAT[=FILE]:_default' \
'-o+[File for the one format that names none]:FILE:_files' \
'--output=[File for the one format that names none]:FILE:_files' \
'--color=[When to use colour]:WHEN:((auto\:"On a terminal, unless NO_COLOR is set"
always\:"Always"
never\:"Never"))' \
'--timeout=[Limit for the whole run, for example 30s or 2m; what was not found out by then is undecided]:DURATION:_default' \
'--jobs=[Subjects examined at once \[default\: number of processors\]]:N:_default' \
'(-v --verbose)-q[Say nothing about what passed]' \
'(-v --verbose)--quiet[Say nothing about what passed]' \
'-v[Show every check and every place]' \
'--verbose[Show every check and every place]' \
'--offline[Never use the network; a cached or built-in trust root is used as it is, and the report gives its age]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'-V[Print version]' \
'--version[Print version]' \
":: :_portcullis__subcmd__policy_commands" \
"*::: :->policy" \
&& ret=0

    case $state in
    (policy)
        words=($line[1] "${words[@]}")
        (( CURRENT += 1 ))
        curcontext="${curcontext%:*:*}:portcullis-policy-command-$line[1]:"
        case $line[1] in
            (check)
_arguments "${_arguments_options[@]}" : \
'--policy-digest=[Digest that the file has to have]:DIGEST:_default' \
'*--against=[SBOM to hold the policy against, repeatable\: tells which entries of \[sbom\] nothing in them is met by. Not verified]:SBOM:_files' \
'*--format=[Output format \[default\: human\]\: human, json, sarif, junit or github; repeatable, each with a file of its own if it is followed by \`=FILE\`. The human report goes to standard error; another format without a file goes to standard output]:FORMAT[=FILE]:_default' \
'-o+[File for the one format that names none]:FILE:_files' \
'--output=[File for the one format that names none]:FILE:_files' \
'--color=[When to use colour]:WHEN:((auto\:"On a terminal, unless NO_COLOR is set"
always\:"Always"
never\:"Never"))' \
'--timeout=[Limit for the whole run, for example 30s or 2m; what was not found out by then is undecided]:DURATION:_default' \
'--jobs=[Subjects examined at once \[default\: number of processors\]]:N:_default' \
'--deny-warnings[Fail where there are warnings]' \
'(-v --verbose)-q[Say nothing about what passed]' \
'(-v --verbose)--quiet[Say nothing about what passed]' \
'-v[Show every check and every place]' \
'--verbose[Show every check and every place]' \
'--offline[Never use the network; a cached or built-in trust root is used as it is, and the report gives its age]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'-V[Print version]' \
'--version[Print version]' \
':file -- The policy file:_files' \
&& ret=0
;;
(init)
_arguments "${_arguments_options[@]}" : \
'*--format=[Output format \[default\: human\]\: human, json, sarif, junit or github; repeatable, each with a file of its own if it is followed by \`=FILE\`. The human report goes to standard error; another format without a file goes to standard output]:FORMAT[=FILE]:_default' \
'-o+[File for the one format that names none]:FILE:_files' \
'--output=[File for the one format that names none]:FILE:_files' \
'--color=[When to use colour]:WHEN:((auto\:"On a terminal, unless NO_COLOR is set"
always\:"Always"
never\:"Never"))' \
'--timeout=[Limit for the whole run, for example 30s or 2m; what was not found out by then is undecided]:DURATION:_default' \
'--jobs=[Subjects examined at once \[default\: number of processors\]]:N:_default' \
'(-v --verbose)-q[Say nothing about what passed]' \
'(-v --verbose)--quiet[Say nothing about what passed]' \
'-v[Show every check and every place]' \
'--verbose[Show every check and every place]' \
'--offline[Never use the network; a cached or built-in trust root is used as it is, and the report gives its age]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'-V[Print version]' \
'--version[Print version]' \
'::file -- File to write, which must not exist; `-` is standard output:_files' \
&& ret=0
;;
(explain)
_arguments "${_arguments_options[@]}" : \
'--identity-regex=[Pattern for the whole identity]:REGEX:_default' \
'--certificate-identity-regexp=[Pattern for the whole identity]:REGEX:_default' \
'(--identity-regex)--identity=[Exact identity]:SAN:_default' \
'(--identity-regex)--certificate-identity=[Exact identity]:SAN:_default' \
'--identity-kind=[Kind of identity, where the text does not tell]:KIND:(email uri other-name)' \
'*--san=[An identity to try, repeatable]:SAN:_default' \
'*--format=[Output format \[default\: human\]\: human, json, sarif, junit or github; repeatable, each with a file of its own if it is followed by \`=FILE\`. The human report goes to standard error; another format without a file goes to standard output]:FORMAT[=FILE]:_default' \
'-o+[File for the one format that names none]:FILE:_files' \
'--output=[File for the one format that names none]:FILE:_files' \
'--color=[When to use colour]:WHEN:((auto\:"On a terminal, unless NO_COLOR is set"
always\:"Always"
never\:"Never"))' \
'--timeout=[Limit for the whole run, for example 30s or 2m; what was not found out by then is undecided]:DURATION:_default' \
'--jobs=[Subjects examined at once \[default\: number of processors\]]:N:_default' \
'(-v --verbose)-q[Say nothing about what passed]' \
'(-v --verbose)--quiet[Say nothing about what passed]' \
'-v[Show every check and every place]' \
'--verbose[Show every check and every place]' \
'--offline[Never use the network; a cached or built-in trust root is used as it is, and the report gives its age]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'-V[Print version]' \
'--version[Print version]' \
&& ret=0
;;
(help)
_arguments "${_arguments_options[@]}" : \
":: :_portcullis__subcmd__policy__subcmd__help_commands" \
"*::: :->help" \
&& ret=0

    case $state in
    (help)
        words=($line[1] "${words[@]}")
        (( CURRENT += 1 ))
        curcontext="${curcontext%:*:*}:portcullis-policy-help-command-$line[1]:"
        case $line[1] in
            (check)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(init)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(explain)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(help)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
        esac
    ;;
esac
;;
        esac
    ;;
esac
;;
(trust)
_arguments "${_arguments_options[@]}" : \
'*--format=[Output format \[default\: human\]\: human, json, sarif, junit or github; repeatable, each with a file of its own if it is followed by \`=FILE\`. The human report goes to standard error; another format without a file goes to standard output]:FORMAT[=FILE]:_default' \
'-o+[File for the one format that names none]:FILE:_files' \
'--output=[File for the one format that names none]:FILE:_files' \
'--color=[When to use colour]:WHEN:((auto\:"On a terminal, unless NO_COLOR is set"
always\:"Always"
never\:"Never"))' \
'--timeout=[Limit for the whole run, for example 30s or 2m; what was not found out by then is undecided]:DURATION:_default' \
'--jobs=[Subjects examined at once \[default\: number of processors\]]:N:_default' \
'(-v --verbose)-q[Say nothing about what passed]' \
'(-v --verbose)--quiet[Say nothing about what passed]' \
'-v[Show every check and every place]' \
'--verbose[Show every check and every place]' \
'--offline[Never use the network; a cached or built-in trust root is used as it is, and the report gives its age]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'-V[Print version]' \
'--version[Print version]' \
":: :_portcullis__subcmd__trust_commands" \
"*::: :->trust" \
&& ret=0

    case $state in
    (trust)
        words=($line[1] "${words[@]}")
        (( CURRENT += 1 ))
        curcontext="${curcontext%:*:*}:portcullis-trust-command-$line[1]:"
        case $line[1] in
            (show)
_arguments "${_arguments_options[@]}" : \
'--trust=[Sigstore instance whose root is trusted \[default\: public-good\]]:INSTANCE:(public-good staging github)' \
'(--trust --tuf-url)--trusted-root=[Trusted root in a file (trusted_root.json or a client trust configuration)]:FILE:_files' \
'(--trust)--tuf-url=[TUF repository that publishes the trusted root of a private instance]:URL:_default' \
'--tuf-root=[TUF root that the repository is verified from]:FILE:_files' \
'(--trusted-root)--trust-cache=[Directory for the cache of trust roots]:DIR:_files' \
'*--format=[Output format \[default\: human\]\: human, json, sarif, junit or github; repeatable, each with a file of its own if it is followed by \`=FILE\`. The human report goes to standard error; another format without a file goes to standard output]:FORMAT[=FILE]:_default' \
'-o+[File for the one format that names none]:FILE:_files' \
'--output=[File for the one format that names none]:FILE:_files' \
'--color=[When to use colour]:WHEN:((auto\:"On a terminal, unless NO_COLOR is set"
always\:"Always"
never\:"Never"))' \
'--timeout=[Limit for the whole run, for example 30s or 2m; what was not found out by then is undecided]:DURATION:_default' \
'--jobs=[Subjects examined at once \[default\: number of processors\]]:N:_default' \
'(-v --verbose)-q[Say nothing about what passed]' \
'(-v --verbose)--quiet[Say nothing about what passed]' \
'-v[Show every check and every place]' \
'--verbose[Show every check and every place]' \
'--offline[Never use the network; a cached or built-in trust root is used as it is, and the report gives its age]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'-V[Print version]' \
'--version[Print version]' \
&& ret=0
;;
(update)
_arguments "${_arguments_options[@]}" : \
'--trust=[Sigstore instance whose root is trusted \[default\: public-good\]]:INSTANCE:(public-good staging github)' \
'(--trust --tuf-url)--trusted-root=[Trusted root in a file (trusted_root.json or a client trust configuration)]:FILE:_files' \
'(--trust)--tuf-url=[TUF repository that publishes the trusted root of a private instance]:URL:_default' \
'--tuf-root=[TUF root that the repository is verified from]:FILE:_files' \
'(--trusted-root)--trust-cache=[Directory for the cache of trust roots]:DIR:_files' \
'*--format=[Output format \[default\: human\]\: human, json, sarif, junit or github; repeatable, each with a file of its own if it is followed by \`=FILE\`. The human report goes to standard error; another format without a file goes to standard output]:FORMAT[=FILE]:_default' \
'-o+[File for the one format that names none]:FILE:_files' \
'--output=[File for the one format that names none]:FILE:_files' \
'--color=[When to use colour]:WHEN:((auto\:"On a terminal, unless NO_COLOR is set"
always\:"Always"
never\:"Never"))' \
'--timeout=[Limit for the whole run, for example 30s or 2m; what was not found out by then is undecided]:DURATION:_default' \
'--jobs=[Subjects examined at once \[default\: number of processors\]]:N:_default' \
'(-v --verbose)-q[Say nothing about what passed]' \
'(-v --verbose)--quiet[Say nothing about what passed]' \
'-v[Show every check and every place]' \
'--verbose[Show every check and every place]' \
'--offline[Never use the network; a cached or built-in trust root is used as it is, and the report gives its age]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'-V[Print version]' \
'--version[Print version]' \
&& ret=0
;;
(doctor)
_arguments "${_arguments_options[@]}" : \
'--trust=[Sigstore instance whose root is trusted \[default\: public-good\]]:INSTANCE:(public-good staging github)' \
'(--trust --tuf-url)--trusted-root=[Trusted root in a file (trusted_root.json or a client trust configuration)]:FILE:_files' \
'(--trust)--tuf-url=[TUF repository that publishes the trusted root of a private instance]:URL:_default' \
'--tuf-root=[TUF root that the repository is verified from]:FILE:_files' \
'(--trusted-root)--trust-cache=[Directory for the cache of trust roots]:DIR:_files' \
'*--format=[Output format \[default\: human\]\: human, json, sarif, junit or github; repeatable, each with a file of its own if it is followed by \`=FILE\`. The human report goes to standard error; another format without a file goes to standard output]:FORMAT[=FILE]:_default' \
'-o+[File for the one format that names none]:FILE:_files' \
'--output=[File for the one format that names none]:FILE:_files' \
'--color=[When to use colour]:WHEN:((auto\:"On a terminal, unless NO_COLOR is set"
always\:"Always"
never\:"Never"))' \
'--timeout=[Limit for the whole run, for example 30s or 2m; what was not found out by then is undecided]:DURATION:_default' \
'--jobs=[Subjects examined at once \[default\: number of processors\]]:N:_default' \
'(-v --verbose)-q[Say nothing about what passed]' \
'(-v --verbose)--quiet[Say nothing about what passed]' \
'-v[Show every check and every place]' \
'--verbose[Show every check and every place]' \
'--offline[Never use the network; a cached or built-in trust root is used as it is, and the report gives its age]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'-V[Print version]' \
'--version[Print version]' \
&& ret=0
;;
(endpoints)
_arguments "${_arguments_options[@]}" : \
'--trust=[Sigstore instance whose root is trusted \[default\: public-good\]]:INSTANCE:(public-good staging github)' \
'(--trust --tuf-url)--trusted-root=[Trusted root in a file (trusted_root.json or a client trust configuration)]:FILE:_files' \
'(--trust)--tuf-url=[TUF repository that publishes the trusted root of a private instance]:URL:_default' \
'--tuf-root=[TUF root that the repository is verified from]:FILE:_files' \
'(--trusted-root)--trust-cache=[Directory for the cache of trust roots]:DIR:_files' \
'*--format=[Output format \[default\: human\]\: human, json, sarif, junit or github; repeatable, each with a file of its own if it is followed by \`=FILE\`. The human report goes to standard error; another format without a file goes to standard output]:FORMAT[=FILE]:_default' \
'-o+[File for the one format that names none]:FILE:_files' \
'--output=[File for the one format that names none]:FILE:_files' \
'--color=[When to use colour]:WHEN:((auto\:"On a terminal, unless NO_COLOR is set"
always\:"Always"
never\:"Never"))' \
'--timeout=[Limit for the whole run, for example 30s or 2m; what was not found out by then is undecided]:DURATION:_default' \
'--jobs=[Subjects examined at once \[default\: number of processors\]]:N:_default' \
'(-v --verbose)-q[Say nothing about what passed]' \
'(-v --verbose)--quiet[Say nothing about what passed]' \
'-v[Show every check and every place]' \
'--verbose[Show every check and every place]' \
'--offline[Never use the network; a cached or built-in trust root is used as it is, and the report gives its age]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'-V[Print version]' \
'--version[Print version]' \
&& ret=0
;;
(help)
_arguments "${_arguments_options[@]}" : \
":: :_portcullis__subcmd__trust__subcmd__help_commands" \
"*::: :->help" \
&& ret=0

    case $state in
    (help)
        words=($line[1] "${words[@]}")
        (( CURRENT += 1 ))
        curcontext="${curcontext%:*:*}:portcullis-trust-help-command-$line[1]:"
        case $line[1] in
            (show)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(update)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(doctor)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(endpoints)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(help)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
        esac
    ;;
esac
;;
        esac
    ;;
esac
;;
(explain)
_arguments "${_arguments_options[@]}" : \
'*--format=[Output format \[default\: human\]\: human, json, sarif, junit or github; repeatable, each with a file of its own if it is followed by \`=FILE\`. The human report goes to standard error; another format without a file goes to standard output]:FORMAT[=FILE]:_default' \
'-o+[File for the one format that names none]:FILE:_files' \
'--output=[File for the one format that names none]:FILE:_files' \
'--color=[When to use colour]:WHEN:((auto\:"On a terminal, unless NO_COLOR is set"
always\:"Always"
never\:"Never"))' \
'--timeout=[Limit for the whole run, for example 30s or 2m; what was not found out by then is undecided]:DURATION:_default' \
'--jobs=[Subjects examined at once \[default\: number of processors\]]:N:_default' \
'()--list[List every code with its one-line meaning]' \
'(-v --verbose)-q[Say nothing about what passed]' \
'(-v --verbose)--quiet[Say nothing about what passed]' \
'-v[Show every check and every place]' \
'--verbose[Show every check and every place]' \
'--offline[Never use the network; a cached or built-in trust root is used as it is, and the report gives its age]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'-V[Print version]' \
'--version[Print version]' \
'::code -- The code, as it stands in a report:_default' \
&& ret=0
;;
(completions)
_arguments "${_arguments_options[@]}" : \
'*--format=[Output format \[default\: human\]\: human, json, sarif, junit or github; repeatable, each with a file of its own if it is followed by \`=FILE\`. The human report goes to standard error; another format without a file goes to standard output]:FORMAT[=FILE]:_default' \
'-o+[File for the one format that names none]:FILE:_files' \
'--output=[File for the one format that names none]:FILE:_files' \
'--color=[When to use colour]:WHEN:((auto\:"On a terminal, unless NO_COLOR is set"
always\:"Always"
never\:"Never"))' \
'--timeout=[Limit for the whole run, for example 30s or 2m; what was not found out by then is undecided]:DURATION:_default' \
'--jobs=[Subjects examined at once \[default\: number of processors\]]:N:_default' \
'(-v --verbose)-q[Say nothing about what passed]' \
'(-v --verbose)--quiet[Say nothing about what passed]' \
'-v[Show every check and every place]' \
'--verbose[Show every check and every place]' \
'--offline[Never use the network; a cached or built-in trust root is used as it is, and the report gives its age]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'-V[Print version]' \
'--version[Print version]' \
':shell -- The shell:(bash elvish fish powershell zsh)' \
&& ret=0
;;
(man)
_arguments "${_arguments_options[@]}" : \
'*--format=[Output format \[default\: human\]\: human, json, sarif, junit or github; repeatable, each with a file of its own if it is followed by \`=FILE\`. The human report goes to standard error; another format without a file goes to standard output]:FORMAT[=FILE]:_default' \
'-o+[File for the one format that names none]:FILE:_files' \
'--output=[File for the one format that names none]:FILE:_files' \
'--color=[When to use colour]:WHEN:((auto\:"On a terminal, unless NO_COLOR is set"
always\:"Always"
never\:"Never"))' \
'--timeout=[Limit for the whole run, for example 30s or 2m; what was not found out by then is undecided]:DURATION:_default' \
'--jobs=[Subjects examined at once \[default\: number of processors\]]:N:_default' \
'(-v --verbose)-q[Say nothing about what passed]' \
'(-v --verbose)--quiet[Say nothing about what passed]' \
'-v[Show every check and every place]' \
'--verbose[Show every check and every place]' \
'--offline[Never use the network; a cached or built-in trust root is used as it is, and the report gives its age]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'-V[Print version]' \
'--version[Print version]' \
'*::command -- A command, for example `verify` or `policy check`; without it the page of the program:_default' \
&& ret=0
;;
(conformance)
_arguments "${_arguments_options[@]}" : \
'*--format=[Output format \[default\: human\]\: human, json, sarif, junit or github; repeatable, each with a file of its own if it is followed by \`=FILE\`. The human report goes to standard error; another format without a file goes to standard output]:FORMAT[=FILE]:_default' \
'-o+[File for the one format that names none]:FILE:_files' \
'--output=[File for the one format that names none]:FILE:_files' \
'--color=[When to use colour]:WHEN:((auto\:"On a terminal, unless NO_COLOR is set"
always\:"Always"
never\:"Never"))' \
'--timeout=[Limit for the whole run, for example 30s or 2m; what was not found out by then is undecided]:DURATION:_default' \
'--jobs=[Subjects examined at once \[default\: number of processors\]]:N:_default' \
'(-v --verbose)-q[Say nothing about what passed]' \
'(-v --verbose)--quiet[Say nothing about what passed]' \
'-v[Show every check and every place]' \
'--verbose[Show every check and every place]' \
'--offline[Never use the network; a cached or built-in trust root is used as it is, and the report gives its age]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'-V[Print version]' \
'--version[Print version]' \
":: :_portcullis__subcmd__conformance_commands" \
"*::: :->conformance" \
&& ret=0

    case $state in
    (conformance)
        words=($line[1] "${words[@]}")
        (( CURRENT += 1 ))
        curcontext="${curcontext%:*:*}:portcullis-conformance-command-$line[1]:"
        case $line[1] in
            (sign-bundle)
_arguments "${_arguments_options[@]}" : \
'--identity-token=[Identity token]:IDENTITY_TOKEN:_default' \
'--bundle=[Where the bundle goes]:BUNDLE:_files' \
'--trusted-root=[Trusted root]:TRUSTED_ROOT:_files' \
'--signing-config=[Signing configuration]:SIGNING_CONFIG:_files' \
'*--format=[Output format \[default\: human\]\: human, json, sarif, junit or github; repeatable, each with a file of its own if it is followed by \`=FILE\`. The human report goes to standard error; another format without a file goes to standard output]:FORMAT[=FILE]:_default' \
'-o+[File for the one format that names none]:FILE:_files' \
'--output=[File for the one format that names none]:FILE:_files' \
'--color=[When to use colour]:WHEN:((auto\:"On a terminal, unless NO_COLOR is set"
always\:"Always"
never\:"Never"))' \
'--timeout=[Limit for the whole run, for example 30s or 2m; what was not found out by then is undecided]:DURATION:_default' \
'--jobs=[Subjects examined at once \[default\: number of processors\]]:N:_default' \
'--staging[Use the staging instance]' \
'--in-toto[The file is an in-toto statement, to be signed as it is]' \
'(-v --verbose)-q[Say nothing about what passed]' \
'(-v --verbose)--quiet[Say nothing about what passed]' \
'-v[Show every check and every place]' \
'--verbose[Show every check and every place]' \
'--offline[Never use the network; a cached or built-in trust root is used as it is, and the report gives its age]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'-V[Print version]' \
'--version[Print version]' \
':artifact -- The file:_files' \
&& ret=0
;;
(verify-bundle)
_arguments "${_arguments_options[@]}" : \
'--bundle=[The bundle]:BUNDLE:_files' \
'--certificate-identity=[Expected identity]:CERTIFICATE_IDENTITY:_default' \
'--certificate-oidc-issuer=[Expected issuer]:CERTIFICATE_OIDC_ISSUER:_default' \
'(--certificate-identity)--key=[Expected key]:KEY:_files' \
'--trusted-root=[Trusted root]:TRUSTED_ROOT:_files' \
'*--format=[Output format \[default\: human\]\: human, json, sarif, junit or github; repeatable, each with a file of its own if it is followed by \`=FILE\`. The human report goes to standard error; another format without a file goes to standard output]:FORMAT[=FILE]:_default' \
'-o+[File for the one format that names none]:FILE:_files' \
'--output=[File for the one format that names none]:FILE:_files' \
'--color=[When to use colour]:WHEN:((auto\:"On a terminal, unless NO_COLOR is set"
always\:"Always"
never\:"Never"))' \
'--timeout=[Limit for the whole run, for example 30s or 2m; what was not found out by then is undecided]:DURATION:_default' \
'--jobs=[Subjects examined at once \[default\: number of processors\]]:N:_default' \
'--staging[Use the staging instance]' \
'(-v --verbose)-q[Say nothing about what passed]' \
'(-v --verbose)--quiet[Say nothing about what passed]' \
'-v[Show every check and every place]' \
'--verbose[Show every check and every place]' \
'--offline[Never use the network; a cached or built-in trust root is used as it is, and the report gives its age]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'-V[Print version]' \
'--version[Print version]' \
':artifact -- File or digest:_default' \
&& ret=0
;;
(help)
_arguments "${_arguments_options[@]}" : \
":: :_portcullis__subcmd__conformance__subcmd__help_commands" \
"*::: :->help" \
&& ret=0

    case $state in
    (help)
        words=($line[1] "${words[@]}")
        (( CURRENT += 1 ))
        curcontext="${curcontext%:*:*}:portcullis-conformance-help-command-$line[1]:"
        case $line[1] in
            (sign-bundle)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(verify-bundle)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(help)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
        esac
    ;;
esac
;;
        esac
    ;;
esac
;;
(generate)
_arguments "${_arguments_options[@]}" : \
'*--format=[Output format \[default\: human\]\: human, json, sarif, junit or github; repeatable, each with a file of its own if it is followed by \`=FILE\`. The human report goes to standard error; another format without a file goes to standard output]:FORMAT[=FILE]:_default' \
'-o+[File for the one format that names none]:FILE:_files' \
'--output=[File for the one format that names none]:FILE:_files' \
'--color=[When to use colour]:WHEN:((auto\:"On a terminal, unless NO_COLOR is set"
always\:"Always"
never\:"Never"))' \
'--timeout=[Limit for the whole run, for example 30s or 2m; what was not found out by then is undecided]:DURATION:_default' \
'--jobs=[Subjects examined at once \[default\: number of processors\]]:N:_default' \
'--check[Only compare; exit with 1 if a file differs]' \
'(-v --verbose)-q[Say nothing about what passed]' \
'(-v --verbose)--quiet[Say nothing about what passed]' \
'-v[Show every check and every place]' \
'--verbose[Show every check and every place]' \
'--offline[Never use the network; a cached or built-in trust root is used as it is, and the report gives its age]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'-V[Print version]' \
'--version[Print version]' \
'::root -- Root of the repository:_files' \
&& ret=0
;;
(help)
_arguments "${_arguments_options[@]}" : \
":: :_portcullis__subcmd__help_commands" \
"*::: :->help" \
&& ret=0

    case $state in
    (help)
        words=($line[1] "${words[@]}")
        (( CURRENT += 1 ))
        curcontext="${curcontext%:*:*}:portcullis-help-command-$line[1]:"
        case $line[1] in
            (verify)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(sign)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(attest)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(sbom-check)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(sbom)
_arguments "${_arguments_options[@]}" : \
":: :_portcullis__subcmd__help__subcmd__sbom_commands" \
"*::: :->sbom" \
&& ret=0

    case $state in
    (sbom)
        words=($line[1] "${words[@]}")
        (( CURRENT += 1 ))
        curcontext="${curcontext%:*:*}:portcullis-help-sbom-command-$line[1]:"
        case $line[1] in
            (diff)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(trim)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(suggest)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
        esac
    ;;
esac
;;
(pin)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(inspect)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(save)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(load)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(gate)
_arguments "${_arguments_options[@]}" : \
":: :_portcullis__subcmd__help__subcmd__gate_commands" \
"*::: :->gate" \
&& ret=0

    case $state in
    (gate)
        words=($line[1] "${words[@]}")
        (( CURRENT += 1 ))
        curcontext="${curcontext%:*:*}:portcullis-help-gate-command-$line[1]:"
        case $line[1] in
            (serve)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(submit)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(decisions)
_arguments "${_arguments_options[@]}" : \
":: :_portcullis__subcmd__help__subcmd__gate__subcmd__decisions_commands" \
"*::: :->decisions" \
&& ret=0

    case $state in
    (decisions)
        words=($line[1] "${words[@]}")
        (( CURRENT += 1 ))
        curcontext="${curcontext%:*:*}:portcullis-help-gate-decisions-command-$line[1]:"
        case $line[1] in
            (list)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(show)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(follow)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(verify)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
        esac
    ;;
esac
;;
(replay)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(routes)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
        esac
    ;;
esac
;;
(build)
_arguments "${_arguments_options[@]}" : \
":: :_portcullis__subcmd__help__subcmd__build_commands" \
"*::: :->build" \
&& ret=0

    case $state in
    (build)
        words=($line[1] "${words[@]}")
        (( CURRENT += 1 ))
        curcontext="${curcontext%:*:*}:portcullis-help-build-command-$line[1]:"
        case $line[1] in
            (env)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
        esac
    ;;
esac
;;
(key)
_arguments "${_arguments_options[@]}" : \
":: :_portcullis__subcmd__help__subcmd__key_commands" \
"*::: :->key" \
&& ret=0

    case $state in
    (key)
        words=($line[1] "${words[@]}")
        (( CURRENT += 1 ))
        curcontext="${curcontext%:*:*}:portcullis-help-key-command-$line[1]:"
        case $line[1] in
            (generate)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(public)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(import)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
        esac
    ;;
esac
;;
(policy)
_arguments "${_arguments_options[@]}" : \
":: :_portcullis__subcmd__help__subcmd__policy_commands" \
"*::: :->policy" \
&& ret=0

    case $state in
    (policy)
        words=($line[1] "${words[@]}")
        (( CURRENT += 1 ))
        curcontext="${curcontext%:*:*}:portcullis-help-policy-command-$line[1]:"
        case $line[1] in
            (check)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(init)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(explain)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
        esac
    ;;
esac
;;
(trust)
_arguments "${_arguments_options[@]}" : \
":: :_portcullis__subcmd__help__subcmd__trust_commands" \
"*::: :->trust" \
&& ret=0

    case $state in
    (trust)
        words=($line[1] "${words[@]}")
        (( CURRENT += 1 ))
        curcontext="${curcontext%:*:*}:portcullis-help-trust-command-$line[1]:"
        case $line[1] in
            (show)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(update)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(doctor)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(endpoints)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
        esac
    ;;
esac
;;
(explain)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(completions)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(man)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(conformance)
_arguments "${_arguments_options[@]}" : \
":: :_portcullis__subcmd__help__subcmd__conformance_commands" \
"*::: :->conformance" \
&& ret=0

    case $state in
    (conformance)
        words=($line[1] "${words[@]}")
        (( CURRENT += 1 ))
        curcontext="${curcontext%:*:*}:portcullis-help-conformance-command-$line[1]:"
        case $line[1] in
            (sign-bundle)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(verify-bundle)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
        esac
    ;;
esac
;;
(generate)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(help)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
        esac
    ;;
esac
;;
        esac
    ;;
esac
}

(( $+functions[_portcullis_commands] )) ||
_portcullis_commands() {
    local commands; commands=(
'verify:Verify signatures and attestations of images, files, digests and OCI layouts' \
'sign:Sign images and files' \
'attest:Sign a statement about images and files\: an SBOM, provenance, a scan' \
'sbom-check:Decide what an artifact is made of, by its attested SBOMs' \
'sbom:Compare SBOMs, make them smaller, suggest an allow-list' \
'pin:Verify every image of deployment files, and put digests in' \
'inspect:Show everything attached to a subject, unverified' \
'save:Save an image with all its evidence to an OCI layout' \
'load:Push an image with all its evidence to a registry' \
'gate:Let deployments begin only for what was verified' \
'build:What a build says of itself\: variables for its deployment' \
'key:Make private keys, import them, print their public keys' \
'policy:Lint a policy, write a starting one, show what a pattern accepts' \
'trust:Show, refresh and check the trust roots in use' \
'explain:The long form of a diagnostic code' \
'completions:Print shell completions' \
'man:Print the man page' \
'conformance:Sigstore client conformance protocol' \
'generate:Write or check the generated files of the repository' \
'help:Print this message or the help of the given subcommand(s)' \
    )
    _describe -t commands 'portcullis commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__attest_commands] )) ||
_portcullis__subcmd__attest_commands() {
    local commands; commands=()
    _describe -t commands 'portcullis attest commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__build_commands] )) ||
_portcullis__subcmd__build_commands() {
    local commands; commands=(
'env:Print what was verified as environment variables for the deployment' \
'help:Print this message or the help of the given subcommand(s)' \
    )
    _describe -t commands 'portcullis build commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__build__subcmd__env_commands] )) ||
_portcullis__subcmd__build__subcmd__env_commands() {
    local commands; commands=()
    _describe -t commands 'portcullis build env commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__build__subcmd__help_commands] )) ||
_portcullis__subcmd__build__subcmd__help_commands() {
    local commands; commands=(
'env:Print what was verified as environment variables for the deployment' \
'help:Print this message or the help of the given subcommand(s)' \
    )
    _describe -t commands 'portcullis build help commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__build__subcmd__help__subcmd__env_commands] )) ||
_portcullis__subcmd__build__subcmd__help__subcmd__env_commands() {
    local commands; commands=()
    _describe -t commands 'portcullis build help env commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__build__subcmd__help__subcmd__help_commands] )) ||
_portcullis__subcmd__build__subcmd__help__subcmd__help_commands() {
    local commands; commands=()
    _describe -t commands 'portcullis build help help commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__completions_commands] )) ||
_portcullis__subcmd__completions_commands() {
    local commands; commands=()
    _describe -t commands 'portcullis completions commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__conformance_commands] )) ||
_portcullis__subcmd__conformance_commands() {
    local commands; commands=(
'sign-bundle:Sign one file' \
'verify-bundle:Verify one bundle' \
'help:Print this message or the help of the given subcommand(s)' \
    )
    _describe -t commands 'portcullis conformance commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__conformance__subcmd__help_commands] )) ||
_portcullis__subcmd__conformance__subcmd__help_commands() {
    local commands; commands=(
'sign-bundle:Sign one file' \
'verify-bundle:Verify one bundle' \
'help:Print this message or the help of the given subcommand(s)' \
    )
    _describe -t commands 'portcullis conformance help commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__conformance__subcmd__help__subcmd__help_commands] )) ||
_portcullis__subcmd__conformance__subcmd__help__subcmd__help_commands() {
    local commands; commands=()
    _describe -t commands 'portcullis conformance help help commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__conformance__subcmd__help__subcmd__sign-bundle_commands] )) ||
_portcullis__subcmd__conformance__subcmd__help__subcmd__sign-bundle_commands() {
    local commands; commands=()
    _describe -t commands 'portcullis conformance help sign-bundle commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__conformance__subcmd__help__subcmd__verify-bundle_commands] )) ||
_portcullis__subcmd__conformance__subcmd__help__subcmd__verify-bundle_commands() {
    local commands; commands=()
    _describe -t commands 'portcullis conformance help verify-bundle commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__conformance__subcmd__sign-bundle_commands] )) ||
_portcullis__subcmd__conformance__subcmd__sign-bundle_commands() {
    local commands; commands=()
    _describe -t commands 'portcullis conformance sign-bundle commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__conformance__subcmd__verify-bundle_commands] )) ||
_portcullis__subcmd__conformance__subcmd__verify-bundle_commands() {
    local commands; commands=()
    _describe -t commands 'portcullis conformance verify-bundle commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__explain_commands] )) ||
_portcullis__subcmd__explain_commands() {
    local commands; commands=()
    _describe -t commands 'portcullis explain commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__gate_commands] )) ||
_portcullis__subcmd__gate_commands() {
    local commands; commands=(
'serve:Listen for events, verify what they are about, and let deployments begin for what is allowed' \
'submit:Tell a gate of an image, as a build system does' \
'decisions:What was accepted, decided and triggered' \
'replay:Have a dead event, or one whose trigger is dead, decided again' \
'routes:The routes of the gate, and who may call each' \
'help:Print this message or the help of the given subcommand(s)' \
    )
    _describe -t commands 'portcullis gate commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__gate__subcmd__decisions_commands] )) ||
_portcullis__subcmd__gate__subcmd__decisions_commands() {
    local commands; commands=(
'list:The last records, the newest first' \
'show:One event\: where it is in its life, and everything that was recorded about it' \
'follow:Every new record as one line of JSON, until you end it' \
'verify:Check the whole chain of records, and print the last hash' \
'help:Print this message or the help of the given subcommand(s)' \
    )
    _describe -t commands 'portcullis gate decisions commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__gate__subcmd__decisions__subcmd__follow_commands] )) ||
_portcullis__subcmd__gate__subcmd__decisions__subcmd__follow_commands() {
    local commands; commands=()
    _describe -t commands 'portcullis gate decisions follow commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__gate__subcmd__decisions__subcmd__help_commands] )) ||
_portcullis__subcmd__gate__subcmd__decisions__subcmd__help_commands() {
    local commands; commands=(
'list:The last records, the newest first' \
'show:One event\: where it is in its life, and everything that was recorded about it' \
'follow:Every new record as one line of JSON, until you end it' \
'verify:Check the whole chain of records, and print the last hash' \
'help:Print this message or the help of the given subcommand(s)' \
    )
    _describe -t commands 'portcullis gate decisions help commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__gate__subcmd__decisions__subcmd__help__subcmd__follow_commands] )) ||
_portcullis__subcmd__gate__subcmd__decisions__subcmd__help__subcmd__follow_commands() {
    local commands; commands=()
    _describe -t commands 'portcullis gate decisions help follow commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__gate__subcmd__decisions__subcmd__help__subcmd__help_commands] )) ||
_portcullis__subcmd__gate__subcmd__decisions__subcmd__help__subcmd__help_commands() {
    local commands; commands=()
    _describe -t commands 'portcullis gate decisions help help commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__gate__subcmd__decisions__subcmd__help__subcmd__list_commands] )) ||
_portcullis__subcmd__gate__subcmd__decisions__subcmd__help__subcmd__list_commands() {
    local commands; commands=()
    _describe -t commands 'portcullis gate decisions help list commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__gate__subcmd__decisions__subcmd__help__subcmd__show_commands] )) ||
_portcullis__subcmd__gate__subcmd__decisions__subcmd__help__subcmd__show_commands() {
    local commands; commands=()
    _describe -t commands 'portcullis gate decisions help show commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__gate__subcmd__decisions__subcmd__help__subcmd__verify_commands] )) ||
_portcullis__subcmd__gate__subcmd__decisions__subcmd__help__subcmd__verify_commands() {
    local commands; commands=()
    _describe -t commands 'portcullis gate decisions help verify commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__gate__subcmd__decisions__subcmd__list_commands] )) ||
_portcullis__subcmd__gate__subcmd__decisions__subcmd__list_commands() {
    local commands; commands=()
    _describe -t commands 'portcullis gate decisions list commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__gate__subcmd__decisions__subcmd__show_commands] )) ||
_portcullis__subcmd__gate__subcmd__decisions__subcmd__show_commands() {
    local commands; commands=()
    _describe -t commands 'portcullis gate decisions show commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__gate__subcmd__decisions__subcmd__verify_commands] )) ||
_portcullis__subcmd__gate__subcmd__decisions__subcmd__verify_commands() {
    local commands; commands=()
    _describe -t commands 'portcullis gate decisions verify commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__gate__subcmd__help_commands] )) ||
_portcullis__subcmd__gate__subcmd__help_commands() {
    local commands; commands=(
'serve:Listen for events, verify what they are about, and let deployments begin for what is allowed' \
'submit:Tell a gate of an image, as a build system does' \
'decisions:What was accepted, decided and triggered' \
'replay:Have a dead event, or one whose trigger is dead, decided again' \
'routes:The routes of the gate, and who may call each' \
'help:Print this message or the help of the given subcommand(s)' \
    )
    _describe -t commands 'portcullis gate help commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__gate__subcmd__help__subcmd__decisions_commands] )) ||
_portcullis__subcmd__gate__subcmd__help__subcmd__decisions_commands() {
    local commands; commands=(
'list:The last records, the newest first' \
'show:One event\: where it is in its life, and everything that was recorded about it' \
'follow:Every new record as one line of JSON, until you end it' \
'verify:Check the whole chain of records, and print the last hash' \
    )
    _describe -t commands 'portcullis gate help decisions commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__gate__subcmd__help__subcmd__decisions__subcmd__follow_commands] )) ||
_portcullis__subcmd__gate__subcmd__help__subcmd__decisions__subcmd__follow_commands() {
    local commands; commands=()
    _describe -t commands 'portcullis gate help decisions follow commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__gate__subcmd__help__subcmd__decisions__subcmd__list_commands] )) ||
_portcullis__subcmd__gate__subcmd__help__subcmd__decisions__subcmd__list_commands() {
    local commands; commands=()
    _describe -t commands 'portcullis gate help decisions list commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__gate__subcmd__help__subcmd__decisions__subcmd__show_commands] )) ||
_portcullis__subcmd__gate__subcmd__help__subcmd__decisions__subcmd__show_commands() {
    local commands; commands=()
    _describe -t commands 'portcullis gate help decisions show commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__gate__subcmd__help__subcmd__decisions__subcmd__verify_commands] )) ||
_portcullis__subcmd__gate__subcmd__help__subcmd__decisions__subcmd__verify_commands() {
    local commands; commands=()
    _describe -t commands 'portcullis gate help decisions verify commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__gate__subcmd__help__subcmd__help_commands] )) ||
_portcullis__subcmd__gate__subcmd__help__subcmd__help_commands() {
    local commands; commands=()
    _describe -t commands 'portcullis gate help help commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__gate__subcmd__help__subcmd__replay_commands] )) ||
_portcullis__subcmd__gate__subcmd__help__subcmd__replay_commands() {
    local commands; commands=()
    _describe -t commands 'portcullis gate help replay commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__gate__subcmd__help__subcmd__routes_commands] )) ||
_portcullis__subcmd__gate__subcmd__help__subcmd__routes_commands() {
    local commands; commands=()
    _describe -t commands 'portcullis gate help routes commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__gate__subcmd__help__subcmd__serve_commands] )) ||
_portcullis__subcmd__gate__subcmd__help__subcmd__serve_commands() {
    local commands; commands=()
    _describe -t commands 'portcullis gate help serve commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__gate__subcmd__help__subcmd__submit_commands] )) ||
_portcullis__subcmd__gate__subcmd__help__subcmd__submit_commands() {
    local commands; commands=()
    _describe -t commands 'portcullis gate help submit commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__gate__subcmd__replay_commands] )) ||
_portcullis__subcmd__gate__subcmd__replay_commands() {
    local commands; commands=()
    _describe -t commands 'portcullis gate replay commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__gate__subcmd__routes_commands] )) ||
_portcullis__subcmd__gate__subcmd__routes_commands() {
    local commands; commands=()
    _describe -t commands 'portcullis gate routes commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__gate__subcmd__serve_commands] )) ||
_portcullis__subcmd__gate__subcmd__serve_commands() {
    local commands; commands=()
    _describe -t commands 'portcullis gate serve commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__gate__subcmd__submit_commands] )) ||
_portcullis__subcmd__gate__subcmd__submit_commands() {
    local commands; commands=()
    _describe -t commands 'portcullis gate submit commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__generate_commands] )) ||
_portcullis__subcmd__generate_commands() {
    local commands; commands=()
    _describe -t commands 'portcullis generate commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__help_commands] )) ||
_portcullis__subcmd__help_commands() {
    local commands; commands=(
'verify:Verify signatures and attestations of images, files, digests and OCI layouts' \
'sign:Sign images and files' \
'attest:Sign a statement about images and files\: an SBOM, provenance, a scan' \
'sbom-check:Decide what an artifact is made of, by its attested SBOMs' \
'sbom:Compare SBOMs, make them smaller, suggest an allow-list' \
'pin:Verify every image of deployment files, and put digests in' \
'inspect:Show everything attached to a subject, unverified' \
'save:Save an image with all its evidence to an OCI layout' \
'load:Push an image with all its evidence to a registry' \
'gate:Let deployments begin only for what was verified' \
'build:What a build says of itself\: variables for its deployment' \
'key:Make private keys, import them, print their public keys' \
'policy:Lint a policy, write a starting one, show what a pattern accepts' \
'trust:Show, refresh and check the trust roots in use' \
'explain:The long form of a diagnostic code' \
'completions:Print shell completions' \
'man:Print the man page' \
'conformance:Sigstore client conformance protocol' \
'generate:Write or check the generated files of the repository' \
'help:Print this message or the help of the given subcommand(s)' \
    )
    _describe -t commands 'portcullis help commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__help__subcmd__attest_commands] )) ||
_portcullis__subcmd__help__subcmd__attest_commands() {
    local commands; commands=()
    _describe -t commands 'portcullis help attest commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__help__subcmd__build_commands] )) ||
_portcullis__subcmd__help__subcmd__build_commands() {
    local commands; commands=(
'env:Print what was verified as environment variables for the deployment' \
    )
    _describe -t commands 'portcullis help build commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__help__subcmd__build__subcmd__env_commands] )) ||
_portcullis__subcmd__help__subcmd__build__subcmd__env_commands() {
    local commands; commands=()
    _describe -t commands 'portcullis help build env commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__help__subcmd__completions_commands] )) ||
_portcullis__subcmd__help__subcmd__completions_commands() {
    local commands; commands=()
    _describe -t commands 'portcullis help completions commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__help__subcmd__conformance_commands] )) ||
_portcullis__subcmd__help__subcmd__conformance_commands() {
    local commands; commands=(
'sign-bundle:Sign one file' \
'verify-bundle:Verify one bundle' \
    )
    _describe -t commands 'portcullis help conformance commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__help__subcmd__conformance__subcmd__sign-bundle_commands] )) ||
_portcullis__subcmd__help__subcmd__conformance__subcmd__sign-bundle_commands() {
    local commands; commands=()
    _describe -t commands 'portcullis help conformance sign-bundle commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__help__subcmd__conformance__subcmd__verify-bundle_commands] )) ||
_portcullis__subcmd__help__subcmd__conformance__subcmd__verify-bundle_commands() {
    local commands; commands=()
    _describe -t commands 'portcullis help conformance verify-bundle commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__help__subcmd__explain_commands] )) ||
_portcullis__subcmd__help__subcmd__explain_commands() {
    local commands; commands=()
    _describe -t commands 'portcullis help explain commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__help__subcmd__gate_commands] )) ||
_portcullis__subcmd__help__subcmd__gate_commands() {
    local commands; commands=(
'serve:Listen for events, verify what they are about, and let deployments begin for what is allowed' \
'submit:Tell a gate of an image, as a build system does' \
'decisions:What was accepted, decided and triggered' \
'replay:Have a dead event, or one whose trigger is dead, decided again' \
'routes:The routes of the gate, and who may call each' \
    )
    _describe -t commands 'portcullis help gate commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__help__subcmd__gate__subcmd__decisions_commands] )) ||
_portcullis__subcmd__help__subcmd__gate__subcmd__decisions_commands() {
    local commands; commands=(
'list:The last records, the newest first' \
'show:One event\: where it is in its life, and everything that was recorded about it' \
'follow:Every new record as one line of JSON, until you end it' \
'verify:Check the whole chain of records, and print the last hash' \
    )
    _describe -t commands 'portcullis help gate decisions commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__help__subcmd__gate__subcmd__decisions__subcmd__follow_commands] )) ||
_portcullis__subcmd__help__subcmd__gate__subcmd__decisions__subcmd__follow_commands() {
    local commands; commands=()
    _describe -t commands 'portcullis help gate decisions follow commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__help__subcmd__gate__subcmd__decisions__subcmd__list_commands] )) ||
_portcullis__subcmd__help__subcmd__gate__subcmd__decisions__subcmd__list_commands() {
    local commands; commands=()
    _describe -t commands 'portcullis help gate decisions list commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__help__subcmd__gate__subcmd__decisions__subcmd__show_commands] )) ||
_portcullis__subcmd__help__subcmd__gate__subcmd__decisions__subcmd__show_commands() {
    local commands; commands=()
    _describe -t commands 'portcullis help gate decisions show commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__help__subcmd__gate__subcmd__decisions__subcmd__verify_commands] )) ||
_portcullis__subcmd__help__subcmd__gate__subcmd__decisions__subcmd__verify_commands() {
    local commands; commands=()
    _describe -t commands 'portcullis help gate decisions verify commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__help__subcmd__gate__subcmd__replay_commands] )) ||
_portcullis__subcmd__help__subcmd__gate__subcmd__replay_commands() {
    local commands; commands=()
    _describe -t commands 'portcullis help gate replay commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__help__subcmd__gate__subcmd__routes_commands] )) ||
_portcullis__subcmd__help__subcmd__gate__subcmd__routes_commands() {
    local commands; commands=()
    _describe -t commands 'portcullis help gate routes commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__help__subcmd__gate__subcmd__serve_commands] )) ||
_portcullis__subcmd__help__subcmd__gate__subcmd__serve_commands() {
    local commands; commands=()
    _describe -t commands 'portcullis help gate serve commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__help__subcmd__gate__subcmd__submit_commands] )) ||
_portcullis__subcmd__help__subcmd__gate__subcmd__submit_commands() {
    local commands; commands=()
    _describe -t commands 'portcullis help gate submit commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__help__subcmd__generate_commands] )) ||
_portcullis__subcmd__help__subcmd__generate_commands() {
    local commands; commands=()
    _describe -t commands 'portcullis help generate commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__help__subcmd__help_commands] )) ||
_portcullis__subcmd__help__subcmd__help_commands() {
    local commands; commands=()
    _describe -t commands 'portcullis help help commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__help__subcmd__inspect_commands] )) ||
_portcullis__subcmd__help__subcmd__inspect_commands() {
    local commands; commands=()
    _describe -t commands 'portcullis help inspect commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__help__subcmd__key_commands] )) ||
_portcullis__subcmd__help__subcmd__key_commands() {
    local commands; commands=(
'generate:Make a new key pair\: PREFIX.key, encrypted under a password, and PREFIX.pub' \
'public:Print the public key of a private key' \
'import:Read a private key of another form, and write it as PREFIX.key and PREFIX.pub' \
    )
    _describe -t commands 'portcullis help key commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__help__subcmd__key__subcmd__generate_commands] )) ||
_portcullis__subcmd__help__subcmd__key__subcmd__generate_commands() {
    local commands; commands=()
    _describe -t commands 'portcullis help key generate commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__help__subcmd__key__subcmd__import_commands] )) ||
_portcullis__subcmd__help__subcmd__key__subcmd__import_commands() {
    local commands; commands=()
    _describe -t commands 'portcullis help key import commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__help__subcmd__key__subcmd__public_commands] )) ||
_portcullis__subcmd__help__subcmd__key__subcmd__public_commands() {
    local commands; commands=()
    _describe -t commands 'portcullis help key public commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__help__subcmd__load_commands] )) ||
_portcullis__subcmd__help__subcmd__load_commands() {
    local commands; commands=()
    _describe -t commands 'portcullis help load commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__help__subcmd__man_commands] )) ||
_portcullis__subcmd__help__subcmd__man_commands() {
    local commands; commands=()
    _describe -t commands 'portcullis help man commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__help__subcmd__pin_commands] )) ||
_portcullis__subcmd__help__subcmd__pin_commands() {
    local commands; commands=()
    _describe -t commands 'portcullis help pin commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__help__subcmd__policy_commands] )) ||
_portcullis__subcmd__help__subcmd__policy_commands() {
    local commands; commands=(
'check:Every mistake in a policy file at once, and what is wider than it looks' \
'init:Write a commented starting policy' \
'explain:Show which identities a pattern or an exact identity accepts' \
    )
    _describe -t commands 'portcullis help policy commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__help__subcmd__policy__subcmd__check_commands] )) ||
_portcullis__subcmd__help__subcmd__policy__subcmd__check_commands() {
    local commands; commands=()
    _describe -t commands 'portcullis help policy check commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__help__subcmd__policy__subcmd__explain_commands] )) ||
_portcullis__subcmd__help__subcmd__policy__subcmd__explain_commands() {
    local commands; commands=()
    _describe -t commands 'portcullis help policy explain commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__help__subcmd__policy__subcmd__init_commands] )) ||
_portcullis__subcmd__help__subcmd__policy__subcmd__init_commands() {
    local commands; commands=()
    _describe -t commands 'portcullis help policy init commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__help__subcmd__save_commands] )) ||
_portcullis__subcmd__help__subcmd__save_commands() {
    local commands; commands=()
    _describe -t commands 'portcullis help save commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__help__subcmd__sbom_commands] )) ||
_portcullis__subcmd__help__subcmd__sbom_commands() {
    local commands; commands=(
'diff:What differs between two SBOMs, package by package, whatever their formats' \
'trim:A smaller SBOM that says the same to every check' \
'suggest:An allow-list that accepts what SBOMs say, as the start of a policy' \
    )
    _describe -t commands 'portcullis help sbom commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__help__subcmd__sbom__subcmd__diff_commands] )) ||
_portcullis__subcmd__help__subcmd__sbom__subcmd__diff_commands() {
    local commands; commands=()
    _describe -t commands 'portcullis help sbom diff commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__help__subcmd__sbom__subcmd__suggest_commands] )) ||
_portcullis__subcmd__help__subcmd__sbom__subcmd__suggest_commands() {
    local commands; commands=()
    _describe -t commands 'portcullis help sbom suggest commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__help__subcmd__sbom__subcmd__trim_commands] )) ||
_portcullis__subcmd__help__subcmd__sbom__subcmd__trim_commands() {
    local commands; commands=()
    _describe -t commands 'portcullis help sbom trim commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__help__subcmd__sbom-check_commands] )) ||
_portcullis__subcmd__help__subcmd__sbom-check_commands() {
    local commands; commands=()
    _describe -t commands 'portcullis help sbom-check commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__help__subcmd__sign_commands] )) ||
_portcullis__subcmd__help__subcmd__sign_commands() {
    local commands; commands=()
    _describe -t commands 'portcullis help sign commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__help__subcmd__trust_commands] )) ||
_portcullis__subcmd__help__subcmd__trust_commands() {
    local commands; commands=(
'show:What the trust root holds, where it came from and how old it is' \
'update:Refresh the trust root now, and say what changed' \
'doctor:Check every part of the trust root and of the repository that it comes from' \
'endpoints:The hosts to let through a firewall, and what for' \
    )
    _describe -t commands 'portcullis help trust commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__help__subcmd__trust__subcmd__doctor_commands] )) ||
_portcullis__subcmd__help__subcmd__trust__subcmd__doctor_commands() {
    local commands; commands=()
    _describe -t commands 'portcullis help trust doctor commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__help__subcmd__trust__subcmd__endpoints_commands] )) ||
_portcullis__subcmd__help__subcmd__trust__subcmd__endpoints_commands() {
    local commands; commands=()
    _describe -t commands 'portcullis help trust endpoints commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__help__subcmd__trust__subcmd__show_commands] )) ||
_portcullis__subcmd__help__subcmd__trust__subcmd__show_commands() {
    local commands; commands=()
    _describe -t commands 'portcullis help trust show commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__help__subcmd__trust__subcmd__update_commands] )) ||
_portcullis__subcmd__help__subcmd__trust__subcmd__update_commands() {
    local commands; commands=()
    _describe -t commands 'portcullis help trust update commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__help__subcmd__verify_commands] )) ||
_portcullis__subcmd__help__subcmd__verify_commands() {
    local commands; commands=()
    _describe -t commands 'portcullis help verify commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__inspect_commands] )) ||
_portcullis__subcmd__inspect_commands() {
    local commands; commands=()
    _describe -t commands 'portcullis inspect commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__key_commands] )) ||
_portcullis__subcmd__key_commands() {
    local commands; commands=(
'generate:Make a new key pair\: PREFIX.key, encrypted under a password, and PREFIX.pub' \
'public:Print the public key of a private key' \
'import:Read a private key of another form, and write it as PREFIX.key and PREFIX.pub' \
'help:Print this message or the help of the given subcommand(s)' \
    )
    _describe -t commands 'portcullis key commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__key__subcmd__generate_commands] )) ||
_portcullis__subcmd__key__subcmd__generate_commands() {
    local commands; commands=()
    _describe -t commands 'portcullis key generate commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__key__subcmd__help_commands] )) ||
_portcullis__subcmd__key__subcmd__help_commands() {
    local commands; commands=(
'generate:Make a new key pair\: PREFIX.key, encrypted under a password, and PREFIX.pub' \
'public:Print the public key of a private key' \
'import:Read a private key of another form, and write it as PREFIX.key and PREFIX.pub' \
'help:Print this message or the help of the given subcommand(s)' \
    )
    _describe -t commands 'portcullis key help commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__key__subcmd__help__subcmd__generate_commands] )) ||
_portcullis__subcmd__key__subcmd__help__subcmd__generate_commands() {
    local commands; commands=()
    _describe -t commands 'portcullis key help generate commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__key__subcmd__help__subcmd__help_commands] )) ||
_portcullis__subcmd__key__subcmd__help__subcmd__help_commands() {
    local commands; commands=()
    _describe -t commands 'portcullis key help help commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__key__subcmd__help__subcmd__import_commands] )) ||
_portcullis__subcmd__key__subcmd__help__subcmd__import_commands() {
    local commands; commands=()
    _describe -t commands 'portcullis key help import commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__key__subcmd__help__subcmd__public_commands] )) ||
_portcullis__subcmd__key__subcmd__help__subcmd__public_commands() {
    local commands; commands=()
    _describe -t commands 'portcullis key help public commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__key__subcmd__import_commands] )) ||
_portcullis__subcmd__key__subcmd__import_commands() {
    local commands; commands=()
    _describe -t commands 'portcullis key import commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__key__subcmd__public_commands] )) ||
_portcullis__subcmd__key__subcmd__public_commands() {
    local commands; commands=()
    _describe -t commands 'portcullis key public commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__load_commands] )) ||
_portcullis__subcmd__load_commands() {
    local commands; commands=()
    _describe -t commands 'portcullis load commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__man_commands] )) ||
_portcullis__subcmd__man_commands() {
    local commands; commands=()
    _describe -t commands 'portcullis man commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__pin_commands] )) ||
_portcullis__subcmd__pin_commands() {
    local commands; commands=()
    _describe -t commands 'portcullis pin commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__policy_commands] )) ||
_portcullis__subcmd__policy_commands() {
    local commands; commands=(
'check:Every mistake in a policy file at once, and what is wider than it looks' \
'init:Write a commented starting policy' \
'explain:Show which identities a pattern or an exact identity accepts' \
'help:Print this message or the help of the given subcommand(s)' \
    )
    _describe -t commands 'portcullis policy commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__policy__subcmd__check_commands] )) ||
_portcullis__subcmd__policy__subcmd__check_commands() {
    local commands; commands=()
    _describe -t commands 'portcullis policy check commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__policy__subcmd__explain_commands] )) ||
_portcullis__subcmd__policy__subcmd__explain_commands() {
    local commands; commands=()
    _describe -t commands 'portcullis policy explain commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__policy__subcmd__help_commands] )) ||
_portcullis__subcmd__policy__subcmd__help_commands() {
    local commands; commands=(
'check:Every mistake in a policy file at once, and what is wider than it looks' \
'init:Write a commented starting policy' \
'explain:Show which identities a pattern or an exact identity accepts' \
'help:Print this message or the help of the given subcommand(s)' \
    )
    _describe -t commands 'portcullis policy help commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__policy__subcmd__help__subcmd__check_commands] )) ||
_portcullis__subcmd__policy__subcmd__help__subcmd__check_commands() {
    local commands; commands=()
    _describe -t commands 'portcullis policy help check commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__policy__subcmd__help__subcmd__explain_commands] )) ||
_portcullis__subcmd__policy__subcmd__help__subcmd__explain_commands() {
    local commands; commands=()
    _describe -t commands 'portcullis policy help explain commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__policy__subcmd__help__subcmd__help_commands] )) ||
_portcullis__subcmd__policy__subcmd__help__subcmd__help_commands() {
    local commands; commands=()
    _describe -t commands 'portcullis policy help help commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__policy__subcmd__help__subcmd__init_commands] )) ||
_portcullis__subcmd__policy__subcmd__help__subcmd__init_commands() {
    local commands; commands=()
    _describe -t commands 'portcullis policy help init commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__policy__subcmd__init_commands] )) ||
_portcullis__subcmd__policy__subcmd__init_commands() {
    local commands; commands=()
    _describe -t commands 'portcullis policy init commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__save_commands] )) ||
_portcullis__subcmd__save_commands() {
    local commands; commands=()
    _describe -t commands 'portcullis save commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__sbom_commands] )) ||
_portcullis__subcmd__sbom_commands() {
    local commands; commands=(
'diff:What differs between two SBOMs, package by package, whatever their formats' \
'trim:A smaller SBOM that says the same to every check' \
'suggest:An allow-list that accepts what SBOMs say, as the start of a policy' \
'help:Print this message or the help of the given subcommand(s)' \
    )
    _describe -t commands 'portcullis sbom commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__sbom__subcmd__diff_commands] )) ||
_portcullis__subcmd__sbom__subcmd__diff_commands() {
    local commands; commands=()
    _describe -t commands 'portcullis sbom diff commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__sbom__subcmd__help_commands] )) ||
_portcullis__subcmd__sbom__subcmd__help_commands() {
    local commands; commands=(
'diff:What differs between two SBOMs, package by package, whatever their formats' \
'trim:A smaller SBOM that says the same to every check' \
'suggest:An allow-list that accepts what SBOMs say, as the start of a policy' \
'help:Print this message or the help of the given subcommand(s)' \
    )
    _describe -t commands 'portcullis sbom help commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__sbom__subcmd__help__subcmd__diff_commands] )) ||
_portcullis__subcmd__sbom__subcmd__help__subcmd__diff_commands() {
    local commands; commands=()
    _describe -t commands 'portcullis sbom help diff commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__sbom__subcmd__help__subcmd__help_commands] )) ||
_portcullis__subcmd__sbom__subcmd__help__subcmd__help_commands() {
    local commands; commands=()
    _describe -t commands 'portcullis sbom help help commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__sbom__subcmd__help__subcmd__suggest_commands] )) ||
_portcullis__subcmd__sbom__subcmd__help__subcmd__suggest_commands() {
    local commands; commands=()
    _describe -t commands 'portcullis sbom help suggest commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__sbom__subcmd__help__subcmd__trim_commands] )) ||
_portcullis__subcmd__sbom__subcmd__help__subcmd__trim_commands() {
    local commands; commands=()
    _describe -t commands 'portcullis sbom help trim commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__sbom__subcmd__suggest_commands] )) ||
_portcullis__subcmd__sbom__subcmd__suggest_commands() {
    local commands; commands=()
    _describe -t commands 'portcullis sbom suggest commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__sbom__subcmd__trim_commands] )) ||
_portcullis__subcmd__sbom__subcmd__trim_commands() {
    local commands; commands=()
    _describe -t commands 'portcullis sbom trim commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__sbom-check_commands] )) ||
_portcullis__subcmd__sbom-check_commands() {
    local commands; commands=()
    _describe -t commands 'portcullis sbom-check commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__sign_commands] )) ||
_portcullis__subcmd__sign_commands() {
    local commands; commands=()
    _describe -t commands 'portcullis sign commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__trust_commands] )) ||
_portcullis__subcmd__trust_commands() {
    local commands; commands=(
'show:What the trust root holds, where it came from and how old it is' \
'update:Refresh the trust root now, and say what changed' \
'doctor:Check every part of the trust root and of the repository that it comes from' \
'endpoints:The hosts to let through a firewall, and what for' \
'help:Print this message or the help of the given subcommand(s)' \
    )
    _describe -t commands 'portcullis trust commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__trust__subcmd__doctor_commands] )) ||
_portcullis__subcmd__trust__subcmd__doctor_commands() {
    local commands; commands=()
    _describe -t commands 'portcullis trust doctor commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__trust__subcmd__endpoints_commands] )) ||
_portcullis__subcmd__trust__subcmd__endpoints_commands() {
    local commands; commands=()
    _describe -t commands 'portcullis trust endpoints commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__trust__subcmd__help_commands] )) ||
_portcullis__subcmd__trust__subcmd__help_commands() {
    local commands; commands=(
'show:What the trust root holds, where it came from and how old it is' \
'update:Refresh the trust root now, and say what changed' \
'doctor:Check every part of the trust root and of the repository that it comes from' \
'endpoints:The hosts to let through a firewall, and what for' \
'help:Print this message or the help of the given subcommand(s)' \
    )
    _describe -t commands 'portcullis trust help commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__trust__subcmd__help__subcmd__doctor_commands] )) ||
_portcullis__subcmd__trust__subcmd__help__subcmd__doctor_commands() {
    local commands; commands=()
    _describe -t commands 'portcullis trust help doctor commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__trust__subcmd__help__subcmd__endpoints_commands] )) ||
_portcullis__subcmd__trust__subcmd__help__subcmd__endpoints_commands() {
    local commands; commands=()
    _describe -t commands 'portcullis trust help endpoints commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__trust__subcmd__help__subcmd__help_commands] )) ||
_portcullis__subcmd__trust__subcmd__help__subcmd__help_commands() {
    local commands; commands=()
    _describe -t commands 'portcullis trust help help commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__trust__subcmd__help__subcmd__show_commands] )) ||
_portcullis__subcmd__trust__subcmd__help__subcmd__show_commands() {
    local commands; commands=()
    _describe -t commands 'portcullis trust help show commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__trust__subcmd__help__subcmd__update_commands] )) ||
_portcullis__subcmd__trust__subcmd__help__subcmd__update_commands() {
    local commands; commands=()
    _describe -t commands 'portcullis trust help update commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__trust__subcmd__show_commands] )) ||
_portcullis__subcmd__trust__subcmd__show_commands() {
    local commands; commands=()
    _describe -t commands 'portcullis trust show commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__trust__subcmd__update_commands] )) ||
_portcullis__subcmd__trust__subcmd__update_commands() {
    local commands; commands=()
    _describe -t commands 'portcullis trust update commands' commands "$@"
}
(( $+functions[_portcullis__subcmd__verify_commands] )) ||
_portcullis__subcmd__verify_commands() {
    local commands; commands=()
    _describe -t commands 'portcullis verify commands' commands "$@"
}

if [ "$funcstack[1]" = "_portcullis" ]; then
    _portcullis "$@"
else
    compdef _portcullis portcullis
fi
