"""The import rules of the house, as data: arrows point one way."""

import ast
import re
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "emulator"

GROUND = {"clock", "ids", "money", "errors", "data", "database", "settings", "credentials", "rates", "moderation"}
GROUND |= {"leniency", "process"}
ROOMS = {"contract", "imaging", "billing", "files", "jobs", "wallets", "faults", "journal", "webhooks"}
SPINE = {"world", "call", "vendor", "sources", "refusal", "summary", "mishap", "exchange"}
SURFACES = {"vendors", "control", "media", "inspector"}
TOP = {"app", "connection", "server", "cli", "wallet_commands", "pytest_plugin", "demo"}
LEVELS = [GROUND, ROOMS, SPINE, SURFACES, TOP]

# Arrows that go sideways or up on purpose, each with its reason.
ALLOWED = {
    ("settings", "money"): "amounts are checked where they enter",
    ("credentials", "errors"): "ground values",
    ("jobs", "files"): "results are files",
    ("wallets", "billing"): "credit is on the ledger",
}
SPINE_ORDER = ["world", "call", "vendor", "exchange"]
WEB = {"starlette", "uvicorn"}


def files() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def room(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {f"{node.module}.{alias.name}" for alias in node.names} | {node.module}
    return found


def level(name: str) -> int:
    return next((i for i, names in enumerate(LEVELS) if name in names), -1)


@pytest.mark.parametrize("path", files(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_point_one_way(path):
    here = room(path)
    if here in ("__init__", "testing"):  # the package's name, and what users import: they may see all
        return
    assert level(here) >= 0, f"{here} is not in the table of rooms"
    for name in imports(path):
        if not name.startswith("emulator."):
            assert level(here) >= level("vendors") or name.split(".")[0] not in WEB, f"{here} imports {name}"
            continue
        there = name.split(".")[1]
        if there == here or level(there) < 0 or (here, there) in ALLOWED:
            continue
        if here in GROUND:
            assert there in GROUND, f"ground {here} imports {there}"
        elif here in ROOMS:
            assert there in GROUND, f"the room {here} imports {there}"
        else:
            assert level(there) <= level(here), f"{here} imports {there} above it"


def test_vendors_do_not_import_each_other():
    for path in (PACKAGE / "vendors").rglob("*/*.py"):
        own = path.parent.name
        for name in imports(path):
            other = re.match(r"emulator\.vendors\.(\w+)", name)
            assert not other or other[1] in (own, "registry"), f"{path.name} of {own} imports {name}"


def test_nothing_outside_the_vendors_asks_which_vendor_it_is():
    for path in files():
        if room(path) != "vendors":
            assert not re.search(r"\bif vendor ==|\bvendor\.name ==", path.read_text("utf-8")), path


@pytest.mark.parametrize(
    ("pattern", "home"),
    [
        (r"\bimport time\b|\btime\.time\(|datetime\.now|utcnow", {"clock"}),
        (r"\bimport random\b|\buuid\b|\bsecrets\b|os\.urandom", {"ids"}),
        (r"os\.environ|getenv", {"settings"}),
        (r"\bimport sqlite3\b", {"database"}),
    ],
)
def test_time_chance_environment_and_storage_stay_in_their_rooms(pattern, home):
    for path in files():
        if room(path) not in home:
            assert not re.search(pattern, path.read_text("utf-8")), f"{path.name} breaks {pattern}"


def test_the_engine_and_pillow_are_not_loaded_by_what_tests_import(run_python):
    loaded = run_python("import sys, emulator.testing; print(*sorted(sys.modules))").split()
    assert not {"numpy", "PIL", "starlette", "uvicorn"} & set(loaded)


def test_the_server_starts_without_pillow_and_numpy(run_python):
    code = (
        "import sys; from emulator.app import build_app; from emulator.settings import Settings;"
        "build_app(Settings()); print(*sorted(sys.modules))"
    )
    assert not {"numpy", "PIL", "coincurve", "nacl"} & set(run_python(code).split())
