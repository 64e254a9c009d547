"""Faults happening to a request: what a test has ordered, by rule, plan, header or a mark in the prompt.

The story in `exchange` asks at its turns; here stands what each fault does there. The connection itself is
reached through `scope["state"]`, where a real socket is behind it.
"""

import asyncio
import math
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, MutableMapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import pybase64

from emulator.call import Answer
from emulator.clock import stopwatch
from emulator.credentials import split_key
from emulator.errors import AlreadySettled, ContractBroken, NotFound, Struck, Violation
from emulator.faults import (
    BadScript,
    ContentType,
    Corrupt,
    CutStream,
    Disconnect,
    Empty,
    Facts,
    Fault,
    JobFails,
    Latency,
    SlowUpload,
    Status,
    Truncate,
    WebhookFault,
    marks,
    parse,
    spell,
)
from emulator.faults.register import Stage
from emulator.ids import digest
from emulator.jobs import Failure
from emulator.world import World, after_charge

HEADER = "x-emulator-fault"
TRANSPORT = "transport"  # the key in scope["state"]
_LINGER = 0.05  # seconds for the peer to read what was sent before a reset throws it away
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class ConnectionCut(Exception):
    """The connection is to end here, with a `reset` or in order; whoever catches it calls `sever`."""

    def __init__(self, *, reset: bool = False) -> None:
        super().__init__("cut by a fault")
        self.reset = reset


@dataclass(kw_only=True, eq=False)
class Mishap:
    """What happens to one request; `source` says by whose order. `documented` are the statuses of its operation,
    `headers` the request's (names in lower case), `applied` go into the answer.
    """

    vendor: str
    operation: str
    documented: Collection[int]
    headers: Mapping[str, str]
    request_id: str
    world: World
    faults: list[Fault] = field(default_factory=list)
    source: list[str] = field(default_factory=list)
    applied: dict[str, str] = field(default_factory=dict)
    broken: bool = False  # the header was no fault
    _waits: int = 0
    _begun: int = 0  # faults that have had their turn before the work

    def __str__(self) -> str:
        return f"{', '.join(self.source)}: {spell(tuple(self.faults))}" if self.faults else ""

    def arrive(self) -> bool:
        """Learn what header, preference and orders say, and whether there is anything.

        Raises ContractBroken for a header that is no fault.
        """
        if after_charge.get() is not None:  # left by the request before in this context
            after_charge.set(None)
        if HEADER in self.headers:
            try:
                self._add(parse(self.headers[HEADER]), "header")
            except BadScript as error:
                self.broken = True
                broken = Violation(where="header", path=("X-Emulator-Fault",), rule="syntax", message=str(error))
                raise ContractBroken(violations=(broken,)) from error
        if "prefer" in self.headers:
            self._prefer(self.headers["prefer"])
        self._take("arrived")
        return bool(self.faults)

    def read(self, prompt: str, model: str) -> bool:
        """The body was read: learn what the prompt itself asks for, and orders that go by prompt or model.

        Whether there is anything new.
        """
        before = len(self.faults)
        if "[emulator:" in prompt:
            self._add(marks(prompt), "prompt")
        self._take("read", prompt=prompt, model=model)
        self._begun = before
        return len(self.faults) > before

    def _take(self, stage: Stage, *, prompt: str | None = None, model: str | None = None) -> None:
        if self.world.faults.quiet:
            return
        key = self.headers.get("authorization", "").partition(" ")[2].strip()
        facts = Facts(
            vendor=self.vendor,
            operation=self.operation,
            key=split_key(key)[0],
            prompt=prompt,
            model=model,
        )
        strike = self.world.faults.take(facts, stage=stage, now=stopwatch(), clock=self.world.clock.now())
        if strike is not None:
            self._add(strike.faults, strike.source)

    def _add(self, faults: tuple[Fault, ...], source: str) -> None:
        if faults:
            self.faults += faults
            self.source.append(source)

    def _prefer(self, header: str) -> None:
        """`Prefer: code=503` (RFC 7240) asks for a documented error; what is not documented is not preferred."""
        for preference in header.split(","):
            name, _, value = preference.partition("=")
            code = value.strip().strip('"')
            if name.strip().lower() == "code" and code.isdecimal() and len(code) == 3:
                status = int(code)
                if status >= 400 and status in self.documented:
                    self._add((Status(status=status),), "prefer")
                    self.applied["Preference-Applied"] = f"code={status}"

    async def hinder(self) -> None:
        """Before the work: wait, refuse. Raises Struck for an error that comes before the charge."""
        after_charge.set(None)
        for fault in self.faults[self._begun :]:
            match fault:
                case Latency(where="head"):
                    await asyncio.sleep(self._seconds(fault))
                case Status(after=False):
                    raise _struck(fault)
                case WebhookFault(how=how, seconds=seconds):
                    self.world.webhooks.upset(how=how, seconds=seconds)
                case _:
                    pass
        after = next((one for one in self._of(Status) if one.after), None)
        after_charge.set(None if after is None else _struck(after))

    def slow(self, receive: Receive) -> Receive:
        """The request's body, read no faster than ordered. What strikes by the body comes too late for this."""
        rate = next((fault.rate for fault in self._of(SlowUpload)), 0)
        if not rate:
            return receive

        async def slowly() -> Message:
            message = await receive()
            await asyncio.sleep(len(message.get("body", b"")) / rate)
            return message

        return slowly

    def spoil(self, answer: Answer) -> Answer:
        """After the work: the answer with everything that is to be wrong with it. Raises Struck."""
        left = after_charge.get()
        for fault in self._of(JobFails):
            self._fail_job(answer, Failure(code=fault.code, message="The image could not be rendered"), fault.images)
        if left is not None and answer.status < 400:  # an operation that charges nothing, or a job that was made
            self._fail_job(answer, Failure(code="render_failed", message="The request failed"), ())
            raise left
        for fault in self.faults:
            match fault:
                case Truncate(share=share):
                    answer = _pictures(answer, partial(_truncated, share=share))
                case Corrupt():
                    answer = _pictures(answer, _damaged)
                case ContentType(media_type=media_type):
                    answer = replace(answer, media_type=media_type)
                case Empty():
                    answer = replace(answer, json=None, content=b"", stream=None)
                case CutStream(after=after) if answer.stream is not None:
                    answer = replace(answer, stream=_cut(answer.stream, after))
                case _:
                    pass
        return answer

    def _fail_job(self, answer: Answer, failure: Failure, images: tuple[int, ...]) -> None:
        name = answer.json.get("id") if isinstance(answer.json, dict) else None
        if not isinstance(name, str):
            return
        space, now = self.world.namespace, self.world.clock.now()
        try:
            count = self.world.jobs.get(space, name).images
            self.world.jobs.fail(space, name, failure, now=now, images=[one for one in images if one < count] or None)
        except (NotFound, AlreadySettled):
            return  # what the answer names is no job, or one that is over

    def hold(self, send: Send) -> Send:
        """The connection, which waits and breaks off as ordered. The send raises ConnectionCut once it is cut."""
        waits = {one.where: one for one in self._of(Latency) if one.where != "head"}
        cut = next(iter(self._of(Disconnect)), None)
        if not waits and cut is None:
            return send
        sent = 0

        async def carefully(message: Message) -> None:
            nonlocal sent
            if message["type"] == "http.response.start":
                if cut is not None and cut.after is None:
                    raise ConnectionCut(reset=cut.reset)
                await send(message)
                return
            if "body" in waits and not sent:
                await asyncio.sleep(self._seconds(waits["body"]))
            if "chunk" in waits and message.get("body"):
                await asyncio.sleep(self._seconds(waits["chunk"]))
            body = bytes(message.get("body", b""))
            if cut is not None and cut.after is not None and sent + len(body) >= cut.after:
                await send({"type": "http.response.body", "body": body[: cut.after - sent], "more_body": True})
                raise ConnectionCut(reset=cut.reset)
            sent += len(body)
            await send(message)

        return carefully

    def _of(self, kind: type[Any]) -> list[Any]:
        return [one for one in self.faults if isinstance(one, kind)]

    def _seconds(self, fault: Latency) -> float:
        """How long to wait: the same seed and request, the same seconds."""
        if fault.spread == "fixed":
            return fault.first
        self._waits += 1
        raw = digest(str(self.world.settings.seed), self.request_id, str(self._waits))
        draw = (int.from_bytes(raw[:6], "big") + 0.5) / 2**48
        if fault.spread == "even":
            return fault.first + draw * (fault.second - fault.first)
        from statistics import NormalDist  # 4 MB, for a fault that few order

        match fault.spread:
            case "normal":
                return max(0.0, fault.first + fault.second * NormalDist().inv_cdf(draw))
            case _:
                return min(60.0, fault.first * math.exp(fault.second * NormalDist().inv_cdf(draw)))


