"""What is offered and what was paid, as values: the requirement of an x402 402 and a verified payment."""

from dataclasses import dataclass

from emulator.errors import PaymentRefused


@dataclass(frozen=True, kw_only=True)
class Offer:
    """A way to pay, scheme `exact`. Amounts in the token's smallest unit.

    A payment must carry `amount` (or at least that, where not `exactly`) and at most `most`. `fee_payer` and
    `memo` belong to Solana, `token_name` and `token_version` to EVM.
    """

    network: str
    asset: str
    amount: int
    pay_to: str
    most: int | None = None
    exactly: bool = False
    token_name: str = ""
    token_version: str = ""
    fee_payer: str = ""
    memo: str = ""


@dataclass(frozen=True, kw_only=True)
class Payment:
    """A payment whose signature and terms hold; not settled yet.

    `payer` and `pay_to` normalised. `key` names it among all payments of the payer on that network: the
    authorisation's nonce, or the hash of a Solana transaction's message.
    """

    network: str
    asset: str
    payer: str
    pay_to: str
    amount: int
    key: str


def refused(reason: str, message: str, *, expected: str = "", payer: str = "") -> PaymentRefused:
    """A refusal with an x402 code."""
    return PaymentRefused(reason=reason, message=message, expected=expected, payer=payer)


def check_amount(value: int, offer: Offer, *, reason: str, payer: str) -> None:
    """Raises PaymentRefused for an amount that the offer does not take."""
    if offer.exactly:
        if value != offer.amount:
            raise refused(reason, f"the amount is {value}", expected=f"exactly {offer.amount}", payer=payer)
    elif value < offer.amount:
        raise refused(reason, f"the amount is {value}", expected=f"at least {offer.amount}", payer=payer)
    elif offer.most is not None and value > offer.most:
        raise refused(reason, f"the amount is {value}", expected=f"at most {offer.most}", payer=payer)
