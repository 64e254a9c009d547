"""Starting over: a world as it was before its first request."""

from emulator.call import Admitted, Answer, Call
from emulator.control.dialect import require_one_process
from emulator.vendor import Handler, operation
from emulator.world import World


def handlers() -> tuple[Handler, ...]:
    """What forgets."""

    @operation("reset")
    async def reset(call: Call, admitted: Admitted, world: World) -> Answer:  # noqa: ARG001  # a handler's signature
        """POST reset: money, jobs, files, webhooks, clock and ids; what is under way is thrown away."""
        require_one_process(world)
        world.reset()
        return Answer(status=204, media_type="")

    return (reset,)
