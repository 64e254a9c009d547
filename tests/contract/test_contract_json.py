"""A JSON body that is read as it arrives means what it means when it is parsed in one go."""

import base64
import hashlib
from collections.abc import Iterator
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.contract import Encoded
from emulator.contract.json_reader import LONG, JsonReader
from emulator.contract.schema import compile_schema
from emulator.errors import ContractBroken

PICTURE = hashlib.shake_256(b"a picture").digest(LONG // 3 * 3)
BASE64 = base64.b64encode(PICTURE).decode()
DATA_URL = "data:image/PNG;base64," + BASE64

TEXTS = {
    "plain": BASE64,
    "data URL": DATA_URL,
    "padded": BASE64 + "QQ==",
    "padded in another spelling": BASE64 + "QR==",
    "one character short": BASE64[:-1],
    "padded in the middle": BASE64[: LONG // 2] + "QQ==" + BASE64[: LONG // 2],
    "just long": "A" * LONG,
    "nearly long": "A" * (LONG - 1),
    "wrongly padded": "A" * (LONG + 1) + "=",
    "wrongly padded too": "A" * (LONG + 1) + "===",
    "prose": "a picture? " * LONG,
    "quotes": 'quoted "' * LONG,
    "backslashes": "back\\slash\\" * LONG,
    "a line break": BASE64[: LONG // 2] + "\n" + BASE64,
    "beyond ASCII": BASE64 + "é",
    "data URL without base64": "data:image/png," + BASE64,
    "URL": "https://example.com/" + BASE64,
    "nothing": "",
    "backslash": "\\",
    "quote": 'a "quote"',
}
names = st.sampled_from(sorted(TEXTS))  # spelt out in the test: an example of a megabyte tells nobody anything
bodies = st.fixed_dictionaries(
    {},
    optional={
        "image": names | st.integers(0, 9) | st.lists(names, max_size=2),
        "images": st.lists(names | st.none(), max_size=3),
        "prompt": names,
        "nested": st.dictionaries(names, names, max_size=2),
    },
)
SIZES = [1 << 24, LONG, LONG // 2 - 3, 10_001]


def pieces(body: bytes, size: int) -> Iterator[bytes]:
    for at in range(0, len(body), size):
        yield body[at : at + size]


def read(body: bytes, size: int = 1 << 24) -> tuple[object, dict[str, object]]:
    reader = JsonReader(["image", "images"])
    for piece in pieces(body, size):
        reader.feed(piece)
    return reader.value()


def restored(body: bytes, size: int) -> object:
    """The body with the pictures' texts back in their places."""
    value, pictures = read(body, size)
    if not isinstance(value, dict):
        return value
    for name, found in pictures.items():
        for short, one in zip(_several(value[name]), _several(found), strict=True):
            assert short == one or str(one).startswith(short), "what is left is the beginning"
        value[name] = [_text(one) for one in found] if isinstance(found, list) else _text(found)
    return value


def _several(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value]


def spelt(value: object) -> Any:
    """The value with the names of texts replaced by the texts."""
    match value:
        case dict():
            return {TEXTS.get(name, name): spelt(one) for name, one in value.items()}
        case list():
            return [spelt(one) for one in value]
        case str():
            return TEXTS[value]
        case _:
            return value


def _text(one: object) -> object:
    return str(one) if isinstance(one, Encoded) else one


@given(
    body=bodies,
    size=st.sampled_from(SIZES),
    option=st.sampled_from([0, orjson.OPT_INDENT_2]),
    slash=st.sampled_from([b"/", b"\\/"]),
)
def test_every_body_means_what_it_means_in_one_go(
    body: dict[str, object], size: int, option: int, slash: bytes
) -> None:
    """`\\/` is how PHP writes a slash."""
    raw = orjson.dumps(spelt(body), option=option).replace(b"/", slash)
    assert restored(raw, size) == spelt(body)


@given(
    body=bodies, size=st.sampled_from(SIZES), cut=st.floats(0, 1), junk=st.sampled_from([b"", b'"', b"\x00", b"\xff"])
)
def test_a_broken_body_is_refused_in_the_same_words(
    body: dict[str, object], size: int, cut: float, junk: bytes
) -> None:
    raw = orjson.dumps(spelt(body))
    at = int(cut * len(raw))
    raw = raw[:at] + junk + (raw[at:] if junk else b"")
    wanted = in_one_go(raw)
    if isinstance(wanted, str):
        with pytest.raises(ContractBroken) as refused:
            restored(raw, size)
        assert refused.value.violations[0].message == wanted
    else:
        assert restored(raw, size) == wanted


def in_one_go(raw: bytes) -> object:
    """The value, or the message that it is refused with."""
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        return f"the body is not valid JSON: {error}"


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("text", [BASE64, DATA_URL, BASE64 + "QR=="])
def test_base64_is_decoded_as_it_arrives(text: str, size: int) -> None:
    _, pictures = read(orjson.dumps({"image": text, "images": ["x", text]}), size)
    for found in (pictures["image"], pictures["images"][1]):  # type: ignore[index]
        assert isinstance(found, Encoded)
        assert (str(found), found.characters) == (text, len(text))
        assert bytes(found.data) == base64.b64decode(text.partition("base64,")[2] or text)
        assert found.beginning(300) == text[:300]
        assert found.media_type == ("image/png" if text is DATA_URL else "")


def test_the_text_of_a_picture_is_held_nowhere() -> None:
    reader = JsonReader(["image"])
    for piece in pieces(orjson.dumps({"image": BASE64 * 8}), LONG):
        reader.feed(piece)
    assert len(reader._text) < 100


def test_of_a_field_that_came_twice_the_last_counts() -> None:
    raw = f'{{"image": "{BASE64}", "image": "{DATA_URL}"}}'.encode()
    assert restored(raw, LONG) == {"image": DATA_URL}


def test_a_text_elsewhere_stays_text() -> None:
    body = {"prompt": BASE64, "nested": {BASE64: [BASE64]}, "image": BASE64}
    assert read(orjson.dumps(body)) == (body, {})


def test_many_texts_elsewhere_stay_texts_in_their_order():
    body = {f"unknown {number}": BASE64[number * 4 :] for number in range(60)}
    assert restored(orjson.dumps(body), LONG) == body


def test_without_fields_for_pictures_nothing_is_taken_out() -> None:
    reader = JsonReader([])
    reader.feed(orjson.dumps({"image": BASE64}))
    assert reader.value() == ({"image": BASE64}, {})


@pytest.mark.parametrize("text", ['"",' * 200_000, '"\\"",' * 100_000, '"' + '\\"' * 500_000 + '",'])
def test_a_body_of_countless_quotes_is_no_burden(text: str) -> None:
    raw = ("[" + text + "1]").encode()
    reader = JsonReader(["image"])
    for piece in pieces(raw, LONG):
        reader.feed(piece)
    assert reader.value() == (orjson.loads(raw), {})
    assert reader._looks >= 0


@pytest.mark.parametrize(
    ("rule", "taken"), [({}, {"image", "images"}), ({"maxLength": 9}, set()), ({"pattern": "x"}, set())]
)
def test_pictures_leave_the_fields_that_ask_nothing_of_their_text(rule: dict[str, object], taken: set[str]) -> None:
    source = {"type": "string", "format": "image-source", **rule}
    fields = {"image": source, "images": {"type": "array", "items": source}, "prompt": {"type": "string"}}
    assert compile_schema({}, {"type": "object", "properties": fields}).sources == taken
