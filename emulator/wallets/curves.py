"""Signatures, by libraries: who signed an EVM digest (secp256k1, keccak-256), whether an ed25519 one is good.

The only module that imports the cryptography for verifying. Signatures that a chain would not take are refused: of
another length, with a recovery byte other than 27 or 28, or malleable (a high s).
"""

import coincurve
from Crypto.Hash import keccak
from solders.pubkey import Pubkey
from solders.signature import Signature

_HALF_ORDER = 0x7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF5D576E7357A4501DDFE92F46681B20A0
ERC6492 = "6492" * 16  # the mark behind a signature of a wallet that is still to be deployed


class BadSignature(ValueError):
    """The bytes are no signature that could be verified; the message says why."""


def keccak256(data: bytes) -> bytes:
    """The 32 bytes of Ethereum's hash."""
    return keccak.new(digest_bits=256, data=data).digest()


def personal_hash(text: str) -> bytes:
    """What a wallet signs for a text: EIP-191, version 0x45 (documented)."""
    raw = text.encode("utf-8", "surrogatepass")
    return keccak256(b"\x19Ethereum Signed Message:\n" + str(len(raw)).encode() + raw)


def recover(digest: bytes, signature: str) -> str:
    """The address, in lower case, whose key signed the digest. Raises BadSignature."""
    raw = _hex(signature)
    if len(raw) != 65:
        hint = ": signatures of contract wallets (EIP-1271, ERC-6492) need a chain to be verified"
        raise BadSignature(f"the signature has {len(raw)} bytes, expected 65{hint if len(raw) > 65 else ''}")
    if raw[64] not in (27, 28):
        raise BadSignature(f"the signature's last byte is {raw[64]}, expected 27 or 28 (add 27 to 0 or 1)")
    if int.from_bytes(raw[32:64], "big") > _HALF_ORDER:
        raise BadSignature("the signature is malleable: its s is in the upper half of the curve's order")
    try:
        key = coincurve.PublicKey.from_signature_and_message(raw[:64] + bytes((raw[64] - 27,)), digest, hasher=None)
    except ValueError as error:
        raise BadSignature("the signature is not one of secp256k1") from error
    return address_of(key)


def address_of(key: coincurve.PublicKey) -> str:
    """The EVM address of a public key, in lower case."""
    return "0x" + keccak256(key.format(compressed=False)[1:])[-20:].hex()


def checksummed(address: str) -> str:
    """An EVM address in the spelling of EIP-55."""
    plain = address[2:].lower()
    marks = keccak256(plain.encode()).hex()
    return "0x" + "".join(letter.upper() if mark > "7" else letter for letter, mark in zip(plain, marks, strict=False))


def verify_ed25519(address: str, message: bytes, signature: bytes) -> bool:
    """Whether the Solana address signed the message. Raises BadSignature for what is no signature."""
    if len(signature) != 64:
        raise BadSignature(f"the signature has {len(signature)} bytes, expected 64")
    return bool(Signature.from_bytes(signature).verify(pubkey(address), message))


def pubkey(address: str) -> Pubkey:
    """A Solana address as bytes. Raises BadSignature."""
    try:
        return Pubkey.from_string(address)
    except ValueError as error:
        raise BadSignature(f"{address[:60]!r} is not a Solana address (32 bytes in base58)") from error


def base58_signature(text: str) -> bytes:
    """The 64 bytes of a signature in base58. Raises BadSignature."""
    try:
        return bytes(Signature.from_string(text))
    except ValueError as error:
        raise BadSignature("the signature is not 64 bytes in base58") from error


def in_base58(raw: bytes) -> str:
    """64 bytes as Solana writes signatures."""
    return str(Signature.from_bytes(raw))


def _hex(text: str) -> bytes:
    if not text.startswith("0x"):
        raise BadSignature("the signature does not begin with 0x")
    digits = text[2:]
    if not (digits.isascii() and digits.isalnum()):  # fromhex would pass over spaces
        raise BadSignature("the signature is not hexadecimal")
    try:
        return bytes.fromhex(digits)
    except ValueError as error:
        raise BadSignature("the signature is not hexadecimal, or has half a byte") from error
