// Lets sigstore-js sign on a running sandbox, and judge what others signed there. Arguments and files as in live.py.
// It finds the trusted root over TUF, from the sandbox's own repository.
import { createHash } from "node:crypto";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const require = createRequire(join(process.env.JUDGE_NODE_MODULES, "package.json"));
const sigstore = require("sigstore");
const { bundleToJSON } = require("@sigstore/bundle");
const builders = require("@sigstore/sign");

const of = (name) => process.env[`PORTCULLIS_SANDBOX_${name}`];
const [action, folder] = process.argv.slice(2);
const artifact = readFileSync(join(folder, "artifact"));
const statement = Buffer.from(JSON.stringify({
  _type: "https://in-toto.io/Statement/v1",
  subject: [{ name: "artifact", digest: { sha256: createHash("sha256").update(artifact).digest("hex") } }],
  predicateType: "https://example.com/t",
  predicate: { by: "sigstore-js" },
}));

async function sign() {
  const identityProvider = { getToken: async () => process.env.SIGSTORE_ID_TOKEN };
  // Without retries, so that a sandbox that fails once is noticed.
  const patience = { retry: { retries: 0 }, timeout: 10000 };
  const save = (name, bundle) => writeFileSync(join(folder, name), JSON.stringify(bundleToJSON(bundle)));
  for (const [version, entryType] of [[1, "dsse"], [1, "intoto"], [2, "dsse"]]) {
    const options = {
      signer: new builders.FulcioSigner({ fulcioBaseURL: of("FULCIO"), identityProvider, ...patience }),
      witnesses: [
        new builders.RekorWitness({
          rekorBaseURL: of(`REKOR_V${version}`), majorApiVersion: version, entryType, ...patience,
        }),
        new builders.TSAWitness({ tsaBaseURL: new URL(of("TSA")).origin, ...patience }),
      ],
    };
    const blob = new builders.MessageSignatureBundleBuilder(options);
    save(`js-v${version}-${entryType}.json`, await blob.create({ data: artifact }));
    const envelope = new builders.DSSEBundleBuilder(options);
    const signed = await envelope.create({ data: statement, type: "application/vnd.in-toto+json" });
    // In Rekor v2 it logs envelopes as dsse 0.0.2, which neither sigstore-python nor our library reads.
    if (version === 1) save(`dsse-js-v1-${entryType}.json`, signed);
  }
}

async function verify() {
  // It does not read envelopes that are in Rekor v2 as hashedrekord, which is how sigstore-python logs them.
  const isForeign = (name) => /^dsse-python-.*-v2\.json$/.test(name);
  const names = readdirSync(folder).filter((name) => name.endsWith(".json") && !isForeign(name)).sort();
  for (const name of names) {
    const bundle = JSON.parse(readFileSync(join(folder, name)));
    const signer = name.includes("workflow")
      ? {
          certificateIdentityURI: "https://github.com/org/app/.github/workflows/release.yml@refs/heads/main",
          certificateIssuer: "https://token.actions.githubusercontent.com",
        }
      : { certificateIdentityEmail: "dev@example.com", certificateIssuer: of("ISSUER") };
    const options = {
      ...signer,
      tufMirrorURL: of("TUF"),
      tufRootPath: of("TUF_ROOT"),
      tufCachePath: join(folder, "tuf-cache"),
    };
    try {
      await (name.startsWith("dsse-") ? sigstore.verify(bundle, options) : sigstore.verify(bundle, artifact, options));
    } catch (error) {
      throw new Error(`${name}: ${error.message}`, { cause: error });
    }
  }
  console.log(`sigstore-js verifies ${names.length} bundles that were signed on the sandbox`);
}

await { sign, verify }[action]();
