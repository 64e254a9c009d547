import io

import pytest
from PIL import Image

from emulator import __version__, imaging
from emulator.testing import picture, read_provenance


def made(output_format="png", **changes):
    base, layer = picture("photograph", width=96, height=64), picture("photograph", width=64, height=64, text="b")
    mask = picture("mask", width=96, height=64)
    values = {
        "prompt": "Winter, and add a 红 hat",
        "width": 96,
        "height": 64,
        "model": "some-model",
        "vendor": "venice",
    }
    spec = imaging.EditSpec(**{**values, **changes}, operation="editImage", output_format=output_format)
    inputs = imaging.Inputs(base=base, layers=(layer,), mask=mask)
    return imaging.edit(inputs, spec, indices=[2])[0].data, base, layer, mask


@pytest.mark.parametrize("output_format", ["png", "jpeg", "webp"])
def test_every_format_tells_where_it_comes_from(output_format, tmp_path):
    data, base, layer, mask = made(output_format)
    found = read_provenance(data)
    assert (found.emulator, found.vendor, found.operation) == (__version__, "venice", "editImage")
    assert (found.model, found.words, found.index) == ("some-model", ("winter", "add"), 2)
    assert found.has_prompt("Winter, and add a 红 hat")
    assert not found.has_prompt("Winter")
    assert found.has_input(base)
    assert found.has_input(bytearray(layer))
    assert found.has_mask(mask)
    assert not found.has_input(mask)
    path = tmp_path / "picture"
    path.write_bytes(data)
    assert read_provenance(path) == read_provenance(str(path)) == found


def test_the_prompt_itself_is_not_written_into_the_file():
    assert b"Winter" not in made()[0]


def test_a_removed_background_tells_its_input():
    data = picture("portrait", width=96, height=128)
    found = read_provenance(imaging.remove_background(data, vendor="venice", operation="o", model="b").data)
    assert found.has_input(data)
    assert (found.words, found.mask_digest) == (("remove background",), None)


def test_a_surrogate_in_the_prompt_does_no_harm():
    assert read_provenance(made(prompt="\ud800 night")[0]).words == ("night",)


@pytest.mark.parametrize("kind", ["quarters", "exif-rotated", "animated-webp"])
def test_a_picture_from_elsewhere_has_no_provenance(kind):
    with pytest.raises(ValueError, match="no provenance"):
        read_provenance(picture(kind))


def test_a_foreign_description_is_no_provenance():
    exif = Image.Exif()
    exif[0x010E] = '{"emulator": "mine"}'
    buffer = io.BytesIO()
    Image.new("RGB", (8, 8)).save(buffer, "JPEG", exif=exif)
    with pytest.raises(ValueError, match="no provenance"):
        read_provenance(buffer.getvalue())
