"""OpenAI's words: `{"error": {message, type, param, code}}` for everything that is refused.

Messages of `invalid_value`, `invalid_type`, `missing_required_parameter` and `unknown_parameter` are
observed; the others follow their manner (inferred).
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import assert_never

from emulator.call import Answer
from emulator.errors import (
    BadCredential,
    BodyTooLarge,
    ContentRefused,
    ContractBroken,
    DomainError,
    ImageRejected,
    InsufficientFunds,
    MethodNotAllowed,
    ModelUnknown,
    NotFound,
    RateLimited,
    Struck,
    UnsupportedByModel,
    UnsupportedMediaType,
    Violation,
)

_ARTICLES = {"integer": "an integer", "array": "an array of files", "object": "an object", "string": "a string"}


def fault(
    message: str,
    *,
    status: int = 400,
    kind: str = "invalid_request_error",
    param: str | None = None,
    code: str | None = None,
    headers: dict[str, str] | None = None,
) -> Answer:
    """An error answer in OpenAI's shape."""
    body = {"error": {"message": message, "type": kind, "param": param, "code": code}}
    return Answer(status=status, json=body, headers=headers or {})


BUG = fault(
    "The server had an error while processing your request. Sorry about that!",
    status=500,
    kind="server_error",
    code=None,
)


def render(error: DomainError, request_id: str) -> Answer:
    """A domain error as OpenAI answers it."""
    match error:
        case ContractBroken(violations=violations):
            return _broken(violations[0])
        case UnsupportedByModel(field=field, value=value, supported=supported, model=model):
            if supported:
                return _invalid_value(field, value, supported)
            text = f"The parameter '{field}' is not supported with the model '{model}'."
            return fault(text, param=field, code="unsupported_parameter")
        case ImageRejected():
            return _image(error)
        case ContentRefused():
            text = (
                "Your request was rejected by the safety system. "
                f"If you believe this is an error, include the request ID {request_id}."
            )
            return fault(text, kind="image_generation_user_error", code="moderation_blocked")
        case BadCredential(reason="missing" | "malformed"):
            text = "You didn't provide an API key. Send it as 'Authorization: Bearer YOUR_KEY'."
            return fault(text, status=401)
        case BadCredential(shown=shown):
            text = f"Incorrect API key provided: {shown}."
            return fault(text, status=401, code="invalid_api_key")
        case Struck():
            return _struck(error, request_id)
        case InsufficientFunds():
            text = "You exceeded your current quota, please check your plan and billing details."
            return fault(text, status=429, kind="insufficient_quota", code="insufficient_quota")
        case RateLimited(limit=limit, retry_after=retry_after):
            text = f"Rate limit reached: limit {limit} requests per minute. Please try again in {retry_after}s."
            headers = {"Retry-After": str(retry_after)}
            return fault(text, status=429, kind="requests", code="rate_limit_exceeded", headers=headers)
        case BodyTooLarge(limit=limit):
            return fault(f"The request body is too large: the limit is {limit} bytes.", status=413)
        case UnsupportedMediaType(received=received, expected=expected):
            text = f"Unsupported content type: '{received}'. This API method only accepts {listed(expected)}."
            return fault(text, code="unsupported_content_type")
        case ModelUnknown(model=model):
            text = f"The model '{model}' does not exist or you do not have access to it."
            return fault(text, status=404, param="model", code="model_not_found")
        case NotFound(what=what):
            return fault(f"Invalid URL ({what})", status=404)
        case MethodNotAllowed(method=method, allowed=allowed):
            text = f"Not allowed to {method} on this URL. Allowed: {', '.join(allowed)}."
            headers = {"Allow": ", ".join(allowed)}
            return fault(text, status=405, code="method_not_supported", headers=headers)
        case _:
            raise TypeError(f"no words for {type(error).__name__}") from error


def parameter(path: Sequence[str | int]) -> str:
    """A path as OpenAI names parameters: `image[0]`."""
    name = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return name.removeprefix(".")


def _invalid_value(param: str, value: object, options: Sequence[object]) -> Answer:
    text = f"Invalid value: '{value}'. Supported values are: {listed(options)}."
    return fault(text, param=param, code="invalid_value")


def listed(options: Sequence[object]) -> str:
    """Quoted options with an Oxford comma, as in the observed messages."""
    quoted = [f"'{option}'" for option in options]
    if len(quoted) < 3:
        return " and ".join(quoted)
    return ", ".join(quoted[:-1]) + f", and {quoted[-1]}"


def _struck(error: Struck, request_id: str) -> Answer:
    """An error that a test ordered, in its usual words; `code` chooses among those of a status."""
    match error.status, error.code:
        case 400, "moderation_blocked":
            answer = render(ContentRefused(word=""), request_id)
        case 401, _:
            answer = render(BadCredential(reason="unknown", shown="********"), request_id)
        case 429, "insufficient_quota":
            answer = render(InsufficientFunds(currency="usd_micros", needed=1, balance=0), request_id)
        case 429, _:
            seconds = 1 if error.retry_after is None else error.retry_after
            answer = render(RateLimited(retry_after=seconds, limit=1), request_id)
        case 500, "":
            answer = BUG
        case status, code:
            kind = "server_error" if status >= 500 else "invalid_request_error"
            text = "The server is overloaded or not ready yet." if status == 503 else "As a fault ordered."
            answer = fault(text, status=status, kind=kind, code=code or None)
    headers = dict(answer.headers)
    if error.retry_after is not None:
        headers["Retry-After"] = str(error.retry_after)
    if error.no_retry:
        headers["x-should-retry"] = "false"
    return replace(answer, headers=headers)


