"""What a vendor allows of a picture, as figures. Knows no picture; loads nothing."""

from dataclasses import dataclass

# Every format that can be read, by its lower-case name. HEIC is recognised, but there is no free
# decoder for it here: a synthetic photograph of the same size stands in (see decode.py).
READABLE = ("png", "jpeg", "webp", "gif", "bmp", "tiff", "avif", "jp2")


@dataclass(frozen=True, kw_only=True)
class ImageLimits:
    """Limits that are checked on bytes and header alone, before any pixel is decoded.

    `max_bytes` and the pixel counts (width x height) are inclusive; None means no limit on bytes.
    `formats` holds the accepted formats as lower-case names: png, jpeg, webp, gif, heic, ...
    """

    max_bytes: int | None = None
    min_pixels: int = 1
    max_pixels: int
    formats: tuple[str, ...] = READABLE
