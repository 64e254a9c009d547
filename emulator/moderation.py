"""A stand-in for the vendors' content classifiers: a small documented list of words and marks.

Deterministic and crude on purpose: a test that needs a refusal writes a mark such as `[[adult]]` into
the prompt. The words catch the plain cases that a product's own filter tests use. Inferred throughout.
"""

import re
from typing import Literal

Category = Literal["adult", "minors", "violence"]

# Category to (mark, words). Words match whole and in any letter case.
MARKS: dict[Category, tuple[str, tuple[str, ...]]] = {
    "adult": ("[[adult]]", ("nude", "naked", "nsfw", "porn", "pornographic", "topless", "undress", "sexual", "erotic")),
    "minors": ("[[minors]]", ("sexualised child", "sexualized child", "lolita")),
    "violence": ("[[violence]]", ("gore", "beheading", "behead", "dismember", "massacre", "torture")),
}

_PATTERNS = {
    category: re.compile(rf"{re.escape(mark)}|\b(?:{'|'.join(map(re.escape, words))})\b", re.IGNORECASE)
    for category, (mark, words) in MARKS.items()
}


def classify(prompt: str) -> dict[Category, str]:
    """The categories that a prompt falls into, each with the word or mark that put it there."""
    found = {category: pattern.search(prompt) for category, pattern in _PATTERNS.items()}
    return {category: match.group(0) for category, match in found.items() if match}
