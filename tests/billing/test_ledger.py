"""The ledger's promises, in memory, in a file, and with two workers over one file."""

import dataclasses
from contextlib import closing

import pytest

from emulator.billing import AccountId, Ledger, audit
from emulator.billing.ledger import MOST, UnknownAccount
from emulator.database import Database
from emulator.errors import InsufficientFunds
from emulator.ids import Ids

ACCOUNT = AccountId(namespace="", vendor="magic-hour", holder="key-1")


def opened(database):
    """A ledger with 100 credits on the account."""
    ledger = Ledger(database, Ids("seed"))
    ledger.open_account(ACCOUNT, "credits", 100, at=1.0)
    return ledger


def charge(ledger, account, amount, **more):
    return ledger.charge(account, amount, **{"request_id": "req-1", "model": "nano-banana", "at": 2.0, **more})


def test_the_first_use_opens_an_account_with_a_grant(ledger):
    account = AccountId(namespace="", vendor="venice", holder="key")
    assert ledger.find(account) is None
    assert ledger.open_account(account, "usd_micros", 4_000_000, at=1.5) is True
    assert ledger.open_account(account, "usd_micros", 9, at=2.5) is False
    page = ledger.entries(account, limit=10)
    assert [(e.kind, e.amount, e.balance_after, e.created) for e in page.entries] == [
        ("grant", 4_000_000, 4_000_000, 1.5)
    ]
    assert ledger.find(account).currency == "usd_micros"


def test_an_account_that_opens_with_nothing_has_no_entry(ledger):
    account = AccountId(namespace="", vendor="venice", holder="0xabc")
    ledger.open_account(account, "usd_micros", 0, at=1.0)
    assert ledger.balance(account) == 0
    assert ledger.entries(account, limit=10).entries == ()
    assert ledger.top_up(account, 5, at=2.0).balance_after == 5


def test_a_charge_carries_request_model_and_time(ledger, account):
    entry = charge(ledger, account, 30)
    assert (entry.kind, entry.amount, entry.balance_after, entry.currency) == ("charge", -30, 70, "credits")
    assert (entry.request_id, entry.model, entry.created) == ("req-1", "nano-banana", 2.0)
    assert ledger.entry(entry.id) == entry
    assert ledger.balance(account) == 70


def test_the_whole_balance_can_be_spent_and_not_one_credit_more(ledger, account):
    charge(ledger, account, 100)
    before = ledger.entries(account, limit=10)
    with pytest.raises(InsufficientFunds) as caught:
        charge(ledger, account, 1)
    assert (caught.value.currency, caught.value.needed, caught.value.balance) == ("credits", 1, 0)
    assert ledger.entries(account, limit=10) == before


def test_a_charge_of_nothing_is_an_entry(ledger, account):
    assert charge(ledger, account, 0).balance_after == 100


@pytest.mark.parametrize("amount", [-1, 1.0, True, "1"])
def test_an_amount_that_is_not_a_whole_number_is_refused(ledger, account, amount):
    for move in (ledger.top_up, ledger.grant, ledger.set_balance):
        with pytest.raises(ValueError, match="whole number"):
            move(account, amount, at=2.0)
    with pytest.raises(ValueError, match="whole number"):
        charge(ledger, account, amount)
    assert ledger.balance(account) == 100


def test_a_balance_beyond_the_largest_integer_is_refused(ledger, account):
    assert ledger.set_balance(account, MOST, at=2.0).balance_after == MOST
    with pytest.raises(ValueError, match="beyond"):
        ledger.grant(account, 1, at=3.0)
    assert ledger.balance(account) == MOST


def test_money_does_not_move_on_an_account_that_was_never_opened(ledger):
    stranger = AccountId(namespace="", vendor="venice", holder="nobody")
    with pytest.raises(UnknownAccount, match="nobody"):
        charge(ledger, stranger, 1)
    with pytest.raises(UnknownAccount):
        ledger.balance(stranger)
    assert ledger.entries(stranger, limit=5).entries == ()


def test_a_refund_names_its_charge_and_keeps_its_request_and_model(ledger, account):
    spent = charge(ledger, account, 30)
    back = ledger.refund(spent.id, reason="the edit failed", at=5.0)
    assert (back.kind, back.amount, back.balance_after, back.reverses, back.part) == (
        "refund",
        30,
        100,
        spent.id,
        "whole",
    )
    assert (back.request_id, back.model, back.created, back.note) == ("req-1", "nano-banana", 5.0, "the edit failed")


