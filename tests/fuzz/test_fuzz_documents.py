"""schemathesis over every served document: positive and negative data, all checks, a fixed seed.

The very command, configuration and hooks that the README gives to users. `make fuzz` runs longer.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from emulator.server import ServerThread
from emulator.settings import Settings

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture(scope="module")
def url():
    settings = Settings(port=0, keys=("fuzz",), venice_usd="1000000", magic_hour_credits=1_000_000_000)
    with ServerThread(settings) as url:
        yield url


@pytest.mark.parametrize("name", ["control", "venice", "openai", "magic-hour"])
def test_no_request_finds_an_answer_that_the_document_does_not_promise(name, url, request, caplog):
    examples = request.config.getoption("--fuzz-examples")
    command = [
        *(sys.executable, "-m", "schemathesis.cli", "--config-file", str(ROOT / "schemathesis.toml")),
        *("run", f"{url}/_emulator/openapi/{name}.json", "--max-examples", str(examples)),
        *("--phases", "examples,coverage,fuzzing,stateful", "--mode", "all"),
        "--generation-deterministic",
    ]
    environment = {**os.environ, "SCHEMATHESIS_HOOKS": "emulator.testing.schemathesis", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=environment, timeout=1800, check=False)
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
    assert "passed" in done.stdout
    assert not [record for record in caplog.records if record.name == "emulator"]
