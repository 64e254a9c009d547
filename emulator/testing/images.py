"""What a test asks of a picture: where it comes from, how much it differs, whether a mask was kept.

Pillow is loaded when a function is called, not before.
"""

from os import PathLike
from pathlib import Path

from emulator.imaging.provenance import Provenance

Picture = bytes | bytearray | str | PathLike[str]


def read_provenance(picture: Picture) -> Provenance:
    """The record that the emulator wrote into a PNG, JPEG or WebP; from its bytes or a path.

    Raises ValueError if the picture holds none, as one that was re-encoded elsewhere.
    """
    from emulator.imaging.encode import read_record

    found = read_record(_bytes(picture))
    if found is None:
        raise ValueError("this picture carries no provenance: it was not made by the emulator, or was re-encoded since")
    return found


def mean_difference(one: Picture, other: Picture) -> float:
    """How much two pictures of one size differ: the mean over pixels and channels, in levels of 0 to 255.

    Alpha counts where it differs. Raises ValueError for different sizes.
    """
    from PIL import ImageChops, ImageStat

    from emulator.imaging.decode import decode

    first, second = (decode(_bytes(picture)).convert("RGBA") for picture in (one, other))
    if first.size != second.size:
        raise ValueError(f"pictures of different sizes: {first.size} and {second.size}")
    means = ImageStat.Stat(ImageChops.difference(first, second)).mean
    bands = means if means[3] else means[:3]
    return sum(bands) / len(bands)


def same_outside_mask(before: Picture, after: Picture, mask: Picture) -> bool:
    """Whether every pixel under the mask's opaque part is exactly the same before and after.

    All of one size; the mask as OpenAI's: transparent where the edit goes.
    """
    from PIL import Image, ImageChops

    from emulator.imaging.decode import decode

    first, second = (decode(_bytes(picture)).convert("RGBA") for picture in (before, after))
    opaque = [255 if level == 255 else 0 for level in range(256)]
    kept = decode(_bytes(mask)).convert("RGBA").getchannel("A").point(opaque)
    changed = ImageChops.difference(first, second)
    nothing = Image.new("L", kept.size)
    return all(Image.composite(band, nothing, kept).getbbox() is None for band in changed.split())


def _bytes(picture: Picture) -> bytes:
    return bytes(picture) if isinstance(picture, bytes | bytearray) else Path(picture).read_bytes()
