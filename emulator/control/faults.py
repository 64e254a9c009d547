"""Faults on order: rules and plans, their counts, and taking them back."""

from emulator.call import Admitted, Answer, Call
from emulator.clock import stopwatch
from emulator.contract import Fields
from emulator.control.dialect import Refused, require_one_process
from emulator.errors import NotFound
from emulator.faults import KINDS, BadScript, Fault, Match, Plan, Rule, parse, spell
from emulator.faults.register import Standing
from emulator.vendor import Handler, operation
from emulator.world import World


def handlers() -> tuple[Handler, ...]:
    """What answers for faults."""

    @operation("addFault")
    async def add(call: Call, admitted: Admitted, world: World) -> Answer:  # noqa: ARG001  # a handler's signature
        """POST a rule (`fault`) or a plan (`steps`)."""
        require_one_process(world)
        fields = admitted.fields
        expires = stopwatch() + fields["ttl"] if "ttl" in fields else None
        return Answer(json=shown(world.faults.add(_order(fields), expires=expires)))

    @operation("listFaults")
    async def list_faults(call: Call, admitted: Admitted, world: World) -> Answer:  # noqa: ARG001  # a handler's signature
        """GET what is in force, oldest first, and how faults are written."""
        standing = world.faults.all(stopwatch())
        unused = [one.id for one in standing if one.left]
        kinds = [{"written": kind.WRITTEN, "does": " ".join((kind.__doc__ or "").split())} for kind in KINDS]
        return Answer(json={"faults": [shown(one) for one in standing], "unused": unused, "kinds": kinds})

    @operation("getFault")
    async def get(call: Call, admitted: Admitted, world: World) -> Answer:  # noqa: ARG001  # a handler's signature
        """GET one order: what it has done, and what is left."""
        one = world.faults.get(call.path["id"], stopwatch())
        if one is None:
            raise NotFound(what=f"no fault {call.path['id']}, or none any more")
        return Answer(json=shown(one))

    @operation("removeFault")
    async def remove(call: Call, admitted: Admitted, world: World) -> Answer:  # noqa: ARG001  # a handler's signature
        """DELETE one order."""
        if not world.faults.remove(call.path["id"]):
            raise NotFound(what=f"no fault {call.path['id']}, or none any more")
        return Answer(status=204, media_type="")

    @operation("removeFaults")
    async def clear(call: Call, admitted: Admitted, world: World) -> Answer:  # noqa: ARG001  # a handler's signature
        """DELETE all orders."""
        world.faults.clear()
        return Answer(status=204, media_type="")

    return add, list_faults, get, remove, clear


def _order(fields: Fields) -> Rule | Plan:
    wanted = Match(**fields.get("match", {}))
    if "steps" in fields:
        return Plan(match=wanted, steps=tuple(_faults(step) for step in fields["steps"]))
    quota = fields.get("quota")
    return Rule(
        match=wanted,
        faults=_faults(fields["fault"]),
        times=fields.get("times"),
        skip=fields.get("skip", 0),
        every=fields.get("every", 1),
        quota=None if quota is None else (quota["requests"], float(quota["seconds"])),
        chance=fields.get("chance"),
    )


def _faults(script: str) -> tuple[Fault, ...]:
    try:
        return parse(script)
    except BadScript as error:
        raise Refused(code="no_such_fault", message=str(error), hint="GET /_emulator/faults lists them.") from error


def shown(one: Standing) -> dict[str, object]:
    """An order as the document has it."""
    found: dict[str, object] = {"id": one.id, "seen": one.seen, "struck": one.struck, "left": one.left}
    match one.order:
        case Plan(match=wanted, steps=steps):
            found["steps"] = [spell(step) for step in steps]
        case Rule(match=wanted, faults=faults):
            found["fault"] = spell(faults)
    return {**found, "match": {name: value for name, value in vars(wanted).items() if value}}
