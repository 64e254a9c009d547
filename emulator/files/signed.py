"""Signatures on temporary URLs: good for one path, one method and a time, as storage services sign theirs.

Knows how to sign and to check; refuses to know hosts, routes and answers. The secret is the caller's,
derived from the world's seed, so that URLs repeat with the world.
"""

import hashlib
import hmac
from typing import Literal
from urllib.parse import urlencode

from emulator.ids import digest

Verdict = Literal["ok", "expired", "tampered", "wrong_method"]

_METHODS = ("GET", "PUT")  # what URLs are handed out for; HEAD goes with GET


def sign(path: str, *, expires_at: int, method: str, secret: bytes) -> str:
    """The query string that makes `path` a temporary URL until `expires_at` (Unix seconds)."""
    expires = str(expires_at)
    return urlencode({"expires": expires, "signature": _signature(path, expires, method, secret)})


def check(path: str, *, method: str, expires: str, signature: str, secret: bytes, now: float) -> Verdict:
    """Whether a request may use the URL: `expires` and `signature` are its query's values, "" where missing.

    "tampered" where path, time or signature were changed, "wrong_method" where the URL was signed for
    another method, "expired" from the second `expires` on.
    """
    method = "GET" if method == "HEAD" else method
    if not _equal(signature, _signature(path, expires, method, secret)):
        others = (other for other in _METHODS if other != method)
        wrong = any(_equal(signature, _signature(path, expires, other, secret)) for other in others)
        return "wrong_method" if wrong else "tampered"
    return "expired" if now >= int(expires) else "ok"


def _signature(path: str, expires: str, method: str, secret: bytes) -> str:
    return hmac.new(secret, digest(method, path, expires), hashlib.sha256).hexdigest()


def _equal(sent: str, ours: str) -> bool:
    return hmac.compare_digest(sent.encode("utf-8", "surrogatepass"), ours.encode())
