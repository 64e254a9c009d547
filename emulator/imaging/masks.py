"""Where an edit may act: masks, and layers that are masks in disguise.

A mask becomes a weight of mode L: 255 where the edit shows, 0 where the input stays untouched.
"""

import io

from PIL import Image, ImageChops, ImageDraw

_INVERTED = [255 - level for level in range(256)]


def weight_of(mask: Image.Image) -> Image.Image:
    """OpenAI's mask: transparent means edit, and softly so between. Without alpha: white means edit."""
    if mask.mode == "RGBA":
        return mask.getchannel("A").point(_INVERTED)
    return mask.convert("L")


def layer_weight(layer: Image.Image) -> Image.Image:
    """The same for a layer, whose alpha counts only if it varies."""
    return weight_of(layer if layer.mode == "RGBA" and _varies(layer.getchannel("A")) else layer.convert("RGB"))


def is_mask(layer: Image.Image, *, single_channel: bool) -> bool:
    """Whether a further picture is meant as a mask (inferred: Venice says "edit layers/masks").

    It is when it has one channel, is pure black and white, or its alpha varies.
    """
    if single_channel or (layer.mode == "RGBA" and _varies(layer.getchannel("A"))):
        return True
    small = layer.convert("RGB").resize((min(256, layer.width), min(256, layer.height)), Image.Resampling.NEAREST)
    red, green, blue = small.split()
    if ImageChops.difference(red, green).getbbox() or ImageChops.difference(green, blue).getbbox():
        return False
    histogram = red.histogram()
    # JPEG frays the edges of black and white a little.
    extremes = sum(histogram[:12]) + sum(histogram[244:])
    return extremes >= 0.98 * small.width * small.height and sum(histogram[:12]) > 0 and sum(histogram[244:]) > 0


def oval_mask(width: int, height: int) -> bytes:
    """A mask as OpenAI takes it, a PNG in pixels of this size: an oval in the middle is to be edited."""
    alpha = Image.new("L", (width, height), 255)
    ImageDraw.Draw(alpha).ellipse((width // 8, height // 8, width - width // 8 - 1, height - height // 8 - 1), fill=0)
    mask = Image.new("RGBA", (width, height), (0, 0, 0, 255))
    mask.putalpha(alpha)
    buffer = io.BytesIO()
    mask.save(buffer, "PNG", compress_level=1)
    return buffer.getvalue()


def united(weights: list[Image.Image]) -> Image.Image | None:
    """Where any of the weights allows the edit; None where there are none. All of one size."""
    union: Image.Image | None = None
    for weight in weights:
        union = weight if union is None else ImageChops.lighter(union, weight)
    return union


def _varies(alpha: Image.Image) -> bool:
    low, high = alpha.getextrema()
    return low != high
