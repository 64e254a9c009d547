"""Magic Hour's words: `{"message": …}` for everything that is refused.

401 and 404 have one message each (documented); 400 is what the schema refuses, 422 what it cannot
express (documented); the other sentences are ours.
"""

from emulator.call import Answer
from emulator.errors import (
    BadCredential,
    BodyTooLarge,
    ContractBroken,
    DomainError,
    InsufficientFunds,
    LinkRefused,
    MethodNotAllowed,
    NotFound,
    RateLimited,
    Struck,
    Unprocessable,
    UnsupportedMediaType,
    Violation,
)


def fault(status: int, message: str, headers: dict[str, str] | None = None) -> Answer:
    """An error answer in Magic Hour's shape."""
    return Answer(status=status, json={"message": message}, headers=headers or {})


BUG = fault(500, "Internal server error")

_LINKS = {
    "tampered": "The signature does not fit this URL; use it exactly as it was handed out",
    "expired": "This URL has expired; ask for a new one",
    "wrong_method": "This URL was signed for another method",
}


def render(error: DomainError, request_id: str) -> Answer:  # noqa: ARG001  # the spine's signature
    """A domain error as Magic Hour answers it."""
    match error:
        case ContractBroken(violations=violations):
            return fault(400, "; ".join(_sentence(one) for one in violations))
        case UnsupportedMediaType(received=received, expected=expected):
            return fault(400, f"Unsupported content type '{received}'; send {' or '.join(expected)}")
        case Unprocessable(message=message):
            return fault(422, message)
        case BadCredential():
            return fault(401, "Unauthorized")
        case InsufficientFunds(needed=needed, balance=balance):
            return fault(402, f"Not enough credits: this costs {needed}, the account has {balance}")
        case RateLimited(retry_after=retry_after):
            return fault(429, "Too many requests", {"Retry-After": str(retry_after)})
        case Struck(status=status, retry_after=retry_after):
            seconds = 1 if retry_after is None and status == 429 else retry_after
            return fault(status, _TEXTS.get(status, f"Error {status}"), _retry(seconds))
        case NotFound():
            return fault(404, "Not Found")
        case MethodNotAllowed(allowed=allowed):
            names = ", ".join(allowed)
            return fault(405, f"Method not allowed; use {names}", {"Allow": names})
        case BodyTooLarge(limit=limit):
            return fault(413, f"The body is larger than {limit} bytes")
        case LinkRefused(reason=reason):
            return fault(403, _LINKS[reason])
        case _:
            raise TypeError(f"no words for {type(error).__name__}") from error


_TEXTS = {
    400: "The request was refused, as a fault ordered",
    401: "Unauthorized",
    402: "Not enough credits",
    404: "Not Found",
    422: "The request cannot be done, as a fault ordered",
    429: "Too many requests",
    500: "Internal server error",
    503: "Service unavailable",
}


def _retry(seconds: int | None) -> dict[str, str] | None:
    return None if seconds is None else {"Retry-After": str(seconds)}


def _sentence(one: Violation) -> str:
    field = ".".join(map(str, one.path)) or "body"
    match one.rule:
        case "required":
            return f"{field} is required"
        case "enum" | "const":
            options = one.expected if isinstance(one.expected, tuple) else (one.expected,)
            return f"{field} must be one of {', '.join(map(str, options))}"
        case "type":
            names = one.expected if isinstance(one.expected, tuple) else (one.expected,)
            return f"{field} must be of type {' or '.join(map(str, names))}"
        case "minLength" | "minItems" | "minimum":
            return f"{field} must be at least {one.expected}{_unit(one)}"
        case "maxLength" | "maxItems" | "maximum":
            return f"{field} must be at most {one.expected}{_unit(one)}"
        case "anyOf" if isinstance(one.expected, tuple) and one.expected:
            return f"{field} needs one of {', '.join(map(str, one.expected))}"
        case _:
            return f"{field}: {one.message}" if one.message else f"{field} is not valid"


def _unit(one: Violation) -> str:
    return {"L": " characters long", "I": " items long"}.get(one.rule[3:4], "")
