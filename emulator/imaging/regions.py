"""Changes of one region: remove, replace, recolour, add, and further pictures laid in.

The region is the mask, the place that the prompt names, or where the picture has most detail.
"""

import math
from collections.abc import Callable, Sequence

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageOps

from emulator.imaging.grade import duotone, wheel
from emulator.imaging.paint import Stamp, Stroke, Window, over, wash
from emulator.imaging.scene import Scene, Spot
from emulator.imaging.shapes import thing
from emulator.imaging.textures import level_ramp, mixed, ramp
from emulator.imaging.variation import Draw
from emulator.imaging.vocabulary import Reading, Rgb, ThingName

_FIELD = 128
_ANY = [255 if level > 4 else 0 for level in range(256)]
# What `add` draws when the prompt names nothing it knows.
_ANYTHING: tuple[ThingName, ...] = ("flower", "star", "heart", "balloon", "butterfly")


def remove(scene: Scene, draw: Draw, _reading: Reading) -> list[Stroke]:
    """The region filled smoothly from what surrounds it."""
    hole = _region(scene, draw, radius=draw.between(0.13, 0.17))
    return [wash(filled(scene.view(), hole), hole)]


def replace(scene: Scene, draw: Draw, reading: Reading) -> list[Stroke]:
    """The region gives way to a thing, a sky, a ground, or a patch from elsewhere in new colours."""
    hole = _region(scene, draw, radius=draw.between(0.17, 0.21))
    hue = reading.colour or wheel(draw.unit())
    if reading.thing is not None:
        spot = scene.busy_spot(draw.fork("replace"), radius=0.19)
        return [
            wash(filled(scene.view(), hole), hole),
            _placed(scene, spot, reading.thing, reading.colour, draw, share=1.9),
        ]
    if scene.weight is None and scene.place in ("sky", "ground", "background"):
        light = mixed(hue, (255, 255, 255), 0.62)
        stops = [(0.0, mixed(hue, (20, 24, 60), 0.25)), (0.55, light), (1.0, mixed(hue, (40, 30, 20), 0.45))]
        return [wash(ramp(stops), hole)]
    # The patch: the picture turned half about and dyed, with its own light and shade.
    patch = scene.view().transpose(Image.Transpose.ROTATE_180)
    dyed = ImageOps.colorize(
        ImageOps.autocontrast(patch.convert("L"), 2), mixed(hue, (0, 0, 0), 0.72), (255, 250, 240), hue
    )
    return [wash(Image.blend(patch, dyed, 0.72), hole)]


def recolour(scene: Scene, draw: Draw, reading: Reading) -> list[Stroke]:
    """The region dyed in the named colour, or in one of the text's own."""
    hue = reading.colour or wheel(draw.unit())
    field = _region(scene, draw, radius=draw.between(0.2, 0.24)).point([round(level * 0.74) for level in range(256)])

    def dye(tile: Image.Image, window: Window) -> Image.Image:
        for stroke in duotone(hue):
            tile = stroke(tile, window)
        return tile

    return [over(dye, field)]


def add(scene: Scene, draw: Draw, reading: Reading) -> list[Stroke]:
    """The named thing, or one that the text chooses, drawn in its place."""
    name = draw.pick(_ANYTHING) if reading.thing is None else reading.thing
    if scene.spot is not None and (scene.weight is not None or scene.place != "background"):
        spot = scene.spot
    else:
        spot = Spot(x=draw.between(0.26, 0.74), y=draw.between(0.32, 0.7), rx=0.2, ry=0.2)
    hue = reading.colour if reading.thing or reading.colour else wheel(draw.unit())
    return [_placed(scene, spot, name, hue, draw, share=draw.between(1.5, 1.8))]


def lay_in(scene: Scene, pictures: Sequence[Image.Image]) -> list[Stroke]:
    """Further pictures, soft at their edges, side by side in the lower part; one alone stands to the right."""
    columns = min(len(pictures), 4)
    rows = math.ceil(len(pictures) / 4)
    aspect = scene.size[0] / scene.size[1]
    side = (
        min(0.5 * min(1.0, aspect), 0.86 * aspect / columns, 0.86 / rows)
        if aspect < 1
        else min(0.52, 0.86 * aspect / columns, 0.9 / rows)
    )
    # `side` is a share of the height; a stamp's is one of the shorter side.
    share = side / min(1.0, aspect)
    strokes: list[Stroke] = []
    for i, picture in enumerate(pictures):
        row, column = divmod(i, 4)
        x = 0.68 if len(pictures) == 1 else (column + 0.5) / columns
        y = 0.62 if rows == 1 else 0.5 + (row + 0.5 - rows / 2) * side * 1.05
        strokes.append(Stamp(_vignette(picture), x=x, y=y, side=share))
    return strokes