def test_a_second_refund_changes_nothing_and_returns_the_first(ledger, account):
    spent = charge(ledger, account, 30)
    first = ledger.refund(spent.id, reason="failed", at=5.0)
    assert ledger.refund(spent.id, reason="again", at=6.0) == first
    assert ledger.balance(account) == 100


def test_parts_of_a_charge_are_given_back_once_each(ledger, account):
    spent = charge(ledger, account, 40)
    second = ledger.refund(spent.id, amount=10, part="image:2", reason="failed", at=5.0)
    assert ledger.refund(spent.id, amount=10, part="image:2", reason="failed", at=5.0) == second
    third = ledger.refund(spent.id, amount=10, part="image:3", reason="failed", at=5.0)
    assert ledger.balance(account) == 80
    assert ledger.refunds(spent.id) == (second, third)


def test_the_whole_after_parts_is_what_was_left(ledger, account):
    spent = charge(ledger, account, 40)
    ledger.refund(spent.id, amount=10, part="image:0", reason="failed", at=5.0)
    assert ledger.refund(spent.id, reason="all failed", at=6.0).amount == 30
    assert ledger.refund(spent.id, amount=10, part="image:1", reason="late", at=7.0) is None
    assert ledger.balance(account) == 100


def test_more_than_the_charge_is_never_given_back(ledger, account):
    spent = charge(ledger, account, 40)
    ledger.refund(spent.id, amount=25, part="a", reason="failed", at=5.0)
    with pytest.raises(ValueError, match="15 is left"):
        ledger.refund(spent.id, amount=16, part="b", reason="failed", at=5.0)
    assert ledger.balance(account) == 85


def test_only_a_charge_can_be_given_back(ledger, account):
    granted = ledger.grant(account, 5, at=2.0)
    refunded = ledger.refund(charge(ledger, account, 5).id, reason="failed", at=3.0)
    for entry_id in (granted.id, refunded.id, "no-such-entry"):
        with pytest.raises(ValueError, match="not a charge"):
            ledger.refund(entry_id, reason="failed", at=4.0)


def test_setting_a_balance_writes_the_difference(ledger, account):
    assert ledger.set_balance(account, 3, at=2.0, note="nearly empty").amount == -97
    assert ledger.set_balance(account, 0, at=3.0).balance_after == 0
    assert ledger.set_balance(account, 250, at=4.0).amount == 250


def test_entries_come_newest_first_in_pages(ledger, account):
    for number in range(5):
        charge(ledger, account, 1, request_id=f"req-{number}")
    first = ledger.entries(account, limit=3)
    assert [entry.request_id for entry in first.entries] == ["req-4", "req-3", "req-2"]
    assert first.has_more
    rest = ledger.entries(account, limit=3, offset=3)
    assert [entry.kind for entry in rest.entries] == ["charge", "charge", "grant"]
    assert not rest.has_more
    assert ledger.entries(account, limit=3, offset=6).entries == ()


def test_entries_can_be_asked_for_by_kind(ledger, account):
    ledger.top_up(account, 5, at=2.0, request_id="pay-1")
    charge(ledger, account, 1)
    page = ledger.entries(account, limit=1, kinds=("top_up", "grant"))
    assert [entry.kind for entry in page.entries] == ["top_up"]
    assert page.has_more


def test_a_page_of_a_negative_size_is_refused(ledger, account):
    with pytest.raises(ValueError, match="limit and offset"):
        ledger.entries(account, limit=-1)


def test_worlds_vendors_and_keys_do_not_share_money(ledger):
    places = [
        AccountId(namespace=namespace, vendor=vendor, holder=holder)
        for namespace in ("", "a", "b")
        for vendor in ("venice", "openai")
        for holder in ("k", "K", "")
    ]
    for number, place in enumerate(places):
        ledger.open_account(place, "usd_micros", 1000 + number, at=1.0)
    assert [ledger.balance(place) for place in places] == [1000 + number for number in range(len(places))]
    assert {one.id for one in ledger.accounts("a")} == {place for place in places if place.namespace == "a"}


