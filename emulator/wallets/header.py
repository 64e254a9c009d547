"""A wallet's header: standard base64 of a JSON object, and what is in it read with a reason for each refusal."""

import base64
import binascii
import re
from collections.abc import Mapping

import orjson

MOST = 16 * 1024  # characters; real ones have under 2,000
_BASE64 = re.compile(r"[A-Za-z0-9+/]+={0,2}", re.ASCII)

JsonObject = Mapping[str, object]


class Unreadable(ValueError):
    """The header, or a field of it, is not what it should be; the message says what was expected."""


def read_header(text: str) -> JsonObject:
    """The object in a header. Raises Unreadable."""
    if len(text) > MOST:
        raise Unreadable(f"the header has {len(text)} characters, expected at most {MOST}")
    text = text.strip()
    if not text:
        raise Unreadable("the header is empty, expected base64 of a JSON object")
    if not _BASE64.fullmatch(text):
        raise Unreadable("the header is not base64: expected the standard alphabet (A-Z a-z 0-9 + /), padded with =")
    try:
        raw = base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise Unreadable(f"the header is not base64 with its padding: {error}") from error
    try:
        found = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise Unreadable(f"the header's base64 does not hold JSON: {error}") from error
    if not isinstance(found, dict):
        raise Unreadable(f"the header holds {_kind(found)}, expected a JSON object")
    return found


def strict_base64(text: str) -> bytes | None:
    """The bytes of standard base64 in its one spelling (last bits zero, padded); None for other text."""
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return raw if base64.b64encode(raw).decode() == text else None


def text_of(fields: JsonObject, name: str, *, most: int = 2048) -> str:
    """A text field that must be there. Raises Unreadable."""
    if name not in fields:
        raise Unreadable(f"{name} is missing, expected a text")
    value = fields[name]
    if not isinstance(value, str):
        raise Unreadable(f"{name} is {_kind(value)}, expected a text")
    if not 0 < len(value) <= most:
        raise Unreadable(f"{name} has {len(value)} characters, expected 1 to {most}")
    return value


def optional_text(fields: JsonObject, name: str) -> str | None:
    """A text field that may be left out, null or empty. Raises Unreadable."""
    return None if fields.get(name) in (None, "") else text_of(fields, name)


def object_of(fields: JsonObject, name: str) -> JsonObject:
    """An object that must be there. Raises Unreadable."""
    if name not in fields:
        raise Unreadable(f"{name} is missing, expected an object")
    value = fields[name]
    if not isinstance(value, dict):
        raise Unreadable(f"{name} is {_kind(value)}, expected an object")
    return value


def _kind(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "a boolean"
        case int() | float():
            return "a number"
        case str():
            return "a text"
        case list():
            return "a list"
        case _:
            return "an object"
