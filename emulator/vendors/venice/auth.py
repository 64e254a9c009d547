"""Venice's door: who calls, and in which order a request is refused.

The order (inferred from the vendor's answers): credentials, a wallet's floor, rate limit, media type, body.
The model, the pictures and the money come after, in the handlers. A key wins over a wallet where both
come; a payment wins over a sign-in (inferred).
"""

from emulator.billing import AccountId
from emulator.call import Admitted, Call
from emulator.contract import Fields
from emulator.credentials import bearer, wallet_of
from emulator.errors import (
    BadCredential,
    BodyTooLarge,
    ContractBroken,
    PaymentRefused,
    RateLimited,
    TopUpUnpaid,
    UnsupportedMediaType,
    WalletMismatch,
)
from emulator.money import usd_micros
from emulator.vendors.venice import wallet
from emulator.vendors.venice.limits import BODY_BYTES, IMAGE_BYTES
from emulator.wallets import Payment, normalised
from emulator.world import World

PUBLIC = frozenset({"listModels", "listModelTraits"})
PAID = frozenset({"editImage", "multiEditImage", "backgroundRemoveImage"})
WALLETS_OWN = frozenset({"getX402Balance", "getX402Transactions"})
TOP_UP = "topUpX402Balance"
TOP_UP_BYTES = 65_536  # of a body that nobody needs


async def admit(call: Call, world: World) -> Admitted:
    """Let a request in. Raises the domain errors of whichever check fails first."""
    if call.operation.id == TOP_UP:
        return await _top_up(call, world)
    if call.operation.id in WALLETS_OWN:
        return _own_wallet(call, world)
    account, payment = _who(call, world)
    if account is not None and call.operation.id in PAID:
        if payment is None:
            wallet.require_floor(account, call, world)
        _count(account, world)
    query = call.operation.read_parameters("query", call.query)
    if not call.operation.bodies:
        return Admitted(account=account, fields=Fields({}), query=query)
    fields = await call.fields(body_bytes=BODY_BYTES[call.operation.id], file_bytes=IMAGE_BYTES)
    return Admitted(account=account, fields=fields, query=query, payment=payment)


def _who(call: Call, world: World) -> tuple[AccountId | None, Payment | None]:
    """Who pays, and the payment that came along."""
    authorization = call.headers.get("authorization")
    if authorization is None:
        if call.operation.id in PUBLIC:
            return None, None
        if call.operation.id in PAID:
            return _wallet(call, world)
        if wallet.signed_in(call.headers):
            raise BadCredential(reason="unknown")  # keys' own routes take no wallet
    key = bearer(authorization, world.settings.keys, call.lenient)
    return world.account("venice", key, currency="usd_micros", opening=opening(world)), None


def _wallet(call: Call, world: World) -> tuple[AccountId, Payment | None]:
    """A paid route without a key: by payment (inferred), by sign-in, or not at all."""
    try:
        payment = wallet.payment(call, world)
    except PaymentRefused as error:
        raise wallet.unpaid(call, world, error) from error
    if payment is not None:
        return wallet.account_of(payment.payer, world), payment
    if wallet.signed_in(call.headers):
        return wallet.sign_in(call, world), None
    raise wallet.unpaid(call, world)


async def _top_up(call: Call, world: World) -> Admitted:
    """No credential but the payment. Raises TopUpUnpaid without one, PaymentRefused for a bad one."""
    payment = wallet.payment(call, world)
    if payment is None:
        raise TopUpUnpaid(origin=call.origin, resource=call.operation.route, networks=wallet.taken(world))
    try:
        fields = await call.fields(body_bytes=TOP_UP_BYTES, file_bytes=0)
    except (ContractBroken, UnsupportedMediaType, BodyTooLarge) as error:
        # documented: this route has one shape of 400, and no 415
        text = "the body is not a JSON object; send none, or {}"
        raise PaymentRefused(reason="invalid_payload", message=text, payer=payment.payer) from error
    return Admitted(account=wallet.account_of(payment.payer, world), fields=fields, query={}, payment=payment)


def _own_wallet(call: Call, world: World) -> Admitted:
    """A wallet asks for itself. Raises WalletMismatch where it asks for another."""
    account = wallet.sign_in(call, world)
    path = call.operation.read_parameters("path", {name: [value] for name, value in call.path.items()})
    query = call.operation.read_parameters("query", call.query)
    if normalised(path["walletAddress"]) != wallet_of(account.holder):
        raise WalletMismatch
    return Admitted(account=account, fields=Fields({}), query=query)


def opening(world: World) -> int:
    """The balance of a new account, in micro-dollars."""
    return usd_micros(world.settings.venice_usd)


def _count(account: AccountId, world: World) -> None:
    now = world.clock.now()
    used, limit = world.rates.use(account, now), world.settings.image_rate
    if world.settings.enforce_rate and used > limit:
        raise RateLimited(retry_after=world.rates.reset_at(now) - int(now), limit=limit)
