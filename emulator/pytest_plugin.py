"""The fixture `image_edit_emulator`: an emulator for the run, a fresh world for each test, its journal on failure.

One server for all xdist workers: their controller holds its socket, and starts it when the first of them
calls. Nothing heavy is imported until a test asks for the fixture.
"""

import re
import select
import socket
import threading
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from emulator.ids import digest, spell
from emulator.settings import read_settings, sidecar
from emulator.testing.control import Control

if TYPE_CHECKING:
    from emulator.server import ServerThread

URL = "image_edit_emulator_url"
SETTINGS = "image_edit_emulator_settings"
_WORKER_URL = "image_edit_emulator_worker_url"
_standby = pytest.StashKey["Standby"]()


class Emulator(Control):
    """A test's own world: base URLs for the clients, keys, and everything of `Control`."""

    @property
    def openai_base_url(self) -> str:
        """For `OpenAI(base_url=...)`."""
        return f"{self.url}/v1"

    @property
    def venice_url(self) -> str:
        """For Venice's clients, which add `/api/v1` themselves; others take `venice_url + "/api/v1"`."""
        return self.url

    @property
    def magic_hour_url(self) -> str:
        """For `magic_hour.Client(base_url=...)`."""
        return self.url

    key = "test-key"
    """A Bearer key for all three vendors; any other text is an account of its own."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options, and their ini names."""
    group = parser.getgroup("image-edit-emulator")
    group.addoption(
        "--image-edit-emulator-url",
        metavar="URL",
        help="Use the emulator that runs there, a sidecar, instead of starting one [IMAGE_EDIT_EMULATOR_URL].",
    )
    group.addoption(
        "--image-edit-emulator-token",
        metavar="TOKEN",
        help="Its --control-token [IMAGE_EDIT_EMULATOR_TOKEN].",
    )
    parser.addini(SETTINGS, "Settings of the emulator that is started, a line each: name = value.", type="linelist")


def pytest_configure(config: pytest.Config) -> None:
    """Tell what the marker-less fixture is for, and get ready to serve the workers of xdist."""
    if config.pluginmanager.hasplugin("xdist") and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Workers(config), "image-edit-emulator-workers")


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop what was started for the workers."""
    standby = config.stash.get(_standby, None)
    if standby is not None:
        standby.close()


class Workers:
    """Hooks of xdist's controller; registered where xdist is."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config

    def pytest_configure_node(self, node: Any) -> None:  # noqa: ANN401  # xdist's, which need not be installed
        """Hand every worker the address of the one server."""
        if _given(self._config):
            return
        if _standby not in self._config.stash:
            self._config.stash[_standby] = Standby(self._config)
        node.workerinput[_WORKER_URL] = self._config.stash[_standby].url


class Standby:
    """A listening socket, behind which a server is started when somebody calls: workers may never do."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=2048)
        self._stop, self._wake = socket.socketpair()
        self._server: ServerThread | None = None
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._thread = threading.Thread(target=self._wait, name="image-edit-emulator-standby", daemon=True)
        self._thread.start()

    def _wait(self) -> None:
        ready, _, _ = select.select([self._listener, self._stop], [], [])
        if self._listener in ready and self._stop not in ready:
            self._server = start(self._config, self._listener)

    def close(self) -> None:
        """Stop the server, if it ever started."""
        self._wake.send(b"x")
        self._thread.join(timeout=10)
        if self._server is not None:
            self._server.__exit__(None, None, None)
        for one in (self._listener, self._stop, self._wake):
            one.close()


def start(config: pytest.Config, listener: socket.socket | None = None) -> "ServerThread":
    """A server with the settings of the ini file, running in a thread."""
    from emulator.server import ServerThread

    given = dict(line.split("=", 1) for line in config.getini(SETTINGS) if "=" in line)
    settings = {name.strip(): value.strip() for name, value in given.items()}
    server = ServerThread(read_settings({"port": 0, **settings}), listener)
    server.__enter__()
    return server


def _given(config: pytest.Config) -> str:
    """The address of a sidecar that was named, or nothing."""
    return (config.getoption("--image-edit-emulator-url") or sidecar("url")).rstrip("/")


@dataclass(frozen=True, kw_only=True)
class Served:
    """Where the emulator of this run answers, and the token that its control door needs."""

    url: str
    token: str


@pytest.fixture(scope="session")
def image_edit_emulator_server(request: pytest.FixtureRequest) -> Iterator[Served]:
    """The emulator of this run: a sidecar, the controller's, or one that is started here."""
    token = request.config.getoption("--image-edit-emulator-token") or sidecar("token")
    url = _given(request.config) or getattr(request.config, "workerinput", {}).get(_WORKER_URL, "")
    if url:
        yield Served(url=url, token=token)
        return
    server = start(request.config)
    yield Served(url=server.url, token=token)
    server.__exit__(None, None, None)


@pytest.fixture
def image_edit_emulator(request: pytest.FixtureRequest, image_edit_emulator_server: Served) -> Iterator[Emulator]:
    """A fresh world of the emulator for this test, as base URLs for clients and calls that arrange and ask."""
    worker = getattr(request.config, "workerinput", {}).get("workerid", "main")
    readable = re.sub(r"[^A-Za-z0-9]+", "-", request.node.name).strip("-")[:32]
    unique = spell(digest(worker, request.node.nodeid), length=10)
    one = Emulator(
        image_edit_emulator_server.url,
        namespace=f"{worker}-{readable or 'test'}-{unique}",
        token=image_edit_emulator_server.token,
    )
    one.reset()  # a run that died may have left its world in a sidecar
    yield one
    one.reset()
    one.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """A test that leaves steps of its fault plan over, or at which the emulator itself failed, fails."""
    outcome = yield
    one = _of(item)
    if one is not None:
        for plan in one.faults.unused_plans():
            left = plan["steps"][len(plan["steps"]) - plan["left"] :]
            pytest.fail(f"the fault plan {plan['steps']} was not used up; no request took {left}", pytrace=False)
        bugs = one.requests(refusal="Bug")
        if bugs:
            pytest.fail("the emulator failed (please report it):\n" + "\n".join(map(str, bugs)), pytrace=False)
    return outcome


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """The journal of a test that failed goes into its report."""
    report = yield
    one = _of(item)
    if call.when == "call" and report.failed and one is not None:
        report.sections.append(("image-edit-emulator: what was asked and answered", _journal(one)))
    return report


def _of(item: pytest.Item) -> Emulator | None:
    found = getattr(item, "funcargs", {}).get("image_edit_emulator")
    return found if isinstance(found, Emulator) else None


def _journal(one: Emulator) -> str:
    try:
        requests = one.requests(limit=50)
    except Exception as error:  # the report must not fail with the test
        return f"the journal cannot be read: {error}"
    return "\n".join(map(str, requests)) or "no request reached the emulator; does the client use its base URL?"
