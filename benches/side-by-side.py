"""Measures Portcullis beside other verifiers; side-by-side.sh starts it, on the services of a sandbox.

Usage: side-by-side.py PORTCULLIS PROGRAMS PYTHON-ENVIRONMENT NODE-MODULES RUNS

cosign signs a file and an image. Each program then verifies the same bundle and the same image, in turns, so that a
busy moment of the machine hits all of them. Wall and processor time are the operating system's, memory is the peak that
GNU time sees, requests are what passes a proxy in front of the registry, in a run of their own.
"""

import hashlib
import http.client
import http.server
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

EMAIL = "dev@example.com"
FILE_BYTES = 1_000_000


def of(name: str) -> str:
    return os.environ[f"PORTCULLIS_SANDBOX_{name}"]


class Proxy(http.server.BaseHTTPRequestHandler):
    """Passes requests to the registry and notes them."""

    protocol_version = "HTTP/1.1"
    registry = ""
    seen: list[str] = []

    def pass_on(self) -> None:
        connection = http.client.HTTPConnection(self.registry, timeout=20)
        headers = {name: value for name, value in self.headers.items() if name.lower() != "connection"}
        connection.request(self.command, self.path, headers=headers)
        answer = connection.getresponse()
        body = answer.read()
        Proxy.seen.append(f"{self.command} {self.path}")
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in ("connection", "transfer-encoding", "content-length", "date", "server"):
                self.send_header(name, value)
        self.send_header("Content-Length", answer.getheader("Content-Length", str(len(body))))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_GET = do_HEAD = pass_on

    def log_message(self, *_: object) -> None:
        pass


def place(request: str) -> str:
    """Where a request looks, without names and digests."""
    method, path = request.split(" ", 1)
    path = re.sub(r"^/v2/[a-z/]*?(?=manifests|blobs|referrers|$)", "", path)
    path = re.sub(r"sha256-[0-9a-f]{64}", "TAG", re.sub(r"sha256:[0-9a-f]{64}", "DIGEST", path))
    return f"{method} {path.split('?')[0] or '/v2/'}"


class Measured:
    """What the runs of one program came to."""

    def __init__(self, name: str, command: list[str], environment: dict[str, str]) -> None:
        self.name, self.command = name, command
        self.environment = environment
        self.wall: list[float] = []
        self.cpu: list[float] = []
        self.memory: list[float] = []

    def start(self, prefix: list[str]) -> subprocess.Popen:
        return subprocess.Popen(
            prefix + self.command,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE if prefix else subprocess.DEVNULL,
        )

    def run(self) -> None:
        """One run for the times. Nothing is in between the operating system and the program."""
        began = time.perf_counter()
        child = self.start([])
        _, status, usage = os.wait4(child.pid, 0)
        self.wall.append(time.perf_counter() - began)
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode != 0:
            raise SystemExit(f"{self.name}: exit code {child.returncode}: {self.command}")
        self.cpu.append(usage.ru_utime + usage.ru_stime)

    def run_for_memory(self) -> None:
        """One run for the memory: a process that Python starts begins with Python's own peak, one of GNU time's does not."""
        _, words = self.start(["/usr/bin/time", "-q", "-f", "%M"]).communicate()
        self.memory.append(int(words.split()[-1]) / 1024)

    def row(self, first: "Measured") -> str:
        def ratio(mine: list[float], theirs: list[float]) -> str:
            return f"{statistics.median(mine) / statistics.median(theirs):.1f}"

        wall = " / ".join(f"{1000 * f(self.wall):.1f}" for f in (min, statistics.median, max))
        cpu = " / ".join(f"{1000 * f(self.cpu):.1f}" for f in (min, statistics.median, max))
        ratios = " / ".join(ratio(getattr(self, of), getattr(first, of)) for of in ("wall", "cpu", "memory"))
        return f"| {self.name} | {wall} | {cpu} | {statistics.median(self.memory):.1f} | {ratios} |"


def table(title: str, programs: list[Measured], runs: int) -> None:
    """Runs the programs in turns and prints a table."""
    for program in programs:
        program.run()
        program.wall.clear(), program.cpu.clear()
    for _ in range(runs):
        for program in programs:
            program.run()
    for _ in range(5):
        for program in programs:
            program.run_for_memory()
    print(f"\n{title}, {runs} runs each:\n")
    print("| program | wall ms: min / median / max | processor ms: min / median / max | peak MB | times ours: wall / processor / memory |")
    print("|---|---|---|---|---|")
    for program in programs:
        print(program.row(programs[0]))


def size(path: Path) -> float:
    """Megabytes of a file, or of what is in a folder."""
    files = [path] if path.is_file() else [file for file in path.rglob("*") if file.is_file() and not file.is_symlink()]
    return sum(file.stat().st_size for file in files) / 1e6


def start_registry(program: Path, folder: Path) -> tuple[subprocess.Popen, str]:
    log = folder / "registry.log"
    with log.open("w") as output:
        process = subprocess.Popen([program, "-port", "0"], stdout=output, stderr=output)
    for _ in range(200):
        found = re.search(r"serving on port (\d+)", log.read_text())
        if found:
            return process, f"127.0.0.1:{found[1]}"
        time.sleep(0.05)
    raise SystemExit("the registry does not start")


