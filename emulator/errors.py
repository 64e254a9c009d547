"""What can go wrong in the world, as data. Rooms raise these; a vendor's dialect alone words them.

Vendor-neutral on purpose: no status codes, no vendor messages. Whatever is not a `DomainError`
is a bug of ours and becomes a loud 500.
"""

from dataclasses import dataclass, field
from typing import Literal

Where = Literal["body", "query", "header", "path"]

Rule = Literal[
    "required",
    "type",
    "enum",
    "const",
    "minLength",
    "maxLength",
    "minimum",
    "maximum",
    "minItems",
    "maxItems",
    "pattern",
    "format",
    "additionalProperties",
    "anyOf",
    "duplicate",  # a form field that may stand once was sent several times
    "fileExpected",  # text was sent where a file part belongs
    "textExpected",  # a file part was sent where text belongs
    "syntax",  # the body could not be read as its media type at all
    "limit",  # the vendor's own limit, beyond what the schema says
]

ImageFault = Literal[
    "empty",  # no bytes
    "too_many_bytes",
    "too_few_pixels",
    "too_many_pixels",
    "undecodable",  # not an image, truncated, or damaged
    "mislabelled",  # an image of another type than the one it was sent as
    "wrong_format",  # an image, but not of an accepted format
    "not_square",
    "mask_size",  # a mask of another size than the image
    "mask_alpha",  # a mask without an alpha channel
    "unreachable",  # a URL that answers with nothing usable
    "bad_base64",
]


@dataclass(frozen=True, kw_only=True)
class Violation:
    """One way in which a request breaks the document.

    `path` leads to the value (field names and indices), `expected` is the schema's side (a type, a
    list of values, a limit), `received` the request's: the value, or its length where a length broke a limit.
    """

    where: Where
    path: tuple[str | int, ...]
    rule: Rule
    expected: object = None
    received: object = None
    message: str = ""


class DomainError(Exception):
    """Base of everything that a vendor answers with an error of its own."""


@dataclass(kw_only=True, eq=False)
class ContractBroken(DomainError):
    """The request does not fit the document; every violation found, in document order."""

    violations: tuple[Violation, ...]


@dataclass(kw_only=True, eq=False)
class UnsupportedMediaType(DomainError):
    """A body in a media type that the operation does not take."""

    received: str
    expected: tuple[str, ...]


@dataclass(kw_only=True, eq=False)
class BodyTooLarge(DomainError):
    """The body passed `limit` bytes; reading stopped there."""

    limit: int


@dataclass(kw_only=True, eq=False)
class BadCredential(DomainError):
    """No credential, a malformed one, or one that is not accepted; `shown` is safe to print."""

    reason: Literal["missing", "malformed", "unknown"]
    shown: str = ""


@dataclass(kw_only=True, eq=False)
class InsufficientFunds(DomainError):
    """The account holds less than the price. Amounts in the smallest unit of `currency`."""

    currency: str
    needed: int
    balance: int


@dataclass(kw_only=True, eq=False)
class ModelUnknown(DomainError):
    """The model is not in the vendor's catalogue."""

    model: str
    known: tuple[str, ...]
    field: str = "model"


@dataclass(kw_only=True, eq=False)
class UnsupportedByModel(DomainError):
    """The model does not take this parameter (`supported` empty), or not with this value."""

    model: str
    field: str
    value: object
    supported: tuple[str, ...] = ()


@dataclass(kw_only=True, eq=False)
class ImageRejected(DomainError):
    """An input image that cannot be used. `path` names the field; `detail` carries the figures."""

    fault: ImageFault
    path: tuple[str | int, ...] = ("image",)
    detail: dict[str, object] = field(default_factory=dict)


@dataclass(kw_only=True, eq=False)
class ContentRefused(DomainError):
    """The stand-in for the vendor's moderation refuses the prompt; `word` is the mark it found."""

    word: str


@dataclass(kw_only=True, eq=False)
class RateLimited(DomainError):
    """Too many requests; `retry_after` in seconds."""

    retry_after: int
    limit: int


@dataclass(kw_only=True, eq=False)
class NotFound(DomainError):
    """Nothing under this path or id."""

    what: str = ""


@dataclass(kw_only=True, eq=False)
class MethodNotAllowed(DomainError):
    """The path exists, the method does not; `allowed` are the methods of the document."""

    method: str
    allowed: tuple[str, ...]


@dataclass(kw_only=True, eq=False)
class PaymentRequired(DomainError):
    """A paid route was called without any credential, or with a payment that is not taken: the vendor says
    how it can be paid.

    `origin` is this server as the client sees it, `resource` the path that was asked for, `networks` the
    chains taken, as CAIP-2 ids; `nonce` and `at` (Unix seconds) go into the challenge for wallets. `refused`
    says what is wrong with the payment.
    """

    origin: str
    resource: str
    networks: tuple[str, ...]
    nonce: str
    at: float
    refused: "PaymentRefused | None" = None


@dataclass(kw_only=True, eq=False)
class Unprocessable(DomainError):
    """The request fits the document and still cannot be done; `message` says what is wrong and expected."""

    message: str


@dataclass(kw_only=True, eq=False)
class LinkRefused(DomainError):
    """A signed URL that is not honoured: changed, expired, or signed for another method."""

    reason: Literal["tampered", "expired", "wrong_method"]


@dataclass(kw_only=True, eq=False)
class AlreadySettled(DomainError):
    """A command came for something that is over; `status` is how it ended."""

    what: str
    status: str


@dataclass(kw_only=True, eq=False)
class SignInRefused(DomainError):
    """A wallet's sign-in that does not hold: which rule failed, what came, what was expected."""

    rule: str
    message: str
    expected: str = ""


@dataclass(kw_only=True, eq=False)
class PaymentRefused(DomainError):
    """A payment that is not taken. `reason` is an x402 code; `payer` is empty where it could not be read."""

    reason: str
    message: str
    expected: str = ""
    payer: str = ""
    network: str = ""


@dataclass(kw_only=True, eq=False)
class TopUpUnpaid(DomainError):
    """A top-up was asked for without a payment; the fields as in PaymentRequired."""

    origin: str
    resource: str
    networks: tuple[str, ...]


@dataclass(kw_only=True, eq=False)
class CreditTooLow(DomainError):
    """A wallet's credit does not reach. Amounts in micro-dollars; the rest as in PaymentRequired."""

    origin: str
    resource: str
    networks: tuple[str, ...]
    nonce: str
    at: float
    balance: int
    needed: int


@dataclass(kw_only=True, eq=False)
class WalletMismatch(DomainError):
    """A wallet asked for what is another's."""


@dataclass(kw_only=True, eq=False)
class Struck(DomainError):
    """A test asked for an error: the vendor's own answer with this status (and, of several, this code)."""

    status: int
    code: str = ""
    retry_after: int | None = None
    no_retry: bool = False
