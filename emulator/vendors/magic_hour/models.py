"""Magic Hour's catalogue: models, credits, plans, file extensions, from `fixtures/magic-hour/models.json`."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from emulator.data import catalogue
from emulator.errors import Unprocessable
from emulator.leniency import STRICT, Leniency

NAME = "magic-hour"
AUTO = "auto"


@dataclass(frozen=True, kw_only=True)
class Model:
    """One edit model; `credits` for one picture at its lowest resolution, `factors` by resolution above it."""

    id: str
    credits: int
    resolutions: tuple[str, ...]
    factors: Mapping[str, int]
    tiers: tuple[str, ...]
    additional_images: int

    def check_images(self, count: int) -> None:
        """Raises Unprocessable for more pictures than the model takes."""
        most = 1 + self.additional_images
        if count > most:
            raise Unprocessable(message=f"{self.id} takes at most {most} images, got {count}")

    def resolution(self, asked: str | None, plan: "Plan", lenient: Leniency = STRICT) -> str:
        """The resolution to work at; `auto`, or none, is the plan's best (documented). Raises Unprocessable."""
        if plan.id not in self.tiers:
            raise Unprocessable(
                message=f"{self.id} is not available on the {plan.id} plan; it needs one of: {', '.join(self.tiers)}"
            )
        if asked not in (None, AUTO, *self.resolutions) and lenient(
            f"resolution: {asked} is not for {self.id}, ignored"
        ):
            asked = None
        possible = [one for one in self.resolutions if one in plan.resolutions]
        if asked in (None, AUTO):
            if not possible:
                raise Unprocessable(message=f"the {plan.id} plan has no resolution that {self.id} supports")
            return possible[-1]
        if asked not in self.resolutions:
            supported = ", ".join(self.resolutions)
            raise Unprocessable(message=f"{self.id} does not support {asked}; supported resolutions: {supported}")
        if asked not in plan.resolutions:
            allowed = ", ".join(plan.resolutions)
            raise Unprocessable(message=f"{asked} is not available on the {plan.id} plan; it allows: {allowed}")
        return str(asked)

    def price(self, resolution: str) -> int:
        """Credits for one picture."""
        return self.credits * self.factors[resolution]


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A subscription: what it allows, and the credits of a new account."""

    id: str
    resolutions: tuple[str, ...]
    credits: int


@cache
def models() -> Mapping[str, Model]:
    """The catalogue by id."""
    return {
        one["id"]: Model(
            id=one["id"],
            credits=one["credits"],
            resolutions=tuple(one["resolutions"]),
            factors=one["factors"],
            tiers=tuple(one["tiers"]),
            additional_images=one["additional_images"],
        )
        for one in catalogue(NAME)["models"]
    }


def find_model(fields: Mapping[str, Any], legacy: str | None) -> Model:
    """The model that a request means; the outer `model` wins over the older `style.model` (inferred)."""
    asked = fields.get("model", "default")
    if asked == "default" and legacy is not None:
        asked = catalogue(NAME)["legacy_style_models"][legacy]
    return models()[catalogue(NAME)["default_model"] if asked == "default" else asked]


@cache
def plans() -> Mapping[str, Plan]:
    """The subscriptions by id."""
    return {
        one["id"]: Plan(id=one["id"], resolutions=tuple(one["resolutions"]), credits=one["sign_up_credits"])
        for one in catalogue(NAME)["tiers"]
    }


def pixels(resolution: str) -> int:
    """The longest edge, in pixels."""
    return int(catalogue(NAME)["resolution_pixels"][resolution])


def ratios() -> tuple[str, ...]:
    """The ratios that `auto` chooses from."""
    return tuple(catalogue(NAME)["aspect_ratios"])


@cache
def examples(kind: str) -> tuple[str, ...]:
    """What the documents use as examples: of `projects` (ids), `keys`, `uploads` (paths, in order)."""
    return tuple(catalogue(NAME)["examples"][kind])


def url_seconds() -> int:
    """How long signed URLs live."""
    return int(catalogue(NAME)["url_seconds"])


def most_upload_bytes() -> int:
    """The largest upload."""
    return int(catalogue(NAME)["max_upload_bytes"])


def extensions(kind: str) -> tuple[str, ...]:
    """The file extensions that may be uploaded as `video`, `audio` or `image`."""
    return tuple(catalogue(NAME)["upload_extensions"][kind])
