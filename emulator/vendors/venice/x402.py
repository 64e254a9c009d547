"""Venice's operations for wallets: top-up, balance, transactions."""

from emulator.billing import AccountId, Entry
from emulator.call import Admitted, Answer, Call
from emulator.clock import iso
from emulator.credentials import wallet_of
from emulator.money import usd_number
from emulator.vendor import operation
from emulator.vendors.venice.payment import FLOOR, MINIMUM, SUGGESTED
from emulator.vendors.venice.wallet import receipt
from emulator.world import World

_TYPES = {"top_up": "TOP_UP", "charge": "CHARGE", "refund": "REFUND"}  # documented


@operation("topUpX402Balance")
async def top_up(call: Call, admitted: Admitted, world: World) -> Answer:
    """POST /api/v1/x402/top-up: settle the payment and credit all of it."""
    if admitted.payment is None or admitted.account is None:
        raise TypeError("a top-up was admitted without a payment")
    settled, entry = world.pay_in(admitted.payment, admitted.account, call=call.request_id)
    return Answer(
        json={
            "success": True,
            "data": {
                "walletAddress": admitted.payment.payer,
                "amountCredited": usd_number(entry.amount),
                "newBalance": usd_number(entry.balance_after),
                "paymentId": f"payment_{entry.id}",
            },
        },
        headers={"PAYMENT-RESPONSE": receipt(settled)},
    )


@operation("getX402Balance")
async def balance(call: Call, admitted: Admitted, world: World) -> Answer:  # noqa: ARG001  # a handler's signature
    """GET /api/v1/x402/balance/{walletAddress}: what the caller's wallet holds here."""
    account = _account(admitted)
    held = world.balance(account)
    return Answer(
        json={
            "success": True,
            "data": {
                "walletAddress": wallet_of(account.holder),
                "balanceUsd": usd_number(held),
                "canConsume": held >= FLOOR,
                "minimumTopUpUsd": usd_number(MINIMUM),
                "suggestedTopUpUsd": usd_number(SUGGESTED),
            },
        }
    )


@operation("getX402Transactions")
async def transactions(call: Call, admitted: Admitted, world: World) -> Answer:  # noqa: ARG001  # a handler's signature
    """GET /api/v1/x402/transactions/{walletAddress}: its entries, newest first (observed)."""
    account = _account(admitted)
    limit, offset = admitted.query["limit"], admitted.query.get("offset") or 0
    page = world.entries(account, limit=limit, offset=offset)
    return Answer(
        json={
            "success": True,
            "data": {
                "walletAddress": wallet_of(account.holder),
                "currentBalance": usd_number(world.balance(account)),
                "transactions": [_shown(one) for one in page.entries],
                "pagination": {"limit": limit, "offset": offset, "hasMore": page.has_more},
            },
        }
    )


def _account(admitted: Admitted) -> AccountId:
    if admitted.account is None:
        raise TypeError("a wallet's operation was admitted without a wallet")
    return admitted.account


def _shown(one: Entry) -> dict[str, object]:
    # A test's own setting of the balance is neither; it shows as what it does.
    kind = _TYPES.get(one.kind) or ("TOP_UP" if one.amount >= 0 else "CHARGE")
    return {
        "id": f"ledger_{one.id}",
        "amount": usd_number(one.amount),
        "balanceAfter": usd_number(one.balance_after),
        "type": kind,
        "createdAt": iso(one.created),
        "requestId": one.request_id,
        "modelId": one.model,
    }
