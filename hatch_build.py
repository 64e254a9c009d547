"""Building the package, as a wheel or in place, parses the OpenAPI documents once for all starts."""

import runpy
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class ParseDocuments(BuildHookInterface):  # type: ignore[type-arg]
    """Write `openapi/.parsed/`."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002  # hatchling's signature
        """Before the files are gathered. Raises ValueError for a document that is not YAML 1.2."""
        root = Path(self.root)
        runpy.run_path(str(root / "emulator" / "contract" / "parse.py"))["write_copies"](root / "openapi")
