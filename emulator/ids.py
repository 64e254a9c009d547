"""Identifiers from a seed: the only module that makes names for things.

The same seed and the same order of calls give the same ids, so a reset world repeats itself exactly.
"""

import hashlib
import secrets
import threading

_ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz"
_LETTERS = bytes(ord(_ALPHABET[byte % len(_ALPHABET)]) for byte in range(256))  # for each byte of a digest


class Ids:
    """A seeded source of ids; safe to share between threads."""

    def __init__(self, seed: str) -> None:
        self.seed = seed
        self._kinds: dict[str, _Kind] = {}
        self._lock = threading.Lock()

    def next(self, kind: str, *, length: int = 24) -> str:
        """The next id of its kind: `length` characters of 0-9a-z. Kinds count separately."""
        with self._lock:
            found = self._kinds.get(kind)
            if found is None:
                found = self._kinds[kind] = _Kind(self.seed, kind)
            count = found.count
            found.count += 1
        return spell(found.digest(count), length=length)


class _Kind:
    """A kind's counter, and the digest of what all its ids begin with."""

    def __init__(self, seed: str, kind: str) -> None:
        self.count = 0
        self._begun = _hashed(seed, kind)

    def digest(self, count: int) -> bytes:
        """As `digest(seed, kind, str(count))`."""
        state, number = self._begun.copy(), str(count).encode()
        state.update(len(number).to_bytes(8, "big") + number)
        return state.digest()


def digest(*parts: str | bytes | bytearray | memoryview) -> bytes:
    """SHA-256 over the parts, each with its length, so that no two lists of parts collide."""
    return _hashed(*parts).digest()


def _hashed(*parts: str | bytes | bytearray | memoryview) -> "hashlib._Hash":
    state = hashlib.sha256()
    for part in parts:
        raw = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
        state.update(len(raw).to_bytes(8, "big"))
        state.update(raw)
    return state


def spell(raw: bytes, *, length: int) -> str:
    """A digest in letters and digits: up to 32 characters of 0-9a-z."""
    return raw.translate(_LETTERS)[:length].decode("ascii")


def unguessable(*, length: int = 16) -> str:
    """Letters and digits from the system's randomness: where nobody may know them before; never in an answer."""
    return spell(secrets.token_bytes(32), length=length)
