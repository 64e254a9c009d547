"""Venice's callers with a wallet: who signed in, what came along to be paid, and paying for a call with it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from emulator import wallets
from emulator.billing import AccountId
from emulator.call import Admitted, Call
from emulator.credentials import wallet_holder, wallet_of
from emulator.errors import BadCredential, CreditTooLow, InsufficientFunds, PaymentRefused, PaymentRequired
from emulator.money import usd_text
from emulator.vendors.venice.payment import FLOOR, in_header, networks, offers
from emulator.wallets import Payment, Settled
from emulator.world import World

SIGN_INS = ("sign-in-with-x", "x-sign-in-with-x")  # documented: current and legacy; the current one wins (inferred)
PAYMENTS = ("payment-signature", "x-402-payment", "x-payment")  # documented
_VENICE = "https://api.venice.ai"


def sign_in(call: Call, world: World) -> AccountId:
    """The account of the wallet that signed the request. Raises BadCredential without one, SignInRefused."""
    header = _first(call.headers, SIGN_INS)
    if header is None:
        raise BadCredential(reason="missing")
    now = world.clock.now()
    found = wallets.verify_sign_in(header, now=now, places=_places(call, world), networks=networks(world.settings))
    if not world.settings.reuse_sign_ins:
        world.chain.use_nonce(world.namespace, found.address, found.nonce, until=found.until, now=now)
    return account_of(found.address, world)


def payment(call: Call, world: World) -> Payment | None:
    """The payment that came with the request, verified and still to be settled. Raises PaymentRefused."""
    header = _first(call.headers, PAYMENTS)
    if header is None:
        return None
    found = wallets.verify_header(header, offers(networks(world.settings)), now=world.clock.now())
    world.chain.check(world.namespace, found)
    return found


def signed_in(headers: Mapping[str, str]) -> bool:
    """Whether a sign-in came, good or bad."""
    return _first(headers, SIGN_INS) is not None


def taken(world: World) -> tuple[str, ...]:
    """The chains that payments and sign-ins may use, as CAIP-2 ids."""
    return tuple(one.id for one in networks(world.settings))


def account_of(address: str, world: World) -> AccountId:
    """The account of a wallet: empty until it is topped up."""
    return world.account("venice", wallet_holder(address), currency="usd_micros", opening=0)


def require_floor(account: AccountId, call: Call, world: World) -> None:
    """Raises CreditTooLow where a wallet holds less than any paid call needs (observed)."""
    balance = world.balance(account)
    if wallet_of(account.holder) and balance < FLOOR:
        raise _too_low(call, world, balance=balance, needed=FLOOR)


def unpaid(call: Call, world: World, refused: PaymentRefused | None = None) -> PaymentRequired:
    """What to raise for a paid route that nobody pays for, with a fresh challenge."""
    return PaymentRequired(
        origin=call.origin,
        resource=call.operation.route,
        networks=taken(world),
        nonce=world.ids.next("nonce"),
        at=world.clock.now(),
        refused=refused,
    )


@contextmanager
def paying(call: Call, admitted: Admitted, world: World, price: int, *, model: str | None) -> Iterator[dict[str, str]]:
    """Charge for the work of the block, after settling the payment that came along; yields the answer's headers.

    What is wrong with the work gives the charge back; a payment that was settled stays as credit.
    """
    headers: dict[str, str] = {}
    account = admitted.account
    if admitted.payment is not None and account is not None:
        try:
            settled, _ = world.pay_in(admitted.payment, account, call=call.request_id)
        except PaymentRefused as error:  # another request with the same payment was faster
            raise unpaid(call, world, error) from error
        headers["PAYMENT-RESPONSE"] = receipt(settled)
    wallet = None if account is None else wallet_of(account.holder)
    try:
        with world.charging(account, price, call=call.request_id, model=model):
            yield headers
    except InsufficientFunds as error:
        if wallet:
            raise _too_low(call, world, balance=error.balance, needed=error.needed) from error
        raise
    if wallet and account is not None:
        headers["X-Balance-Remaining"] = usd_text(world.balance(account))


def receipt(settled: Settled) -> str:
    """The header `PAYMENT-RESPONSE` of a payment that went through (documented)."""
    paid = settled.payment
    return in_header(
        {
            "success": True,
            "transaction": settled.hash,
            "network": paid.network,
            "payer": paid.payer,
            "amount": str(paid.amount),
        }
    )


def failure(error: PaymentRefused) -> str:
    """The header `PAYMENT-RESPONSE` of a payment that is not taken."""
    return in_header(
        {
            "success": False,
            "errorReason": error.reason,
            "errorMessage": error.message[:300],
            "transaction": "",
            "network": error.network or "eip155:8453",
            "payer": error.payer,
        }
    )


def _too_low(call: Call, world: World, *, balance: int, needed: int) -> CreditTooLow:
    return CreditTooLow(
        origin=call.origin,
        resource=call.operation.route,
        networks=taken(world),
        nonce=world.ids.next("nonce"),
        at=world.clock.now(),
        balance=balance,
        needed=needed,
    )


def _first(headers: Mapping[str, str], names: tuple[str, ...]) -> str | None:
    return next((headers[name] for name in names if name in headers), None)


def _places(call: Call, world: World) -> wallets.Places:
    """This server as the client sees it and as it was called, the vendor's own name, and what was given at start."""
    given = (f"{scheme}://{one}" for one in world.settings.wallet_domains for scheme in ("https", "http"))
    return wallets.places((call.origin, f"http://{call.headers.get('host', '')}", _VENICE, *given))
