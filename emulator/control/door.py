"""Who may come in: whoever has the token, where there is one, with a request that fits the control document."""

import hmac

from emulator.call import Admitted, Call
from emulator.contract import Fields
from emulator.errors import BadCredential, ContractBroken, NotFound
from emulator.world import World

TOKEN_HEADER = "x-emulator-token"  # noqa: S105  # a header's name
OPEN = "getHealth"  # a container's health check has no token
BODY_BYTES = 100_000  # the document's longest text is a tenth of it
PICTURE_BYTES = 80_000_000  # registerImage: what the vendors take, as base64


async def admit(call: Call, world: World) -> Admitted:
    """Token, path, query, body. Raises BadCredential, NotFound for a path that the document rules out, and
    what the body raises.
    """
    token = world.settings.control_token
    sent = call.headers.get(TOKEN_HEADER, "")
    if token and call.operation.id != OPEN and not hmac.compare_digest(sent.encode(), token.encode()):
        raise BadCredential(reason="unknown" if sent else "missing")
    try:
        call.operation.read_parameters("path", {name: [value] for name, value in call.path.items()})
    except ContractBroken as error:
        raise NotFound(what="; ".join(one.message for one in error.violations)) from error
    query = call.operation.read_parameters("query", call.query)
    if not call.operation.bodies or (not call.operation.body_required and _is_empty(call)):
        return Admitted(account=None, fields=Fields({}), query=query)
    limit = PICTURE_BYTES if call.operation.id == "registerImage" else BODY_BYTES
    fields = await call.fields(body_bytes=limit, file_bytes=limit)
    return Admitted(account=None, fields=fields, query=query)


def _is_empty(call: Call) -> bool:
    return call.headers.get("content-length", "0") == "0" and "transfer-encoding" not in call.headers
