"""Hooks for schemathesis: real pictures where a document can only say "string".

Use: `SCHEMATHESIS_HOOKS=emulator.testing.schemathesis st run URL/_emulator/openapi/venice.json`.
Pictures go into file parts, into texts of the format `image-source`, and into parts that name an image
media type. The filters drop what schemathesis 4.32 mislabels, never what the server answers wrongly.
"""

import base64
import io
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import schemathesis
from hypothesis import strategies as st
from schemathesis.core.parameters import ParameterLocation

from emulator.contract.form import coerce
from emulator.contract.schema import Check, compile_schema, resolve
from emulator.errors import DomainError

_SIDE = 256  # 65,536 pixels: the least that Venice takes
_FORM = "multipart/form-data"


@cache
def pictures() -> Mapping[str, tuple[bytes, ...]]:
    """Small valid pictures by media type, odd modes among them: RGBA, palette, grey."""
    from PIL import Image

    def saved(mode: str, kind: str, colour: object) -> bytes:
        out = io.BytesIO()
        Image.new(mode, (_SIDE, _SIDE), colour).save(out, kind)  # type: ignore[arg-type]  # a colour of that mode
        return out.getvalue()

    return {
        "image/png": (
            saved("RGBA", "PNG", (70, 130, 180, 0)),
            saved("RGB", "PNG", (70, 130, 180)),
            saved("P", "PNG", 3),
            saved("LA", "PNG", (90, 128)),
        ),
        "image/jpeg": (saved("RGB", "JPEG", (70, 130, 180)), saved("L", "JPEG", 90)),
        "image/webp": (saved("RGBA", "WEBP", (70, 130, 180, 128)),),
    }


def _sources() -> st.SearchStrategy[str]:
    """A picture as text: base64, a data URL, an http(s) URL."""
    encoded = [(kind, base64.b64encode(data).decode()) for kind, found in pictures().items() for data in found]
    return st.one_of(
        st.sampled_from([text for _, text in encoded]),
        st.sampled_from([f"data:{kind};base64,{text}" for kind, text in encoded]),
        st.sampled_from(["https://example.com/harbour.png", "http://example.com/a/b.jpg?size=2"]),
    )


schemathesis.openapi.format("image-source", st.deferred(_sources))
schemathesis.openapi.format(
    "binary", st.deferred(lambda: st.sampled_from([one for all_ in pictures().values() for one in all_]))
)


def _one(media_type: str) -> st.SearchStrategy[bytes]:
    """One picture of a type: the parts of one form must agree in size, as image and mask do."""
    return st.deferred(lambda: st.just(pictures()[media_type][0]))


for _media_type in ("image/png", "image/jpeg", "image/webp"):
    schemathesis.openapi.media_type(_media_type, _one(_media_type))


@schemathesis.hook
def filter_case(context: Any, case: Any) -> bool:  # noqa: ANN401, ARG001  # schemathesis' own types
    """Drop cases whose label does not fit what goes over the wire, and valid ones beyond a model's limits."""
    body = case.body
    if not isinstance(body, dict) or case.media_type not in (_FORM, "application/json"):
        return True
    positive = case.meta is None or case.meta.generation.mode.is_positive
    if positive and not _within_model(case.operation.label, body):
        return False
    check = _check(case) if case.media_type == _FORM else None
    if check is None:
        return True
    fits = _fits_as_sent(check, body)
    if positive:
        # The coverage phase fills required text parts with "" and calls that valid.
        return fits
    # A wrong type may be the right text in a form: `false` for a string, nothing at all for an empty list.
    return not (fits and case.meta.is_negative_at(ParameterLocation.BODY))


def _check(case: Any) -> Check | None:  # noqa: ANN401  # schemathesis' own types
    root = case.operation.schema.raw_schema
    node = root["paths"][case.operation.path][case.operation.method.lower()]
    content = resolve(root, node["requestBody"])["content"]
    return _compiled(id(root), case.operation.label, root, content[_FORM]["schema"]) if _FORM in content else None


_checks: dict[tuple[int, str], Check] = {}


def _compiled(root_id: int, label: str, root: dict[str, Any], schema: dict[str, Any]) -> Check:
    if (root_id, label) not in _checks:
        _checks[root_id, label] = compile_schema(root, schema)
    return _checks[root_id, label]


def _readings(check: Check, name: str, value: object) -> Iterator[object]:
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, bytes) or hasattr(one, "data"):
            yield "file"
            continue
        text = one if isinstance(one, str) else _text(one)
        yield coerce(text, check.properties[name]) if name in check.properties else text


def _text(value: object) -> str:
    """How schemathesis writes a value into a form's part."""
    match value:
        case bool():
            return str(value).lower()
        case None:
            return "null"
        case _:
            return str(value)


def _fits_as_sent(check: Check, body: Mapping[str, object]) -> bool:
    sent: dict[str, object] = {}
    for name, value in body.items():
        found = list(_readings(check, name, value))
        if found:
            known = check.properties.get(name)
            listed = len(found) > 1 or (known is not None and known.types == {"array"})
            sent[name] = found if listed else found[0]
    return not check.violations(sent)


def _within_model(label: str, body: Mapping[str, Any]) -> bool:
    """Whether the model takes these values: its limits stand in the catalogue, not in the document."""
    try:
        if label == "POST /v1/images/edits":
            from emulator.contract import Fields
            from emulator.vendors.openai.models import find_model as openai_model

            fields = {"prompt": "", "image": "", **body}
            if fields.get("model", "gpt-image-1") == "dall-e-2" and "mask" in body:
                return True
            openai_model(fields.get("model", "gpt-image-1")).accept(Fields(fields, sent=body))
        elif label.startswith("POST /api/v1/image/") and "prompt" in body:
            from emulator.vendors.venice.models import find_model as venice_model

            model = venice_model(body.get("model") or body.get("modelId") or "firered-image-edit")
            model.ratio(body.get("aspect_ratio"))
            model.tier(body.get("resolution"))
            return len(body["prompt"]) <= model.prompt_characters
    except DomainError as error:
        return type(error).__name__ == "ModelUnknown"
    except (KeyError, TypeError):
        return True
    return True
