"""Things that an edit can draw in: flower, hat, balloon and others, as small RGBA drawings.

Each is drawn too large and reduced, flat and with a soft shadow, so that a person sees at once that it
was added.
"""

import math
from collections.abc import Callable

from PIL import Image, ImageDraw, ImageFilter

from emulator.imaging.textures import mixed
from emulator.imaging.variation import Draw
from emulator.imaging.vocabulary import Rgb, ThingName

_WHITE: Rgb = (255, 255, 255)
_BLACK: Rgb = (0, 0, 0)
_LEAF: Rgb = (58, 140, 62)


class _Pen:
    """Draws in units of the drawing's side: 0,0 is the upper left corner, 1,1 the lower right."""

    def __init__(self, side: int) -> None:
        self.image = Image.new("RGBA", (side, side), (0, 0, 0, 0))
        self._draw = ImageDraw.Draw(self.image)
        self._side = side

    def oval(self, x: float, y: float, rx: float, ry: float, fill: Rgb) -> None:
        s = self._side
        self._draw.ellipse(((x - rx) * s, (y - ry) * s, (x + rx) * s, (y + ry) * s), fill=fill)

    def area(self, *points: tuple[float, float], fill: Rgb) -> None:
        self._draw.polygon([(x * self._side, y * self._side) for x, y in points], fill=fill)

    def line(self, *points: tuple[float, float], width: float, fill: Rgb) -> None:
        self._draw.line(
            [(x * self._side, y * self._side) for x, y in points],
            width=max(1, round(width * self._side)), fill=fill, joint="curve",
        )  # fmt: skip

    def clear(self, x: float, y: float, radius: float) -> None:
        s = self._side
        self._draw.ellipse(((x - radius) * s, (y - radius) * s, (x + radius) * s, (y + radius) * s), fill=(0, 0, 0, 0))


def thing(name: ThingName, colour: Rgb | None, draw: Draw) -> Callable[[int], Image.Image]:
    """A drawing of the thing for any side in pixels; in its own usual colour where none is given."""
    own, sketch = _THINGS[name]
    hue = colour or mixed(own, draw.pick(((255, 240, 200), (40, 20, 60), own)), 0.18)
    tilt = draw.between(-9, 9)

    def drawn(side: int) -> Image.Image:
        scale = 4 if side <= 160 else 2
        pen = _Pen(side * scale)
        sketch(pen, hue)
        picture = pen.image.reduce(scale).rotate(tilt, Image.Resampling.BICUBIC)
        return Image.alpha_composite(_shadow(picture.getchannel("A")), picture)

    return drawn


