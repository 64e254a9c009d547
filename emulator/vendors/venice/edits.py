"""Venice's paid image operations: edit, multi-edit, background-remove.

Each reads downwards in the order of refusals: model, its limits, the pictures, the content policy, the
money; then one edit in a worker thread. What fails after the charge is refunded.
"""

from collections.abc import Sequence

from emulator import imaging
from emulator.call import Admitted, Answer, Call
from emulator.errors import ContentRefused, ContractBroken, Violation
from emulator.moderation import classify
from emulator.sources import PathToField, Picture, check_picture, read_picture
from emulator.vendor import operation
from emulator.vendors.venice.limits import IMAGE_BYTES, LIMITS
from emulator.vendors.venice.models import TIER_AREA, Model, background_remove_price, find_model
from emulator.vendors.venice.wallet import paying
from emulator.world import World

# Documented: qwen-edit refuses explicit sexual content, sexualised minors and real violence.
STRICT_MODELS = frozenset({"qwen-edit"})


@operation("editImage")
async def edit_image(call: Call, admitted: Admitted, world: World) -> Answer:
    """POST /api/v1/image/edit: one picture."""
    fields = admitted.fields
    # `modelId` is the deprecated alias; where both are sent, `model` wins (inferred).
    alias = "modelId" in fields.sent and "model" not in fields.sent
    model = find_model(fields["modelId"] if alias else fields["model"], lenient=call.lenient)
    return await _edit(call, admitted, world, model=model, pictures=[(("image",), fields["image"])])


@operation("multiEditImage")
async def multi_edit_image(call: Call, admitted: Admitted, world: World) -> Answer:
    """POST /api/v1/image/multi-edit: a base and up to two layers or masks."""
    fields = admitted.fields
    pictures: list[tuple[PathToField, object]] = [(("images", i), one) for i, one in enumerate(fields["images"])]
    model = find_model(fields["modelId"], "modelId", call.lenient)
    return await _edit(call, admitted, world, model=model, pictures=pictures)


@operation("backgroundRemoveImage")
async def background_remove_image(call: Call, admitted: Admitted, world: World) -> Answer:
    """POST /api/v1/image/background-remove: the subject on a transparent ground, as PNG."""
    fields = admitted.fields
    name = "image" if "image" in fields else "image_url"
    [(data, _)] = await _read(call, world, [((name,), fields[name])])
    with paying(call, admitted, world, background_remove_price(), model=None) as headers:
        rendered = await world.in_worker(
            world.gallery.remove_background,
            data,
            vendor="venice",
            operation=call.operation.id,
            model="background-remove",
        )
    return Answer(media_type=rendered.media_type, content=rendered.data, headers=headers)


async def _edit(
    call: Call, admitted: Admitted, world: World, *, model: Model, pictures: Sequence[tuple[PathToField, object]]
) -> Answer:
    fields = admitted.fields
    _check_prompt(fields["prompt"], model)
    asked_ratio = model.ratio(fields.get("aspect_ratio"), call.lenient)
    tier = model.tier(fields.get("resolution"), call.lenient)
    quality = model.quality(fields.get("quality"), call.lenient)
    (base, header), *layers = await _read(call, world, pictures)
    violation = _judge(fields["prompt"], model)
    price = model.price_of(tier, quality)
    output_format = _format(fields.get("output_format"), tier)

    def work() -> imaging.Rendered:
        ratio = asked_ratio or imaging.closest_ratio(header.width, header.height, model.fixed_ratios())
        width, height = imaging.size_for(ratio, TIER_AREA[tier])
        spec = imaging.EditSpec(
            prompt=fields["prompt"],
            width=width,
            height=height,
            output_format=output_format,
            seed=world.settings.seed,
            model=model.id,
            vendor="venice",
            operation=call.operation.id,
            effort=quality or "",
            blurred=violation and fields["safe_mode"],
        )
        paths = tuple(path for path, _ in pictures)
        return world.gallery.edit(
            imaging.Inputs(base=base, layers=tuple(data for data, _ in layers), paths=paths), spec
        )[0]

    with paying(call, admitted, world, price, model=model.id) as headers:
        rendered = await world.in_worker(work)
    return Answer(
        media_type=rendered.media_type,
        content=rendered.data,
        headers={
            **headers,
            "x-venice-model-id": model.id,
            "x-venice-model-name": model.name,
            "x-venice-is-content-violation": str(violation).lower(),
        },
    )


async def _read(
    call: Call, world: World, pictures: Sequence[tuple[PathToField, object]]
) -> list[tuple[Picture, imaging.ImageHeader]]:
    """The pictures' bytes and headers, checked against the documented limits before anything is paid."""
    found = []
    for path, value in pictures:
        data = await read_picture(
            value, world=world, origin=call.origin, path=path, most_bytes=IMAGE_BYTES, lenient=call.lenient
        )
        found.append(await check_picture(data, world=world, limits=LIMITS, path=path, lenient=call.lenient))
    return found


def _check_prompt(prompt: str, model: Model) -> None:
    if len(prompt) > model.prompt_characters:
        raise ContractBroken(
            violations=(Violation(where="body", path=("prompt",), rule="maxLength", expected=model.prompt_characters),)
        )


def _format(asked: str | None, tier: str) -> imaging.OutputFormat:
    """Documented: PNG at 1K, JPEG at 2K and 4K; `jpg` is `jpeg`."""
    match asked:
        case None:
            return "png" if tier == "1K" else "jpeg"
        case "png":
            return "png"
        case "webp":
            return "webp"
        case _:
            return "jpeg"


def _judge(prompt: str, model: Model) -> bool:
    """Whether the output counts as adult content. Raises ContentRefused where the model refuses it."""
    found = classify(prompt)
    if found and model.id in STRICT_MODELS:
        raise ContentRefused(word=next(iter(found.values())))
    return "adult" in found or "minors" in found
