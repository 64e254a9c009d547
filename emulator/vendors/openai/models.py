"""OpenAI's catalogue: edit models, what each takes, its tokens and prices, from `fixtures/openai/models.json`."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from emulator.contract import Fields
from emulator.data import catalogue
from emulator.errors import ContractBroken, ModelUnknown, Rule, UnsupportedByModel, Violation
from emulator.imaging.limits import ImageLimits
from emulator.leniency import STRICT, Leniency
from emulator.money import usd_micros

# A guard against decompression bombs; the vendor documents bytes, not pixels (inferred).
MOST_PIXELS = 100_000_000


@dataclass(frozen=True, kw_only=True)
class InputTokens:
    """How input pictures are counted."""

    base: int
    tile: int
    tile_side: int
    high_fidelity_square: int
    high_fidelity_oblong: int


@dataclass(frozen=True, kw_only=True)
class Model:
    """One edit model. `input_tokens` is None for a model that is billed by the picture."""

    id: str
    created: int
    owned_by: str
    sizes: tuple[str, ...]
    default_size: str
    qualities: tuple[str, ...]
    default_quality: str
    auto_quality: str
    transparent_formats: tuple[str, ...]
    most_images: int
    square: bool
    prompt_characters: int
    parameters: frozenset[str]
    default_response_format: str
    limits: ImageLimits
    mask_limits: ImageLimits
    input_tokens: InputTokens | None
    output_tokens: Mapping[str, Mapping[str, int]]
    prices: Mapping[str, Mapping[str, int]]

    def accept(self, fields: Fields, lenient: Leniency = STRICT) -> Fields:
        """The fields that this model takes. Raises UnsupportedByModel or ContractBroken."""
        ignored: set[str] = set()
        for name in sorted((_particular() & fields.sent) - self.parameters):
            self._ignore(name, fields, (), lenient)
            ignored.add(name)
        fields = fields.without(ignored)
        ignored.clear()
        if (
            fields.get("background") == "transparent"
            and fields.get("output_format", "png") not in self.transparent_formats
        ):
            self._ignore("output_format", fields, self.transparent_formats, lenient)
            ignored.add("output_format")
        for name, supported in (("size", self.sizes), ("quality", self.qualities)):
            if name in fields.sent and fields[name] not in supported:
                self._ignore(name, fields, supported, lenient)
                ignored.add(name)
        if len(fields["prompt"]) > self.prompt_characters:
            raise _over("prompt", "maxLength", self.prompt_characters, len(fields["prompt"]))
        images = fields["image"]
        if isinstance(images, list) and len(images) > self.most_images:
            raise _over("image", "maxItems", self.most_images, len(images))
        return fields.without(ignored)

    def _ignore(self, name: str, fields: Fields, supported: tuple[str, ...], lenient: Leniency) -> None:
        if not lenient(f"{name}: '{fields[name]}' is not for {self.id}, ignored"):
            raise UnsupportedByModel(model=self.id, field=name, value=fields[name], supported=supported)

    def size(self, asked: str | None, width: int, height: int) -> str:
        """The output's size; `auto` takes the one whose shape is closest to the input's (inferred)."""
        size = asked or self.default_size
        if size != "auto":
            return size
        shape = width / height
        fixed = [one for one in self.sizes if one != "auto"]
        return min(fixed, key=lambda one: abs(_shape(one) / shape - 1) + abs(shape / _shape(one) - 1))

    def quality(self, asked: str | None) -> str:
        """The quality, `auto` resolved."""
        quality = asked or self.default_quality
        return self.auto_quality if quality == "auto" else quality

    def price(self, size: str, quality: str) -> int:
        """Micro-dollars for one picture."""
        return self.prices[quality][size]

    def listed(self) -> dict[str, object]:
        """The model as the list of models shows it."""
        return {"id": self.id, "object": "model", "created": self.created, "owned_by": self.owned_by}


@cache
def models() -> Mapping[str, Model]:
    """The catalogue by id."""
    return {stanza["id"]: _model(stanza) for stanza in catalogue("openai")["models"]}


def find_model(model_id: str) -> Model:
    """A model by id. Raises ModelUnknown."""
    found = models().get(model_id)
    if found is None:
        raise ModelUnknown(model=model_id, known=tuple(models()))
    return found


@cache
def _particular() -> frozenset[str]:
    """Parameters that some model takes and another does not."""
    return frozenset[str]().union(*(stanza["parameters"] for stanza in catalogue("openai")["models"]))


def _over(field: str, rule: Rule, limit: int, received: int) -> ContractBroken:
    violation = Violation(where="body", path=(field,), rule=rule, expected=limit, received=received)
    return ContractBroken(violations=(violation,))


def _shape(size: str) -> float:
    width, height = map(int, size.split("x"))
    return width / height


def _model(stanza: dict[str, Any]) -> Model:
    # "Under 50 MB" and "under 4 MB": fewer bytes than the figure pass.
    most_bytes = stanza["max_image_bytes"] - 1
    counted = stanza["input_tokens"]
    return Model(
        id=stanza["id"],
        created=stanza["created"],
        owned_by=stanza["owned_by"],
        sizes=tuple(stanza["sizes"]),
        default_size=stanza["default_size"],
        qualities=tuple(stanza["qualities"]),
        default_quality=stanza["default_quality"],
        auto_quality=stanza["auto_quality"],
        transparent_formats=tuple(stanza["transparent_formats"]),
        most_images=stanza["max_images"],
        square=stanza["square_only"],
        prompt_characters=stanza["prompt_characters"],
        parameters=frozenset(stanza["parameters"]),
        default_response_format=stanza["default_response_format"],
        limits=ImageLimits(max_bytes=most_bytes, max_pixels=MOST_PIXELS, formats=tuple(stanza["formats"])),
        mask_limits=ImageLimits(max_bytes=most_bytes, max_pixels=MOST_PIXELS, formats=("png",)),
        input_tokens=InputTokens(**counted) if counted else None,
        output_tokens=stanza["output_tokens"] or {},
        prices={
            quality: {size: usd_micros(price) for size, price in prices.items()}
            for quality, prices in stanza["price_usd"].items()
        },
    )
