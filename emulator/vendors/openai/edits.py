"""POST /v1/images/edits: one or many pictures, a mask, n results; whole or streamed.

Reads downwards in the order of refusals: the model's limits, the pictures, the mask, the safety system,
the quota; then the edit in a worker thread. What fails after the charge is refunded.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from functools import partial

import orjson
import pybase64

from emulator import imaging
from emulator.billing import Entry
from emulator.call import Admitted, Answer, Call
from emulator.contract import Fields, Upload
from emulator.errors import ContentRefused, ImageRejected
from emulator.leniency import Leniency
from emulator.moderation import classify
from emulator.sources import PathToField, Picture, check_picture, read_picture
from emulator.vendor import operation
from emulator.vendors.openai.limits import FILE_BYTES
from emulator.vendors.openai.models import Model, find_model
from emulator.vendors.openai.usage import Usage, usage
from emulator.world import World

URL_SECONDS = 3600  # documented: temporary URLs live for 60 minutes


@dataclass(frozen=True, kw_only=True)
class Work:
    """A checked request, `auto` resolved: what to make, how to tell it, what it costs."""

    model: Model
    inputs: imaging.Inputs
    spec: imaging.EditSpec
    n: int
    partials: int
    size: str
    quality: str
    background: str
    usage: Usage | None

    def told(self) -> dict[str, object]:
        """The fields that describe every gpt-image answer and event."""
        return {
            "background": self.background,
            "output_format": self.spec.output_format,
            "quality": self.quality,
            "size": self.size,
        }


@operation("createImageEdit")
async def create_image_edit(call: Call, admitted: Admitted, world: World) -> Answer:
    """Answer an edit, as JSON or as a stream of events."""
    model = find_model(admitted.fields["model"])
    fields = model.accept(admitted.fields, call.lenient)
    work = await _prepare(call, fields, model, world)
    if classify(fields["prompt"]):
        raise ContentRefused(word=next(iter(classify(fields["prompt"]).values())))
    price = model.price(work.size, work.quality) * work.n
    if fields["stream"]:
        charge = world.charge(admitted.account, price, call=call.request_id, model=model.id)
        return Answer(media_type="text/event-stream", stream=_events(call, work, world, charge))
    with world.charging(admitted.account, price, call=call.request_id, model=model.id):
        pictures = await world.in_worker(world.gallery.edit, work.inputs, work.spec, indices=range(work.n))
    as_url = fields.get("response_format", model.default_response_format) == "url"
    data = [
        {"url": world.publish(call.origin, one.data, one.media_type, seconds=URL_SECONDS)}
        if as_url
        else {"b64_json": pybase64.b64encode_as_string(one.data)}
        for one in pictures
    ]
    body: dict[str, object] = {"created": int(call.at), "data": data}
    if work.usage is not None:  # documented: these fields belong to gpt-image answers alone
        body |= {**work.told(), "usage": work.usage}
    return Answer(json=body)


async def _prepare(call: Call, fields: Fields, model: Model, world: World) -> Work:
    sent = fields["image"] if isinstance(fields["image"], list) else [fields["image"]]
    uploads: list[Upload] = sent
    pictures, headers = [], []
    many = isinstance(fields["image"], list)
    paths: list[tuple[str | int, ...]] = [("image", index) if many else ("image",) for index in range(len(uploads))]
    for path, upload in zip(paths, uploads, strict=True):
        data = await read_picture(
            upload,
            world=world,
            origin=call.origin,
            path=path,
            most_bytes=model.limits.max_bytes or FILE_BYTES,
            lenient=call.lenient,
        )
        data, header = await check_picture(data, world=world, limits=model.limits, path=path, lenient=call.lenient)
        _check_shape(header, model, path, call.lenient)
        pictures.append(data)
        headers.append(header)
    mask: Picture | None = None
    sizes = [(header.width, header.height) for header in headers]
    if "mask" in fields:
        draw = partial(_oval, headers[0])
        mask, header = await check_picture(
            fields["mask"].data, world=world, limits=model.mask_limits, path=("mask",), lenient=call.lenient, draw=draw
        )
        _check_mask(header, headers[0], call.lenient)
        sizes.append((header.width, header.height))
    elif model.input_tokens is None and headers[0].has_alpha:
        # Documented for dall-e-2: without a mask, the picture's own transparency is one.
        mask = pictures[0]
    size = model.size(fields.get("size"), headers[0].width, headers[0].height)
    quality = model.quality(fields.get("quality"))
    background = "transparent" if fields.get("background") == "transparent" else "opaque"
    width, height = map(int, size.split("x"))
    spec = imaging.EditSpec(
        prompt=fields["prompt"],
        width=width,
        height=height,
        output_format=fields.get("output_format", "png"),
        quality=fields["output_compression"],
        transparent=background == "transparent",
        seed=world.settings.seed,
        model=model.id,
        vendor="openai",
        operation=call.operation.id,
        effort=quality,
    )
    partials = fields["partial_images"] if fields["stream"] else 0
    return Work(
        model=model,
        inputs=imaging.Inputs(
            base=pictures[0],
            layers=tuple(pictures[1:]),
            mask=mask,
            paths=(*paths, ("mask",)),
        ),
        spec=spec,
        n=fields["n"],
        partials=partials,
        size=size,
        quality=quality,
        background=background,
        usage=usage(
            model,
            prompt=fields["prompt"],
            sizes=sizes,
            size=size,
            quality=quality,
            high_fidelity=fields.get("input_fidelity") == "high",
            n=fields["n"],
            partials=partials,
        ),
    )


def _check_shape(header: imaging.ImageHeader, model: Model, path: PathToField, lenient: Leniency) -> None:
    if (
        model.square
        and header.width != header.height
        and not lenient(f"{path[0]}: {header.width}x{header.height} is not square, taken all the same")
    ):
        raise ImageRejected(fault="not_square", path=path, detail={"width": header.width, "height": header.height})


def _oval(image: imaging.ImageHeader, text: str) -> bytes:  # noqa: ARG001  # a stand-in's signature
    return imaging.oval_mask(image.width, image.height)


def _check_mask(mask: imaging.ImageHeader, image: imaging.ImageHeader, lenient: Leniency) -> None:
    size, expected = f"{mask.width}x{mask.height}", f"{image.width}x{image.height}"
    if size != expected and not lenient(f"mask: stretched from {size} to the picture's {expected}"):
        detail: dict[str, object] = {
            "width": mask.width,
            "height": mask.height,
            "expected": expected,
        }
        raise ImageRejected(fault="mask_size", path=("mask",), detail=detail)
    if not mask.has_alpha and not lenient("mask: no alpha channel, its white parts are edited"):
        raise ImageRejected(fault="mask_alpha", path=("mask",))


async def _events(call: Call, work: Work, world: World, charge: Entry) -> AsyncIterator[bytes]:
    """Partial pictures, coarser to finer, then the finished one; for each of the n in turn."""
    try:
        for index in range(work.n):
            *coarse, final = await world.in_worker(
                world.gallery.previews, work.inputs, work.spec, count=work.partials, index=index
            )
            common = {"created_at": int(call.at), **work.told()}
            for number, picture in enumerate(coarse):
                told = {"b64_json": _b64(picture), "partial_image_index": number, **common}
                yield _event("image_edit.partial_image", told)
            yield _event("image_edit.completed", {"b64_json": _b64(final), "usage": work.usage, **common})
    except BaseException:
        world.refund(charge, reason="the stream broke off")
        raise


def _b64(picture: imaging.Rendered) -> str:
    return pybase64.b64encode_as_string(picture.data)


def _event(name: str, data: dict[str, object]) -> bytes:
    return b"event: " + name.encode() + b"\ndata: " + orjson.dumps({"type": name, **data}) + b"\n\n"
