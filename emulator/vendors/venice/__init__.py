"""Venice.ai's image edits, models and balance below `/api/v1`."""

from collections.abc import Mapping

from emulator.call import Admitted, Call
from emulator.vendor import Purse, Vendor, gather
from emulator.vendors.venice import dialect, edits, listings, x402
from emulator.vendors.venice.auth import PAID, admit, opening
from emulator.world import World


def sign(request_id: str, opened: float) -> Mapping[str, str]:  # noqa: ARG001  # the spine's signature
    """The header of every answer (inferred)."""
    return {"x-request-id": request_id}


def meter(call: Call, admitted: Admitted, world: World) -> Mapping[str, str]:
    """The rate limit on paid routes; its reset is a Unix time (documented)."""
    if admitted.account is None or call.operation.id not in PAID:
        return {}
    now, limit = world.clock.now(), world.settings.image_rate
    return {
        "x-ratelimit-limit-requests": str(limit),
        "x-ratelimit-remaining-requests": str(max(0, limit - world.rates.used(admitted.account, now))),
        "x-ratelimit-reset-requests": str(world.rates.reset_at(now)),
    }


VENICE = Vendor(
    name="venice",
    owns=("/api/v1",),
    handlers=gather((edits, listings, x402)),
    admit=admit,
    render=dialect.render,
    bug=dialect.BUG,
    sign=sign,
    meter=meter,
    purse=Purse(currency="usd_micros", opening=opening, wallets=True),
)
