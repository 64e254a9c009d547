"""The text that a wallet signs to sign in: EIP-4361 for EVM chains, its sister for Solana.

Reads it strictly and writes it; whether what it says is acceptable is decided in `siwx.py`.
"""

import re
from dataclasses import dataclass
from typing import Literal

_ACCOUNTS: dict[str, Literal["eip155", "solana"]] = {"Ethereum": "eip155", "Solana": "solana"}
# Without a statement EVM's text has two empty lines before the URI and Solana's one (observed).
_TEXT = re.compile(
    r"(?:(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://)?(?P<domain>[^\s/?#]+)"
    r" wants you to sign in with your (?P<account>Ethereum|Solana) account:\n"
    r"(?P<address>[^\s]+)\n"
    r"\n"
    r"(?:(?P<statement>[^\n]+)\n\n|\n?)"
    r"URI: (?P<uri>\S+)\n"
    r"Version: (?P<version>\S+)\n"
    r"Chain ID: (?P<chain>\S+)\n"
    r"Nonce: (?P<nonce>\S+)\n"
    r"Issued At: (?P<issued_at>\S+)"
    r"(?:\nExpiration Time: (?P<expiration_time>\S+))?"
    r"(?:\nNot Before: (?P<not_before>\S+))?"
    r"(?:\nRequest ID: (?P<request_id>[^\n]*))?"
    r"(?:\nResources:(?P<resources>(?:\n- \S+)*))?"
)


@dataclass(frozen=True, kw_only=True)
class Message:
    """The parts of a sign-in's text, as written; `chain` is what stands after `Chain ID:`."""

    family: Literal["eip155", "solana"]
    domain: str
    address: str
    uri: str
    version: str
    chain: str
    nonce: str
    issued_at: str
    statement: str | None = None
    expiration_time: str | None = None
    not_before: str | None = None
    request_id: str | None = None
    resources: tuple[str, ...] | None = None


def read_message(text: str) -> Message | None:
    """The parts of a signed text; None for what is no such text."""
    found = _TEXT.fullmatch(text)
    if found is None:
        return None
    resources = found["resources"]
    return Message(
        family=_ACCOUNTS[found["account"]],
        domain=found["domain"],
        address=found["address"],
        uri=found["uri"],
        version=found["version"],
        chain=found["chain"],
        nonce=found["nonce"],
        issued_at=found["issued_at"],
        statement=found["statement"],
        expiration_time=found["expiration_time"],
        not_before=found["not_before"],
        request_id=found["request_id"],
        resources=None
        if resources is None
        else tuple(resources.removeprefix("\n- ").split("\n- ") if resources else ()),
    )


def write_message(message: Message) -> str:
    """The text to sign, as the wallets' own libraries write it."""
    account = "Ethereum" if message.family == "eip155" else "Solana"
    nothing = [""] if message.family == "eip155" else []
    statement = nothing if message.statement is None else [message.statement, ""]
    lines = [
        f"{message.domain} wants you to sign in with your {account} account:",
        message.address,
        "",
        *statement,
        f"URI: {message.uri}",
        f"Version: {message.version}",
        f"Chain ID: {message.chain}",
        f"Nonce: {message.nonce}",
        f"Issued At: {message.issued_at}",
    ]
    for name, value in (
        ("Expiration Time", message.expiration_time),
        ("Not Before", message.not_before),
        ("Request ID", message.request_id),
    ):
        if value is not None:
            lines.append(f"{name}: {value}")
    if message.resources is not None:
        lines += ["Resources:", *(f"- {one}" for one in message.resources)]
    return "\n".join(lines)
