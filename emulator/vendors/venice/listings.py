"""Venice's free operations: models, traits, balance, rate limits."""

from functools import cache
from typing import Any

from emulator.billing import AccountId
from emulator.call import Admitted, Answer, Call, Constant
from emulator.clock import iso
from emulator.data import catalogue
from emulator.errors import BadCredential
from emulator.money import usd_number
from emulator.vendor import operation
from emulator.vendors.venice.models import Model, models
from emulator.world import World

EDIT_TYPES = frozenset({"inpaint", "all"})  # the model types under which edit models are listed
_DAY = 86_400


@operation("listModels")
async def list_models(call: Call, admitted: Admitted, world: World) -> Answer:  # noqa: ARG001
    """GET /api/v1/models: the edit models; other types exist and are empty here (inferred)."""
    kind = admitted.query.get("type", "text")
    return Answer(json=_listing(kind))


@cache
def _listing(kind: str) -> Constant:
    data = [_listed(model) for model in models().values()] if kind in EDIT_TYPES else []
    return Constant({"object": "list", "type": kind, "data": data})


@operation("listModelTraits")
async def list_model_traits(call: Call, admitted: Admitted, world: World) -> Answer:  # noqa: ARG001
    """GET /api/v1/models/traits: trait to model id."""
    kind = admitted.query["type"]
    traits = catalogue("venice")["traits"] if kind in EDIT_TYPES else {}
    return Answer(json={"object": "list", "type": kind, "data": traits})


@operation("getBillingBalance")
async def billing_balance(call: Call, admitted: Admitted, world: World) -> Answer:  # noqa: ARG001
    """GET /api/v1/billing/balance: dollars left; DIEM is not emulated and is none."""
    usd = usd_number(world.balance(_known(admitted)))
    return Answer(
        json={
            "canConsume": usd > 0,
            "consumptionCurrency": "USD" if usd > 0 else None,
            "balances": {"diem": None, "usd": usd},
            "diemEpochAllocation": 0,
        }
    )


@operation("getApiKeyRateLimits")
async def rate_limits(call: Call, admitted: Admitted, world: World) -> Answer:
    """GET /api/v1/api_keys/rate_limits: requests a minute for each edit model."""
    usd = usd_number(world.balance(_known(admitted)))
    limit = [{"amount": world.settings.image_rate, "type": "RPM"}]
    return Answer(
        json={
            "data": {
                "accessPermitted": True,
                "apiTier": {"id": "paid", "isCharged": True},
                "balances": {"USD": usd, "DIEM": 0},
                "keyExpiration": None,
                "nextEpochBegins": iso((int(call.at) // _DAY + 1) * _DAY),
                "rateLimits": [{"apiModelId": name, "rateLimits": limit} for name in models()],
            }
        }
    )


def _known(admitted: Admitted) -> AccountId:
    if admitted.account is None:
        raise BadCredential(reason="missing")
    return admitted.account


def _usd(micros: int) -> dict[str, float]:
    return {"usd": usd_number(micros), "diem": usd_number(micros)}


def _listed(model: Model) -> dict[str, Any]:
    constraints: dict[str, Any] = {
        "aspectRatios": list(model.ratios),
        "promptCharacterLimit": model.prompt_characters,
        "combineImages": model.combines_images,
    }
    pricing: dict[str, Any] = {"inpaint": _usd(model.price)}
    if model.tiers:
        constraints |= {"resolutions": list(model.tiers), "defaultResolution": model.default_tier}
        pricing["resolutions"] = {tier: _usd(price) for tier, price in model.tiers.items()}
    if model.qualities:
        constraints |= {"qualities": list(model.qualities), "defaultQuality": model.default_quality}
        pricing["quality"] = {
            tier: {quality: _usd(price) for quality, price in prices.items()}
            for tier, prices in model.quality_prices.items()
        }
    return {
        "id": model.id,
        "object": "model",
        "type": "inpaint",
        "created": model.created,
        "owned_by": "venice.ai",
        "model_spec": {
            "name": model.name,
            "pricing": pricing,
            "constraints": constraints,
            "offline": False,
            "privacy": model.stanza["privacy"],
            "traits": list(model.stanza["traits"]),
        },
    }