def filled(view: Image.Image, hole: Image.Image) -> Image.Image:
    """The view with the hole (mode L) filled from its surroundings: coarse colours first, then finer."""
    # A little wider than the hole, so that nothing of what stood in it bleeds into the filling.
    gap = hole.resize(view.size, Image.Resampling.BILINEAR).filter(ImageFilter.BoxBlur(2)).point(_ANY)
    known = view.convert("RGBA")
    known.putalpha(ImageChops.invert(gap))
    levels = [known]
    while max(levels[-1].size) > 1:
        levels.append(levels[-1].reduce(2))
    fill = levels[-1]
    for finer in reversed(levels[:-1]):
        fill = Image.alpha_composite(fill.resize(finer.size, Image.Resampling.BILINEAR), finer)
    return fill.convert("RGB")


def _region(scene: Scene, draw: Draw, *, radius: float) -> Image.Image:
    """The region as a soft field of mode L: the mask, or an ellipse at the place."""
    if scene.weight is not None:
        return scene.weight
    field = Image.new("L", (_FIELD, _FIELD))
    if scene.place == "sky":
        return level_ramp([(0.0, 255), (0.34, 235), (0.5, 0), (1.0, 0)])
    if scene.place == "ground":
        return level_ramp([(0.0, 0), (0.5, 0), (0.66, 235), (1.0, 255)])
    spot = scene.busy_spot(draw.fork("spot"), radius=radius)
    box = tuple(round(_FIELD * at) for at in (spot.x - spot.rx, spot.y - spot.ry, spot.x + spot.rx, spot.y + spot.ry))
    ImageDraw.Draw(field).ellipse((box[0], box[1], box[2], box[3]), fill=255)
    field = field.filter(ImageFilter.GaussianBlur(_FIELD * min(spot.rx, spot.ry) / 7))
    return ImageChops.invert(field) if scene.place == "background" else field


def background(scene: Scene) -> Image.Image:
    """All but the middle, as a soft field of mode L."""
    spot = scene.spot or Spot(x=0.5, y=0.52, rx=0.3, ry=0.4)
    field = Image.new("L", (_FIELD, _FIELD), 255)
    box = tuple(round(_FIELD * at) for at in (spot.x - spot.rx, spot.y - spot.ry, spot.x + spot.rx, spot.y + spot.ry))
    ImageDraw.Draw(field).ellipse((box[0], box[1], box[2], box[3]), fill=0)
    return field.filter(ImageFilter.GaussianBlur(_FIELD / 20))


def _placed(scene: Scene, spot: Spot, name: ThingName, hue: Rgb | None, draw: Draw, *, share: float) -> Stamp:
    """The thing at the spot, as large as the spot's smaller extent times `share`."""
    width, height = scene.size
    side = min(spot.rx * width, spot.ry * height) * share / min(width, height)
    return Stamp(thing(name, hue, draw.fork("thing")), x=spot.x, y=spot.y, side=max(0.06, side))


def _vignette(picture: Image.Image) -> Callable[[int], Image.Image]:
    """A picture cropped square with soft edges, or whole if it is cut out already."""

    def drawn(side: int) -> Image.Image:
        if picture.mode == "RGBA":
            return ImageOps.pad(picture, (side, side), Image.Resampling.BICUBIC, color=(0, 0, 0, 0))
        square = ImageOps.fit(picture, (side, side), Image.Resampling.BICUBIC).convert("RGBA")
        soft = Image.new("L", (96, 96))
        ImageDraw.Draw(soft).rounded_rectangle((9, 9, 86, 86), radius=16, fill=238)
        square.putalpha(soft.filter(ImageFilter.GaussianBlur(4)).resize((side, side), Image.Resampling.BILINEAR))
        return square

    return drawn
