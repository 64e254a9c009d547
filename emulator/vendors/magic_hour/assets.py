"""The pictures that an edit names: uploads, URLs, links into the library.

Named ones are checked when the edit is asked for; their bytes are looked at when it is rendered.
"""

from urllib.parse import parse_qs, urlsplit

from emulator.errors import NotFound, Unprocessable
from emulator.leniency import Leniency
from emulator.sources import PathToField, Picture, check_picture, read_picture
from emulator.vendors.magic_hour.examples import placeholder
from emulator.vendors.magic_hour.limits import IMAGE_BYTES, LIMITS
from emulator.vendors.magic_hour.models import extensions
from emulator.vendors.magic_hour.uploads import FOLDER
from emulator.world import World

LIBRARY = ("magichour.ai", "/my-library")  # documented: https://magichour.ai/my-library?imageId=ID


async def resolve_asset(path: str, *, world: World, owner: str, field: PathToField, lenient: Leniency) -> str:
    """The path to render from: the same, or a placeholder's on a lenient server. Raises Unprocessable."""
    name = ".".join(map(str, field))
    try:
        check_asset(path, world=world, owner=owner)
    except Unprocessable:
        if not lenient(f"{name}: '{path}' leads to nothing, a synthetic picture took its place"):
            raise
        named = path.startswith(("http://", "https://")) and library_project(path) is None
        return path if named else placeholder(path)
    stored = world.files.get(world.namespace, path) if lenient.on and path.startswith(f"{FOLDER}/") else None
    if stored is None:
        return path
    # Rendering comes later, when nobody can be told; so an upload is looked at now.
    data = stored.read()
    found, _ = await check_picture(data, world=world, limits=LIMITS, path=field, lenient=lenient)
    return path if found is data else placeholder(path)


def check_asset(path: str, *, world: World, owner: str) -> None:
    """Raises Unprocessable for a path that leads to nothing."""
    if path.startswith(("http://", "https://")):
        project = library_project(path)
        if project is not None:
            _library_file(project, path, world=world, owner=owner)
        elif _extension(path) not in extensions("image"):
            listed = ", ".join(extensions("image"))
            raise Unprocessable(message=f"'{path}' has no image extension. Possible extensions are '{listed}'")
    elif not path.startswith(f"{FOLDER}/"):
        raise Unprocessable(
            message=f"'{path}' is neither a file_path of an upload, nor a URL, nor a link into the library"
        )
    elif not world.files.has(world.namespace, path):
        raise Unprocessable(message=f"'{path}' was never uploaded; PUT the file to its upload_url first")


async def read_asset(path: str, *, world: World, owner: str, origin: str, field: PathToField) -> Picture:
    """The file's bytes. Raises ImageRejected or Unprocessable."""
    if path.startswith(f"{FOLDER}/"):
        stored = world.files.get(world.namespace, path)
        if stored is None:
            raise Unprocessable(message=f"'{path}' was never uploaded")
        return stored.read()
    project = library_project(path)
    if project is not None:
        stored = world.files.get(world.namespace, _library_file(project, path, world=world, owner=owner))
        if stored is None:
            raise Unprocessable(message=f"'{path}' leads to no image")
        return stored.read()
    return await read_picture(path, world=world, origin=origin, path=field, most_bytes=IMAGE_BYTES)


def library_project(url: str) -> str | None:
    """The image project that a library link names; None for any other URL."""
    try:
        parts = urlsplit(url)
    except ValueError:  # brackets that enclose no address
        return None
    if (parts.hostname, parts.path.rstrip("/")) != LIBRARY:
        return None
    return parse_qs(parts.query).get("imageId", [""])[0]


def _library_file(project: str, path: str, *, world: World, owner: str) -> str:
    try:
        job = world.jobs.get(world.namespace, project, owner=owner)
    except NotFound as error:
        raise Unprocessable(message=f"'{path}' leads to no image of this account") from error
    names = job.downloads(world.clock.now())
    if not names:
        raise Unprocessable(message=f"'{path}' leads to an image that is not complete")
    return names[0]


def _extension(url: str) -> str:
    try:
        name = urlsplit(url).path.rpartition("/")[2]
    except ValueError:
        return ""
    return name.rpartition(".")[2].lower() if "." in name else ""
