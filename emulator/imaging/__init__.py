"""Synthetic, deterministic picture edits: header checks, edits, backgrounds removed, sizes.

Plain data in and out; knows no HTTP and no vendor's wire. Pillow is loaded with the first picture, not
with this package.
"""

import importlib
from typing import TYPE_CHECKING

from emulator.imaging.header import ImageHeader, read_header, sniff
from emulator.imaging.limits import READABLE, ImageLimits
from emulator.imaging.spec import EditSpec, Inputs, OutputFormat, Rendered

if TYPE_CHECKING:
    from emulator.imaging.editing import edit, previews, remove_background
    from emulator.imaging.fit import closest_ratio, size_for
    from emulator.imaging.masks import oval_mask
    from emulator.imaging.photograph import synthetic_photograph
    from emulator.imaging.provenance import Provenance

__all__ = [
    "READABLE",
    "EditSpec",
    "ImageHeader",
    "ImageLimits",
    "Inputs",
    "OutputFormat",
    "Provenance",
    "Rendered",
    "closest_ratio",
    "edit",
    "oval_mask",
    "previews",
    "read_header",
    "remove_background",
    "size_for",
    "sniff",
    "synthetic_photograph",
]

# What needs Pillow, and where it lives; loaded when first asked for.
_HOMES = {
    "Provenance": "provenance",
    "closest_ratio": "fit",
    "edit": "editing",
    "oval_mask": "masks",
    "previews": "editing",
    "remove_background": "editing",
    "size_for": "fit",
    "synthetic_photograph": "photograph",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
