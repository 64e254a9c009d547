import pytest
from PIL import Image, ImageChops

from emulator.imaging import closest_ratio, size_for
from emulator.imaging.fit import fit, fit_weight

RATIOS = ("1:1", "3:2", "16:9", "21:9", "9:16", "2:3", "3:4", "4:5")


@pytest.mark.parametrize(
    ("size", "ratio"),
    [
        ((1024, 1024), "1:1"),
        ((1920, 1080), "16:9"),
        ((1080, 1920), "9:16"),
        ((4000, 3000), "3:2"),
        ((3000, 4000), "3:4"),
        ((5000, 1000), "21:9"),
        ((1080, 1350), "4:5"),
    ],
)
def test_the_closest_ratio_is_the_one_of_nearest_shape(size, ratio):
    assert closest_ratio(*size, RATIOS) == ratio


def test_ratios_with_fractions_are_understood():
    assert closest_ratio(1950, 900, ("20:9", "19.5:9", "2:1")) == "19.5:9"


@pytest.mark.parametrize("ratio", [*RATIOS, "19.5:9", "9:20"])
@pytest.mark.parametrize("side", [1024, 2048, 4096])
def test_a_size_has_sides_of_sixteen_about_the_area_and_about_the_shape(ratio, side):
    width, height = size_for(ratio, side * side)
    wide, high = map(float, ratio.split(":"))
    assert width % 16 == height % 16 == 0
    assert width * height == pytest.approx(side * side, rel=0.025)
    assert width / height == pytest.approx(wide / high, rel=0.025)


def test_a_square_of_a_tier_is_the_tier():
    assert size_for("1:1", 2048 * 2048) == (2048, 2048)


def striped(width, height):
    """Three upright stripes: red, green, blue."""
    image = Image.new("RGB", (width, height), (0, 200, 0))
    image.paste((200, 0, 0), (0, 0, width // 4, height))
    image.paste((0, 0, 200), (width * 3 // 4, 0, width, height))
    return image


def test_the_same_size_is_the_same_picture():
    image = striped(40, 30)
    assert fit(image, (40, 30)) is image


def test_the_same_shape_is_only_resized():
    image = fit(striped(400, 300), (200, 150))
    assert image.size == (200, 150)
    assert image.getpixel((2, 75)) == (200, 0, 0)
    assert image.getpixel((197, 75)) == (0, 0, 200)


def test_a_little_is_cut_off_evenly_at_both_sides():
    image = fit(striped(400, 300), (360, 300))
    whole = striped(400, 300).crop((20, 0, 380, 300))
    assert ImageChops.difference(image, whole).getbbox() is None


@pytest.mark.parametrize("target", [(800, 300), (300, 900), (1600, 90)])
def test_otherwise_all_is_shown_and_the_rest_continued(target):
    image = fit(striped(400, 300), target)
    scale = min(target[0] / 400, target[1] / 300)
    shown = round(400 * scale), round(300 * scale)
    left, top = (target[0] - shown[0]) // 2, (target[1] - shown[1]) // 2
    middle = image.crop((left, top, left + shown[0], top + shown[1]))
    assert middle.getpixel((shown[0] // 8, shown[1] // 2)) == (200, 0, 0)
    assert middle.getpixel((shown[0] // 2, shown[1] // 2)) == (0, 200, 0)
    corner = image.getpixel((1, 1))
    assert max(corner) > 60  # the continuation has the picture's colours, it is no empty border


def test_a_mask_allows_edits_where_the_picture_was_extended():
    weight = fit_weight(Image.new("L", (400, 300)), (400, 300), (800, 300))
    assert (weight.getpixel((10, 150)), weight.getpixel((400, 150)), weight.getpixel((790, 150))) == (255, 0, 255)
