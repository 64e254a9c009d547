"""Pictures that stand for URLs: a test says what `https://…` is, and nothing is ever fetched."""

import binascii

import pybase64

from emulator import imaging
from emulator.call import Admitted, Answer, Call
from emulator.control.dialect import Refused, require_one_process
from emulator.vendor import Handler, operation
from emulator.world import World


def handlers() -> tuple[Handler, ...]:
    """What answers for registered pictures."""

    @operation("registerImage")
    async def register(call: Call, admitted: Admitted, world: World) -> Answer:  # noqa: ARG001  # a handler's signature
        """POST a picture for a URL; a second one replaces the first."""
        require_one_process(world)
        try:
            data = pybase64.b64decode(admitted.fields["data"], validate=True)
        except (binascii.Error, ValueError) as error:
            raise Refused(code="bad_base64", message="data is not base64", hint=f"{error}") from error
        world.images[admitted.fields["url"]] = data
        return Answer(json=_shown(admitted.fields["url"], data))

    @operation("listImages")
    async def list_images(call: Call, admitted: Admitted, world: World) -> Answer:  # noqa: ARG001  # a handler's signature
        """GET what is registered."""
        return Answer(json={"images": [_shown(url, data) for url, data in world.images.items()]})

    @operation("removeImages")
    async def remove(call: Call, admitted: Admitted, world: World) -> Answer:  # noqa: ARG001  # a handler's signature
        """DELETE all of them."""
        world.images.clear()
        return Answer(status=204, media_type="")

    return register, list_images, remove


def _shown(url: str, data: bytes) -> dict[str, object]:
    """`format` is null for bytes that are no picture, which a test may want as well."""
    return {"url": url, "bytes": len(data), "format": imaging.sniff(data)}
