"""The picture as an effect sees it while the edit is being planned: small views, and where to act.

Collects strokes; the full-size picture is touched only when they are painted.
"""

from dataclasses import dataclass

from PIL import Image, ImageChops, ImageFilter

from emulator.imaging.grade import Tone
from emulator.imaging.paint import WHOLE, Stroke
from emulator.imaging.variation import Draw
from emulator.imaging.vocabulary import PlaceName


@dataclass(frozen=True, kw_only=True)
class Spot:
    """An upright ellipse in fractions of the picture: centre and radii."""

    x: float
    y: float
    rx: float
    ry: float


_PLACES: dict[PlaceName, Spot] = {
    "sky": Spot(x=0.5, y=0.16, rx=0.6, ry=0.26),
    "ground": Spot(x=0.5, y=0.84, rx=0.6, ry=0.26),
    "left": Spot(x=0.22, y=0.5, rx=0.2, ry=0.3),
    "right": Spot(x=0.78, y=0.5, rx=0.2, ry=0.3),
    "centre": Spot(x=0.5, y=0.5, rx=0.24, ry=0.24),
    "background": Spot(x=0.5, y=0.52, rx=0.3, ry=0.4),
}


class Scene:
    """A picture, the strokes planned for it so far, and the spot where local changes happen.

    `weight` is the mask (mode L, the picture's size; None: everywhere). Inside a mask the spot is the
    mask's own bounding box, else the place that the prompt names, else None.
    """

    def __init__(self, picture: Image.Image, *, weight: Image.Image | None, place: PlaceName | None) -> None:
        self.size = picture.size
        self.strokes: list[Stroke] = []
        self.place = place
        self._picture = picture
        self._bare: dict[int, Image.Image] = {}
        self.weight = None if weight is None else _reduced(weight, 256)
        self.spot = _PLACES.get(place) if place else None
        if self.weight is not None and (box := self.weight.point(_LIGHT).getbbox()):
            width, height = self.weight.size
            self.spot = Spot(
                x=(box[0] + box[2]) / 2 / width,
                y=(box[1] + box[3]) / 2 / height,
                rx=(box[2] - box[0]) / 2 / width,
                ry=(box[3] - box[1]) / 2 / height,
            )

    def add(self, *strokes: Stroke) -> None:
        """Plan strokes, applied after all earlier ones."""
        for stroke in strokes:
            before = self.strokes[-1] if self.strokes else None
            if isinstance(before, Tone) and isinstance(stroke, Tone):
                self.strokes[-1] = before.then(stroke)
            else:
                self.strokes.append(stroke)

    def view(self, side: int = 256) -> Image.Image:
        """A small RGB copy, its longer side from `side` to twice that, as the strokes so far leave it."""
        if side not in self._bare:
            small = _reduced(self._picture, side)
            self._bare[side] = small if small.mode == "RGB" else small.convert("RGB")
        seen = self._bare[side].copy()
        for stroke in self.strokes:
            seen = stroke(seen, WHOLE)
        return seen

    def busy_spot(self, draw: Draw, *, radius: float) -> Spot:
        """Where local change is seen best: the given spot, or one of the places with most detail."""
        if self.spot is not None:
            return self.spot
        view = self.view().convert("L")
        detail = ImageChops.difference(view, view.filter(ImageFilter.GaussianBlur(view.width / 24)))
        grid = 6
        cells = detail.resize((grid, grid), Image.Resampling.BOX)
        # The rim would cut the change off, and the lowest rows often hold nothing but foreground.
        ranked = sorted(
            ((x, y) for x in range(1, grid - 1) for y in range(1, grid - 1)), key=lambda at: -_level(cells, at)
        )
        x, y = draw.pick(ranked[:4])
        aspect = self.size[0] / self.size[1]
        return Spot(
            x=(x + draw.between(0.3, 0.7)) / grid,
            y=(y + draw.between(0.3, 0.7)) / grid,
            rx=radius / max(1.0, aspect),
            ry=radius * min(1.0, aspect),
        )

    def is_grey(self) -> bool:
        """Whether the picture has next to no colour, as a scanned black and white photograph."""
        red, green, blue = self.view(64).split()
        spread = ImageChops.difference(red, green).getextrema()[1], ImageChops.difference(green, blue).getextrema()[1]
        return max(int(spread[0]), int(spread[1])) < 40  # type: ignore[arg-type]  # one band: two numbers


_LIGHT = [255 if level > 24 else 0 for level in range(256)]


def _level(picture: Image.Image, at: tuple[int, int]) -> int:
    return picture.tobytes()[at[1] * picture.width + at[0]]


def _reduced(picture: Image.Image, side: int) -> Image.Image:
    factor = max(1, max(picture.size) // side)
    return picture.reduce(factor) if factor > 1 else picture.copy()
