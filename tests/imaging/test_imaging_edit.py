import hashlib
import io
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from PIL import Image

from emulator import imaging
from emulator.errors import ImageRejected
from emulator.testing import mean_difference, picture

SPEC = imaging.EditSpec(
    prompt="a sunset", width=192, height=144, output_format="png", model="m", vendor="v", operation="o"
)


def base(**figures):
    return picture("photograph", **{"width": 192, "height": 144, **figures})


def edited(prompt="a sunset", data=None, index=0, **changes):
    inputs = imaging.Inputs(base=data or base())
    return imaging.edit(inputs, replace(SPEC, prompt=prompt, **changes), indices=[index])[0]


def opened(rendered):
    image = Image.open(io.BytesIO(rendered.data))
    image.load()
    return image


@pytest.mark.parametrize(
    ("output_format", "name", "media_type"),
    [("png", "PNG", "image/png"), ("jpeg", "JPEG", "image/jpeg"), ("webp", "WEBP", "image/webp")],
)
def test_the_answer_is_a_picture_of_the_asked_format_and_size(output_format, name, media_type):
    rendered = edited(output_format=output_format, width=208, height=160)
    image = opened(rendered)
    assert (image.format, image.size, rendered.media_type) == (name, (208, 160), media_type)
    assert (rendered.width, rendered.height, rendered.words) == (208, 160, ("sunset",))


@pytest.mark.parametrize("output_format", ["png", "jpeg", "webp"])
def test_the_same_edit_gives_the_same_bytes(output_format):
    assert edited(output_format=output_format).data == edited(output_format=output_format).data


def test_another_process_gives_the_same_bytes(run_python):
    code = """
import hashlib
from emulator import imaging
from emulator.testing import picture
names = {"model": "m", "vendor": "v", "operation": "o"}
spec = imaging.EditSpec(prompt="a sunset", width=192, height=144, output_format="png", **names)
base = picture("photograph", width=192, height=144)
print(hashlib.sha256(imaging.edit(imaging.Inputs(base=base), spec)[0].data).hexdigest())
"""
    assert run_python(code).strip() == hashlib.sha256(edited().data).hexdigest()


def test_many_threads_at_once_give_the_same_bytes():
    prompts = ["sunset", "night", "winter", "add a red rose", "cartoon", "sketch", "remove it", "anything"] * 3
    alone = [edited(prompt).data for prompt in prompts]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda prompt: edited(prompt).data, prompts)) == alone


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("something", "something else"),
        ("a sunset", "a sunset, please"),
        ("black and white", "make it black and white"),
        ("blur", "blur it"),
        ("add a red rose", "add a big red rose"),
    ],
)
def test_two_prompts_give_two_different_pictures_even_with_the_same_words(one, other):
    assert mean_difference(edited(one).data, edited(other).data) > 1


@pytest.mark.parametrize("colour", [0, 255])
def test_two_prompts_differ_even_on_a_plain_picture(colour):
    buffer = io.BytesIO()
    Image.new("RGB", (192, 144), (colour,) * 3).save(buffer, "PNG")
    one, other = (edited(prompt, data=buffer.getvalue()).data for prompt in ("brighter", "brighter!"))
    assert mean_difference(one, other) > 0.5


@pytest.mark.parametrize("changes", [{"model": "other"}, {"seed": 7}, {"effort": "high"}, {"index": 1}])
def test_model_seed_effort_and_index_change_the_looks(changes):
    assert mean_difference(edited().data, edited(**changes).data) > 1


def test_format_and_quality_do_not_change_the_looks():
    assert mean_difference(edited().data, edited(output_format="jpeg", quality=95).data) < 3
    assert len(edited(output_format="jpeg", quality=20).data) < len(edited(output_format="jpeg", quality=95).data)
    assert len(edited(output_format="webp", quality=20).data) < len(edited(output_format="webp", quality=95).data)


def test_n_pictures_are_those_of_their_indices_and_all_differ():
    several = imaging.edit(imaging.Inputs(base=base()), SPEC, indices=range(4))
    assert [one.data for one in several] == [edited(index=index).data for index in range(4)]
    assert all(mean_difference(a.data, b.data) > 1 for i, a in enumerate(several) for b in several[:i])


def test_another_input_gives_another_picture():
    assert mean_difference(edited().data, edited(data=base(text="portrait")).data) > 10


def test_previews_are_finer_and_finer_and_end_in_the_edit_itself():
    *coarse, final = imaging.previews(imaging.Inputs(base=base()), SPEC, count=3)
    assert final.data == edited().data
    far = [mean_difference(one.data, final.data) for one in coarse]
    assert far[0] > far[1] > far[2] > 0.5
    assert {(one.width, one.height) for one in coarse} == {(192, 144)}


