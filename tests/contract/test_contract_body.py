"""The contract engine alone: bodies in, checked values or violations out."""

import asyncio
import contextlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.contract import Document, DocumentError, Upload, read_body
from emulator.errors import BodyTooLarge, ContractBroken, DomainError, ImageRejected, UnsupportedMediaType

DOCUMENT = """
openapi: 3.1.0
info: {title: t, version: "2026-01-01"}
paths:
  /thing:
    post:
      operationId: makeThing
      requestBody:
        required: true
        content:
          application/json: {schema: {$ref: "#/components/schemas/Thing"}}
          multipart/form-data: {schema: {$ref: "#/components/schemas/Form"}}
      responses: {"200": {description: ok}}
components:
  schemas:
    Thing:
      type: object
      additionalProperties: false
      required: [prompt]
      properties: &properties
        prompt: {type: string, minLength: 1, maxLength: 10}
        ratio: {type: string, enum: [1:1, 16:9]}
        n: {type: integer, minimum: 1, maximum: 4, default: 1}
        safe: {type: boolean, default: true}
    Form:
      type: object
      additionalProperties: false
      required: [image, prompt]
      properties:
        <<: *properties
        prompt: {type: string, minLength: 1, maxLength: 10}
        n: {type: integer, minimum: 1, maximum: 4, default: 1}
        image: {type: [array, string], format: binary, minItems: 1, maxItems: 3, items: {type: string, format: binary}}
        either: {type: string, format: binary, allOf: [{type: string, minLength: 1}]}
"""


@pytest.fixture(scope="module")
def operation(tmp_path_factory):
    path = tmp_path_factory.mktemp("documents") / "thing.yaml"
    path.write_text(DOCUMENT.replace("        <<: *properties\n", "").replace(" &properties", ""))
    return Document(path).operations["makeThing"]


def read(operation, raw, content_type="application/json", *, body_bytes=10_000, file_bytes=1_000, step=7):
    async def chunks():
        for start in range(0, len(raw), step):
            yield raw[start : start + step]

    return asyncio.run(read_body(operation, content_type, chunks(), body_bytes=body_bytes, file_bytes=file_bytes))


def form(*parts, boundary="XX"):
    """Parts as (headers, data)."""
    body = b"".join(b"--%s\r\n%s\r\n\r\n%s\r\n" % (boundary.encode(), head, data) for head, data in parts)
    return body + b"--%s--\r\n" % boundary.encode(), f"multipart/form-data; boundary={boundary}"


def field(name, value):
    return b'Content-Disposition: form-data; name="%s"' % name.encode(), value


def file(name, data, filename="a.png"):
    return b'Content-Disposition: form-data; name="%s"; filename="%s"' % (name.encode(), filename.encode()), data


def broken(operation, raw, content_type="application/json"):
    with pytest.raises(ContractBroken) as caught:
        read(operation, raw, content_type, body_bytes=100_000)
    return [(one.path, one.rule) for one in caught.value.violations]


def test_json_gets_its_defaults_and_remembers_what_was_sent(operation):
    fields = read(operation, b'{"prompt": "x", "ratio": "16:9"}')
    assert dict(fields) == {"prompt": "x", "ratio": "16:9", "n": 1, "safe": True}
    assert fields.sent == {"prompt", "ratio"}


def test_a_ratio_is_text_as_yaml_1_2_reads_it(operation):
    assert broken(operation, b'{"prompt": "x", "ratio": "969"}') == [(("ratio",), "enum")]
    assert broken(operation, b'{"prompt": "x", "ratio": 969}') == [(("ratio",), "type")]


def test_every_violation_is_reported_with_its_path(operation):
    assert set(broken(operation, b'{"n": 9, "strength": 1, "safe": "yes"}')) == {
        (("prompt",), "required"),
        (("n",), "maximum"),
        (("strength",), "additionalProperties"),
        (("safe",), "type"),
    }


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00",
        b"{",
        b"[1, 2]",
        b"null",
        b'"text"',
        b'{"prompt": "\\ud800"}',
        b"[" * 5000 + b"]" * 5000,
        b"\xff\xfe",
        b"NaN",
    ],
)
def test_what_is_not_a_json_object_is_one_violation_of_the_whole_body(operation, raw):
    [(path, rule)] = broken(operation, raw)
    assert path == () and rule in ("syntax", "type")


def test_form_text_takes_the_types_of_the_schema(operation):
    body, kind = form(field("prompt", b"caf\xc3\xa9"), field("n", b"3"), field("safe", b"false"), file("image", b"png"))
    with pytest.raises(ContractBroken) as caught:
        read(operation, body, kind)
    assert [one.path for one in caught.value.violations] == [("safe",)]  # Form has no such field
    body, kind = form(field("prompt", b"caf\xc3\xa9"), field("n", b"3"), file("image", b"png"))
    fields = read(operation, body, kind)
    assert fields["prompt"] == "café" and fields["n"] == 3
    assert isinstance(fields["image"], Upload) and bytes(fields["image"].data) == b"png"


@pytest.mark.parametrize("names", [("image", "image"), ("image[]", "image[]"), ("image[0]", "image[1]")])
def test_repeated_parts_are_a_list_however_they_are_spelled(operation, names):
    body, kind = form(field("prompt", b"x"), *(file(name, name.encode() * i) for i, name in enumerate(names, 1)))
    assert [bytes(one.data) for one in read(operation, body, kind)["image"]] == [
        names[0].encode(),
        names[1].encode() * 2,
    ]


