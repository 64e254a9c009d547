"""Where the peers are installed: pinned versions in a folder of their own that git does not see."""

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

PRISM, AIMOCK, MOTO = "5.16.0", "1.43.0", "5.2.5"
FOLDER = Path(__file__).parent / ".peers"
# What aimock answers an edit with: it edits no picture itself.
_FIXTURE = {
    "fixtures": [
        {
            "match": {"endpoint": "image", "userMessage": "make it a sunset"},
            "response": {"image": {"b64Json": "aSBhbSBubyBwaWN0dXJl"}},
        }
    ]
}


@dataclass(frozen=True, kw_only=True)
class Places:
    """The commands, without options."""

    prism: Sequence[str]
    aimock: Sequence[str]
    moto: Sequence[str]


def places() -> Places:
    """Install what is not there yet. Raises CalledProcessError when a package cannot be had."""
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / ".gitignore").write_text("*\n")
    fixture = FOLDER / "aimock.json"
    fixture.write_text(json.dumps(_FIXTURE))
    npm = FOLDER / f"npm-{PRISM}-{AIMOCK}"
    if not (npm / "done").exists():
        npm.mkdir(exist_ok=True)
        packages = [f"@stoplight/prism-cli@{PRISM}", f"@copilotkit/aimock@{AIMOCK}"]
        _run(["npm", "install", "--no-audit", "--no-fund", "--loglevel=error", "--prefix", str(npm), *packages])
        (npm / "done").touch()
    venv = FOLDER / f"moto-{MOTO}"
    if not (venv / "done").exists():
        _run([sys.executable, "-m", "venv", str(venv)])
        pip = [str(venv / "bin" / "python"), "-m", "pip", "install", "-q", "--disable-pip-version-check"]
        _run([*pip, f"moto[server]=={MOTO}"])
        (venv / "done").touch()
    binaries = npm / "node_modules" / ".bin"
    return Places(
        prism=[str(binaries / "prism")],
        aimock=[str(binaries / "llmock"), "--fixtures", str(fixture)],
        moto=[str(venv / "bin" / "moto_server")],
    )


def _run(command: Sequence[str]) -> None:
    sys.stderr.write(f"installing: {' '.join(Path(part).name for part in command if '==' in part or '@' in part)}\n")
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.stderr.write(done.stdout + done.stderr)
        done.check_returncode()
