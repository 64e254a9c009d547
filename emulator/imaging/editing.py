"""An edit from file bytes to file bytes: decode once, plan, paint, encode once for each result.

A pure function of pictures, mask, prompt, model, size, format, quality, index and seed. Knows no vendor's
wire; size and format arrive resolved. Safe to call from many threads.
"""

from collections.abc import Callable, Iterable

from PIL import Image, ImageChops

from emulator import __version__
from emulator.imaging import grade, light, regions, style
from emulator.imaging.decode import decode, mode_of
from emulator.imaging.encode import MEDIA_TYPES, encode
from emulator.imaging.fit import fit, fit_weight, working_size
from emulator.imaging.header import Path, PictureBytes
from emulator.imaging.masks import is_mask, layer_weight, united, weight_of
from emulator.imaging.paint import Stroke, paint
from emulator.imaging.provenance import Provenance, digest_of
from emulator.imaging.scene import Scene
from emulator.imaging.spec import EditSpec, Inputs, OutputFormat, Rendered
from emulator.imaging.variation import Draw
from emulator.imaging.vocabulary import Operation, Reading, read_prompt

# How many cells the longer side of a preview has, coarser to finer, and that of a picture made unrecognisable.
_PREVIEW_CELLS = (14, 40, 110)
_BLURRED_CELLS = 12
_ONE_CHANNEL = frozenset({"1", "L", "I;16", "I;16B", "I", "F"})


def edit(inputs: Inputs, spec: EditSpec, *, indices: Iterable[int] = (0,)) -> list[Rendered]:
    """One picture for each index; different indices look different.

    Raises ImageRejected (undecodable, too_many_pixels) with the path of the picture at fault.
    """
    wanted = list(indices)
    studio = _Studio(inputs, spec)
    left = range(len(wanted) - 1, -1, -1)
    return [studio.finish(studio.paint(index, last=not more), index) for index, more in zip(wanted, left, strict=True)]


def previews(inputs: Inputs, spec: EditSpec, *, count: int, index: int = 0) -> list[Rendered]:
    """`count` (0 to 3) coarse pictures, each finer than the one before, then the finished one, as `edit` gives it."""
    studio = _Studio(inputs, spec)
    picture = studio.paint(index, last=True)
    coarse = [studio.finish(_coarse(picture, cells), index) for cells in _PREVIEW_CELLS[3 - count :]]
    return [*coarse, studio.finish(picture, index)]


def remove_background(
    data: PictureBytes, *, vendor: str, operation: str, model: str, path: Path = ("image",)
) -> Rendered:
    """The subject on a transparent background, as PNG of the input's size. Raises ImageRejected."""
    picture = decode(data, path=path)
    record = Provenance(
        emulator=__version__,
        vendor=vendor,
        operation=operation,
        model=model,
        prompt_digest=digest_of(""),
        input_digests=(digest_of(data),),
        mask_digest=None,
        words=("remove background",),
        index=0,
    )
    return _rendered(_cut_out(picture), "png", None, record)


class _Studio:
    """The decoded inputs of one request."""

    def __init__(self, inputs: Inputs, spec: EditSpec) -> None:
        self._spec = spec
        self._target = (spec.width, spec.height)
        self._reading = read_prompt(spec.prompt)
        self._digests, self._mask_digest = inputs.digests, inputs.mask_digest
        # A little above the target, because a side may be cropped.
        roomy = (round(spec.width * 1.15), round(spec.height * 1.15))
        base = decode(inputs.base, path=inputs.path(0), target=roomy)
        self._work = working_size(base.size, self._target)
        weights: list[Image.Image] = []
        self._layers: list[Image.Image] = []
        for number, data in enumerate(inputs.layers, 1):
            layer = decode(data, path=inputs.path(number), target=roomy)
            if is_mask(layer, single_channel=mode_of(data) in _ONE_CHANNEL):
                weights.append(fit_weight(layer_weight(layer), base.size, self._work))
            else:
                layer.thumbnail((max(self._work), max(self._work)))
                self._layers.append(layer)
        if inputs.mask is not None:
            mask = decode(inputs.mask, path=inputs.path(len(inputs.layers) + 1))
            weights.append(fit_weight(weight_of(mask), base.size, self._work))
        self._weight = united(weights)
        self._base = fit(base, self._work)

    def paint(self, index: int, *, last: bool) -> Image.Image:
        """The edited pixels. The last painting takes the decoded picture itself."""
        picture = self._base if last else self._base.copy()
        if self._weight is not None and picture.mode == "RGBA":
            picture = _patched(picture, self._weight)
        spec = self._spec
        draw = Draw("edit", spec.prompt, spec.model, spec.effort, str(spec.seed), str(index))
        turned = _turned(picture, self._reading.operations)
        if turned is not None and self._weight is None:
            picture, turned = turned, None
        scene = Scene(picture if turned is None else turned, weight=self._weight, place=self._reading.place)
        scene.add(grade.hand(draw.fork("hand")))
        if self._layers:
            scene.add(*regions.lay_in(scene, self._layers))
        for operation in self._reading.operations:
            scene.add(*_EFFECTS[operation](scene, draw.fork(operation), self._reading))
        paint(picture, scene.strokes, weight=self._weight, source=turned)
        if spec.blurred:
            picture = _coarse(picture, _BLURRED_CELLS)
        if spec.transparent and spec.output_format != "jpeg":
            picture = _cut_out(picture)
        return picture if picture.size == self._target else picture.resize(self._target, Image.Resampling.BICUBIC)

    def finish(self, picture: Image.Image, index: int) -> Rendered:
        """The file of these pixels."""
        spec = self._spec
        words = (*self._reading.operations, *(("blurred",) if spec.blurred else ()))
        record = Provenance(
            emulator=__version__,
            vendor=spec.vendor,
            operation=spec.operation,
            model=spec.model,
            prompt_digest=digest_of(spec.prompt),
            input_digests=self._digests,
            mask_digest=self._mask_digest,
            words=words,
            index=index,
        )
        return _rendered(picture, spec.output_format, spec.quality, record)


