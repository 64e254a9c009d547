"""Requests as the bytes that go over the wire, made before anything is timed; and one keep-alive line for them."""

import select
import socket
from collections.abc import Mapping
from types import TracebackType

import orjson
import pybase64

from benchmarks.server import EDIT

KEY = "bench-key"
MODEL = "gpt-image-2-edit"  # one that has the tiers 1K to 4K


def message(
    method: str, path: str, body: bytes = b"", *, content_type: str = "", authorization: str = f"Bearer {KEY}",
    extra: Mapping[str, str] | None = None,
) -> bytes:  # fmt: skip
    """A whole HTTP/1.1 request, with a Bearer key unless told otherwise."""
    head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: {authorization}\r\nAccept: */*\r\n"
    head += "".join(f"{name}: {value}\r\n" for name, value in (extra or {}).items())
    if body or method != "GET":
        head += f"Content-Type: {content_type}\r\nContent-Length: {len(body)}\r\n"
    return head.encode() + b"\r\n" + body


def json_edit(picture: bytes, prompt: str, *, output_format: str, tier: str = "1K", namespace: str = "") -> bytes:
    """An edit as JSON with the picture in base64."""
    fields = {
        "model": MODEL, "prompt": prompt, "image": pybase64.b64encode_as_string(picture),
        "output_format": output_format, "resolution": tier,
    }  # fmt: skip
    prefix = f"/_ns/{namespace}" if namespace else ""
    return message("POST", prefix + EDIT, orjson.dumps(fields), content_type="application/json")


def form_edit(picture: bytes, prompt: str, *, path: str = EDIT) -> bytes:
    """An edit as multipart/form-data with the picture as a file."""
    mark = "bench-boundary-5f0c"
    fields = f'--{mark}\r\nContent-Disposition: form-data; name="prompt"\r\n\r\n{prompt}\r\n'
    file = (
        f'--{mark}\r\nContent-Disposition: form-data; name="image"; filename="a.png"\r\nContent-Type: image/png\r\n\r\n'
    )
    body = fields.encode() + file.encode() + picture + f"\r\n--{mark}--\r\n".encode()
    return message("POST", path, body, content_type=f"multipart/form-data; boundary={mark}")


class Line:
    """A keep-alive connection: a message out, the answer's status, headers and body back."""

    def __init__(self, port: int) -> None:
        self._port = port
        self.renew()

    def renew(self) -> None:
        """Connect anew: servers hang up on a line that has been idle for a few seconds."""
        self._socket = socket.create_connection(("127.0.0.1", self._port), timeout=120)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def __enter__(self) -> "Line":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Hang up."""
        self._socket.close()

    def ask(self, request: bytes) -> tuple[int, Mapping[str, str], bytes]:
        """Send and read one answer. Raises ConnectionError when the server hangs up."""
        if select.select([self._socket], [], [], 0)[0]:  # nothing is due: the server has hung up
            self.close()
            self.renew()
        self._socket.sendall(request)
        data = bytearray()
        while (end := data.find(b"\r\n\r\n")) < 0:
            data += self._more()
        first, *lines = data[:end].decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        if "chunked" in headers.get("transfer-encoding", ""):
            while not data.endswith(b"0\r\n\r\n"):
                data += self._more()
            return int(first.split()[1]), headers, _joined(data[end + 4 :])
        whole = end + 4 + int(headers.get("content-length", "0"))
        while len(data) < whole:
            data += self._more()
        return int(first.split()[1]), headers, bytes(data[end + 4 :])

    def expect(self, request: bytes, status: int = 200) -> bytes:
        """The body of an answer that must have this status. Raises ValueError."""
        got, _, body = self.ask(request)
        if got != status:
            raise ValueError(f"expected {status}, got {got}: {body[:300]!r}")
        return body

    def _more(self) -> bytes:
        data = self._socket.recv(1 << 20)
        if not data:
            raise ConnectionError("the server closed the connection")
        return data


def _joined(chunked: bytes | bytearray) -> bytes:
    """A chunked body's content."""
    found, rest = b"", bytes(chunked)
    while rest:
        size, _, rest = rest.partition(b"\r\n")
        length = int(size.partition(b";")[0], 16)
        if not length:
            break
        found, rest = found + rest[:length], rest[length + 2 :]
    return found
