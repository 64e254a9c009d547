"""The assertions about pictures: what they let pass, and what they say when they do not."""

import io
from pathlib import Path

import pytest
from PIL import Image

from emulator.testing import assert_only_mask_changed, assert_same_picture, difference


def png(image):
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


@pytest.fixture
def before():
    return Image.new("RGB", (60, 40), (100, 120, 140))


@pytest.fixture
def mask():
    one = Image.new("RGBA", (60, 40), (0, 0, 0, 255))
    one.paste((0, 0, 0, 0), (10, 10, 30, 30))
    return one


def changed(before, box, colour=(110, 120, 140)):
    after = before.copy()
    after.paste(colour, box)
    return after


def test_a_difference_says_where_and_how_much(before):
    found = difference(png(before), changed(before, (5, 7, 15, 17), (100, 150, 120)))
    assert (found.box, found.first, found.most) == ((5, 7, 15, 17), (5, 7), 30)
    assert found.share == pytest.approx(100 / 2400) and found.mean == pytest.approx(30)
    assert difference(before, before).box is None and str(difference(before, before)) == "no pixel differs"
    assert difference(before, changed(before, (0, 0, 5, 5)), tolerance=10).box is None
    with pytest.raises(ValueError, match="different sizes"):
        difference(before, before.resize((10, 10)))


def test_the_same_picture_passes_and_another_is_shown(before, tmp_path):
    assert_same_picture(before, png(before))
    assert_same_picture(before, changed(before, (0, 0, 5, 5)), tolerance=10)
    with pytest.raises(AssertionError) as failed:
        assert_same_picture(before, changed(before, (5, 7, 15, 17)), save_to=tmp_path / "shots")
    message = str(failed.value)
    assert "4.17% of the pixels differ" in message and "x 5..14, y 7..16" in message and "first is (5, 7)" in message
    [saved] = (tmp_path / "shots").iterdir()
    assert str(saved) in message
    with Image.open(saved) as sheet:
        assert sheet.size == (3 * 60 + 24, 40) and sheet.getpixel((2 * 72 + 6, 8)) == (255, 0, 160)
    with pytest.raises(AssertionError, match="different sizes"):
        assert_same_picture(before, before.resize((10, 10)))


def test_without_a_folder_the_comparison_lies_in_a_temporary_one(before):
    with pytest.raises(AssertionError) as failed:
        assert_same_picture(before, changed(before, (5, 7, 15, 17)))
    with Image.open(str(failed.value).rpartition(": ")[2]) as sheet:
        assert sheet.size == (204, 40)


def test_an_edit_within_its_mask_passes(before, mask):
    assert_only_mask_changed(before, changed(before, (10, 10, 30, 30)), mask)
    assert_only_mask_changed(png(before), png(changed(before, (12, 12, 13, 13))), png(mask))


def test_a_pixel_outside_the_mask_is_told(before, mask, tmp_path):
    with pytest.raises(AssertionError, match=r"outside the mask changed: .* x 9\.\.9, y 10\.\.29"):
        assert_only_mask_changed(before, changed(before, (9, 10, 30, 30)), mask, save_to=tmp_path)


def test_an_edit_that_changed_nothing_is_told(before, mask):
    with pytest.raises(AssertionError, match="nothing changed within the mask"):
        assert_only_mask_changed(before, before, mask)


def test_half_transparent_is_kept(before):
    mask = Image.new("RGBA", (60, 40), (0, 0, 0, 128))
    mask.paste((0, 0, 0, 0), (10, 10, 30, 30))
    with pytest.raises(AssertionError, match="outside the mask"):
        assert_only_mask_changed(before, changed(before, (0, 0, 30, 30)), mask)


def test_a_mask_that_is_none_is_refused(before, mask):
    with pytest.raises(ValueError, match="no alpha channel"):
        assert_only_mask_changed(before, before, Image.new("RGB", (60, 40)))
    with pytest.raises(ValueError, match=r"the mask has the size \(10, 10\)"):
        assert_only_mask_changed(before, before, mask.resize((10, 10)))
    with pytest.raises(AssertionError, match="another size"):
        assert_only_mask_changed(before, before.resize((10, 10)), mask)


def test_a_file_and_its_bytes_are_the_same_picture():
    path = "fixtures/images/portrait.jpg"
    assert_same_picture(path, Path(path).read_bytes())
