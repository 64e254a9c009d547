"""What the vendor's own documents use as examples, which exist on a lenient server alone.

The vendor's mock server answers them, and the suites of its SDKs were written against that.
"""

from emulator.call import Call
from emulator.errors import NotFound
from emulator.ids import digest
from emulator.jobs import IMMEDIATE, Job
from emulator.sources import synthetic_picture
from emulator.vendors.magic_hour.models import NAME, examples
from emulator.world import World

# A name under which the synthetic photograph of a path is asked for; --images DIR may hold a file for it.
_HOST = "https://placeholder.invalid"


def has_example(call: Call, error: NotFound) -> None:
    """Pass where a project that is not there is one of the documents' examples. Raises `error`."""
    project = call.path["id"]
    if project not in examples("projects") or not call.lenient(f"id: {project}, an example of the documents, exists"):
        raise error


async def example_project(call: Call, world: World, *, type: str) -> Job:  # noqa: A002  # as in jobs
    """The project of an example's id: complete, with one synthetic picture; it cannot be deleted for good."""
    project = call.path["id"]
    name = f"{project}-0.png"
    if not world.files.has(world.namespace, name):
        data = await world.in_worker(synthetic_picture, digest(NAME, project).hex())
        world.files.put(world.namespace, name, data, "image/png", file_name=name)
    return Job(
        id=project,
        namespace=world.namespace,
        owner="",
        type=type,
        created=call.at,
        request={"name": "Example Name"},
        progression=IMMEDIATE,
        images=1,
        price=5,
        charge=None,
        steps=0,
        failures={},
        results={0: name},
        delivered=True,
        canceled=False,
        started=True,
        settled="complete",
        serial=0,
    )


def example_upload(call: Call, holder: str, index: int) -> str | None:
    """The path that the documents' example key gets for its upload of this index; None for any other key."""
    paths = examples("uploads")
    if holder not in examples("keys") or index >= len(paths):
        return None
    path = paths[index]
    return path if call.lenient(f"items.{index}: the documents' example key gets their example {path}") else None


def placeholder(path: str) -> str:
    """The URL whose synthetic photograph stands for a path that leads to nothing."""
    return f"{_HOST}/{path.lstrip('/')}"
