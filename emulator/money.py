"""Exact money: US dollars as whole micro-dollars, never floats.

Text comes in as a decimal string, is an integer inside, and goes out as text or, where a vendor's
document demands a JSON number, through `usd_number`, the only place where a float appears.
"""

from decimal import Decimal, InvalidOperation
from functools import lru_cache

MICROS_PER_USD = 1_000_000


@lru_cache(maxsize=64)
def usd_micros(text: str) -> int:
    """Micro-dollars from a decimal string: `"0.094"` is 94000.

    Raises ValueError for what is not a decimal number or has more than six decimals.
    """
    try:
        micros = Decimal(text) * MICROS_PER_USD
        whole = int(micros)
    except (InvalidOperation, ValueError, OverflowError) as error:
        raise ValueError(f"not an amount of US dollars: {text!r}; expected a decimal number such as 0.04") from error
    if micros != whole:
        raise ValueError(f"{text!r} has more than six decimals; micro-dollars are the smallest unit")
    return whole


def usd_text(micros: int) -> str:
    """Dollars with six decimals, as Venice's `X-Balance-Remaining` shows them: `"4.230000"`."""
    sign, rest = ("-", -micros) if micros < 0 else ("", micros)
    return f"{sign}{rest // MICROS_PER_USD}.{rest % MICROS_PER_USD:06d}"


def usd_number(micros: int) -> float:
    """Dollars as the nearest JSON number, for answers only; never computed with."""
    return micros / MICROS_PER_USD
