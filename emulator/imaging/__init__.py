"""Deterministic synthetic edits of real pictures. Knows pixels and prompts; no vendor, no HTTP, no money.

Names are resolved at first use: importing this room loads neither Pillow nor numpy, so that the server
starts without them.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from emulator.imaging.header import ImageHeader, read_header
from emulator.imaging.limits import ImageLimits
from emulator.imaging.spec import EditSpec, Inputs, OutputFormat, Rendered

if TYPE_CHECKING:
    from emulator.imaging.cutout import remove_background
    from emulator.imaging.edit import edit, previews
    from emulator.imaging.fit import closest_ratio, size_for
    from emulator.imaging.photograph import synthetic_photograph

__all__ = [
    "EditSpec",
    "ImageHeader",
    "ImageLimits",
    "Inputs",
    "OutputFormat",
    "Rendered",
    "closest_ratio",
    "edit",
    "previews",
    "read_header",
    "remove_background",
    "size_for",
    "synthetic_photograph",
]

_HOMES = {
    "edit": "edit",
    "previews": "edit",
    "closest_ratio": "fit",
    "size_for": "fit",
    "remove_background": "cutout",
    "synthetic_photograph": "photograph",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
