"""Wallets: what each holds on the pretend chain and at the vendors, shown and set."""

from collections.abc import Mapping

from emulator.call import Admitted, Answer, Call
from emulator.control.accounts import NOTE
from emulator.control.dialect import Refused
from emulator.credentials import wallet_holder, wallet_of
from emulator.errors import NotFound
from emulator.money import usd_micros, usd_text
from emulator.vendor import Handler, Purse, Vendor, operation
from emulator.wallets import BASE, SOLANA, Holding, Network, network_named, normalised
from emulator.world import World


def handlers(vendors: tuple[Vendor, ...]) -> tuple[Handler, ...]:
    """What answers for wallets; `vendors` whose purse takes them keep their credit."""
    purses = {vendor.name: vendor.purse for vendor in vendors if vendor.purse is not None and vendor.purse.wallets}

    @operation("listWallets")
    async def list_wallets(call: Call, admitted: Admitted, world: World) -> Answer:  # noqa: ARG001  # a handler's signature
        """GET the wallets that were funded, that paid, or that have an account."""
        held = {one.address for one in world.chain.holdings(world.namespace)}
        seen = {address for one in world.accounts() if (address := wallet_of(one.id.holder))}
        return Answer(json={"wallets": [_shown(one, purses, world) for one in sorted(held | seen)]})

    @operation("getWallet")
    async def get_wallet(call: Call, admitted: Admitted, world: World) -> Answer:  # noqa: ARG001  # a handler's signature
        """GET one wallet; one that was never seen holds what every wallet does."""
        return Answer(json=_shown(_address(call), purses, world))

    @operation("updateWallet")
    async def update_wallet(call: Call, admitted: Admitted, world: World) -> Answer:
        """PATCH: set what the wallet holds on the chain (usdc), at the vendor (credit), or both."""
        address, fields = _address(call), admitted.fields
        network = _network(fields.get("network"), address)
        if "usdc" in fields:
            holding = Holding(
                network=network.id,
                asset=_asset(network),
                address=address,
                amount=usd_micros(fields["usdc"]),
            )
            world.chain.fund(world.namespace, holding)
        if "credit" in fields:
            for vendor, purse in purses.items():
                account = world.account(vendor, wallet_holder(address), currency=purse.currency, opening=0)
                world.set_balance(account, usd_micros(fields["credit"]), note=NOTE)
        return Answer(json=_shown(address, purses, world))

    return list_wallets, get_wallet, update_wallet


def _address(call: Call) -> str:
    try:
        return normalised(call.path["address"])
    except ValueError as error:
        raise NotFound(what=str(error)) from error


def _network(name: object, address: str) -> Network:
    """The chain that is meant: the one named, else the address's own. Raises Refused for one that does not fit it."""
    evm = address.startswith("0x")
    network = (BASE if evm else SOLANA) if name is None else network_named(name)
    if network is None or (network.family == "eip155") != evm:
        raise Refused(
            code="wrong_network",
            message=f"{address} is no address on {name}",
            hint="0x... lives on base and base-sepolia, base58 on solana and solana-devnet.",
        )
    return network


def _asset(network: Network) -> str:
    return network.usdc.lower() if network.family == "eip155" else network.usdc


def _shown(address: str, purses: Mapping[str, Purse], world: World) -> dict[str, object]:
    own = _network(None, address)
    holdings = {(own.id, _asset(own)): world.chain.holding(world.namespace, own.id, _asset(own), address)}
    holdings |= {(one.network, one.asset): one.amount for one in world.chain.holdings(world.namespace, address)}
    credit = 0
    for vendor in purses:
        account = world.find_account(vendor, wallet_holder(address))
        credit += account.balance if account else 0
    return {
        "address": address,
        "usdc": usd_text(holdings[own.id, _asset(own)]),
        "credit": usd_text(credit),
        "holdings": [
            {"network": network, "asset": asset, "amount": amount} for (network, asset), amount in holdings.items()
        ],
    }
