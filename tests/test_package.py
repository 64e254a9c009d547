"""The built wheel carries everything and works in an empty environment."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return next(folder.glob("*.whl"))


def test_the_wheel_carries_documents_and_fixtures(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    for folder in ("openapi", "fixtures"):
        for path in (ROOT / folder).rglob("*"):
            if path.is_file():
                assert f"emulator/_data/{path.relative_to(ROOT).as_posix()}" in names
    assert not [name for name in names if name.startswith("tests")]


def test_the_wheel_answers_without_the_checkout(wheel, tmp_path):
    zipfile.ZipFile(wheel).extractall(tmp_path)
    code = (
        "import emulator; from emulator.app import build_app; from emulator.settings import Settings;"
        "build_app(Settings()); print(emulator.__file__)"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(
        command,
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip().startswith(str(tmp_path))
