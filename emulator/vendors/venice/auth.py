"""Venice's door: who calls, and in which order a request is refused.

The order (inferred from the vendor's answers): credentials, rate limit, media type, body. The model, the
money and the pictures come after, in the handlers.
"""

from emulator.billing import AccountId
from emulator.call import Admitted, Call
from emulator.contract import Fields
from emulator.credentials import bearer
from emulator.errors import BadCredential, PaymentRequired, RateLimited
from emulator.money import usd_micros
from emulator.vendors.venice.limits import BODY_BYTES, IMAGE_BYTES
from emulator.world import World

PUBLIC = frozenset({"listModels", "listModelTraits"})
PAID = frozenset({"editImage", "multiEditImage", "backgroundRemoveImage"})


async def admit(call: Call, world: World) -> Admitted:
    """Let a request in. Raises the domain errors of whichever check fails first."""
    account = _who(call, world)
    if account is not None and call.operation.id in PAID:
        _count(account, world)
    query = call.operation.read_parameters("query", call.query)
    if not call.operation.bodies:
        return Admitted(account=account, fields=Fields({}), query=query)
    fields = await call.fields(body_bytes=BODY_BYTES[call.operation.id], file_bytes=IMAGE_BYTES)
    return Admitted(account=account, fields=fields, query=query)


def _who(call: Call, world: World) -> AccountId | None:
    authorization = call.headers.get("authorization")
    if authorization is None:
        if call.operation.id in PUBLIC:
            return None
        if "sign-in-with-x" in call.headers or "x-sign-in-with-x" in call.headers:
            raise BadCredential(reason="unknown")
        if call.operation.id in PAID:
            raise PaymentRequired(origin=call.origin, resource=call.operation.route)
    key = bearer(authorization, world.settings.keys)
    return world.account("venice", key, currency="usd_micros", opening=opening(world))


def opening(world: World) -> int:
    """The balance of a new account, in micro-dollars."""
    return usd_micros(world.settings.venice_usd)


def _count(account: AccountId, world: World) -> None:
    now = world.clock.now()
    used, limit = world.rates.use(account, now), world.settings.image_rate
    if world.settings.enforce_rate and used > limit:
        raise RateLimited(retry_after=world.rates.reset_at(now) - int(now), limit=limit)
