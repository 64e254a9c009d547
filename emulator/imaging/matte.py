"""Subject and background, told apart simply: what is unlike the border and near the middle is the subject.

Works on a small copy with numpy; the result is a soft alpha for the full size. Good enough to look right
on a photograph with a subject; no claim beyond that.
"""

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFilter

Field = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]

_SIDE = 128
# Shares of the picture between which a subject is believed.
_LEAST_SHARE, _MOST_SHARE = 0.1, 0.8
_STEEP = [max(0, min(255, round((level - 84) * 255 / 88))) for level in range(256)]


def matte(picture: Image.Image) -> Image.Image:
    """The subject's alpha at the picture's size, mode L: 255 subject, 0 background, both always present.

    A picture smaller than 2x2 pixels has no room for both and is all subject.
    """
    if min(picture.size) < 2:
        return Image.new("L", picture.size, 255)
    scale = _SIDE / max(picture.size)
    size = max(2, round(picture.width * scale)), max(2, round(picture.height * scale))
    view = picture.convert("RGB").resize(size, Image.Resampling.BOX).filter(ImageFilter.MedianFilter(3))
    pixels = np.asarray(view.convert("YCbCr"), dtype=np.float32) * np.array([0.7, 1.3, 1.3], dtype=np.float32)
    unlike = _unlike_border(pixels.astype(np.float32)) * _nearness(size)
    subject = _subject(unlike)
    guide: Field = np.asarray(view.convert("L"), dtype=np.float32) / np.float32(255)
    soft = _guided(subject.astype(np.float32), guide)
    small = Image.fromarray(np.clip(soft * 255, 0, 255).astype(np.uint8))
    alpha = small.resize(picture.size, Image.Resampling.BICUBIC).point(_STEEP)
    if alpha.getextrema() != (0, 255):
        ImageDraw.Draw(alpha).point((0, 0), fill=0)
        ImageDraw.Draw(alpha).point((picture.width // 2, picture.height // 2), fill=255)
    return alpha


def _unlike_border(pixels: Field) -> Field:
    """Each pixel's distance from the nearest colour of the rim: the top and most of the sides.

    The lower edge and its corners are left out because subjects often stand on them.
    """
    height, width, _ = pixels.shape
    rim = max(1, min(height, width) // 24)
    upper = pixels[: max(rim, height * 4 // 5)]
    parts = [pixels[:rim], upper[:, :rim], upper[:, -rim:]]
    border = np.concatenate([part.reshape(-1, 3) for part in parts if part.size])
    # At most 96 samples, spread along the rim and smoothed by sorting on brightness.
    border = border[np.argsort(border[:, 0], kind="stable")]
    samples = border[np.linspace(0, len(border) - 1, min(96, len(border))).astype(int)]
    flat = pixels.reshape(-1, 3)
    square = (flat**2).sum(1)[:, None] + (samples**2).sum(1)[None, :] - 2 * flat @ samples.T
    nearest: Field = np.sqrt(np.maximum(square.min(axis=1), 0)).reshape(height, width)
    return nearest


def _nearness(size: tuple[int, int]) -> Field:
    """1 in the middle, falling to two fifths in the corners."""
    x = np.linspace(-1, 1, size[0], dtype=np.float32)[None, :]
    y = np.linspace(-1, 1, size[1], dtype=np.float32)[:, None]
    fall: Field = np.reciprocal(1 + 0.88 * x**2 + 0.48 * y**2).astype(np.float32)
    return fall


def _subject(unlike: Field) -> Flags:
    """The large parts that stand out, holes filled; an ellipse in the middle where nothing or all does."""
    height, width = unlike.shape
    limit = 0.65 * _threshold(unlike)  # Otsu divides evenly; a subject's paler parts lie below
    subject = _standing_out(unlike, limit)
    for _ in range(4):
        if subject.mean() >= _LEAST_SHARE:
            break
        limit *= 0.75
        subject = _standing_out(unlike, limit)
    if _LEAST_SHARE / 3 <= subject.mean() <= _MOST_SHARE:
        return subject
    x, y = np.linspace(-1, 1, width)[None, :], np.linspace(-1, 1, height)[:, None]
    ellipse: Flags = (x / 0.55) ** 2 + ((y - 0.1) / 0.75) ** 2 < 1
    return ellipse & subject if subject.mean() > _MOST_SHARE else ellipse


def _standing_out(unlike: Field, limit: float) -> Flags:
    """What cannot be reached from the upper edge and the sides over pixels below the limit."""
    alike: Flags = unlike < limit
    edge = np.zeros_like(alike)
    edge[0], edge[:, 0], edge[:, -1] = True, True, True
    return _largest(_closed(~_flooded(edge & alike, alike)))


def _threshold(levels: Field) -> float:
    """Otsu's threshold over 64 bins."""
    counts, edges = np.histogram(levels, bins=64)
    middles = (edges[:-1] + edges[1:]) / 2
    below = np.cumsum(counts)
    above = below[-1] - below
    total = np.cumsum(counts * middles)
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = below * above * (total / below - (total[-1] - total) / above) ** 2
    best = int(np.argmax(np.nan_to_num(spread[:-1], posinf=0.0)))
    return float(edges[best + 1])


def _flooded(seeds: Flags, open_ground: Flags) -> Flags:
    """Everything of the open ground that can be reached from the seeds, by sides."""
    reached, grown = seeds, _spread(seeds) & open_ground
    while grown.sum() > reached.sum():
        reached, grown = grown, _spread(_spread(grown) & open_ground) & open_ground
    return reached


def _closed(parts: Flags, *, reach: int = 2) -> Flags:
    """With gaps between near parts, and notches in them, closed."""
    grown = parts
    for _ in range(reach):
        grown = _spread(grown)
    shrunk = ~grown
    for _ in range(reach):
        shrunk = _spread(shrunk)
    return ~shrunk | parts


def _largest(parts: Flags) -> Flags:
    """The largest connected part, and every other at least a sixth of its area."""
    left = parts.copy()
    found: list[Flags] = []
    while left.any() and len(found) < 40:
        seed = np.zeros_like(left)
        seed.flat[int(np.argmax(left))] = True
        part = _flooded(seed, left)
        found.append(part)
        left &= ~part
    if not found:
        return parts
    most = max(int(part.sum()) for part in found)
    kept = [part for part in found if part.sum() * 6 >= most]
    joined: Flags = np.logical_or.reduce(kept)
    return joined


def _spread(flags: Flags) -> Flags:
    grown = flags.copy()
    grown[1:] |= flags[:-1]
    grown[:-1] |= flags[1:]
    grown[:, 1:] |= flags[:, :-1]
    grown[:, :-1] |= flags[:, 1:]
    return grown


def _guided(rough: Field, guide: Field, *, radius: int = 3, tolerance: float = 0.002) -> Field:
    """A guided filter: the rough outline follows the edges of the picture."""
    mean_guide, mean_rough = _box(guide, radius), _box(rough, radius)
    covariance = _box(guide * rough, radius) - mean_guide * mean_rough
    slope = covariance / (_box(guide * guide, radius) - mean_guide**2 + tolerance)
    offset = mean_rough - slope * mean_guide
    followed: Field = _box(slope, radius) * guide + _box(offset, radius)
    return followed


def _box(levels: Field, radius: int) -> Field:
    """The mean over a square, the border repeated."""
    for axis in (0, 1):
        padding = [(radius + 1, radius) if i == axis else (0, 0) for i in (0, 1)]
        sums = np.cumsum(np.pad(levels, padding, mode="edge"), axis=axis, dtype=np.float64)
        width = 2 * radius + 1
        ends = np.take(sums, range(width, sums.shape[axis]), axis=axis)
        starts = np.take(sums, range(sums.shape[axis] - width), axis=axis)
        levels = ((ends - starts) / width).astype(np.float32)
    return levels
