"""Accounts: shown with their entries, and given the balance and plan that a test wants."""

from collections.abc import Mapping

from emulator.billing import Account, Entry
from emulator.call import Admitted, Answer, Call
from emulator.clock import iso
from emulator.contract import Fields
from emulator.control.dialect import Refused, require_one_process
from emulator.errors import NotFound
from emulator.money import usd_micros
from emulator.vendor import Handler, Purse, Vendor, operation
from emulator.world import World

NOTE = "set by the control door"


def handlers(vendors: tuple[Vendor, ...]) -> tuple[Handler, ...]:
    """What answers for the accounts of these vendors' customers."""
    purses = {vendor.name: vendor.purse for vendor in vendors if vendor.purse is not None}

    @operation("listAccounts")
    async def list_accounts(call: Call, admitted: Admitted, world: World) -> Answer:  # noqa: ARG001  # a handler's signature
        """GET all accounts, by vendor and holder."""
        return Answer(json={"accounts": [shown(one, purses, world) for one in world.accounts()]})

    @operation("getAccount")
    async def get_account(call: Call, admitted: Admitted, world: World) -> Answer:  # noqa: ARG001  # a handler's signature
        """GET one account."""
        return Answer(json=shown(_found(call, world), purses, world))

    @operation("updateAccount")
    async def update_account(call: Call, admitted: Admitted, world: World) -> Answer:
        """PATCH: open the account if it is not, then set what was asked for."""
        vendor, holder, fields = call.path["vendor"], call.path["holder"], admitted.fields
        purse = purses[vendor]
        balance, tier = _balance(fields, purse, vendor), _tier(fields, purse, vendor, world)
        account = world.account(vendor, holder, currency=purse.currency, opening=purse.opening(world))
        if balance is not None:
            world.set_balance(account, balance, note=NOTE)
        if tier is not None:
            world.tiers[account] = tier
        return Answer(json=shown(_found(call, world), purses, world))

    @operation("listEntries")
    async def list_entries(call: Call, admitted: Admitted, world: World) -> Answer:
        """GET an account's entries, newest first."""
        account = _found(call, world).id
        page = world.entries(account, limit=admitted.query["limit"], offset=admitted.query["offset"])
        return Answer(json={"entries": [_entry(one) for one in page.entries], "has_more": page.has_more})

    return list_accounts, get_account, update_account, list_entries


def shown(account: Account, purses: Mapping[str, Purse], world: World) -> dict[str, object]:
    """An account as the document has it."""
    purse = purses.get(account.id.vendor)
    return {
        "vendor": account.id.vendor,
        "holder": account.id.holder,
        "currency": account.currency,
        "balance": account.balance,
        "plan": None if purse is None else purse.plan(account.id, world),
    }


def _found(call: Call, world: World) -> Account:
    account = world.find_account(call.path["vendor"], call.path["holder"])
    if account is None:
        raise NotFound(what=f"no account of {call.path['holder']} at {call.path['vendor']} yet; PATCH opens it")
    return account


def _balance(fields: Fields, purse: Purse, vendor: str) -> int | None:
    """The balance that was asked for, in the smallest unit. Raises Refused for another currency's name."""
    if "balance" in fields:
        return int(fields["balance"])
    for name, currency in (("usd", "usd_micros"), ("credits", "credits")):
        if name in fields:
            if purse.currency != currency:
                message = f"{vendor} does not count in {name}"
                raise Refused(code="wrong_currency", message=message, hint=f"Its currency is {purse.currency}.")
            return usd_micros(fields["usd"]) if name == "usd" else int(fields["credits"])
    return None


def _tier(fields: Fields, purse: Purse, vendor: str, world: World) -> str | None:
    if "tier" not in fields:
        return None
    require_one_process(world)
    if fields["tier"] not in purse.plans:
        known = ", ".join(purse.plans) or "none"
        raise Refused(
            code="unknown_tier", message=f"{vendor} has no tier {fields['tier']}", hint=f"Its tiers: {known}."
        )
    return str(fields["tier"])


def _entry(entry: Entry) -> dict[str, object]:
    return {
        "id": entry.id,
        "kind": entry.kind,
        "amount": entry.amount,
        "balance_after": entry.balance_after,
        "created": entry.created,
        "created_iso": iso(entry.created),
        "request_id": entry.request_id,
        "model": entry.model,
        "reverses": entry.reverses,
        "part": entry.part,
        "note": entry.note,
    }
