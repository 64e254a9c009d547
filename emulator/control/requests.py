"""The journal, as a test reads it: what this world was asked, and how it answered."""

from emulator.call import Admitted, Answer, Call
from emulator.clock import iso
from emulator.journal import Record
from emulator.vendor import Handler, operation
from emulator.world import World


def handlers() -> tuple[Handler, ...]:
    """What answers for the journal."""

    @operation("listRequests")
    async def list_requests(call: Call, admitted: Admitted, world: World) -> Answer:  # noqa: ARG001  # a handler's signature
        """GET the newest requests, oldest of them first."""
        records = world.journal.records()[-admitted.query["limit"] :]
        return Answer(
            json={
                "requests": [shown(one) for one in records],
                "cap": world.journal.cap,
                "dropped": world.journal.dropped,
            }
        )

    return (list_requests,)


def shown(one: Record) -> dict[str, object]:
    """A record as the document has it."""
    return {
        "number": one.number,
        "at": iso(one.at),
        "method": one.method,
        "path": one.path,
        "vendor": one.vendor or None,
        "operation": one.operation or None,
        "request_id": one.request_id or None,
        "key": one.holder or None,
        "status": one.status,
        "bytes_in": one.bytes_in,
        "bytes_out": one.bytes_out,
        "milliseconds": round(one.seconds * 1000, 3),
        "refusal": one.refusal or None,
        "violations": list(one.violations),
    }
