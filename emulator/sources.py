"""Where the bytes of an input picture come from: an upload, base64, a data URL, or an http(s) URL.

URLs are answered offline, in this order: this server's own, one that a test registered, a file of
`--images`, a synthetic photograph made from the URL's text. Nothing is ever fetched. A lenient
server puts a synthetic picture in the place of what cannot be used.
"""

import binascii
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pybase64

from emulator import imaging
from emulator.contract import Encoded, Upload
from emulator.errors import ImageFault, ImageRejected
from emulator.ids import digest
from emulator.leniency import STRICT, Leniency
from emulator.world import World

Picture = bytes | bytearray | memoryview
# Media types that name a format; anything else (application/octet-stream, none) claims nothing.
_FORMATS = {
    "image/png": "png",
    "image/x-png": "png",
    "image/jpeg": "jpeg",
    "image/jpg": "jpeg",
    "image/pjpeg": "jpeg",
    "image/webp": "webp",
    "image/gif": "gif",
    "image/bmp": "bmp",
    "image/tiff": "tiff",
    "image/avif": "avif",
}
PathToField = tuple[str | int, ...]
StandIn = Callable[[str], bytes]
# The faults of placeholder data. Too much of it stays too much.
_PLACEHOLDER: dict[ImageFault, str] = {
    "empty": "no bytes",
    "undecodable": "undecodable bytes",
    "bad_base64": "text that is no base64",
    "unreachable": "a URL that leads to nothing",
    "too_few_pixels": "too few pixels",
}
_ANY_FORMAT = (*imaging.READABLE, "heic")


def synthetic_picture(text: str) -> bytes:
    """A square PNG from the text alone: of a format, shape and size that every model takes."""
    from emulator.imaging.photograph import synthetic_photograph  # Pillow loads at the first picture

    return synthetic_photograph(text, width=512, height=512, output_format="png")


async def read_picture(
    value: object, *, world: World, origin: str, path: PathToField, most_bytes: int, lenient: Leniency = STRICT
) -> Picture:
    """The picture's file bytes. Raises ImageRejected with the fault and `path`."""
    try:
        return await _read(value, world=world, origin=origin, path=path, most_bytes=most_bytes, lenient=lenient)
    except ImageRejected as error:
        given = value.data if isinstance(value, Upload) else str(value)
        return await _stand_in(error, given, world=world, lenient=lenient, draw=synthetic_picture)


async def check_picture(
    data: Picture,
    *,
    world: World,
    limits: imaging.ImageLimits,
    path: PathToField,
    lenient: Leniency = STRICT,
    draw: StandIn = synthetic_picture,
) -> tuple[Picture, imaging.ImageHeader]:
    """The picture and its header, within the limits. Raises ImageRejected with the fault and `path`.

    A lenient server decodes the whole picture, and puts what `draw` makes of a text in the place of one
    that cannot be.
    """
    try:
        return data, await world.in_worker(_inspect, data, limits, path, lenient)
    except ImageRejected as error:
        data = await _stand_in(error, data, world=world, lenient=lenient, draw=draw)
    return data, await world.in_worker(imaging.read_header, data, limits=limits, path=path)


def _inspect(data: Picture, limits: imaging.ImageLimits, path: PathToField, lenient: Leniency) -> imaging.ImageHeader:
    try:
        header = imaging.read_header(data, limits=limits, path=path)
    except ImageRejected as error:
        if error.fault != "wrong_format" or not lenient(f"{_name(path)}: {error.detail['format']} taken all the same"):
            raise
        header = imaging.read_header(data, limits=replace(limits, formats=_ANY_FORMAT), path=path)
    if lenient.on:
        from emulator.imaging.decode import decode  # Pillow loads at the first picture

        decode(data, path=path, target=(64, 64))
    return header


async def _stand_in(
    error: ImageRejected, given: Picture | str, *, world: World, lenient: Leniency, draw: StandIn
) -> Picture:
    """A picture made from the digest of what was given. Raises `error` where that is not placeholder data."""
    found = _PLACEHOLDER.get(error.fault)
    if found is None or not lenient(f"{_name(error.path)}: {found} became a synthetic picture"):
        raise error
    return await world.in_worker(draw, digest(given).hex())


def _name(path: PathToField) -> str:
    return ".".join(map(str, path))


