"""OpenAI's door: the key first, then the form (inferred order)."""

from emulator.call import Admitted, Call
from emulator.contract import Fields
from emulator.credentials import bearer
from emulator.money import usd_micros
from emulator.vendors.openai.limits import BODY_BYTES, FILE_BYTES
from emulator.world import World


async def admit(call: Call, world: World) -> Admitted:
    """Let a request in. Raises the domain errors of whichever check fails first."""
    key = bearer(call.headers.get("authorization"), world.settings.keys, call.lenient)
    account = world.account("openai", key, currency="usd_micros", opening=opening(world))
    if not call.operation.bodies:
        return Admitted(account=account, fields=Fields({}), query={})
    fields = await call.fields(body_bytes=BODY_BYTES, file_bytes=FILE_BYTES)
    return Admitted(account=account, fields=fields, query={})


def opening(world: World) -> int:
    """The quota of a new account, in micro-dollars."""
    return usd_micros(world.settings.openai_usd)
