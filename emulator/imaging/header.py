"""Looks at a picture's bytes and header and refuses what breaks the limits; never decodes a pixel.

A decompression bomb costs neither memory nor time here: its header already says what it claims to be.
"""

import re
import struct
from dataclasses import dataclass
from itertools import islice

from emulator.errors import ImageFault, ImageRejected
from emulator.imaging.limits import ImageLimits

__all__ = ["ImageHeader", "ImageLimits", "canvas_size", "exif_of", "orientation_of", "read_header", "sniff"]

PictureBytes = bytes | bytearray | memoryview
Path = tuple[str | int, ...]

_SIGNATURES = (
    ("png", b"\x89PNG\r\n\x1a\n"),
    ("jpeg", b"\xff\xd8\xff"),
    ("gif", (b"GIF87a", b"GIF89a")),
    ("bmp", b"BM"),
    ("tiff", (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")),
    ("jp2", (b"\xff\x4f\xff\x51", b"\0\0\0\x0cjP  \r\n\x87\n")),
)
_AVIF_BRANDS = frozenset({b"avif", b"avis"})
_HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})
_ORIENTATION = 0x0112
_ISPE = re.compile(rb"ispe")
_AFTER_PIXELS = 66_000  # bytes at a PNG's end in which an EXIF block is looked for: it holds 65,536 at most
# Orientations 5 to 8 lie on their side.
_SIDEWAYS = frozenset({5, 6, 7, 8})


@dataclass(frozen=True, kw_only=True)
class ImageHeader:
    """What the header says. `width` and `height` in pixels as a viewer shows them, EXIF orientation applied."""

    format: str
    width: int
    height: int
    mode: str
    has_alpha: bool


def sniff(data: PictureBytes) -> str | None:
    """The format by its first bytes, as a lower-case name; None if it is no picture known here."""
    head = bytes(data[:64])
    for kind, signature in _SIGNATURES:
        if head.startswith(signature):
            return kind
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "webp"
    if head[4:8] == b"ftyp":
        brands = {head[8:12], *(head[i : i + 4] for i in range(16, min(len(head), _box_size(head)), 4))}
        return "avif" if brands & _AVIF_BRANDS else "heic" if brands & _HEIC_BRANDS else None
    return None


def read_header(data: PictureBytes, *, limits: ImageLimits, path: Path = ("image",)) -> ImageHeader:
    """The picture's header, within the limits.

    Raises ImageRejected, checked in this order: empty, too_many_bytes, undecodable (no known signature),
    wrong_format, undecodable (damaged header), too_few_pixels, too_many_pixels. `detail` carries the
    figures: bytes, format, width, height, pixels, and `limit` or `expected`.
    """

    def rejected(fault: ImageFault, **detail: object) -> ImageRejected:
        return ImageRejected(fault=fault, path=path, detail=detail)

    if not data:
        raise rejected("empty")
    if limits.max_bytes is not None and len(data) > limits.max_bytes:
        raise rejected("too_many_bytes", bytes=len(data), limit=limits.max_bytes)
    kind = sniff(data)
    if kind is None:
        raise rejected("undecodable")
    if kind not in limits.formats:
        raise rejected("wrong_format", format=kind, expected=limits.formats)
    header = _read(data, kind, limits, path)
    pixels = header.width * header.height
    if pixels < limits.min_pixels:
        raise rejected(
            "too_few_pixels", width=header.width, height=header.height, pixels=pixels, limit=limits.min_pixels
        )
    if pixels > limits.max_pixels:
        raise rejected(
            "too_many_pixels", width=header.width, height=header.height, pixels=pixels, limit=limits.max_pixels
        )
    return header


def canvas_size(data: PictureBytes, kind: str) -> tuple[int, int] | None:
    """Width and height where they must be known before a decoder is even made; None otherwise.

    WebP's decoder reserves its canvas when it is opened; HEIC has no decoder here.
    """
    if kind == "webp":
        return _webp_size(bytes(data[:30]))
    if kind == "heic":
        return _heic_size(data)
    return None


def orientation_of(exif: bytes | None) -> int:
    """The EXIF orientation, 1 to 8; 1 where it is absent or unreadable.

    Read here rather than by Pillow, which warns about other people's damaged tags.
    """
    if not exif:
        return 1
    tiff = exif.removeprefix(b"Exif\0\0")
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None:
        return 1
    try:
        (start,) = struct.unpack_from(order + "L", tiff, 4)
        (count,) = struct.unpack_from(order + "H", tiff, start)
        for i in range(count):
            tag, _kind, _count, value = struct.unpack_from(order + "HHLH", tiff, start + 2 + 12 * i)
            if tag == _ORIENTATION:
                return int(value) if 1 <= value <= 8 else 1
    except struct.error:
        pass
    return 1


def exif_of(data: PictureBytes, kind: str, found: object) -> bytes | None:
    """The raw EXIF block: as the decoder `found` it, or after a PNG's pixels, where some writers put it."""
    if isinstance(found, bytes):
        return found
    end = bytes(data[-_AFTER_PIXELS:]) if kind == "png" else b""
    if (at := end.rfind(b"eXIf")) >= 4:
        (length,) = struct.unpack_from(">L", end, at - 4)
        return end[at + 4 : at + 4 + length]
    return None


def _read(data: PictureBytes, kind: str, limits: ImageLimits, path: Path) -> ImageHeader:
    if kind == "heic":
        width, height = _heic_size(data) or (0, 0)
        if not width * height:
            raise ImageRejected(fault="undecodable", path=path, detail={"format": kind})
        return ImageHeader(format=kind, width=width, height=height, mode="RGB", has_alpha=False)
    from emulator.imaging.decode import open_picture  # Pillow loads at the first picture

    picture = open_picture(data, path=path, most_pixels=limits.max_pixels)
    width, height = picture.size
    # Pillow turns TIFFs itself; its size is the turned one already.
    if kind != "tiff" and orientation_of(exif_of(data, kind, picture.info.get("exif"))) in _SIDEWAYS:
        width, height = height, width
    has_alpha = picture.mode in ("LA", "La", "PA", "RGBA", "RGBa") or "transparency" in picture.info
    return ImageHeader(format=kind, width=width, height=height, mode=picture.mode, has_alpha=has_alpha)


def _box_size(head: bytes) -> int:
    return int.from_bytes(head[:4], "big")


def _webp_size(head: bytes) -> tuple[int, int] | None:
    chunk = head[12:16]
    if chunk == b"VP8X" and len(head) >= 30:
        return int.from_bytes(head[24:27], "little") + 1, int.from_bytes(head[27:30], "little") + 1
    if chunk == b"VP8L" and len(head) >= 25:
        bits = int.from_bytes(head[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if chunk == b"VP8 " and len(head) >= 30:
        return int.from_bytes(head[26:28], "little") & 0x3FFF, int.from_bytes(head[28:30], "little") & 0x3FFF
    return None


def _heic_size(data: PictureBytes) -> tuple[int, int] | None:
    """The largest `ispe` property: the picture, not its thumbnail or one of its tiles."""
    sizes: list[tuple[int, int]] = []
    for found in islice(_ISPE.finditer(data), 64):
        at = found.start()
        width, height = int.from_bytes(data[at + 8 : at + 12], "big"), int.from_bytes(data[at + 12 : at + 16], "big")
        sizes.append((width, height))
    return max(sizes, key=lambda size: size[0] * size[1], default=None)
