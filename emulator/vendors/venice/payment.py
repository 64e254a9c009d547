"""What Venice asks for when nobody pays: offers, the challenge to sign in, the 402 bodies and their header.

Documented shapes. The challenge is made out for this server's own origin: clients refuse another's (observed).
"""

import base64
from collections.abc import Iterable
from typing import Any

import orjson

from emulator.clock import iso
from emulator.errors import CreditTooLow, PaymentRequired, TopUpUnpaid
from emulator.money import usd_number
from emulator.settings import Settings
from emulator.wallets import BASE, BASE_SEPOLIA, SOLANA, Network, Offer, network_named

MINIMUM = 5_000_000  # micro-dollars, as the rest here: the least top-up (documented)
MAXIMUM = 10_000_000_000  # documented
SUGGESTED = 10_000_000  # documented
FLOOR = 100_000  # observed: what a wallet must hold before any paid call
RECEIVER = "0x2670B922ef37C7Df47158725C0CC407b5382293F"  # documented, as the next two
SOLANA_RECEIVER = "8qUL23aSj7mDWdoLMXGHFvnVCT9wd7jXcysiekroADEL"
FEE_PAYER = "BFK9TLC3edb13K6v4YyH3DwPb5DSUpkWvb7XnqCL9b4F"
OFFER_LIFE = 300  # seconds (documented)
CHALLENGE_LIFE = 300  # seconds (documented)
_SIGNS = {"eip155": "eip191", "solana": "ed25519"}


def networks(settings: Settings) -> tuple[Network, ...]:
    """The chains that wallets may use, Base first: clients take the first that they know (observed)."""
    return (BASE, SOLANA, BASE_SEPOLIA) if settings.base_sepolia else (BASE, SOLANA)


def offers(chains: Iterable[Network]) -> tuple[Offer, ...]:
    """The ways to pay on these chains. A payment may exceed the minimum: all of it is credited (documented)."""
    return tuple(
        Offer(
            network=one.id,
            asset=one.usdc,
            amount=MINIMUM,
            most=MAXIMUM,
            pay_to=RECEIVER if one.family == "eip155" else SOLANA_RECEIVER,
            token_name=one.token_name,
            token_version=one.token_version,
            fee_payer=FEE_PAYER if one.family == "solana" else "",
        )
        for one in chains
    )


def accepts(error: CreditTooLow | PaymentRequired | TopUpUnpaid) -> list[dict[str, Any]]:
    """The offers as a 402 lists them."""
    return [
        {
            "scheme": "exact",
            "network": one.network,
            "asset": one.asset,
            "amount": str(one.amount),
            "payTo": one.pay_to,
            "maxTimeoutSeconds": OFFER_LIFE,
            "extra": {"feePayer": one.fee_payer}
            if one.fee_payer
            else {"name": one.token_name, "version": one.token_version},
        }
        for one in offers(_named(error.networks))
    ]


def discovery(error: PaymentRequired) -> dict[str, Any]:
    """The body of a 402 on a paid route, for a caller without credentials or whose payment is not taken."""
    return {
        "x402Version": 2,
        "error": "Payment required" if error.refused is None else error.refused.reason,
        "resource": _resource(error.origin + error.resource),
        "accepts": accepts(error),
        "extensions": {"sign-in-with-x": _extension(error)},
        "authOptions": {
            "apiKey": {
                "header": "Authorization: Bearer YOUR_API_KEY",
                "getKey": "https://venice.ai/settings/api",
                "docs": "https://docs.venice.ai/api-reference",
            },
            "x402Wallet": {
                "header": "SIGN-IN-WITH-X",
                "legacyHeader": "X-Sign-In-With-X",
                "topUp": "POST /api/v1/x402/top-up",
                "docs": "https://docs.venice.ai/api-reference/endpoint/x402/top-up",
            },
        },
    }


