// Signs or verifies one file with sigstore-js:
//   sigstore.mjs sign FILE BUNDLE TOKEN-FILE FULCIO REKOR TSA REKOR-VERSION
//   sigstore.mjs verify FILE BUNDLE TRUSTED-ROOT IDENTITY ISSUER
// JUDGE_NODE_MODULES is the folder in which npm has installed it. Exits 1 on a refusal, with the reason.
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const require = createRequire(join(process.env.JUDGE_NODE_MODULES, "package.json"));
const { bundleFromJSON, bundleToJSON } = require("@sigstore/bundle");
const [action, file, bundle, ...rest] = process.argv.slice(2);
const artifact = readFileSync(file);

async function sign(token, fulcio, rekor, tsa, version) {
  const builders = require("@sigstore/sign");
  const identityProvider = { getToken: async () => readFileSync(token, "utf8").trim() };
  const patience = { retry: { retries: 0 }, timeout: 20000 };
  const builder = new builders.MessageSignatureBundleBuilder({
    signer: new builders.FulcioSigner({ fulcioBaseURL: fulcio, identityProvider, ...patience }),
    witnesses: [
      new builders.RekorWitness({ rekorBaseURL: rekor, majorApiVersion: Number(version), ...patience }),
      new builders.TSAWitness({ tsaBaseURL: new URL(tsa).origin, ...patience }),
    ],
  });
  writeFileSync(bundle, JSON.stringify(bundleToJSON(await builder.create({ data: artifact }))));
}

// sigstore-js takes an identity for a pattern that has to match some part of the name.
const exactly = (identity) => `^${identity.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}$`;

function verify(root, identity, issuer) {
  const { TrustedRoot } = require("@sigstore/protobuf-specs");
  const { Verifier, toSignedEntity, toTrustMaterial } = require("@sigstore/verify");
  const verifier = new Verifier(toTrustMaterial(TrustedRoot.fromJSON(JSON.parse(readFileSync(root)))));
  const entity = toSignedEntity(bundleFromJSON(JSON.parse(readFileSync(bundle))), artifact);
  verifier.verify(entity, { subjectAlternativeName: exactly(identity), extensions: { issuer } });
}

try {
  await { sign, verify }[action](...rest);
} catch (error) {
  console.error(`${action}: ${error.message}`, error.cause?.message ?? "");
  process.exit(1);
}