@pytest.mark.parametrize("count", [0, 1, 2, 3])
def test_there_are_as_many_previews_as_asked(count):
    assert len(imaging.previews(imaging.Inputs(base=base()), SPEC, count=count)) == count + 1


def test_safe_mode_leaves_nothing_recognisable():
    plain, hidden = edited("nsfw"), edited("nsfw", blurred=True)
    assert hidden.words == ("derived", "blurred")
    detail = [opened(one).convert("L").resize((48, 36), Image.Resampling.BOX) for one in (plain, hidden)]
    steps = [sum(abs(a - b) for a, b in zip(one.tobytes(), one.tobytes()[1:], strict=False)) for one in detail]
    assert steps[1] < steps[0] / 2


@pytest.mark.parametrize("output_format", ["png", "webp"])
def test_a_transparent_background_has_both_kinds_of_alpha(output_format):
    image = opened(
        edited(
            "warmer", data=base(text="portrait", height=240), height=240, output_format=output_format, transparent=True
        )
    )
    assert image.mode == "RGBA"
    assert image.getchannel("A").getextrema() == (0, 255)


def test_a_transparent_input_keeps_its_holes_but_jpeg_has_white_there():
    hole = picture("transparent-hole", width=192, height=144)
    alpha = opened(edited("warmer", data=hole)).getchannel("A")
    assert alpha.tobytes() == Image.open(io.BytesIO(hole)).getchannel("A").tobytes()
    flat = opened(edited("warmer", data=hole, output_format="jpeg"))
    assert min(flat.getpixel((134, 80))) > 245


@pytest.mark.parametrize("kind", ["truncated-png", "truncated-jpeg", "damaged-png", "text-as-png"])
@pytest.mark.parametrize("number", [0, 1, 2])
def test_a_damaged_picture_is_refused_with_its_own_path(kind, number):
    files = [base(), base(), picture("mask", width=192, height=144)]
    files[number] = picture(kind)
    paths = (("images", 0), ("images", 1), ("mask",))
    inputs = imaging.Inputs(base=files[0], layers=(files[1],), mask=files[2], paths=paths)
    with pytest.raises(ImageRejected) as caught:
        imaging.edit(inputs, SPEC)
    assert (caught.value.fault, caught.value.path) == ("undecodable", paths[number])


@pytest.mark.parametrize(
    "kind",
    ["exif-rotated", "cmyk", "palette-transparent", "16-bit", "animated-gif", "animated-webp", "bilevel", "tiny"],
)
@pytest.mark.parametrize("prompt", ["a sunset", "anything", "colorize", "sketch, then add a cat"])
def test_every_kind_of_picture_can_be_edited(kind, prompt):
    assert opened(edited(prompt, data=picture(kind))).size == (192, 144)


def test_removing_the_background_keeps_size_and_subject():
    data = picture("portrait", width=240, height=320)
    rendered = imaging.remove_background(data, vendor="v", operation="o", model="m")
    image, before = opened(rendered), Image.open(io.BytesIO(data))
    alpha = image.getchannel("A")
    assert (image.mode, image.size, rendered.media_type) == ("RGBA", before.size, "image/png")
    assert alpha.getextrema() == (0, 255)
    assert all(alpha.getpixel(corner) == 0 for corner in ((2, 2), (237, 2), (2, 160), (237, 100)))
    face = (120, 130)
    assert (alpha.getpixel(face), image.getpixel(face)[:3]) == (255, before.getpixel(face))


@pytest.mark.parametrize("kind", ["tiny", "bilevel", "grey", "quarters", "transparent-hole", "photograph"])
def test_a_background_can_be_removed_from_anything(kind):
    image = opened(imaging.remove_background(picture(kind, width=96, height=64), vendor="v", operation="o", model="m"))
    assert image.mode == "RGBA" or kind == "tiny"


@pytest.mark.parametrize(("output_format", "mode"), [("png", "RGB"), ("jpeg", "RGB"), ("webp", "RGB"), ("png", "RGBA")])
def test_a_large_edit_needs_at_most_five_times_its_raw_bytes(output_format, mode, tmp_path, run_python):
    path, (width, height) = tmp_path / "large", (3200, 2400)
    gradient = Image.linear_gradient("L").resize((width, height))
    Image.merge(mode, [gradient] * len(mode)).save(
        path, output_format.upper(), **({"method": 0} if output_format == "webp" else {})
    )
    code = f"""
import resource
from pathlib import Path
from emulator import imaging
from emulator.testing import picture
def edit(data, width, height):
    names = {{"model": "m", "vendor": "v", "operation": "o"}}
    spec = imaging.EditSpec(prompt="anything", width=width, height=height, output_format="{output_format}", **names)
    imaging.edit(imaging.Inputs(base=data), spec)
edit(picture("quarters"), 256, 256)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
edit(Path({str(path)!r}).read_bytes(), {width}, {height})
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024 / ({width} * {height} * 3))
"""
    assert float(run_python(code)) < 5
