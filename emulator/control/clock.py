"""The world's clock: shown, frozen, turned on, let run."""

from emulator.call import Admitted, Answer, Call
from emulator.control.dialect import Refused, require_one_process
from emulator.control.passing import Ticks, catch_up
from emulator.vendor import Handler, operation
from emulator.world import World

LATEST = 10_000_000_000  # Unix seconds, in the year 2286: dates beyond 9999 cannot be written


def handlers(ticks: Ticks) -> tuple[Handler, ...]:
    """What answers for the clock."""

    @operation("getClock")
    async def get_clock(call: Call, admitted: Admitted, world: World) -> Answer:  # noqa: ARG001  # a handler's signature
        """GET the clock."""
        return Answer(json=shown(world))

    @operation("setClock")
    async def set_clock(call: Call, admitted: Admitted, world: World) -> Answer:  # noqa: ARG001  # a handler's signature
        """POST a command; what it makes due has happened when it is answered."""
        require_one_process(world)
        fields, clock = admitted.fields, world.clock
        match fields["action"]:
            case "freeze":
                clock.freeze(float(fields["at"]) if "at" in fields else None)
            case "advance":
                if clock.now() + fields["seconds"] > LATEST:
                    hint = "Reset the world, or freeze its clock at an earlier moment."
                    raise Refused(code="too_late", message="The clock does not go beyond the year 2286", hint=hint)
                clock.advance(float(fields["seconds"]))
            case _:
                clock.run()
        world.turn()
        await catch_up(world, ticks)
        return Answer(json=shown(world))

    return get_clock, set_clock


def shown(world: World) -> dict[str, object]:
    """The clock as the document has it."""
    return {"now": world.clock.now(), "iso": world.clock.iso(), "frozen": world.clock.frozen_at is not None}
