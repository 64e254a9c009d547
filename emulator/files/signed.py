"""stand-in"""

import hashlib, hmac


def sign(path, *, expires_at, method, secret):
    s = hmac.new(secret, f"{method} {path} {expires_at}".encode(), hashlib.sha256).hexdigest()
    return f"expires={expires_at}&signature={s}"


def check(path, *, method, expires, signature, secret, now):
    s = hmac.new(secret, f"{method} {path} {expires}".encode(), hashlib.sha256).hexdigest()
    if not hmac.compare_digest(s, signature):
        return "tampered"
    return "expired" if now > int(expires) else "ok"
