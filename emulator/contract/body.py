"""A request body decoded once into values: JSON or multipart, checked against the document.

After this nobody reads the request again. Uploads are `Upload` values, form text has the schema's
types, defaults are filled in.
"""

import copy
import re
from collections.abc import AsyncIterator, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from emulator.contract.form import coerce
from emulator.contract.growing import Data
from emulator.contract.json_reader import JsonReader
from emulator.contract.multipart import MultipartReader, Part, broken
from emulator.contract.operation import Operation
from emulator.contract.schema import Check, Property, shown
from emulator.errors import BodyTooLarge, ContractBroken, UnsupportedMediaType, Violation
from emulator.leniency import STRICT, Leniency

# `image[]` and `image[0]` are how SDKs and form libraries spell an element of the list `image`.
_ELEMENT = re.compile(r"(?P<name>[^\[\]]+)\[[0-9]{0,3}\]")


# What a lenient server leaves out: fields, and values of them, that the document does not know.
_UNKNOWN = {
    "additionalProperties": "an unknown field, ignored",
    "enum": "'{received}' is not offered, ignored",
    "const": "'{received}' is not offered, ignored",
}


@dataclass(frozen=True, kw_only=True)
class Upload:
    """A file part. `data` is bytes-like; `media_type` is what the client claimed, "" if nothing."""

    data: Data
    filename: str
    media_type: str


