"""Signing in with a wallet: both payloads in use, one set of rules, a named reason for each refusal.

Venice's payload carries the signed text itself; the x402 extension's carries its parts, and the text is
rebuilt (observed). The reasons are x402's own codes, with a few more where those have none. Knows times
and places as arguments; whether a nonce was used before is the chain state's to say.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from emulator.errors import SignInRefused
from emulator.wallets import curves
from emulator.wallets.addresses import normalised
from emulator.wallets.header import JsonObject, Unreadable, optional_text, read_header, strict_base64, text_of
from emulator.wallets.message import Message, read_message, write_message
from emulator.wallets.networks import Network, network_named
from emulator.wallets.places import Places

LIFE = 300  # documented: seconds that a sign-in is good for, from Issued At
SKEW = 60  # documented: seconds that a signer's clock may be ahead
LONGEST = 600 + SKEW  # seconds from Issued At to Expiration Time; Venice recommends ten minutes (inferred as a limit)
# documented: at least eight letters and digits
_NONCE = re.compile(r"[A-Za-z0-9]{8,128}", re.ASCII)
_TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
_SIGNS = {"eip155": "eip191", "solana": "ed25519"}


@dataclass(frozen=True, kw_only=True)
class SignIn:
    """A sign-in that holds. `address` normalised; `nonce` must not be used again before `until` (Unix seconds)."""

    address: str
    network: Network
    nonce: str
    until: float


@dataclass(frozen=True, kw_only=True)
class _Claim:
    """What came: the text that was signed, its parts, who claims to have signed it, and the signature."""

    text: str
    message: Message
    address: str
    network: Network
    signature: str


def verify_sign_in(header: str, *, now: float, places: Places, networks: Iterable[Network]) -> SignIn:
    """Who signed in, by the value of a `SIGN-IN-WITH-X` header.

    `now` in Unix seconds, `places` this server's own, `networks` those that may be used. Raises SignInRefused.
    """
    known = tuple(networks)
    try:
        fields = read_header(header)
        claim = _venice(fields, known) if isinstance(fields.get("message"), str) else _flat(fields, known)
    except Unreadable as error:
        raise SignInRefused(rule="invalid_siwx_payload", message=str(error)) from error
    message = claim.message
    if message.version != "1":
        raise SignInRefused(rule="invalid_siwx_version", message=f"Version is {message.version!r}", expected="1")
    _check_places(message, places)
    issued = _check_times(message, now)
    if not _NONCE.fullmatch(message.nonce):
        raise SignInRefused(
            rule="invalid_siwx_nonce",
            message=f"the nonce {message.nonce[:40]!r} is not of the right form",
            expected="at least 8 letters and digits",
        )
    _check_signature(claim)
    return SignIn(address=normalised(claim.address), network=claim.network, nonce=message.nonce, until=issued + LIFE)


def _venice(fields: JsonObject, known: tuple[Network, ...]) -> _Claim:
    """Venice's payload: `{address, message, signature, timestamp, chainId, type?}` (documented)."""
    address, text, signature = _address(fields), text_of(fields, "message", most=8192), text_of(fields, "signature")
    stamp = fields.get("timestamp")  # unsigned, and observed to be absent: looked at for its type alone
    if stamp is not None and (isinstance(stamp, bool) or not isinstance(stamp, int | float)):
        raise Unreadable("timestamp is not a number, expected milliseconds since 1970 or nothing")
    network = _network(fields, known, plain=True)
    _check_type(fields, network)
    message = read_message(text)
    if message is None or message.family != network.family:
        raise SignInRefused(
            rule="invalid_siwx_message",
            message="the message is not the text that a wallet signs to sign in"
            + ("" if message is None else f" on {network.id}"),
            expected="DOMAIN wants you to sign in with your "
            + ("Ethereum" if network.family == "eip155" else "Solana")
            + " account: and the lines of EIP-4361",
        )
    if message.chain not in (network.reference, network.id if network.family == "solana" else ""):
        raise SignInRefused(
            rule="invalid_siwx_chain_id",
            message=f"the message's Chain ID is {message.chain[:60]!r}",
            expected=f"{network.reference}, as chainId says",
        )
    if not _same_address(message.address, address):
        raise SignInRefused(
            rule="invalid_siwx_address_mismatch",
            message=f"the message is for {message.address[:60]!r}",
            expected=f"the payload's address {address}",
        )
    return _Claim(text=text, message=message, address=address, network=network, signature=signature)


