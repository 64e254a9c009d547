"""Token figures of an edit, computed from sizes and prompt by one documented rule.

Text: one token for every four bytes of UTF-8, rounded up (inferred; the vendor's tokeniser is not
public for images). Pictures: scaled so that the shorter side is 512, then 65 + 129 for each 512-pixel
tile; `input_fidelity=high` adds 4096 for a square and 6144 otherwise (documented for gpt-image-1).
Output: the vendor's table by size and quality, and 100 for each partial image.
"""

import math
from collections.abc import Sequence
from typing import TypedDict

BASE, TILE, TILE_SIDE = 65, 129, 512
HIGH_FIDELITY_SQUARE, HIGH_FIDELITY_OTHER = 4096, 6144
PARTIAL = 100


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


def image_tokens(width: int, height: int, *, high_fidelity: bool) -> int:
    """Tokens of one input picture of this size in pixels."""
    scale = TILE_SIDE / min(width, height)
    tiles = math.ceil(width * scale / TILE_SIDE) * math.ceil(height * scale / TILE_SIDE)
    extra = (HIGH_FIDELITY_SQUARE if width == height else HIGH_FIDELITY_OTHER) if high_fidelity else 0
    return BASE + TILE * tiles + extra


def usage(
    *, prompt: str, sizes: Sequence[tuple[int, int]], high_fidelity: bool, output_each: int, n: int, partials: int
) -> Usage:
    """The figures of one call: `sizes` of all input pictures, the mask included, in pixels."""
    text = text_tokens(prompt)
    images = sum(image_tokens(width, height, high_fidelity=high_fidelity) for width, height in sizes)
    output = n * (output_each + PARTIAL * partials)
    return {
        "input_tokens": text + images,
        "input_tokens_details": {"image_tokens": images, "text_tokens": text},
        "output_tokens": output,
        "total_tokens": text + images + output,
    }
