"""The x402 package's own client over httpx, with eth-account's keys: it tops up, signs in, pays on the spot."""

import asyncio
import base64
import json
import time
from pathlib import Path

import httpx
import pytest
from eth_account import Account
from x402 import x402Client
from x402.extensions.sign_in_with_x import CreateSIWxClientExtensionOptions, create_siwx_client_extension
from x402.http.clients.httpx import x402HttpxClient
from x402.mechanisms.evm.exact.register import register_exact_evm_client
from x402.mechanisms.evm.signers import EthAccountSigner

from emulator.vendors.venice.payment import offers
from emulator.wallets import BASE, signer_for

PICTURE = base64.b64encode(Path("fixtures/images/harbour.png").read_bytes()).decode()
EDIT = {"prompt": "sunset", "image": PICTURE}


@pytest.fixture
def account():
    return Account.create("not for funds")


@pytest.fixture(params=["", "/_ns/{key}"], ids=["main", "namespace"])
def base(request, base_url, key):
    return base_url + request.param.format(key=key)


def client(account, *, sign_in):
    payer = x402Client()
    register_exact_evm_client(payer, EthAccountSigner(account))
    payer.set_spend_controls(False)  # by default it pays no more than a dollar
    if sign_in:
        payer.register_extension(create_siwx_client_extension(CreateSIWxClientExtensionOptions(signers=[account])))
    return x402HttpxClient(payer, timeout=60)


def run(account, base, *calls, sign_in=False):
    """The answers to these calls, each a method, a path and a body."""

    async def go():
        async with client(account, sign_in=sign_in) as made:
            return [await made.request(method, base + path, json=body) for method, path, body in calls]

    return asyncio.run(go())


def seen(base):
    """The number of the last request that reached the server."""
    requests = httpx.get(f"{base}/_emulator/requests?limit=1").json()["requests"]
    return requests[-1]["number"] if requests else 0


def statuses(base, after):
    """How the requests since then were answered."""
    requests = httpx.get(f"{base}/_emulator/requests?after={after}").json()["requests"]
    return [one["status"] for one in requests]


def balance(base, account):
    path = f"/api/v1/x402/balance/{account.address}"
    signer = signer_for(account.key.hex())
    headers = {"SIGN-IN-WITH-X": signer.sign_in(base + path, now=time.time(), nonce="nonce12345")}
    return httpx.get(base + path, headers=headers).json()["data"]["balanceUsd"]


def test_it_completes_a_top_up(base, account):
    [answer] = run(account, base, ("POST", "/api/v1/x402/top-up", None))
    assert answer.status_code == 200, answer.text
    assert answer.json()["data"]["newBalance"] == 5.0
    receipt = json.loads(base64.b64decode(answer.headers["payment-response"]))
    assert receipt["success"] and receipt["payer"] == account.address.lower()


def test_its_sign_in_extension_authenticates_an_edit(base, account):
    run(account, base, ("POST", "/api/v1/x402/top-up", None))
    before = seen(base)
    [answer] = run(account, base, ("POST", "/api/v1/image/edit", EDIT), sign_in=True)
    assert answer.status_code == 200 and answer.headers["content-type"] == "image/png"
    assert answer.headers["x-balance-remaining"] == "4.960000"
    assert "payment-response" not in answer.headers, "it signed in, and did not pay again"
    assert statuses(base, before) == [402, 200]


def test_without_credit_it_pays_at_the_edit_and_is_served(base, account):
    before = seen(base)
    [first] = run(account, base, ("POST", "/api/v1/image/edit", EDIT))
    assert first.status_code == 200 and first.headers["x-balance-remaining"] == "4.960000"
    assert json.loads(base64.b64decode(first.headers["payment-response"]))["success"]
    assert statuses(base, before) == [402, 200]
    assert balance(base, account) == 4.96


def test_a_sign_in_without_credit_goes_on_to_pay_and_never_loops(base, account):
    before = seen(base)
    first, second = run(
        account, base, ("POST", "/api/v1/image/edit", EDIT), ("POST", "/api/v1/image/edit", EDIT), sign_in=True
    )
    assert (first.status_code, second.status_code) == (200, 200)
    # challenge, sign-in without credit, payment; then challenge, sign-in on the credit
    assert statuses(base, before) == [402, 402, 200, 402, 200]
    assert balance(base, account) == 4.92


def test_a_client_that_tops_up_by_itself_never_loops(base, account):
    """As the vendor's wallet client does it: on 402 top up, then repeat, with no limit of its own."""
    signer = signer_for(account.key.hex())
    now, made = time.time(), []

    def sign(path):
        made.append(path)
        return {"X-Sign-In-With-X": signer.sign_in(base + path, now=now, nonce=f"nonce{len(made):06d}")}

    with httpx.Client(base_url=base, timeout=60) as client:
        for call in range(3):
            for attempt in range(10):
                answer = client.post("/api/v1/image/edit", headers=sign("/api/v1/image/edit"), json=EDIT)
                if answer.status_code != 402:
                    break
                paid = signer.pay(offers([BASE])[0], 10_000_000, now=now, nonce=f"pay{call}{attempt}")
                assert client.post("/api/v1/x402/top-up", headers={"X-402-Payment": paid}).status_code == 200
            assert answer.status_code == 200 and attempt <= 1, "one top-up is enough"
    assert balance(base, account) == pytest.approx(10 - 3 * 0.04)
