"""Season and time of day: sunset, night, winter, autumn.

Each is a colour grade, a soft wash over the whole, and small things in the air.
"""

from collections.abc import Callable

from PIL import Image, ImageDraw, ImageFilter

from emulator.imaging.grade import Mix, Tone, saturation
from emulator.imaging.paint import Stamp, Stroke, Window, glaze, wash
from emulator.imaging.textures import glow, level_ramp, mixed, radial, ramp
from emulator.imaging.variation import Draw
from emulator.imaging.vocabulary import Rgb


def sunset(draw: Draw) -> list[Stroke]:
    """A low sun, its glow, and an evening sky that reddens all below it."""
    x, y = draw.between(0.2, 0.8), draw.between(0.24, 0.4)
    horizon = y + draw.between(0.12, 0.2)
    top = draw.pick(((92, 58, 132), (66, 66, 138), (124, 56, 112)))
    light: Rgb = (255, 196, 104)
    stops = [(0.0, top), (y * 0.8, (226, 98, 92)), (horizon, (255, 170, 88)), (1.0, (92, 44, 56))]
    colours = ramp(stops).resize((64, 64))
    colours.paste(light, (0, 0), glow(x, y, 0.24, size=(64, 64), peak=235))
    strength = level_ramp([(0.0, 120), (horizon, 128), (min(1.0, horizon + 0.25), 66), (1.0, 84)]).resize((64, 64))
    strength.paste(176, (0, 0), glow(x, y, 0.17, size=(64, 64)))
    warm = Tone(lambda v: 0.02 + 0.98 * v**0.84, lambda v: 0.92 * v**1.05, lambda v: 0.74 * v**1.14)
    sun = Stamp(_disc((255, 244, 208), (255, 206, 120)), x=x, y=y, side=draw.between(0.16, 0.24))
    return [warm, wash(colours, strength), sun]


def night(draw: Draw) -> list[Stroke]:
    """Dark and blue, a moon with a halo, stars above."""
    dim = draw.between(0.36, 0.44)
    dark = saturation(0.32)
    blue = Tone(lambda v: dim * 0.62 * v**1.2, lambda v: 0.02 + dim * 0.82 * v**1.15, lambda v: 0.07 + dim * 1.3 * v)
    x, y = draw.pick((draw.between(0.14, 0.32), draw.between(0.68, 0.86))), draw.between(0.14, 0.22)
    haze = glaze((150, 170, 214), glow(x, y, 0.2, size=(64, 64), peak=110))
    strokes: list[Stroke] = [dark, blue, haze]
    stars = Scatter(
        _dot((244, 246, 255)),
        [(draw.unit(), draw.unit() ** 1.4 * 0.5, draw.between(0.003, 0.011)) for _ in range(110)],
    )
    return [*strokes, stars, Stamp(_disc((244, 242, 224), (206, 214, 236)), x=x, y=y, side=draw.between(0.13, 0.18))]


def winter(draw: Draw) -> list[Stroke]:
    """Pale and cold, snow on what is light, flakes in the air."""
    pale = Tone(lambda v: 0.13 + 0.87 * v**0.74, lambda v: 0.16 + 0.84 * v**0.72, lambda v: 0.22 + 0.78 * v**0.68)
    cover = glaze((246, 250, 255), level_ramp([(0.0, 26), (0.55, 60), (0.8, 130), (1.0, 170)]))
    flakes = [
        (draw.unit(), draw.unit(), draw.between(0.006, 0.03) * (2 if draw.unit() > 0.93 else 1)) for _ in range(150)
    ]
    return [saturation(0.42), pale, cover, Scatter(_dot((255, 255, 255), soft=0.16), flakes)]


def autumn(draw: Draw) -> list[Stroke]:
    """Greens turn to orange; leaves drift past."""
    turn = draw.between(0.5, 0.66)
    leaves = Mix(
        (0.86, turn, -0.18, 4, 0.2, 0.66, 0.02, 0, 0.04, 0.06, 0.62, -2)
    )  # greens, bright in the second column, feed the red
    glowing = Tone(lambda v: v**0.92, lambda v: v, lambda v: v**1.08)
    hues: tuple[Rgb, ...] = ((214, 96, 28), (236, 160, 40), (168, 52, 32), (196, 124, 44))
    strokes: list[Stroke] = [leaves, glowing]
    for hue in hues:
        spots = [(draw.unit(), draw.unit(), draw.between(0.022, 0.055)) for _ in range(11)]
        strokes.append(Scatter(_leaf(mixed(hue, (40, 20, 10), draw.between(0.0, 0.2)), draw.between(0, 360)), spots))
    return strokes


class Scatter:
    """One small drawing in many places: (x, y, side) in fractions, side of the picture's shorter side."""

    def __init__(self, drawing: Image.Image, spots: list[tuple[float, float, float]]) -> None:
        self._drawing = drawing
        self._spots = spots
        self._drawn: dict[int, Image.Image] = {}

    def __call__(self, tile: Image.Image, window: Window) -> Image.Image:
        """The tile with those of the drawings that reach into it."""
        width, height = window.whole(tile.size)
        x0, y0 = round(window.x0 * width), round(window.y0 * height)
        for x, y, size in self._spots:
            side = max(3, round(size * min(width, height)))
            left, top = round(x * width - side / 2) - x0, round(y * height - side / 2) - y0
            if left < tile.width and top < tile.height and left + side > 0 and top + side > 0:
                drawn = self._drawn.get(side)
                if drawn is None:
                    drawn = self._drawn[side] = self._drawing.resize((side, side), Image.Resampling.BOX)
                tile.paste(drawn, (left, top), drawn)
        return tile


def _disc(colour: Rgb, halo: Rgb) -> Callable[[int], Image.Image]:
    def drawn(side: int) -> Image.Image:
        shape = radial().resize((side, side), Image.Resampling.BILINEAR)
        # Levels grow from 0 in the middle to 181 at the edges: a disc, then a halo that fades out.
        fades = [255 if v < 60 else 255 - (v - 60) * 24 if v < 66 else max(0, (181 - v)) for v in range(256)]
        picture = Image.new("RGBA", (side, side), halo)
        picture.paste(colour, (0, 0), shape.point([255 if v < 64 else 0 for v in range(256)]))
        picture.putalpha(shape.point(fades))
        return picture

    return drawn


def _dot(colour: Rgb, *, soft: float = 0.08) -> Image.Image:
    shape = Image.new("L", (64, 64))
    ImageDraw.Draw(shape).ellipse((10, 10, 54, 54), fill=235)
    picture = Image.new("RGBA", (64, 64), colour)
    picture.putalpha(shape.filter(ImageFilter.GaussianBlur(64 * soft)))
    return picture


def _leaf(colour: Rgb, turn: float) -> Image.Image:
    picture = Image.new("RGBA", (96, 96), (*colour, 0))
    pen = ImageDraw.Draw(picture)
    pen.polygon([(8, 48), (30, 26), (62, 30), (88, 48), (62, 66), (30, 70)], fill=colour)
    pen.line([(0, 48), (84, 48)], fill=mixed(colour, (60, 20, 0), 0.5), width=4)
    return picture.rotate(turn, Image.Resampling.BICUBIC)
