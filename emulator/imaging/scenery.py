"""Landscapes by parts: sky, hills, water, houses, boats, each in the light of an hour. All from given numbers."""

import math
from dataclasses import dataclass
from typing import Literal

from PIL import Image, ImageChops, ImageColor, ImageDraw, ImageFilter

from emulator.imaging.textures import clouds, mixed, noise, radial, ramp, ridge
from emulator.imaging.variation import Draw
from emulator.imaging.vocabulary import Rgb

Outdoors = Literal["hills", "lake", "harbour"]


@dataclass(frozen=True, kw_only=True)
class Light:
    """The hour of the day in colours."""

    top: Rgb
    middle: Rgb
    horizon: Rgb
    sun: Rgb
    haze: Rgb
    near: Rgb


def _light(colours: str) -> Light:
    """From six colours in hexadecimal, in the order of the fields."""
    rgbs = [ImageColor.getrgb(f"#{colour}") for colour in colours.split()]
    top, middle, horizon, sun, haze, near = [(rgb[0], rgb[1], rgb[2]) for rgb in rgbs]
    return Light(top=top, middle=middle, horizon=horizon, sun=sun, haze=haze, near=near)


LIGHTS = (
    _light("3470be 7eb0e0 d8e7ee fffae6 bad0e0 2c542e"),  # a clear day
    _light("5476b2 e2b088 ffda9c fff3ce eabe98 404228"),  # the golden hour
    _light("2e2c64 9a5884 fc9e72 ffd6a0 b0748a 222030"),  # dusk
    _light("8caabc c2d2d8 e8ece6 fffff6 d0dcde 344e4a"),  # mist
    _light("167cb6 5cbcd8 def0e4 fffce0 96ccd0 1e6242"),  # the south
)


def outdoors(draw: Draw, size: tuple[int, int], light: Light, motif: Outdoors) -> Image.Image:
    """The motif at the size in pixels, without grain."""
    horizon = draw.between(0.52, 0.62) if motif == "hills" else draw.between(0.54, 0.6)
    picture, sun = _sky(draw, size, light, horizon)
    far = draw.whole(2, 3)
    foot = 1.0 if motif == "hills" else horizon + 0.01
    for layer in range(far):
        depth = (layer + 1) / (far + 2)
        colour = mixed(light.haze, mixed(light.near, (70, 90, 130), 0.45), 0.25 + depth * 0.6)
        top = horizon - 0.1 + 0.035 * layer
        _hill(draw, picture, top=top, sway=0.09 - 0.02 * layer, waves=2 + layer, colour=colour, base=foot)
    if motif == "hills":
        for layer in range(3):
            colour = mixed(light.haze, light.near, 0.45 + 0.27 * layer)
            _hill(
                draw, picture, top=horizon + 0.03 + 0.14 * layer, sway=0.05, waves=2, colour=colour, base=1.0,
                trees=(0.014, 0.024, 0.06)[layer],
            )  # fmt: skip
        return picture
    if motif == "harbour":
        _town(draw, picture, light, horizon)
    _water(draw, picture, light, horizon, sun)
    if motif == "harbour":
        for _ in range(draw.whole(2, 3)):
            _boat(
                draw, picture, light, x=draw.between(0.12, 0.88), y=draw.between(horizon + 0.07, 0.86), horizon=horizon
            )
    else:
        _hill(draw, picture, top=0.93, sway=0.06, waves=1.5, colour=light.near, base=1.0, trees=0.1)
    return picture


