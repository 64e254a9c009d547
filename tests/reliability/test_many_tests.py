"""Hundreds of tests on eight workers against one sidecar: none sees another's requests, and nothing piles up."""

import subprocess
import sys
from pathlib import Path

import pytest

from emulator.server import ServerThread
from emulator.settings import Settings

SUITE = """
import httpx, pytest

@pytest.mark.parametrize("number", range({count}))
def test_alone(image_edit_emulator, number):
    e = image_edit_emulator
    headers = {{"Authorization": f"Bearer {{e.key}}"}}
    body = {{"style": {{"prompt": f"n{{number}}"}}, "assets": {{"image_file_paths": ["https://example.com/a.png"]}}}}
    for path, sent in (("/v1/models", None), ("/v1/ai-image-editor", body), ("/api/v1/models", None)):
        answer = httpx.request("POST" if sent else "GET", e.venice_url + path, json=sent, headers=headers, timeout=60)
        assert answer.status_code == 200
    seen = e.requests()
    assert [one.path for one in seen] == ["/v1/models", "/v1/ai-image-editor", "/api/v1/models"]
    assert seen[1].prompt == f"n{{number}}"
    assert [one["kind"] for one in e.accounts.entries("magic-hour", e.key)] == ["charge", "grant"]
"""


def resident():
    """Megabytes of this process, which the server runs in."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    raise AssertionError("no VmRSS")


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read from /proc")
def test_workers_share_a_sidecar_without_leaks_and_memory_stays(tmp_path, rounds):
    def run(count):
        (tmp_path / "test_many.py").write_text(SUITE.format(count=count))
        command = [sys.executable, "-m", "pytest", "-q", "-n", "8", "-p", "no:cacheprovider", "-p", "xdist"]
        done = subprocess.run(
            [*command, *plugin(), "--image-edit-emulator-url", url, "test_many.py"],
            cwd=tmp_path,
            env={"PATH": "", "PYTHONPATH": str(Path(__file__).parents[2]), "HOME": str(tmp_path)},
            capture_output=True,
            text=True,
            timeout=1200,
            check=False,
        )
        assert done.returncode == 0 and f"{count} passed" in done.stdout, done.stdout[-3000:] + done.stderr[-2000:]

    with ServerThread(Settings(port=0, job_queued="3600")) as url:
        run(50 * rounds)
        before = resident()
        run(50 * rounds)
        assert resident() < before + 12, "the second half of the tests made the server grow"


def plugin():
    from importlib.metadata import entry_points

    return [] if entry_points(group="pytest11", name="image-edit-emulator") else ["-p", "emulator.pytest_plugin"]
