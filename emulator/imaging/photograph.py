"""Synthetic photographs: pleasant, unmistakably made, and a function of a text alone.

They answer for pictures that cannot be fetched offline. Knows hills, lakes, a harbour and a portrait;
words in the text choose among them, and everything else follows from the text's digest.
"""

import io
import math
import re
from dataclasses import dataclass
from typing import Literal

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from emulator.imaging.textures import clouds, grain, mixed, noise, ramp, ridge
from emulator.imaging.variation import Draw
from emulator.imaging.vocabulary import Rgb

Motif = Literal["hills", "lake", "harbour", "portrait"]
_MOTIFS: tuple[tuple[Motif, re.Pattern[str]], ...] = (
    ("portrait", re.compile(r"portrait|person|people|face|selfie|woman|man\b|girl|boy|model|avatar|profile", re.I)),
    ("harbour", re.compile(r"harbou?r|port\b|sea|beach|boat|ship|ocean|coast", re.I)),
    ("lake", re.compile(r"lake|river|water", re.I)),
    ("hills", re.compile(r"hill|mountain|alps|forest|field|meadow", re.I)),
)
# Drawn at most this large; a larger one is enlarged, which suits the softness of a photograph.
_LARGEST_SIDE = 1536


@dataclass(frozen=True, kw_only=True)
class _Light:
    """The hour of the day in colours."""

    top: Rgb
    middle: Rgb
    horizon: Rgb
    sun: Rgb
    haze: Rgb
    near: Rgb


_LIGHTS = (
    _Light(top=(52, 112, 190), middle=(126, 176, 224), horizon=(216, 231, 238), sun=(255, 250, 230), haze=(186, 208, 224), near=(44, 84, 46)),
    _Light(top=(84, 118, 178), middle=(226, 176, 136), horizon=(255, 218, 156), sun=(255, 243, 206), haze=(234, 190, 152), near=(64, 66, 40)),
    _Light(top=(46, 44, 100), middle=(154, 88, 132), horizon=(252, 158, 114), sun=(255, 214, 160), haze=(176, 116, 138), near=(34, 32, 48)),
    _Light(top=(140, 170, 188), middle=(194, 210, 216), horizon=(232, 236, 230), sun=(255, 255, 246), haze=(208, 220, 222), near=(52, 78, 74)),
    _Light(top=(22, 124, 182), middle=(92, 188, 216), horizon=(222, 240, 228), sun=(255, 252, 224), haze=(150, 204, 208), near=(30, 98, 66)),
)  # fmt: skip


def synthetic_photograph(
    text: str, *, width: int = 1024, height: int = 768, output_format: Literal["jpeg", "png", "webp"] = "jpeg"
) -> bytes:
    """An image file that follows from the text alone: the same text the same bytes, sizes in pixels."""
    buffer = io.BytesIO()
    picture = landscape(text, (width, height))
    if output_format == "png":
        picture.save(buffer, "PNG", compress_level=4)
    else:
        picture.save(buffer, output_format.upper(), quality=88)
    return buffer.getvalue()


def landscape(text: str, size: tuple[int, int], *, grain_levels: int = 7) -> Image.Image:
    """The photograph's pixels, RGB. `grain_levels` is the amplitude of the film grain in levels."""
    shrink = max(1.0, max(size) / _LARGEST_SIDE)
    drawn = (max(16, round(size[0] / shrink)), max(16, round(size[1] / shrink)))
    draw = Draw("photograph", text)
    light = draw.pick(_LIGHTS)
    motif: Motif = next((name for name, words in _MOTIFS if words.search(text)), None) or draw.pick(
        ("hills", "lake", "harbour")
    )
    picture = _portrait(draw, drawn, light) if motif == "portrait" else _outdoors(draw, drawn, light, motif)
    if drawn != size:
        picture = picture.resize(size, Image.Resampling.BICUBIC)
    if grain_levels:
        field = grain(draw.fork("grain"), size, amplitude=grain_levels)
        picture = ImageChops.add(picture, Image.merge("RGB", (field, field, field)), 1, -128)
    return picture


def _outdoors(draw: Draw, size: tuple[int, int], light: _Light, motif: Motif) -> Image.Image:
    width, height = size
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


def _sky(draw: Draw, size: tuple[int, int], light: _Light, horizon: float) -> tuple[Image.Image, float]:
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
    halo = Image.radial_gradient("L").point([round(200 * max(0.0, 1 - level / 181) ** 2.4) for level in range(256)])
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


def _water(draw: Draw, picture: Image.Image, light: _Light, horizon: float, sun: float) -> None:
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


def _town(draw: Draw, picture: Image.Image, light: _Light, horizon: float) -> None:
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


