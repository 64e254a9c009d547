"""What is appended is there, in order, whether its length was announced, or not, or wrongly."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.contract.growing import LARGE, Growing


@given(
    pieces=st.lists(st.binary(max_size=40) | st.integers(0, LARGE).map(lambda size: b"x" * size), max_size=5),
    announced=st.sampled_from([0, 100, LARGE, LARGE + 1, 2 * LARGE, 10 * LARGE]),
)
def test_the_pieces_are_the_data(pieces, announced):
    growing = Growing(announced)
    for piece in pieces:
        growing.append(piece)
    assert len(growing) == len(growing.data) == sum(map(len, pieces))
    assert bytes(growing.data) == b"".join(pieces)


@pytest.mark.parametrize("announced", [LARGE + 5, 10 * LARGE])
def test_an_announced_length_is_reserved_and_more_than_it_is_taken_all_the_same(announced):
    growing = Growing(announced)
    growing.append(b"a" * (LARGE + 1))
    assert isinstance(growing.data, memoryview)
    growing.append(b"b" * (10 * LARGE))
    assert bytes(growing.data) == b"a" * (LARGE + 1) + b"b" * (10 * LARGE)


def test_a_small_one_is_a_bytearray_whatever_was_announced():
    growing = Growing(10 * LARGE)
    growing.append(b"small")
    assert growing.data == bytearray(b"small")
    assert isinstance(growing.data, bytearray)


def test_where_nothing_can_be_reserved_the_bytes_are_there_all_the_same(monkeypatch):
    def refused(*_arguments, **_options):
        raise OSError("Cannot allocate memory")

    monkeypatch.setattr("emulator.contract.growing.mmap.mmap", refused)
    growing = Growing(10 * LARGE)
    for _ in range(3):
        growing.append(b"x" * LARGE)
    assert growing.data == bytearray(b"x" * 3 * LARGE)