def insufficient(error: CreditTooLow) -> dict[str, Any]:
    """The body of a 402 to a wallet whose credit does not reach."""
    return {
        "error": "Payment required",
        "code": "PAYMENT_REQUIRED",
        "reason": "insufficient_balance",
        "message": "Insufficient x402 balance",
        "description": "Venice API",
        "currentBalanceUsd": usd_number(error.balance),
        "minimumBalanceUsd": usd_number(FLOOR),
        "suggestedTopUpUsd": usd_number(SUGGESTED),
        "minimumTopUpUsd": usd_number(MINIMUM),
        "supportedTokens": ["USDC"],
        "supportedChains": [one.name for one in _named(error.networks)],
        "topUpInstructions": {
            "step1": "Ask POST /api/v1/x402/top-up without a payment: its 402 lists the ways to pay.",
            "step2": "Pick one of its accepts and sign a transfer of USDC for it with an x402 library.",
            "step3": "Send POST /api/v1/x402/top-up again with the signed payment in PAYMENT-SIGNATURE.",
            "receiverWallet": RECEIVER,
            "tokenAddress": BASE.usdc,
            "tokenDecimals": 6,
            "network": BASE.id,
            "minimumAmountUsd": usd_number(MINIMUM),
        },
        "siwxChallenge": {
            "info": _challenge(error),
            "supportedChains": _chains(error),
        },
    }


def requirement(error: CreditTooLow) -> dict[str, Any]:
    """What the header `PAYMENT-REQUIRED` holds beside that body: x402 clients read the offers there."""
    return {
        "x402Version": 2,
        "error": "insufficient_balance",
        "resource": _resource(error.origin + error.resource),
        "accepts": accepts(error),
        "extensions": {"sign-in-with-x": _extension(error)},
    }


def top_up_requirement(error: TopUpUnpaid) -> dict[str, Any]:
    """The same for the top-up, whose body has the offers alone (documented; clients need the header, observed)."""
    return {
        "x402Version": 2,
        "error": "PAYMENT-SIGNATURE header is required",
        "resource": {
            "url": error.origin + error.resource,
            "description": "Venice x402 top-up",
            "mimeType": "application/json",
        },
        "accepts": accepts(error),
    }


def in_header(value: dict[str, Any]) -> str:
    """A JSON value as x402's headers carry it: standard base64 with padding (observed: clients refuse others)."""
    return base64.b64encode(orjson.dumps(value)).decode()


def _named(ids: tuple[str, ...]) -> list[Network]:
    return [network for one in ids if (network := network_named(one))]


def _resource(url: str) -> dict[str, str]:
    return {"url": url, "description": "Venice API", "mimeType": "application/json"}


def _challenge(error: CreditTooLow | PaymentRequired) -> dict[str, str]:
    return {
        "domain": error.origin.partition("://")[2].partition("/")[0],
        "uri": error.origin + error.resource,
        "version": "1",
        "nonce": error.nonce,
        "issuedAt": iso(error.at),
        "expirationTime": iso(error.at + CHALLENGE_LIFE),
        "statement": "Sign in to Venice AI",
    }


def _chains(error: CreditTooLow | PaymentRequired) -> list[dict[str, str]]:
    """Contract wallets (eip1271) are not offered: without a chain nobody can verify them."""
    return [{"chainId": one.id, "type": _SIGNS[one.family]} for one in _named(error.networks)]


def _extension(error: CreditTooLow | PaymentRequired) -> dict[str, Any]:
    return {"info": _challenge(error), "supportedChains": _chains(error), "schema": SIGN_IN_SCHEMA}


_TEXTS = ("domain", "address", "uri", "version", "chainId", "type", "nonce", "issuedAt", "signature")
SIGN_IN_SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "required": list(_TEXTS),
    "properties": {
        **{name: {"type": "string"} for name in (*_TEXTS, "statement", "requestId", "signatureScheme")},
        **{name: {"type": "string", "format": "date-time"} for name in ("issuedAt", "expirationTime", "notBefore")},
        "resources": {"type": "array", "items": {"type": "string", "format": "uri"}},
    },
}