async def _read(
    value: object, *, world: World, origin: str, path: PathToField, most_bytes: int, lenient: Leniency
) -> Picture:
    if isinstance(value, Upload):
        data: Picture = value.data
    elif isinstance(value, Encoded):
        _check_length(value.characters, path, most_bytes)
        data = value.data
    elif isinstance(value, str) and value[:8].lower().startswith(("http://", "https://")):
        data = await _by_url(value, world=world, origin=origin, path=path)
    elif isinstance(value, str):
        data = _by_base64(value, path=path, most_bytes=most_bytes)
    else:
        raise ImageRejected(fault="undecodable", path=path)
    if not data:
        raise ImageRejected(fault="empty", path=path)
    if len(data) > most_bytes:
        raise ImageRejected(fault="too_many_bytes", path=path, detail={"bytes": len(data), "limit": most_bytes})
    _check_claim(_claim(value), data, path, lenient)
    return data


def _claim(value: object) -> str:
    """The media type that the client says the picture has; "" where it says nothing."""
    if isinstance(value, Upload | Encoded):
        return value.media_type
    if isinstance(value, str) and value[:5].lower() == "data:":
        return value[5:].partition(",")[0].partition(";")[0].lower()
    return ""


def _check_claim(claim: str, data: Picture, path: PathToField, lenient: Leniency) -> None:
    """Refuse a picture of one type that was sent as another (documented: it lies about its type)."""
    claimed = _FORMATS.get(claim)
    found = imaging.sniff(data) if claimed else None
    if (
        found is not None
        and found != claimed
        and not lenient(f"{_name(path)}: {found} sent as {claim}, taken as it is")
    ):
        detail: dict[str, object] = {"claimed": claim, "format": f"image/{found}"}
        raise ImageRejected(fault="mislabelled", path=path, detail=detail)


def _by_base64(text: str, *, path: PathToField, most_bytes: int) -> Picture:
    if text[:5].lower() == "data:":
        head, comma, text = text.partition(",")
        if not comma or not head.lower().endswith(";base64"):
            raise ImageRejected(fault="bad_base64", path=path)
    _check_length(len(text), path, most_bytes)
    if not text.strip():
        raise ImageRejected(fault="empty", path=path)
    try:
        return pybase64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        pass
    # Line breaks (MIME) and missing padding are how real clients' base64 deviates; decoders forgive both.
    folded = "".join(text.split())
    try:
        return pybase64.b64decode(folded + "=" * (-len(folded) % 4), validate=True)
    except (binascii.Error, ValueError) as error:
        raise ImageRejected(fault="bad_base64", path=path) from error


def _check_length(characters: int, path: PathToField, most_bytes: int) -> None:
    if characters // 4 * 3 > most_bytes + 3:
        raise ImageRejected(fault="too_many_bytes", path=path, detail={"limit": most_bytes})


async def _by_url(url: str, *, world: World, origin: str, path: PathToField) -> Picture:
    if url.startswith(origin + "/"):
        parts = urlsplit(url.removeprefix(origin))
        stored = world.media(parts.path, parts.query)
        if isinstance(stored, str):
            raise ImageRejected(fault="unreachable", path=path, detail={"reason": stored})
        return stored.read()
    if url in world.images:
        return world.images[url]
    if world.settings.images is not None:
        found = find_image(world.settings.images, url)
        if found is not None:
            return await world.in_worker(found.read_bytes)
    return await world.in_worker(_synthetic, url)


def find_image(directory: Path, url: str) -> Path | None:
    """The file of `--images DIR` that stands for a URL: DIR/HOST/PATH, else DIR/FILE_NAME.

    Stays inside the directory whatever the URL says.
    """
    try:
        parts = urlsplit(url)
        host, steps = parts.hostname or "", [unquote(step) for step in parts.path.split("/") if step]
    except ValueError:
        return None
    root = directory.resolve()
    for candidate in _candidates(host, steps):
        try:
            found = root.joinpath(*candidate).resolve()
            if found.is_relative_to(root) and found.is_file():
                return found
        except (OSError, ValueError):  # names that the file system refuses: NUL, too long
            continue
    return None


def _candidates(host: str, steps: Sequence[str]) -> list[Sequence[str]]:
    return [(host, *steps), steps[-1:]] if steps else []


def _synthetic(url: str) -> bytes:
    from emulator.imaging.photograph import synthetic_photograph  # Pillow loads at the first picture

    return synthetic_photograph(url)
