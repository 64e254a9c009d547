"""GET /v1/models and GET /v1/models/{model}."""

from emulator.call import Admitted, Answer, Call
from emulator.vendor import operation
from emulator.vendors.openai.models import find_model, models
from emulator.world import World


@operation("listModels")
async def list_models(call: Call, admitted: Admitted, world: World) -> Answer:  # noqa: ARG001
    """All models of the catalogue."""
    return Answer(json={"object": "list", "data": [model.listed() for model in models().values()]})


@operation("retrieveModel")
async def retrieve_model(call: Call, admitted: Admitted, world: World) -> Answer:  # noqa: ARG001
    """One model. Raises ModelUnknown."""
    return Answer(json=find_model(call.path["model"]).listed())
