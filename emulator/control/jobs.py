"""Jobs: shown, and commanded to go on, to finish, to fail or to stop."""

from collections.abc import Callable

from emulator.call import Admitted, Answer, Call
from emulator.clock import iso
from emulator.control.dialect import Refused
from emulator.control.passing import Ticks, catch_up, notice
from emulator.jobs import Failure, Job
from emulator.vendor import Handler, operation
from emulator.world import World

Command = Callable[[str, Admitted, World], object]
# What a failed job says unless the test chooses the words.
FAILURE = Failure(code="render_failed", message="The image could not be rendered")


def handlers(ticks: Ticks) -> tuple[Handler, ...]:
    """What answers for jobs."""

    @operation("listJobs")
    async def list_jobs(call: Call, admitted: Admitted, world: World) -> Answer:  # noqa: ARG001  # a handler's signature
        """GET jobs, newest first."""
        notice(world, ticks)  # before a status is shown: what was seen does not change
        limit, offset = admitted.query["limit"], admitted.query["offset"]
        jobs = world.jobs.newest(world.namespace, limit=limit + 1, offset=offset)
        return Answer(json={"jobs": [shown(one, world) for one in jobs[:limit]], "has_more": len(jobs) > limit})

    @operation("getJob")
    async def get_job(call: Call, admitted: Admitted, world: World) -> Answer:  # noqa: ARG001  # a handler's signature
        """GET one job."""
        notice(world, ticks)
        return Answer(json=shown(world.jobs.get(world.namespace, call.path["id"]), world))

    def command(operation_id: str, act: Command) -> Handler:
        @operation(operation_id)
        async def obey(call: Call, admitted: Admitted, world: World) -> Answer:
            act(call.path["id"], admitted, world)
            await catch_up(world, ticks)
            return Answer(json=shown(world.jobs.get(world.namespace, call.path["id"]), world))

        return obey

    return (
        list_jobs,
        get_job,
        command("stepJob", _step),
        command("finishJob", _finish),
        command("failJob", _fail),
        command("cancelJob", _cancel),
    )


def shown(job: Job, world: World) -> dict[str, object]:
    """A job as the document has it."""
    now = world.clock.now()
    return {
        "id": job.id,
        "owner": job.owner,
        "type": job.type,
        "status": job.status(now),
        "created": job.created,
        "created_iso": iso(job.created),
        "progression": job.progression.kind,
        "images": job.images,
        "price": job.price,
        "charged": job.charged(now),
        "charge": job.charge,
        "rendered": job.delivered,
        "failures": [
            {"image": index, "code": one.code, "message": one.message} for index, one in sorted(job.failures.items())
        ],
        "request": job.request,
    }


def _step(job_id: str, admitted: Admitted, world: World) -> None:  # noqa: ARG001  # a command's signature
    world.jobs.step(world.namespace, job_id, now=world.clock.now())


def _finish(job_id: str, admitted: Admitted, world: World) -> None:  # noqa: ARG001  # a command's signature
    world.jobs.finish(world.namespace, job_id, now=world.clock.now())


def _cancel(job_id: str, admitted: Admitted, world: World) -> None:  # noqa: ARG001  # a command's signature
    world.jobs.cancel(world.namespace, job_id, now=world.clock.now())


def _fail(job_id: str, admitted: Admitted, world: World) -> None:
    fields = admitted.fields
    images = [int(one) for one in fields["images"]] if "images" in fields else None
    count = world.jobs.get(world.namespace, job_id).images
    if images is not None and max(images) >= count:
        message = f"The job has {count} images, numbered from 0 to {count - 1}; got {max(images)}"
        raise Refused(code="no_such_image", message=message, hint="Leave `images` out to let all of them fail.")
    failure = Failure(code=fields.get("code", FAILURE.code), message=fields.get("message", FAILURE.message))
    world.jobs.fail(world.namespace, job_id, failure, now=world.clock.now(), images=images)
