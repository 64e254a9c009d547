import io
import time
from pathlib import Path

import pytest
from PIL import Image

from emulator.imaging import synthetic_photograph
from emulator.testing import mean_difference, picture
from emulator.testing.pictures import KINDS, FixtureName, fixture

FIXTURES = Path(__file__).parents[2] / "fixtures" / "images"
NAMES = FixtureName.__args__


def test_a_text_is_always_the_same_photograph_in_every_process(run_python):
    code = (
        "import hashlib; from emulator.imaging import synthetic_photograph as s;"
        "print(hashlib.sha256(s('https://example.com/a.jpg')).hexdigest())"
    )
    assert run_python(code) == run_python(code)


@pytest.mark.parametrize("output_format", ["jpeg", "png", "webp"])
def test_a_photograph_has_the_asked_size_and_format(output_format):
    data = synthetic_photograph("x", width=320, height=200, output_format=output_format)
    image = Image.open(io.BytesIO(data))
    assert (image.size, image.format) == ((320, 200), output_format.upper())


def test_different_texts_are_visibly_different_photographs():
    texts = [
        "https://example.com/1.jpg",
        "https://example.com/2.jpg",
        "portrait",
        "portrait 2",
        "harbour",
        "lake",
        "hills",
    ]
    all_of_them = [synthetic_photograph(text, width=256, height=192) for text in texts]
    assert all(mean_difference(a, b) > 8 for i, a in enumerate(all_of_them) for b in all_of_them[:i])


def test_a_photograph_is_made_quickly():
    synthetic_photograph("warm up")
    took = []
    for text in ("one", "two", "three", "four"):
        start = time.perf_counter()
        synthetic_photograph(text)
        took.append(time.perf_counter() - start)
    assert min(took) < 0.2  # 45 ms on a quiet machine


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_test_picture_can_be_made(kind):
    assert picture(kind)
    assert picture(kind) is picture(kind)


@pytest.mark.parametrize("name", NAMES)
def test_the_fixture_is_small_and_as_its_maker_makes_it(name):
    stored = (FIXTURES / name).read_bytes()
    assert len(stored) < 150_000
    assert mean_difference(stored, fixture(name)) < 0.5


def test_the_fixture_mask_fits_the_fixture_picture():
    mask, harbour = (Image.open(io.BytesIO((FIXTURES / name).read_bytes())) for name in ("mask.png", "harbour.png"))
    assert mask.size == harbour.size
    assert mask.getchannel("A").getextrema() == (0, 255)
