"""A request's fields and an answer's body in few words, for the journal: what was sent, what went back."""

from collections.abc import Mapping

import orjson

from emulator.call import Answer
from emulator.contract import Encoded, Upload

TEXT = 200  # characters of a text
ANSWER = 1000  # characters of an error's body


def of_fields(fields: Mapping[str, object]) -> dict[str, object]:
    """The fields, each shortened: texts by their beginning and length, files by type and size."""
    return {name: _short(value) for name, value in fields.items()}


def of_answer(answer: Answer) -> str:
    """An error's body as it is; of a result its type and size."""
    if answer.json is not None and answer.status >= 400:
        return orjson.dumps(answer.json).decode()[:ANSWER]
    if answer.stream is not None:
        return f"{answer.media_type}, streamed"
    size = "" if answer.content is None else f", {len(answer.content)} bytes"
    return f"{answer.media_type or 'nothing'}{size}"


def _short(value: object) -> object:
    match value:
        case Upload():
            return f"<{value.media_type or 'file'}, {value.filename!r}, {len(value.data)} bytes>"
        case Encoded():
            return f"{value.beginning(TEXT)}… ({value.characters} characters)"
        case str() if len(value) > TEXT:
            return f"{value[:TEXT]}… ({len(value)} characters)"
        case list():
            return [_short(one) for one in value[:20]]
        case dict():
            return {str(name): _short(one) for name, one in list(value.items())[:20]}
        case _:
            return value
