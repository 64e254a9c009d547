"""Assertions about pictures, whose messages say where and how much, and which leave a picture of the difference.

Pillow is loaded when one is called, not before.
"""

import tempfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Union

from emulator.testing.images import Picture

if TYPE_CHECKING:
    from PIL.Image import Image

AnyPicture = Union[Picture, "Image"]
MARGIN = 12  # pixels between the pictures of a comparison


@dataclass(frozen=True, kw_only=True)
class Difference:
    """How two pictures of one size differ.

    `share` of the pixels that differ (0 to 1), `mean` and `most` difference of a pixel's strongest channel in
    levels of 0 to 255, `box` around all that differ as (left, top, right, bottom) in pixels, right and bottom
    exclusive; None where nothing does. `first` is the first pixel that differs, in reading order.
    """

    share: float
    mean: float
    most: int
    box: tuple[int, int, int, int] | None
    first: tuple[int, int] | None

    def __str__(self) -> str:
        if self.box is None:
            return "no pixel differs"
        left, top, right, bottom = self.box
        return (
            f"{self.share:.2%} of the pixels differ, by {self.mean:.1f} levels in the mean and {self.most} at most, "
            f"within x {left}..{right - 1}, y {top}..{bottom - 1}; the first is {self.first}"
        )


def difference(before: AnyPicture, after: AnyPicture, *, tolerance: int = 0) -> Difference:
    """How two pictures differ, channels taken together; differences up to `tolerance` levels do not count.

    Pictures as bytes, paths or Pillow images, with EXIF orientation applied. Raises ValueError for two sizes.
    """
    return _measure(_apart(_open(before), _open(after)), tolerance)


def assert_same_picture(
    one: AnyPicture, other: AnyPicture, *, tolerance: int = 0, save_to: str | Path | None = None
) -> None:
    """That two pictures are the same, pixel by pixel, within `tolerance` levels.

    On failure a comparison is saved into `save_to` (a folder; else a temporary one), which the message names.
    """
    first, second = _open(one), _open(other)
    if first.size != second.size:
        raise AssertionError(f"the pictures have different sizes: {first.size} and {second.size}")
    apart = _apart(first, second)
    found = _measure(apart, tolerance)
    if found.box is not None:
        raise AssertionError(f"the pictures differ: {found}{_seen(first, second, apart, tolerance, save_to)}")


def assert_only_mask_changed(
    before: AnyPicture,
    after: AnyPicture,
    mask: AnyPicture,
    *,
    tolerance: int = 0,
    save_to: str | Path | None = None,
) -> None:
    """That an edit stayed within its mask, and changed something there.

    The mask as OpenAI's: what is fully transparent may change, everything else must not. On failure a
    comparison is saved, as above. Raises ValueError for a mask without alpha or of another size.
    """
    from PIL import Image, ImageChops

    first, second, given = _open(before), _open(after), _raw(mask)
    if first.size != second.size:
        raise AssertionError(f"the edit has another size than the picture: {second.size} instead of {first.size}")
    if given.size != first.size:
        raise ValueError(f"the mask has the size {given.size}, the picture {first.size}; they must be the same")
    if "A" not in given.getbands() and "transparency" not in given.info:
        raise ValueError("the mask has no alpha channel; where it is transparent the edit may go")
    kept = given.convert("RGBA").getchannel("A").point([0] + [255] * 255)
    apart = _apart(first, second)
    outside = ImageChops.multiply(apart, kept)
    found = _measure(outside, tolerance)
    if found.box is not None:
        where = _seen(first, second, outside, tolerance, save_to)
        raise AssertionError(f"pixels outside the mask changed: {found}{where}")
    inside = ImageChops.multiply(apart, ImageChops.invert(kept))
    if inside.getbbox() is None and Image.eval(kept, lambda level: 255 - level).getbbox() is not None:
        raise AssertionError("nothing changed within the mask: the picture is as it was")


def _raw(picture: AnyPicture) -> "Image":
    from PIL import Image, ImageOps

    if isinstance(picture, Image.Image):
        return picture
    data = bytes(picture) if isinstance(picture, bytes | bytearray) else Path(picture).read_bytes()
    opened = Image.open(BytesIO(data))
    opened.load()
    return ImageOps.exif_transpose(opened)


def _open(picture: AnyPicture) -> "Image":
    return _raw(picture).convert("RGBA")


def _apart(first: "Image", second: "Image") -> "Image":
    """The strongest channel's difference, pixel by pixel, in levels."""
    from PIL import ImageChops

    if first.size != second.size:
        raise ValueError(f"pictures of different sizes: {first.size} and {second.size}")
    red, *others = ImageChops.difference(first, second).split()
    for band in others:
        red = ImageChops.lighter(red, band)
    return red


def _measure(apart: "Image", tolerance: int) -> Difference:
    counts = apart.histogram()
    pixels = apart.width * apart.height
    differing = sum(counts[tolerance + 1 :])
    if not differing:
        return Difference(share=0.0, mean=0.0, most=max(i for i, n in enumerate(counts) if n), box=None, first=None)
    marked = _marked(apart, tolerance)
    box = marked.getbbox()
    if box is None:
        raise RuntimeError("a histogram and its picture disagree")
    row = marked.crop((0, box[1], apart.width, box[1] + 1)).getbbox()
    return Difference(
        share=differing / pixels,
        mean=sum(level * count for level, count in enumerate(counts) if level > tolerance) / differing,
        most=max(level for level, count in enumerate(counts) if count),
        box=box,
        first=(row[0] if row else box[0], box[1]),
    )


def _marked(apart: "Image", tolerance: int) -> "Image":
    return apart.point([0] * (tolerance + 1) + [255] * (255 - tolerance))


def _seen(first: "Image", second: "Image", apart: "Image", tolerance: int, save_to: str | Path | None) -> str:
    """Before, after, and after with every difference in magenta; saved side by side. Where, for the message."""
    from PIL import Image

    marked = _marked(apart, tolerance)
    highlighted = second.convert("L").convert("RGB").point(lambda level: 128 + level // 2)
    highlighted.paste((255, 0, 160), mask=marked)
    width, height = first.size
    sheet = Image.new("RGB", (3 * width + 2 * MARGIN, height), "white")
    for place, picture in enumerate((first, second, highlighted)):
        sheet.paste(picture.convert("RGB"), (place * (width + MARGIN), 0))
    folder = Path(save_to) if save_to is not None else Path(tempfile.mkdtemp(prefix="image-edit-emulator-"))
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"difference-{sum(1 for _ in folder.glob('difference-*.png')) + 1}.png"
    sheet.save(path)
    return f"\nbefore, after and the difference (magenta) side by side: {path}"
