"""The app's own tests, with nothing but the emulator's fixture."""

import io

import pytest
from avatars import Avatars, Failed
from PIL import Image, ImageDraw

from emulator.testing import assert_only_mask_changed, read_provenance

VENDORS = ["openai", "venice", "magic-hour"]
OPERATIONS = {"openai": "createImageEdit", "venice": "editImage", "magic-hour": "aiImageEditor.createImage"}


def png(size=(1024, 1024)):
    picture = Image.new("RGB", size, "steelblue")
    ImageDraw.Draw(picture).ellipse((300, 200, 700, 800), fill="peachpuff")
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    return buffer.getvalue()


def mask_png():
    """Transparent where the edit goes: the lower half."""
    picture = Image.new("RGBA", (1024, 1024), (0, 0, 0, 255))
    picture.paste((0, 0, 0, 0), (0, 512, 1024, 1024))
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    return buffer.getvalue()


@pytest.fixture
def app(image_edit_emulator):
    e = image_edit_emulator
    return Avatars(e.openai_base_url, e.venice_url, e.magic_hour_url, e.key, tokens={"ada": 2})


@pytest.mark.parametrize("vendor", VENDORS)
def test_an_avatar_is_restyled_for_a_token(app, image_edit_emulator, vendor):
    after = app.restyle("ada", png(), "sepia", vendor=vendor)
    assert "sepia" in read_provenance(after).words
    assert app.tokens["ada"] == 1
    image_edit_emulator.assert_edited(vendor=vendor, prompt="sepia avatar", times=1)


@pytest.mark.parametrize("vendor", VENDORS)
def test_the_model_is_one_that_exists(app, image_edit_emulator, vendor):
    app.restyle("ada", png(), "night", vendor=vendor)
    assert image_edit_emulator.requests(status="4xx") == []


@pytest.mark.parametrize("vendor", ["openai", "venice"])
def test_a_busy_vendor_is_asked_again(app, image_edit_emulator, vendor):
    image_edit_emulator.faults.plan("429 retry-after=0", "503", "ok", vendor=vendor)
    app.restyle("ada", png(), "winter", vendor=vendor)
    assert app.tokens["ada"] == 1


@pytest.mark.parametrize("vendor", VENDORS)
def test_a_failure_gives_the_token_back(app, image_edit_emulator, vendor):
    if vendor == "magic-hour":
        image_edit_emulator.faults.add("job-error no_source_face")
    else:
        image_edit_emulator.faults.add("500 after charge no-retry", vendor=vendor)
    with pytest.raises(Failed):
        app.restyle("ada", png(), "winter", vendor=vendor)
    assert app.tokens["ada"] == 2, "the token did not come back"
    entries = image_edit_emulator.accounts.entries(vendor, image_edit_emulator.key)
    assert sum(one["amount"] for one in entries if one["kind"] != "grant") == 0


def test_a_mask_keeps_the_rest(app):
    before = png()
    after = app.restyle("ada", before, "sepia", vendor="openai", mask=mask_png())
    assert_only_mask_changed(before, after, mask_png())


def test_without_tokens_nobody_is_asked(app, image_edit_emulator):
    app.tokens["ada"] = 0
    with pytest.raises(Failed, match="no tokens left"):
        app.restyle("ada", png(), "sepia", vendor="venice")
    assert image_edit_emulator.requests() == []
