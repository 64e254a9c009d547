"""multipart/form-data read as it arrives, part by part, with limits; python-multipart does the grammar.

Keeps each part's bytes in memory once. Refuses to know which fields an operation has.
"""

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from emulator.contract.growing import Growing
from emulator.errors import ContractBroken, ImageRejected, Violation

MOST_PARTS = 200  # far above any documented form; a bound, so that a million tiny parts cost nothing


class Part:
    """One part. `filename` is None for plain fields; `raw` holds the bytes."""

    def __init__(self, *, name: str, filename: str | None, media_type: str, most: int) -> None:
        self.name, self.filename, self.media_type = name, filename, media_type
        self.raw = Growing(most)


def broken(message: str) -> ContractBroken:
    """The body cannot be read as a form at all."""
    return ContractBroken(violations=(Violation(where="body", path=(), rule="syntax", message=message),))


class MultipartReader:
    """Feed it chunks, then ask for the parts.

    `expected` is the body's length in bytes where it is known. Raises ContractBroken for what is not a form,
    ImageRejected(too_many_bytes) as soon as one file passes `file_bytes`.
    """

    def __init__(self, content_type: str, *, file_bytes: int, expected: int = 0) -> None:
        self._expected = expected
        _, options = parse_options_header(content_type)
        boundary = options.get(b"boundary", b"")
        if not boundary:
            raise broken("multipart/form-data without a boundary; let the HTTP client set the Content-Type")
        self._file_bytes = file_bytes
        self._parts: list[Part] = []
        self._headers: dict[str, str] = {}
        self._name, self._value = bytearray(), bytearray()
        self._ended = False
        try:
            self._parser = MultipartParser(
                boundary,
                {
                    "on_part_begin": self._headers.clear,
                    "on_header_field": lambda data, start, end: self._name.extend(data[start:end]),
                    "on_header_value": lambda data, start, end: self._value.extend(data[start:end]),
                    "on_header_end": self._header_end,
                    "on_headers_finished": self._headers_finished,
                    "on_part_data": self._part_data,
                    "on_end": self._end,
                },
            )
        except FormParserError as error:
            raise broken(str(error)) from error

    def feed(self, chunk: bytes) -> None:
        """Take the next bytes of the body."""
        try:
            self._parser.write(chunk)
        except FormParserError as error:
            raise broken(f"the body is not valid multipart/form-data: {error}") from error

    def parts(self) -> list[Part]:
        """All parts, once the body is complete."""
        if not self._ended:
            raise broken("the body ends before its closing boundary; is the boundary of the Content-Type the body's?")
        return self._parts

    def _header_end(self) -> None:
        self._headers[self._name.decode("latin-1").lower()] = self._value.decode("utf-8", "replace")
        self._name.clear()
        self._value.clear()

    def _headers_finished(self) -> None:
        # latin-1 in, latin-1 out: parse_options_header works on header text; names are UTF-8 underneath.
        disposition = self._headers.get("content-disposition", "").encode("utf-8").decode("latin-1")
        kind, options = parse_options_header(disposition)
        if kind != b"form-data" or b"name" not in options:
            raise broken("a part has no Content-Disposition: form-data with a name")
        if len(self._parts) >= MOST_PARTS:
            raise broken(f"more than {MOST_PARTS} parts")
        filename = options.get(b"filename")
        self._parts.append(
            Part(
                name=options[b"name"].decode("utf-8", "replace"),
                filename=None if filename is None else filename.decode("utf-8", "replace"),
                media_type=self._headers.get("content-type", "").partition(";")[0].strip().lower(),
                most=self._expected,
            )
        )

    def _part_data(self, data: bytes, start: int, end: int) -> None:
        part = self._parts[-1]
        part.raw.append(memoryview(data)[start:end])
        if len(part.raw) > self._file_bytes:
            raise ImageRejected(
                fault="too_many_bytes", path=(part.name.removesuffix("[]"),), detail={"limit": self._file_bytes}
            )

    def _end(self) -> None:
        self._ended = True
