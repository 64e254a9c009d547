"""The story of a request, told once for all vendors.

Open the call; the vendor admits it (credentials and contract in that vendor's order); the handler
answers; the dialect words whatever went wrong in the domain; our own answer is held against the
document. What is not a domain error is a bug of ours: a loud 500.
"""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, MutableMapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any
from urllib.parse import parse_qs

import orjson

from emulator import refusal, summary
from emulator.call import Answer, Call, Constant
from emulator.clock import stopwatch
from emulator.contract import Operation
from emulator.credentials import masked
from emulator.errors import DomainError, Struck
from emulator.journal import Record
from emulator.leniency import Leniency
from emulator.mishap import HEADER, ConnectionCut, Mishap, sever
from emulator.vendor import Vendor
from emulator.world import World

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

log = logging.getLogger("emulator")
BUG = "Bug"  # what the journal says of a request at which we failed
PIECE = 262_144  # bytes of a body that are sent in one go
WHOLE = 1 << 60  # the whole body is: faults count what is sent, and wait between what is streamed
DRAINED = 100_000_000  # bytes of a body that is read for nothing


class OwnAnswerWrong(AssertionError):
    """An answer of ours does not fit the document: our bug, never the client's."""


class ClientGone(Exception):
    """The client closed the connection before its request was complete."""


async def exchange(
    scope: Scope, receive: Receive, send: Send, *, vendor: Vendor, operation: Operation, world: World
) -> None:
    """Answer one request to a documented operation."""
    incoming = Incoming(receive)
    call = open_call(scope, incoming, operation, world, kind=vendor.name)
    draft = _draft(scope, vendor, call.request_id)
    draft.operation = operation.id
    mishap = Mishap(
        vendor=vendor.name,
        operation=operation.id,
        documented=operation.responses,
        headers=call.headers,
        request_id=call.request_id,
        world=world,
    )
    draft.leniencies = call.lenient.taken
    metered: Mapping[str, str] = {}
    checked = True
    try:
        if vendor.suffers and mishap.arrive():
            incoming.receive = mishap.slow(receive)
            await mishap.hinder()
        admitted = await vendor.admit(call, world)
        draft.holder = masked(admitted.account.holder) if admitted.account else ""
        draft.sent = summary.of_fields(admitted.fields)
        draft.prompt, draft.model = vendor.prompt(admitted.fields), vendor.model(admitted.fields)
        if vendor.suffers and mishap.read(draft.prompt, draft.model):
            await mishap.hinder()
        metered = vendor.meter(call, admitted, world)
        answer = await vendor.handlers[operation.id].handle(call, admitted, world)
        if mishap.faults:
            answer, checked = mishap.spoil(answer), False
    except DomainError as error:
        answer = refuse(error, call.request_id, vendor, draft, missed=call.lenient.missed)
        checked = not isinstance(error, Struck) and not mishap.broken
    except ClientGone:
        return
    except Exception:
        draft.refusal = BUG
        await _confess(send, vendor, call)
        raise
    draft.answer = summary.of_answer(answer)
    wrong = own_fault(operation, answer) if checked else ""
    if wrong:
        draft.refusal = BUG
        await _confess(send, vendor, call)
        raise OwnAnswerWrong(wrong)
    headers = {**vendor.sign(call.request_id, call.opened), **metered, **answer.headers, **mishap.applied}
    if not mishap.faults:
        await send_answer(send, answer, headers, body=scope["method"] != "HEAD")
        return
    vendor.tick(world)  # what a fault ended is settled before anybody asks
    draft.fault = str(mishap)
    headers[HEADER] = draft.fault
    await incoming.drain()
    try:
        await send_answer(mishap.hold(send), answer, headers, body=scope["method"] != "HEAD", piece=WHOLE)
    except ConnectionCut as cut:
        await sever(scope, receive, reset=cut.reset)


def own_fault(operation: Operation, answer: Answer) -> str:
    """How our own answer breaks the document; "" where it fits. A constant one is held against it once."""
    constant = answer.json if isinstance(answer.json, Constant) else None
    if constant is not None and constant.fits:
        return ""
    faults = operation.answer_faults(answer.status, answer.media_type, answer.json)
    if faults:
        return f"{operation.method} {operation.route} {answer.status}: {'; '.join(faults)}"
    if constant is not None:
        constant.fits = True
    return ""


class Incoming:
    """The body of a request on its way in."""

    def __init__(self, receive: Receive) -> None:
        self.receive = receive
        self.complete = False

    async def chunks(self) -> AsyncIterator[bytes]:
        """The body piece by piece. Raises ClientGone where the connection ends before it does."""
        while not self.complete:
            message = await self.receive()
            if message["type"] == "http.disconnect":
                raise ClientGone
            self.complete = not message.get("more_body", False)
            yield message.get("body", b"")

    async def drain(self) -> None:
        """Read what is still coming: a client that gets an error while it sends sees a broken pipe instead."""
        left = DRAINED
        with suppress(ClientGone):
            async for chunk in self.chunks():
                left -= len(chunk)
                if left < 0:
                    return


