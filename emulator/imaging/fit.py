"""Sizes and ratios, and how a picture of one shape becomes one of another."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image, ImageFilter, ImageOps

# How far shapes may differ before more than a plain resize is needed, and how much of a side may be cut off.
_SAME_SHAPE = 0.02
_MOST_CROPPED = 0.12
_LEAST_WORKING_SIDE = 1024


@dataclass(frozen=True, kw_only=True)
class Placement:
    """How an input lies on the output: the part of it that is seen, and where that lands, in pixels."""

    seen: tuple[float, float, float, float]
    box: tuple[int, int, int, int]


def closest_ratio(width: int, height: int, ratios: Sequence[str]) -> str:
    """The ratio such as "16:9" whose shape is nearest to the picture's; the earlier one of two as near.

    Raises ValueError when there are none.
    """
    shape = math.log(width / height)
    return min(ratios, key=lambda ratio: abs(math.log(_shape(ratio)) - shape))


def size_for(ratio: str, area: int) -> tuple[int, int]:
    """Width and height in pixels of about `area`, both multiples of 16 (inferred from the vendor's tiers)."""
    shape = _shape(ratio)
    width = max(16, round(math.sqrt(area * shape) / 16) * 16)
    return width, max(16, round(math.sqrt(area / shape) / 16) * 16)


def place(size: tuple[int, int], target: tuple[int, int]) -> Placement:
    """Shapes that agree within 2 % are resized, a side is cropped by up to 12 %, else all is shown and extended."""
    (width, height), (wide, high) = size, target
    stretch = (wide / high) / (width / height)  # above 1: the target is wider
    whole = (0.0, 0.0, float(width), float(height))
    if abs(stretch - 1) <= _SAME_SHAPE:
        return Placement(seen=whole, box=(0, 0, wide, high))
    kept = min(stretch, 1 / stretch)
    if kept >= 1 - _MOST_CROPPED:
        cut_x, cut_y = (0.0, height * (1 - kept) / 2) if stretch > 1 else (width * (1 - kept) / 2, 0.0)
        return Placement(seen=(cut_x, cut_y, width - cut_x, height - cut_y), box=(0, 0, wide, high))
    shown = (
        (max(1, round(high * width / height)), high) if stretch > 1 else (wide, max(1, round(wide * height / width)))
    )
    left, top = (wide - shown[0]) // 2, (high - shown[1]) // 2
    return Placement(seen=whole, box=(left, top, left + shown[0], top + shown[1]))


def working_size(size: tuple[int, int], target: tuple[int, int]) -> tuple[int, int]:
    """The target, or its shape at the input's own scale where the input must be enlarged.

    Painting before enlarging costs a sixteenth at 4K and looks the same; never below 1024 on the longer side,
    so that what is drawn in stays crisp.
    """
    placed = place(size, target)
    enlarged = (placed.box[2] - placed.box[0]) / (placed.seen[2] - placed.seen[0])
    shrink = max(1.0, min(enlarged, max(target) / _LEAST_WORKING_SIDE))
    return max(1, round(target[0] / shrink)), max(1, round(target[1] / shrink))


def fit(picture: Image.Image, target: tuple[int, int]) -> Image.Image:
    """The picture at the target size; the very same object where it has that size already."""
    if picture.size == target:
        return picture
    placed = place(picture.size, target)
    shown = (placed.box[2] - placed.box[0], placed.box[3] - placed.box[1])
    resized = picture.resize(shown, Image.Resampling.BICUBIC, box=placed.seen, reducing_gap=3.0)
    return resized if shown == target else _extended(resized, target, placed.box)


def fit_weight(weight: Image.Image, size: tuple[int, int], target: tuple[int, int]) -> Image.Image:
    """A mask that follows its picture (of `size`) to the target; what was not there before may be edited."""
    weight = weight if weight.size == size else weight.resize(size, Image.Resampling.BILINEAR)
    if size == target:
        return weight
    placed = place(size, target)
    shown = (placed.box[2] - placed.box[0], placed.box[3] - placed.box[1])
    field = Image.new("L", target, 255)
    field.paste(weight.resize(shown, Image.Resampling.BILINEAR, box=placed.seen, reducing_gap=3.0), placed.box)
    return field


def _extended(shown: Image.Image, target: tuple[int, int], box: tuple[int, int, int, int]) -> Image.Image:
    """The rest continued as a blurred mirror image of what is shown."""
    small = shown.resize(
        (max(1, round(shown.width * 96 / max(target))), max(1, round(shown.height * 96 / max(target))))
    )
    canvas = Image.new(
        shown.mode, (max(1, round(target[0] * 96 / max(target))), max(1, round(target[1] * 96 / max(target))))
    )
    start = ((canvas.width - small.width) // 2, (canvas.height - small.height) // 2)
    for column in range(-(start[0] // small.width + 1), start[0] // small.width + 2):
        for row in range(-(start[1] // small.height + 1), start[1] // small.height + 2):
            turned = ImageOps.mirror(small) if column % 2 else small
            turned = ImageOps.flip(turned) if row % 2 else turned
            canvas.paste(turned, (start[0] + column * small.width, start[1] + row * small.height))
    canvas = canvas.filter(ImageFilter.GaussianBlur(2.2)).resize(target, Image.Resampling.BICUBIC)
    feather = max(2, min(shown.size) // 40)
    canvas.paste(shown, box, _feathered(shown.size, feather, across=box[0] > 0, along=box[1] > 0))
    return canvas


def _feathered(size: tuple[int, int], feather: int, *, across: bool, along: bool) -> Image.Image:
    """White, fading to black over `feather` pixels at the sides that adjoin the continuation."""
    mask = Image.new("L", size, 255)
    fade = Image.linear_gradient("L")
    if along:
        edge = fade.resize((size[0], feather))
        mask.paste(edge, (0, 0))
        mask.paste(ImageOps.flip(edge), (0, size[1] - feather))
    if across:
        edge = fade.rotate(90).resize((feather, size[1]))
        mask.paste(edge, (0, 0))
        mask.paste(ImageOps.mirror(edge), (size[0] - feather, 0))
    return mask


def _shape(ratio: str) -> float:
    wide, _, high = ratio.partition(":")
    return float(wide) / float(high)
