"""The work behind a project: render its pictures, hand back what failed, tell the webhooks.

What happened to a job is told once (`Jobs.settle`), in one transaction with its refunds; the events go
out after it.
"""

import logging

from emulator import imaging
from emulator.errors import DomainError, ImageRejected, Unprocessable
from emulator.jobs import Event, Failure, Job, Rendered
from emulator.vendors.magic_hour.assets import read_asset
from emulator.vendors.magic_hour.limits import LIMITS
from emulator.vendors.magic_hour.models import ratios
from emulator.vendors.magic_hour.showing import shown
from emulator.world import World

log = logging.getLogger("emulator")

_EVENTS = {"started": "image.started", "completed": "image.completed", "errored": "image.errored"}


async def render_job(job: Job, world: World) -> None:
    """Do the work of a job once, whoever else tries; then tell what happened as the clock goes on."""
    if world.jobs.take(job, world.worker):
        images: dict[int, Rendered] = {}
        failures: dict[int, Failure] = {}
        try:
            images = await _render(job, world)
        except Exception as error:  # whatever breaks the work, the client gets its credits back
            failures = dict.fromkeys(range(job.images), _failure(error))
            if not isinstance(error, DomainError):
                log.exception("a bug of the emulator while rendering %s", job.id)
        world.jobs.deliver(job, images=images, failures=failures)
    settle(world, job_id=job.id)
    if job.progression.kind == "time":
        started = job.created + job.progression.queued
        for moment in (started, started + job.progression.rendering):
            await world.until(moment)
            settle(world, job_id=job.id)


def settle(world: World, *, job_id: str | None = None) -> None:
    """Notice what happened to the world's jobs (or one of them): refunds first, then events."""
    now = world.clock.now()
    with world.transaction():
        events = world.jobs.settle(world.namespace, now, job_id=job_id)
        for event in events:
            for refund in event.job.refunds(now):
                if event.kind != "started" and event.job.charge is not None:
                    world.refund_part(
                        event.job.charge, amount=refund.amount, part=refund.part, reason=f"image project {event.kind}"
                    )
    for event in events:
        _tell(event, world)


def _tell(event: Event, world: World) -> None:
    if event.kind == "canceled":  # documented: a canceled project sends none
        return
    payload = shown(event.job, world, origin=str(event.job.request["origin"]))
    if event.kind == "started":
        payload |= {"status": "rendering", "downloads": [], "error": None}
    world.webhooks.send(_EVENTS[event.kind], payload)


async def _render(job: Job, world: World) -> dict[int, Rendered]:
    request = job.request
    paths, longest = request["paths"], request["longest"]
    if not isinstance(paths, list) or not isinstance(longest, int):
        raise TypeError(f"job {job.id} holds a request of another kind")
    data = []
    for index, path in enumerate(paths):
        field = ("assets", "image_file_paths", index)
        data.append(
            await read_asset(str(path), world=world, owner=job.owner, origin=str(request["origin"]), field=field)
        )
    fields: tuple[tuple[str | int, ...], ...] = tuple(("image_file_paths", index) for index in range(len(paths)))

    def work() -> list[imaging.Rendered]:
        headers = [imaging.read_header(one, limits=LIMITS, path=field) for one, field in zip(data, fields, strict=True)]
        ratio = str(request["ratio"])
        if ratio == "auto":
            ratio = imaging.closest_ratio(headers[0].width, headers[0].height, ratios())
        width, height = frame(ratio, longest)
        spec = imaging.EditSpec(
            prompt=str(request["prompt"]),
            width=width,
            height=height,
            output_format="png",
            seed=world.settings.seed,
            model=str(request["model"]),
            vendor="magic-hour",
            operation=str(request["operation"]),
        )
        inputs = imaging.Inputs(base=data[0], layers=tuple(data[1:]), paths=fields)
        return world.gallery.edit(inputs, spec, indices=range(job.images))

    pictures = await world.in_worker(work)
    return {
        index: Rendered(data=one.data, media_type=one.media_type, file_name=f"{job.id}-{index}.png")
        for index, one in enumerate(pictures)
    }


def frame(ratio: str, longest: int) -> tuple[int, int]:
    """Width and height of a ratio whose longer side is `longest` pixels (documented)."""
    wide, high = map(int, ratio.split(":"))
    if wide >= high:
        return longest, round(longest * high / wide)
    return round(longest * wide / high), longest


def _failure(error: Exception) -> Failure:
    match error:
        case ImageRejected(fault=fault, path=path):
            where = ".".join(map(str, path))
            message = f"{where} cannot be used as an image: {fault.replace('_', ' ')}"
            return Failure(code="invalid_image", message=message)
        case Unprocessable(message=message):
            return Failure(code="invalid_asset", message=message)
        case _:
            return Failure(code="render_failed", message="The image could not be rendered")
