"""An OpenAPI 3.1 document, read as YAML 1.2 and compiled into operations.

The one reader of `openapi/*.yaml`. What is wrong in a document fails here, at start, and names the
file.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from emulator.contract.operation import Operation, compile_operation
from emulator.contract.parse import parse
from emulator.contract.schema import Check, check_references, check_schema, compile_schema

_METHODS = ("get", "put", "post", "delete", "patch")


class DocumentError(Exception):
    """The document itself is at fault; the message names file and place."""


class Document:
    """A vendor's promises: `operations` by operationId, `text` and `data` as served to users.

    Raises DocumentError for YAML that does not parse, a route or operationId that stands twice, and
    schemas that do not compile.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.name = path.stem
        self.text = path.read_text("utf-8")
        try:
            data = parse(path, self.text)
        except ValueError as error:
            raise DocumentError(f"{path.name}: not readable as YAML 1.2: {error}") from error
        if not isinstance(data, dict):
            raise DocumentError(f"{path.name}: expected one mapping at the top, found {type(data).__name__}")
        self.data: dict[str, Any] = data
        self._components: dict[str, Check] = {}
        self.operations: dict[str, Operation] = {}
        try:
            check_references(self.data)
        except ValueError as error:
            raise DocumentError(f"{path.name}: {error}") from error
        for name, schema in data.get("components", {}).get("schemas", {}).items():
            try:
                check_schema(schema)
            except ValueError as error:
                raise DocumentError(f"{path.name}: components/schemas/{name}: {error}") from error
        for method, route, node in self._nodes():
            try:
                operation = compile_operation(self.data, method, route, node)
            except (KeyError, TypeError, ValueError) as error:
                raise DocumentError(f"{path.name}: {method.upper()} {route}: {error!r}") from error
            if operation.id in self.operations:
                raise DocumentError(f"{path.name}: the operationId {operation.id!r} stands twice")
            self.operations[operation.id] = operation

    @property
    def version(self) -> str:
        """The contract's date or version, from `info.version`."""
        return str(self.data["info"]["version"])

    def component(self, name: str) -> Check:
        """The compiled schema `#/components/schemas/NAME`, for answers that are not whole bodies."""
        if name not in self._components:
            self._components[name] = compile_schema(self.data, {"$ref": f"#/components/schemas/{name}"})
        return self._components[name]

    def _nodes(self) -> Iterator[tuple[str, str, dict[str, Any]]]:
        for route, item in self.data.get("paths", {}).items():
            for method in _METHODS:
                if method in item:
                    yield method.upper(), route, item[method]
