"""Synthetic, deterministic picture edits: header checks, edits, backgrounds removed, sizes.

Plain data in and out; knows no HTTP and no vendor's wire. Pillow is loaded with the first picture, not
with this package.
"""

from typing import TYPE_CHECKING

from emulator.imaging.header import ImageHeader, read_header, sniff
from emulator.imaging.limits import ImageLimits

if TYPE_CHECKING:
    from emulator.imaging.editing import EditSpec, Inputs, Rendered, edit, previews, remove_background
    from emulator.imaging.encode import OutputFormat
    from emulator.imaging.fit import closest_ratio, size_for
    from emulator.imaging.photograph import synthetic_photograph
    from emulator.imaging.provenance import Provenance

__all__ = [
    "EditSpec",
    "ImageHeader",
    "ImageLimits",
    "Inputs",
    "OutputFormat",
    "Provenance",
    "Rendered",
    "closest_ratio",
    "edit",
    "previews",
    "read_header",
    "remove_background",
    "size_for",
    "sniff",
    "synthetic_photograph",
]

_HOMES = {
    "closest_ratio": "fit",
    "size_for": "fit",
    "synthetic_photograph": "photograph",
    "Provenance": "provenance",
    "OutputFormat": "encode",
}


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib

    return getattr(importlib.import_module(f"{__name__}.{_HOMES.get(name, 'editing')}"), name)
