"""What an edit is asked for and what comes of it, as plain values. Loads nothing."""

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from emulator.imaging.header import Path, PictureBytes
from emulator.imaging.provenance import digest_of

OutputFormat = Literal["png", "jpeg", "webp"]


@dataclass(frozen=True, kw_only=True)
class Inputs:
    """The files of a request. `layers` are the further pictures; `paths` name base, layers and mask in errors."""

    base: PictureBytes
    layers: tuple[PictureBytes, ...] = ()
    mask: PictureBytes | None = None
    paths: tuple[Path, ...] = ()

    @cached_property
    def digests(self) -> tuple[str, ...]:
        """Of the base and the layers, hexadecimal; worked out once for cache and provenance."""
        return tuple(digest_of(data) for data in (self.base, *self.layers))

    @cached_property
    def mask_digest(self) -> str | None:
        """Of the mask, if there is one."""
        return None if self.mask is None else digest_of(self.mask)

    def path(self, number: int) -> Path:
        """Where the picture stood in the request: 0 the base, then layers, then the mask."""
        if number < len(self.paths):
            return self.paths[number]
        return ("mask",) if number > len(self.layers) else ("image", number) if self.layers else ("image",)


@dataclass(frozen=True, kw_only=True)
class EditSpec:
    """What to make of them. Size in pixels; `quality` 1 to 100 for JPEG and WebP, None for our default.

    `transparent` makes the background transparent (PNG and WebP), `blurred` hides the content (safe
    mode), `effort` is the vendor's quality tier and changes the looks a little, as `seed` and `model` do.
    """

    prompt: str
    width: int
    height: int
    output_format: OutputFormat
    quality: int | None = None
    transparent: bool = False
    seed: int = 0
    model: str
    vendor: str
    operation: str
    effort: str = ""
    blurred: bool = False


@dataclass(frozen=True, kw_only=True)
class Rendered:
    """A finished file. `words` are the vocabulary's operations that were applied, in order."""

    data: bytes
    media_type: str
    width: int
    height: int
    words: tuple[str, ...]
