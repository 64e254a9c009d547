"""Each fault that there is, as a value. `WRITTEN` shows how it is written, the docstring says what it does.

A new fault is a dataclass here, its line in `script.py`, its effect in the spine's `mishap`, and a test.
"""

from dataclasses import dataclass
from typing import ClassVar, Literal


@dataclass(frozen=True, kw_only=True)
class Status:
    """The vendor's own error answer with this status; `after` the charge, which is then refunded.

    `code` chooses among the errors of a status (OpenAI's `insufficient_quota` of 429). `no-retry` adds
    `x-should-retry: false`, which SDKs obey.
    """

    WRITTEN: ClassVar = "429 [code] [retry-after=2] [no-retry] [after]"
    status: int
    code: str = ""
    retry_after: int | None = None
    no_retry: bool = False
    after: bool = False


@dataclass(frozen=True, kw_only=True)
class Latency:
    """Waiting, in real seconds: before the head, between head and body, or before each chunk of a stream.

    Fixed, evenly between two values, or by a normal or lognormal distribution (mean or median, spread).
    """

    WRITTEN: ClassVar = "latency 0.5 | 0.1..0.3 | normal(0.2,0.05) | lognormal(0.2,0.5) [head|body|chunk]"
    first: float
    second: float = 0.0
    spread: Literal["fixed", "even", "normal", "lognormal"] = "fixed"
    where: Literal["head", "body", "chunk"] = "head"


@dataclass(frozen=True, kw_only=True)
class Disconnect:
    """The connection ends: at once, or after so many bytes of the body; `reset` with a TCP reset.

    A reset needs a real socket; in process, without a port, the call raises ConnectionResetError.
    """

    WRITTEN: ClassVar = "disconnect | reset [after 4 KB]"
    after: int | None = None
    reset: bool = False


@dataclass(frozen=True, kw_only=True)
class Truncate:
    """The picture ends early: this share of its bytes is sent, as a whole answer."""

    WRITTEN: ClassVar = "truncate [0.5]"
    share: float = 0.5


@dataclass(frozen=True, kw_only=True)
class Corrupt:
    """The picture's bytes are damaged so that no decoder takes it; its size stays."""

    WRITTEN: ClassVar = "corrupt"


@dataclass(frozen=True, kw_only=True)
class ContentType:
    """The answer claims another media type."""

    WRITTEN: ClassVar = "content-type text/html"
    media_type: str


@dataclass(frozen=True, kw_only=True)
class Empty:
    """The answer has its status and no body."""

    WRITTEN: ClassVar = "empty"


@dataclass(frozen=True, kw_only=True)
class CutStream:
    """A stream ends after so many events, without the one that completes it."""

    WRITTEN: ClassVar = "cut-stream [after 1]"
    after: int = 1


@dataclass(frozen=True, kw_only=True)
class JobFails:
    """The job that the request starts ends in an error with this code; of its images these (from 0), or all."""

    WRITTEN: ClassVar = "job-error [code] [images=0,2]"
    code: str = "render_failed"
    images: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class WebhookFault:
    """The next event of this world is lost, comes so many seconds late, or comes twice."""

    WRITTEN: ClassVar = "webhook lost | twice | late 2"
    how: Literal["lost", "late", "twice"]
    seconds: float = 0.0


@dataclass(frozen=True, kw_only=True)
class SlowUpload:
    """The request's body is read at this rate, in bytes a second."""

    WRITTEN: ClassVar = "slow-upload 64 KB/s"
    rate: int


Fault = (
    Status
    | Latency
    | Disconnect
    | Truncate
    | Corrupt
    | ContentType
    | Empty
    | CutStream
    | JobFails
    | WebhookFault
    | SlowUpload
)
KINDS: tuple[type[Fault], ...] = (
    Status,
    Latency,
    Disconnect,
    Truncate,
    Corrupt,
    ContentType,
    Empty,
    CutStream,
    JobFails,
    WebhookFault,
    SlowUpload,
)
