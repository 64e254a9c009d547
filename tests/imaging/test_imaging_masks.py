import io
from dataclasses import replace

import pytest
from PIL import Image, ImageChops, ImageDraw

from emulator import imaging
from emulator.testing import mean_difference, picture, same_outside_mask

SIZE = (192, 144)
SPEC = imaging.EditSpec(
    prompt="a sunset", width=192, height=144, output_format="png", model="m", vendor="v", operation="o"
)
PROMPTS = ["a sunset", "anything", "remove it", "replace it with a cat", "add a crown", "blur", "flip it", "cartoon"]


def photograph(**figures):
    return picture("photograph", **{"width": 192, "height": 144, **figures})


def png(image):
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


def mask():
    return picture("mask", width=192, height=144)


def edited(prompt="a sunset", data=None, layers=(), mask=None, **changes):
    inputs = imaging.Inputs(base=data or photograph(), layers=tuple(layers), mask=mask)
    return imaging.edit(inputs, replace(SPEC, prompt=prompt, **changes))[0].data


def opened(data):
    return Image.open(io.BytesIO(data))


def changed(one, other):
    """Where two pictures differ at all, as a box."""
    return ImageChops.difference(opened(one).convert("RGB"), opened(other).convert("RGB")).getbbox()


@pytest.mark.parametrize("prompt", PROMPTS)
def test_outside_the_mask_not_a_pixel_changes_and_inside_it_does(prompt):
    after = edited(prompt, mask=mask())
    assert same_outside_mask(photograph(), after, mask())
    assert mean_difference(photograph(), after) > 0.5


def test_an_edit_without_a_mask_does_change_what_a_mask_would_keep():
    assert not same_outside_mask(photograph(), edited(), mask())


@pytest.mark.parametrize("prompt", PROMPTS)
def test_transparency_outside_the_mask_survives(prompt):
    hole = opened(photograph()).convert("RGBA")
    hole.paste((10, 20, 30, 0), (0, 0, 40, 40))
    after = edited(prompt, data=png(hole), mask=mask())
    assert same_outside_mask(png(hole), after, mask())
    assert opened(after).getpixel((5, 5)) == (10, 20, 30, 0)


@pytest.mark.parametrize("prompt", PROMPTS)
def test_a_picture_that_is_its_own_mask_has_its_hole_filled(prompt):
    hole = picture("transparent-hole", width=192, height=144)
    after = edited(prompt, data=hole, mask=hole)
    assert opened(after).mode == "RGB"
    assert same_outside_mask(hole, after, hole)


def test_a_jpeg_edited_to_png_keeps_its_decoded_pixels_outside_the_mask():
    jpeg = picture("photograph-jpeg", width=192, height=144)
    assert same_outside_mask(jpeg, edited(data=jpeg, mask=mask()), mask())


def test_a_soft_mask_blends():
    half = Image.new("RGBA", SIZE, (0, 0, 0, 127))
    whole = Image.new("RGBA", SIZE, (0, 0, 0, 0))
    full, soft = (mean_difference(photograph(), edited(mask=png(one))) for one in (whole, half))
    assert soft == pytest.approx(full / 2, rel=0.06)


def test_an_opaque_mask_leaves_the_picture_as_it_was():
    after = edited(mask=png(Image.new("RGBA", SIZE, (255, 255, 255, 255))))
    assert changed(photograph(), after) is None


def test_a_fully_transparent_mask_is_as_no_mask():
    after = edited(mask=png(Image.new("RGBA", SIZE)))
    assert changed(edited(), after) is None


def test_a_mask_follows_the_picture_to_another_size():
    after = opened(edited(mask=mask(), width=384, height=288)).convert("RGB")
    plain = opened(photograph()).resize((384, 288), Image.Resampling.BICUBIC)
    box = ImageChops.difference(after, plain).getbbox()
    assert box is not None
    assert box[0] > 180  # the disc lies in the right half


def test_an_added_thing_stands_inside_the_mask():
    window = Image.new("RGBA", SIZE, (0, 0, 0, 255))
    window.paste((0, 0, 0, 0), (10, 10, 90, 90))
    after = opened(edited("add a red heart", mask=png(window))).convert("RGB")
    red = [after.getpixel((x, y)) for x in range(30, 70) for y in range(30, 70)]
    assert sum(r > 150 and g < 80 for r, g, _ in red) > 300


LEFT = (0, 0, 96, 144)


def white_left(mode):
    image = Image.new(mode, SIZE)
    image.paste(Image.new("L", (96, 144), 255).convert(mode), LEFT)
    return image


def jpeg_black_and_white():
    buffer = io.BytesIO()
    white_left("RGB").save(buffer, "JPEG", quality=90)
    return buffer.getvalue()


def transparent_left():
    image = opened(photograph(text="lake")).convert("RGBA")
    image.paste((0, 0, 0, 0), LEFT)
    return png(image)


@pytest.mark.parametrize(
    "layer",
    [png(white_left("L")), png(white_left("1")), png(white_left("RGB")), transparent_left()],
    ids=["one channel", "bilevel", "black and white", "alpha"],
)
def test_a_layer_that_is_a_mask_confines_the_edit(layer):
    box = changed(photograph(), edited(layers=[layer]))
    assert box is not None
    assert box[2] <= 97


def test_black_and_white_frayed_by_jpeg_is_still_a_mask():
    after = opened(edited(layers=[jpeg_black_and_white()])).convert("RGB")
    difference = ImageChops.difference(after, opened(photograph()).convert("RGB")).crop((110, 0, 192, 144))
    assert max(high for _, high in difference.getextrema()) <= 4


def test_any_other_layer_is_seen_in_the_picture():
    alone = edited()
    for layers in ([photograph(text="portrait")], [photograph(text="portrait")] * 2, [photograph(text="b")] * 15):
        assert mean_difference(alone, edited(layers=layers)) > 3


def test_a_layer_and_a_mask_keep_to_the_mask_together():
    after = edited(layers=[photograph(text="portrait")], mask=mask())
    assert same_outside_mask(photograph(), after, mask())


def test_a_smaller_layer_than_the_picture_will_do():
    dot = Image.new("L", (20, 15))
    ImageDraw.Draw(dot).rectangle((0, 0, 9, 14), fill=255)
    box = changed(photograph(), edited(layers=[png(dot)]))
    assert box is not None
    assert box[2] < 115
