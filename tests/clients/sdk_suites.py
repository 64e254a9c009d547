"""Runs the suites that the vendors ship with their SDKs against a lenient server: `python tests/clients/sdk_suites.py`.

The suites are no part of this repository: pip fetches openai's source distribution and both SDKs, in the
versions that are installed here, into an environment that is thrown away. Needs a package registry.
"""

import os
import subprocess
import sys
import tarfile
import tempfile
from importlib.metadata import version
from pathlib import Path

from emulator.server import ServerThread
from emulator.settings import Settings

TOOLS = ("pytest", "pytest-asyncio", "inline-snapshot", "rich")
# The SDK's own suite asks the vendor's mock server, whose address it takes from an enum.
POINT_HERE = """
import os
import magic_hour.client

magic_hour.client._get_base_url = lambda *, base_url=None, environment: base_url or os.environ["TEST_API_BASE_URL"]
"""
MAGIC_HOUR = ("magic_hour.resources.v1.files.client_test", "magic_hour.resources.v1.image_projects.client_test")


def run_openai(python: str, folder: Path, url: str) -> int:
    """The edit cases of openai's tests of images: sync, async and aiohttp, each loose and strict."""
    wanted = f"openai=={version('openai')}"
    subprocess.run(
        [python, "-m", "pip", "download", "-q", "--no-deps", "--no-binary", ":all:", wanted, "-d", folder], check=True
    )
    [archive] = folder.glob("openai-*.tar.gz")
    with tarfile.open(archive) as opened:
        opened.extractall(folder, filter="data")
    return _pytest(
        [python, "-m", "pytest", "-o", "addopts=", "-k", "edit", "tests/api_resources/test_images.py"],
        folder=folder / archive.name.removesuffix(".tar.gz"),
        url=f"{url}/v1",
    )


def run_magic_hour(python: str, folder: Path, url: str, *chosen: str) -> int:
    """The tests of files and image projects in magic-hour's wheel; `chosen` are further options of pytest."""
    (folder / "point_here.py").write_text(POINT_HERE, "utf-8")
    command = [python, "-m", "pytest", "-o", "addopts=", "-p", "point_here", *chosen, "--pyargs", *MAGIC_HOUR]
    return _pytest(command, folder=folder, url=url)


def _pytest(command: list[str], *, folder: Path, url: str) -> int:
    environment = {**os.environ, "TEST_API_BASE_URL": url, "PYTHONPATH": str(folder), "NO_PROXY": "127.0.0.1"}
    return subprocess.run(
        [*command, "-q", "-p", "no:cacheprovider"], cwd=folder, env=environment, check=False
    ).returncode


def main() -> int:
    """0 where all of them pass."""
    with (
        tempfile.TemporaryDirectory(prefix="sdk-suites-") as name,
        ServerThread(Settings(port=0, lenient=True)) as url,
    ):
        folder = Path(name)
        subprocess.run([sys.executable, "-m", "venv", folder / "venv"], check=True)
        python = str(folder / "venv" / "bin" / "python")
        sdks = (f"openai[aiohttp]=={version('openai')}", f"magic-hour=={version('magic-hour')}")
        subprocess.run([python, "-m", "pip", "install", "-q", "--disable-pip-version-check", *TOOLS, *sdks], check=True)
        return run_openai(python, folder, url) or run_magic_hour(python, folder, url)


if __name__ == "__main__":
    sys.exit(main())