def _sky(draw: Draw, size: tuple[int, int], light: Light, horizon: float) -> tuple[Image.Image, float]:
    """Sky with sun and clouds over the whole picture; also where the sun stands, as a fraction of the width."""
    width, height = size
    jitter = [draw.between(-14, 14) for _ in range(3)]
    top = tuple(max(0, min(255, round(level + by))) for level, by in zip(light.top, jitter, strict=True))
    stops = [
        (0.0, (top[0], top[1], top[2])),
        (horizon * 0.6, light.middle),
        (horizon, light.horizon),
        (1.0, light.horizon),
    ]
    picture = ramp(stops, rows=96).resize(size, Image.Resampling.BICUBIC)
    x, y = draw.between(0.15, 0.85), draw.between(horizon * 0.3, horizon * 0.72)
    disc = round(min(size) * draw.between(0.035, 0.06))
    halo = radial().point([round(200 * max(0.0, 1 - level / 181) ** 2.4) for level in range(256)])
    spread = round(min(size) * 0.9)
    halo = halo.resize((spread, spread), Image.Resampling.BILINEAR)
    picture.paste(light.sun, (round(x * width) - spread // 2, round(y * height) - spread // 2), halo)
    _disc(picture, x * width, y * height, disc, light.sun)
    cover = draw.between(112, 140)
    shape = clouds(draw, (width // 4, height // 6), cells=(3, 6), octaves=5).point(
        [round(_smooth((level - cover) / 64) * 190) for level in range(256)]
    )
    shape = shape.resize((width, round(height * horizon)), Image.Resampling.BICUBIC)
    fade = ramp([(0.0, (150, 150, 150)), (0.5, (230, 230, 230)), (1.0, (0, 0, 0))]).getchannel(0).resize(shape.size)
    picture.paste(mixed(light.horizon, (255, 255, 255), 0.6), (0, 0), ImageChops.multiply(shape, fade))
    return picture, x


def _hill(
    draw: Draw,
    picture: Image.Image,
    *,
    top: float,
    sway: float,
    waves: float,
    colour: Rgb,
    base: float,
    trees: float = 0.0,
) -> None:
    """A ridge that fills the picture from its outline down to `base`; trees of a height on it. Fractions of height."""
    width, height = picture.size
    first = max(0, int((top - sway * 2 - trees) * height))
    depth = max(2, min(height, math.ceil(base * height)) - first)
    shape = Image.new("L", (width * 2, depth * 2))
    pen = ImageDraw.Draw(shape)
    heights = [((top + sway * y) * height - first) * 2 for y in ridge(draw, 160, waves=waves)]
    step = width * 2 / (len(heights) - 1)
    pen.polygon([(0, depth * 2), *((i * step, y) for i, y in enumerate(heights)), (width * 2, depth * 2)], fill=255)
    if trees:
        _plant(draw, pen, heights, step, trees * height * 2)
    shape = shape.reduce(2)
    box = (0, first)
    picture.paste(colour, box, shape)
    texture = clouds(draw, (width // 6, max(4, depth // 6)), cells=(22, 12), octaves=3).resize(
        shape.size, Image.Resampling.BICUBIC
    )
    shade = texture.point([round(max(0.0, min(1.0, (134 - level) / 90)) * 120) for level in range(256)])
    picture.paste(mixed(colour, (0, 0, 0), 0.45), box, ImageChops.multiply(shape, shade))
    lit = texture.point([round(max(0.0, min(1.0, (level - 122) / 90)) * 80) for level in range(256)])
    picture.paste(mixed(colour, (255, 244, 190), 0.4), box, ImageChops.multiply(shape, lit))


def _plant(draw: Draw, pen: ImageDraw.ImageDraw, heights: list[float], step: float, tall: float) -> None:
    x = draw.between(0, tall)
    while x < step * (len(heights) - 1):
        y, high = heights[int(x / step)] + tall * 0.1, tall * draw.between(0.5, 1.25)
        for tier in range(3):
            half, foot = high * (0.14 + 0.07 * tier), y - high * (0.66 - 0.3 * tier)
            pen.polygon([(x - half, foot), (x, foot - high * 0.4), (x + half, foot)], fill=255)
        x += tall * draw.pick((0.3, 0.38, 0.45, 0.5, 1.3, 2.2))


def _water(draw: Draw, picture: Image.Image, light: Light, horizon: float, sun: float) -> None:
    """Mirrors what stands above the horizon, ripples it, and lays the sun's path on it."""
    width, height = picture.size
    line = round(horizon * height)
    depth = height - line
    above = picture.crop((0, max(0, line - depth), width, line)).transpose(Image.Transpose.FLIP_TOP_BOTTOM)
    mirror = above.resize((width // 2, depth // 3)).filter(ImageFilter.BoxBlur(1)).resize((width, depth))
    mirror = Image.blend(mirror, Image.new("RGB", mirror.size, mixed(light.near, light.top, 0.6)), 0.36)
    waves = noise(draw, 26, 90).resize((width, depth), Image.Resampling.BICUBIC)
    near = ramp([(0.0, (70, 70, 70)), (1.0, (255, 255, 255))]).getchannel(0).resize(waves.size)
    dark = waves.point([round(max(0, 118 - level) * 0.7) for level in range(256)])
    bright = waves.point([round(max(0, level - 150) * 0.9) for level in range(256)])
    mirror.paste(mixed(light.near, light.top, 0.4), (0, 0), ImageChops.multiply(dark, near))
    mirror.paste(light.horizon, (0, 0), ImageChops.multiply(bright, near))
    path = Image.new("L", (64, 8))
    ImageDraw.Draw(path).polygon([(64 * sun - 1, 0), (64 * sun + 1, 0), (64 * sun + 5, 8), (64 * sun - 5, 8)], fill=255)
    path = path.resize((width, depth), Image.Resampling.BICUBIC)
    glints = noise(draw, 60, 80).resize((width, depth), Image.Resampling.BICUBIC)
    glints = glints.point([round(max(0, min(255, (level - 120) * 3)) * 0.8) for level in range(256)])
    mirror.paste(light.sun, (0, 0), ImageChops.multiply(path, glints))
    picture.paste(mirror, (0, line))


def _town(draw: Draw, picture: Image.Image, light: Light, horizon: float) -> None:
    """A row of gabled houses along the water."""
    width, height = picture.size
    scale, foot = 2, round(horizon * height) * 2
    strip = Image.new("RGBA", (width * scale, foot), (0, 0, 0, 0))
    pen = ImageDraw.Draw(strip)
    walls: tuple[Rgb, ...] = (
        (206, 92, 70),
        (232, 190, 110),
        (226, 222, 206),
        (112, 148, 168),
        (176, 72, 62),
        (148, 166, 120),
    )
    x, end = draw.between(-0.05, 0.25) * width * scale, draw.between(0.75, 1.05) * width * scale
    while x < end:
        wide, tall = draw.between(0.035, 0.06) * width * scale, draw.between(0.05, 0.1) * height * scale
        wall, roof = mixed(draw.pick(walls), light.haze, 0.25), mixed((92, 62, 58), light.haze, 0.3)
        pen.rectangle((x, foot - tall, x + wide, foot), fill=wall)
        pen.rectangle((x + wide * 0.72, foot - tall, x + wide, foot), fill=mixed(wall, (0, 0, 0), 0.14))
        pen.polygon(
            [(x - 3, foot - tall), (x + wide / 2, foot - tall - wide * 0.5), (x + wide + 3, foot - tall)], fill=roof
        )
        for row in range(max(1, int(tall / (wide * 0.42)))):
            for column in range(2):
                left, upper = x + wide * (0.2 + 0.36 * column), foot - tall + wide * (0.16 + 0.42 * row)
                lit = (255, 226, 150) if draw.unit() > 0.6 else (58, 70, 88)
                pen.rectangle((left, upper, left + wide * 0.17, upper + wide * 0.22), fill=lit)
        x += wide * draw.pick((1.0, 1.02, 1.06, 1.7))
    strip = strip.reduce(scale)
    picture.paste(strip, (0, round(horizon * height) - strip.height), strip)


def _boat(draw: Draw, picture: Image.Image, light: Light, *, x: float, y: float, horizon: float) -> None:
    """A sailing boat with its reflection; the nearer the larger."""
    width, height = picture.size
    side = round(min(width, height) * (0.06 + 0.5 * (y - horizon)))
    boat = Image.new("RGBA", (side * 4, side * 4), (0, 0, 0, 0))
    pen = ImageDraw.Draw(boat)
    unit = side * 4
    hull, sail = (
        mixed(draw.pick(((176, 40, 40), (30, 70, 120), (240, 240, 236), (36, 96, 80))), light.haze, 0.15),
        mixed((255, 252, 240), light.horizon, 0.3),
    )
    pen.polygon(
        [(unit * 0.14, unit * 0.8), (unit * 0.88, unit * 0.8), (unit * 0.74, unit * 0.95), (unit * 0.26, unit * 0.95)],
        fill=hull,
    )
    pen.rectangle((unit * 0.475, unit * 0.06, unit * 0.495, unit * 0.8), fill=(70, 56, 48))
    pen.polygon([(unit * 0.51, unit * 0.08), (unit * 0.51, unit * 0.74), (unit * 0.84, unit * 0.74)], fill=sail)
    pen.polygon(
        [(unit * 0.46, unit * 0.16), (unit * 0.46, unit * 0.74), (unit * 0.2, unit * 0.74)],
        fill=mixed(sail, (0, 0, 0), 0.12),
    )
    boat = boat.reduce(4)
    left, foot = round(x * width - side / 2), round(y * height)
    mirror = boat.transpose(Image.Transpose.FLIP_TOP_BOTTOM).resize((side, max(1, side * 2 // 3)))
    mirror.putalpha(mirror.getchannel("A").point([round(level * 0.4) for level in range(256)]))
    picture.paste(mirror, (left, foot - round(side * 0.05)), mirror)
    picture.paste(boat, (left, foot - round(side * 0.95)), boat)


def _smooth(level: float) -> float:
    level = max(0.0, min(1.0, level))
    return level * level * (3 - 2 * level)


def _disc(picture: Image.Image, x: float, y: float, radius: int, colour: Rgb) -> None:
    shape = Image.new("L", (radius * 8, radius * 8))
    ImageDraw.Draw(shape).ellipse((0, 0, radius * 8 - 1, radius * 8 - 1), fill=255)
    picture.paste(colour, (round(x - radius), round(y - radius)), shape.reduce(4))
