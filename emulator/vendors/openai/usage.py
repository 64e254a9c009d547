"""Token figures of an edit, computed from sizes and prompt by one documented rule.

Text: one token for every four bytes of UTF-8, rounded up (inferred; the vendor's tokeniser is not
public for images). Pictures: scaled so that the shorter side is one tile (512 pixels), then a base and
a figure for each tile; `input_fidelity=high` adds more (documented; figures in the catalogue).
Output: the vendor's table by size and quality, and 100 for each partial picture.
"""

import math
from collections.abc import Sequence
from typing import TypedDict

from emulator.vendors.openai.models import InputTokens, Model

PARTIAL = 100  # output tokens of one partial picture (documented)


class InputDetails(TypedDict):
    """Input tokens by kind."""

    text_tokens: int
    image_tokens: int


class Usage(TypedDict):
    """The `usage` object of an answer."""

    input_tokens: int
    input_tokens_details: InputDetails
    output_tokens: int
    total_tokens: int


def text_tokens(prompt: str) -> int:
    """Tokens of a prompt."""
    return math.ceil(len(prompt.encode()) / 4)


def image_tokens(width: int, height: int, count: InputTokens, *, high_fidelity: bool) -> int:
    """Tokens of one input picture of this size in pixels."""
    shorter = min(width, height)
    across, down = math.ceil(width / shorter), math.ceil(height / shorter)
    extra = (count.high_fidelity_square if width == height else count.high_fidelity_oblong) if high_fidelity else 0
    return count.base + count.tile * across * down + extra


def usage(
    model: Model,
    *,
    prompt: str,
    sizes: Sequence[tuple[int, int]],
    size: str,
    quality: str,
    high_fidelity: bool,
    n: int,
    partials: int,
) -> Usage | None:
    """The figures of one call; None for a model that is billed by the picture.

    `sizes` of all input pictures, the mask included, in pixels; `size` and `quality` of the output.
    """
    if model.input_tokens is None:
        return None
    text = text_tokens(prompt)
    images = sum(image_tokens(*one, model.input_tokens, high_fidelity=high_fidelity) for one in sizes)
    output = n * (model.output_tokens[quality][size] + PARTIAL * partials)
    return {
        "input_tokens": text + images,
        "input_tokens_details": {"image_tokens": images, "text_tokens": text},
        "output_tokens": output,
        "total_tokens": text + images + output,
    }
