"""Soft things to paint with: gradients, noise, glows, ridges. All small, all from given numbers.

Made at low resolution; whoever paints spreads them over the picture.
"""

import math
from collections.abc import Sequence
from functools import cache

from PIL import Image

from emulator.imaging.variation import Draw
from emulator.imaging.vocabulary import Rgb

Stop = tuple[float, Rgb]


def ramp(stops: Sequence[Stop], *, rows: int = 64) -> Image.Image:
    """A vertical gradient one pixel wide, from (position, colour) stops with positions 0 (top) to 1."""
    pixels = bytearray()
    for row in range(rows):
        at = row / (rows - 1)
        before = max((stop for stop in stops if stop[0] <= at), key=lambda stop: stop[0], default=stops[0])
        after = min((stop for stop in stops if stop[0] >= at), key=lambda stop: stop[0], default=stops[-1])
        pixels += bytes(mixed(before[1], after[1], (at - before[0]) / ((after[0] - before[0]) or 1)))
    return Image.frombytes("RGB", (1, rows), bytes(pixels))


def level_ramp(stops: Sequence[tuple[float, int]], *, rows: int = 64) -> Image.Image:
    """The same for one channel, levels 0 to 255."""
    return ramp([(at, (level, level, level)) for at, level in stops], rows=rows).getchannel(0)


def mixed(one: Rgb, other: Rgb, share: float) -> Rgb:
    """The colour `share` of the way from one to the other."""
    channels = [round(a + (b - a) * share) for a, b in zip(one, other, strict=True)]
    return channels[0], channels[1], channels[2]


def noise(draw: Draw, width: int, height: int) -> Image.Image:
    """Evenly spread levels, mode L."""
    return Image.frombytes("L", (width, height), draw.bytes(width * height))


def clouds(draw: Draw, size: tuple[int, int], *, cells: tuple[int, int] = (5, 4), octaves: int = 4) -> Image.Image:
    """Fractal noise of mode L with most of its levels near the middle."""
    field = noise(draw, *cells).resize(size, Image.Resampling.BICUBIC)
    for octave in range(1, octaves):
        finer = noise(draw, cells[0] << octave, cells[1] << octave).resize(size, Image.Resampling.BICUBIC)
        field = Image.blend(field, finer, 0.34)
    return field


def grain(draw: Draw, size: tuple[int, int], *, amplitude: int) -> Image.Image:
    """Film grain around the level 128, mode L: a 128-pixel tile of noise, repeated with shifts."""
    tile = noise(draw, 128, 128).point([128 + round((level - 127.5) / 127.5 * amplitude) for level in range(256)])
    field = Image.new("L", size)
    for y in range(0, size[1], 128):
        shift = draw.whole(0, 127)
        for x in range(-shift, size[0], 128):
            field.paste(tile, (x, y))
    return field


@cache
def radial() -> Image.Image:
    """Rings of mode L, 256 pixels wide: 0 in the middle to 181 at the edges, more in the corners. Not to be changed."""
    return Image.radial_gradient("L")


def glow(x: float, y: float, radius: float, *, size: tuple[int, int] = (64, 64), peak: int = 255) -> Image.Image:
    """A round light that falls off softly, as a field of mode L. Centre and radius in fractions of the field."""
    width, height = round(5 * radius * size[0]), round(5 * radius * size[1])
    # The gradient's edges are two and a half radii away.
    fall = [round(peak * math.exp(-((2.5 * level / 181) ** 2))) if level < 181 else 0 for level in range(256)]
    light = radial().point(fall).resize((width, height), Image.Resampling.BILINEAR)
    field = Image.new("L", size)
    field.paste(light, (round(x * size[0] - width / 2), round(y * size[1] - height / 2)))
    return field


def ridge(draw: Draw, points: int, *, waves: float, roughness: float = 0.5) -> list[float]:
    """The outline of hills: heights in about -1 to 1 at evenly spaced points. `waves` is the count of hills."""
    heights = [0.0] * points
    amplitude, frequency = 1.0, waves
    for _ in range(5):
        knots = [draw.between(-1, 1) for _ in range(math.ceil(frequency) + 2)]
        for i in range(points):
            at = i / (points - 1) * frequency
            knot = int(at)
            share = (1 - math.cos((at - knot) * math.pi)) / 2
            heights[i] += amplitude * (knots[knot] * (1 - share) + knots[knot + 1] * share)
        amplitude, frequency = amplitude * roughness, frequency * 2
    return heights
