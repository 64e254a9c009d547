"""One operation of a document: its route, what it takes and what it may answer, compiled."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from emulator.contract.form import coerce
from emulator.contract.schema import Check, Property, compile_schema, describe, resolve
from emulator.errors import ContractBroken, Violation, Where


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """A query, header or path parameter and its schema."""

    name: str
    where: Where
    required: bool
    check: Check
    accepts: Property
    default: object


@dataclass(frozen=True, kw_only=True)
class Response:
    """What one status may carry: a check by media type (None: no schema, any bytes), header names."""

    content: Mapping[str, Check | None]
    headers: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class Operation:
    """A method and a route with their contract."""

    id: str
    method: str
    route: str
    summary: str
    bodies: Mapping[str, Check]
    body_required: bool
    parameters: tuple[Parameter, ...]
    responses: Mapping[int, Response]

    @cached_property
    def _parameters(self) -> dict[Where, list[Parameter]]:
        found: dict[Where, list[Parameter]] = {}
        for one in self.parameters:
            found.setdefault(one.where, []).append(one)
        return found

    def read_parameters(self, where: Where, values: Mapping[str, list[str]]) -> dict[str, Any]:
        """Parameters of one place, coerced to their types, defaults filled in.

        Names that the document does not list are left out: servers ignore stray query parameters
        and headers. Raises ContractBroken.
        """
        found: dict[str, Any] = {}
        broken: list[Violation] = []
        for parameter in self._parameters.get(where, ()):
            sent = values.get(parameter.name, [])
            if not sent:
                if parameter.required:
                    broken.append(Violation(where=where, path=(parameter.name,), rule="required"))
                elif parameter.default is not None:
                    found[parameter.name] = parameter.default
                continue
            value = coerce(sent[-1], parameter.accepts)
            bad = parameter.check.violations(value, where)
            broken += [
                Violation(
                    where=where,
                    path=(parameter.name, *one.path),
                    rule=one.rule,
                    expected=one.expected,
                    received=one.received,
                    message=one.message,
                )
                for one in bad
            ]
            found[parameter.name] = value
        if broken:
            raise ContractBroken(violations=tuple(broken))
        return found

    def answer_faults(self, status: int, media_type: str, value: object) -> list[str]:
        """How an answer of ours breaks the document; empty when it fits. `value` is the JSON body."""
        response = self.responses.get(status)
        if response is None:
            return [f"{self.id} does not document the status {status}"]
        if media_type not in response.content:
            documented = ", ".join(response.content) or "no body"
            return [] if not media_type and not response.content else [f"{media_type!r} is not among: {documented}"]
        check = response.content[media_type]
        if check is None or "json" not in media_type:
            return []
        return [f"{'.'.join(map(str, one.path)) or 'body'}: {one.message}" for one in check.violations(value)]


def compile_operation(root: dict[str, Any], method: str, route: str, node: dict[str, Any]) -> Operation:
    """Compile one operation; raises KeyError or ValueError naming what the document lacks."""
    body = resolve(root, node.get("requestBody", {}))
    return Operation(
        id=node["operationId"],
        method=method,
        route=route,
        summary=node.get("summary", ""),
        bodies={media: compile_schema(root, entry["schema"]) for media, entry in body.get("content", {}).items()},
        body_required=bool(body.get("required", False)),
        parameters=tuple(_parameter(root, resolve(root, one)) for one in node.get("parameters", [])),
        responses={int(status): _response(root, resolve(root, one)) for status, one in node["responses"].items()},
    )


def _parameter(root: dict[str, Any], node: dict[str, Any]) -> Parameter:
    schema = resolve(root, node.get("schema", {}))
    return Parameter(
        name=node["name"].lower() if node["in"] == "header" else node["name"],
        where=node["in"],
        required=bool(node.get("required", False)),
        check=compile_schema(root, schema),
        accepts=describe(root, schema),
        default=schema.get("default"),
    )


def _response(root: dict[str, Any], node: dict[str, Any]) -> Response:
    return Response(
        content={
            media: compile_schema(root, entry["schema"]) if "json" in media and "schema" in entry else None
            for media, entry in node.get("content", {}).items()
        },
        headers=frozenset(name.lower() for name in node.get("headers", {})),
    )