def _shadow(shape: Image.Image) -> Image.Image:
    """A soft dark copy of the shape, a little to the lower right."""
    side, offset = shape.width, max(1, shape.width // 45)
    small = shape.resize((64, 64), Image.Resampling.BOX, reducing_gap=2.0).filter(ImageFilter.GaussianBlur(1.6))
    fallen = Image.new("L", shape.size)
    fallen.paste(small.resize(shape.size, Image.Resampling.BILINEAR).point(_FAINT), (offset, offset))
    shadow = Image.new("RGBA", (side, side), (12, 14, 24, 0))
    shadow.putalpha(fallen)
    return shadow


_FAINT = [round(level * 0.42) for level in range(256)]


def _flower(pen: _Pen, hue: Rgb) -> None:
    pen.line((0.5, 0.4), (0.53, 0.66), (0.49, 0.97), width=0.035, fill=_LEAF)
    pen.area((0.515, 0.78), (0.66, 0.62), (0.83, 0.62), (0.72, 0.76), fill=mixed(_LEAF, _BLACK, 0.1))
    pen.area((0.505, 0.88), (0.36, 0.7), (0.19, 0.7), (0.3, 0.85), fill=_LEAF)
    for ring, (reach, size, shade) in enumerate(((0.2, 0.135, 0.3), (0.145, 0.115, 0.12), (0.075, 0.09, 0.0))):
        for petal in range(6):
            turn = math.tau * (petal + ring * 0.5) / 6
            x, y = 0.5 + reach * math.cos(turn), 0.32 + reach * math.sin(turn) * 0.92
            pen.oval(x, y, size, size, mixed(hue, _BLACK, shade))
    pen.oval(0.5, 0.32, 0.075, 0.07, mixed(hue, (255, 226, 120), 0.75))
    pen.oval(0.49, 0.31, 0.03, 0.028, mixed(hue, (120, 70, 20), 0.6))


def _star(pen: _Pen, hue: Rgb) -> None:
    def points(outer: float, inner: float) -> list[tuple[float, float]]:
        return [
            (
                0.5 + (outer, inner)[i % 2] * math.sin(i * math.pi / 5),
                0.52 - (outer, inner)[i % 2] * math.cos(i * math.pi / 5),
            )
            for i in range(10)
        ]

    pen.area(*points(0.46, 0.2), fill=mixed(hue, _BLACK, 0.22))
    pen.area(*points(0.4, 0.17), fill=hue)
    pen.area(*points(0.22, 0.09), fill=mixed(hue, _WHITE, 0.5))


def _heart(pen: _Pen, hue: Rgb) -> None:
    def points(size: float) -> list[tuple[float, float]]:
        turns = [i / 40 * math.tau for i in range(40)]
        return [
            (
                0.5 + size * math.sin(t) ** 3,
                0.47 - size * (13 * math.cos(t) - 5 * math.cos(2 * t) - 2 * math.cos(3 * t) - math.cos(4 * t)) / 16,
            )
            for t in turns
        ]

    pen.area(*points(0.46), fill=mixed(hue, _BLACK, 0.2))
    pen.area(*points(0.41), fill=hue)
    pen.oval(0.32, 0.33, 0.08, 0.06, mixed(hue, _WHITE, 0.55))


def _hat(pen: _Pen, hue: Rgb) -> None:
    pen.oval(0.5, 0.7, 0.47, 0.11, mixed(hue, _BLACK, 0.3))
    pen.area((0.24, 0.68), (0.29, 0.26), (0.71, 0.26), (0.76, 0.68), fill=hue)
    pen.oval(0.5, 0.68, 0.26, 0.06, hue)
    pen.oval(0.5, 0.26, 0.21, 0.055, mixed(hue, _WHITE, 0.25))
    band = mixed(hue, _WHITE, 0.85) if sum(hue) < 330 else (46, 40, 44)
    pen.area((0.245, 0.66), (0.255, 0.55), (0.745, 0.55), (0.755, 0.66), fill=band)
    pen.oval(0.5, 0.66, 0.255, 0.05, band)


def _crown(pen: _Pen, hue: Rgb) -> None:
    pen.area(
        (0.1, 0.8), (0.06, 0.34), (0.28, 0.55), (0.5, 0.2), (0.72, 0.55), (0.94, 0.34), (0.9, 0.8), fill=hue
    )  # fmt: skip
    pen.area((0.1, 0.8), (0.085, 0.66), (0.915, 0.66), (0.9, 0.8), fill=mixed(hue, _BLACK, 0.2))
    for x, y in ((0.06, 0.32), (0.5, 0.18), (0.94, 0.32)):
        pen.oval(x if 0.1 < x < 0.9 else (0.08 if x < 0.5 else 0.92), y, 0.05, 0.05, mixed(hue, _WHITE, 0.5))
    for x, jewel in ((0.25, (200, 40, 60)), (0.5, (40, 110, 200)), (0.75, (40, 160, 90))):
        pen.oval(x, 0.73, 0.045, 0.045, jewel)


def _glasses(pen: _Pen, hue: Rgb) -> None:
    for x in (0.26, 0.74):
        pen.oval(x, 0.5, 0.23, 0.18, mixed(hue, _BLACK, 0.1))
        pen.oval(x, 0.5, 0.185, 0.14, (34, 38, 50))
        pen.area((x - 0.1, 0.5), (x - 0.02, 0.4), (x + 0.03, 0.4), (x - 0.06, 0.53), fill=(150, 170, 190))
    pen.line((0.44, 0.47), (0.5, 0.43), (0.56, 0.47), width=0.045, fill=hue)


def _sun(pen: _Pen, hue: Rgb) -> None:
    for ray in range(12):
        turn = math.tau * ray / 12
        a, b = turn - 0.12, turn + 0.12
        pen.area(
            (0.5 + 0.3 * math.cos(a), 0.5 + 0.3 * math.sin(a)),
            (0.5 + 0.48 * math.cos(turn), 0.5 + 0.48 * math.sin(turn)),
            (0.5 + 0.3 * math.cos(b), 0.5 + 0.3 * math.sin(b)),
            fill=hue,
        )
    pen.oval(0.5, 0.5, 0.27, 0.27, hue)
    pen.oval(0.47, 0.47, 0.2, 0.2, mixed(hue, _WHITE, 0.45))


def _moon(pen: _Pen, hue: Rgb) -> None:
    pen.oval(0.46, 0.5, 0.42, 0.42, hue)
    pen.oval(0.43, 0.5, 0.36, 0.37, mixed(hue, _WHITE, 0.35))
    pen.clear(0.62, 0.44, 0.34)


def _balloon(pen: _Pen, hue: Rgb) -> None:
    pen.line((0.5, 0.66), (0.53, 0.76), (0.47, 0.86), (0.51, 0.98), width=0.012, fill=(60, 56, 60))
    pen.area((0.5, 0.62), (0.44, 0.7), (0.56, 0.7), fill=mixed(hue, _BLACK, 0.25))
    pen.oval(0.5, 0.34, 0.27, 0.325, mixed(hue, _BLACK, 0.14))
    pen.oval(0.485, 0.325, 0.245, 0.3, hue)
    pen.oval(0.4, 0.2, 0.06, 0.085, mixed(hue, _WHITE, 0.7))


def _cloud(pen: _Pen, hue: Rgb) -> None:
    puffs = ((0.25, 0.58, 0.18), (0.45, 0.44, 0.24), (0.68, 0.52, 0.2), (0.82, 0.62, 0.13))
    for shade, drop in ((0.14, 0.03), (0.0, 0.0)):
        tone = mixed(hue, (90, 110, 140), shade * 2)
        for x, y, radius in puffs:
            pen.oval(x, y + drop, radius, radius * 0.86, tone)
        pen.area((0.2, 0.6 + drop), (0.2, 0.74 + drop), (0.86, 0.74 + drop), (0.86, 0.6 + drop), fill=tone)


def _tree(pen: _Pen, hue: Rgb) -> None:
    pen.area((0.45, 0.98), (0.47, 0.55), (0.53, 0.55), (0.57, 0.98), fill=(104, 72, 48))
    for x, y, radius, shade in (
        (0.5, 0.34, 0.3, 0.25),
        (0.32, 0.44, 0.2, 0.12),
        (0.68, 0.43, 0.2, 0.2),
        (0.47, 0.28, 0.22, 0.0),
    ):
        pen.oval(x, y, radius, radius * 0.95, mixed(hue, _BLACK, shade))
    pen.oval(0.42, 0.22, 0.11, 0.09, mixed(hue, _WHITE, 0.22))


def _butterfly(pen: _Pen, hue: Rgb) -> None:
    dark = mixed(hue, _BLACK, 0.55)
    for side in (-1, 1):
        pen.oval(0.5 + side * 0.24, 0.34, 0.21, 0.22, dark)
        pen.oval(0.5 + side * 0.24, 0.34, 0.17, 0.18, hue)
        pen.oval(0.5 + side * 0.19, 0.67, 0.15, 0.18, dark)
        pen.oval(0.5 + side * 0.19, 0.67, 0.11, 0.14, mixed(hue, _WHITE, 0.3))
        pen.oval(0.5 + side * 0.28, 0.3, 0.05, 0.05, mixed(hue, _WHITE, 0.75))
        pen.line((0.5, 0.26), (0.5 + side * 0.06, 0.14), (0.5 + side * 0.13, 0.08), width=0.014, fill=(40, 34, 40))
    pen.oval(0.5, 0.5, 0.035, 0.28, (40, 34, 40))


def _bird(pen: _Pen, hue: Rgb) -> None:
    shade = mixed(hue, _BLACK, 0.25)
    pen.area((0.48, 0.5), (0.3, 0.1), (0.2, 0.08), (0.3, 0.5), fill=shade)
    pen.area((0.14, 0.56), (0.0, 0.44), (0.02, 0.66), fill=shade)
    pen.oval(0.42, 0.54, 0.32, 0.15, hue)
    pen.oval(0.74, 0.44, 0.13, 0.12, hue)
    pen.area((0.85, 0.41), (0.99, 0.46), (0.85, 0.49), fill=(236, 164, 40))
    pen.oval(0.78, 0.41, 0.02, 0.02, (24, 24, 28))
    pen.area((0.56, 0.52), (0.42, 0.04), (0.3, 0.02), (0.34, 0.54), fill=mixed(hue, _WHITE, 0.25))


def _boat(pen: _Pen, hue: Rgb) -> None:
    pen.area((0.08, 0.76), (0.94, 0.76), (0.8, 0.95), (0.22, 0.95), fill=hue)
    pen.area((0.08, 0.76), (0.94, 0.76), (0.91, 0.81), (0.11, 0.81), fill=mixed(hue, _WHITE, 0.5))
    pen.line((0.49, 0.06), (0.49, 0.76), width=0.02, fill=(84, 64, 50))
    pen.area((0.52, 0.08), (0.52, 0.7), (0.88, 0.7), fill=(250, 248, 240))
    pen.area((0.46, 0.16), (0.46, 0.7), (0.16, 0.7), fill=(222, 220, 214))


def _cat(pen: _Pen, hue: Rgb) -> None:
    dark = mixed(hue, _BLACK, 0.3)
    for side in (-1, 1):
        pen.area((0.5 + side * 0.38, 0.1), (0.5 + side * 0.06, 0.32), (0.5 + side * 0.39, 0.5), fill=dark)
        pen.area((0.5 + side * 0.34, 0.19), (0.5 + side * 0.14, 0.34), (0.5 + side * 0.34, 0.45), fill=(236, 160, 160))
    pen.oval(0.5, 0.58, 0.42, 0.36, hue)
    pen.oval(0.5, 0.72, 0.2, 0.15, mixed(hue, _WHITE, 0.6))
    for side in (-1, 1):
        pen.oval(0.5 + side * 0.17, 0.52, 0.075, 0.085, (246, 236, 150))
        pen.oval(0.5 + side * 0.17, 0.52, 0.028, 0.075, (24, 24, 28))
        for drop in (-0.03, 0.03):
            pen.line((0.5 + side * 0.14, 0.72), (0.5 + side * 0.47, 0.7 + drop * 2), width=0.01, fill=(60, 50, 50))
        pen.line((0.5, 0.7), (0.5 + side * 0.07, 0.77), width=0.016, fill=(90, 50, 54))
    pen.area((0.45, 0.645), (0.55, 0.645), (0.5, 0.7), fill=(220, 110, 116))


def _snowman(pen: _Pen, hue: Rgb) -> None:
    pen.line((0.34, 0.52), (0.08, 0.38), width=0.022, fill=(96, 70, 50))
    pen.line((0.66, 0.52), (0.92, 0.38), width=0.022, fill=(96, 70, 50))
    for y, radius in ((0.76, 0.225), (0.47, 0.175), (0.25, 0.13)):
        pen.oval(0.5, y, radius, radius, mixed(hue, (120, 140, 170), 0.35))
        pen.oval(0.485, y - 0.01, radius * 0.93, radius * 0.93, hue)
    for x, y in ((0.455, 0.23), (0.545, 0.23), (0.5, 0.44), (0.5, 0.53), (0.5, 0.7)):
        pen.oval(x, y, 0.018, 0.018, (30, 30, 36))
    pen.area((0.5, 0.26), (0.5, 0.3), (0.62, 0.295), fill=(236, 128, 40))
    pen.area((0.36, 0.16), (0.64, 0.16), (0.64, 0.13), (0.36, 0.13), fill=(40, 40, 48))
    pen.area((0.42, 0.14), (0.58, 0.14), (0.57, 0.01), (0.43, 0.01), fill=(40, 40, 48))


_THINGS: dict[ThingName, tuple[Rgb, Callable[[_Pen, Rgb], None]]] = {
    "flower": ((226, 60, 92), _flower),
    "star": ((250, 204, 58), _star),
    "heart": ((222, 48, 74), _heart),
    "hat": ((52, 60, 92), _hat),
    "crown": ((240, 190, 60), _crown),
    "glasses": ((40, 36, 40), _glasses),
    "sun": ((252, 196, 54), _sun),
    "moon": ((240, 230, 180), _moon),
    "balloon": ((220, 60, 60), _balloon),
    "cloud": ((250, 252, 255), _cloud),
    "tree": ((70, 146, 66), _tree),
    "butterfly": ((238, 140, 44), _butterfly),
    "bird": ((70, 130, 200), _bird),
    "boat": ((190, 52, 48), _boat),
    "cat": ((214, 148, 84), _cat),
    "snowman": ((250, 252, 255), _snowman),
}