def _flat(fields: JsonObject, known: tuple[Network, ...]) -> _Claim:
    """The x402 extension's payload, whose text is rebuilt here (documented)."""
    if "message" in fields and "domain" not in fields:
        raise Unreadable("message is not a text, expected the text that was signed")
    network = _network(fields, known, plain=False)
    _check_type(fields, network)
    scheme = optional_text(fields, "signatureScheme")
    if scheme in ("eip1271", "eip6492"):
        raise SignInRefused(
            rule="invalid_siwx_unsupported_signature_scheme",
            message=f"a signature of a contract wallet ({scheme}) needs a chain to be verified",
            expected="a signature of the account's own key (eip191 or siws)",
        )
    resources = fields.get("resources")
    if resources is not None and not (
        isinstance(resources, list) and len(resources) <= 64 and all(isinstance(one, str) for one in resources)
    ):
        raise Unreadable("resources is not a list of texts (64 at most)")
    message = Message(
        family=network.family,
        domain=text_of(fields, "domain"),
        address=_address(fields),
        uri=text_of(fields, "uri"),
        version=text_of(fields, "version"),
        chain=network.reference,
        nonce=text_of(fields, "nonce"),
        issued_at=text_of(fields, "issuedAt"),
        statement=optional_text(fields, "statement"),
        expiration_time=optional_text(fields, "expirationTime"),
        not_before=optional_text(fields, "notBefore"),
        request_id=optional_text(fields, "requestId"),
        resources=None if not resources else tuple(map(str, resources)),
    )
    text = write_message(message)
    if read_message(text) != message:  # a line break in a field would make other lines of it
        raise SignInRefused(
            rule="invalid_siwx_message",
            message="the fields do not make a text of EIP-4361",
            expected="no spaces in domain, uri and nonce, no line breaks anywhere",
        )
    signature = text_of(fields, "signature")
    return _Claim(text=text, message=message, address=message.address, network=network, signature=signature)


def _address(fields: JsonObject) -> str:
    text = text_of(fields, "address")
    try:
        normalised(text)
    except ValueError as error:
        raise SignInRefused(rule="invalid_siwx_address", message=str(error)) from error
    return text


def _same_address(left: str, right: str) -> bool:
    try:
        return normalised(left) == normalised(right)
    except ValueError:
        return False


def _network(fields: JsonObject, known: tuple[Network, ...], *, plain: bool) -> Network:
    """The chain of `chainId`; `plain` also takes the bare number of an EVM chain (documented for Venice)."""
    if "chainId" not in fields:
        raise Unreadable("chainId is missing, expected one of " + ", ".join(one.id for one in known))
    value = fields["chainId"]
    named = value
    if plain and isinstance(value, int | str) and not isinstance(value, bool) and re.fullmatch(r"\d{1,20}", str(value)):
        named = f"eip155:{value}"
    elif not isinstance(value, str):
        raise Unreadable(f"chainId is {value!r:.40}, expected one of " + ", ".join(one.id for one in known))
    network = network_named(named) if isinstance(named, str) and ":" in named else None
    if network is None or network not in known:
        raise SignInRefused(
            rule="invalid_siwx_unsupported_chain",
            message=f"the chain {value!r:.60} is not served here",
            expected=", ".join(one.id for one in known),
        )
    return network


def _check_type(fields: JsonObject, network: Network) -> None:
    kind, expected = optional_text(fields, "type"), _SIGNS[network.family]
    if kind not in (None, expected):
        raise SignInRefused(
            rule="invalid_siwx_type", message=f"type is {kind!r:.40} on {network.id}", expected=f"{expected} or nothing"
        )


