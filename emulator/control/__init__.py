"""The control door `/_emulator`: health and documents for people and tests; not a vendor's surface.

Built like a vendor's, so that its own document is enforced by the same exchange.
"""

from collections.abc import Mapping

from emulator import __version__
from emulator.call import Admitted, Answer, Call
from emulator.contract import Document, Fields
from emulator.errors import ContractBroken, DomainError, MethodNotAllowed, NotFound
from emulator.vendor import Handler, Vendor
from emulator.world import World


def control_vendor(documents: Mapping[str, Document]) -> Vendor:
    """The control surface over these documents."""
    contracts = {name: document.version for name, document in documents.items() if name != "control"}

    async def health(call: Call, admitted: Admitted, world: World) -> Answer:  # noqa: ARG001  # a handler's signature
        return Answer(json={"status": "ok", "version": __version__, "contracts": contracts})

    async def openapi(call: Call, admitted: Admitted, world: World) -> Answer:  # noqa: ARG001  # a handler's signature
        name, _, ending = call.path["name"].rpartition(".")
        document = documents.get(name)
        if document is None or ending not in ("json", "yaml"):
            raise NotFound(what=f"{call.path['name']}: expected one of {', '.join(documents)} with .json or .yaml")
        if ending == "yaml":
            return Answer(media_type="application/yaml", content=document.text.encode())
        return Answer(json=document.data)

    handlers = {"getHealth": health, "getOpenApiDocument": openapi}
    return Vendor(
        name="control",
        owns=("/_emulator",),
        handlers={name: Handler(operation_id=name, handle=handle) for name, handle in handlers.items()},
        admit=_admit,
        render=_render,
        bug=_fault(500, "bug", "The emulator failed; its log says how.", "Please report it with the log."),
        sign=lambda request_id, opened: {},  # noqa: ARG005  # the spine's signature
        meter=lambda call, admitted, world: {},  # noqa: ARG005  # the spine's signature
    )


async def _admit(call: Call, world: World) -> Admitted:  # noqa: ARG001  # the spine's signature
    return Admitted(account=None, fields=Fields({}), query=call.operation.read_parameters("query", call.query))


def _render(error: DomainError, request_id: str) -> Answer:  # noqa: ARG001  # the spine's signature
    match error:
        case NotFound(what=what):
            hint = "GET /_emulator/openapi/control.json lists what there is."
            return _fault(404, "not_found", f"Nothing here: {what}", hint)
        case MethodNotAllowed(method=method, allowed=allowed):
            names = ", ".join(allowed)
            answer = _fault(405, "method_not_allowed", f"{method} is not a method of this path", f"Use {names}.")
            return Answer(status=405, json=answer.json, headers={"Allow": names})
        case ContractBroken(violations=violations):
            text = "; ".join(f"{'.'.join(map(str, one.path))}: {one.message or one.rule}" for one in violations)
            return _fault(400, "invalid_request", text, "Compare with /_emulator/openapi/control.json.")
        case _:
            raise TypeError(f"no words for {type(error).__name__}") from error


def _fault(status: int, code: str, message: str, hint: str) -> Answer:
    return Answer(status=status, json={"error": {"code": code, "message": message, "hint": hint}})
