"""Changes of manner: colourise, blur, sharpen, cartoon, sketch, and looks derived from any text."""

from PIL import Image, ImageChops, ImageFilter

from emulator.imaging.grade import Tone, saturation, split_tone, wheel
from emulator.imaging.light import Scatter
from emulator.imaging.paint import Stroke, Window, over, sample, wash
from emulator.imaging.regions import background
from emulator.imaging.scene import Scene
from emulator.imaging.textures import clouds, glow, mixed, ramp
from emulator.imaging.variation import Draw


def colourise(scene: Scene, draw: Draw) -> list[Stroke]:
    """Grey gets the colours of sky, skin and earth; colour gets richer."""
    sky, skin, earth = draw.between(0.54, 0.62), draw.between(0.05, 0.12), draw.between(0.2, 0.36)
    stops = [(0.0, sky, 0.55), (0.42, sky - 0.03, 0.34), (0.56, skin, 0.42), (1.0, earth, 0.5)]
    field = ramp([(at, wheel(hue, saturation=rich, value=0.72)) for at, hue, rich in stops]).resize((48, 48))
    accent = wheel(draw.unit(), saturation=0.6, value=0.75)
    field.paste(accent, (0, 0), glow(draw.between(0.3, 0.7), draw.between(0.4, 0.8), 0.16, size=(48, 48), peak=200))
    strength = 0.9 if scene.is_grey() else 0.3

    def tint(tile: Image.Image, window: Window) -> Image.Image:
        return Image.blend(tile, ImageChops.overlay(tile, sample(field, window, tile.size)), strength)

    return [saturation(draw.between(1.45, 1.65)), tint]


def blur(scene: Scene, draw: Draw) -> list[Stroke]:
    """Out of focus: all of it, or all but the middle where the prompt says background."""
    view = scene.view(192)
    soft = view.filter(ImageFilter.GaussianBlur(draw.between(0.016, 0.022) * max(view.size)))

    def blurred(tile: Image.Image, window: Window) -> Image.Image:
        return sample(soft, window, tile.size)

    return [over(blurred, background(scene)) if scene.place == "background" else blurred]


def sharpen(scene: Scene, draw: Draw) -> list[Stroke]:
    """Crisper: away from a softer copy of itself."""
    soft = scene.view(512).filter(ImageFilter.BoxBlur(1))
    amount = draw.between(1.9, 2.3)

    def crisp(tile: Image.Image, window: Window) -> Image.Image:
        return Image.blend(sample(soft, window, tile.size), tile, amount)

    return [crisp]


def cartoon(scene: Scene, draw: Draw) -> list[Stroke]:
    """Flat, rich colours in few levels, with dark outlines."""
    view = scene.view(512).filter(ImageFilter.MedianFilter(5))
    steps = draw.whole(5, 7)
    flat = saturation(draw.between(1.5, 1.75))
    levels = Tone(lambda v: round(v * steps) / steps)
    lines = view.convert("L").filter(ImageFilter.FIND_EDGES)
    lines = lines.point([0 if v < 20 else min(255, (v - 20) * 11) for v in range(256)]).filter(ImageFilter.BoxBlur(0.7))
    edge = _frame_cleared(lines)
    ink = mixed((16, 14, 24), wheel(draw.unit()), 0.1)

    def drawn(tile: Image.Image, window: Window) -> Image.Image:
        tile = levels(flat(sample(view, window, tile.size), window), window)
        tile.paste(ink, (0, 0), sample(edge, window, tile.size))
        return tile

    return [drawn]


def sketch(scene: Scene, draw: Draw) -> list[Stroke]:
    """Pencil: what differs from its surroundings becomes a line, shadows a soft grey, on paper."""
    soft = scene.view(512).convert("L").filter(ImageFilter.GaussianBlur(draw.between(2.0, 3.0)))
    paper = mixed((250, 247, 238), wheel(draw.unit()), 0.05)
    lead = mixed((46, 46, 52), wheel(draw.unit()), 0.12)
    line = [min(255, max(0, v - 3) * 11) for v in range(256)]
    shade = [round(max(0, 190 - v) * 0.85) for v in range(256)]
    hatch = clouds(draw, (192, 192), cells=(48, 48), octaves=2).point([128 + v // 2 for v in range(256)])

    def drawn(tile: Image.Image, window: Window) -> Image.Image:
        grey, near = tile.convert("L"), sample(soft, window, tile.size)
        dark = ImageChops.subtract(near, grey).point(line)
        tone = ImageChops.multiply(near.point(shade), sample(hatch, window, tile.size))
        sheet = Image.new("RGB", tile.size, paper)
        sheet.paste(lead, (0, 0), ImageChops.add(dark, tone))
        return sheet

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
    light = wash(
        Image.new("RGB", (1, 1), wheel(turn + 0.06, saturation=0.45, value=1.0)),
        glow(spot.x, spot.y, max(0.12, (spot.rx + spot.ry) * 0.55), peak=110),
    )
    return [*strokes, light]


def _bokeh(hue: tuple[int, int, int]) -> Image.Image:
    """An out-of-focus light: an even disc with a brighter rim."""
    disc = Image.radial_gradient("L").resize((128, 128), Image.Resampling.BILINEAR)
    alpha = disc.point([104 if v < 146 else 160 if v < 168 else max(0, 160 - (v - 168) * 14) for v in range(256)])
    picture = Image.new("RGBA", (128, 128), hue)
    picture.putalpha(alpha)
    return picture


def _frame_cleared(lines: Image.Image) -> Image.Image:
    """Without the line that the edge filter sees along the picture's own border."""
    framed = Image.new("L", lines.size)
    inner = (2, 2, max(3, lines.width - 2), max(3, lines.height - 2))
    framed.paste(lines.crop(inner), (2, 2))
    return framed
