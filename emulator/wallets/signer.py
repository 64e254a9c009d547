"""Test wallets that sign: for people at a prompt and for tests; the server itself never signs.

The well-known development wallets stand in `fixtures/wallets.json`. They never hold funds anywhere, and
everybody knows their keys.
"""

import base64
from dataclasses import dataclass
from typing import Protocol

import coincurve
import orjson
from solders.hash import Hash
from solders.instruction import AccountMeta, Instruction
from solders.keypair import Keypair
from solders.message import MessageV0, to_bytes_versioned
from solders.signature import Signature
from solders.token.associated import get_associated_token_address
from solders.transaction import VersionedTransaction

from emulator.clock import iso
from emulator.data import data_path
from emulator.ids import digest
from emulator.wallets import curves, solana
from emulator.wallets.evm import Authorisation
from emulator.wallets.evm import digest as transfer_digest
from emulator.wallets.message import Message, write_message
from emulator.wallets.networks import BASE, SOLANA, Network
from emulator.wallets.payment import Offer

SIGN_IN_LIFE = 300  # seconds from Issued At to Expiration Time


class Signer(Protocol):
    """A wallet with its key."""

    @property
    def address(self) -> str:
        """The address; EVM's in the spelling of EIP-55."""

    @property
    def secret(self) -> str:
        """The private key as text, as `signer_for` takes it."""

    @property
    def network(self) -> Network:
        """The chain it signs for unless told otherwise."""

    def sign_in(self, uri: str, *, now: float, nonce: str) -> str:
        """The value of a `SIGN-IN-WITH-X` header for this URI, in Venice's payload."""

    def pay(self, offer: Offer, amount: int, *, now: float, nonce: str) -> str:
        """The value of a `PAYMENT-SIGNATURE` header that pays `amount` (smallest unit), x402 version 2."""


@dataclass(frozen=True, kw_only=True)
class DevelopmentWallet:
    """A wallet whose key is public knowledge."""

    name: str
    address: str
    secret: str


def development_wallets() -> tuple[DevelopmentWallet, ...]:
    """The well-known ones, in the order of `fixtures/wallets.json`."""
    rows = orjson.loads(data_path("fixtures", "wallets.json").read_bytes())["wallets"]
    return tuple(DevelopmentWallet(name=row["name"], address=row["address"], secret=row["secret"]) for row in rows)


def signer_for(key: str) -> Signer:
    """A signer from a development wallet's name, an EVM key (64 hex digits) or a Solana key (base58 of 64 bytes).

    Raises ValueError, which never quotes the key.
    """
    named = {one.name: one.secret for one in development_wallets()}
    secret = named.get(key, key)
    plain = secret.removeprefix("0x")
    try:
        if len(plain) == 64:
            return EvmSigner(coincurve.PrivateKey(bytes.fromhex(plain)))
        return SolanaSigner(Keypair.from_base58_string(secret))
    except BaseException as error:  # solders panics on some texts
        if isinstance(error, KeyboardInterrupt | SystemExit):
            raise
    raise ValueError(
        "not a key: expected 64 hex digits (EVM), 64 bytes in base58 (Solana), or one of " + ", ".join(named)
    )


def new_signer(*, family: str = "eip155") -> Signer:
    """A new wallet, from the system's randomness."""
    return SolanaSigner(Keypair()) if family == "solana" else EvmSigner(coincurve.PrivateKey())


class EvmSigner:
    """A wallet of Base and other EVM chains."""

    def __init__(self, key: coincurve.PrivateKey) -> None:
        self._key = key
        self.network = BASE

    @property
    def address(self) -> str:
        """The address, in the spelling of EIP-55."""
        return curves.checksummed(curves.address_of(self._key.public_key))

    @property
    def secret(self) -> str:
        """The private key in hex."""
        return "0x" + self._key.to_hex().rjust(64, "0")

    def sign_in(self, uri: str, *, now: float, nonce: str) -> str:
        """See Signer."""
        text = _text(self, uri, now, nonce)
        return _sign_in(self, text, self._sign(curves.personal_hash(text)), now)

    def pay(self, offer: Offer, amount: int, *, now: float, nonce: str) -> str:
        """See Signer."""
        one = Authorisation(
            sender=self.address.lower(),
            to=offer.pay_to.lower(),
            value=amount,
            valid_after=0,
            valid_before=int(now) + 300,
            nonce="0x" + digest("nonce", nonce).hex(),
        )
        authorisation = {
            "from": self.address,
            "to": offer.pay_to,
            "value": str(one.value),
            "validAfter": str(one.valid_after),
            "validBefore": str(one.valid_before),
            "nonce": one.nonce,
        }
        return _payment(offer, {"signature": self._sign(transfer_digest(one, offer)), "authorization": authorisation})

    def _sign(self, raw: bytes) -> str:
        signature = self._key.sign_recoverable(raw, hasher=None)
        return "0x" + (signature[:64] + bytes((signature[64] + 27,))).hex()


