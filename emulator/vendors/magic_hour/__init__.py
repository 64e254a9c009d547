"""Magic Hour's image editor: projects, uploads, webhooks."""

from collections.abc import Mapping

from emulator.call import Admitted, Call
from emulator.settings import BadSetting
from emulator.vendor import Purse, Vendor, gather
from emulator.vendors.magic_hour import dialect, projects, uploads
from emulator.vendors.magic_hour.auth import admit, opening, plan_of
from emulator.vendors.magic_hour.models import NAME, plans
from emulator.vendors.magic_hour.rendering import render_job, settle
from emulator.webhooks import RemoteReceiver
from emulator.world import World

EVENT_HEADERS = "magic-hour-event"  # documented


def sign(request_id: str, opened: float) -> Mapping[str, str]:  # noqa: ARG001  # the spine's signature
    """The header of every answer (inferred)."""
    return {"x-request-id": request_id}


def meter(call: Call, admitted: Admitted, world: World) -> Mapping[str, str]:  # noqa: ARG001  # the spine's signature
    """The vendor documents no rate limits."""
    return {}


def resume(world: World) -> None:
    """After a restart: do again the work that was under way, and tell what was not told."""
    for job in world.jobs.unsettled():
        if job.namespace == world.namespace:
            world.start(render_job(job, world))


def furnish(world: World) -> None:
    """Register the webhook of the settings, which every world has. Raises BadSetting."""
    url, secret = world.settings.webhook_url, world.settings.webhook_secret
    if url:
        try:
            world.webhooks.register(url, secret=secret, header_prefix=EVENT_HEADERS)
        except RemoteReceiver as error:
            raise BadSetting(f"webhook_url: {error} (--webhooks-anywhere lets events go elsewhere)") from error


MAGIC_HOUR = Vendor(
    name=NAME,
    owns=("/v1/ai-image-editor", "/v1/image-projects", "/v1/files", f"/{uploads.FOLDER}"),
    handlers=gather((projects, uploads)),
    admit=admit,
    render=dialect.render,
    bug=dialect.BUG,
    sign=sign,
    meter=meter,
    resume=resume,
    furnish=furnish,
    tick=settle,
    purse=Purse(
        currency="credits",
        opening=opening,
        plans=tuple(plans()),
        plan=lambda account, world: plan_of(account, world).id,
    ),
    event_headers=EVENT_HEADERS,
    prompt=lambda fields: str(fields.get("style", {}).get("prompt", "")),
)
