"""Judges what the sandbox mints with sigstore-python and python-tuf, which share no code with us.

Usage: judge.py FOLDER, where FOLDER is what `tests/sandbox_export.rs` wrote. Exits 1 on any disagreement.
"""

import json
import logging
import sys
import tempfile
from pathlib import Path

from sigstore.models import Bundle, ClientTrustConfig
from sigstore.verify import Verifier, policy
from tuf.ngclient import FetcherInterface, Updater
from tuf.api.exceptions import DownloadHTTPError

# What our library refuses and sigstore-python accepts, by mutation or by file, with the reason. Anything else is a
# disagreement, and so is an explanation that explains nothing any more.
SPARE_TIME = "it drops a time source that does not verify while another is left; our library demands all that are present"
EXPLAINED = {
    "signature-not-base64": "its base64 decoder skips foreign characters; the signature behind them is the same",
    "message-digest-algorithm": "it compares the digest's bytes, and never reads the algorithm beside them",
    "log-index": "for Rekor v2 it takes the index from the inclusion proof, our library the entry's; both are proven",
    "blob-v1-stamped-integrated-time-dropped": SPARE_TIME,
    "blob-v1-stamped-timestamp-signature": SPARE_TIME,
    "blob-v1-stamped-timestamp-time": SPARE_TIME,
    "blob-v1-p384-message-digest-dropped": "it always hashes with SHA-256; our library takes the key's own SHA-384 then",
}


def verify(verifier: Verifier, folder: Path, case: dict) -> Exception | None:
    """What is wrong with a bundle, if anything."""
    expected = policy.Identity(identity=case["identity"], issuer=case["issuer"])
    try:
        bundle = Bundle.from_json((folder / case["file"]).read_bytes())
        if case["dsse"]:
            _, payload = verifier.verify_dsse(bundle, expected)
            json.loads(payload)
        else:
            verifier.verify_artifact((folder / "artifact").read_bytes(), bundle, expected)
    except Exception as error:  # any refusal counts, a crash too: the file is hostile
        return error
    return None


def judge_bundles(folder: Path) -> list[str]:
    config = ClientTrustConfig.from_json((folder / "trust-config.json").read_text())
    verifier = Verifier(trusted_root=config.trusted_root)
    disagreements = []
    unused = set(EXPLAINED)
    counts = {"good": 0, "bad": 0}
    for case in json.loads((folder / "cases.json").read_text()):
        error = verify(verifier, folder, case)
        tamper = case["tamper"]
        counts["bad" if tamper else "good"] += 1
        if tamper is None and error is not None:
            disagreements.append(f"{case['file']}: minted by us, refused by sigstore-python: {error!r}")
        elif tamper is not None and error is None:
            explanations = {tamper, case["file"].removesuffix(".json")} & EXPLAINED.keys()
            unused -= explanations
            if not explanations:
                disagreements.append(f"{case['file']}: tampered with, accepted by sigstore-python")
    disagreements.extend(f"{name} is explained, but no longer accepted" for name in sorted(unused))
    print(f"sigstore-python: {counts['good']} minted and {counts['bad']} tampered bundles judged")
    return disagreements


class FolderFetcher(FetcherInterface):
    """Serves a folder instead of a web server."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def _fetch(self, url: str):
        path = self.folder / url.removeprefix("https://tuf.invalid/").replace("..", "dotdot")
        if not path.is_file():
            raise DownloadHTTPError("not found", 404)
        return iter([path.read_bytes()])


def refresh(repository: Path, cache: Path, root: bytes) -> bytes:
    """The trusted root from a repository, with a cache that may know an earlier state of it."""
    updater = Updater(
        metadata_dir=str(cache),
        metadata_base_url="https://tuf.invalid/",
        target_dir=str(cache),
        target_base_url="https://tuf.invalid/targets/",
        fetcher=FolderFetcher(repository),
        bootstrap=root,
    )
    updater.refresh()
    target = updater.get_targetinfo("trusted_root.json")
    if target is None:
        raise LookupError("trusted_root.json is not listed")
    with tempfile.TemporaryDirectory() as folder:
        return Path(updater.download_target(target, str(Path(folder) / "target"))).read_bytes()


def judge_tuf(folder: Path) -> list[str]:
    expected = (folder / "trusted_root.json").read_bytes()
    disagreements = []
    repositories = sorted((folder / "tuf").iterdir())
    for repository in repositories:
        root = (repository / "seen" / "1.root.json").read_bytes()
        with tempfile.TemporaryDirectory() as cache:
            if refresh(repository / "seen", Path(cache), root) != expected:
                disagreements.append(f"{repository.name}: another trusted root arrived")
            try:
                refresh(repository / "met", Path(cache), root)
                error = None
            except Exception as caught:  # any refusal counts
                error = caught
        if (error is None) != (repository.name == "honest"):
            disagreements.append(f"TUF repository {repository.name}: python-tuf says {error!r}")
    print(f"python-tuf: {len(repositories)} repositories judged")
    return disagreements


def main() -> int:
    logging.disable(logging.CRITICAL)
    folder = Path(sys.argv[1])
    disagreements = judge_bundles(folder) + judge_tuf(folder)
    for disagreement in disagreements:
        print(f"DISAGREEMENT {disagreement}")
    return 1 if disagreements else 0


if __name__ == "__main__":
    sys.exit(main())