async def stray(scope: Scope, send: Send, *, vendor: Vendor, error: DomainError, world: World) -> None:
    """Answer a request that reaches no operation: an unknown path, or a method that a path lacks."""
    request_id, opened = world.ids.next(f"request/{vendor.name}"), stopwatch()
    answer = refuse(error, request_id, vendor, _draft(scope, vendor, request_id))
    answer = replace(answer, headers={**vendor.sign(request_id, opened), **answer.headers})
    await send_answer(send, answer, body=scope["method"] != "HEAD")


def _draft(scope: Scope, vendor: Vendor, request_id: str) -> Record:
    """The journal's draft of this request; one that nobody reads where nothing is recorded."""
    draft: Record = scope["state"].get("draft") or Record()
    draft.vendor, draft.request_id = vendor.name, request_id
    return draft


def refuse(error: DomainError, request_id: str, vendor: Vendor, draft: Record, *, missed: Sequence[str] = ()) -> Answer:
    """The vendor's own answer to a domain error; beside it, and in the journal, which rules failed, and what a
    lenient server would have done (`missed`) or another switch.
    """
    found = refusal.findings(error)
    draft.refusal, draft.violations = type(error).__name__, tuple(map(str, found))
    draft.hint = refusal.hint(error, missed)
    hint = {refusal.HINT: draft.hint} if draft.hint else {}
    answer = vendor.render(error, request_id)
    return replace(answer, headers={**answer.headers, refusal.HEADER: refusal.header(found), **hint})


def open_call(scope: Scope, incoming: Incoming, operation: Operation, world: World, *, kind: str) -> Call:
    """The request as a value; its body is read only when the vendor asks for it.

    Request ids count by `kind`, the vendor's name: looking in does not shift the vendors' ids.
    """
    headers: dict[str, str] = {}
    for raw_name, raw_value in scope["headers"]:
        name, value = raw_name.decode("latin-1"), raw_value.decode("latin-1")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return Call(
        operation=operation,
        request_id=world.ids.next(f"request/{kind}"),
        at=world.clock.now(),
        opened=stopwatch(),
        find_origin=partial(origin, scope, headers, world),
        headers=headers,
        path=scope.get("path_params", {}),
        query=parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        if scope["query_string"]
        else {},
        chunks=incoming.chunks,
        lenient=Leniency(on=world.settings.lenient),
    )


def origin(scope: Scope, headers: MutableMapping[str, str], world: World) -> str:
    """Scheme, host and namespace prefix under which the client reaches us.

    From `--public-url`, else the forwarded headers of a proxy, else the request's own Host: a container
    does not know the port that it is mapped to.
    """
    base = world.settings.public_url.rstrip("/")
    if not base:
        scheme = headers.get("x-forwarded-proto", scope["scheme"]).partition(",")[0].strip()
        host = headers.get("x-forwarded-host", headers.get("host", "")).partition(",")[0].strip()
        if not host:
            host = "{}:{}".format(*(scope.get("server") or (world.settings.host, world.settings.port)))
        base = f"{scheme}://{host}"
    return base + world.prefix


async def send_answer(
    send: Send,
    answer: Answer,
    headers: Mapping[str, str] | None = None,
    *,
    body: bool = True,
    piece: int = PIECE,
) -> None:
    """Write an answer to the connection, with its own headers or these; `body=False` sends the head alone.

    A body goes in pieces of so many bytes. Others have their turn between them: the kernel takes milliseconds
    to copy a large one.
    """
    given = answer.headers if headers is None else headers
    value = answer.json
    content = answer.content if value is None else value.raw if isinstance(value, Constant) else orjson.dumps(value)
    raw = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in given.items()]
    if answer.media_type:
        raw.append((b"content-type", answer.media_type.encode("latin-1")))
    if answer.stream is None:
        content = content or b""
        if answer.status != 204:
            raw.append((b"content-length", str(len(content)).encode()))
        await send({"type": "http.response.start", "status": answer.status, "headers": raw})
        content = content if body else b""
        last = max(0, len(content) - 1) // piece * piece
        for at in range(0, last, piece):
            await send({"type": "http.response.body", "body": content[at : at + piece], "more_body": True})
        await send({"type": "http.response.body", "body": content[last:] if last else content})
        return
    await send({"type": "http.response.start", "status": answer.status, "headers": raw})
    async for chunk in answer.stream:
        await send({"type": "http.response.body", "body": chunk, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


async def _confess(send: Send, vendor: Vendor, call: Call) -> None:
    log.error("a bug of the emulator while answering %s (request %s)", call.operation.id, call.request_id)
    await send_answer(send, replace(vendor.bug, headers=vendor.sign(call.request_id, call.opened)))