def _struck(fault: Status) -> Struck:
    return Struck(status=fault.status, code=fault.code, retry_after=fault.retry_after, no_retry=fault.no_retry)


def _truncated(data: bytes, *, share: float) -> bytes:
    return data[: int(len(data) * share)]


def _damaged(data: bytes) -> bytes:
    """The same size, and no picture: neither the signature nor the rest is left."""
    return bytes(byte ^ 0x5A for byte in data[:64]) + data[64:]


def _pictures(answer: Answer, change: Callable[[bytes], bytes]) -> Answer:
    """The answer with its pictures changed, wherever they stand: in the body, or as base64 within JSON."""
    if answer.content is not None and answer.media_type.startswith("image/"):
        return replace(answer, content=change(answer.content))
    if isinstance(answer.json, dict) and isinstance(answer.json.get("data"), list):
        data = [
            {**one, "b64_json": pybase64.b64encode(change(pybase64.b64decode(one["b64_json"]))).decode()}
            if isinstance(one, dict) and "b64_json" in one
            else one
            for one in answer.json["data"]
        ]
        return replace(answer, json={**answer.json, "data": data})
    return answer


async def _cut(stream: AsyncIterator[bytes], after: int) -> AsyncIterator[bytes]:
    """The first events of a stream; then the connection ends without the rest."""
    count = 0
    async for chunk in stream:
        if count == after:
            break
        count += chunk.count(b"\n\n")
        yield chunk
    raise ConnectionCut


async def sever(scope: MutableMapping[str, Any], receive: Receive, *, reset: bool) -> None:
    """End the connection and wait until it is gone. Raises ConnectionResetError where there is no socket."""
    transport = scope["state"].get(TRANSPORT)
    if transport is None:
        raise ConnectionResetError("the connection was cut, as a fault ordered; in process there is no socket to cut")
    if reset:
        await asyncio.sleep(_LINGER)
        held = transport.get_extra_info("socket")
        if held is not None:
            held.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()
    else:
        transport.close()
    while (await receive())["type"] != "http.disconnect":
        pass
