"""OpenAI's image edits: `/v1/images/edits` and `/v1/models`."""

from collections.abc import Mapping

from emulator.call import Admitted, Call
from emulator.clock import stopwatch
from emulator.vendor import Purse, Vendor, gather
from emulator.vendors.openai import dialect, edits, listings
from emulator.vendors.openai.auth import admit, opening
from emulator.world import World

# Observed in published answers; a test account's limit is a guess (inferred).
VERSION = "2020-10-01"
REQUESTS_PER_MINUTE = 5000


def sign(request_id: str, opened: float) -> Mapping[str, str]:
    """The headers of every answer."""
    return {
        "x-request-id": f"req_{request_id}",
        "openai-version": VERSION,
        "openai-processing-ms": str(int((stopwatch() - opened) * 1000)),
    }


def meter(call: Call, admitted: Admitted, world: World) -> Mapping[str, str]:
    """The rate limit, on edits; its reset is a duration (observed)."""
    if admitted.account is None or call.operation.id != "createImageEdit":
        return {}
    now = world.clock.now()
    used = world.rates.use(admitted.account, now)
    return {
        "x-ratelimit-limit-requests": str(REQUESTS_PER_MINUTE),
        "x-ratelimit-remaining-requests": str(max(0, REQUESTS_PER_MINUTE - used)),
        "x-ratelimit-reset-requests": f"{world.rates.reset_at(now) - int(now)}s",
    }


OPENAI = Vendor(
    name="openai",
    owns=("/v1",),
    handlers=gather((edits, listings)),
    admit=admit,
    render=dialect.render,
    bug=dialect.BUG,
    sign=sign,
    meter=meter,
    purse=Purse(currency="usd_micros", opening=opening),
)
