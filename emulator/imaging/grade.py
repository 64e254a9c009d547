"""Colour grades: what changes each pixel by its own colour alone.

Tables for each channel and colour matrices, both in Pillow's C code; every amount varies with the text.
"""

import math
from collections.abc import Callable

from PIL import Image

from emulator.imaging.paint import Stroke, Window
from emulator.imaging.variation import Draw
from emulator.imaging.vocabulary import Rgb

# ITU-R 601 luma, as Pillow's own conversion to grey.
_LUMA = (0.299, 0.587, 0.114)
_LEVELS = [level / 255 for level in range(256)]
Matrix = tuple[float, ...]


class Tone:
    """A table of 256 entries for each of the three channels; levels in and out are 0 to 1."""

    def __init__(self, *curves: Callable[[float], float]) -> None:
        table = [
            0 if (out := 255 * curve(level)) < 0 else 255 if out > 255 else round(out)
            for curve in curves
            for level in _LEVELS
        ]
        self.table = table if len(curves) == 3 else table * 3

    def __call__(self, tile: Image.Image, _window: Window) -> Image.Image:
        """The tile through the table."""
        return tile.point(self.table)

    def then(self, after: "Tone") -> "Tone":
        """Both in one table: one pass over the pixels instead of two."""
        both = Tone()
        both.table = [after.table[i & 768 | level] for i, level in enumerate(self.table)]
        return both


class Mix:
    """A 3x4 colour matrix; the last column is added, in levels of 0 to 255."""

    def __init__(self, matrix: Matrix) -> None:
        self._matrix = matrix

    def __call__(self, tile: Image.Image, _window: Window) -> Image.Image:
        """The tile through the matrix."""
        return tile.convert("RGB", self._matrix)


def saturation(amount: float, *, add: Rgb = (0, 0, 0)) -> Mix:
    """0 is grey, 1 unchanged, above 1 richer."""
    rows: list[float] = []
    for channel in range(3):
        rows += [(1 - amount) * luma + (amount if i == channel else 0.0) for i, luma in enumerate(_LUMA)]
        rows.append(add[channel])
    return Mix(tuple(rows))


def hand(draw: Draw) -> Stroke:
    """The touch that sets any two prompts apart: black point, white point and gamma of each channel.

    Even an all-black or all-white picture comes out different for different texts.
    """

    def levels() -> Callable[[float], float]:
        low, high = draw.between(0.0, 0.045), draw.between(0.94, 1.0)
        gamma = math.exp(draw.between(-0.13, 0.13))
        return lambda level: low + (high - low) * level**gamma

    return Tone(levels(), levels(), levels())


def split_tone(draw: Draw, *, strength: float) -> list[Stroke]:
    """Shadows and highlights pulled towards two colours of the text's own."""
    turn = draw.unit()
    shadows, lights = wheel(turn), wheel(turn + draw.between(0.35, 0.65))

    def curve(shadow: float, light: float) -> Callable[[float], float]:
        return lambda level: (
            level + strength * ((shadow / 255 - 0.45) * (1 - level) ** 2 * 1.1 + (light / 255 - 0.45) * level**2 * 0.9)
        )

    return [Tone(*map(curve, shadows, lights))]


def greyscale(draw: Draw) -> list[Stroke]:
    """Grey, with the text's own contrast."""
    slope = draw.between(1.0, 1.25)
    return [saturation(0.0), Tone(lambda level: 0.5 + (level - 0.5) * slope)]


def sepia(draw: Draw) -> list[Stroke]:
    """Brown on cream, faded."""
    warmth, fade = draw.between(0.9, 1.1), draw.between(0.0, 0.05)
    high = (1.0, 0.92, 0.72 / warmth)
    low = (0.19 * warmth, 0.1, 0.03)
    tones = [
        (lambda level, a=a, b=b: fade + a + (b - a - fade) * _contrast(level)) for a, b in zip(low, high, strict=True)
    ]
    return [saturation(0.0), Tone(*tones)]


def invert(draw: Draw) -> list[Stroke]:
    """A negative."""
    high = draw.between(0.94, 1.0)
    return [Tone(lambda level: high - high * level)]


def brighter(draw: Draw) -> list[Stroke]:
    """Lighter, shadows most."""
    gamma = draw.between(0.58, 0.68)
    return [Tone(lambda level: 0.03 + 0.97 * level**gamma)]


def darker(draw: Draw) -> list[Stroke]:
    """Darker, lights least."""
    gamma = draw.between(1.5, 1.75)
    return [Tone(lambda level: 0.9 * level**gamma)]


def warmer(draw: Draw) -> list[Stroke]:
    """Towards orange."""
    by = draw.between(0.12, 0.18)
    return [Tone(lambda level: level ** (1 - by * 1.4), lambda level: level, lambda level: level * (1 - by * 1.6))]


def cooler(draw: Draw) -> list[Stroke]:
    """Towards blue."""
    by = draw.between(0.12, 0.18)
    return [Tone(lambda level: level * (1 - by * 1.6), lambda level: level, lambda level: level ** (1 - by * 1.8))]


def duotone(colour: Rgb) -> list[Stroke]:
    """One colour from black to white, keeping light and shade: what a dyed thing looks like."""

    def curve(channel: int) -> Callable[[float], float]:
        middle = channel / 255
        dark = middle < 0.3
        reach = 0.9 if dark else 0.6
        return lambda level: (
            middle * (level / reach) ** 0.8
            if level < reach
            else middle + (1 - middle) * (level - reach) / (1 - reach) * 0.7
        )

    return [saturation(0.0), Tone(*map(curve, colour))]


def wheel(turn: float, *, saturation: float = 0.75, value: float = 0.95) -> Rgb:
    """A colour of the wheel: 0 red, 1/3 green, 2/3 blue, whole turns repeat."""
    channels = []
    for offset in (0.0, 1 / 3, 2 / 3):
        distance = abs((turn - offset + 0.5) % 1.0 - 0.5) * 6
        full = max(0.0, min(1.0, 2 - distance))
        channels.append(round(255 * value * (1 - saturation * (1 - full))))
    return channels[0], channels[1], channels[2]


def _contrast(level: float) -> float:
    """A gentle S curve."""
    return level + 0.35 * (level * level * (3 - 2 * level) - level)
