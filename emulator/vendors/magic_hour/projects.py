"""Image projects: creating them, showing them, deleting them.

Credits are taken when the request is made (documented), in one transaction with the job, so that no
crash separates the two.
"""

from emulator.call import Admitted, Answer, Call
from emulator.clock import iso
from emulator.errors import NotFound
from emulator.jobs import IMMEDIATE, MANUAL, Progression, timed
from emulator.settings import Settings, seconds
from emulator.vendor import operation
from emulator.vendors.magic_hour.assets import resolve_asset
from emulator.vendors.magic_hour.auth import payer, plan_of
from emulator.vendors.magic_hour.examples import example_project, has_example
from emulator.vendors.magic_hour.models import find_model, pixels
from emulator.vendors.magic_hour.rendering import render_job, settle
from emulator.vendors.magic_hour.showing import shown
from emulator.world import World

TYPE = "AI_IMAGE_EDITOR"  # documented


@operation("aiImageEditor.createImage")
async def create_image(call: Call, admitted: Admitted, world: World) -> Answer:
    """POST /v1/ai-image-editor: charge, queue, answer at once."""
    fields, account = admitted.fields, payer(admitted)
    style, assets, count = fields["style"], fields["assets"], int(fields["image_count"])
    paths = assets.get("image_file_paths") or [assets["image_file_path"]]
    model = find_model(fields, style.get("model"))
    resolution = model.resolution(fields.get("resolution"), plan_of(account, world), call.lenient)
    model.check_images(len(paths))
    paths = [
        await resolve_asset(
            path, world=world, owner=account.holder, field=("assets", "image_file_paths", index), lenient=call.lenient
        )
        for index, path in enumerate(paths)
    ]
    name = fields["name"] if "name" in fields.sent else f"Ai Image Editor - {iso(call.at)}"
    request = {
        "name": name,
        "prompt": style["prompt"],
        "paths": paths,
        "model": model.id,
        "ratio": fields["aspect_ratio"],
        "longest": pixels(resolution),
        "origin": call.origin,
        "operation": call.operation.id,
    }
    price = model.price(resolution) * count
    with world.transaction():
        charge = world.charge(account, price, call=call.request_id, model=model.id)
        job = world.jobs.create(
            world.namespace,
            account.holder,
            type=TYPE,
            request=request,
            progression=progression(world.settings),
            images=count,
            price=price,
            charge=charge.id,
            at=call.at,
        )
    world.start(render_job(job, world))
    return Answer(json={"id": job.id, "frame_cost": price, "credits_charged": price})


@operation("imageProjects.getDetails")
async def get_details(call: Call, admitted: Admitted, world: World) -> Answer:
    """GET /v1/image-projects/{id}: the project as it is now, with fresh download URLs."""
    owner = payer(admitted).holder
    try:
        world.jobs.get(world.namespace, call.path["id"], owner=owner)
    except NotFound as error:
        has_example(call, error)
        return Answer(json=shown(await example_project(call, world, type=TYPE), world, origin=call.origin))
    settle(world, job_id=call.path["id"])
    job = world.jobs.get(world.namespace, call.path["id"], owner=owner)
    return Answer(json=shown(job, world, origin=call.origin))


@operation("imageProjects.delete")
async def delete_project(call: Call, admitted: Admitted, world: World) -> Answer:
    """DELETE /v1/image-projects/{id}: gone for good; a second time it is not found."""
    try:
        world.jobs.delete(world.namespace, call.path["id"], owner=payer(admitted).holder)
    except NotFound as error:
        has_example(call, error)
    return Answer(status=204, media_type="")


def progression(settings: Settings) -> Progression:
    """How new jobs get on."""
    match settings.jobs:
        case "immediate":
            return IMMEDIATE
        case "manual":
            return MANUAL
        case _:
            return timed(seconds("job_queued", settings.job_queued), seconds("job_rendering", settings.job_rendering))
