"""Magic Hour's door: the key, then the body (inferred order). Uploads are let in by their signature."""

from emulator.billing import AccountId
from emulator.call import Admitted, Call
from emulator.contract import Fields
from emulator.credentials import bearer
from emulator.errors import BadCredential
from emulator.vendors.magic_hour.limits import BODY_BYTES
from emulator.vendors.magic_hour.models import NAME, Plan, plans
from emulator.world import World

SIGNED = frozenset({"files.upload"})  # the signature in the URL is the credential


async def admit(call: Call, world: World) -> Admitted:
    """Let a request in. Raises the domain errors of whichever check fails first."""
    if call.operation.id in SIGNED:
        query = call.operation.read_parameters("query", call.query)
        return Admitted(account=None, fields=Fields({}), query=query)
    key = bearer(call.headers.get("authorization"), world.settings.keys, call.lenient)
    account = world.account(NAME, key, currency="credits", opening=opening(world))
    query = call.operation.read_parameters("query", call.query)
    if not call.operation.bodies:
        return Admitted(account=account, fields=Fields({}), query=query)
    fields = await call.fields(body_bytes=BODY_BYTES, file_bytes=BODY_BYTES)
    return Admitted(account=account, fields=fields, query=query)


def payer(admitted: Admitted) -> AccountId:
    """The account of an admitted call."""
    if admitted.account is None:
        raise BadCredential(reason="missing")
    return admitted.account


def plan_of(account: AccountId, world: World) -> Plan:
    """The subscription of an account: what a test set, else the server's default."""
    return plans()[world.tiers.get(account, world.settings.magic_hour_tier)]


def opening(world: World) -> int:
    """The credits of a new account: the setting's, else those of the server's default plan."""
    given = world.settings.magic_hour_credits
    return plans()[world.settings.magic_hour_tier].credits if given < 0 else given
