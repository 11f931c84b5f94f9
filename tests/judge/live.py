"""Lets sigstore-python sign on a running sandbox, and judge what others signed there.

Usage: live.py sign|verify FOLDER, with the environment that `portcullis-sandbox run` sets. The folder has `artifact`; bundles
are `NAME.json`, envelopes among them `dsse-NAME.json`, and those of a workflow have `workflow` in their names.
"""

import json
import os
import sys
import urllib.request
from hashlib import sha256
from pathlib import Path

from sigstore.dsse import DigestSet, StatementBuilder, Subject
from sigstore.models import Bundle, ClientTrustConfig
from sigstore.oidc import IdentityToken
from sigstore.sign import SigningContext
from sigstore.verify import Verifier, policy

ISSUER = os.environ["PORTCULLIS_SANDBOX_ISSUER"]
EMAIL = "dev@example.com"
WORKFLOW = "https://github.com/org/app/.github/workflows/release.yml@refs/heads/main"
GITHUB = "https://token.actions.githubusercontent.com"


def config() -> ClientTrustConfig:
    return ClientTrustConfig.from_json(Path(os.environ["PORTCULLIS_SANDBOX_TRUST_CONFIG"]).read_text())


def workflow_token() -> str:
    request = urllib.request.Request(
        f"{ISSUER}/sandbox/token",
        data=json.dumps({"identity": {"github": {"repository": "org/app"}}}).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=10) as response:
        return json.load(response)["token"]


def sign(folder: Path) -> None:
    artifact = (folder / "artifact").read_bytes()
    subject = Subject(name="artifact", digest=DigestSet(root={"sha256": sha256(artifact).hexdigest()}))
    statement = StatementBuilder([subject], "https://example.com/t", {"by": "sigstore-python"}).build()
    tokens = {"email": os.environ["SIGSTORE_ID_TOKEN"], "workflow": workflow_token()}
    for version in (1, 2):
        trust = config()
        trust.force_tlog_version = version
        context = SigningContext.from_trust_config(trust)
        for who, token in tokens.items():
            with context.signer(IdentityToken(token)) as signer:
                name = f"python-{who}-v{version}.json"
                (folder / name).write_text(signer.sign_artifact(artifact).to_json())
                (folder / f"dsse-{name}").write_text(signer.sign_dsse(statement).to_json())


def verify(folder: Path) -> None:
    artifact = (folder / "artifact").read_bytes()
    verifier = Verifier(trusted_root=config().trusted_root)
    # It takes no time from an intoto entry.
    bundles = sorted(path for path in folder.glob("*.json") if path.name != "dsse-js-v1-intoto.json")
    for path in bundles:
        bundle = Bundle.from_json(path.read_bytes())
        identity, issuer = (WORKFLOW, GITHUB) if "workflow" in path.name else (EMAIL, ISSUER)
        expected = policy.Identity(identity=identity, issuer=issuer)
        if path.name.startswith("dsse-"):
            verifier.verify_dsse(bundle, expected)
        else:
            verifier.verify_artifact(artifact, bundle, expected)
    print(f"sigstore-python verifies {len(bundles)} bundles that were signed on the sandbox")


if __name__ == "__main__":
    {"sign": sign, "verify": verify}[sys.argv[1]](Path(sys.argv[2]))
