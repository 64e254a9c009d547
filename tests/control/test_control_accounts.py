"""Accounts by command: balances, plans, entries."""

import base64

import httpx
import pytest

from emulator.server import ServerThread
from emulator.settings import Settings
from emulator.testing.pictures import picture


def test_an_account_with_five_credits_cannot_pay(room):
    shown = room.control("PATCH", room.account(), credits=5)
    assert shown == {
        "vendor": "magic-hour",
        "holder": room.key,
        "currency": "credits",
        "balance": 5,
        "plan": "business",
    }
    answer = room.edit()
    assert answer.status_code == 402
    assert answer.json() == {"message": "Not enough credits: this costs 10, the account has 5"}
    room.control("PATCH", room.account(), balance=10)
    assert room.edit().status_code == 200
    assert room.control("GET", room.account())["balance"] == 0


def test_the_free_plan_refuses_what_it_does_not_include(room):
    assert room.control("PATCH", room.account(), tier="free")["plan"] == "free"
    answer = room.edit(resolution="2k")
    assert answer.status_code == 422
    assert answer.json() == {"message": "2k is not available on the free plan; it allows: 640px"}
    room.control("PATCH", room.account(), tier="pro", credits=1000)
    assert room.edit(resolution="2k").status_code == 200


def test_dollars_are_set_as_decimal_text(room):
    account = room.account("venice")
    assert room.control("PATCH", account, usd="0.01")["balance"] == 10_000
    image = base64.b64encode(picture("photograph")).decode()
    edit = {"prompt": "winter", "image": image}
    assert room.post("/api/v1/image/edit", json=edit).status_code == 402
    assert room.control("PATCH", account, usd="12.50")["balance"] == 12_500_000
    assert room.post("/api/v1/image/edit", json=edit).status_code == 200
    shown = room.control("GET", account)
    assert shown["balance"] < 12_500_000
    assert shown["plan"] is None


def test_entries_come_newest_first_and_add_up(room):
    room.control("PATCH", room.account(), credits=100)
    for _ in range(3):
        room.start()
    path = f"{room.account()}/entries"
    everything = room.control("GET", path)["entries"]
    assert [one["amount"] for one in everything[:3]] == [-10, -10, -10]
    assert sum(one["amount"] for one in everything) == everything[0]["balance_after"] == 70
    assert everything[3]["note"] == "set by the control door"
    assert everything[0]["model"] == "qwen-edit"
    page = room.control("GET", f"{path}?limit=2&offset=1")
    assert (page["entries"], page["has_more"]) == (everything[1:3], True)
    assert not room.control("GET", f"{path}?offset=3")["has_more"]


def test_accounts_are_listed_for_this_world_alone(room, neighbour):
    room.control("PATCH", room.account(), credits=1)
    room.control("PATCH", room.account("openai"), usd="1")
    assert [one["vendor"] for one in room.control("GET", "accounts")["accounts"]] == ["magic-hour", "openai"]
    assert neighbour.control("GET", "accounts") == {"accounts": []}


def test_a_key_may_hold_what_paths_must_escape(room):
    shown = room.control("PATCH", "accounts/venice/key%3F%23%25&+=:@", usd="1")
    assert shown["holder"] == "key?#%&+=:@"
    room.control("GET", "accounts/venice/key%00", 404)


@pytest.mark.parametrize(
    ("vendor", "body", "status", "code"),
    [
        ("magic-hour", {"usd": "1"}, 422, "wrong_currency"),
        ("venice", {"credits": 1}, 422, "wrong_currency"),
        ("venice", {"tier": "free"}, 422, "unknown_tier"),
        ("venice", {"usd": "1", "balance": 1}, 400, "invalid_request"),
        ("magic-hour", {"credits": 1, "balance": 1}, 400, "invalid_request"),
        ("venice", {"usd": "-1"}, 400, "invalid_request"),
        ("venice", {"usd": "0.0000001"}, 400, "invalid_request"),
        ("venice", {"usd": 1.5}, 400, "invalid_request"),
        ("magic-hour", {"credits": -1}, 400, "invalid_request"),
        ("magic-hour", {"credits": 2**53}, 400, "invalid_request"),
        ("magic-hour", {"tier": "gold"}, 400, "invalid_request"),
        ("magic-hour", {"surprise": 1}, 400, "invalid_request"),
        ("nobody", {"balance": 1}, 404, "not_found"),
    ],
)
def test_a_change_that_makes_no_sense_changes_nothing(room, vendor, body, status, code):
    assert room.control("PATCH", room.account(vendor), status, **body)["error"]["code"] == code
    assert room.control("GET", "accounts") == {"accounts": []}


def test_an_empty_change_is_refused(room):
    assert room.patch(f"/_emulator/{room.account()}", json={}).status_code == 400


def test_an_account_that_nobody_used_is_not_there(room):
    room.control("GET", room.account(), 404)
    room.control("GET", f"{room.account()}/entries", 404)
    for query in ("limit=0", "limit=501", "offset=-1", "limit=many"):
        room.control("GET", f"{room.account()}/entries?{query}", 400)


def test_a_server_of_several_processes_has_no_world_to_arrange_in_memory():
    with ServerThread(Settings(port=0, workers=2)) as url:
        for method, path, body in (
            ("POST", "clock", {"action": "freeze"}),
            ("POST", "reset", None),
            ("PATCH", "accounts/magic-hour/k", {"tier": "free"}),
            ("POST", "webhooks", {"url": "http://127.0.0.1:1/", "secret": "s"}),
        ):
            answer = httpx.request(method, f"{url}/_emulator/{path}", json=body)
            assert (answer.status_code, answer.json()["error"]["code"]) == (422, "several_workers")
        answer = httpx.patch(f"{url}/_emulator/accounts/magic-hour/k", json={"credits": 7})
        assert answer.json()["balance"] == 7
