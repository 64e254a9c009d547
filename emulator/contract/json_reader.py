"""A JSON body read as it arrives: base64 of pictures is decoded piece by piece, the rest parsed at the end.

A picture of 25 MB would otherwise stand in memory three times, and keep the event loop busy for as long
as parsing and decoding it in one go takes. What is not plain base64 stays in the text, so that every
fault is told as if nothing had been taken out.
"""

import binascii
import re
from collections.abc import Collection
from functools import cached_property
from typing import Any

import orjson
import pybase64

from emulator.contract.growing import Data, Growing
from emulator.contract.multipart import broken
from emulator.ids import unguessable

LONG = 65_536  # characters of a text worth taking out
MOST_TEXTS = 1000  # texts that are looked at; a body of more is parsed as it is
_TEXT = re.compile(rb'"(?:[^"\\]++|\\.)*+"', re.DOTALL)
_DATA_URL = re.compile(rb'data:[^"\\,\x00-\x20\x7f-\xff]{0,200};base64,', re.IGNORECASE)
_QUOTE = b'"'


class Encoded:
    """A file that came as base64 within JSON, decoded: `data`. `str()` gives the text as it was sent.

    `media_type` is what a data URL claims, "" for plain base64; `characters` is the text's length.
    """

    def __init__(self, head: bytes, most: int) -> None:
        self._decoded = Growing(most)
        self._head, self._last, self._whole = head, b"", 0

    @property
    def data(self) -> Data:
        """The file."""
        return self._decoded.data

    @property
    def media_type(self) -> str:
        """The data URL's, in lower case."""
        return self._head[5:].partition(b",")[0].partition(b";")[0].decode().lower()

    @property
    def characters(self) -> int:
        """Length of the text."""
        return len(self._head) + self._whole // 3 * 4 + len(self._last)

    def beginning(self, characters: int) -> str:
        """The text's first characters."""
        few = pybase64.b64encode(self.data[: min(self._whole, characters)])
        return (self._head + few + self._last)[:characters].decode()

    def __str__(self) -> str:
        return self.text().decode()

    def text(self) -> bytes:
        """The text as it was sent; the last four characters verbatim, since they can be spelt in several ways."""
        return self._head + pybase64.b64encode(memoryview(self.data)[: self._whole]) + self._last

    def feed(self, piece: bytes, *, final: bool) -> bool:
        """Take the next characters; False, and nothing taken, where they are no base64."""
        piece = self._last + piece
        whole = max(len(piece) - 1, 0) // 4 * 4  # the last one to four wait for what comes
        if piece[whole - 1 : whole] == b"=":
            return False
        try:
            end = pybase64.b64decode(piece[whole:], validate=True) if final else b""
            self._decoded.append(pybase64.b64decode(memoryview(piece)[:whole], validate=True))
        except (binascii.Error, ValueError):
            return False
        self._whole, self._last = len(self._decoded), piece[whole:]
        self._decoded.append(end)
        return True


class JsonReader:
    """Feed it chunks, then ask for the value.

    `sources` are the top-level fields that may hold pictures as text, `expected` the body's length in bytes
    where it is known.
    """

    def __init__(self, sources: Collection[str], *, expected: int = 0) -> None:
        self._expected = expected
        self._sources = sources
        self._text = bytearray()
        self._at = 0  # where the look for texts goes on
        self._looks = MOST_TEXTS if sources else 0
        self._taken: list[Encoded] = []
        self._open: Encoded | None = None

    def feed(self, chunk: bytes) -> None:
        """Take the next bytes of the body."""
        while chunk:
            if self._open is None:
                self._text += chunk
                chunk = self._look()
            else:
                chunk = self._decode(self._open, chunk)

    def value(self) -> tuple[object, dict[str, Any]]:
        """The body, and by field the pictures that were taken out: in the body only their beginning is left.

        Raises ContractBroken for what is not JSON.
        """
        if self._open is None and self._taken:
            try:
                return self._with_beginnings(orjson.loads(self._text))
            except (orjson.JSONDecodeError, LookupError):
                pass  # parsed once more with everything put back, so that the fault is told as it is
        try:
            return orjson.loads(self._whole()), {}
        except orjson.JSONDecodeError as error:
            raise broken(f"the body is not valid JSON: {error}") from error

    @property
    def empty(self) -> bool:
        """Whether nothing has come."""
        return not self._text

    def _look(self) -> bytes:
        """Pass over short texts; at a long one, open it and give back what has come of it."""
        text = self._text
        while self._looks and len(text) - self._at > LONG + 1:
            self._looks -= 1
            start = text.find(_QUOTE, self._at)
            self._at = len(text) if start < 0 else start
            if start < 0 or len(text) - start <= LONG + 1:
                return b""
            short = _TEXT.match(text, start, start + LONG + 2)
            if short:
                self._at = short.end()
                continue
            head = _DATA_URL.match(text, start + 1)
            begin = head.end() if head else start + 1
            self._open = Encoded(bytes(text[start + 1 : begin]), self._expected // 4 * 3)
            rest = bytes(text[begin:])
            del text[start + 1 :]
            text += self._marked(len(self._taken))
            self._taken.append(self._open)
            return rest
        return b""

    def _decode(self, found: Encoded, chunk: bytes) -> bytes:
        """Decode up to the text's end; what comes after it is given back."""
        end = chunk.find(_QUOTE)
        if not found.feed(chunk if end < 0 else chunk[:end], final=end >= 0):
            self._put_back(found)
            self._text += chunk
            return b""
        if end < 0:
            return b""
        self._open = None
        self._text += _QUOTE
        self._at = len(self._text)
        return chunk[end + 1 :]

    @cached_property
    def _mark(self) -> bytes:
        """What stands in the place of a text; no client can have sent it."""
        return unguessable().encode()

    def _marked(self, number: int) -> bytes:
        return self._mark + str(number).encode()

    def _put_back(self, found: Encoded) -> None:
        """The text that is open is no base64: it stays where it was, and so does all that follows."""
        self._taken.remove(found)
        mark = self._marked(len(self._taken))
        del self._text[len(self._text) - len(mark) :]
        self._text += found.text()
        self._open, self._looks = None, 0

    def _whole(self) -> bytearray:
        """The body as it was sent."""
        whole, end = self._text, 0
        for number, found in enumerate(self._taken):
            mark, text = self._marked(number), found.text()
            at = whole.find(mark, end)
            whole[at : at + len(mark)] = text
            end = at + len(text)
        return whole

    def _with_beginnings(self, value: object) -> tuple[object, dict[str, Any]]:
        """Put the pictures into their fields. Raises LookupError for one that stands anywhere else."""
        waiting = {self._marked(number).decode(): found for number, found in enumerate(self._taken)}
        pictures: dict[str, Any] = {}
        if not isinstance(value, dict):
            raise LookupError
        for name in self._sources:
            given = value.get(name)
            if isinstance(given, str) and given in waiting:
                pictures[name] = waiting.pop(given)
                value[name] = _beginning(pictures[name])
            elif isinstance(given, list):
                pictures[name] = [waiting.pop(one, one) if isinstance(one, str) else one for one in given]
                value[name] = [_beginning(one) for one in pictures[name]]
        if waiting:
            raise LookupError
        return value, pictures


def _beginning(value: object) -> object:
    """Enough of the text that an error shows what it would have shown of the whole."""
    return value.beginning(256) if isinstance(value, Encoded) else value
