"""The gallery: what is kept is byte for byte what would be made, bounded, and never another request's."""

from dataclasses import replace

import pytest

from emulator import imaging
from emulator.imaging.gallery import Gallery
from emulator.testing.pictures import fixture

SPEC = imaging.EditSpec(
    prompt="sunset", width=256, height=256, output_format="png", model="m", vendor="venice", operation="editImage"
)
INPUTS = imaging.Inputs(base=fixture("harbour.png"))


@pytest.fixture
def made(monkeypatch):
    """How many pictures were really made."""
    from emulator.imaging import editing

    count = []
    real = editing._Studio.paint
    monkeypatch.setattr(editing._Studio, "paint", lambda *args, **named: count.append(1) or real(*args, **named))
    return count


def test_the_same_edit_again_is_the_same_bytes_and_is_not_made_again(made):
    gallery = Gallery(10_000_000)
    [first] = gallery.edit(INPUTS, SPEC)
    [again] = gallery.edit(INPUTS, SPEC)
    assert first == again == imaging.edit(INPUTS, SPEC)[0] and len(made) == 2


@pytest.mark.parametrize(
    "change",
    [{"prompt": "night"}, {"width": 240}, {"output_format": "jpeg"}, {"seed": 1}, {"model": "n"}, {"effort": "high"},
     {"blurred": True}, {"operation": "other"}, {"quality": 5}, {"transparent": True}],
)  # fmt: skip
def test_whatever_determines_an_edit_tells_it_apart(change, made):
    gallery = Gallery(10_000_000)
    gallery.edit(INPUTS, SPEC)
    other = replace(SPEC, **change)
    assert gallery.edit(INPUTS, other) == imaging.edit(INPUTS, other) and len(made) == 3


def test_another_picture_layer_mask_or_index_is_another_edit(made):
    gallery = Gallery(50_000_000)
    portrait = fixture("portrait.jpg")
    gallery.edit(INPUTS, SPEC)
    for inputs in (
        imaging.Inputs(base=portrait),
        imaging.Inputs(base=INPUTS.base, layers=(portrait,)),
        imaging.Inputs(base=INPUTS.base, mask=fixture("mask.png")),
    ):
        before = len(made)
        gallery.edit(inputs, SPEC)
        assert len(made) == before + 1
    before = len(made)
    assert gallery.edit(INPUTS, SPEC, indices=range(3)) == imaging.edit(INPUTS, SPEC, indices=range(3))
    assert len(made) == before + 2 + 3, "of the three the gallery had one"


def test_previews_end_in_the_picture_that_edit_gives(made):
    gallery = Gallery(50_000_000)
    first = gallery.previews(INPUTS, SPEC, count=2)
    assert first == imaging.previews(INPUTS, SPEC, count=2) and gallery.edit(INPUTS, SPEC) == first[-1:]
    assert gallery.previews(INPUTS, SPEC, count=2) == first and len(made) == 2
    assert gallery.previews(INPUTS, SPEC, count=1) == imaging.previews(INPUTS, SPEC, count=1)


def test_a_background_is_removed_once():
    gallery, names = Gallery(10_000_000), {"vendor": "v", "operation": "o", "model": "m"}
    first = gallery.remove_background(INPUTS.base, **names)
    assert gallery.remove_background(INPUTS.base, **names) is first
    assert first == imaging.remove_background(INPUTS.base, **names)


def test_it_holds_no_more_than_it_may_and_the_oldest_go(made):
    [one] = imaging.edit(INPUTS, SPEC)
    gallery = Gallery(int(len(one.data) * 2.5))
    for prompt in ("sunset", "night", "sunset", "winter", "sunset"):
        gallery.edit(INPUTS, replace(SPEC, prompt=prompt))
        assert gallery._bytes <= gallery._most and gallery._bytes == sum(
            len(kept.data) for kept in gallery._kept.values()
        )
    assert len(made) == 1 + 3, "sunset was asked for again and again, and stayed"


def test_nothing_is_kept_where_nothing_may_be(made):
    for gallery in (Gallery(0), Gallery(10)):
        assert gallery.edit(INPUTS, SPEC) == gallery.edit(INPUTS, SPEC)
    assert len(made) == 4


def test_what_cannot_be_edited_is_refused_each_time():
    gallery = Gallery(1000)
    for _ in range(2):
        with pytest.raises(Exception, match=r".*") as refused:
            gallery.edit(imaging.Inputs(base=b"no picture"), SPEC)
        assert type(refused.value).__name__ == "ImageRejected"