def _check_places(message: Message, places: Places) -> None:
    scheme = message.uri.partition("://")[0].lower()
    if not places.has_host(message.domain, scheme):
        raise SignInRefused(
            rule="invalid_siwx_domain_mismatch",
            message=f"the sign-in is for the domain {message.domain[:80]!r}",
            expected=" or ".join(places.hosts),
        )
    if not places.has_uri(message.uri):
        raise SignInRefused(
            rule="invalid_siwx_uri_mismatch",
            message=f"the sign-in is for the URI {message.uri[:120]!r}",
            expected="one at " + " or ".join(places.origins),
        )


def _check_times(message: Message, now: float) -> float:
    """Issued At in Unix seconds, once all times hold."""
    issued = _moment(message.issued_at, "issued_at", "Issued At")
    if issued > now + SKEW:
        raise SignInRefused(
            rule="invalid_siwx_issued_at_in_future",
            message=f"Issued At is {issued - now:.0f} seconds ahead of this world's clock",
            expected=f"at most {SKEW}",
        )
    if issued < now - LIFE:
        raise SignInRefused(
            rule="invalid_siwx_issued_at_too_old",
            message=f"Issued At is {now - issued:.0f} seconds old by this world's clock",
            expected=f"at most {LIFE}: sign each request anew",
        )
    if message.expiration_time is not None:
        expires = _moment(message.expiration_time, "expiration_time", "Expiration Time")
        if now >= expires:
            raise SignInRefused(
                rule="invalid_siwx_expired",
                message=f"the sign-in expired {now - expires:.0f} seconds ago by this world's clock",
                expected="an Expiration Time ahead of now",
            )
        if expires > issued + LONGEST:
            raise SignInRefused(
                rule="invalid_siwx_expiration_time",
                message=f"Expiration Time is {expires - issued:.0f} seconds after Issued At",
                expected="at most 600",
            )
    if message.not_before is not None and now < _moment(message.not_before, "not_before", "Not Before"):
        raise SignInRefused(
            rule="invalid_siwx_not_yet_valid",
            message=f"the sign-in holds from {message.not_before} on",
            expected="a Not Before that has passed",
        )
    return issued


def _moment(text: str, rule: str, name: str) -> float:
    if _TIME.fullmatch(text):
        try:
            return datetime.fromisoformat(text.upper()).timestamp()
        except (ValueError, OverflowError):
            pass  # a 13th month, or hour 25
    raise SignInRefused(
        rule=f"invalid_siwx_{rule}",
        message=f"{name} is {text[:60]!r}",
        expected="an RFC 3339 time with its zone, such as 2026-01-31T12:00:00.000Z",
    )


def _check_signature(claim: _Claim) -> None:
    try:
        if claim.network.family == "eip155":
            signer = curves.recover(curves.personal_hash(claim.text), claim.signature)
            good = signer == normalised(claim.address)
            signed = f"it is {signer}'s for this text"
        else:
            raw = claim.text.encode("utf-8", "surrogatepass")
            good = curves.verify_ed25519(claim.address, raw, _ed25519(claim.signature))
            signed = "it is another key's, or for another text"
    except curves.BadSignature as error:
        raise SignInRefused(rule="invalid_siwx_malformed_signature", message=str(error)) from error
    if not good:
        raise SignInRefused(
            rule="invalid_siwx_signature",
            message=f"the signature is not the address's own: {signed}",
            expected=f"a signature by {claim.address} of: {claim.text!r}",
        )


def _ed25519(text: str) -> bytes:
    """A signature in base58, or in base64 (documented: both are in use)."""
    try:
        return curves.base58_signature(text)
    except curves.BadSignature:
        raw = strict_base64(text)
        if raw is None:
            raise curves.BadSignature("the signature is neither base58 nor base64 of 64 bytes") from None
        return raw
