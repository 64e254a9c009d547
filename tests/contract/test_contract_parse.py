"""Documents are parsed once when the package is built; a copy that is not of this text counts for nothing."""

import subprocess
import sys

import orjson
import pytest

from emulator.contract.parse import parse, parse_yaml, write_copies
from emulator.data import data_path

TEXT = "ratio: 16:9\nat: 2026-06-19\nyes: no\nlist: [1, 2.5, null]\n"


@pytest.fixture
def document(tmp_path):
    path = tmp_path / "one.yaml"
    path.write_text(TEXT)
    return path


def test_yaml_is_read_as_1_2():
    assert parse_yaml(TEXT) == {"ratio": "16:9", "at": "2026-06-19", "yes": "no", "list": [1, 2.5, None]}


def test_a_copy_of_this_text_is_read(document):
    write_copies(document.parent)
    copy = document.parent / ".parsed" / "one.json"
    assert parse(document, TEXT) == parse_yaml(TEXT)
    marked = orjson.loads(copy.read_bytes()) | {"data": "from the copy"}
    copy.write_bytes(orjson.dumps(marked))
    assert parse(document, TEXT) == "from the copy"


@pytest.mark.parametrize("spoilt", [b"", b"{}", b'{"of": "another", "data": 1}', None])
def test_any_other_copy_counts_for_nothing(document, spoilt):
    copy = document.parent / ".parsed" / "one.json"
    copy.parent.mkdir()
    if spoilt is not None:
        copy.write_bytes(spoilt)
    assert parse(document, TEXT) == parse_yaml(TEXT)


def test_an_edited_document_is_read_itself(document):
    write_copies(document.parent)
    edited = TEXT + "more: 1\n"
    assert parse(document, edited) == parse_yaml(edited)


def test_writing_leaves_the_copies_alone_in_the_folder(document):
    write_copies(document.parent)
    write_copies(document.parent)
    assert [one.name for one in (document.parent / ".parsed").iterdir()] == ["one.json"]


@pytest.mark.parametrize("name", ["venice", "magic-hour", "openai", "control"])
def test_our_documents_are_the_same_both_ways(name, tmp_path):
    text = data_path("openapi", f"{name}.yaml").read_text("utf-8")
    (tmp_path / "one.yaml").write_text(text, "utf-8")
    write_copies(tmp_path)
    assert orjson.loads((tmp_path / ".parsed" / "one.json").read_bytes())["data"] == parse_yaml(text)


def test_a_start_of_the_built_package_reads_no_yaml():
    """`make` builds it in place; the parser and its memory stay out."""
    code = "import sys, emulator.app, emulator.settings as s; emulator.app.build_app(s.Settings()); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    loaded = done.stdout.split()
    assert "emulator.contract.parse" in loaded
    assert "yaml_rs" not in loaded
