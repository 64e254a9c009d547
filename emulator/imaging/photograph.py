"""Synthetic photographs: pleasant, unmistakably made, and a function of a text alone.

They answer for pictures that cannot be fetched offline. Knows hills, lakes, a harbour and a portrait;
words in the text choose among them, and everything else follows from the text's digest.
"""

import io
import re
from typing import Literal

from PIL import Image, ImageChops

from emulator.imaging.portrait import portrait
from emulator.imaging.scenery import LIGHTS, Outdoors, outdoors
from emulator.imaging.textures import grain
from emulator.imaging.variation import Draw

Motif = Outdoors | Literal["portrait"]
_WORDS: tuple[tuple[Motif, str], ...] = (
    ("portrait", "portrait|person|people|face|selfie|woman|man|girl|boy|avatar|profile"),
    ("harbour", "harbour|harbor|port|sea|beach|boat|ship|ocean|coast"),
    ("lake", "lake|river|water"),
    ("hills", "hill|mountain|alps|forest|field|meadow"),
)
# Whole words, with digits and underscores counted as gaps: people name files so.
_MOTIFS = tuple((motif, re.compile(rf"(?<![a-z])(?:{words})s?(?![a-z])", re.IGNORECASE)) for motif, words in _WORDS)
# Drawn at most this large; a larger one is enlarged, which suits the softness of a photograph.
_LARGEST_SIDE = 1536


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
    light = draw.pick(LIGHTS)
    anywhere: Outdoors = draw.pick(("hills", "lake", "harbour"))
    motif = next((name for name, words in _MOTIFS if words.search(text)), anywhere)
    picture = portrait(draw, drawn, light) if motif == "portrait" else outdoors(draw, drawn, light, motif)
    if drawn != size:
        picture = picture.resize(size, Image.Resampling.BICUBIC)
    if grain_levels:
        field = grain(draw.fork("grain"), size, amplitude=grain_levels)
        picture = ImageChops.add(picture, Image.merge("RGB", (field, field, field)), 1, -128)
    return picture
