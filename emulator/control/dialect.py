"""The control door's words: `{"error": {"code", "message", "hint"}}` for everything that is refused."""

from dataclasses import dataclass

from emulator.call import Answer
from emulator.errors import (
    AlreadySettled,
    BadCredential,
    BodyTooLarge,
    ContractBroken,
    DomainError,
    MethodNotAllowed,
    NotFound,
    UnsupportedMediaType,
    Violation,
)
from emulator.world import World

DOCUMENT = "/_emulator/openapi/control.json"


@dataclass(kw_only=True, eq=False)
class Refused(DomainError):
    """The request fits the document, and this world cannot do it; `code` is for programs."""

    code: str
    message: str
    hint: str


def fault(status: int, code: str, message: str, hint: str) -> Answer:
    """An error answer in the control door's shape."""
    return Answer(status=status, json={"error": {"code": code, "message": message, "hint": hint}})


BUG = fault(500, "bug", "The emulator failed; its log says how.", "Please report it with the log.")


def render(error: DomainError, request_id: str) -> Answer:  # noqa: ARG001, PLR0911  # the spine's signature; one table
    """A domain error as the control door answers it."""
    match error:
        case BadCredential():
            hint = "Send the token that the server was started with (--control-token) as X-Emulator-Token."
            return fault(401, "token_required", "This server's control door needs its token", hint)
        case NotFound(what=what):
            return fault(404, "not_found", f"Nothing here: {what}", f"GET {DOCUMENT} lists what there is.")
        case MethodNotAllowed(method=method, allowed=allowed):
            names = ", ".join(allowed)
            answer = fault(405, "method_not_allowed", f"{method} is not a method of this path", f"Use {names}.")
            return Answer(status=405, json=answer.json, headers={"Allow": names})
        case ContractBroken(violations=violations):
            text = "; ".join(map(_sentence, violations))
            return fault(400, "invalid_request", text, f"Compare with {DOCUMENT}.")
        case UnsupportedMediaType(received=received, expected=expected):
            hint = f"Send {' or '.join(expected)}, and name it in the header Content-Type."
            return fault(415, "unsupported_media_type", f"The body is {received or 'of no media type'}", hint)
        case BodyTooLarge(limit=limit):
            return fault(413, "body_too_large", f"The body is larger than {limit} bytes", "Send less.")
        case AlreadySettled(what=what, status=status):
            hint = "Command it while it is queued or rendering: freeze the clock, or start with --jobs manual."
            return fault(409, "already_over", f"The {what} is over: {status}", hint)
        case Refused(code=code, message=message, hint=hint):
            return fault(422, code, message, hint)
        case _:
            raise TypeError(f"no words for {type(error).__name__}") from error


def require_one_process(world: World) -> None:
    """Raises Refused where other processes have the same world, of which this one's memory is but a part."""
    if world.settings.workers > 1:
        raise Refused(
            code="several_workers",
            message="Clock, plans, webhooks and resets belong to one process, and this server has several",
            hint="Start it with --workers 1.",
        )


def _sentence(one: Violation) -> str:
    name = ".".join(map(str, one.path)) or "body"
    match one.rule:
        case "required":
            return f"{name} is required"
        case "anyOf":
            return f"{name} does not go together with the other fields"
        case _:
            return f"{name}: {one.message or one.rule}"
