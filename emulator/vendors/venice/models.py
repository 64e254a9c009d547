"""Venice's catalogue: models, their limits and prices, read from `fixtures/venice/models.json`."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from emulator.data import catalogue
from emulator.errors import ModelUnknown, UnsupportedByModel
from emulator.leniency import STRICT, Leniency
from emulator.money import usd_micros

# A tier fixes the output's area, not its sides (inferred; BEHAVIOUR: about 1024², 2048², 4096² pixels).
TIER_AREA = {"1K": 1024 * 1024, "2K": 2048 * 2048, "4K": 4096 * 4096}
UNTIERED = "1K"


@dataclass(frozen=True, kw_only=True)
class Model:
    """One edit model. Prices in micro-dollars; `tiers` is empty for a model that works at 1K only."""

    id: str
    name: str
    created: int
    prompt_characters: int
    ratios: tuple[str, ...]
    combines_images: bool
    price: int
    tiers: Mapping[str, int]
    default_tier: str
    qualities: tuple[str, ...]
    default_quality: str | None
    quality_prices: Mapping[str, Mapping[str, int]]
    stanza: Mapping[str, Any]

    def tier(self, asked: str | None, lenient: Leniency = STRICT) -> str:
        """The resolution tier to work at. Raises UnsupportedByModel."""
        supported = tuple(self.tiers) or (UNTIERED,)
        if asked is not None and asked not in supported:
            self._ignore("resolution", asked, supported, lenient)
            return self.default_tier
        return asked or self.default_tier

    def ratio(self, asked: str | None, lenient: Leniency = STRICT) -> str | None:
        """The asked ratio, or None where the input's shape decides. Raises UnsupportedByModel."""
        if asked is not None and asked not in self.ratios:
            self._ignore("aspect_ratio", asked, self.ratios, lenient)
            return None
        return None if asked in (None, "auto") else asked

    def quality(self, asked: str | None, lenient: Leniency = STRICT) -> str | None:
        """The quality tier to work and charge at; None for models without tiers, which ignore the field.

        Raises UnsupportedByModel.
        """
        if not self.qualities:
            return None
        if asked is not None and asked not in self.qualities:
            self._ignore("quality", asked, self.qualities, lenient)
            return self.default_quality
        return asked or self.default_quality

    def _ignore(self, field: str, asked: str, supported: tuple[str, ...], lenient: Leniency) -> None:
        if not lenient(f"{field}: '{asked}' is not for {self.id}, ignored"):
            raise UnsupportedByModel(model=self.id, field=field, value=asked, supported=supported)

    def fixed_ratios(self) -> tuple[str, ...]:
        """The ratios that are shapes, without `auto`."""
        return tuple(one for one in self.ratios if one != "auto")

    def price_of(self, tier: str, quality: str | None) -> int:
        """Micro-dollars for one edit. A model without quality tiers ignores `quality` (documented)."""
        if self.quality_prices:
            return self.quality_prices[tier][quality or self.default_quality or "high"]
        return self.tiers.get(tier, self.price)


@cache
def models() -> Mapping[str, Model]:
    """The catalogue by id, in the document's order."""
    return {stanza["id"]: _model(stanza) for stanza in catalogue("venice")["models"]}


def find_model(model_id: str, field: str = "model", lenient: Leniency = STRICT) -> Model:
    """A model by id. Raises ModelUnknown; a lenient server takes the default model instead."""
    found = models().get(model_id)
    if found is None:
        default: str = catalogue("venice")["default_model"]
        if not lenient(f"{field}: '{model_id}' is not known, {default} works instead"):
            raise ModelUnknown(model=model_id, known=tuple(models()), field=field)
        found = models()[default]
    return found


def background_remove_price() -> int:
    """Micro-dollars for one background removal."""
    return usd_micros(catalogue("venice")["background_remove"]["price_usd"])


def _model(stanza: dict[str, Any]) -> Model:
    tiers = {tier: usd_micros(price) for tier, price in stanza.get("resolutions", {}).items()}
    return Model(
        id=stanza["id"],
        name=stanza["name"],
        created=stanza["created"],
        prompt_characters=stanza["promptCharacterLimit"],
        ratios=tuple(stanza["aspectRatios"]),
        combines_images=stanza["combineImages"],
        price=usd_micros(stanza["price_usd"]),
        tiers=tiers,
        default_tier=stanza.get("default_resolution", UNTIERED),
        qualities=tuple(stanza.get("qualities", ())),
        default_quality=stanza.get("default_quality"),
        quality_prices={
            tier: {quality: usd_micros(price) for quality, price in prices.items()}
            for tier, prices in stanza.get("quality_prices", {}).items()
        },
        stanza=stanza,
    )
