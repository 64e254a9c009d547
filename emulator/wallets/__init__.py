"""Wallets: sign-ins and x402 payments verified as the vendor and the chain would, without a chain.

Text, signatures, transfers and a pretend chain state; knows no HTTP and no vendor's offers. The
cryptography is loaded with the first wallet that comes, not with this package.
"""

import importlib
from typing import TYPE_CHECKING

from emulator.wallets.addresses import ADDRESS, normalised
from emulator.wallets.chain import Chain, Holding, Settled
from emulator.wallets.networks import BASE, BASE_SEPOLIA, NETWORKS, SOLANA, SOLANA_DEVNET, Network, network_named
from emulator.wallets.payment import Offer, Payment
from emulator.wallets.places import Places, places

if TYPE_CHECKING:
    from emulator.wallets.signer import Signer, development_wallets, new_signer, signer_for
    from emulator.wallets.siwx import SignIn, verify_sign_in
    from emulator.wallets.verify import verify_header, verify_payload

__all__ = [
    "ADDRESS",
    "BASE",
    "BASE_SEPOLIA",
    "NETWORKS",
    "SOLANA",
    "SOLANA_DEVNET",
    "Chain",
    "Holding",
    "Network",
    "Offer",
    "Payment",
    "Places",
    "Settled",
    "SignIn",
    "Signer",
    "development_wallets",
    "network_named",
    "new_signer",
    "normalised",
    "places",
    "signer_for",
    "verify_header",
    "verify_payload",
    "verify_sign_in",
]

# What needs the cryptography, and where it lives; loaded when first asked for.
_HOMES = {
    "SignIn": "siwx",
    "Signer": "signer",
    "development_wallets": "signer",
    "new_signer": "signer",
    "signer_for": "signer",
    "verify_header": "verify",
    "verify_payload": "verify",
    "verify_sign_in": "siwx",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