class Fields(dict[str, Any]):
    """A body's values by name, the document's defaults filled in; `sent` names what the client gave."""

    def __init__(
        self, values: Mapping[str, Any], *, sent: Iterable[str] = (), defaults: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(values)
        self.sent = frozenset(sent)
        self._defaults = defaults or {}

    def without(self, names: Collection[str]) -> "Fields":
        """The same as if the client had not given these fields."""
        kept = {name: value for name, value in self.items() if name not in names}
        return Fields({**self._defaults, **kept}, sent=self.sent - set(names), defaults=self._defaults)


async def read_body(
    operation: Operation,
    content_type: str,
    chunks: AsyncIterator[bytes],
    *,
    body_bytes: int,
    file_bytes: int,
    expected: int = 0,
    lenient: Leniency = STRICT,
) -> Fields:
    """Read, decode and check a request's body; the fields by name, defaults filled in.

    `body_bytes` bounds the whole body, `file_bytes` one file part; `expected` is the length that was announced,
    if any; `lenient` may let fields that the document does not know be left out. Raises UnsupportedMediaType,
    BodyTooLarge, ContractBroken, ImageRejected; reading stops at the first of them.
    """
    expected = min(expected, body_bytes)
    media_type = content_type.partition(";")[0].strip().lower()
    check = operation.bodies.get(media_type)
    if check is None:
        # No body has no media type; curl names one all the same.
        if not operation.body_required and not any([bool(chunk) async for chunk in _bounded(chunks, body_bytes)]):
            return Fields({})
        raise UnsupportedMediaType(received=media_type, expected=tuple(operation.bodies))
    if media_type == "multipart/form-data":
        reader = MultipartReader(content_type, file_bytes=file_bytes, expected=expected)
        async for chunk in _bounded(chunks, body_bytes):
            reader.feed(chunk)
        return _checked(check, *_assemble(reader.parts(), check.properties), lenient=lenient)
    body = JsonReader(check.sources, expected=expected)
    async for chunk in _bounded(chunks, body_bytes):
        body.feed(chunk)
    if body.empty and not operation.body_required:
        return Fields(check.defaults, defaults=check.defaults)
    value, pictures = body.value()
    return _checked(check, value, [], pictures, lenient=lenient)


async def _bounded(chunks: AsyncIterator[bytes], limit: int) -> AsyncIterator[bytes]:
    size = 0
    async for chunk in chunks:
        size += len(chunk)
        if size > limit:
            raise BodyTooLarge(limit=limit)
        yield chunk


def _checked(
    check: Check, value: object, found: list[Violation], uploads: Mapping[str, Any], *, lenient: Leniency
) -> Fields:
    """Validate; then put the uploads in the place of their stand-ins and the defaults in the gaps."""
    reported = {one.path[:1] for one in found}
    violations = [one for one in check.violations(value) if one.path[:1] not in reported or not one.path]
    if lenient.on and violations and not found:
        value, violations = _forgiven(check, value, violations, lenient)
    if found or violations:
        raise ContractBroken(violations=(*found, *violations))
    if not isinstance(value, dict):
        raise broken("the body is not a JSON object")
    kept = {name: upload for name, upload in uploads.items() if name in value}
    return Fields({**check.defaults, **value, **kept}, sent=value, defaults=check.defaults)


def _forgiven(
    check: Check, value: object, violations: list[Violation], lenient: Leniency
) -> tuple[object, list[Violation]]:
    """The body without what the document does not know, if that makes it a good one; else as it was."""
    notes, kept = [], copy.deepcopy(value)
    for one in violations:
        words = _UNKNOWN.get(one.rule)
        if words is None or not _taken_out(kept, one.path):
            return value, violations
        notes.append(f"{'.'.join(map(str, one.path))}: {words.format(received=one.received)}")
    if check.violations(kept) or not all(map(lenient, notes)):
        return value, violations
    return kept, []


def _taken_out(value: object, path: tuple[str | int, ...]) -> bool:
    """Whether the field at `path` could be removed; elements of lists cannot, the others would move up."""
    for step in path[:-1]:
        value = value.get(step) if isinstance(value, dict) else None
    if not path or not isinstance(value, dict) or path[-1] not in value:
        return False
    del value[path[-1]]
    return True


def _assemble(
    parts: list[Part], properties: Mapping[str, Property]
) -> tuple[dict[str, Any], list[Violation], dict[str, Any]]:
    """Form parts as (an instance for the schema, violations seen on the way, uploads by field).

    In the instance a file stands as the text "file": the schema sees a string, the caller the upload.
    """
    groups: dict[str, list[Part]] = {}
    listed: set[str] = set()
    for part in parts:
        name = part.name
        element = _ELEMENT.fullmatch(name)
        if element and element["name"] in properties:
            name = element["name"]
            listed.add(name)
        groups.setdefault(name, []).append(part)
    instance: dict[str, Any] = {}
    violations: list[Violation] = []
    uploads: dict[str, Any] = {}
    for name, group in groups.items():
        accepts = properties.get(name)
        if accepts is None:
            instance[name] = "unknown"
            continue
        many = accepts.repeats and (name in listed or len(group) > 1 or accepts.types == {"array"})
        if not many and len(group) > 1:
            violations.append(Violation(where="body", path=(name,), rule="duplicate", received=len(group)))
            continue
        element_accepts = (accepts.item or accepts) if many else accepts
        values, files = [], []
        for index, part in enumerate(group):
            path: tuple[str | int, ...] = (name, index) if many else (name,)
            outcome = _value(part, path, element_accepts)
            if isinstance(outcome, Violation):
                violations.append(outcome)
                continue
            values.append("file" if isinstance(outcome, Upload) else outcome)
            files.append(outcome)
        if len(values) == len(group):
            instance[name] = values if many else values[0]
            if any(isinstance(one, Upload) for one in files):
                uploads[name] = files if many else files[0]
    return instance, violations, uploads


def _value(part: Part, path: tuple[str | int, ...], accepts: Property) -> object:
    if part.filename is not None:
        if accepts.takes_file:
            return Upload(data=part.raw.data, filename=part.filename, media_type=part.media_type)
        return Violation(where="body", path=path, rule="textExpected", expected="text", received="file")
    if not accepts.takes_text:
        return Violation(where="body", path=path, rule="fileExpected", expected="file", received="text")
    try:
        text = str(part.raw.data, "utf-8")
    except UnicodeDecodeError:
        return Violation(
            where="body",
            path=path,
            rule="format",
            expected="UTF-8 text",
            received=shown(repr(bytes(part.raw.data[:200]))),
        )
    return coerce(text, accepts)