class SolanaSigner:
    """A wallet of Solana."""

    def __init__(self, pair: Keypair) -> None:
        self._pair = pair
        self.network = SOLANA

    @property
    def address(self) -> str:
        """The public key in base58."""
        return str(self._pair.pubkey())

    @property
    def secret(self) -> str:
        """The key pair in base58."""
        return str(self._pair)

    def sign_in(self, uri: str, *, now: float, nonce: str) -> str:
        """See Signer."""
        text = _text(self, uri, now, nonce)
        return _sign_in(self, text, str(self._pair.sign_message(text.encode())), now)

    def pay(self, offer: Offer, amount: int, *, now: float, nonce: str) -> str:  # noqa: ARG002  # no time in it
        """See Signer. The blockhash is made up: there is no chain to know a recent one."""
        mint, payer = curves.pubkey(offer.asset), self._pair.pubkey()
        transfer = Instruction(
            solana.TOKEN,
            bytes((solana.TRANSFER_CHECKED,)) + amount.to_bytes(8, "little") + bytes((solana.USDC_DECIMALS,)),
            [
                AccountMeta(get_associated_token_address(payer, mint), is_signer=False, is_writable=True),
                AccountMeta(mint, is_signer=False, is_writable=False),
                AccountMeta(
                    get_associated_token_address(curves.pubkey(offer.pay_to), mint), is_signer=False, is_writable=True
                ),
                AccountMeta(payer, is_signer=True, is_writable=False),
            ],
        )
        message = MessageV0.try_compile(
            curves.pubkey(offer.fee_payer),
            [
                Instruction(solana.COMPUTE_BUDGET, bytes((solana.SET_LIMIT,)) + (20_000).to_bytes(4, "little"), []),
                Instruction(solana.COMPUTE_BUDGET, bytes((solana.SET_PRICE,)) + (1).to_bytes(8, "little"), []),
                transfer,
                Instruction(solana.MEMO, offer.memo.encode() or digest("memo", nonce).hex()[:32].encode(), []),
            ],
            [],
            Hash(digest("blockhash", nonce)),
        )
        signed = [Signature.default(), self._pair.sign_message(to_bytes_versioned(message))]
        raw = bytes(VersionedTransaction.populate(message, signed))
        return _payment(offer, {"transaction": base64.b64encode(raw).decode()})


def _text(signer: Signer, uri: str, now: float, nonce: str) -> str:
    return write_message(
        Message(
            family=signer.network.family,
            domain=uri.partition("://")[2].partition("/")[0].partition("?")[0],
            address=signer.address,
            statement="Sign in to Venice AI",
            uri=uri,
            version="1",
            chain=signer.network.reference,
            nonce=nonce,
            issued_at=iso(now),
            expiration_time=iso(now + SIGN_IN_LIFE),
        )
    )


def _sign_in(signer: Signer, text: str, signature: str, now: float) -> str:
    chain: dict[str, object] = {"chainId": signer.network.id}
    if signer.network.family == "solana":
        chain["type"] = "ed25519"
    return _encoded(
        {"address": signer.address, "message": text, "signature": signature, "timestamp": int(now * 1000), **chain}
    )


def _payment(offer: Offer, payload: dict[str, object]) -> str:
    extra = (
        {"name": offer.token_name, "version": offer.token_version}
        if offer.token_name
        else {"feePayer": offer.fee_payer}
    )
    accepted = {
        "scheme": "exact",
        "network": offer.network,
        "asset": offer.asset,
        "amount": str(offer.amount),
        "payTo": offer.pay_to,
        "maxTimeoutSeconds": 300,
        "extra": extra,
    }
    return _encoded({"x402Version": 2, "accepted": accepted, "payload": payload})


def _encoded(value: dict[str, object]) -> str:
    return base64.b64encode(orjson.dumps(value)).decode()