def main() -> None:
    portcullis, programs, environment, modules = (Path(word).resolve() for word in sys.argv[1:5])
    runs = int(sys.argv[5])
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        registry, host = start_registry(programs / "registry", folder)
        try:
            measure(portcullis, programs, environment, modules, runs, folder, host)
        finally:
            registry.terminate()
            registry.wait()


def measure(portcullis: Path, programs: Path, environment: Path, modules: Path, runs: int, folder: Path, host: str) -> None:
    os.chdir(folder)
    surroundings = {"HOME": str(folder), "PATH": os.environ["PATH"], "JUDGE_NODE_MODULES": str(modules)}
    judge = Path(__file__).resolve().parent.parent / "tests/judge/sigstore.mjs"
    cosign, crane = str(programs / "cosign"), str(programs / "crane")

    def must(*words: str) -> str:
        done = subprocess.run(words, env=surroundings, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise SystemExit(f"{words}: {done.stderr}")
        return done.stdout

    Path("app").write_bytes(hashlib.sha256(b"app").digest() * (FILE_BYTES // 32))
    Path("layer").write_bytes(b"layer")
    must("tar", "--create", "--file", "layer.tar", "layer")
    image = must(crane, "append", "--new_layer", "layer.tar", "--new_tag", f"{host}/app:v1").strip()
    Path("root.json").write_text(Path(of("TRUSTED_ROOT")).read_text())
    services = ["--yes", "--identity-token", of("TOKEN_FILE"), "--trusted-root", "root.json",
                "--signing-config", of("SIGNING_CONFIG")]
    must(cosign, "sign-blob", *services, "--bundle", "app.json", "app")
    must(cosign, "sign", *services, "--allow-http-registry", image)
    Path("sbom.json").write_text('{"spdxVersion":"SPDX-2.3"}')
    must(cosign, "attest", *services, "--allow-http-registry", "--type", "spdxjson", "--predicate", "sbom.json", image)

    who = ["--certificate-identity", EMAIL, "--certificate-oidc-issuer", of("ISSUER"), "--trusted-root", "root.json"]
    version = json.loads(must(cosign, "version", "--json"))["gitVersion"]

    def program(name: str, *command: str) -> Measured:
        return Measured(name, list(command), surroundings)

    def both(kind: str, ours: list[str], theirs: list[str]) -> list[Measured]:
        return [
            program(f"portcullis {kind}", str(portcullis), *ours, *who),
            program(f"cosign {kind}", cosign, *theirs, *who),
        ]

    cores, model = os.cpu_count(), ""
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.split(":", 1)[1].strip()
    print(f"Machine: {cores} × {model or os.uname().machine}, load {os.getloadavg()[0]:.1f} at the start; cosign {version}.")
    print("The trusted root is in a file; nothing but the registry is asked.")

    with_file = both("verify", ["verify", "app", "--bundle", "app.json"], ["verify-blob", "app", "--bundle", "app.json"])
    with_file.append(program(
        "sigstore-python", str(environment / "bin/sigstore"), "--trust-config", of("TRUST_CONFIG"), "verify", "identity",
        "--offline", "--bundle", "app.json", "--cert-identity", EMAIL, "--cert-oidc-issuer", of("ISSUER"), "app",
    ))
    with_file.append(program(
        "sigstore-js", "node", str(judge), "verify", "app", "app.json", "root.json", EMAIL, of("ISSUER"),
    ))
    table(f"A file of {FILE_BYTES // 1_000_000} MB and its bundle (Rekor v2)", with_file, runs)

    http_too = ["--allow-http-registry"]
    signed = both("verify", ["verify", image], ["verify", image, *http_too])
    table("A signed image", signed, runs)
    attested = both("SBOM attestation", ["verify", "--type", "spdx", image],
                    ["verify-attestation", "--type", "spdxjson", image, *http_too])
    table("An image with an attested SBOM", attested, runs)

    print("\nRequests to the registry, which has no referrers API, by place:\n")
    print("| place | " + " | ".join(program.name for program in signed + attested) + " |")
    print("|---|---|---|---|---|")
    Proxy.registry = host
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Proxy)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    through = f"127.0.0.1:{server.server_port}"
    counts = []
    for one in signed + attested:
        Proxy.seen.clear()
        must(*(word.replace(host, through) for word in one.command))
        counts.append([place(request) for request in Proxy.seen])
    server.shutdown()
    for where in sorted({where for places in counts for where in places}):
        print(f"| {where} | " + " | ".join(str(places.count(where)) for places in counts) + " |")
    print("| all | " + " | ".join(str(len(places)) for places in counts) + " |")

    sizes = {"portcullis": portcullis, "cosign": Path(cosign), "sigstore-python and what it imports": environment / "lib",
             "sigstore-js and what it imports": modules / "node_modules"}
    print("\n| program | MB on disk, without an interpreter |\n|---|---|")
    for name, path in sizes.items():
        print(f"| {name} | {size(path):.1f} |")


if __name__ == "__main__":
    main()
