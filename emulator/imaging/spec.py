"""What an edit is asked for and what comes of it, as plain values. Loads nothing."""

from dataclasses import dataclass
from typing import Literal

OutputFormat = Literal["png", "jpeg", "webp"]
PictureBytes = bytes | bytearray


@dataclass(frozen=True, kw_only=True)
class Inputs:
    """The pictures of an edit, as file bytes. In `mask` fully transparent pixels are where the edit goes."""

    base: PictureBytes
    layers: tuple[PictureBytes, ...] = ()
    mask: PictureBytes | None = None


@dataclass(frozen=True, kw_only=True)
class EditSpec:
    """An edit, entirely: the same spec and inputs give the same bytes.

    `width` and `height` of the output in pixels; `quality` from 0 to 100 for JPEG and WebP (None: the
    format's default); `effort` is the vendor's quality tier; `blurred` hides the whole output.
    """

    prompt: str
    width: int
    height: int
    output_format: OutputFormat
    quality: int | None = None
    transparent: bool = False
    seed: int
    model: str
    vendor: str
    operation: str
    effort: str = ""
    blurred: bool = False


@dataclass(frozen=True, kw_only=True)
class Rendered:
    """A finished picture. `words` are the vocabulary words that were applied."""

    data: bytes
    media_type: str
    width: int
    height: int
    words: tuple[str, ...]