def _boat(draw: Draw, picture: Image.Image, light: _Light, *, x: float, y: float, horizon: float) -> None:
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


def _portrait(draw: Draw, size: tuple[int, int], light: _Light) -> Image.Image:
    """A figure before a blurred background."""
    width, height = size
    picture = ramp([(0.0, light.top), (0.6, light.middle), (1.0, mixed(light.near, light.haze, 0.4))]).resize(size)
    for _ in range(14):
        spot = Image.new("L", (64, 64))
        ImageDraw.Draw(spot).ellipse((4, 4, 60, 60), fill=draw.whole(30, 80))
        across = round(min(size) * draw.between(0.08, 0.26))
        spot = spot.filter(ImageFilter.GaussianBlur(1.5)).resize((across, across), Image.Resampling.BICUBIC)
        at = (round(draw.unit() * width) - across // 2, round(draw.between(0, 0.7) * height) - across // 2)
        picture.paste(mixed(light.sun, light.horizon, draw.unit()), at, spot)
    unit = min(width, height * 0.9)
    x, y = width * draw.between(0.44, 0.56), height * 0.42
    skin = draw.pick(((236, 194, 164), (206, 152, 116), (150, 100, 72), (104, 70, 52), (248, 214, 188)))
    hair = draw.pick(((52, 36, 30), (24, 22, 26), (120, 76, 40), (196, 150, 84), (150, 150, 154)))
    cloth = draw.pick(((168, 48, 56), (40, 82, 120), (52, 108, 84), (216, 170, 60), (88, 70, 116)))
    layer = Image.new("RGBA", (width * 2, height * 2), (0, 0, 0, 0))
    pen = ImageDraw.Draw(layer)

    def oval(cx: float, cy: float, rx: float, ry: float, fill: Rgb) -> None:
        at = ((x + cx * unit), (y + cy * unit))
        pen.ellipse(
            (2 * (at[0] - rx * unit), 2 * (at[1] - ry * unit), 2 * (at[0] + rx * unit), 2 * (at[1] + ry * unit)),
            fill=fill,
        )

    long_hair = draw.unit() > 0.5
    oval(0, -0.03 if not long_hair else 0.06, 0.2, 0.25 if not long_hair else 0.33, mixed(hair, (0, 0, 0), 0.25))
    oval(0, 0.66, 0.42, 0.34, cloth)
    oval(-0.05, 0.68, 0.33, 0.3, mixed(cloth, (255, 255, 255), 0.1))
    pen.rectangle(
        (2 * (x - 0.07 * unit), 2 * (y + 0.1 * unit), 2 * (x + 0.07 * unit), 2 * (y + 0.36 * unit)),
        fill=mixed(skin, (60, 20, 10), 0.22),
    )
    oval(0, 0.36, 0.11, 0.06, mixed(skin, (60, 20, 10), 0.12))
    oval(0, 0, 0.165, 0.22, skin)
    oval(-0.04, -0.03, 0.11, 0.15, mixed(skin, (255, 255, 255), 0.12))
    for side in (-1, 1):
        oval(side * 0.062, -0.02, 0.026, 0.016, (250, 248, 244))
        oval(side * 0.062, -0.02, 0.013, 0.015, (46, 50, 56))
        oval(side * 0.062, -0.062, 0.036, 0.008, mixed(hair, (0, 0, 0), 0.2))
        oval(side * 0.09, 0.06, 0.035, 0.024, mixed(skin, (224, 96, 88), 0.28))
    oval(0.004, 0.045, 0.018, 0.028, mixed(skin, (120, 50, 30), 0.2))
    oval(0, 0.115, 0.052, 0.02, (176, 74, 74))
    oval(0, 0.105, 0.052, 0.014, skin)
    oval(0.02, -0.18, 0.17, 0.085, hair)
    oval(-0.1, -0.15, 0.09, 0.09, hair)
    if long_hair:
        oval(-0.165, 0.05, 0.045, 0.24, hair)
        oval(0.165, 0.05, 0.045, 0.24, hair)
    figure = layer.reduce(2)
    picture.paste(figure, (0, 0), figure)
    return picture


def _smooth(level: float) -> float:
    level = max(0.0, min(1.0, level))
    return level * level * (3 - 2 * level)


def _disc(picture: Image.Image, x: float, y: float, radius: int, colour: Rgb) -> None:
    shape = Image.new("L", (radius * 8, radius * 8))
    ImageDraw.Draw(shape).ellipse((0, 0, radius * 8 - 1, radius * 8 - 1), fill=255)
    picture.paste(colour, (round(x - radius), round(y - radius)), shape.reduce(4))