def test_text_where_a_file_belongs_and_a_file_where_text_belongs(operation):
    body, kind = form(file("prompt", b"x"), field("image", b"not a file"))
    assert set(broken(operation, body, kind)) == {(("prompt",), "textExpected"), (("image",), "fileExpected")}


def test_a_field_may_be_file_or_text_where_the_document_says_so(operation):
    body, kind = form(field("prompt", b"x"), file("image", b"1"), field("either", b"aGk="))
    assert read(operation, body, kind)["either"] == "aGk="
    body, kind = form(field("prompt", b"x"), file("image", b"1"), file("either", b"hi"))
    assert bytes(read(operation, body, kind)["either"].data) == b"hi"


def test_a_field_twice_is_refused_where_once_is_meant(operation):
    body, kind = form(field("prompt", b"x"), field("prompt", b"y"), file("image", b"1"))
    assert broken(operation, body, kind) == [(("prompt",), "duplicate")]


def test_too_many_files_are_counted(operation):
    body, kind = form(field("prompt", b"x"), *(file("image", b"1") for _ in range(4)))
    assert broken(operation, body, kind) == [(("image",), "maxItems")]


def test_a_file_name_does_not_become_a_field_and_its_header_tricks_stay_text(operation):
    body, kind = form(file("image", b"1", filename="prompt%0d%0aX-Evil: 1"), field("prompt", b"x"))
    assert "X-Evil" in read(operation, body, kind)["image"].filename
    body, kind = form(file("image", b"1", filename="prompt"))
    assert broken(operation, body, kind) == [(("prompt",), "required")]


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", "multipart/form-data"),
        (b"", "multipart/form-data; boundary=XX"),
        (form(field("prompt", b"x"))[0], "multipart/form-data; boundary=YY"),
        (form(field("prompt", b"x"))[0][:-6], "multipart/form-data; boundary=XX"),
        (form((b"X-Nothing: 1", b"x"))[0], "multipart/form-data; boundary=XX"),
        (form((b"Content-Disposition: form-data", b"x"))[0], "multipart/form-data; boundary=XX"),
        (b"--XX\r\n\r\nx\r\n--XX--\r\n", "multipart/form-data; boundary=XX"),
        (b"--XX\r\nbroken\r\n\r\nx\r\n--XX--\r\n", "multipart/form-data; boundary=XX"),
        (b"", "multipart/form-data; boundary=" + "B" * 500),
        (form(*(field(f"f{i}", b"") for i in range(300)))[0], "multipart/form-data; boundary=XX"),
    ],
)
def test_what_is_not_a_form_is_one_violation_of_the_whole_body(operation, body, kind):
    assert broken(operation, body, kind) == [((), "syntax")]


def test_text_that_is_not_utf_8_is_a_violation_of_its_field(operation):
    body, kind = form(field("prompt", b"\xff\xfe"), file("image", b"1"))
    assert broken(operation, body, kind) == [(("prompt",), "format")]


def test_an_unknown_media_type_names_the_known_ones(operation):
    with pytest.raises(UnsupportedMediaType) as caught:
        read(operation, b"a=b", "application/x-www-form-urlencoded")
    assert caught.value.expected == ("application/json", "multipart/form-data")


def test_reading_stops_at_the_limit_of_the_body(operation):
    taken = []

    async def endless():
        while True:
            taken.append(1)
            yield b"x" * 100

    with pytest.raises(BodyTooLarge):
        asyncio.run(read_body(operation, "application/json", endless(), body_bytes=1000, file_bytes=1000))
    assert len(taken) == 11


def test_a_file_is_refused_as_soon_as_it_passes_its_limit(operation):
    body, kind = form(file("image", b"x" * 5000), field("prompt", b"x"))
    with pytest.raises(ImageRejected) as caught:
        read(operation, body, kind)
    assert caught.value.fault == "too_many_bytes" and caught.value.path == ("image",)


@given(st.binary(max_size=300))
def test_no_body_whatever_breaks_the_reader(operation, raw):
    for kind in ("application/json", "multipart/form-data; boundary=XX"):
        with contextlib.suppress(DomainError):
            read(operation, raw, kind)


@given(st.lists(st.tuples(st.text(min_size=1, max_size=5), st.binary(max_size=20)), max_size=5), st.integers(1, 50))
def test_forms_read_alike_however_they_are_cut_into_chunks(operation, parts, step):
    body, kind = form(*((b'Content-Disposition: form-data; name="prompt"', data) for _, data in parts))
    outcomes = []
    for size in (step, 10_000):
        try:
            outcomes.append(dict(read(operation, body, kind, step=size)))
        except ContractBroken as error:
            outcomes.append([(one.path, one.rule) for one in error.violations])
    assert outcomes[0] == outcomes[1]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("responses:", "answers:"), "KeyError"),
        (("type: integer", "type: whole"), "makeThing|thing|whole"),
        (("paths:", "paths: ["), "YAML"),
    ],
)
def test_a_wrong_document_fails_at_start_and_names_the_file(tmp_path: Path, change, says):
    path = tmp_path / "wrong.yaml"
    path.write_text(DOCUMENT.replace("        <<: *properties\n", "").replace(" &properties", "").replace(*change))
    with pytest.raises(DocumentError, match=says) as caught:
        Document(path)
    assert "wrong.yaml" in str(caught.value)
