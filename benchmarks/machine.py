"""On what was measured: cores, processor, versions. No host names, no paths."""

import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

_PACKAGES = ("pillow", "numpy", "uvicorn", "starlette", "uvloop", "httptools", "orjson", "pybase64")


def machine() -> str:
    """A few lines of Markdown."""
    versions = ", ".join(f"{name} {_version(name)}" for name in _PACKAGES)
    return (
        f"- {cores()} cores, {_processor()}, {platform.system()} {platform.machine()}\n"
        f"- {platform.python_implementation()} {platform.python_version()}, {versions}\n"
    )


def cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.processor() or "unknown processor"
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown")


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "absent"
