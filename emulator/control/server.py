"""Health and documents of the running server."""

from collections.abc import Mapping

from emulator import __version__
from emulator.call import Admitted, Answer, Call
from emulator.contract import Document
from emulator.settings import shown
from emulator.vendor import Handler, operation
from emulator.world import World


def handlers(documents: Mapping[str, Document]) -> tuple[Handler, ...]:
    """What answers for the server, which enforces these documents."""
    contracts = {name: document.version for name, document in documents.items() if name != "control"}

    @operation("getHealth")
    async def health(call: Call, admitted: Admitted, world: World) -> Answer:  # noqa: ARG001  # a handler's signature
        """GET health."""
        return Answer(json={"status": "ok", "version": __version__, "contracts": contracts})

    @operation("getOpenApiDocument")
    async def openapi(call: Call, admitted: Admitted, world: World) -> Answer:  # noqa: ARG001  # a handler's signature
        """GET a document, as JSON or as it is written."""
        name, _, ending = call.path["name"].rpartition(".")
        document = documents[name]
        if ending == "yaml":
            return Answer(media_type="application/yaml", content=document.text.encode())
        return Answer(json=document.data)

    @operation("getConfig")
    async def config(call: Call, admitted: Admitted, world: World) -> Answer:  # noqa: ARG001  # a handler's signature
        """GET the settings in force; of what is secret only whether it is set."""
        return Answer(json={"namespace": world.namespace, "settings": shown(world.settings)})

    return health, openapi, config
