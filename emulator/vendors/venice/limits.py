"""Venice's documented limits on pictures and bodies, in one place."""

from emulator.imaging.header import ImageLimits

IMAGE_BYTES = 25 * 1000 * 1000 - 1  # documented: "less than 25MB"; read as decimal megabytes (inferred)
_AS_BASE64 = IMAGE_BYTES * 4 // 3 + 1_000_000  # one picture in JSON, and the text around it
BODY_BYTES = {"editImage": _AS_BASE64, "multiEditImage": 3 * _AS_BASE64, "backgroundRemoveImage": _AS_BASE64}
LIMITS = ImageLimits(max_bytes=IMAGE_BYTES, min_pixels=65_536, max_pixels=33_177_600)
