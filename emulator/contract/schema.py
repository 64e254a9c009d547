"""JSON Schema 2020-12, compiled by jsonschema-rs, its errors told as vendor-neutral violations.

Also reads from a schema what decoding a form needs to know beforehand: which types a property takes,
whether it takes a file, whether it repeats, and which defaults the document states.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, get_args

import jsonschema_rs

from emulator.errors import Rule, Violation, Where

_RULES = frozenset(get_args(Rule))
# jsonschema-rs names these after the outcome; a reader of the document knows them by the keyword.
_KEYWORDS = {"oneOf": "anyOf", "unevaluatedProperties": "additionalProperties", "exclusiveMinimum": "minimum"}
_LENGTHS = frozenset({"minLength", "maxLength", "minItems", "maxItems"})
_DRAFT = "https://json-schema.org/draft/2020-12/schema"
_TEXT_RULES = {"maxLength", "pattern", "enum", "const"}
SOURCE = "image-source"  # the format of a picture as text: base64, a data URL, an address
_SHOWN = 200  # characters of a refused value worth keeping: enough to recognise it, never a whole picture


@dataclass(frozen=True, kw_only=True)
class Property:
    """What one property of an object schema accepts, found by walking its `anyOf` branches."""

    types: frozenset[str]
    takes_file: bool
    repeats: bool
    item: "Property | None" = None

    @property
    def takes_text(self) -> bool:
        """Whether plain text of a form can stand for a value."""
        return bool(self.types - {"binary", "array", "object"})


class Check:
    """A schema that was found valid, compiled at its first use. `violations` is empty for a value that fits.

    Raises ValueError for what is no schema; what it refers to, `check_references` has seen to.
    """

    def __init__(self, root: dict[str, Any], schema: dict[str, Any]) -> None:
        self.schema = schema
        self._root = root
        check_schema(schema)

    @cached_property
    def _validator(self) -> jsonschema_rs.Draft202012Validator:
        """Compiled when first asked for: most runs use a few of them, and each costs memory and time at start."""
        # Local references resolve against the schema's own root, so what it refers to travels with it;
        # that alone, since a validator holds a copy of all it is given.
        whole = {**self.schema, "components": {"schemas": _needed(self._root, self.schema)}}
        return jsonschema_rs.Draft202012Validator(whole, validate_formats=True)

    def compile(self) -> None:
        """Compile now. Raises ValueError, as the first use would."""
        _ = self._validator

    @cached_property
    def properties(self) -> dict[str, Property]:
        """Name to `Property`, for object schemas."""
        flat = resolve(self._root, self.schema)
        return {name: describe(self._root, node) for name, node in flat.get("properties", {}).items()}

    @cached_property
    def sources(self) -> frozenset[str]:
        """The fields that take a picture as text, one or a list (`format: image-source` in our documents)."""
        flat = resolve(self._root, self.schema)
        nodes = {name: resolve(self._root, node) for name, node in flat.get("properties", {}).items()}
        items = {name: resolve(self._root, node.get("items", node)) for name, node in nodes.items()}
        # What is decoded on its way in is not measured: a field with rules about its text stays text.
        return frozenset(
            name for name, node in items.items() if node.get("format") == SOURCE and not _TEXT_RULES & set(node)
        )

    @cached_property
    def defaults(self) -> dict[str, Any]:
        """Name to default: a schema states defaults but does not fill them in."""
        flat = resolve(self._root, self.schema)
        nodes = {name: resolve(self._root, node) for name, node in flat.get("properties", {}).items()}
        return {name: node["default"] for name, node in nodes.items() if "default" in node}

    def violations(self, value: object, where: Where = "body") -> list[Violation]:
        """Every way in which the value breaks the schema, in document order."""
        if self._validator.is_valid(value):
            return []
        found = [one for error in self._validator.iter_errors(value) for one in _translate(error, where)]
        # A value of the wrong type breaks the other rules as well; only the type is news.
        mistyped = {one.path for one in found if one.rule == "type"}
        return [one for one in found if one.rule == "type" or one.path not in mistyped]


def compile_schema(root: dict[str, Any], schema: dict[str, Any]) -> Check:
    """A check of this schema. Raises ValueError where it is not valid JSON Schema 2020-12."""
    return Check(root, schema)


def check_schema(schema: dict[str, Any]) -> None:
    """Raises ValueError where it is not valid JSON Schema 2020-12; what it refers to is not looked at."""
    try:
        jsonschema_rs.meta.validate({"$schema": _DRAFT, **schema})
    except jsonschema_rs.ValidationError as error:
        raise ValueError(f"{error.message} at {'/'.join(map(str, error.instance_path))}") from error


def resolve(root: dict[str, Any], node: dict[str, Any]) -> dict[str, Any]:
    """Follow local `$ref`s to the node they name."""
    while "$ref" in node:
        target: Any = root
        for key in node["$ref"].removeprefix("#/").split("/"):
            target = target[key.replace("~1", "/").replace("~0", "~")]
        node = target
    return node


def check_references(root: dict[str, Any]) -> None:
    """Raises ValueError where a `$ref` of the document names what is not there."""
    for target in {target for node in _nodes(root) if isinstance(target := node.get("$ref"), str)}:
        try:
            resolve(root, {"$ref": target})
        except (KeyError, TypeError) as error:
            raise ValueError(f"$ref to {target!r}, which is not there") from error


def _needed(root: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """The component schemas that a schema refers to, directly and through others."""
    known: dict[str, Any] = root.get("components", {}).get("schemas", {})
    found: dict[str, Any] = {}
    waiting: list[dict[str, Any]] = [schema]
    while waiting:
        for node in _nodes(waiting.pop()):
            target = node.get("$ref")
            if isinstance(target, str):
                name = target.removeprefix("#/components/schemas/")
                if name not in found:
                    found[name] = known[name]
                    waiting.append(known[name])
    return found


def _nodes(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every mapping below and with this one."""
    waiting: list[Any] = [schema]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            yield node
            waiting += node.values()
        elif isinstance(node, list):
            waiting += node


