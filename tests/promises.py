"""Holds every answer that a test receives against the served OpenAPI document.

Deliberately not the server's own engine: the python `jsonschema` validator, over HTTP, knowing only the
documents. A client with `hold(base_url)` as its response hook fails the test that gets a bad answer.
"""

import functools
import json
import re
import urllib.request
from collections.abc import Callable
from typing import Any

import jsonschema

NAMES = ("venice", "openai", "magic-hour", "control")
# Where no operation is reached no document speaks: unknown paths and methods have tests of their own.
STRAY = (404, 405)


@functools.cache
def _documents(base_url: str) -> dict[str, dict[str, Any]]:
    found = {}
    for name in NAMES:
        with urllib.request.urlopen(f"{base_url}/_emulator/openapi/{name}.json") as answer:
            found[name] = json.load(answer)
    return found


def _resolve(document: dict[str, Any], node: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in node:
        target: Any = document
        for key in node["$ref"].removeprefix("#/").split("/"):
            target = target[key]
        node = target
    return node


def _operation(base_url: str, method: str, path: str) -> tuple[dict[str, Any], dict[str, Any]] | None:
    path = re.sub(r"^/_ns/[^/]+", "", path)
    for document in _documents(base_url).values():
        for route, item in document["paths"].items():
            if re.fullmatch(re.sub(r"\\{[^}]+\\}", "[^/]+", re.escape(route)), path) and method.lower() in item:
                return document, item[method.lower()]
    return None


def _check(document: dict[str, Any], schema: dict[str, Any], value: object) -> None:
    whole = {**schema, "components": document.get("components", {})}
    jsonschema.Draft202012Validator(whole).validate(value)


def hold(base_url: str) -> Callable[[Any], None]:
    """A response hook for httpx and its kin: raises AssertionError for an answer that breaks the document."""

    def check(response: Any) -> None:
        found = _operation(base_url, response.request.method, response.request.url.path)
        if response.request.method == "HEAD":
            return  # a HEAD's answer is a GET's without its body
        if found is None:
            assert response.request.url.path.startswith(("/media/", "/_ns/")) or response.status_code in STRAY
            return
        document, operation = found
        documented = operation["responses"].get(str(response.status_code))
        assert documented is not None, f"{operation['operationId']} does not document {response.status_code}"
        documented = _resolve(document, documented)
        for name, header in documented.get("headers", {}).items():
            header = _resolve(document, header)
            if name in response.headers:
                _check(document, header["schema"], _typed(response.headers[name], header["schema"]))
            else:
                assert not header.get("required"), f"{response.status_code} lacks the header {name}"
        media_type = response.headers.get("content-type", "").partition(";")[0]
        assert media_type in documented.get("content", {"": {}}), f"{media_type!r} is not documented"
        if media_type == "application/json":
            response.read()
            _check(document, documented["content"][media_type]["schema"], json.loads(response.content))

    return check


def hold_async(base_url: str) -> Callable[[Any], Any]:
    """The same for asynchronous clients."""
    check = hold(base_url)

    async def later(response: Any) -> None:
        if "json" in response.headers.get("content-type", ""):
            await response.aread()
        response.read = lambda: response.content
        check(response)

    return later


def check_event(base_url: str, component: str, value: object) -> None:
    """Hold a JSON value against a schema of OpenAI's document: the events of streams."""
    document = _documents(base_url)["openai"]
    _check(document, {"$ref": f"#/components/schemas/{component}"}, value)


def _typed(text: str, schema: dict[str, Any]) -> object:
    match schema.get("type"):
        case "integer":
            return int(text)
        case "boolean":
            return {"true": True, "false": False}[text]
        case _:
            return text