def test_a_dropped_world_takes_its_accounts_along_and_starts_anew(ledger, account):
    other = dataclasses.replace(account, namespace="other")
    ledger.open_account(other, "credits", 7, at=1.0)
    spent = charge(ledger, account, 60)
    ledger.drop("")
    assert ledger.find(account) is None
    assert ledger.entry(spent.id) is None
    assert ledger.balance(other) == 7
    ledger.open_account(account, "credits", 100, at=1.0)
    assert charge(ledger, account, 60) == spent, "a world that is run again repeats itself"


def test_a_late_refund_does_not_reach_the_world_that_came_after(ledger, account):
    late = charge(ledger, account, 60)
    ledger.drop("")
    assert ledger.refund(late, reason="the edit failed", at=3.0) is None
    ledger.open_account(account, "credits", 100, at=1.0)
    same_id = charge(ledger, account, 60)
    assert same_id.id == late.id
    assert ledger.refund(late, reason="the edit failed", at=3.0) is None
    assert ledger.balance(account) == 40
    assert ledger.refund(same_id, reason="this one, too", at=3.0).amount == 60


def test_ids_depend_on_the_seed_and_on_nothing_that_other_accounts_do():
    def ids(seed, noise):
        with closing(Database(None)) as database:
            ledger = Ledger(database, Ids(seed))
            for holder in [*noise, "mine"]:
                account = AccountId(namespace="", vendor="venice", holder=holder)
                ledger.open_account(account, "credits", 10, at=1.0)
                last = charge(ledger, account, 1).id
            return last

    assert ids("1", []) == ids("1", ["x", "y"])
    assert ids("1", []) != ids("2", [])


def test_a_restart_finds_every_entry_and_goes_on(tmp_path):
    path = tmp_path / "kept.db"
    with closing(Database(path)) as database:
        ledger = opened(database)
        spent = charge(ledger, ACCOUNT, 30)
    with closing(Database(path)) as database:
        ledger = Ledger(database, Ids("seed"))
        assert ledger.open_account(ACCOUNT, "credits", 100, at=9.0) is False
        assert ledger.entry(spent.id) == spent
        again = charge(ledger, ACCOUNT, 30)
        assert again.id != spent.id
        assert again.balance_after == 40
        assert audit(database) == []


def test_a_charge_goes_with_the_transaction_around_it(database):
    ledger = opened(database)

    def charge_and_fail():
        with database.transaction():
            charge(ledger, ACCOUNT, 30)
            raise KeyError("after the charge")

    with pytest.raises(KeyError, match="after the charge"):
        charge_and_fail()
    assert ledger.balance(ACCOUNT) == 100
    with database.transaction():
        charge(ledger, ACCOUNT, 90)
        with pytest.raises(InsufficientFunds):
            charge(ledger, ACCOUNT, 20)
    assert ledger.balance(ACCOUNT) == 10


def test_the_file_itself_refuses_to_change_an_entry(database):
    ledger = opened(database)
    with pytest.raises(Exception, match="never changed"), database.transaction() as cursor:
        cursor.execute("UPDATE entries SET amount = 5")
    assert ledger.balance(ACCOUNT) == 100


@pytest.mark.parametrize(
    ("change", "finding"),
    [
        ("UPDATE entries SET amount = amount - 1 WHERE number = 2", "not the sum"),
        ("UPDATE entries SET number = 9 WHERE number = 3", "gap"),
        ("UPDATE entries SET reverses = 'nothing' WHERE kind = 'refund'", "names no charge"),
        ("UPDATE entries SET amount = 50, balance_after = 120 WHERE kind = 'refund'", "beyond its amount"),
        ("UPDATE entries SET kind = 'top_up' WHERE kind = 'charge'", "wrong sign"),
        ("DELETE FROM accounts", "no account"),
    ],
)
def test_the_audit_finds_what_was_tampered_with(database, change, finding):
    ledger = opened(database)
    ledger.refund(charge(ledger, ACCOUNT, 30).id, reason="failed", at=3.0)
    assert audit(database) == []
    with database.transaction() as cursor:
        cursor.execute("DROP TRIGGER entries_stay")
        cursor.execute(change)
    assert any(finding in one for one in audit(database)), audit(database)
