"""Webhooks: who is told of events, and the log of what was told."""

import asyncio

from emulator.call import Admitted, Answer, Call
from emulator.control.dialect import Refused, require_one_process
from emulator.errors import NotFound
from emulator.vendor import Handler, Vendor, operation
from emulator.webhooks import Delivery, RemoteReceiver, Target
from emulator.world import World


def handlers(vendors: tuple[Vendor, ...]) -> tuple[Handler, ...]:
    """What answers for webhooks; each vendor that sends events names its headers."""
    prefixes = {vendor.name: vendor.event_headers for vendor in vendors if vendor.event_headers}

    @operation("listWebhooks")
    async def list_webhooks(call: Call, admitted: Admitted, world: World) -> Answer:  # noqa: ARG001  # a handler's signature
        """GET the targets."""
        return Answer(json={"webhooks": [shown(one) for one in world.webhooks.targets()]})

    @operation("addWebhook")
    async def add_webhook(call: Call, admitted: Admitted, world: World) -> Answer:  # noqa: ARG001  # a handler's signature
        """POST a target."""
        require_one_process(world)
        fields = admitted.fields
        try:
            # In a thread, because looking up the host's name may take its time.
            target = await asyncio.to_thread(
                world.webhooks.register,
                fields["url"],
                secret=fields["secret"],
                events=tuple(fields.get("events", ())),
                header_prefix=prefixes[fields["vendor"]],
            )
        except RemoteReceiver as error:
            hint = (
                "Take an address of this machine, such as http://127.0.0.1:9000/, or start the server with "
                "--webhooks-anywhere (EMULATOR_WEBHOOKS_ANYWHERE=true)."
            )
            raise Refused(code="receiver_refused", message=str(error), hint=hint) from error
        return Answer(status=201, json=shown(target))

    @operation("removeWebhook")
    async def remove_webhook(call: Call, admitted: Admitted, world: World) -> Answer:  # noqa: ARG001  # a handler's signature
        """DELETE a target."""
        if not world.webhooks.remove(call.path["id"]):
            raise NotFound(what=f"no webhook {call.path['id']}")
        return Answer(status=204, media_type="")

    @operation("listDeliveries")
    async def list_deliveries(call: Call, admitted: Admitted, world: World) -> Answer:  # noqa: ARG001  # a handler's signature
        """GET the log of deliveries."""
        log = [_delivery(one) for one in world.webhooks.deliveries()]
        return Answer(json={"deliveries": log, "dropped": world.webhooks.dropped})

    return list_webhooks, add_webhook, remove_webhook, list_deliveries


def shown(target: Target) -> dict[str, object]:
    """A target as the document has it: without its secret."""
    return {"id": target.id, "url": target.url, "events": target.events}


def _delivery(delivery: Delivery) -> dict[str, object]:
    return {
        "id": delivery.id,
        "webhook": delivery.target_id,
        "url": delivery.url,
        "event": delivery.event,
        "state": delivery.state,
        "headers": delivery.headers,
        "body": delivery.body,
        "attempts": [{"at": one.at, "status": one.status, "error": one.error} for one in delivery.attempts],
    }
