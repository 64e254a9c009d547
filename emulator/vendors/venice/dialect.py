"""Venice's words: status and body of every error, and the headers of every answer.

400 bodies are in the manner of Zod's `format()`: a tree of `_errors`, beside it a flat list of issues.
Messages of 401, 402, 404, 415, 429, 500 and 503 are documented; those of single images are inferred.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, assert_never

from emulator.call import Answer
from emulator.errors import (
    BadCredential,
    BodyTooLarge,
    ContentRefused,
    ContractBroken,
    CreditTooLow,
    DomainError,
    ImageRejected,
    InsufficientFunds,
    MethodNotAllowed,
    ModelUnknown,
    NotFound,
    PaymentRefused,
    PaymentRequired,
    RateLimited,
    SignInRefused,
    Struck,
    TopUpUnpaid,
    UnsupportedByModel,
    UnsupportedMediaType,
    Violation,
    WalletMismatch,
)
from emulator.vendors.venice.payment import discovery, in_header, insufficient, requirement, top_up_requirement
from emulator.vendors.venice.wallet import failure

INSUFFICIENT = (
    "Insufficient USD or Diem balance to complete request. Visit https://venice.ai/settings/api to add credits."
)
BUG = Answer(status=500, json={"error": "Inference processing failed"})

_ZOD_CODES = {
    "minLength": "too_small",
    "maxLength": "too_big",
    "minimum": "too_small",
    "maximum": "too_big",
    "minItems": "too_small",
    "maxItems": "too_big",
    "enum": "invalid_enum_value",
    "additionalProperties": "unrecognized_keys",
    "format": "invalid_string",
    "pattern": "invalid_string",
    "limit": "custom",
    "syntax": "custom",
}
_ZOD_TYPES = {"integer": "number"}
_MEASURED = {"minLength": "string", "maxLength": "string", "minItems": "array", "maxItems": "array"}


def render(error: DomainError, request_id: str) -> Answer:  # noqa: ARG001  # the spine's signature
    """A domain error as Venice answers it."""
    match error:
        case ContractBroken(violations=violations):
            return refused(violations)
        case UnsupportedByModel(field=field, value=value, supported=supported, model=model):
            text = f"{value!r} is not supported by {model}. Supported values: {', '.join(supported) or 'none'}"
            return refused([Violation(where="body", path=(field,), rule="limit", message=text)])
        case ImageRejected():
            return _image(error)
        case ContentRefused():
            text = "The prompt was refused by the model's content policy"
            return refused([Violation(where="body", path=("prompt",), rule="limit", message=text)])
        case BodyTooLarge(limit=limit):
            text = f"Request body is too large: the limit is {limit} bytes"
            return refused([Violation(where="body", path=(), rule="limit", message=text)])
        case BadCredential():
            return Answer(status=401, json={"error": "Authentication failed"})
        case Struck():
            return _struck(error)
        case SignInRefused():
            return Answer(status=401, json={"error": "Invalid Sign-in-with-x signature"})
        case WalletMismatch():
            text = "You can only access resources for your own wallet"
            return Answer(status=403, json={"error": text, "code": "X402_WALLET_MISMATCH"})
        case PaymentRequired() | CreditTooLow() | TopUpUnpaid():
            return _unpaid(error)
        case PaymentRefused(reason=reason, message=message, expected=expected):
            # documented: malformed; observed: sound, and not to be had
            malformed = reason in _MALFORMED
            text = f"{message}; expected {expected}" if expected else message
            body = {
                "error": "X402_INVALID_PAYMENT" if malformed else "PAYMENT_VERIFICATION_FAILED",
                "message": f"{'Invalid payment header' if malformed else 'Payment verification failed'}: {text}",
                "details": {"reason": reason},
            }
            return Answer(status=400, json=body)
        case InsufficientFunds():
            return Answer(status=402, json={"error": INSUFFICIENT})
        case ModelUnknown():
            return Answer(status=404, json={"error": "Specified model not found"})
        case NotFound():
            return Answer(status=404, json={"error": "Not found"})
        case MethodNotAllowed(allowed=allowed):
            return Answer(status=405, json={"error": "Method not allowed"}, headers={"Allow": ", ".join(allowed)})
        case UnsupportedMediaType():
            return Answer(status=415, json={"error": "Invalid request content-type"})
        case RateLimited(retry_after=retry_after):
            return Answer(status=429, json={"error": "Rate limit exceeded"}, headers={"Retry-After": str(retry_after)})
        case _:
            raise TypeError(f"no words for {type(error).__name__}") from error


_TEXTS = {  # documented, but for 403 and 404's neighbours
    401: "Authentication failed",
    402: INSUFFICIENT,
    403: "Unauthorized access",
    404: "Specified model not found",
    415: "Invalid request content-type",
    429: "Rate limit exceeded",
    500: "Inference processing failed",
    503: "The model is at capacity. Please try again later.",
}


def _struck(error: Struck) -> Answer:
    """An error that a test ordered, in its usual words."""
    headers = _retry(error)
    if error.status == 400:
        text = "The request was refused, as a fault ordered"
        return replace(refused([Violation(where="body", path=(), rule="limit", message=text)]), headers=headers)
    body = {"error": _TEXTS.get(error.status, f"Error {error.status}")}
    if error.code:
        body["code"] = error.code
    return Answer(status=error.status, json=body, headers=headers)


def _retry(error: Struck) -> dict[str, str]:
    seconds = 1 if error.retry_after is None and error.status == 429 else error.retry_after
    return {} if seconds is None else {"Retry-After": str(seconds)}


# Reasons that say that the payload could not even be judged; all others are of a payment that does not hold.
_MALFORMED = frozenset(
    {
        "invalid_payload",
        "invalid_x402_version",
        "invalid_scheme",
        "invalid_network",
        "invalid_payment_requirements",
        "invalid_exact_svm_payload_transaction_could_not_be_decoded",
    }
)


def _unpaid(error: PaymentRequired | CreditTooLow | TopUpUnpaid) -> Answer:
    """402 in each of its three bodies, always with the header that x402 clients read."""
    headers = {}
    match error:
        case PaymentRequired(refused=refused):
            body = header = discovery(error)
            if refused is not None:
                headers["PAYMENT-RESPONSE"] = failure(refused)
        case CreditTooLow():
            body, header = insufficient(error), requirement(error)
        case TopUpUnpaid():
            header = top_up_requirement(error)
            body = {"x402Version": header["x402Version"], "accepts": header["accepts"]}
        case _:
            assert_never(error)
    return Answer(status=402, json=body, headers={"PAYMENT-REQUIRED": in_header(header), **headers})


def refused(violations: "list[Violation] | tuple[Violation, ...]") -> Answer:
    """400 with every violation, as a tree and as a list."""
    tree: dict[str, Any] = {"_errors": []}
    issues = []
    unknown = [one for one in violations if one.rule == "additionalProperties" and len(one.path) == 1]
    for one in violations:
        if one in unknown[1:]:
            continue
        if one in unknown[:1]:
            keys = [str(each.path[0]) for each in unknown]
            text = f"Unrecognized key(s) in object: {', '.join(repr(key) for key in keys)}"
            issues.append({"code": "unrecognized_keys", "keys": keys, "path": [], "message": text})
            tree["_errors"].append(text)
            continue
        text = _message(one)
        issues.append(_issue(one, text))
        _leaf(tree, one.path)["_errors"].append(text)
    return Answer(status=400, json={"error": "Invalid request parameters", "details": tree, "issues": issues})


def _leaf(tree: dict[str, Any], path: tuple[str | int, ...]) -> dict[str, Any]:
    node = tree
    for step in path:
        node = node.setdefault(str(step), {"_errors": []})
    return node


def _issue(one: Violation, text: str) -> dict[str, Any]:
    code = _ZOD_CODES.get(one.rule, "invalid_type")
    issue: dict[str, Any] = {"code": code, "path": list(one.path), "message": text}
    match code:
        case "invalid_type":
            issue |= {"expected": _zod_type(one), "received": _received(one)}
        case "too_small":
            issue |= {"minimum": one.expected, "inclusive": True, "type": _measured(one)}
        case "too_big":
            issue |= {"maximum": one.expected, "inclusive": True, "type": _measured(one)}
        case "invalid_enum_value":
            issue |= {"options": list(_options(one)), "received": one.received}
    return issue


def _message(one: Violation) -> str:
    match one.rule:
        case "required":
            return "Required"
        case "type":
            return f"Expected {_zod_type(one)}, received {_received(one)}"
        case "enum" | "const":
            options = " | ".join(f"'{option}'" for option in _options(one))
            return f"Invalid enum value. Expected {options}, received '{one.received}'"
        case "minLength":
            return f"String must contain at least {one.expected} character(s)"
        case "maxLength":
            return f"String must contain at most {one.expected} character(s)"
        case "minItems":
            return f"Array must contain at least {one.expected} element(s)"
        case "maxItems":
            return f"Array must contain at most {one.expected} element(s)"
        case "minimum":
            return f"Number must be greater than or equal to {one.expected}"
        case "maximum":
            return f"Number must be less than or equal to {one.expected}"
        case "format":
            return f"Invalid {one.expected}"
        case "pattern":
            return "Invalid"
        case "duplicate":
            return f"Expected one value, received {one.received}"
        case "fileExpected":
            return "Expected a file, received a string"
        case "textExpected":
            return "Expected a string, received a file"
        case "additionalProperties":
            return f"Unrecognized key(s) in object: '{one.path[-1]}'"
        case "anyOf":
            names = ", ".join(map(str, _options(one)))
            return f"Invalid input: expected one of {names}" if names else "Invalid input"
        case "syntax" | "limit":
            return one.message
        case _:
            assert_never(one.rule)


def _options(one: Violation) -> tuple[object, ...]:
    return one.expected if isinstance(one.expected, tuple) else (one.expected,)


def _zod_type(one: Violation) -> str:
    names = one.expected if isinstance(one.expected, tuple) else (one.expected,)
    return str(_ZOD_TYPES.get(str(names[0]), names[0])) if names[0] is not None else "string"


def _received(one: Violation) -> str:
    if one.rule == "required":
        return "undefined"
    match one.received:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int() | float():
            return "number"
        case "dict":
            return "object"
        case "list":
            return "array"
        case _:
            return "string"


def _measured(one: Violation) -> str:
    return _MEASURED.get(one.rule, "number")


_IMAGE_CODES = {
    "too_few_pixels": "IMAGE_TOO_SMALL",
    "too_many_pixels": "IMAGE_TOO_LARGE",
    "too_many_bytes": "IMAGE_TOO_LARGE",
}


def _image(error: ImageRejected) -> Answer:
    detail: Mapping[str, object] = error.detail
    code = _IMAGE_CODES.get(error.fault, "CORRUPTED_IMAGE")
    match error.fault:
        case "too_few_pixels" | "too_many_pixels":
            text = (
                f"Image is {detail.get('width')}x{detail.get('height')} pixels; "
                "expected at least 65536 and at most 33177600 pixels"
            )
        case "too_many_bytes":
            text = "Image file size must be less than 25MB"
        case "empty":
            text = "The image is empty"
        case "bad_base64":
            text = "The image is not valid base64, a data URL, or an http(s) URL"
        case "mislabelled":
            text = f"The file is {detail.get('format')} but was sent as {detail.get('claimed')}"
        case "unreachable":
            text = "The image URL could not be read"
        case _:
            text = "The image could not be decoded; expected PNG, JPEG, WebP or another common format"
    answer = refused([Violation(where="body", path=error.path, rule="limit", message=text)])
    return replace(answer, json={**_object(answer.json), "error": text, "code": code})


def _object(value: object) -> dict[str, object]:
    if not isinstance(value, dict):
        raise TypeError("error bodies are objects")
    return value
