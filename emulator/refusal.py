"""Why a request was refused, for the journal and for the header `x-emulator-violations`.

The vendor's own body stays as the vendor words it; beside it a developer reads which rule failed, where, and
what was expected. One list for all vendors.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from emulator.errors import (
    BadCredential,
    ContractBroken,
    CreditTooLow,
    DomainError,
    ImageRejected,
    InsufficientFunds,
    ModelUnknown,
    PaymentRefused,
    PaymentRequired,
    RateLimited,
    SignInRefused,
    UnsupportedByModel,
    Violation,
)

HEADER = "x-emulator-violations"
HINT = "x-emulator-hint"
_MOST = 10  # findings in the header
_TEXT = 400  # characters of each text there


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One rule that failed: where (body, query, path, header), at which field, which rule, and in words."""

    where: str
    path: str
    rule: str
    expected: str = ""
    message: str = ""

    def __str__(self) -> str:
        words = "; ".join(filter(None, (self.message, self.expected and f"expected {self.expected}")))
        place = f"{self.where}:{self.path}" if self.path else self.where
        return f"{place}: {self.rule}" + (f" ({words})" if words else "")


def findings(error: DomainError) -> tuple[Finding, ...]:  # noqa: PLR0911  # one table
    """What is wrong, as far as it can be told in one line each."""
    match error:
        case ContractBroken(violations=violations):
            return tuple(map(_finding, violations))
        case SignInRefused(rule=rule, message=message, expected=expected):
            return (Finding(where="header", path="SIGN-IN-WITH-X", rule=rule, expected=expected, message=message),)
        case PaymentRequired(refused=PaymentRefused() as refused):
            return findings(refused)
        case PaymentRefused(reason=reason, message=message, expected=expected):
            return (Finding(where="header", path="PAYMENT-SIGNATURE", rule=reason, expected=expected, message=message),)
        case BadCredential(reason=reason):
            return (Finding(where="header", path="Authorization", rule=f"credential_{reason}"),)
        case ModelUnknown(model=model, known=known, field=field):
            expected = f"one of {', '.join(known)}"
            return (Finding(where="body", path=field, rule="model_unknown", expected=expected, message=repr(model)),)
        case UnsupportedByModel(field=field, value=value, supported=supported, model=model):
            expected = f"one of {', '.join(supported)}" if supported else "nothing: the model does not take it"
            text = f"{value!r:.60} with {model}"
            return (Finding(where="body", path=field, rule="unsupported_by_model", expected=expected, message=text),)
        case ImageRejected(fault=fault, path=path, detail=detail):
            return (Finding(where="body", path=_dotted(path), rule=fault, message=str(detail or "")),)
        case _:
            name = re.sub(r"(?<!^)(?=[A-Z])", "_", type(error).__name__).lower()
            return (Finding(where="request", path="", rule=name),)


def header(found: tuple[Finding, ...]) -> str:
    """The findings as a header's value: a JSON list, in ASCII."""
    return json.dumps(
        [{name: text[:_TEXT] for name, text in asdict(one).items() if text} for one in found[:_MOST]],
        separators=(",", ":"),
    )


def hint(error: DomainError, missed: Sequence[str] = ()) -> str:  # noqa: C901, PLR0911  # one table
    """The switch that would let the request through, or the command that would arrange for it; "" where none is.

    `missed` is what a lenient server would have let through.
    """
    if missed:
        return f"Start with --lenient to let this through ({_ascii(missed[-1])})."
    match error:
        case SignInRefused(rule="invalid_siwx_nonce_used"):
            return "Sign each request anew, or start with --reuse-sign-ins."
        case SignInRefused(rule="invalid_siwx_domain_mismatch" | "invalid_siwx_uri_mismatch"):
            return "Start with --wallet-domains DOMAIN to take sign-ins for another domain."
        case SignInRefused(rule="invalid_siwx_unsupported_chain"):
            return "Base Sepolia is taken with --base-sepolia."
        case PaymentRequired(refused=PaymentRefused() as refused):
            return hint(refused)
        case PaymentRefused(reason="invalid_network"):
            return "Base Sepolia is taken with --base-sepolia."
        case PaymentRefused(reason="insufficient_funds"):
            return "PATCH /_emulator/wallets/ADDRESS {usdc} gives the wallet more."
        case CreditTooLow():
            return "POST /api/v1/x402/top-up pays in; PATCH /_emulator/wallets/ADDRESS {credit} sets it."
        case InsufficientFunds():
            return "PATCH /_emulator/accounts/VENDOR/KEY {usd or credits} gives the account more."
        case BadCredential(reason="unknown"):
            return "Keys that are accepted: --keys; without it any but emulator-invalid."
        case RateLimited():
            return "The limit: --image-rate and --enforce-rate; a key emulator-limited is always over it."
        case _:
            return ""


def _finding(one: Violation) -> Finding:
    # A message may quote the value, and a value may be a picture.
    expected, message = "" if one.expected is None else str(one.expected)[:_TEXT], one.message[:_TEXT]
    return Finding(where=one.where, path=_dotted(one.path), rule=one.rule, expected=expected, message=message)


def _ascii(text: str) -> str:
    """For a header: whatever is not a printable ASCII character, escaped."""
    return text[:_TEXT].encode("unicode_escape").decode("ascii")


def _dotted(path: tuple[str | int, ...]) -> str:
    return ".".join(map(str, path))
