"""A file over somebody else's bytes reads like `io.BytesIO`; pieces written are the whole."""

import io
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from emulator.errors import ImageRejected
from emulator.imaging.decode import decode
from emulator.imaging.streams import Pieces, reading
from emulator.testing.pictures import KINDS, picture

DATA = bytes(range(50))
steps = st.lists(
    st.tuples(st.just("read"), st.none() | st.integers(-2, 60))
    | st.tuples(st.just("seek"), st.integers(0, 70))
    | st.tuples(st.just("relative"), st.integers(0, 30))
    | st.tuples(st.just("from the end"), st.integers(-50, 5)),
    max_size=8,
)


def walk(file, steps):
    for name, number in steps:
        if name == "read":
            yield file.read() if number is None else file.read(number)
        else:
            yield file.seek(number, {"seek": 0, "relative": 1, "from the end": 2}[name])
        yield file.tell()


@given(steps=steps)
def test_it_reads_and_seeks_like_a_file_in_memory(steps):
    assert list(walk(reading(bytearray(DATA)), steps)) == list(walk(io.BytesIO(DATA), steps))


def test_a_position_before_the_beginning_is_refused():
    with pytest.raises(ValueError, match="no position"):
        reading(bytearray(DATA)).seek(-1)


def test_a_large_file_is_not_copied():
    data = bytearray(10_000_000)
    tracemalloc.start()
    file = reading(data)
    file.read(100)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 100_000


def test_pieces_are_joined():
    pieces = Pieces()
    assert [pieces.write(b"one "), pieces.write(b""), pieces.write(b"two")] == [4, 0, 3]
    assert pieces.whole() == b"one two"


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in {"huge-6000", "noise-24mb"}])
def test_every_kind_of_file_means_the_same_as_bytearray(kind):
    assert outcome(bytearray(picture(kind))) == outcome(picture(kind))


@pytest.mark.parametrize("format", ["TIFF", "AVIF", "BMP", "JPEG2000"])
def test_every_other_format_too(format):
    data = saved(Image.effect_noise((90, 70), 50).convert("RGB"), format)
    assert outcome(bytearray(data)) == outcome(data)


def saved(image, format):
    buffer = io.BytesIO()
    image.save(buffer, format)
    return buffer.getvalue()


def outcome(data):
    try:
        return decode(data).tobytes()
    except ImageRejected as error:
        return error.fault, error.detail
