"""A person who never was, before a blurred background. All from given numbers."""

from PIL import Image, ImageDraw, ImageFilter

from emulator.imaging.scenery import Light
from emulator.imaging.textures import mixed, ramp
from emulator.imaging.variation import Draw
from emulator.imaging.vocabulary import Rgb


def portrait(draw: Draw, size: tuple[int, int], light: Light) -> Image.Image:
    """Head and shoulders at the size in pixels, without grain."""
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
        oval(side * 0.09, 0.06, 0.035, 0.024, mixed(skin, (224, 96, 88), 0.2))
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
