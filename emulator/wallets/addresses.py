"""Wallet addresses as text: which chain family one belongs to, and the one spelling that we keep.

EVM addresses compare by value, not by letter case (documented); Solana's base58 has no second spelling.
"""

import re

EVM = re.compile(r"0[xX][0-9a-fA-F]{40}", re.ASCII)
SOLANA = re.compile(r"[1-9A-HJ-NP-Za-km-z]{32,44}", re.ASCII)
ADDRESS = re.compile(rf"(?:{EVM.pattern}|{SOLANA.pattern})", re.ASCII)


def normalised(text: str) -> str:
    """The address as answers show it: EVM in lower case (observed), Solana unchanged. Raises ValueError."""
    if EVM.fullmatch(text):
        return text.lower()
    if SOLANA.fullmatch(text):
        return text
    raise ValueError(f"not a wallet address: {text[:80]!r}; expected 0x and 40 hex digits, or 32 to 44 of base58")
