"""File bytes to upright 8-bit sRGB pixels, whole or not at all.

Knows every format, mode, profile and orientation that a client may send; refuses what is truncated,
damaged or larger than allowed. Never asks Pillow's own opener: that one warns about large pictures,
tries every plugin (some start other programs), and guesses by file name.
"""

import io
import re
from collections.abc import Callable
from typing import IO

from PIL import Image, ImageCms, ImageFile

from emulator.errors import ImageRejected
from emulator.imaging.header import Path, PictureBytes, canvas_size, exif_of, orientation_of, sniff
from emulator.imaging.streams import reading

# No vendor allows more, and Pillow's own alarm would ring above it.
MOST_PIXELS = 178_956_970

_TRANSPOSE = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_PNG_END = re.compile(re.escape(b"\0\0\0\0IEND\xaeB`\x82"))
_PNG_TAIL = 4096  # bytes in which a PNG's end stands, but for those with something behind it
_SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))


def open_picture(data: PictureBytes, *, path: Path, most_pixels: int = MOST_PIXELS) -> ImageFile.ImageFile:
    """The picture opened, its pixels still packed. Raises ImageRejected: undecodable, too_many_pixels."""
    kind = sniff(data)
    opener = _opener(kind) if kind else None
    if opener is None or kind is None:
        raise ImageRejected(fault="undecodable", path=path, detail={"format": kind})
    _check_size(canvas_size(data, kind), path, most_pixels)
    try:
        picture = opener(reading(data))
    except MemoryError:
        raise
    except Exception as error:  # hostile bytes make decoders raise nearly anything
        raise ImageRejected(fault="undecodable", path=path, detail={"format": kind}) from error
    _check_size(picture.size, path, most_pixels)
    return picture


def mode_of(data: PictureBytes) -> str:
    """Pillow's name for the file's own pixel mode; "RGB" where the header cannot be read."""
    try:
        return open_picture(data, path=()).mode
    except ImageRejected:
        return "RGB"


def decode(
    data: PictureBytes,
    *,
    path: Path = ("image",),
    most_pixels: int = MOST_PIXELS,
    target: tuple[int, int] | None = None,
) -> Image.Image:
    """The picture as RGB or RGBA in sRGB, upright, its first frame; `info` is empty.

    With a `target` size in pixels, a much larger JPEG may be decoded at a half, a quarter or an eighth,
    never below the target. Raises ImageRejected: undecodable, too_many_pixels.
    """
    kind = sniff(data)
    if kind == "heic":
        return _stand_in(data, path, most_pixels)
    picture = open_picture(data, path=path, most_pixels=most_pixels)
    orientation = 1 if kind == "tiff" else orientation_of(exif_of(data, kind or "", picture.info.get("exif")))
    turn = _TRANSPOSE.get(orientation)
    if kind == "png" and not (_PNG_END.search(data, max(0, len(data) - _PNG_TAIL)) or _PNG_END.search(data)):
        raise ImageRejected(fault="undecodable", path=path, detail={"format": kind})
    try:
        if target is not None and kind == "jpeg":
            picture.draft(None, (max(target), max(target)))
        picture.load()
        pixels = _to_srgb(picture)
    except MemoryError:
        raise
    except Exception as error:
        raise ImageRejected(fault="undecodable", path=path, detail={"format": kind}) from error
    if pixels is picture and kind == "avif":
        pixels = picture.copy()  # lets go of the decoder, which holds the frame as well
    if turn is not None:
        pixels = pixels.transpose(turn)
    pixels.info = {}
    return pixels


def _check_size(size: tuple[int, int] | None, path: Path, most_pixels: int) -> None:
    if size is not None and size[0] * size[1] > most_pixels:
        detail: dict[str, object] = {
            "width": size[0],
            "height": size[1],
            "pixels": size[0] * size[1],
            "limit": most_pixels,
        }
        raise ImageRejected(fault="too_many_pixels", path=path, detail=detail)


def _opener(kind: str) -> Callable[[IO[bytes]], ImageFile.ImageFile] | None:
    """The one plugin for a format, loaded when first needed."""
    match kind:
        case "png":
            from PIL.PngImagePlugin import PngImageFile as Opener
        case "jpeg":  # also the base picture of a multi-picture JPEG
            from PIL.JpegImagePlugin import JpegImageFile as Opener  # type: ignore[assignment]
        case "webp":
            from emulator.imaging.webp import WebP as Opener  # type: ignore[assignment]
        case "gif":
            from PIL.GifImagePlugin import GifImageFile as Opener  # type: ignore[assignment]
        case "bmp":
            from PIL.BmpImagePlugin import BmpImageFile as Opener  # type: ignore[assignment]
        case "tiff":
            from PIL.TiffImagePlugin import TiffImageFile as Opener  # type: ignore[assignment]
        case "avif":
            from PIL.AvifImagePlugin import AvifImageFile as Opener  # type: ignore[assignment]
        case "jp2":
            from PIL.Jpeg2KImagePlugin import Jpeg2KImageFile as Opener  # type: ignore[assignment]
        case _:
            return None
    return Opener


def _to_srgb(picture: Image.Image) -> Image.Image:
    """RGB or RGBA in sRGB, whatever the mode and profile were."""
    profile = picture.info.get("icc_profile")
    picture = _to_eight_bits(picture)
    if picture.mode == "P":
        picture = picture.convert("RGBA" if "transparency" in picture.info else "RGB")
    elif (picture.mode in ("1", "L", "RGB") and "transparency" in picture.info) or picture.mode in (
        "LA",
        "La",
        "PA",
        "RGBa",
    ):
        picture = picture.convert("RGBA")
    elif picture.mode == "1":
        picture = picture.convert("L")
    if profile:
        picture = _through_profile(picture, profile)
    if picture.mode not in ("RGB", "RGBA"):
        picture = picture.convert("RGB")
    return picture


def _to_eight_bits(picture: Image.Image) -> Image.Image:
    """Deeper samples scaled to 0..255; Pillow's own conversion would clip them."""
    if picture.mode.startswith("I;16"):
        return picture.point(lambda sample: sample * (1 / 257) + 0.5).convert("L")
    if picture.mode in ("I", "F"):
        extrema = picture.getextrema()
        low, high = extrema if isinstance(extrema[0], int | float) else (0, 1)
        low, high = float(min(low, 0)), float(max(high, 0))
        full = 1.0 if picture.mode == "F" and high <= 1 else 65535.0 if high <= 65535 else high
        scale = 255 / (full - low)
        return picture.point(lambda sample: sample * scale + (0.5 - low * scale)).convert("L")
    return picture


def _through_profile(picture: Image.Image, profile: bytes) -> Image.Image:
    """Colours of an embedded ICC profile as sRGB; a profile that is broken or of another mode is passed over."""
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if "srgb" in ImageCms.getProfileDescription(source).lower():
            return picture
        mode = "RGBA" if picture.mode == "RGBA" else "RGB"
        return ImageCms.profileToProfile(picture, source, _SRGB, outputMode=mode) or picture
    except (ImageCms.PyCMSError, OSError, ValueError):
        return picture


def _stand_in(data: PictureBytes, path: Path, most_pixels: int) -> Image.Image:
    """A synthetic photograph of a HEIC's size and bytes, because there is no decoder for HEIC here."""
    from emulator.ids import digest
    from emulator.imaging.photograph import landscape

    size = canvas_size(data, "heic")
    _check_size(size, path, most_pixels)
    if size is None or not size[0] * size[1]:
        raise ImageRejected(fault="undecodable", path=path, detail={"format": "heic"})
    return landscape(digest(bytes(data)).hex(), size)
