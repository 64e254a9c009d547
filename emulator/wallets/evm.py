"""The scheme `exact` on EVM chains: an EIP-3009 transfer authorisation, signed as EIP-712 typed data (documented).

Plain arithmetic on 32-byte words; hashing and recovery are the libraries'.
"""

import re
from dataclasses import dataclass

from emulator.wallets import curves
from emulator.wallets.addresses import EVM
from emulator.wallets.header import JsonObject, Unreadable, object_of, text_of
from emulator.wallets.payment import Offer, Payment, check_amount, refused

_CODE = "invalid_exact_evm_payload_"
_NUMBER = re.compile(r"[0-9]{1,78}", re.ASCII)
_NONCE = re.compile(r"0[xX][0-9a-fA-F]{64}", re.ASCII)
_DOMAIN_TYPE = b"EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
_TRANSFER_TYPE = (
    b"TransferWithAuthorization(address from,address to,uint256 value,"
    b"uint256 validAfter,uint256 validBefore,bytes32 nonce)"
)


@dataclass(frozen=True, kw_only=True)
class Authorisation:
    """The parts of a TransferWithAuthorization; times in Unix seconds, value in the token's smallest unit."""

    sender: str
    to: str
    value: int
    valid_after: int
    valid_before: int
    nonce: str


def verify_evm(payload: JsonObject, offer: Offer, *, now: float) -> Payment:
    """The payment in `{signature, authorization}`. Raises Unreadable, and PaymentRefused for a rule that fails."""
    if "authorization" not in payload and "permit2Authorization" in payload:
        raise Unreadable("a Permit2 authorisation; expected an EIP-3009 one (authorization), as the offer says")
    one = _read(object_of(payload, "authorization"))
    signature = text_of(payload, "signature", most=MOST_SIGNATURE)
    payer = one.sender
    if one.to != offer.pay_to.lower():
        raise refused(_CODE + "recipient_mismatch", f"to is {one.to}", expected=offer.pay_to.lower(), payer=payer)
    check_amount(one.value, offer, reason=_CODE + "authorization_value_mismatch", payer=payer)
    if one.valid_after > now:
        raise refused(
            _CODE + "authorization_valid_after",
            f"validAfter is {one.valid_after}, this world's clock shows {int(now)}",
            expected="a moment that has passed",
            payer=payer,
        )
    if now >= one.valid_before:
        raise refused(
            _CODE + "authorization_valid_before",
            f"validBefore is {one.valid_before}, this world's clock shows {int(now)}",
            expected="a moment ahead",
            payer=payer,
        )
    _check_signature(one, signature, offer)
    return Payment(
        network=offer.network, asset=offer.asset.lower(), payer=payer, pay_to=one.to, amount=one.value, key=one.nonce
    )


MOST_SIGNATURE = 12_000  # characters: a contract wallet's is long, and is refused by its reason rather than its length


def _check_signature(one: Authorisation, signature: str, offer: Offer) -> None:
    if signature.lower().endswith(curves.ERC6492):
        raise refused(
            _CODE + "undeployed_smart_wallet",
            "the signature is of a contract wallet that is still to be deployed (ERC-6492), "
            "which cannot be verified without a chain",
            expected="a signature of the account's own key",
            payer=one.sender,
        )
    try:
        signer = curves.recover(digest(one, offer), signature)
    except curves.BadSignature as error:
        raise refused(_CODE + "signature", str(error), payer=one.sender) from error
    if signer != one.sender:
        raise refused(
            _CODE + "signature",
            f"the signature recovers to {signer}",
            expected=f"{one.sender}, over the EIP-712 domain name {offer.token_name!r}, "
            f"version {offer.token_version!r}, chainId {_chain(offer)}, verifyingContract {offer.asset}",
            payer=one.sender,
        )


def digest(one: Authorisation, offer: Offer) -> bytes:
    """What is signed: the EIP-712 hash of the authorisation for the offer's token."""
    domain = curves.keccak256(
        curves.keccak256(_DOMAIN_TYPE)
        + curves.keccak256(offer.token_name.encode())
        + curves.keccak256(offer.token_version.encode())
        + _word(_chain(offer))
        + _word(int(offer.asset, 16))
    )
    transfer = curves.keccak256(
        curves.keccak256(_TRANSFER_TYPE)
        + _word(int(one.sender, 16))
        + _word(int(one.to, 16))
        + _word(one.value)
        + _word(one.valid_after)
        + _word(one.valid_before)
        + bytes.fromhex(one.nonce[2:])
    )
    return curves.keccak256(b"\x19\x01" + domain + transfer)


def _chain(offer: Offer) -> int:
    return int(offer.network.partition(":")[2])


def _word(number: int) -> bytes:
    return number.to_bytes(32, "big")


def _read(fields: JsonObject) -> Authorisation:
    return Authorisation(
        sender=_address(fields, "from"),
        to=_address(fields, "to"),
        value=_number(fields, "value"),
        valid_after=_number(fields, "validAfter"),
        valid_before=_number(fields, "validBefore"),
        nonce=_nonce(fields),
    )


def _address(fields: JsonObject, name: str) -> str:
    text = text_of(fields, name)
    if not EVM.fullmatch(text):
        raise Unreadable(f"authorization.{name} is {text[:60]!r}, expected 0x and 40 hex digits")
    return text.lower()


def _number(fields: JsonObject, name: str) -> int:
    text = text_of(fields, name)
    if not _NUMBER.fullmatch(text) or int(text) >= 2**256:
        raise Unreadable(f"authorization.{name} is {text[:90]!r}, expected a whole number in decimal digits")
    return int(text)


def _nonce(fields: JsonObject) -> str:
    text = text_of(fields, "nonce")
    if not _NONCE.fullmatch(text):
        raise Unreadable(f"authorization.nonce is {text[:90]!r}, expected 0x and 64 hex digits")
    return text.lower()
