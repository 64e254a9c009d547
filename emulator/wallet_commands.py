"""`image-edit-emulator wallet …`: test wallets for people at a prompt, whose headers curl can send as they are."""

import json
from typing import TYPE_CHECKING

import click

from emulator.clock import Clock
from emulator.ids import unguessable
from emulator.money import usd_micros

if TYPE_CHECKING:
    from emulator.wallets import Signer

KEY = click.option(
    "--key",
    default="hardhat-0",
    envvar="EMULATOR_WALLET_KEY",
    show_envvar=True,
    show_default=True,
    help="A development wallet's name (hardhat-0, hardhat-1, hardhat-2, solana-seven) or a private key.",
)
AT = click.option(
    "--at",
    type=float,
    default=None,
    metavar="UNIX",
    help="Sign as of this time, for a server whose clock is frozen. Default: now.",
)
SERVER = click.option(
    "--server", default="http://127.0.0.1:8402", show_default=True, help="Base URL of the running emulator."
)


@click.group()
def wallet() -> None:
    """Make test wallets, sign in with them and pay with them. Never use a key that holds real funds."""


@wallet.command()
@click.option("--solana", is_flag=True, help="A wallet of Solana instead of an EVM one.")
def new(*, solana: bool) -> None:
    """Print a new wallet: its address and its key."""
    from emulator.wallets import new_signer  # the cryptography is loaded when a command needs it

    one = new_signer(family="solana" if solana else "eip155")
    click.echo(f"address {one.address}\nkey     {one.secret}")


@wallet.command()
@KEY
def address(key: str) -> None:
    """Print a wallet's address."""
    click.echo(_signer(key).address)


@wallet.command("sign-in")
@click.argument("url")
@KEY
@AT
def sign_in(url: str, key: str, at: float | None) -> None:
    """Print a SIGN-IN-WITH-X header for a request to URL; it is good once, for five minutes.

    curl -H "$(image-edit-emulator wallet sign-in URL)" URL
    """
    if not url.startswith(("http://", "https://")):
        raise click.UsageError(f"URL must begin with http:// or https://, got {url!r}")
    now = Clock().now() if at is None else at
    click.echo(f"SIGN-IN-WITH-X: {_signer(key).sign_in(url, now=now, nonce=unguessable())}")


@wallet.command()
@click.option("--usd", default="5", show_default=True, help="Dollars to pay.")
@click.option("--network", default=None, help="eip155:8453 (Base), eip155:84532 or solana:…; default: the key's own.")
@KEY
@AT
def pay(usd: str, network: str | None, key: str, at: float | None) -> None:
    """Print a PAYMENT-SIGNATURE header that pays Venice's offer; it counts once, within five minutes.

    curl -X POST -H "$(image-edit-emulator wallet pay --usd 5)" http://127.0.0.1:8402/api/v1/x402/top-up
    """
    from emulator.vendors.venice.payment import offers
    from emulator.wallets import NETWORKS, network_named

    signer = _signer(key)
    chain = signer.network if network is None else network_named(network)
    if chain is None or chain.family != signer.network.family:
        raise click.UsageError(f"the key cannot pay on {network}; known: {', '.join(one.id for one in NETWORKS)}")
    try:
        amount = usd_micros(usd)
    except ValueError as error:
        raise click.UsageError(f"--usd: {error}") from error
    [offer] = offers([chain])
    now = Clock().now() if at is None else at
    click.echo(f"PAYMENT-SIGNATURE: {signer.pay(offer, amount, now=now, nonce=unguessable())}")


@wallet.command()
@click.argument("address")
@click.option("--usdc", default=None, help="What the wallet holds on the pretend chain, such as 0 or 12.50.")
@click.option("--credit", default=None, help="What it has paid in at Venice, in dollars.")
@SERVER
def fund(address: str, usdc: str | None, credit: str | None, server: str) -> None:
    """Set what a wallet holds at a running emulator, and print the wallet."""
    import urllib.error  # with ssl and email 5 MB, which the server does not need
    import urllib.request

    change = {name: value for name, value in (("usdc", usdc), ("credit", credit)) if value is not None}
    if not change:
        raise click.UsageError("say what to set: --usdc, --credit, or both")
    if not server.startswith(("http://", "https://")):
        raise click.UsageError(f"--server must begin with http:// or https://, got {server!r}")
    request = urllib.request.Request(  # noqa: S310  # checked above
        f"{server.rstrip('/')}/_emulator/wallets/{address}",
        data=json.dumps(change).encode(),
        headers={"Content-Type": "application/json"},
        method="PATCH",
    )
    try:
        # ProxyHandler({}): loopback is never behind the machine's proxy.
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=5) as answer:
            click.echo(answer.read().decode())
    except urllib.error.HTTPError as error:
        raise click.ClickException(f"{server} refused: {error.read().decode()}") from error
    except OSError as error:
        raise click.ClickException(f"no answer from {server}; is the server running there? ({error})") from error


def _signer(key: str) -> "Signer":
    from emulator.wallets import signer_for

    try:
        return signer_for(key)
    except ValueError as error:
        raise click.UsageError(f"--key: {error}") from error
