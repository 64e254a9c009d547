"""Changes of manner: colourise, blur, sharpen, cartoon, sketch, and looks derived from any text."""

from PIL import Image, ImageChops, ImageFilter

from emulator.imaging.grade import Tone, saturation, split_tone, wheel
from emulator.imaging.light import Scatter
from emulator.imaging.paint import WHOLE, Stroke, Window, glaze, over, sample
from emulator.imaging.regions import background
from emulator.imaging.scene import Scene
from emulator.imaging.textures import glow, mixed, radial, ramp
from emulator.imaging.variation import Draw

_SHADE = [255 - round(max(0, 190 - level) * 0.72) for level in range(256)]
_PENCIL = [min(255, max(0, level - 5) * 12) for level in range(256)]


def colourise(scene: Scene, draw: Draw) -> list[Stroke]:
    """Grey gets the colours of sky, skin and earth; colour gets richer."""
    sky, skin, earth = draw.between(0.54, 0.62), draw.between(0.05, 0.12), draw.between(0.2, 0.36)
    stops = [(0.0, sky, 0.55), (0.42, sky - 0.03, 0.34), (0.56, skin, 0.42), (1.0, earth, 0.5)]
    field = ramp([(at, wheel(hue, saturation=rich, value=0.72)) for at, hue, rich in stops]).resize((48, 48))
    accent = wheel(draw.unit(), saturation=0.6, value=0.75)
    field.paste(accent, (0, 0), glow(draw.between(0.3, 0.7), draw.between(0.4, 0.8), 0.16, size=(48, 48), peak=200))
    if not scene.is_grey():
        return [saturation(draw.between(1.5, 1.7)), _veil(field, 0.1)]

    def tint(tile: Image.Image, window: Window) -> Image.Image:
        return Image.blend(tile, ImageChops.overlay(tile, sample(field, window, tile.size)), 0.9)

    return [tint, saturation(draw.between(1.25, 1.5))]


def blur(scene: Scene, draw: Draw) -> list[Stroke]:
    """Out of focus: all of it, or all but the middle where the prompt says background."""
    view = scene.view(192)
    soft = view.filter(ImageFilter.GaussianBlur(draw.between(0.016, 0.022) * max(view.size)))

    def blurred(tile: Image.Image, window: Window) -> Image.Image:
        return sample(soft, window, tile.size, fine=True)

    return [over(blurred, background(scene)) if scene.place == "background" else blurred]


def sharpen(scene: Scene, draw: Draw) -> list[Stroke]:
    """Crisper: away from a softer copy of itself."""
    return [_veil(scene.view(512), -draw.between(1.1, 1.5))]


def cartoon(scene: Scene, draw: Draw) -> list[Stroke]:
    """Flat, rich colours in few levels, with dark outlines; drawn at half size, where it is four times as fast."""
    view = scene.view(max(512, min(1024, max(scene.size) // 2))).filter(ImageFilter.BoxBlur(2))
    steps = draw.whole(5, 7)
    rich, levels = saturation(draw.between(1.5, 1.75)), Tone(lambda v: round(v * steps) / steps)
    grey = view.convert("L")
    across, along = (ImageChops.difference(grey, ImageChops.offset(grey, *by)) for by in ((2, 0), (0, 2)))
    lines = ImageChops.lighter(across, along).point([min(255, max(0, v - 14) * 12) for v in range(256)])
    flat = levels(rich(view, WHOLE), WHOLE)
    flat.paste(mixed((16, 14, 24), wheel(draw.unit()), 0.1), (0, 0), _frame_cleared(lines))
    return [lambda tile, window: sample(flat, window, tile.size)]


def sketch(scene: Scene, draw: Draw) -> list[Stroke]:
    """Pencil: what is darker than its surroundings becomes a line, shadows a soft grey, on paper."""
    soft = scene.view(512).convert("L").filter(ImageFilter.BoxBlur(draw.between(2.0, 3.0)))
    paper = mixed((250, 247, 238), wheel(draw.unit()), 0.05)
    lead = mixed((46, 46, 52), wheel(draw.unit()), 0.12)
    page = [round(a + (b - a) * v / 255) for v in range(256) for a, b in zip(lead, paper, strict=True)]

    def drawn(tile: Image.Image, window: Window) -> Image.Image:
        around = sample(soft, window, tile.size)
        line = ImageChops.subtract(around, tile.convert("L")).point(_PENCIL)
        sheet = ImageChops.subtract(around.point(_SHADE), line)
        sheet.putpalette(page)
        return sheet.convert("RGB")

    return [drawn]


def derived(scene: Scene, draw: Draw) -> list[Stroke]:
    """For a prompt without a known word: a grade of two colours, and soft lights about one place."""
    strokes = split_tone(draw, strength=draw.between(0.24, 0.33))
    spot = scene.busy_spot(draw.fork("spot"), radius=0.24)
    turn = draw.unit()
    for size, count in ((0.2, 3), (0.12, 4), (0.07, 5)):
        hue = wheel(turn + draw.between(-0.08, 0.08), saturation=0.5, value=1.0)
        places = [
            (
                spot.x + spot.rx * draw.between(-1.3, 1.3),
                spot.y + spot.ry * draw.between(-1.3, 1.3),
                size * draw.between(0.8, 1.2) * min(1.0, max(spot.rx, spot.ry) * 4),
            )
            for _ in range(count)
        ]
        strokes.append(Scatter(_bokeh(hue), places))
    light = glaze(
        wheel(turn + 0.06, saturation=0.45, value=1.0),
        glow(spot.x, spot.y, max(0.12, (spot.rx + spot.ry) * 0.55), peak=110),
    )
    return [*strokes, light]


def _veil(field: Image.Image, share: float) -> Stroke:
    """Blended with a low-resolution picture; a negative share leads away from it."""

    def veiled(tile: Image.Image, window: Window) -> Image.Image:
        return Image.blend(tile, sample(field, window, tile.size), share)

    return veiled


def _bokeh(hue: tuple[int, int, int]) -> Image.Image:
    """An out-of-focus light: an even disc with a brighter rim."""
    disc = radial().resize((128, 128), Image.Resampling.BILINEAR)
    alpha = disc.point([104 if v < 146 else 160 if v < 168 else max(0, 160 - (v - 168) * 14) for v in range(256)])
    picture = Image.new("RGBA", (128, 128), hue)
    picture.putalpha(alpha)
    return picture


def _frame_cleared(lines: Image.Image) -> Image.Image:
    """Without the lines along the picture's border, where one side was compared with the other."""
    framed = Image.new("L", lines.size)
    inner = (2, 2, max(3, lines.width - 2), max(3, lines.height - 2))
    framed.paste(lines.crop(inner), (2, 2))
    return framed