def _broken(one: Violation) -> Answer:
    param = parameter(one.path)
    match one.rule:
        case "required":
            return fault(f"Missing required parameter: '{param}'.", param=param, code="missing_required_parameter")
        case "additionalProperties":
            return fault(f"Unknown parameter: '{param}'.", param=param, code="unknown_parameter")
        case "enum" | "const":
            options = one.expected if isinstance(one.expected, tuple) else (one.expected,)
            return _invalid_value(param, one.received, options)
        case "type" | "format" | "pattern" | "anyOf":
            names = one.expected if isinstance(one.expected, tuple) else (one.expected,)
            expected = _ARTICLES.get(str(names[0]), f"a {names[0]}")
            text = f"Invalid type for '{param}': expected {expected}, but got {_kind(one.received)} instead."
            return fault(text, param=param, code="invalid_type")
        case "fileExpected":
            # Observed with the index also where a single picture was sent.
            param = param if param.endswith("]") or param == "mask" else f"{param}[0]"
            text = f"Invalid type for '{param}': expected a file, but got a string instead."
            return fault(text, param=param, code="invalid_type")
        case "textExpected":
            text = f"Invalid type for '{param}': expected a string, but got a file instead."
            return fault(text, param=param, code="invalid_type")
        case "duplicate":
            return fault(f"Duplicate parameter: '{param}'.", param=param, code="duplicate_parameter")
        case "minimum" | "maximum":
            side, sign, bound = ("below", ">=", "min") if one.rule == "minimum" else ("above", "<=", "max")
            text = (
                f"Invalid '{param}': integer {side} {one.rule} value. "
                f"Expected a value {sign} {one.expected}, but got {one.received} instead."
            )
            return fault(text, param=param, code=f"integer_{side}_{bound}_value")
        case "minLength":
            text = f"Invalid '{param}': empty string. Expected a string with minimum length {one.expected}."
            return fault(text, param=param, code="empty_string")
        case "maxLength":
            text = (
                f"Invalid '{param}': string too long. Expected a string with maximum length {one.expected}, "
                f"but got a string with length {one.received} instead."
            )
            return fault(text, param=param, code="string_above_max_length")
        case "minItems":
            return fault(f"Invalid '{param}': empty array.", param=param, code="empty_array")
        case "maxItems":
            text = f"Invalid '{param}': array too long. Expected an array with maximum length {one.expected}."
            return fault(text, param=param, code="array_above_max_length")
        case "syntax" | "limit":
            return fault(one.message, param=param or None)
        case _:
            assert_never(one.rule)


def _kind(received: object) -> str:
    match received:
        case None:
            return "null"
        case bool():
            return "a boolean"
        case int():
            return "an integer"
        case float():
            return "a decimal number"
        case "dict":
            return "an object"
        case "list":
            return "an array"
        case _:
            return "a string"


def _image(error: ImageRejected) -> Answer:
    param = parameter(error.path)
    detail = error.detail
    match error.fault:
        case "too_many_bytes":
            text = f"Invalid file '{param}': the file is too large. The limit is {detail.get('limit')} bytes."
            code = "file_too_large"
        case "too_many_pixels" | "too_few_pixels":
            text = f"Invalid file '{param}': {detail.get('width')}x{detail.get('height')} pixels are not supported."
            code = "invalid_image_file"
        case "wrong_format":
            expected = detail.get("expected", ())
            names = listed(tuple(expected)) if isinstance(expected, list | tuple) else str(expected)
            text = f"Invalid file '{param}': unsupported format '{detail.get('format')}'. Supported: {names}."
            code = "unsupported_file_format"
        case "mislabelled":
            found, claimed = detail.get("format"), detail.get("claimed")
            text = f"Invalid file '{param}': the file is {found} but was sent as {claimed}."
            code = "invalid_image_file"
        case "not_square":
            size = f"{detail.get('width')}x{detail.get('height')}"
            text = f"Invalid file '{param}': expected a square image, but got {size}."
            code = "invalid_image_file"
        case "mask_size":
            text = (
                f"Invalid mask: expected {detail.get('expected')} pixels like the image, "
                f"but got {detail.get('width')}x{detail.get('height')}."
            )
            code = "invalid_mask"
        case "mask_alpha":
            text = "Invalid mask: expected a PNG with an alpha channel; its transparent pixels mark what to edit."
            code = "invalid_mask"
        case "empty" | "undecodable" | "unreachable" | "bad_base64":
            text = f"Invalid file '{param}': the image could not be read. Is it a whole PNG, WebP or JPEG file?"
            code = "invalid_image_file"
        case _:
            assert_never(error.fault)
    return fault(text, param=param, code=code)
