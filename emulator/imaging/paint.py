"""Brush strokes over a picture, strip by strip, so that a large picture needs little memory beside itself.

A stroke changes a tile of the picture and is told, in fractions of the whole, which part it sees; the
same stroke therefore works on a thumbnail and on 33 megapixels. Knows no prompt and no vendor.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

from PIL import Image

from emulator.imaging.vocabulary import Rgb

# A megabyte of pixels: large enough that Python's share is small, small beside any picture.
_STRIP_PIXELS = 262_144


@dataclass(frozen=True, kw_only=True)
class Window:
    """The part of the whole picture that a tile shows, in fractions of its width and height."""

    x0: float
    y0: float
    x1: float
    y1: float

    def whole(self, size: tuple[int, int]) -> tuple[int, int]:
        """The whole picture's size in pixels, from a tile's."""
        return round(size[0] / (self.x1 - self.x0)), round(size[1] / (self.y1 - self.y0))


WHOLE = Window(x0=0.0, y0=0.0, x1=1.0, y1=1.0)

# Takes an RGB tile, which it may paint into, and gives an RGB tile of the same size.
Stroke = Callable[[Image.Image, Window], Image.Image]


def sample(field: Image.Image, window: Window, size: tuple[int, int], *, fine: bool = False) -> Image.Image:
    """A tile's part of a low-resolution field that is spread over the whole picture; without seams.

    `fine` costs a third more and suits fields that show a picture rather than a gradient.
    """
    width, height = field.size
    box = (window.x0 * width, window.y0 * height, window.x1 * width, window.y1 * height)
    return field.resize(size, Image.Resampling.BICUBIC if fine else Image.Resampling.BILINEAR, box=box)


def paint(
    picture: Image.Image, strokes: list[Stroke], *, weight: Image.Image | None = None, source: Image.Image | None = None
) -> None:
    """All strokes, in order, onto the picture itself; its alpha is kept.

    Where `weight` (mode L, the picture's size) is 0 the pixels stay exactly as they were, where it is
    255 they are the strokes' own. The strokes begin from `source` (same size and mode) where one is given.
    """
    area = (0, 0, *picture.size) if weight is None else weight.getbbox()
    if area is None:
        return
    width, height = picture.size
    left, top, right, bottom = area
    rows = max(8, _STRIP_PIXELS // (right - left))
    for y in range(top, bottom, rows):
        box = (left, y, right, min(bottom, y + rows))
        window = Window(x0=left / width, y0=y / height, x1=right / width, y1=box[3] / height)
        start = (picture if source is None else source).crop(box)
        tile = start if start.mode == "RGB" else start.convert("RGB")  # a copy: a stroke may paint into it
        for stroke in strokes:
            tile = stroke(tile, window)
        if start.mode == "RGBA":
            tile.putalpha(start.getchannel("A"))
        if weight is not None:
            tile = Image.composite(tile, picture.crop(box), weight.crop(box))
        picture.paste(tile, box)


def over(stroke: Stroke, field: Image.Image) -> Stroke:
    """The stroke confined to where a low-resolution field (mode L) is light; soft where it is grey."""

    def confined(tile: Image.Image, window: Window) -> Image.Image:
        return Image.composite(stroke(tile.copy(), window), tile, sample(field, window, tile.size))

    return confined


def wash(colours: Image.Image, strength: Image.Image) -> Stroke:
    """A low-resolution RGB field laid over the picture, as strong as a field of mode L says."""

    def washed(tile: Image.Image, window: Window) -> Image.Image:
        tile.paste(sample(colours, window, tile.size), (0, 0), sample(strength, window, tile.size))
        return tile

    return washed


def glaze(colour: Rgb, strength: Image.Image) -> Stroke:
    """One colour laid over the picture, as strong as a low-resolution field of mode L says."""

    sheets: dict[tuple[int, int], Image.Image] = {}

    def glazed(tile: Image.Image, window: Window) -> Image.Image:
        if _dark(strength, window):
            return tile
        # A sheet of the colour: Pillow pastes pictures through a mask in half the time that it takes for a colour.
        sheet = sheets.get(tile.size)
        if sheet is None:
            sheet = sheets[tile.size] = Image.new("RGB", tile.size, colour)
        tile.paste(sheet, (0, 0), sample(strength, window, tile.size))
        return tile

    return glazed


def _dark(field: Image.Image, window: Window) -> bool:
    """Whether nothing of a field of mode L reaches into a tile."""
    width, height = field.size
    left, top = math.floor(window.x0 * width) - 1, math.floor(window.y0 * height) - 1
    box = (max(0, left), max(0, top), math.ceil(window.x1 * width) + 1, math.ceil(window.y1 * height) + 1)
    return field.crop((*box[:2], min(width, box[2]), min(height, box[3]))).getbbox() is None


class Stamp:
    """A small drawing at one place. `draw` makes it for a side in pixels, as RGBA.

    `x` and `y` are its centre in fractions of the picture, `side` its size as a fraction of the
    picture's shorter side.
    """

    def __init__(self, draw: Callable[[int], Image.Image], *, x: float, y: float, side: float) -> None:
        self._draw = draw
        self._x, self._y, self._side = x, y, side
        self._drawn: Image.Image | None = None

    def __call__(self, tile: Image.Image, window: Window) -> Image.Image:
        """The tile with as much of the drawing as reaches into it."""
        width, height = window.whole(tile.size)
        side = max(4, round(self._side * min(width, height)))
        left = round(self._x * width - side / 2) - round(window.x0 * width)
        top = round(self._y * height - side / 2) - round(window.y0 * height)
        if left >= tile.width or top >= tile.height or left + side <= 0 or top + side <= 0:
            return tile
        if self._drawn is None or self._drawn.width != side:
            self._drawn = self._draw(side)
        seen = (max(0, -left), max(0, -top), min(side, tile.width - left), min(side, tile.height - top))
        part = self._drawn.crop(seen)
        tile.paste(part, (max(0, left), max(0, top)), part)
        return tile
