"""Photographs to edit, another one for each round, and the least that editing one can cost."""

import io
from functools import lru_cache
from typing import Literal

from PIL import Image

from emulator.imaging.encode import _PNG_LEVEL, _QUALITY, _WEBP_METHOD  # the yardstick encodes at the same settings
from emulator.imaging.photograph import landscape

Format = Literal["png", "jpeg", "webp"]


def photograph(kind: Format, size: tuple[int, int], number: int) -> bytes:
    """The file of a grainy photograph; another `number` differs in one pixel, so that no cache knows it."""
    picture = _scene(size)
    picture.putpixel((number % size[0], 0), (number % 256, 0, 0))
    return _saved(picture, kind)


@lru_cache(maxsize=16)
def padded(size: int) -> bytes:
    """A PNG of exactly `size` bytes that no vendor edits: it shows 16x16 pixels and carries a large comment."""
    import struct
    import zlib

    small = _saved(Image.new("RGB", (16, 16)), "png")
    content = b"bench\0" + b"x" * (size - len(small) - 12 - 6)
    chunk = struct.pack(">L", len(content)) + b"tEXt" + content + struct.pack(">L", zlib.crc32(b"tEXt" + content))
    return small[:-12] + chunk + small[-12:]  # after the pixels: a header is read without it


def least_edit(data: bytes, kind: Format, size: tuple[int, int]) -> bytes:
    """Decode, one resize, encode, in process. The box of the resize is a pixel in, or Pillow would only copy."""
    with Image.open(io.BytesIO(data)) as picture:
        box = (1, 1, picture.width - 1, picture.height - 1)
        return _saved(picture.resize(size, Image.Resampling.BICUBIC, box=box), kind)


@lru_cache(maxsize=4)
def _scene(size: tuple[int, int]) -> Image.Image:
    if max(size) > 4096:  # an enlarged one, so that its PNG is small enough to be sent
        return landscape("harbour", (1024, 576)).resize(size)
    return landscape("harbour", size)


def _saved(picture: Image.Image, kind: Format) -> bytes:
    buffer = io.BytesIO()
    if kind == "png":
        picture.save(buffer, "PNG", compress_level=_PNG_LEVEL)
    elif kind == "jpeg":
        picture.save(buffer, "JPEG", quality=_QUALITY)
    else:
        picture.save(buffer, "WEBP", quality=_QUALITY, method=_WEBP_METHOD)
    return buffer.getvalue()
