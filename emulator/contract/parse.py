"""YAML 1.2 text to plain values, read from a parsed copy where there is one.

Building the package (`hatch_build.py`) parses each `openapi/NAME.yaml` into `openapi/.parsed/NAME.json`. The
copy names the digest of the text it was made from: after an edit of the document it counts for nothing, and the
text itself is read. Parsing YAML at each start would cost 15 MB and 20 ms.

Stands alone: the build runs this file before the package can be imported.
"""

import os
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile

import orjson


def parse(path: Path, text: str) -> object:
    """The values in `text`, which was read from `path`. Raises ValueError where it is not YAML 1.2."""
    try:
        copy = orjson.loads(_copy(path).read_bytes())
    except (OSError, orjson.JSONDecodeError):
        copy = {}
    return copy["data"] if copy.get("of") == _digest(text) else parse_yaml(text)


def parse_yaml(text: str) -> object:
    """The values in a YAML 1.2 text. Raises ValueError.

    YAML 1.1 readers would turn `16:9` into 969; `yaml_rs` follows 1.2.
    """
    import yaml_rs

    try:
        # parse_datetime: YAML 1.2's core schema has no timestamps; examples stay text.
        return yaml_rs.loads(text, parse_datetime=False)
    except yaml_rs.YAMLDecodeError as error:
        raise ValueError(str(error)) from error


def write_copies(folder: Path) -> None:
    """Parse every document of a folder into its copy. Raises ValueError; a copy is whole or not there."""
    for path in sorted(folder.glob("*.yaml")):
        text, copy = path.read_text("utf-8"), _copy(path)
        copy.parent.mkdir(exist_ok=True)
        with NamedTemporaryFile(dir=copy.parent, delete=False) as file:
            file.write(orjson.dumps({"of": _digest(text), "data": parse_yaml(text)}))
        Path(file.name).chmod(0o644)
        os.replace(file.name, copy)  # noqa: PTH105  # a reader sees the old one or the new


def _copy(path: Path) -> Path:
    return path.parent / ".parsed" / f"{path.stem}.json"


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()
