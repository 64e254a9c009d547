"""Who may come in: everybody on this machine, with a request that fits the control document."""

from emulator.call import Admitted, Call
from emulator.contract import Fields
from emulator.errors import ContractBroken, NotFound
from emulator.world import World

BODY_BYTES = 100_000  # the document's longest text is a tenth of it


async def admit(call: Call, world: World) -> Admitted:  # noqa: ARG001  # the spine's signature
    """Path, query, body. Raises NotFound for a path that the document rules out, and what the body raises."""
    try:
        call.operation.read_parameters("path", {name: [value] for name, value in call.path.items()})
    except ContractBroken as error:
        raise NotFound(what="; ".join(one.message for one in error.violations)) from error
    query = call.operation.read_parameters("query", call.query)
    if not call.operation.bodies or (not call.operation.body_required and _is_empty(call)):
        return Admitted(account=None, fields=Fields({}), query=query)
    fields = await call.fields(body_bytes=BODY_BYTES, file_bytes=BODY_BYTES)
    return Admitted(account=None, fields=fields, query=query)


def _is_empty(call: Call) -> bool:
    return call.headers.get("content-length", "0") == "0" and "transfer-encoding" not in call.headers
