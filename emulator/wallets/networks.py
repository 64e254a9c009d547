"""The chains that are known here, in CAIP-2 form, with the plain names of x402's first version (documented)."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, kw_only=True)
class Network:
    """A chain. `id` is its CAIP-2 name, `name` the one of x402 version 1, `usdc` the token's address there;
    `token_name` and `token_version` are its EIP-712 domain (EVM alone).
    """

    id: str
    name: str
    family: Literal["eip155", "solana"]
    usdc: str
    token_name: str = ""
    token_version: str = ""

    @property
    def reference(self) -> str:
        """The part behind the colon: the chain id of EVM chains, the genesis hash's start of Solana's."""
        return self.id.partition(":")[2]


BASE = Network(
    id="eip155:8453",
    name="base",
    family="eip155",
    usdc="0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913",
    token_name="USD Coin",  # noqa: S106  # a token of the other kind
    token_version="2",  # noqa: S106
)
BASE_SEPOLIA = Network(
    id="eip155:84532",
    name="base-sepolia",
    family="eip155",
    usdc="0x036CbD53842c5426634e7929541eC2318f3dCF7e",
    token_name="USDC",  # noqa: S106  # the test network's token calls itself so
    token_version="2",  # noqa: S106
)
SOLANA = Network(
    id="solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp",
    name="solana",
    family="solana",
    usdc="EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v",
)
SOLANA_DEVNET = Network(
    id="solana:EtWTRABZaYq6iMfeYKouRu166VU2xqa1",
    name="solana-devnet",
    family="solana",
    usdc="4zMMC9srt5Ri5X14GAgXhaHii3GnPAEERYPJgZJDncDU",
)
NETWORKS = (BASE, BASE_SEPOLIA, SOLANA, SOLANA_DEVNET)
_BY_NAME = {name: network for network in NETWORKS for name in (network.id, network.name)}


def network_named(name: object) -> Network | None:
    """The chain of a CAIP-2 id or of a version 1 name; None for others."""
    return _BY_NAME.get(name) if isinstance(name, str) else None
