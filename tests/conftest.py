"""One server for the run; every client of a test is held to the documents.

Behaviour tests know a base URL and a key, nothing of the inside: `EMULATOR_TEST_URL` points them at a
server that runs elsewhere.
"""

import itertools
import os
import subprocess
import sys
from collections.abc import Callable, Iterator

import httpx
import hypothesis
import pytest

from promises import hold

hypothesis.settings.register_profile("default", deadline=None, derandomize=True)
hypothesis.settings.register_profile("nightly", deadline=None, stateful_step_count=10_000)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))

collect_ignore = ["sample"]  # a project of its own, which test_sample.py runs
_count = itertools.count()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--fuzz-examples", type=int, default=15, help="schemathesis examples for each operation")
    parser.addoption("--rounds", type=int, default=3, help="rounds of kill -9 in the reliability tests")


@pytest.fixture
def rounds(request: pytest.FixtureRequest) -> int:
    """How often the server is killed."""
    return request.config.getoption("--rounds")


@pytest.fixture(scope="session")
def base_url() -> Iterator[str]:
    """Where the server under test answers."""
    given = os.environ.get("EMULATOR_TEST_URL")
    if given:
        yield given.rstrip("/")
        return
    from emulator.server import ServerThread
    from emulator.settings import Settings

    with ServerThread(Settings(port=0)) as url:
        yield url


@pytest.fixture
def key() -> str:
    """A key of the test's own: a fresh account with the default balance."""
    return f"test-key-{os.getpid()}-{next(_count)}"


@pytest.fixture
def api(base_url: str, key: str) -> Iterator[httpx.Client]:
    """An HTTP client with the key, held to the documents."""
    headers = {"Authorization": f"Bearer {key}"}
    with httpx.Client(
        base_url=base_url, headers=headers, event_hooks={"response": [hold(base_url)]}, timeout=60
    ) as one:
        yield one


@pytest.fixture
def anonymous(base_url: str) -> Iterator[httpx.Client]:
    """The same without a key."""
    with httpx.Client(base_url=base_url, event_hooks={"response": [hold(base_url)]}, timeout=60) as one:
        yield one


@pytest.fixture
def run_python() -> Callable[[str], str]:
    """Run a line of Python in a fresh interpreter; what it printed."""

    def run(code: str) -> str:
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
        return done.stdout

    return run