def describe(root: dict[str, Any], node: dict[str, Any]) -> Property:
    """What the schema `node` accepts."""
    node = resolve(root, node)
    branches = [describe(root, part) for key in ("anyOf", "oneOf", "allOf") for part in node.get(key, [])]
    named = node.get("type", [])
    types = {named} if isinstance(named, str) else set(named)
    if "string" in types and node.get("format") == "binary":
        types = types - {"string"} | {"binary"}
    item = describe(root, node["items"]) if "array" in types and "items" in node else None
    for branch in branches:
        types |= branch.types
        item = item or branch.item
    takes_file = "binary" in types or (item is not None and item.takes_file)
    return Property(types=frozenset(types), takes_file=takes_file, repeats="array" in types, item=item)


def _translate(error: jsonschema_rs.ValidationError, where: Where) -> list[Violation]:
    path = tuple(error.instance_path)
    facts: dict[str, Any] = error.kind.as_dict()
    name = _KEYWORDS.get(error.kind.name, error.kind.name)
    rule: Rule = name if name in _RULES else "anyOf"  # type: ignore[assignment]  # narrowed by membership
    match error.kind.name:
        case "required":
            return [Violation(where=where, path=(*path, facts["property"]), rule="required", message=error.message)]
        case "additionalProperties" | "unevaluatedProperties":
            return [
                Violation(where=where, path=(*path, name), rule="additionalProperties", message=error.message)
                for name in facts["unexpected"]
            ]
        case "type":
            expected: object = tuple(facts["types"])
        case "enum":
            expected = tuple(facts["options"])
        case "anyOf" | "oneOf":
            expected = _wanted(facts)
        case _:
            expected = facts.get("limit", next(iter(facts.values()), None))
    return [
        Violation(
            where=where,
            path=path,
            rule=rule,
            expected=expected,
            received=_size(error.instance) if rule in _LENGTHS else shown(error.instance),
            message=error.message if len(error.message) <= _SHOWN else error.message[:_SHOWN] + "…",
        )
    ]


def _wanted(facts: dict[str, Any]) -> tuple[str, ...]:
    """The fields of which an `anyOf` wants one, where its branches are such demands; else nothing."""
    causes = [cause for branch in facts.get("context", []) for cause in branch]
    names = [cause.kind.as_dict()["property"] for cause in causes if cause.kind.name == "required"]
    return tuple(names) if len(names) == len(causes) else ()


def _size(value: object) -> int:
    """Characters of a text, items of a list."""
    return len(value) if isinstance(value, str | list) else 0


def shown(value: object) -> object:
    """A value small enough to keep in an error: long text is cut, containers become their type."""
    if isinstance(value, str):
        return value if len(value) <= _SHOWN else value[:_SHOWN] + "…"
    return value if isinstance(value, int | float | bool | None) else type(value).__name__
