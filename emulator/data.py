"""Where `openapi/` and `fixtures/` lie: beside the package in a checkout, inside it in a wheel."""

from functools import cache
from pathlib import Path
from typing import Any

import orjson

_PACKAGE = Path(__file__).parent


@cache
def data_path(*parts: str) -> Path:
    """A file or folder of the project's data, in checkout and wheel alike."""
    inside = _PACKAGE / "_data"
    return (inside if inside.is_dir() else _PACKAGE.parent).joinpath(*parts)


@cache
def catalogue(vendor: str) -> dict[str, Any]:
    """A vendor's `fixtures/VENDOR/models.json`, parsed once."""
    loaded: dict[str, Any] = orjson.loads(data_path("fixtures", vendor, "models.json").read_bytes())
    return loaded
