"""Bytes with a life: uploads and results, and the signatures on their temporary URLs.

Knows names, media types, expiry and where the bytes lie (memory or disk); refuses to know pictures,
routes and HTTP. Signing is asked for by its module: `emulator.files.signed`.
"""

from emulator.files.store import BUDGET, FileStore, Held
from emulator.files.stored import StoredFile

__all__ = ["BUDGET", "FileStore", "Held", "StoredFile"]