Effect = Callable[[Scene, Draw, Reading], list[Stroke]]


def _graded(grading: Callable[[Draw], list[Stroke]]) -> Effect:
    return lambda _scene, draw, _reading: grading(draw)


def _styled(styling: Callable[[Scene, Draw], list[Stroke]]) -> Effect:
    return lambda scene, draw, _reading: styling(scene, draw)


_EFFECTS: dict[Operation, Effect] = {
    "mirror": lambda _scene, _draw, _reading: [],  # turned before anything is painted
    "rotate": lambda _scene, _draw, _reading: [],
    "remove": regions.remove,
    "replace": regions.replace,
    "recolour": regions.recolour,
    "colourise": _styled(style.colourise),
    "greyscale": _graded(grade.greyscale),
    "sepia": _graded(grade.sepia),
    "invert": _graded(grade.invert),
    "brighter": _graded(grade.brighter),
    "darker": _graded(grade.darker),
    "warmer": _graded(grade.warmer),
    "cooler": _graded(grade.cooler),
    "winter": _graded(light.winter),
    "autumn": _graded(light.autumn),
    "sunset": _graded(light.sunset),
    "night": _graded(light.night),
    "blur": _styled(style.blur),
    "sharpen": _styled(style.sharpen),
    "cartoon": _styled(style.cartoon),
    "sketch": _styled(style.sketch),
    "add": regions.add,
    "derived": _styled(style.derived),
}


def _turned(picture: Image.Image, operations: tuple[Operation, ...]) -> Image.Image | None:
    """The picture mirrored or upside down; None where the prompt asks for neither."""
    turned = None
    if "mirror" in operations:
        turned = picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    if "rotate" in operations:
        turned = (turned or picture).transpose(Image.Transpose.ROTATE_180)
    return turned


def _patched(picture: Image.Image, weight: Image.Image) -> Image.Image:
    """Holes in the picture inside the mask, closed with what surrounds them, so that there is something to edit."""
    alpha = picture.getchannel("A")
    hole = ImageChops.multiply(ImageChops.invert(alpha), weight)
    if hole.getbbox() is None:
        return picture
    factor = max(1, max(picture.size) // 256)
    fill = regions.filled(picture.convert("RGB").reduce(factor), ImageChops.invert(alpha).reduce(factor))
    closed = picture.copy()
    closed.paste(fill.resize(picture.size, Image.Resampling.BICUBIC), (0, 0), hole)
    closed.putalpha(ImageChops.lighter(alpha, weight))
    return closed


def _cut_out(picture: Image.Image) -> Image.Image:
    from emulator.imaging.matte import matte  # numpy loads for those who need it

    alpha = matte(picture)
    if picture.mode == "RGBA":
        alpha = ImageChops.darker(alpha, picture.getchannel("A"))
    picture.putalpha(alpha)
    return picture


def _coarse(picture: Image.Image, cells: int) -> Image.Image:
    """Only as much detail as `cells` along the longer side can hold."""
    scale = cells / max(picture.size)
    few = max(1, round(picture.width * scale)), max(1, round(picture.height * scale))
    return picture.resize(few, Image.Resampling.BOX, reducing_gap=2.0).resize(picture.size, Image.Resampling.BICUBIC)


def _rendered(picture: Image.Image, output_format: OutputFormat, quality: int | None, record: Provenance) -> Rendered:
    return Rendered(
        data=encode(picture, output_format, quality, record),
        media_type=MEDIA_TYPES[output_format],
        width=picture.width,
        height=picture.height,
        words=record.words,
    )
