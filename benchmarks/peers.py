"""What users would otherwise run, measured beside the emulator: Prism, aimock, moto's server.

`python -m benchmarks.peers`: start, memory, throughput, and what each returns for a valid edit. Installs
pinned versions into `benchmarks/.peers/`, which is never committed; without Node it says so and stops.
"""

import shutil
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import sleep

from benchmarks import installed
from benchmarks.machine import machine
from benchmarks.message import Line, form_edit, message
from benchmarks.photograph import photograph
from benchmarks.returned import returned
from benchmarks.row import told
from benchmarks.server import HEALTH, MODELS, Server
from benchmarks.starting import SETTLED
from benchmarks.traffic import Traffic

RESULT = Path(__file__).parent / "results" / "peers.md"
ROUNDS = 3
SIDE = 512
PROMPT = "make it a sunset"
HEAD = ("what", "start, ms", "memory, MB", "small answer, requests/s", "valid edit, requests/s", "which operation")


@dataclass(kw_only=True)
class Peer:
    """A server to measure: `small` and `edit` are whole requests; `operation` says which they are."""

    name: str
    command: Sequence[str]
    probe: str
    small: bytes
    edit: bytes
    operation: str
    starts: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)
    answers: list[float] = field(default_factory=list)
    edits: list[float] = field(default_factory=list)
    returned: str = ""


def peers(places: installed.Places) -> Iterator[Peer]:
    """The emulator first, then the others, each with its nearest operation."""
    picture = photograph("png", (SIDE, SIDE), 1)
    venice, openai = form_edit(picture, PROMPT), form_edit(picture, PROMPT, path="/v1/images/edits")
    ours = [sys.executable, "-m", "emulator.cli", "serve", "--port", "{port}"]
    prism = [*places.prism, "mock", "--port", "{port}"]
    models = message("GET", MODELS)
    yield Peer(
        name="this emulator, Venice", command=ours, probe=HEALTH, small=models, edit=venice,
        operation=f"`GET {MODELS}`; `POST /api/v1/image/edit`",
    )  # fmt: skip
    yield Peer(
        name="this emulator, OpenAI", command=ours, probe=HEALTH, small=message("GET", "/v1/models"), edit=openai,
        operation="`GET /v1/models`; `POST /v1/images/edits`",
    )  # fmt: skip
    yield Peer(
        name=f"Prism {installed.PRISM}, our `venice.yaml`", command=[*prism, "openapi/venice.yaml"], probe=MODELS,
        small=models, edit=venice, operation=f"`GET {MODELS}`; `POST /api/v1/image/edit`",
    )  # fmt: skip
    yield Peer(
        name=f"Prism {installed.PRISM}, our `openai.yaml`", command=[*prism, "openapi/openai.yaml"],
        probe="/v1/models", small=message("GET", "/v1/models"), edit=openai,
        operation="`GET /v1/models`; `POST /v1/images/edits`",
    )  # fmt: skip
    yield Peer(
        name=f"aimock {installed.AIMOCK}", command=[*places.aimock, "--port", "{port}", "--log-level", "silent"],
        probe="/v1/models", small=message("GET", "/v1/models"), edit=openai,
        operation="`GET /v1/models`; `POST /v1/images/edits`, a fixture that answers this prompt",
    )  # fmt: skip
    yield Peer(
        name=f"moto server {installed.MOTO}", command=[*places.moto, "-p", "{port}"], probe="/moto-api/",
        small=aws("s3", "GET"), edit=aws("rekognition", "POST", target="RekognitionService.DetectLabels", data=picture),
        operation="S3 `ListBuckets`; Rekognition `DetectLabels` of the same picture: it edits none",
    )  # fmt: skip


def aws(service: str, method: str, *, target: str = "", data: bytes = b"") -> bytes:
    """A request to an AWS service as moto recognises it: by the scope of an unchecked signature."""
    import json

    import pybase64

    body = json.dumps({"Image": {"Bytes": pybase64.b64encode_as_string(data)}}).encode() if data else b""
    scope = f"AWS4-HMAC-SHA256 Credential=bench/20260101/us-east-1/{service}/aws4_request"
    return message(
        method, "/", body, content_type="application/x-amz-json-1.1",
        authorization=f"{scope}, SignedHeaders=host, Signature=0", extra={"X-Amz-Target": target} if target else {},
    )  # fmt: skip


def measure(peer: Peer) -> None:
    """One round of one peer."""
    with Server(peer.command, probe=peer.probe, within=60) as one:
        sleep(SETTLED)
        peer.starts.append(one.seconds * 1000)
        peer.memory.append(one.memory())
        with Traffic(one.port, [peer.small], connections=8, seconds=1.0) as traffic:
            peer.answers.append(traffic.wait().rate)
        with Traffic(one.port, [peer.edit], connections=2, seconds=2.0) as traffic:
            peer.edits.append(traffic.wait(expected=None).rate)
        with Line(one.port) as line:
            peer.returned = returned(*line.ask(peer.edit))


def page(found: Sequence[Peer]) -> str:
    """Everything as Markdown."""
    lines = [f"| {' | '.join(HEAD)} |", "|" + " --- |" * len(HEAD)]
    for one in found:
        figures = (told(tuple(each)) for each in (one.starts, one.memory, one.answers, one.edits))
        lines.append(f"| {one.name} | {' | '.join(figures)} | {one.operation} |")
    answers = [f"- **{one.name}**: {one.returned}" for one in found]
    return "\n".join(
        (
            "# Beside what else could be run\n",
            f"`make bench-peers`: medians of {ROUNDS} interleaved rounds (least–most in brackets). The edit is a "
            f"photograph of {SIDE}² as PNG with the prompt `{PROMPT}`, from two clients; the small answer goes to "
            "eight. It is the same edit each time, which the emulator makes once and then has in its cache: how "
            "long a first one takes is in `bench.md`.\n",
            machine(),
            *lines,
            "\n## What they return for that edit\n",
            *answers,
            "",
        )
    )


def main() -> None:
    """Install, measure, write."""
    if not shutil.which("npm") or not shutil.which("node"):
        sys.stdout.write("bench-peers: NOT MEASURED: node and npm are not here; install Node 20 or newer to compare.\n")
        return
    found = list(peers(installed.places()))
    for number in range(ROUNDS):
        for peer in found:
            measure(peer)
            sys.stderr.write(f"round {number + 1}: {peer.name}: {told(tuple(peer.edits))} edits/s\n")
    text = page(found)
    sys.stdout.write(text)
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
