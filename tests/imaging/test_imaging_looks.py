import io
import json

import numpy as np
import pytest
from imaging_looks import PROMPTS, RECORD, look, rendered
from PIL import Image

from emulator.testing import mean_difference, picture

LOOKS = json.loads(RECORD.read_text())
# These leave no shape where it was.
TURNED = {"mirror", "rotate", "invert"}


def levels(data):
    return np.asarray(Image.open(io.BytesIO(data)).convert("L").resize((48, 36), Image.Resampling.BOX), dtype=float)


@pytest.mark.parametrize("name", PROMPTS)
def test_every_operation_looks_as_recorded(name):
    found, expected = bytes.fromhex(look(rendered(name))), bytes.fromhex(LOOKS[name])
    assert max(abs(a - b) for a, b in zip(found, expected, strict=True)) <= 2


@pytest.mark.parametrize("name", PROMPTS)
def test_every_operation_is_seen_and_the_input_still_recognised(name):
    before, after = picture("photograph", width=192, height=144), rendered(name)
    assert 3 < mean_difference(before, after) < 128
    # Where the sky gives way, the ground must not.
    kept = slice(20, None) if name == "replace the sky" else slice(None)
    likeness = np.corrcoef(levels(before)[kept].ravel(), levels(after)[kept].ravel())[0, 1]
    if name == "invert":
        assert likeness < -0.9
    elif name not in TURNED:
        assert likeness > 0.55


def test_the_record_has_no_look_too_many():
    assert set(LOOKS) == set(PROMPTS)


def test_greyscale_leaves_no_colour():
    red, green, blue = Image.open(io.BytesIO(rendered("greyscale"))).split()
    assert red.tobytes() == green.tobytes() == blue.tobytes()


def test_night_is_darker_and_bluer_and_winter_lighter_and_paler():
    before = Image.open(io.BytesIO(picture("photograph", width=192, height=144))).convert("RGB")
    night, winter = (Image.open(io.BytesIO(rendered(name))).convert("RGB") for name in ("night", "winter"))

    def mean(image):
        return np.asarray(image, dtype=float).reshape(-1, 3).mean(axis=0)

    def spread(image):
        pixels = np.asarray(image, dtype=float)
        return (pixels.max(axis=2) - pixels.min(axis=2)).mean()

    assert mean(night).sum() < 0.5 * mean(before).sum()
    assert mean(night)[2] > 1.5 * mean(night)[0]
    assert mean(winter).sum() > 1.1 * mean(before).sum()
    assert spread(winter) < spread(before)


def test_a_rose_is_drawn_in_the_named_colour():
    def reds(data):
        pixels = np.asarray(Image.open(io.BytesIO(data)).convert("RGB"), dtype=int)
        return ((pixels[..., 0] > 150) & (pixels[..., 1] < 70) & (pixels[..., 2] < 80)).mean()

    assert reds(rendered("add a red rose")) > reds(rendered("sharpen")) + 0.01
